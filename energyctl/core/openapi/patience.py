"""A bound on what a file can make take for ever: references that multiply, patterns that try every way."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from energyctl.core.errors import UsageProblem
from energyctl.core.openapi.problems import TOO_LARGE

#: Of the processor's time; what a real file asks for takes milliseconds.
LONGEST_S = 5.0
_AGAIN_S = 0.1

_P = ParamSpec("_P")
_R = TypeVar("_R")


class _TooLong(Exception):
    """The time is over."""


def bounded(work: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let a function take at most ``LONGEST_S`` of the processor's time.

    Where the system has no such clock, and outside the main thread, there is no bound.

    :raises UsageProblem: ``spec_too_large`` when it takes longer.
    """

    @wraps(work)
    def timed(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            with _alarm():
                return work(*args, **kwargs)
        except _TooLong:
            raise UsageProblem(
                f"The OpenAPI file cannot be worked through in {LONGEST_S:g} seconds: its references or patterns "
                "multiply.",
                hint="Ask for a simpler file. Without it: api METHOD PATH sends a request as it is.",
                code=TOO_LARGE,
            ) from None

    return timed


@contextmanager
def _alarm() -> Iterator[None]:
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    is_over = False

    def stop(_signal: int, _frame: object) -> None:
        if not is_over:
            raise _TooLong

    def dropped(what: sys.UnraisableHookArgs) -> None:
        if what.exc_type is not _TooLong:
            former_hook(what)

    former, former_hook = signal.signal(signal.SIGVTALRM, stop), sys.unraisablehook
    # again and again: the interpreter drops an exception that comes while it frees an object, and would print it
    sys.unraisablehook = dropped
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST_S, _AGAIN_S)
    try:
        yield
    finally:
        is_over = True
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, former)
        sys.unraisablehook = former_hook
