"""The config file, as far as it can be read, and the keyring."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from energyctl.core.config import Config, Issue
from energyctl.core.errors import ConfigProblem, EnergyctlError
from energyctl.core.health.findings import (
    CONFIG,
    CREDENTIALS,
    FAIL,
    PASS,
    WARN,
    Finding,
    of_error,
    within,
)

if TYPE_CHECKING:
    from energyctl.core.profiles import Profile
    from energyctl.core.session import Session
    from energyctl.core.settings import ProviderSettings

_MEND = "Mend it with: energyctl config edit"


class Setup:
    """The config and the profile in force, and all that is wrong with them."""

    def __init__(self, session: Session, known: Mapping[str, ProviderSettings | None]) -> None:
        self.session = session
        self.known = known
        self.config: Config | None = None
        self.profile: Profile | None = None
        self.problems: list[EnergyctlError] = []
        try:
            self.config = session.config
            self.profile = session.profile
        except ConfigProblem as problem:
            self.problems.append(problem)
        #: What is wrong in the file, in all profiles.
        self.issues: list[Issue] = list(self.config.issues(known)) if self.config is not None else []
        #: Those of them that are in the profile in force, or in no profile.
        self.own_issues = self._own_issues()

    def _own_issues(self) -> list[Issue]:
        if self.config is None or self.profile is None:
            return [one for one in self.issues if not one.key.startswith("profiles.")]
        return list(self.config.issues(self.known, only=self.profile.name))

    def issues_of(self, provider: str) -> list[Issue]:
        """Return what is wrong in a provider's section of the profile in force."""
        if self.profile is None:
            return []
        at = f"profiles.{self.profile.name}.{provider}"
        return [one for one in self.own_issues if one.key == at or one.key.startswith(f"{at}.")]

    def findings(self) -> Iterator[Finding]:
        """Yield what there is to say of the file as a whole; a provider's section is told with the provider."""
        path = self.session.paths.config_file
        for problem in self.problems:
            yield of_error("config", problem)
        yield from self._of_issues()
        if self.profile is not None:
            if self.config is not None and self.config.text is None and self.profile.name == "default":
                told = f"There is no config file at {path}."
                yield Finding("config", WARN, told, "Make one with: energyctl config init", CONFIG)
            else:
                told = f"Profile '{self.profile.name}' ({self.profile.source}), file {path}."
                yield Finding("config", PASS, told, kind=CONFIG)
        yield from self._permissions()

    def _of_issues(self) -> Iterator[Finding]:
        own = set(self.own_issues)
        told_with_provider = {issue for name in self.known for issue in self.issues_of(name)}
        for issue in self.issues:
            if issue not in told_with_provider:
                yield self.of_issue(issue, FAIL if issue in own else WARN)

    def of_issue(self, issue: Issue, status: str = FAIL, provider: str | None = None) -> Finding:
        """Return a problem of the file as a finding that names its line."""
        line = f" line {issue.line}" if issue.line else ""
        told = f"{self.session.paths.config_file}{line}: {issue.key} {issue.message}"
        return Finding("config", status, told, f"{issue.fix} {_MEND}", CONFIG, provider)

    def _permissions(self) -> Iterator[Finding]:
        """Yield whether nobody else can change where secrets are sent, or which command is run for them."""
        path = self.session.paths.config_file
        try:
            facts = path.stat()
        except OSError:
            return
        if os.name != "posix":
            return
        mode = stat.S_IMODE(facts.st_mode)
        if facts.st_uid not in (os.getuid(), 0):
            told = f"{path} belongs to another user (uid {facts.st_uid}), who can change it."
            yield Finding("config_permissions", WARN, told, f"Take it over: sudo chown $USER {path}", CONFIG)
        elif mode & 0o022:
            told = f"Others can change {path} (mode {mode:04o})."
            yield Finding("config_permissions", WARN, told, f"Run: chmod go-w {path}", CONFIG)
        else:
            yield Finding(
                "config_permissions", PASS, f"Only you can change it (mode {mode:04o}).", kind=CONFIG
            )


def keyring_finding(session: Session, needed_for: list[str]) -> Finding:
    """Say whether the keyring answers; where nothing is kept in it, that it does not is no harm.

    :param needed_for: the secrets of the profile that are looked for there, such as ``rabot.client_secret``.
    """
    try:
        name = within(session.timeout_s, session.credentials.keyring_name, "the question to the keyring")
    except EnergyctlError as problem:
        if needed_for:
            told = f"{problem.message.rstrip('.')}. {', '.join(needed_for)} should be there."
            fix = f"Write env:NAME, file:PATH (mode 0600) or command:pass show NAME for {needed_for[0]}: "
            return Finding("keyring", FAIL, told, f"{fix}energyctl config edit", CREDENTIALS)
        told = f"No secret of this profile is kept there. {problem.message}"
        return Finding("keyring", PASS, told, kind=CREDENTIALS)
    return Finding("keyring", PASS, f"{name} answers.", kind=CREDENTIALS)
