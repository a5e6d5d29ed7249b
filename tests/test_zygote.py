"""The tests' own way to run the tool: the same as a real start, and clear about its failures."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from energyctl.sandbox.control import process_alive
from tests import zygote
from tests.conftest import Run, until

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="every run is a real start here")


@pytest.mark.parametrize(
    ("words", "given"),
    [
        (("--version",), ""),
        (("rabot", "tariffs", "list", "-h"), ""),
        (("rabot", "tarifs", "-o", "json"), ""),
        (("config", "show", "-o", "yaml"), ""),
        (("rabot", "orders", "validate", "-f", "-", "-o", "json"), "tariffKey: Grün\n"),
    ],
)
def test_a_forked_run_does_what_a_real_start_does(bare: Run, words: tuple[str, ...], given: str) -> None:
    more = {"TZ": "Asia/Kolkata"}
    assert bare(*words, input=given, more=more) == bare(*words, input=given, more=more, fresh=True)


@pytest.mark.parametrize(
    ("variable", "value", "served"),
    [
        ("ENERGYCTL_PROFILE", "work", True),
        ("PYTHON_KEYRING_BACKEND", "x", True),
        ("PYTHONPATH", "x", False),
        ("LC_ALL", "C", False),
        ("LANG", "de_DE.ISO-8859-1", False),
    ],
)
def test_what_the_interpreter_reads_at_its_start_needs_a_real_start(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch, variable: str, value: str, served: bool
) -> None:
    monkeypatch.setattr(zygote, "REAL_PROCESSES", False)
    assert zygote.can_serve({**env, variable: value}) is served


def _run(env: dict[str, str], *words: str, limit_s: float = 60.0) -> int:
    return zygote.run(words, env=env, cwd=env["HOME"], given=b"", limit_s=limit_s)[0]


def test_a_run_that_hangs_is_killed(env: dict[str, str], home: Path) -> None:
    assert _run(env, "--version") == 0  # its start is not counted
    fifo = home / "order.yaml"
    os.mkfifo(fifo)  # nobody ever writes to it
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(_run, env, "rabot", "orders", "validate", "-f", str(fifo), limit_s=3.0)
        until(lambda: _processes_in(home) or late.done())
        with pytest.raises(subprocess.TimeoutExpired):
            late.result()
    until(lambda: not _processes_in(home))
    assert _run(env, "--version") == 0


def test_a_zygote_that_dies_is_a_failure_and_replaced(env: dict[str, str]) -> None:
    assert _run(env, "--version") == 0
    (one,) = zygote._running
    one._process.kill()
    one._process.wait()
    with pytest.raises(zygote.ZygoteFailed, match="lost the run"):
        _run(env, "--version")
    assert _run(env, "--version") == 0


def test_a_zygote_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    script = "from tests.zygote import Zygote\nprint(Zygote()._process.pid, flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
    ) as process:
        assert process.stdout
        pid = int(process.stdout.readline())
        assert process_alive(pid)
        process.send_signal(signal.SIGKILL)
    until(lambda: not process_alive(pid))


def _processes_in(directory: Path) -> list[int]:
    """Return the processes whose working directory it is."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == directory:
                found.append(int(process.name))
        except OSError:  # it has ended, or is another user's
            continue
    return found
