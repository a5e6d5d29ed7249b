"""What a command needs of a provider, and what can be said offline of whether it may. The providers judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

YES, NO, MAYBE = "yes", "no", "unknown"
#: Needs nothing of the provider.
LOCAL: tuple[str, ...] = ()
#: Needs whatever the call names.
ANY_CALL: tuple[str, ...] = ("*",)

#: A command's words behind the provider's name, and the ids of the operations that it needs.
Needs = Mapping[str, tuple[str, ...]]

#: The commands that every REST provider has.
REST_NEEDS: Needs = {
    "endpoints list": LOCAL,
    "spec import": LOCAL,
    "spec show": LOCAL,
    "spec forget": LOCAL,
    "call": ANY_CALL,
    "api": ANY_CALL,
}


@dataclass(frozen=True)
class Verdict:
    """Whether a command may, why, and what would make it a yes."""

    answer: str
    reason: str
    fix: str | None = None
    #: Whether a no is one of missing credentials, and not of a right that they lack.
    signed_out: bool = False


def weakest(verdicts: list[Verdict]) -> Verdict:
    """Return the verdict of a command that needs several operations: the first no, else the first unknown.

    ``verdicts`` holds at least one.
    """
    order = (NO, MAYBE, YES)
    return min(verdicts, key=lambda one: order.index(one.answer))
