"""What a write is before it is sent, and how it can end. Sending is in ``writes``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from energyctl.core.errors import EnergyctlError, NotFound, OutcomeUnknown, Refused
from energyctl.core.journal import UNKNOWN
from energyctl.core.views import Column, View

CHANGED, ALREADY, OFFLINE, NOT_FOUND = "changed", "already", "offline", "not_found"
REJECTED, FAILED = "rejected", "failed"
GOOD = frozenset({CHANGED, ALREADY})

OUTCOMES = View(
    columns=(
        Column("Target", "target"),
        Column("Outcome", "outcome"),
        Column("Message", "message"),
        Column("Journal", "journal_id", right=True),
    ),
    id_path="target",
    plural="writes",
)


@dataclass(frozen=True)
class Change:
    """One field of the target before and after."""

    field: str
    before: Any
    after: Any


@dataclass
class Result:
    """How a write on one target ended."""

    outcome: str
    #: What the provider returned that is worth keeping: numbers, ids, states.
    facts: dict[str, Any] = field(default_factory=dict)
    message: str | None = None
    #: The command that puts things back.
    undo: str | None = None
    #: The command that a user would type next.
    next_step: str | None = None
    error: EnergyctlError | None = None


@dataclass
class Write:
    """A planned write on one target. Nothing is sent before ``send`` is called."""

    operation: str
    #: Who or what is written to, as the user knows it.
    target: str
    #: What it does, in a person's words: "create the order for erika@example.org".
    effect: str
    method: str
    url: str
    body: Any
    send: Callable[[], Result]
    #: (label, value) lines for the question.
    story: Sequence[tuple[str, str]] = ()
    changes: Sequence[Change] = ()
    #: Asks the provider what became of a write without an answer that was meant to be sent at the given time
    #: (RFC 3339); None: cannot be known yet.
    look_up: Callable[[str], Result | None] | None = None
    #: How the user looks again when ``look_up`` finds nothing.
    how_to_look: str | None = None
    #: Recognises the same write; with it, one that happened is never sent again.
    key: str | None = None
    #: The end of a write that need not be sent: the target is as asked, unknown, or of another kind.
    settled: Result | None = None


def outcome_of(error: EnergyctlError) -> str:
    """Return how a write ended whose sending raised an error."""
    if isinstance(error, NotFound):
        return NOT_FOUND
    if isinstance(error, Refused):
        return REJECTED
    return FAILED


def error_of(result: Result, write: Write, provider: str) -> EnergyctlError:
    """Return the error whose exit code tells how a single write ended."""
    if result.error is not None:
        result.error.outcome = result.outcome
        return result.error
    kinds: dict[str, type[EnergyctlError]] = {NOT_FOUND: NotFound, UNKNOWN: OutcomeUnknown}
    kind = kinds.get(result.outcome, Refused)
    return kind(
        f"{write.target}: {(result.message or result.outcome).rstrip('.')}.",
        hint=write.how_to_look,
        provider=provider,
        operation=write.operation,
        outcome=result.outcome,
    )
