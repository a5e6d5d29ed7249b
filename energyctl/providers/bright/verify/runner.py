"""Walks the steps and judges each rule once; a rule that hangs on a broken one is skipped and says so."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from energyctl.core.errors import AuthenticationFailed, EnergyctlError, NotFound, Refused, Unreachable
from energyctl.providers.bright.verify.findings import (
    FAIL,
    NOT_BUILT,
    PASS,
    SKIPPED,
    Finding,
    Rule,
    Skipped,
    Step,
    Verdict,
)
from energyctl.providers.bright.verify.organisation import Organisation

_SIGNED_IN, _REFRESHED = "signed_in", "refresh_without_person"
_NAMED = 5


@dataclass
class Run:
    """One walk through the steps."""

    org: Organisation
    steps: list[Step]
    #: The steps that were asked for; of the others only what fails is told.
    wished: Collection[str] = ()
    findings: list[Finding] = field(default_factory=list)
    #: Why nothing behind the data layer's door can be judged.
    shut: str | None = None

    def walk(self) -> Iterator[Finding]:
        """Judge every rule in order and yield what is to be told.

        :raises EnergyctlError: when nothing listens at the very first request.
        """
        for step in self.steps:
            self.org.session.progress(f"{step.title} …")
            ended: dict[str, str] = {}
            for rule in step.rules:
                finding = self._judged(step, rule, ended)
                ended[rule.name] = finding.status
                if rule.name == _SIGNED_IN and finding.status == FAIL:
                    self.shut = "the credential is not accepted"
                if not self.wished or step.name in self.wished or finding.status == FAIL:
                    self.findings.append(finding)
                    yield finding
        self.org.session.clear_progress()

    def _judged(self, step: Step, rule: Rule, ended: dict[str, str]) -> Finding:
        self.org.last = None
        started = time.monotonic()
        note: str | None = None
        verdict: Verdict | None = None
        try:
            self._need(step, rule, ended)
            note = rule.check(self.org)
        except Verdict as told:
            verdict = _own(told, rule)
        except AuthenticationFailed as error:  # no credential, or one that is not renewed
            verdict = Skipped(error.message)
        return self._finding(step, rule, verdict, note, time.monotonic() - started)

    def _need(self, step: Step, rule: Rule, ended: dict[str, str]) -> None:
        if self.shut is not None and step.after:
            raise Skipped(self.shut)
        needs = rule.needs
        if step.leads and rule is not step.rules[0]:
            needs = (step.rules[0].name, *needs)
        for name in needs:
            if ended.get(name) == NOT_BUILT:
                raise Skipped(f"hangs on {name}, which is not built")
            if ended.get(name) != PASS:
                raise Skipped(f"hangs on {name}")

    def _finding(
        self, step: Step, rule: Rule, verdict: Verdict | None, note: str | None, seconds: float
    ) -> Finding:
        org, redact = self.org, self.org.session.redactor
        heard = verdict.heard if verdict is not None and verdict.heard is not None else org.last
        request: str | None = None
        if heard is not None and (verdict is not None or heard.request.operation == rule.operation):
            request = redact.text(heard.label)
        elif rule.operation is not None:
            request = org.path(rule.operation)
        failed = verdict is not None and verdict.status == FAIL
        found = verdict.found if verdict is not None else note
        return Finding(
            step=step.name,
            rule=rule,
            status=verdict.status if verdict is not None else PASS,
            request=request,
            expected=verdict.expected if failed and verdict and verdict.expected else rule.title,
            found=redact.text(found) if found is not None else None,
            fix=(verdict.fix or rule.fix) if failed and verdict else None,
            duration_ms=round(seconds * 1000),
        )

    # -- how it ended ---------------------------------------------------------------------------------------

    def count(self, status: str) -> int:
        """Return how many rules ended so."""
        return sum(one.status == status for one in self.findings)

    def summary(self) -> str:
        """Return the closing line."""
        told = [
            f"{self.count(status)} {word}"
            for status, word in (
                (PASS, "pass"),
                (FAIL, "fail"),
                (SKIPPED, "skipped"),
                (NOT_BUILT, "not built"),
            )
            if self.count(status)
        ]
        return f"{len(self.findings)} rules: {', '.join(told)}."

    def failure(self) -> EnergyctlError | None:
        """Return the error whose exit code tells how the run ended; None when every built step passes."""
        heard = self.org.probe.heard
        if heard and all(one.timed_out for one in heard):
            return Unreachable(
                f"The Organisation's backend gave no answer within {self.org.session.timeout_s:g} s.",
                hint="Check the address in the profile, or allow more time with --timeout SECONDS.",
                code="timeout",
                provider="bright",
            )
        broken = [one for one in self.findings if one.status == FAIL]
        if not broken and self.org.is_nobody:
            return NotFound(
                "The person has no account, so that most rules could not be judged.",
                hint="Name a test customer who has services and invoices.",
                provider="bright",
                operation="search_accounts",
            )
        if not broken:
            return None
        if self.shut is not None:
            door = next(one for one in broken if one.rule.name == _SIGNED_IN)
            trouble = self.org.probe.no_credential or AuthenticationFailed("")
            return type(trouble)(
                f"The data layer cannot be signed in to: {door.found}",
                hint=door.fix,
                code=trouble.code,
                provider="bright",
            )
        named = ", ".join(f"{one.rule.name} ({one.step})" for one in broken[:_NAMED])
        more = f" and {len(broken) - _NAMED} more" if len(broken) > _NAMED else ""
        fails = "rule fails" if len(broken) == 1 else "rules fail"
        return Refused(
            f"{len(broken)} of {len(self.findings)} {fails}: {named}{more}.",
            hint="Each row says what was found, what was expected, and how to mend it.",
            code="verification_failed",
            provider="bright",
            details={"failed": [one.rule.name for one in broken]},
        )


def _own(told: Verdict, rule: Rule) -> Verdict:
    """Return a verdict as this rule's; the fault of another operation is told by the rule of that one."""
    if told.operation is None or told.operation == rule.operation or isinstance(told, Skipped):
        return told
    return Skipped(f"hangs on {told.operation}: {told.found}", heard=told.heard)
