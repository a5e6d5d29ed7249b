"""The file beside another: found again after a sudden end, and never taken from a process that is writing it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from energyctl.core.errors import UsageProblem
from energyctl.core.files import create_private, save_download, write_private
from energyctl.core.leftovers import beside, is_taken, remove_leftover


def _names(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def test_what_a_sudden_end_has_left_is_removed_with_the_next_writing(tmp_path: Path) -> None:
    for number, write in enumerate(
        (
            lambda path: write_private(path, b"x"),
            lambda path: create_private(path, b"x"),
            lambda path: save_download(path, [b"x"]),
            lambda path: save_download(path, [b"x"], force=True),
        )
    ):
        path = tmp_path / str(number) / "a.pdf"
        path.parent.mkdir()
        path.with_name(".a.pdf.part").write_bytes(b"half")
        write(path)
        assert (_names(path.parent), path.read_bytes()) == (["a.pdf"], b"x")


def test_what_stands_in_the_way_is_told_and_the_leftover_removed(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"whole")
    os.link(path, tmp_path / ".a.pdf.part")  # killed between the link and the end
    with pytest.raises(UsageProblem):
        save_download(path, [b"x"])
    assert (_names(tmp_path), path.read_bytes()) == (["a.pdf"], b"whole")
    assert is_taken(path)
    assert not is_taken(tmp_path / "b.pdf")


def test_one_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with beside(path) as (file, temporary):
        assert temporary.name == ".a.pdf.part"
        assert not remove_leftover(path)
        with beside(path) as (other, further):
            assert further.name not in (temporary.name, path.name)
            other.write(b"the other")
            other.flush()
            further.replace(path)
        file.write(b"the first")
        file.flush()
        temporary.replace(path)
    assert (_names(tmp_path), path.read_bytes()) == (["a.pdf"], b"the first")


@pytest.mark.parametrize("kind", ["link", "directory", "pipe"])
def test_something_else_of_that_name_is_neither_followed_nor_in_the_way(tmp_path: Path, kind: str) -> None:
    path, odd, target = tmp_path / "a.pdf", tmp_path / ".a.pdf.part", tmp_path / "target"
    target.write_bytes(b"mine")
    if kind == "link":
        odd.symlink_to(target)
    elif kind == "directory":
        odd.mkdir()
    else:
        os.mkfifo(odd)
    write_private(path, b"x")
    assert (path.read_bytes(), target.read_bytes()) == (b"x", b"mine")


_MANY = """
import sys
from pathlib import Path
from energyctl.core.files import write_private
for number in range(30):
    write_private(Path(sys.argv[1]), sys.argv[2].encode() * 3000)
"""


def test_several_processes_write_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    running = [subprocess.Popen([sys.executable, "-c", _MANY, str(path), sign]) for sign in "xyz"]
    while any(one.poll() is None for one in running):
        content = path.read_bytes() if path.exists() else b""
        assert len(content) in (0, 3000)
        assert len(set(content)) <= 1
    assert [one.returncode for one in running] == [0, 0, 0]
    assert _names(tmp_path) == ["a"]


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), beside(tmp_path / "a"):
        raise RuntimeError
    assert _names(tmp_path) == []
