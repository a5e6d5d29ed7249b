"""What a rule is, how it can end, and the row that tells it. No rule and no request is here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from energyctl.providers.bright.verify.organisation import Organisation
    from energyctl.providers.bright.verify.probe import Heard

PASS, FAIL, SKIPPED, NOT_BUILT = "pass", "fail", "skipped", "not_built"


class Verdict(Exception):
    """How a rule ended other than well.

    ``operation`` names the one whose own answer is the reason, so that only its own rule tells it as a failure.
    """

    status = SKIPPED

    def __init__(
        self,
        found: str,
        *,
        expected: str | None = None,
        fix: str | None = None,
        heard: Heard | None = None,
        operation: str | None = None,
    ) -> None:
        super().__init__(found)
        self.found = found
        self.expected = expected
        self.fix = fix
        self.heard = heard
        self.operation = operation


class Broken(Verdict):
    """The rule does not hold."""

    status = FAIL


class Skipped(Verdict):
    """It cannot be judged, for the reason given."""


class NotBuilt(Verdict):
    """The Organisation answers 501: allowed by the Kit."""

    status = NOT_BUILT


#: Judges one rule; returns what is worth telling although all is well. Raises a ``Verdict`` otherwise.
Check = Callable[["Organisation"], str | None]


@dataclass(frozen=True)
class Rule:
    """One rule of the contract: who judges it, and what a person is told."""

    name: str
    check: Check
    #: The operation whose answer is judged, when it is a single one.
    operation: str | None
    #: The section of the contract.
    contract: str
    #: What holds of a right server.
    title: str
    #: What the Organisation can do when it does not.
    fix: str
    #: Rules of the same step without which this one cannot be judged, besides the step's first.
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One step of the integration, in the order in which they are built."""

    name: str
    title: str
    rules: tuple[Rule, ...]
    #: Steps that must be walked first.
    after: tuple[str, ...] = ()
    #: Whether it changes something at the Organisation.
    writes: bool = False
    #: Whether its first rule is that an operation answers, so that the others hang on it.
    leads: bool = True


@dataclass(frozen=True)
class Finding:
    """How one rule ended."""

    step: str
    rule: Rule
    status: str
    request: str | None
    expected: str
    found: str | None
    fix: str | None
    duration_ms: int

    def row(self) -> dict[str, Any]:
        """Return it as a row of the result."""
        return {
            "step": self.step,
            "rule": self.rule.name,
            "status": self.status,
            "title": self.rule.title,
            "request": self.request,
            "expected": self.expected,
            "found": self.found,
            "fix": self.fix,
            "contract": self.rule.contract,
            "duration_ms": self.duration_ms,
        }
