"""The one path of every write: plan, show, confirm, journal the intent, send, classify, verify, journal, report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import (
    AuthenticationFailed,
    ConfigProblem,
    EnergyctlError,
    Interrupted,
    NotPermitted,
    OutcomeUnknown,
    PartlyFailed,
    RateLimited,
    Refused,
    UsageProblem,
)
from energyctl.core.journal import NOT_SENT, UNKNOWN, digest_of
from energyctl.core.outcomes import ALREADY, GOOD, OUTCOMES, REJECTED, Result, Write, error_of, outcome_of
from energyctl.core.profiles import Section
from energyctl.core.views import Column, View

if TYPE_CHECKING:
    from energyctl.core.session import Session

RESEND_UNKNOWN, RESEND_ALL = "unknown", "all"
#: After these the other targets would fare no better.
STOPPING = (AuthenticationFailed, NotPermitted, RateLimited)


@dataclass
class Writes:
    """A run of writes against one provider."""

    session: Session
    section: Section
    view: View = OUTCOMES
    #: Send again what the journal knows: None nothing, "unknown" what never got an answer, "all" all of it.
    resend: str | None = None
    #: What the user must type instead of "y".
    typed: str | None = None

    def run(self, writes: Iterable[Write], *, many: bool) -> None:
        """Carry the writes out and report a row for each.

        :param many: whether the user named several targets, so that rows form a list.
        :raises EnergyctlError: with the exit code of a single failed target, or 12 when some of many failed.
        """
        if self.session.options.dry_run:
            self._show_plan(writes, many=many)
            return
        planned = list(writes)
        if not planned:
            self.session.out.rows([], self.view)
            return
        self._confirm(planned)
        failures: list[Result] = []
        self.report(self._rows(planned, failures), planned, failures, many=many)

    def report(
        self, rows: Iterator[dict[str, Any]], planned: list[Write], failures: list[Result], *, many: bool
    ) -> None:
        """Write the rows as they come; every write is carried out even when nobody reads its row.

        A write that did not go well is told by the exit code, whatever became of the report.
        """
        lost: BrokenPipeError | UsageProblem | None = None
        try:
            if many:
                self.session.out.rows(rows, self.view)
            else:
                self.session.out.one(next(rows), self.view)
        except (
            BrokenPipeError,
            UsageProblem,
        ) as trouble:  # UsageProblem: --query or --sort-by do not fit the rows
            lost = trouble
        _finish(rows)
        if many:
            self._end_of_many(len(planned), failures)
        elif failures:
            raise error_of(failures[0], planned[0], self.section.provider)
        if lost is not None:
            raise lost

    def row(
        self, write: Write, number: int | None, result: Result, failures: list[Result], *, alone: bool
    ) -> dict[str, Any]:
        """Return the row of one write, and say what the user may want to do next."""
        if result.outcome not in GOOD or result.error is not None:
            failures.append(result)
        if result.undo:
            self.session.notice(f"To put it back: {result.undo}")
        if result.next_step and alone:
            self.session.notice(f"Next: {result.next_step}")
        return {
            "target": write.target,
            "operation": write.operation,
            "outcome": result.outcome,
            **result.facts,
            "message": self.session.redactor.text(result.message) if result.message else None,
            "journal_id": number,
        }

    def _rows(self, planned: list[Write], failures: list[Result]) -> Iterator[dict[str, Any]]:
        import secrets

        batch = secrets.token_hex(8) if len(planned) > 1 else None
        for done, write in enumerate(planned):
            if len(planned) > 1:
                self.session.progress(f"{done}/{len(planned)}  {write.target} …")
            number, result = self._one(write, batch)
            yield self.row(write, number, result, failures, alone=len(planned) == 1)
            if isinstance(result.error, STOPPING) and done + 1 < len(planned):
                self.session.say(
                    f"Stopped: {len(planned) - done - 1} targets were not tried. {result.error.message}"
                )
                break
        self.session.clear_progress()

    def _one(self, write: Write, batch: str | None) -> tuple[int | None, Result]:
        if write.settled is not None:
            return None, write.settled
        if not write.key:
            return self.do_one(write, batch)
        try:
            with self._alone(write.key):
                told = None if self.resend == RESEND_ALL else self._told_before(write)
                return told or self.do_one(write, batch)
        except Refused as busy:  # from _alone: what the provider refuses is a result already
            return None, Result(REJECTED, message=busy.message, error=busy)

    @contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        """Keep other processes from sending the same write at the same time."""
        import filelock

        from energyctl.core.files import private_directory

        state = private_directory(self.session.paths.state_dir)
        path = private_directory(state / "locks") / f"{digest_of(key)[:32]}.lock"
        try:
            with filelock.FileLock(path, timeout=0, mode=0o600):
                yield
        except filelock.Timeout:
            raise Refused(
                "Another energyctl is sending this very write at the moment; it was not sent again.",
                hint="See what became of it with: energyctl journal list",
                code="being_sent",
                provider=self.section.provider,
            ) from None

    def do_one(self, write: Write, batch: str | None = None) -> tuple[int, Result]:
        """Put one write on record, send it, and return its number there and how it ended. Nobody is asked.

        A write that consists of several, such as the removal of all of a customer's devices, carries out each so.
        """
        meant_at = self.session.now().isoformat(timespec="milliseconds")
        number = self._intend(write, batch, meant_at)
        return number, self._send(write, number, meant_at)

    def _intend(self, write: Write, batch: str | None, meant_at: str) -> int:
        """Put the intent on record, with the time at which it was meant, and return its number."""
        return self.session.journal.intend(
            at=meant_at,
            profile=self.section.profile.name,
            provider=self.section.provider,
            environment=self.section.label,
            system=self.section.identity(),
            operation=write.operation,
            target=write.target,
            effect=self.session.redactor.text(write.effect),
            digest=digest_of(write.body),
            key=write.key,
            batch=batch,
        )

    def _told_before(self, write: Write) -> tuple[int, Result] | None:
        """Return what the journal knows of the same write, or None when it must be sent.

        One that never got an answer is looked up; only with ``--resend`` is it sent when that finds nothing.
        """
        for former in self.session.journal.entries(key=write.key, system=self.section.identity()):
            number, outcome = int(former["id"]), former["outcome"]
            if outcome in GOOD:
                facts = {name: value for name, value in former["result"].items() if name != "message"}
                return number, Result(ALREADY, facts, f"Sent before (journal {number}); not sent again.")
            if outcome == UNKNOWN:
                self.session.journal.add(number, "asked_again")
                result = self._look_up(write, number, str(former["at"]), None)
                return None if self.resend and result.outcome == UNKNOWN else (number, result)
        return None

    def _send(self, write: Write, number: int, meant_at: str) -> Result:
        journal = self.session.journal
        journal.add(number, "sending", {"method": write.method, "url": self.session.redactor.text(write.url)})
        try:
            result = write.send()
        except OutcomeUnknown as error:
            self._note(number, "no_answer", {"message": self.session.redactor.text(error.message)})
            return self._look_up(write, number, meant_at, error)
        except Interrupted:  # in the middle of a write that consists of several
            self._note(number, "interrupted", {})
            raise
        except EnergyctlError as error:
            result = Result(outcome_of(error), message=error.message, error=error)
        except KeyboardInterrupt:
            self._note(number, "interrupted", {})
            raise Interrupted(
                f"Interrupted while sending: whether it happened is unknown (journal {number}).",
                hint=write.how_to_look or f"See energyctl journal show {number}, then look the thing up.",
                outcome=UNKNOWN,
                provider=self.section.provider,
                operation=write.operation,
            ) from None
        self._keep(number, result)
        return result

    def _look_up(self, write: Write, number: int, meant_at: str, error: OutcomeUnknown | None) -> Result:
        """Ask what became of a write whose answer never came; never send it again."""
        found: Result | None = None
        if write.look_up is not None:
            self.session.notice(f"No answer to '{write.effect}'; looking it up (it is not sent again).")
            try:
                found = write.look_up(meant_at)
            except EnergyctlError as problem:
                self._note(number, "look_up_failed", {"message": self.session.redactor.text(problem.message)})
            else:
                self._note(
                    number, "looked_up", {"found": found is not None, **(found.facts if found else {})}
                )
        if found is not None:
            self._keep(number, found)
            return found
        told = (
            error.message if error else f"Sent before without an answer (journal {number}); not found so far."
        )
        result = Result(UNKNOWN, message=told, error=error)
        result.error = OutcomeUnknown(
            told,
            hint=write.how_to_look or f"See energyctl journal show {number}, then look the thing up.",
            provider=self.section.provider,
            operation=write.operation,
            http_status=error.http_status if error else None,
            request_id=error.request_id if error else None,
            details={"journal_id": number},
        )
        if error is not None:
            self._keep(number, result)
        return result

    def _keep(self, number: int, result: Result) -> None:
        message = self.session.redactor.text(result.message) if result.message else None
        self._note(number, "result", {"outcome": result.outcome, **result.facts, "message": message})

    def _note(self, number: int, kind: str, data: dict[str, Any]) -> None:
        """Record what happened; a journal that fails now must not hide the outcome."""
        try:
            self.session.journal.add(number, kind, self.session.redactor.data(data))
        except ConfigProblem as problem:
            self.session.say(f"warning: {problem.message}")

    # -- before sending -----------------------------------------------------------------------------------

    def _show_plan(self, writes: Iterable[Write], *, many: bool) -> None:
        redact = self.session.redactor
        planned = list(writes)
        rows = (
            {
                "target": write.target,
                "operation": write.operation,
                "dry_run": True,
                "effect": write.effect,
                **_end_foreseen(write.settled),
                "request": {
                    "method": write.method,
                    "url": redact.text(write.url),
                    "body": redact.data(write.body),
                }
                if write.settled is None
                else None,
                "changes": [
                    {"field": one.field, "before": one.before, "after": one.after} for one in write.changes
                ],
            }
            for write in planned
        )
        view = View(
            columns=(
                Column("Target", "target"),
                Column("Would", "effect"),
                Column("Change", "changes", show=_changes_text),
                *((Column("Nothing is sent", "message"),) if any(one.settled for one in planned) else ()),
                Column("Request", "request.method"),
                Column("", "request.url"),
                *(() if many else (Column("Body", "request.body", show=_body_text),)),
            ),
            id_path="target",
            hidden=frozenset({"dry_run", "operation"}),
            plural="writes",
        )
        self.session.notice("Dry run: nothing is sent.")
        if many:
            self.session.out.rows(rows, view)
        else:
            self.session.out.one(next(rows), view)

    def _confirm(self, planned: list[Write]) -> None:
        options = self.session.options
        mode = self.section.profile.confirm
        pending = [write for write in planned if write.settled is None]
        if (
            self.section.is_sandbox
            or mode == "never"
            or not pending
            or (mode == "bulk" and len(pending) == 1)
        ):
            return
        if options.yes:
            return
        if not self.session.can_ask:
            raise UsageProblem(
                f"This would write to {self.section.settings.title} ({self.section.label}): "
                f"{_summary(pending)}. Nobody can be asked here.",
                hint="Add --yes to do it, or --dry-run to see what would be sent.",
                code="confirmation_needed",
                provider=self.section.provider,
                operation=pending[0].operation,
            )
        self._tell(pending)
        question = f"{self.section.settings.title}, {self.section.label}: {_summary(pending)}."
        if self.typed is not None:
            agreed = self._asked(f"{question} Type {self.typed} to go on: ") == self.typed
        else:
            agreed = self._asked(f"{question} Go on? [y/N] ").lower() in ("y", "yes")
        if not agreed:
            raise Interrupted("Not confirmed; nothing was sent.", code="not_confirmed", outcome=NOT_SENT)

    def _tell(self, pending: list[Write]) -> None:
        """Say what would be written: each target's story and changes, as many as fit above the question."""
        for write in pending[:5]:
            if len(pending) > 1:
                self.session.say(f"- {write.effect}")
            for label, value in write.story:
                self.session.say(f"  {label + ':':<22}{value}")
            for one in write.changes:
                self.session.say(f"  {one.field}: {_plain(one.before)} -> {_plain(one.after)}")
        if len(pending) > 5:
            self.session.say(f"  … and {len(pending) - 5} more")

    def _asked(self, question: str) -> str:
        from energyctl.core.text import harmless

        self.session.stderr.write(harmless(question))
        self.session.stderr.flush()
        return self.session.stdin.readline().strip()

    # -- the end ------------------------------------------------------------------------------------------

    def _end_of_many(self, count: int, failures: list[Result]) -> None:
        if not failures:
            return
        counts: dict[str, int] = {}
        for result in failures:
            told = result.error.code if result.error and result.outcome in GOOD else result.outcome
            counts[told] = counts.get(told, 0) + 1
        listed = ", ".join(f"{number} {outcome}" for outcome, number in counts.items())
        if count == 1 and failures[0].error is not None:
            raise failures[0].error
        hint = "The rows say why; the same command again sends only what was not done."
        first = failures[0].error
        if first is not None and all(isinstance(one.error, STOPPING) for one in failures):
            raise first
        raise PartlyFailed(
            f"{len(failures)} of {count} failed: {listed}.",
            hint=hint,
            provider=self.section.provider,
            details=counts,
        )


def _end_foreseen(settled: Result | None) -> dict[str, Any]:
    """Return what a dry run tells of a write that would not be sent."""
    return {} if settled is None else {"outcome": settled.outcome, "message": settled.message}


def _finish(rows: Iterator[dict[str, Any]]) -> None:
    """Carry out the rest: --limit, or a reader that has gone, shortens the report and not the work."""
    for _ in rows:
        pass


def _summary(pending: list[Write]) -> str:
    if len(pending) == 1:
        return pending[0].effect
    effects = {write.operation for write in pending}
    return f"{len(pending)} writes ({', '.join(sorted(effects))}), the first: {pending[0].effect}"


def _plain(value: Any) -> str:
    from energyctl.core.views import plain

    return plain(value) or "(none)"


def _changes_text(changes: Any) -> str:
    return ", ".join(f"{one['field']} {_plain(one['before'])} -> {_plain(one['after'])}" for one in changes)


def _body_text(body: Any) -> str:
    import json

    return json.dumps(body, ensure_ascii=False)
