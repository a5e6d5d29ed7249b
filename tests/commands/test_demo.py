"""``energyctl demo``: the tour that a newcomer sees first."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import Run


def test_the_tour_runs_to_its_end(bare: Run, home: Path, tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    done = bare("demo", "--dir", "tour", more={"TMPDIR": str(temporary)}, limit_s=300)
    assert done.code == 0, done.err
    assert "error" not in done.err
    steps = re.findall(r"^\$ energyctl (.+)$", done.out, re.MULTILINE)
    for step in (
        "rabot tariffs list",
        "rabot quote",
        "rabot orders create",
        "rabot orders wait",
        "rabot prices",
        "emporia usage",
        "emporia chargers set",
    ):
        assert any(one.startswith(step) for one in steps), step
    assert "invoice.pdf" in done.out
    assert (home / "tour/invoice.pdf").read_bytes().startswith(b"%PDF")
    assert f"The invoice is {home / 'tour/invoice.pdf'}." in done.out.splitlines()[-1]
    assert not (home / ".config").exists()
    assert not (home / ".local").exists()
    assert list(temporary.iterdir()) == []
    assert _processes_of(temporary) == []


@pytest.mark.parametrize("name", ["order.yaml", "invoice.pdf"])
def test_a_file_of_the_user_is_never_replaced(bare: Run, home: Path, name: str) -> None:
    own = home / "tour" / name
    own.parent.mkdir()
    own.write_text("mine")
    done = bare("demo", "--dir", "tour", "-o", "json", limit_s=300)
    assert (done.code, done.out, done.error["code"]) == (2, "", "file_exists")
    assert f"tour/{name}" in done.error["message"]
    assert "--dir" in done.error["hint"]
    assert [(one.name, one.read_text()) for one in own.parent.iterdir()] == [(name, "mine")]


@pytest.mark.parametrize("place", ["plain", "plain/tour", "/proc"])
def test_a_place_where_nothing_can_be_saved_is_told_first(bare: Run, home: Path, place: str) -> None:
    (home / "plain").write_text("mine")
    done = bare("demo", "--dir", place, "-o", "json")
    assert (done.code, done.out, done.error["code"]) == (2, "", "usage")
    assert f"saved in {place}: " in done.error["message"]


def _processes_of(place: Path) -> list[str]:
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = file.read_bytes().decode("utf-8", "replace")
        except OSError:
            continue
        if str(place) in command:
            found.append(command)
    return found
