"""energyctl on a terminal or in pipes, with what the tests ask of a run: its state and how it left things."""

from __future__ import annotations

import os
import pty
import termios
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests import zygote
from tests.conftest import LONGEST_RUN_S
from tests.test_terminal import Terminal

CTRL_C, CTRL_Z, CTRL_D, CTRL_BACKSLASH = "\x03", "\x1a", "\x04", "\x1c"
#: Whether every case is tried, instead of one of each kind.
EVERYTHING = os.environ.get("ENERGYCTL_TEST_TERMINAL") == "all"
#: What a program that draws on a whole screen must take back.
_UNDONE = {"\x1b[?1049h": "\x1b[?1049l", "\x1b[?25l": "\x1b[?25h"}


def usual_modes() -> list[Any]:
    """Return the modes that a terminal has before anything runs in it."""
    master, slave = pty.openpty()
    try:
        return termios.tcgetattr(master)
    finally:
        os.close(master)
        os.close(slave)


def state(pid: int) -> str:
    """Return the state of a process: R, S, T (stopped), Z; nothing when it has gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def of_session(leader: int) -> list[int]:
    """Return the processes that live in the session of a run on a terminal."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                session = int((place / "stat").read_text().rpartition(")")[2].split()[3])
            except (FileNotFoundError, ProcessLookupError):
                continue
            if session == leader and state(int(place.name)) not in ("", "Z"):
                found.append(int(place.name))
    return found


class Tty(Terminal):
    """A run on a terminal, which must leave it as it was."""

    def send(self, number: int) -> None:
        """Send a signal to energyctl alone."""
        os.kill(self.pid, number)

    def ends(self, wish: str | int) -> int:
        """Ask it to end, by a key or by a signal, and return the exit code."""
        if isinstance(wish, str):
            self.type(wish)
        else:
            self.send(wish)
        return self.end()

    def end(self, limit_s: float = LONGEST_RUN_S) -> int:
        """Wait for the end, look at what is left, and return the exit code."""
        pid = self.pid
        code = super().end(limit_s)
        assert self.modes == usual_modes()
        assert of_session(pid) == []
        for begun, undone in _UNDONE.items():
            assert self.raw.rfind(begun) <= self.raw.rfind(undone)
        assert "Exception ignored" not in self.raw
        assert "Unexpected failure" not in self.raw
        return code

    @property
    def last_line(self) -> str:
        """The last line that is not empty."""
        return self.text.rstrip().rpartition("\n")[2]


class Piped:
    """A run whose three streams are pipes, or what is given instead of one."""

    def __init__(self, *words: str, env: Mapping[str, str], **instead: int) -> None:
        self._ours: dict[str, int] = {}
        theirs = []
        for name in ("stdin", "stdout", "stderr"):
            if name in instead:
                theirs.append(instead[name])
                continue
            reads, writes = os.pipe()
            mine, other = (writes, reads) if name == "stdin" else (reads, writes)
            self._ours[name] = mine
            theirs.append(other)
        self._forked = zygote.begin(words, theirs, env=env, cwd=env["HOME"])
        self.pid = self._forked.pid
        for one in theirs:
            os.close(one)

    def send(self, number: int) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def give(self, text: str) -> None:
        """Write to its stdin, and close that."""
        os.write(self._ours["stdin"], text.encode())
        self.close("stdin")

    def close(self, name: str) -> None:
        """Close our end of one of its streams."""
        os.close(self._ours.pop(name))

    def line(self, name: str) -> str:
        """Return the next line of a stream; nothing at its end."""
        line = b""
        while not line.endswith(b"\n"):
            piece = os.read(self._ours[name], 1)
            if not piece:
                break
            line += piece
        return line.decode()

    def rest(self, name: str) -> str:
        """Read a stream to its end."""
        pieces = []
        while piece := os.read(self._ours[name], 65536):
            pieces.append(piece)
        self.close(name)
        return b"".join(pieces).decode()

    def end(self) -> int:
        """Wait for the end and return the exit code; what has not been read is lost."""
        code = self._forked.hear(LONGEST_RUN_S)
        for name in list(self._ours):
            self.close(name)
        return code
