"""What a check has found, and how a check is kept from taking longer than it may."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from energyctl.core.errors import BadAnswer, ConfigProblem, EnergyctlError, RateLimited, Unreachable

PASS, WARN, FAIL, UNKNOWN = "pass", "warn", "fail", "cannot-know"
#: What a failing check is about; decides the exit code: 13, 4 and 10.
CONFIG, CREDENTIALS, NETWORK = "config", "credentials", "network"

_T = TypeVar("_T")


@dataclass(frozen=True)
class Finding:
    """One check: how it ended, what was seen, and the next command where there is one."""

    check: str
    status: str
    message: str
    fix: str | None = None
    kind: str = CREDENTIALS
    #: Whose check it is; None for those of this machine.
    provider: str | None = None

    def as_row(self) -> dict[str, Any]:
        """Return it as a row."""
        return {
            "provider": self.provider,
            "check": self.check,
            "status": self.status,
            "message": self.message,
            "fix": self.fix,
        }


def of_error(check: str, error: EnergyctlError, provider: str | None = None) -> Finding:
    """Return an error as a finding; a used-up limit says nothing of what was to be checked."""
    status = UNKNOWN if isinstance(error, RateLimited) else FAIL
    return Finding(check, status, error.message, error.hint, kind_of(error), provider)


def kind_of(error: EnergyctlError) -> str:
    """Return what an error is about."""
    if isinstance(error, Unreachable | BadAnswer):
        return NETWORK
    return CONFIG if isinstance(error, ConfigProblem) else CREDENTIALS


def within(limit_s: float, work: Callable[[], _T], what: str) -> _T:
    """Return what ``work`` returns; after ``limit_s`` seconds it is left to itself, in a thread that holds up nobody.

    :param what: names it in the error, such as ``the lookup of a host``.
    :raises Unreachable: when it takes longer.
    """
    result: list[_T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            result.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again by the waiting thread
            failure.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(limit_s)
    if result:
        return result[0]
    if failure:
        raise failure[0]
    raise Unreachable(
        f"There was no end of {what} within {limit_s:g} s.",
        hint="Try again, or allow more time with --timeout SECONDS.",
        code="timeout",
    )
