"""The one path of every write: plan, show, confirm, journal the intent, send, classify, verify, journal, report."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from energyctl.core.confirming import confirm
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
from energyctl.core.former import Former, sent_before
from energyctl.core.journal import SENDING, UNKNOWN, UNUSABLE, Sameness, beside, digest_of
from energyctl.core.outcomes import (
    ALREADY,
    FAILED,
    GOOD,
    NOT_FOUND,
    OUTCOMES,
    REJECTED,
    Result,
    Write,
    error_of,
    outcome_of,
)
from energyctl.core.plans import show_plan
from energyctl.core.points import reached
from energyctl.core.profiles import Section
from energyctl.core.views import View

if TYPE_CHECKING:
    from energyctl.core.session import Session

RESEND_UNKNOWN, RESEND_ALL = "unknown", "all"
#: After these the other targets would fare no better.
STOPPING = (AuthenticationFailed, NotPermitted, RateLimited)
#: Former writes without a known end that are named.
_MOST_TOLD = 3


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
    #: Former writes, each the same as one of these, whose end is not known.
    open_ends: dict[Sameness, dict[str, Any]] = field(default_factory=dict)

    def run(self, writes: Iterable[Write], *, many: bool) -> None:
        """Carry the writes out and report a row for each.

        :param many: whether the user named several targets, so that rows form a list.
        :raises EnergyctlError: with the exit code of a single failed target, or 12 when some of many failed.
        """
        if self.session.options.dry_run:
            show_plan(self.session, writes, many=many)
            return
        planned = list(writes)
        if not planned:
            self.session.out.rows([], self.view)
            return
        self._find_open_ends(planned)
        confirm(self.session, self.section, planned, self.typed)
        failures: list[Result] = []
        self.report(self._rows(planned, failures), planned, failures, many=many)

    def report(
        self, rows: Iterator[dict[str, Any]], planned: list[Write], failures: list[Result], *, many: bool
    ) -> None:
        """Write the rows as they come; every write is carried out even when nobody reads its row.

        A write that did not go well is told by the exit code, whatever became of the report.
        """
        lost: BrokenPipeError | UsageProblem | Interrupted | None = None

        def told() -> Iterator[dict[str, Any]]:
            nonlocal lost
            try:
                for row in rows:  # noqa: UP028 - who reads no further must not close them: see _finish
                    yield row
            except Interrupted as trouble:  # what was done before has its rows all the same
                lost = trouble
            except KeyboardInterrupt:
                lost = Interrupted(
                    "Interrupted.",
                    hint="The rows tell what was done; of all else see: energyctl journal list",
                    provider=self.section.provider,
                )

        try:
            if many:
                self.session.out.rows(told(), self.view)
            else:
                self.session.out.one(next(rows), self.view)
        except (BrokenPipeError, UsageProblem) as trouble:  # the latter: --query or --sort-by do not fit
            lost = trouble
        _finish(rows)
        if many and not isinstance(lost, Interrupted):
            self._end_of_many(len(planned), failures)
        elif failures and not many:
            raise error_of(failures[0], planned[0], self.section.provider)
        if lost is not None:
            raise lost

    def row(
        self, write: Write, number: int | None, result: Result, failures: list[Result], *, alone: bool
    ) -> dict[str, Any]:
        """Return the row of one write, and say what the user may want to do next."""
        if result.error is not None:
            result.error.outcome = result.outcome  # the error that ends the command says what the row says
        if result.outcome not in GOOD or result.error is not None:
            failures.append(result)
        if result.undo:
            self.session.notice(f"To put it back: {self._here(result.undo)}")
        if result.next_step and alone:
            self.session.notice(f"Next: {self._here(result.next_step)}")
        reached("row.before")
        message = self.session.redactor.text(result.message) if result.message else None
        first = {"target": write.target, "operation": write.operation, "outcome": result.outcome}
        last = {"message": message, "journal_id": number}
        told = beside({**first, **last}, result.facts)
        return {**{name: told[name] for name in told if name not in last}, **last}

    def _here(self, command: str) -> str:
        """Return a command line as it must be typed to reach this profile."""
        profile = self.section.profile
        chosen = f" --profile {shlex.quote(profile.name)}"
        return command if profile.source != "--profile" or command.endswith(chosen) else command + chosen

    def _rows(self, planned: list[Write], failures: list[Result]) -> Iterator[dict[str, Any]]:
        import secrets

        batch = secrets.token_hex(8) if len(planned) > 1 else None
        for done, write in enumerate(planned):
            if done:
                reached("targets.between")
            if len(planned) > 1:
                self.session.progress(f"{done}/{len(planned)}  {write.target} …")
            try:
                number, result = self._one(write, batch)
            except ConfigProblem as problem:
                if problem.code != UNUSABLE or not done:
                    raise
                number, result = None, Result(FAILED, message=problem.message, error=problem)
            yield self.row(write, number, result, failures, alone=len(planned) == 1)
            if result.error is not None and _stops(result.error) and done + 1 < len(planned):
                rest = len(planned) - done - 1
                told = "1 target was" if rest == 1 else f"{rest} targets were"
                self.session.say(f"Stopped: {told} not tried. {result.error.message}")
                break
        self.session.clear_progress()

    def _find_open_ends(self, planned: list[Write]) -> None:
        """Look for the same writes in the record, and say of which the end is not known.

        One with a key is not repeated anyway.
        """
        wanted = [_sameness(one) for one in planned if one.key is None and _may_have_been(one)]
        if not wanted:
            return
        try:
            for former in self.session.journal.latest(self.section.identity(), wanted):
                if former["outcome"] == UNKNOWN:
                    self.open_ends[former["operation"], former["target"], former["digest"]] = former
        except ConfigProblem:  # that nothing can be sent is said when the intent cannot be recorded
            return
        for former in list(self.open_ends.values())[:_MOST_TOLD]:
            self.session.say(
                f"note: '{former['effect']}' was sent before and its end is not known (journal {former['id']}); it may "
                "have happened."
            )
        if len(self.open_ends) > _MOST_TOLD:
            self.session.say(f"note: so were {len(self.open_ends) - _MOST_TOLD} more of these.")

    def _ended_before(self, write: Write) -> tuple[int, Result] | None:
        """Return how the same write, sent before, has ended; None when there is none or it cannot be seen."""
        former = self.open_ends.get(_sameness(write)) if self.open_ends else None
        if former is None or write.look_up is None:
            return None
        result = self._look_up(write, int(former["id"]), str(former["at"]), None)
        return None if result.outcome == UNKNOWN else (int(former["id"]), result)

    def _one(self, write: Write, batch: str | None) -> tuple[int | None, Result]:
        ended = self._ended_before(write)
        if ended is not None:
            return ended
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
        path = private_directory(state / "locks") / f"{digest_of([self.section.identity(), key])[:32]}.lock"
        lock = filelock.FileLock(path, timeout=0, mode=0o600)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise Refused(
                "Another energyctl is sending this very write at the moment; it was not sent again.",
                hint="See what became of it with: energyctl journal list",
                code="being_sent",
                provider=self.section.provider,
            ) from None
        except OSError as error:
            raise ConfigProblem(
                f"{path} cannot be locked: {error.strerror or error}. Nothing was sent.",
                hint=f"Move it away: mv {path} {path}.former",
                code="lock_unusable",
            ) from error
        try:
            yield
        finally:
            lock.release()

    def do_one(self, write: Write, batch: str | None = None) -> tuple[int, Result]:
        """Put one write on record, send it, and return its number there and how it ended. Nobody is asked.

        A write that consists of several, such as the removal of all of a customer's devices, carries out each so.
        """
        meant_at = self.session.now().isoformat(timespec="milliseconds")
        number = self._intend(write, batch, meant_at)
        return number, self._send(write, number, meant_at)

    def _intend(self, write: Write, batch: str | None, meant_at: str) -> int:
        """Put the intent on record, with the time at which it was meant, and return its number."""
        reached("intent.before")
        number = self.session.journal.intend(
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
        reached("intent.kept")
        return number

    def _told_before(self, write: Write) -> tuple[int, Result] | None:
        """Return what the journal knows of the same write, or None when it must be sent.

        One that never got an answer is looked up; only with ``--resend`` is it sent when that finds nothing.
        """
        former = sent_before(self.session, self.section, str(write.key))
        if former is None:
            return None
        if former.other_account is not None:
            return former.number, self._sent_elsewhere(write, former)
        if former.outcome in GOOD:
            facts = {name: value for name, value in former.result.items() if name != "message"}
            told = f"Sent before (journal {former.number}); not sent again."
            return former.number, Result(ALREADY, facts, told)
        self.session.journal.add(former.number, "asked_again")
        result = self._look_up(write, former.number, former.at, None)
        return None if self.resend and result.outcome == UNKNOWN else (former.number, result)

    def _sent_elsewhere(self, write: Write, former: Former) -> Result:
        told = (
            f"Sent before with the account {former.other_account} of profile '{former.profile}' "
            f"(journal {former.number}); not sent again."
        )
        error = Refused(
            told,
            hint=f"See it with: energyctl journal show {former.number}. "
            "--resend=all sends it with this account too.",
            code="sent_with_another_account",
            provider=self.section.provider,
            operation=write.operation,
        )
        return Result(REJECTED, message=told, error=error)

    def _send(self, write: Write, number: int, meant_at: str) -> Result:
        address = {"method": write.method, "url": self.session.redactor.text(write.url)}
        if write.key and (account := self.section.account()) is not None:
            address["account"] = account
        self.session.journal.add(number, SENDING, address)
        reached("sending.kept")
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
            raise self._interrupted(write, number) from None
        self._keep(number, result)
        return result

    def _interrupted(self, write: Write, number: int) -> Interrupted:
        self._note(number, "interrupted", {})
        return Interrupted(
            f"Interrupted while sending: whether it happened is unknown (journal {number}).",
            hint=write.how_to_look or f"See energyctl journal show {number}, then look the thing up.",
            outcome=UNKNOWN,
            provider=self.section.provider,
            operation=write.operation,
        )

    def _look_up(self, write: Write, number: int, meant_at: str, error: OutcomeUnknown | None) -> Result:
        """Ask what became of a write whose answer never came; never send it again."""
        found: Result | None = None
        if write.look_up is not None:
            if error is not None or write.key:
                self.session.notice(f"No answer to '{write.effect}'; looking it up (it is not sent again).")
            reached("look_up.before")
            try:
                found = write.look_up(meant_at)
            except KeyboardInterrupt:
                raise self._interrupted(write, number) from None
            except EnergyctlError as problem:
                self._note(number, "look_up_failed", {"message": self.session.redactor.text(problem.message)})
            else:
                is_found = found is not None and found.outcome != UNKNOWN
                facts = found.facts if found is not None else {}
                self._note(number, "looked_up", _kept({"found": is_found}, facts))
                reached("look_up.kept")
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
        reached("result.before")
        self._note(number, "result", _kept({"outcome": result.outcome, "message": message}, result.facts))
        reached("result.kept")

    def _note(self, number: int, kind: str, data: dict[str, Any]) -> None:
        """Record what happened; a journal that fails now must not hide the outcome."""
        try:
            self.session.journal.add(number, kind, self.session.redactor.data(data))
        except ConfigProblem as problem:
            self.session.say(f"warning: {problem.message}")

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
        if first is not None and all(_stops(one.error) for one in failures):
            raise first
        raise PartlyFailed(
            f"{len(failures)} of {count} failed: {listed}.",
            hint=hint,
            provider=self.section.provider,
            details=counts,
        )


def _stops(error: EnergyctlError | None) -> bool:
    return isinstance(error, STOPPING) or (error is not None and error.code == UNUSABLE)


def _may_have_been(write: Write) -> bool:
    """Whether the write may be one that has happened: it is still to do, or what it takes away is not there."""
    return write.settled is None or write.settled.outcome == NOT_FOUND


def _sameness(write: Write) -> Sameness:
    return write.operation, write.target, digest_of(write.body)


def _kept(own: dict[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event's fields as they are kept: a provider's never stand in for those of the tool."""
    told = beside({**own, "at": None, "kind": None}, facts)
    return {name: value for name, value in told.items() if name not in ("at", "kind")}


def _finish(rows: Iterator[dict[str, Any]]) -> None:
    """Carry out the rest: --limit, or a reader that has gone, shortens the report and not the work."""
    for _ in rows:
        pass
