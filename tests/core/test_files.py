"""Private directories and files, downloads that are whole or not there, and names that stay in their place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.errors import ConfigProblem, UsageProblem
from energyctl.core.files import Paths, private_directory, safe_file_name, save_download, write_private


def test_where_things_are_kept() -> None:
    chosen = Paths.find({"ENERGYCTL_CONFIG": "/a/c.yaml", "ENERGYCTL_STATE_DIR": "~/s"})
    assert chosen == Paths(Path("/a/c.yaml"), Path("~/s").expanduser())
    assert Paths.find({"ENERGYCTL_CONFIG": "", "ENERGYCTL_STATE_DIR": "/s"}).config_file.name == "config.yaml"


def test_a_private_directory_is_entered_by_its_owner_alone(tmp_path: Path) -> None:
    assert private_directory(tmp_path / "a/b").stat().st_mode & 0o777 == 0o700
    (tmp_path / "open").mkdir(mode=0o755)
    assert private_directory(tmp_path / "open").stat().st_mode & 0o777 == 0o700
    (tmp_path / "link").symlink_to(tmp_path / "open")
    (tmp_path / "plain").write_text("")
    for place in ("link", "plain", "plain/below"):
        with pytest.raises(ConfigProblem):
            private_directory(tmp_path / place)


def test_a_private_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    write_private(file, b"one")
    file.chmod(0o644)
    write_private(file, b"two")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"two", 0o600)
    assert os.listdir(tmp_path) == ["secret"]  # noqa: PTH208
    (tmp_path / "dir").mkdir()
    with pytest.raises(OSError):
        write_private(tmp_path / "dir", b"x")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["dir", "secret"]


def test_a_download_is_whole_or_not_there(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"

    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionError

    with pytest.raises(UsageProblem):
        save_download(file, broken())
    assert list(tmp_path.iterdir()) == []
    assert save_download(file, [b"whole", b" file"]) == 10
    with pytest.raises(UsageProblem) as refused:
        save_download(file, [b"other"])
    assert (refused.value.code, file.read_bytes()) == ("file_exists", b"whole file")
    assert save_download(file, [b"other"], force=True) == 5
    assert file.read_bytes() == b"other"
    for place in ("nowhere/a.pdf", "a.pdf/b"):
        with pytest.raises(UsageProblem):
            save_download(tmp_path / place, [b""])
    (tmp_path / "dangling").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageProblem):
        save_download(tmp_path / "dangling", [b"x"])
    assert not (tmp_path / "elsewhere").exists()


def test_somebody_else_may_be_quicker(tmp_path: Path) -> None:
    file = tmp_path / "a"

    def slow() -> Iterator[bytes]:
        yield b"mine"
        file.write_bytes(b"theirs")

    with pytest.raises(UsageProblem):
        save_download(file, slow())
    assert file.read_bytes() == b"theirs"
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize(
    ("wished", "name"),
    [
        ("Rechnung März.pdf", "Rechnung März.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/abs/olute.pdf", "olute.pdf"),
        ("..", "fallback"),
        (".", "fallback"),
        ("", "fallback"),
        ("///", "fallback"),
        (".bashrc", "bashrc"),
        ("-rf", "rf"),
        ("CON", "fallback"),
        ("nul.pdf", "fallback"),
        ("a\x00b\nc\x1b[2J.pdf", "a_b_c__2J.pdf"),
        ("a:b*c?.pdf", "a_b_c_.pdf"),
        ("name .", "name"),
    ],
)
def test_a_server_chooses_no_place(wished: str, name: str) -> None:
    assert safe_file_name(wished, fallback="fallback") == name


@given(st.text())
def test_any_wish_gives_a_plain_name(wished: str) -> None:
    name = safe_file_name(wished, fallback="fallback")
    assert name
    assert name.isprintable()
    assert len(name.encode()) <= 200
    assert Path(name).name == name
    assert name[0] not in ".-"
    assert not set(name) & set('/\\:*?"<>|')
