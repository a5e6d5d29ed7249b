"""Writes of which one call carries many: the same path as every write, with one journal entry for each target."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from energyctl.core.confirming import confirm
from energyctl.core.errors import EnergyctlError, Interrupted, OutcomeUnknown
from energyctl.core.journal import PLANNED, SENDING, UNKNOWN
from energyctl.core.outcomes import Result, Write, outcome_of
from energyctl.core.plans import show_plan
from energyctl.core.points import reached
from energyctl.core.writes import Writes

#: Takes the writes that are to be sent; returns the result of each target.
SendAll = Callable[[list[Write]], dict[str, Result]]


@dataclass
class TogetherWrites(Writes):
    """Writes that are sent in one call."""

    #: Called with the end of every write, sent or settled, when those are on record and before they are reported; it
    #: may replace them. One that it replaces is recorded again.
    look_again: Callable[[dict[str, Result]], None] | None = None

    def run_together(self, writes: list[Write], send_all: SendAll, *, many: bool) -> None:
        """Carry the writes out with one call of ``send_all`` and report a row for each.

        A write that is ``settled`` already is reported and not sent.

        :raises EnergyctlError: with the exit code of a single failed target, or 12 when some of many failed.
        """
        if self.session.options.dry_run:
            show_plan(self.session, writes, many=many)
            return
        if not writes:
            self.session.out.rows([], self.view)
            return
        confirm(self.session, self.section, writes, self.typed)
        failures: list[Result] = []
        self.report(self._together(writes, send_all, failures), writes, failures, many=many)

    def _together(
        self, writes: list[Write], send_all: SendAll, failures: list[Result]
    ) -> Iterator[dict[str, Any]]:
        numbers, results = self._journaled(writes, send_all)
        interrupted: Interrupted | None = None
        try:
            self._look_again(numbers, results)
        except KeyboardInterrupt:
            interrupted = self._interrupted_looking(writes, results)
        for write in writes:
            result = results[write.target]
            yield self.row(write, numbers.get(write.target), result, failures, alone=len(writes) == 1)
        if interrupted is not None:
            raise interrupted

    def carry_out(self, writes: list[Write], send_all: SendAll) -> dict[str, Result]:
        """Carry the writes out without asking or reporting, journaled all the same, and return their ends."""
        numbers, results = self._journaled(writes, send_all)
        self._look_again(numbers, results)
        return results

    def _look_again(self, numbers: dict[str, int], results: dict[str, Result]) -> None:
        if self.look_again is None:
            return
        former = dict(results)
        try:
            self.look_again(results)
        finally:
            for target, number in numbers.items():
                if results[target] is not former[target]:
                    self._keep(number, results[target])

    def _interrupted_looking(self, writes: list[Write], results: dict[str, Result]) -> Interrupted:
        """Return the error of a run that was interrupted when all was sent and on record."""
        unknown = [write for write in writes if results[write.target].outcome == UNKNOWN]
        if not unknown:
            return Interrupted(
                "Interrupted while reading back; what was confirmed before is on record.",
                hint=writes[0].how_to_look,
                provider=self.section.provider,
                operation=writes[0].operation,
            )
        return self._interrupted_together(unknown)

    def _interrupted_together(self, unknown: list[Write]) -> Interrupted:
        return Interrupted(
            "Interrupted while sending: whether it happened is unknown (see energyctl journal list).",
            hint=unknown[0].how_to_look,
            outcome=UNKNOWN,
            provider=self.section.provider,
            operation=unknown[0].operation,
        )

    def _journaled(self, writes: list[Write], send_all: SendAll) -> tuple[dict[str, int], dict[str, Result]]:
        import secrets

        pending = [write for write in writes if write.settled is None]
        batch = secrets.token_hex(8) if len(pending) > 1 else None
        meant_at = self.session.now().isoformat(timespec="milliseconds")
        numbers = {write.target: self._planned(write, batch, meant_at) for write in pending}
        results = self._sent(pending, numbers, send_all) if pending else {}
        return numbers, {write.target: write.settled or results[write.target] for write in writes}

    def _planned(self, write: Write, batch: str | None, meant_at: str) -> int:
        number = self._intend(write, batch, meant_at)
        self.session.journal.add(number, PLANNED, {"changes": [vars(one) for one in write.changes]})
        return number

    def _sent(self, pending: list[Write], numbers: dict[str, int], send_all: SendAll) -> dict[str, Result]:
        for write in pending:
            self.session.journal.add(
                numbers[write.target], SENDING, {"method": write.method, "url": write.url}
            )
        reached("sending.kept")
        try:
            results = send_all(pending)
        except OutcomeUnknown as error:
            results = {write.target: Result(UNKNOWN, message=error.message, error=error) for write in pending}
        except EnergyctlError as error:
            results = {
                write.target: Result(outcome_of(error), message=error.message, error=error)
                for write in pending
            }
        except KeyboardInterrupt:
            for write in pending:
                self._note(numbers[write.target], "interrupted", {})
            raise self._interrupted_together(pending) from None
        for write in pending:
            result = results.setdefault(
                write.target, Result(UNKNOWN, message="The provider said nothing of it.")
            )
            self._keep(numbers[write.target], result)
        return results
