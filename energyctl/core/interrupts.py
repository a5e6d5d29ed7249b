"""Ctrl-C and the other wishes to end: each is one KeyboardInterrupt, and the work that must be finished is not cut.

SIGQUIT keeps its usual meaning: it ends the process at once, whatever it does.
"""

from __future__ import annotations

import signal
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping, Sequence

#: What asks a run to end; a hang-up is a terminal or a connection to it that has gone.
ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
#: A second wish so soon is the first one said twice. It must not cut short what the first one has begun to put right.
SAME_WISH_S = 1.0
_AGAIN_AFTER_S = 0.01
#: So often what may wait for ever looks whether a wish has come.
_LOOKS_EVERY_S = 0.25

_last = float("-inf")
_undisturbed = 0


def listen() -> None:
    """Make each of these signals a KeyboardInterrupt; those that the caller ignores, as ``nohup`` does, stay so."""
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    sys.unraisablehook = _unraisable


def _stop(_number: int, _frame: object) -> None:
    global _last  # noqa: PLW0603 - a process has one set of signal handlers
    now = time.monotonic()
    if _undisturbed or now - _last < SAME_WISH_S:
        return
    _last = now
    raise KeyboardInterrupt


def _unraisable(lost: Any) -> None:
    """Ask again, a moment later: an exception that comes while the interpreter frees an object goes nowhere."""
    global _last  # noqa: PLW0603 - as above
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    _last = float("-inf")
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _stop)
        signal.setitimer(signal.ITIMER_REAL, _AGAIN_AFTER_S)


def wished() -> bool:
    """Tell whether somebody wished the run to end. A wish that comes while a socket is freed is known only here."""
    return _last > float("-inf")


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let no wish to end disturb what is done inside. Short work only: Ctrl-C does nothing meanwhile."""
    global _undisturbed  # noqa: PLW0603 - as above
    _undisturbed += 1
    try:
        yield
    finally:
        _undisturbed -= 1


@contextmanager
def attentive() -> Iterator[None]:
    """Hear every wish while something inside waits, as a read does for what somebody types.

    One that comes in the moment before the waiting begins does not end it, and would be heard after it.
    """
    import threading

    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
        or signal.getitimer(signal.ITIMER_REAL)[0]  # of this, or to ask again
    ):
        yield
        return
    former = signal.signal(signal.SIGALRM, _look)
    signal.setitimer(signal.ITIMER_REAL, _LOOKS_EVERY_S, _LOOKS_EVERY_S)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGALRM) is _look:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, former)


def _look(_number: int, _frame: object) -> None:
    """Let what waits begin to wait anew, which hears the wishes that have come."""


def sleep(seconds: float) -> None:
    """Do nothing for some time, or until somebody wishes the run to end."""
    with attentive():
        time.sleep(seconds)


def run_in_front(words: Sequence[str], env: Mapping[str, str] | None = None) -> int:
    """Run a command that has the terminal to its end, and return its exit code, 128 and more after a signal.

    Ctrl-C is the command's affair: the terminal sends it there too. Other wishes to end are passed on.

    :raises OSError: when it cannot be run.
    """
    import subprocess

    started: list[subprocess.Popen[bytes]] = []
    wished: list[int] = []

    def pass_on(number: int, _frame: object) -> None:
        wished.append(number)
        for one in started:
            one.send_signal(number)

    # Handlers, unlike ignored signals, end with exec: the command has the usual ones.
    handlers: dict[int, Any] = {signal.SIGINT: _leave_to_the_command, signal.SIGTERM: pass_on}
    if hasattr(signal, "SIGHUP"):
        handlers |= {signal.SIGHUP: pass_on, signal.SIGQUIT: _leave_to_the_command}
    # Set before the command starts, so that none is left behind.
    former = {
        number: signal.signal(number, handler)
        for number, handler in handlers.items()
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        with subprocess.Popen(words, env=env) as process:  # noqa: S603 - the user's own command
            started.append(process)
            for number in wished:
                process.send_signal(number)
            code = process.wait()
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def _leave_to_the_command(_number: int, _frame: object) -> None:
    """Go on waiting for the command, which has the signal too."""
