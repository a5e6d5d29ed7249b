"""One examination: what is checked here, in which order, and what is left out when something before it fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import ConfigProblem, EnergyctlError
from energyctl.core.health.findings import (
    CONFIG,
    CREDENTIALS,
    FAIL,
    NETWORK,
    PASS,
    UNKNOWN,
    WARN,
    Finding,
    of_error,
    within,
)
from energyctl.core.health.installed import version_findings
from energyctl.core.health.network import Way, addresses
from energyctl.core.health.setup import Setup, keyring_finding
from energyctl.core.health.state import state_findings
from energyctl.core.inputs import expanded
from energyctl.core.parallel import Asking
from energyctl.core.profiles import Section
from energyctl.core.times import wait_text
from energyctl.providers import PROVIDERS, settings_of

if TYPE_CHECKING:
    from energyctl.core.session import Session

_KINDS = {"config": CONFIG, "network": NETWORK}
_KEYRING = "keyring"
_FEW_CALLS = 0.1
#: States of a kept token, as the providers tell them.
_VALID, _NO_TOKEN = "valid", "none"


@dataclass
class _Patient:
    """A provider, and what was found without asking anybody."""

    name: str
    findings: list[Finding] = field(default_factory=list)
    #: None where the profile says nothing that could be used.
    section: Section | None = None
    #: Whether the section is right, so that its credentials may be used.
    is_sound: bool = False
    has_address: bool = True
    has_secrets: bool = True
    #: The secrets that are looked for in the keyring and cannot be had.
    keyring_needs: list[str] = field(default_factory=list)

    def add(self, check: str, status: str, message: str, fix: str | None = None, kind: str = CONFIG) -> None:
        """Keep a finding."""
        self.findings.append(Finding(check, status, message, fix, kind, self.name))


class Examination:
    """The checks of one run.

    :param provider: the only one that is looked at; all that the profile uses when None.
    :param customer: whose token is to be examined, with a provider that has such tokens.
    """

    def __init__(self, session: Session, provider: str | None, *, online: bool, customer: str | None) -> None:
        self.session = session
        self.provider = provider
        self.online = online
        self.customer = customer
        self.setup = Setup(session, {name: settings_of(name) for name in PROVIDERS})

    def findings(self) -> Iterator[Finding]:
        """Yield all findings: this machine's first, then each provider's."""
        state = list(state_findings(self.session))  # before anything else makes a file there
        patients = [self._looked_at(name) for name in self._chosen()]
        yield from self.setup.findings()
        yield from state
        yield keyring_finding(self.session, [one for each in patients for one in each.keyring_needs])
        yield from version_findings()
        if self.setup.profile is None:
            told = "Which providers are used is not known before the config is mended."
            yield Finding("providers", UNKNOWN, told, "Mend it with: energyctl config edit", CONFIG)
            return
        if not patients:
            fix = "Add one with: energyctl config edit"
            yield Finding("providers", FAIL, "The profile has no provider.", fix, CONFIG)
            return
        yield from self._asked(patients)

    def _chosen(self) -> list[str]:
        profile = self.setup.profile
        if profile is None:
            return []
        if self.provider is not None:
            return [self.provider]
        return [
            name
            for name in PROVIDERS
            if name in profile.body
            or any(variable.startswith(f"ENERGYCTL_{name}_".upper()) for variable in self.session.env)
        ]

    # -- without asking anybody -----------------------------------------------------------------------------

    def _looked_at(self, name: str) -> _Patient:
        patient = _Patient(name)
        profile, settings = self.setup.profile, settings_of(name)
        assert profile is not None
        issues = self.setup.issues_of(name)
        patient.findings += [self.setup.of_issue(one, provider=name) for one in issues]
        try:
            patient.section = profile.section(settings)
        except ConfigProblem as problem:
            if not issues and problem.code == "config_invalid":
                told = "Its secrets and tokens are not looked at before the config is mended."
                patient.add("config", UNKNOWN, told, "Mend it with: energyctl config edit")
            elif not issues:
                patient.findings.append(of_error("config", problem, name))
                return patient
            patient.section = Section(profile, settings)  # the way to it can be looked at all the same
            return patient
        patient.is_sound = True
        try:
            addresses(patient.section)
        except ConfigProblem as problem:
            patient.has_address = False
            patient.findings.append(of_error("config", problem, name))
        else:
            section = patient.section
            told = section.identity() if section.is_sandbox else f"{section.label}: {section.identity()}"
            patient.add("config", PASS, told)
        if patient.has_address or not patient.section.is_sandbox:  # one that does not run has no secrets
            self._secrets(patient)
        if patient.has_address:
            self._budget(patient)
        return patient

    def _secrets(self, patient: _Patient) -> None:
        """Look whether each secret is there, from where, and how long the tokens live that were got with it."""
        from energyctl.commands.auth import status_rows

        if PROVIDERS[patient.name].commands is None:
            return
        hints: list[str | None] = []
        try:
            rows = within(
                self.session.timeout_s,
                lambda: status_rows(self.session, patient.name, hints),
                f"the search for the secrets of {PROVIDERS[patient.name].title}",
            )
        except EnergyctlError as error:
            patient.has_secrets = False
            found = of_error("secrets", error, patient.name)
            patient.add("secrets", FAIL, found.message, found.fix, CREDENTIALS)
            return
        fixes = iter(hints)
        for secret in dict.fromkeys(row["secret"] for row in rows):
            own = [row for row in rows if row["secret"] == secret]
            problem = own[0]["problem"]
            if own[0]["is_set"] and not problem:
                patient.add(secret, PASS, _told_of_secret(own), kind=CREDENTIALS)
            elif problem:
                patient.has_secrets = False
                fix = next(fixes, None) or f"Store it with: energyctl auth login {patient.name}"
                patient.add(secret, FAIL, problem, fix, CREDENTIALS)
                if own[0]["source"] == _KEYRING:
                    patient.keyring_needs.append(f"{patient.name}.{secret}")

    def _budget(self, patient: _Patient) -> None:
        tokens = import_module(f"energyctl.providers.{patient.name}.tokens")
        if not hasattr(tokens, "budget"):
            return
        try:
            used = tokens.budget(self.session, patient.section).used()
        except EnergyctlError as error:
            patient.findings.append(of_error("budget", error, patient.name))
            return
        told = f"{used.left} of {used.limit} calls an hour are left."
        if used.left > used.limit * _FEW_CALLS:
            patient.add("budget", PASS, told)
            return
        frees = "" if used.frees_in_s is None else f" The next one frees in {wait_text(used.frees_in_s)}."
        patient.add("budget", WARN, told + frees, "See: energyctl limits")

    # -- asking -------------------------------------------------------------------------------------------------

    def _asked(self, patients: list[_Patient]) -> Iterator[Finding]:
        """Yield the findings of the providers, which are asked at the same time."""
        if self.online:
            self.session.progress(f"Asking {', '.join(one.name for one in patients)} …")
        asking = Asking(self.session, {one.name: partial(self._visit, one) for one in patients}, ahead=0)
        found = list(asking)
        self.session.clear_progress()
        for patient in patients:
            yield from patient.findings
            yield from (finding for name, finding in found if name == patient.name)
            if patient.name in asking.failures:
                yield of_error("checks", asking.failures[patient.name], patient.name)

    def _visit(self, patient: _Patient, session: Session) -> Iterator[Finding]:
        """Yield what is found on the way to a provider, and what its own checks say."""
        if patient.section is None:
            return
        online = self.online
        steps: list[Finding] = []
        if online and not patient.has_address:
            online = False
        elif online:
            way = Way(session, patient.section)
            steps = list(way.findings())
            online = way.is_open and patient.is_sound and patient.has_secrets
        own = list(self._own(patient, session, online=online)) if patient.is_sound else []
        measured = {one.check for one in own}
        yield from (one for one in steps if one.check != "clock" or "clock" not in measured)
        yield from own
        if (
            self.online
            and not online
            and not any(one.status == FAIL and one.check == "sign-in" for one in own)
        ):
            told = "Not tried, since a check before it fails."
            yield Finding("sign-in", UNKNOWN, told, None, CREDENTIALS, patient.name)

    def _own(self, patient: _Patient, session: Session, *, online: bool) -> Iterator[Finding]:
        if find_spec(f"energyctl.providers.{patient.name}.doctor") is None:
            return
        own = import_module(f"energyctl.providers.{patient.name}.doctor")
        rows: Iterator[dict[str, Any]] = own.checks(
            session, patient.section, online=online, customer=self.customer
        )
        what = f"a check of {PROVIDERS[patient.name].title}"
        try:
            while row := within(session.timeout_s, lambda: next(rows, None), what):
                kind = row.get("kind") or _KINDS.get(row["check"], CREDENTIALS)
                yield Finding(row["check"], row["status"], row["message"], row["fix"], kind, patient.name)
        except EnergyctlError as error:
            yield of_error("checks", error, patient.name)


def _told_of_secret(rows: list[dict[str, Any]]) -> str:
    """Return what is known of a secret and the tokens got with it."""
    source = str(rows[0]["source"])
    told = f"Set, from {source}{_mode_of(source)}."
    valid = [row["token_expires_in_s"] for row in rows if row["token"] == _VALID]
    if valid:
        noun = "A kept token is" if len(valid) == 1 else f"{len(valid)} kept tokens are"
        told += f" {noun} valid for another {wait_text(min(valid))}."
    for row in rows:
        if row["token"] not in (_VALID, _NO_TOKEN):
            scopes = f" for {row['scopes']}" if row["scopes"] else ""
            told += f" The kept token{scopes}: {row['token']}."
    return told


def _mode_of(source: str) -> str:
    import os
    import stat

    if not source.startswith("file:") or os.name != "posix":
        return ""
    try:
        mode = stat.S_IMODE(expanded(source.removeprefix("file:")).stat().st_mode)
    except OSError:
        return ""
    return f" (mode {mode:04o})"
