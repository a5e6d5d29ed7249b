"""A write that is sent and then read back: whether it really took effect decides how it ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from energyctl.core.errors import EnergyctlError
from energyctl.core.journal import UNKNOWN
from energyctl.core.outcomes import CHANGED, REJECTED, Result

if TYPE_CHECKING:
    from energyctl.core.transport import Request
    from energyctl.providers.emulate.client import EmulateClient

_ACCEPTED_FOR_LATER = 202
_State = TypeVar("_State")


def sent_and_read_back(
    client: EmulateClient,
    request: Request,
    read: Callable[[], _State],
    ended: Callable[[_State], Result | None],
    *,
    facts: dict[str, Any],
    instead: Callable[[_State], str],
) -> Result:
    """Send a write and return how it ended.

    :param read: reads the state, once: it may change between two reads, and what is judged is what is told.
    :param ended: returns the end when the state is as asked, None when it is not.
    :param instead: says what the state is in that case.
    :raises EnergyctlError: when the write itself fails; a failure to read back is only told.
    """
    answer = client.send(request)
    is_for_later = answer.status == _ACCEPTED_FOR_LATER
    accepted = "Accepted for later (status 202)" if is_for_later else "Accepted"
    try:
        state = read()
    except EnergyctlError as problem:
        told = f"{accepted}; reading it back failed: {problem.message}"
        return Result(UNKNOWN if is_for_later else CHANGED, facts, told)
    done = ended(state)
    if done is not None:
        return done
    told = instead(state)
    if is_for_later:
        return Result(UNKNOWN, facts, f"{accepted}; so far {told}.")
    return Result(REJECTED, facts, f"{accepted}, but {told}.")
