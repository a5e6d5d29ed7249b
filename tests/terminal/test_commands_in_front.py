"""Commands that energyctl starts and that have the terminal: an editor, a command in a sandbox, the tour."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from energyctl.core.interrupts import run_in_front
from tests.conftest import until
from tests.terminal.tool import CTRL_BACKSLASH, CTRL_C, EVERYTHING, Tty, state

#: Ignores Ctrl-C, as vi and nano do, and ends with the line that is typed.
EDITOR = """#!/bin/sh
trap 'echo "the editor has $(echo it)"' INT
trap 'echo "the editor is asked to end"; exit 7' TERM HUP
echo editing
while :; do
    if read -r answer; then break; fi
done
[ "$answer" = spoil ] && echo 'nonsense: 1' >> "$1"
exit 0
"""


@pytest.fixture
def edited(env: dict[str, str], home: Path) -> dict[str, str]:
    """The environment of a run with that editor, and a config file."""
    editor = home / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o700)
    config = home / "config.yaml"
    config.write_text("profiles:\n  work: {}\n")
    return {**env, "EDITOR": str(editor), "ENERGYCTL_CONFIG": str(config), "TMPDIR": str(home)}


def test_ctrl_c_in_an_editor_is_the_editors_affair(edited: dict[str, str]) -> None:
    terminal = Tty("config", "edit", env=edited)
    terminal.until("editing")
    terminal.type(CTRL_C)
    terminal.until("the editor has it")
    terminal.type("\n")
    assert terminal.end() == 0
    assert "Nothing was changed" in terminal.text


@pytest.mark.parametrize("wish", [signal.SIGTERM, signal.SIGHUP] if EVERYTHING else [signal.SIGHUP])
def test_an_editor_is_asked_to_end_too(edited: dict[str, str], home: Path, wish: int) -> None:
    terminal = Tty("config", "edit", env=edited)
    terminal.until("editing")
    assert terminal.ends(wish) == 130
    assert "the editor is asked to end" in terminal.text
    assert "ended with exit code 7; nothing was changed" in terminal.text
    assert not list(home.glob("energyctl-*"))


def test_the_end_of_input_edits_nothing_again(edited: dict[str, str]) -> None:
    terminal = Tty("config", "edit", env=edited)
    terminal.until("editing")
    terminal.type("spoil\n")
    terminal.until("Edit again? [Y/n] ")
    terminal.type("\x04")
    assert terminal.end() == 130
    assert terminal.text.count("editing") == 1


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (signal.SIGHUP, 129),
        (signal.SIGTERM, 143),
        (CTRL_BACKSLASH, 131),
        (CTRL_C, 130),
    ][: None if EVERYTHING else 1],
)
def test_a_command_in_a_sandbox_ends_with_its_sandbox(
    env: dict[str, str], home: Path, wish: str | int, code: int
) -> None:
    more = {"TMPDIR": str(home)}
    inner = "echo $ENERGYCTL_CONFIG; exec sleep 600"
    terminal = Tty("sandbox", "run", "--", "sh", "-c", inner, env={**env, **more}, columns=400)
    terminal.until("config.yaml")
    (place,) = home.glob("energyctl-sandbox-*")
    server = json.loads((place / "sandbox.json").read_text())["pid"]
    assert terminal.ends(wish) == code
    assert state(server) in ("", "Z")
    assert not place.exists()


def test_a_sandbox_that_was_only_being_started_does_not_stay(env: dict[str, str], home: Path) -> None:
    terminal = Tty("sandbox", "run", "--", "true", env={**env, "TMPDIR": str(home)})
    until(lambda: terminal._read(0.01) and list(home.glob("energyctl-sandbox-*/*.log")))
    (place,) = home.glob("energyctl-sandbox-*")
    assert terminal.ends(CTRL_C) == 130
    assert not place.exists()
    until(lambda: not _processes_with(str(place)))


@pytest.mark.skipif(not EVERYTHING, reason="takes seconds; ENERGYCTL_TEST_TERMINAL=all tries it")
def test_the_tour_ends_with_its_sandbox(env: dict[str, str], home: Path) -> None:
    terminal = Tty("demo", "--dir", "tour", env={**env, "TMPDIR": str(home)})
    terminal.until("$ energyctl rabot tariffs list")
    (place,) = home.glob("energyctl-sandbox-*")
    assert terminal.ends(CTRL_C) == 130
    assert terminal.text.count("Interrupted") <= 2  # the command of the tour may say so too
    assert not place.exists()
    until(lambda: not _processes_with(str(place)))


def _processes_with(word: str) -> list[int]:
    found = []
    for one in Path("/proc").iterdir():
        if one.name.isdigit() and int(one.name) != os.getpid():
            try:
                words = (one / "cmdline").read_bytes()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if word.encode() in words:
                found.append(int(one.name))
    return found


def test_the_signals_are_as_before_afterwards() -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
    before = [signal.getsignal(one) for one in numbers]
    assert run_in_front(["sh", "-c", "exit 3"]) == 3
    with pytest.raises(FileNotFoundError):
        run_in_front(["/no/such/command"])
    assert [signal.getsignal(one) for one in numbers] == before
