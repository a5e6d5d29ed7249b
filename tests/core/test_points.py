"""Where a run can be ended: by name, by turn, by number, and not at all."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from energyctl.core.points import VARIABLE

_PROGRAM = """
from energyctl.core.points import reached
for name in ("a", "b", "a", "c"):
    reached(name)
    reached("never", counts=False)
    print(name, flush=True)
"""


@pytest.mark.parametrize(
    ("stop_at", "printed", "place"),
    [
        ("", "abac", None),
        ("a", "", "a"),
        ("a#2", "ab", "a"),
        ("a#3", "abac", None),
        ("4", "aba", "c"),
        ("never", "abac", None),
        ("5", "abac", None),
    ],
)
def test_where_it_ends(stop_at: str, printed: str, place: str | None) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], env={VARIABLE: stop_at}, capture_output=True, text=True, check=False
    )
    assert "".join(done.stdout.split()) == printed
    told = f"stopped at {place}\n" if place else ""
    assert (done.returncode, done.stderr) == (-signal.SIGKILL if place else 0, told)
