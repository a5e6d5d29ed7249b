"""Questions to the person at the terminal, with a shown or a hidden answer; not whether anybody can be asked."""

from __future__ import annotations

import errno
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from energyctl.core.interrupts import attentive
from energyctl.core.text import harmless

if TYPE_CHECKING:
    from types import FrameType

    from energyctl.core.session import Session

_LARGEST_LINE = 4096  # a terminal hands over no longer one


def ask(session: Session, question: str, *, at_end: str = "") -> str:
    """Return the line that is typed after a question, without blanks around it; at the end of input what that means."""
    session.clear_progress()
    line = ""
    try:
        _write(session, question)
        with attentive():
            line = session.stdin.readline()
    except UnicodeError:  # no answer to any question
        return ""
    finally:
        if not line.endswith("\n"):  # what is said next has a line of its own
            session.stderr.write("\n")
    return line.strip() if line else at_end


def ask_hidden(session: Session, question: str) -> str | None:
    """Return the line that is typed after a question, without showing it; None at the end of input.

    Whatever ends or stops the process meanwhile, the terminal shows again what is typed. More than one line, as from
    the clipboard, is thrown away: it would be a command to the shell.
    """
    try:
        import termios
    except ImportError:  # Windows
        return _by_getpass(session, question)
    session.clear_progress()
    terminal, is_own = _terminal(session)
    people = session.pseudonyms
    again = harmless(people.text(question) if people else question)
    hidden = _Hidden(terminal, termios, again.encode(session.stdin.encoding or "utf-8", "replace"))
    try:
        hidden.begin()
        _write(session, question)  # after that: who answers it at once is not shown either
        with attentive():
            raw = _line(terminal)
    finally:
        hidden.end()
        _write(session, "\n")
        if is_own:
            os.close(terminal)
    if raw is None:
        return None
    return raw.decode(session.stdin.encoding or "utf-8", "replace").rstrip("\r\n")


def _write(session: Session, text: str) -> None:
    session.stderr.write(text if text == "\n" else harmless(text))
    session.stderr.flush()


def _terminal(session: Session) -> tuple[int, bool]:
    """Return the descriptor of the terminal, and whether it was opened for this: standard input may be shared."""
    try:
        return os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY), True
    except OSError:
        return session.stdin.fileno(), False


def _line(terminal: int) -> bytes | None:
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(terminal, _LARGEST_LINE)
        if not piece:
            return line or None
        line += piece
    return line


class _Hidden:
    """A terminal that does not show what is typed, except while the process is stopped or after it was quit."""

    def __init__(self, terminal: int, termios: Any, question: bytes) -> None:
        self._terminal = terminal
        self._termios = termios
        self._question = question
        self._usual = termios.tcgetattr(terminal)
        self._former: dict[int, Any] = {}

    def begin(self) -> None:
        """Hide what is typed from now on."""
        for number in (signal.SIGTSTP, signal.SIGQUIT):
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._former[number] = signal.signal(number, self._step_aside)
        self._hide()

    def end(self) -> None:
        """Put the terminal back as it was."""
        try:
            self._set(self._usual, self._termios.TCSAFLUSH)
        except KeyboardInterrupt:  # it would not take what was written to it
            self._set(self._usual, self._termios.TCSANOW)
            raise
        finally:
            for number, handler in self._former.items():
                signal.signal(number, handler)

    def _step_aside(self, number: int, _frame: FrameType | None) -> None:
        """Let a signal do what it usually does, with the terminal as it was; go on if the process goes on."""
        self._set(self._usual, self._termios.TCSAFLUSH)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.signal(number, self._step_aside)
        self._hide()
        with suppress(OSError):
            os.write(self._terminal, self._question)  # stderr may be just being written to

    def _hide(self) -> None:
        hidden = self._termios.tcgetattr(self._terminal)
        hidden[3] &= ~self._termios.ECHO
        self._set(hidden, self._termios.TCSAFLUSH)

    def _set(self, modes: list[Any], when: int) -> None:
        try:
            self._termios.tcsetattr(self._terminal, when, modes)
        except self._termios.error as error:
            if error.args[0] == errno.EINTR:
                self._set(modes, when)
            elif error.args[0] != errno.EIO:  # a terminal that has gone shows nothing
                raise


def _by_getpass(session: Session, question: str) -> str | None:
    import getpass

    try:
        return getpass.getpass(question, stream=session.stderr)
    except EOFError:
        return None
