"""The config file: profiles, where each value comes from, and errors that name the line and the fix."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from energyctl.core.errors import ConfigProblem
from energyctl.core.settings import Field, ProviderSettings

CONFIRM = ("always", "bulk", "never")
SECRET_FORMS = ("env:", "file:", "command:")
SANDBOX = "sandbox"


@dataclass(frozen=True)
class Issue:
    """One thing wrong in the config file."""

    line: int | None
    key: str
    message: str
    fix: str


class Config:
    """A config file as read: its data, and the lines of its keys for error messages."""

    def __init__(self, path: Path, text: str | None) -> None:
        self.path = path
        self.text = text
        self.data = self._parse() if text is not None else {}

    @classmethod
    def read(cls, path: Path, *, required: bool) -> Config:
        """Read the file; a missing one is an empty config unless it was asked for by name.

        :raises ConfigProblem: when it is missing though required, unreadable, or not YAML.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            if required:
                raise ConfigProblem(
                    f"ENERGYCTL_CONFIG names {path}, which does not exist.",
                    hint="Make it with: energyctl config init",
                    code="config_missing",
                ) from None
            return cls(path, None)
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigProblem(
                f"The config file {path} cannot be read: {error}.",
                hint="Check its permissions and that it is UTF-8.",
            ) from error
        return cls(path, text)

    def _parse(self) -> dict[str, Any]:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            data = yaml.load(self.text or "", Loader=loader)  # noqa: S506 - both are safe loaders
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            where = f" line {mark.line + 1}, column {mark.column + 1}" if mark else ""
            what = getattr(error, "problem", None) or "it is not valid YAML"
            # a name after * or ! may be a secret that was meant as a text; marks such as '<block end>' are YAML's own
            what = re.sub(r"'(?!<)[^']{2,}'", "'…'", what)
            raise ConfigProblem(
                f"The config file {self.path}{where}: {what}.",
                hint="Mend it with: energyctl config edit",
                code="config_not_yaml",
            ) from error
        if data is None:
            return {}
        if not isinstance(data, dict):
            raise ConfigProblem(
                f"The config file {self.path} must be a mapping that starts with 'profiles:'.",
                hint="See config.example.yaml, or run: energyctl config init --force",
                code="config_not_yaml",
            )
        return data

    def line(self, *keys: str) -> int | None:
        """Return the line on which a key stands, counted from 1."""
        import yaml

        if self.text is None:
            return None
        node = yaml.compose(self.text, Loader=yaml.SafeLoader)
        line = None
        for key in keys:
            if not isinstance(node, yaml.MappingNode):
                return line
            for key_node, value_node in node.value:
                if key_node.value == key:
                    line, node = key_node.start_mark.line + 1, value_node
                    break
            else:
                return line
        return line

    @property
    def profiles(self) -> dict[str, Any]:
        """The profiles by name."""
        found = self.data.get("profiles")
        return {str(name): body for name, body in found.items()} if isinstance(found, dict) else {}

    # -- what may be wrong ----------------------------------------------------------------------

    def issues(
        self, providers: Mapping[str, ProviderSettings | None], *, only: str | None = None
    ) -> Iterator[Issue]:
        """Yield what is wrong in the file.

        :param providers: every known provider; those with settings are checked key by key.
        :param only: the one profile to look into; all when None.
        """
        yield from self._unknown(self.data, ("default_profile", "profiles"), ())
        profiles = self.data.get("profiles")
        if profiles is not None and not isinstance(profiles, dict):
            yield Issue(
                self.line("profiles"),
                "profiles",
                "must be a mapping of profile names.",
                "profiles: {work: {…}}",
            )
        default = self.data.get("default_profile")
        if default is not None and str(default) not in self.profiles:
            names = ", ".join(self.profiles) or "none"
            yield Issue(
                self.line("default_profile"),
                "default_profile",
                f"names '{default}', which is not a profile.",
                f"Profiles in this file: {names}.",
            )
        for name, body in self.profiles.items():
            if only in (None, name):
                yield from self._profile_issues(name, body, providers)

    def _profile_issues(
        self, name: str, body: Any, providers: Mapping[str, ProviderSettings | None]
    ) -> Iterator[Issue]:
        at = ("profiles", name)
        if body is None:
            return
        if not isinstance(body, dict):
            yield Issue(
                self.line(*at), ".".join(at), "must be a mapping of settings.", "See config.example.yaml."
            )
            return
        yield from self._unknown(body, ("confirm", "timezone", "redact", *providers), at)
        confirm = body.get("confirm", "always")
        if confirm not in CONFIRM:
            yield Issue(
                self.line(*at, "confirm"),
                f"{'.'.join(at)}.confirm",
                f"is '{confirm}'.",
                f"Use {', '.join(CONFIRM)}.",
            )
        redact = body.get("redact", False)
        if not isinstance(redact, bool):
            yield Issue(
                self.line(*at, "redact"), f"{'.'.join(at)}.redact", f"is '{redact}'.", "Use true or false."
            )
        zone = body.get("timezone")
        if zone is not None and not isinstance(zone, str):
            yield Issue(
                self.line(*at, "timezone"), f"{'.'.join(at)}.timezone", "is not a zone.", "Use local or utc."
            )
        for provider, settings in providers.items():
            if settings is not None and body.get(provider) is not None:
                yield from self._section_issues((*at, provider), body[provider], settings)

    def _section_issues(
        self, at: tuple[str, ...], section: Any, settings: ProviderSettings
    ) -> Iterator[Issue]:
        where = ".".join(at)
        if not isinstance(section, dict):
            yield Issue(self.line(*at), where, "must be a mapping of settings.", "See config.example.yaml.")
            return
        yield from self._unknown(section, settings.keys, at)
        environment = section.get("environment")
        known = (*settings.environments, SANDBOX)
        if environment is not None and not isinstance(environment, str):
            yield Issue(
                self.line(*at, "environment"), f"{where}.environment", "is not a name.", one_of(known)
            )
        elif environment is not None and environment not in known and not settings.free_environment:
            yield Issue(
                self.line(*at, "environment"),
                f"{where}.environment",
                f"is '{environment}', which is not an environment of {settings.title}.",
                one_of(known),
            )
        for field in settings.fields:
            value = section.get(field.name)
            if value is None:
                continue
            problem = _value_problem(field, value)
            if problem:
                yield Issue(self.line(*at, field.name), f"{where}.{field.name}", *problem)

    def _unknown(
        self, body: Mapping[Any, Any], known: tuple[str, ...], at: tuple[str, ...]
    ) -> Iterator[Issue]:
        for key in body:
            if key not in known:
                near = get_close_matches(str(key), known, n=1, cutoff=0.5)
                fix = f"Did you mean '{near[0]}'?" if near else f"Known here: {', '.join(known)}."
                yield Issue(self.line(*at, str(key)), ".".join((*at, str(key))), "is not a known key.", fix)

    def refuse(self, issue: Issue) -> NoReturn:
        """Raise an issue as an error."""
        line = f" line {issue.line}" if issue.line else ""
        raise ConfigProblem(
            f"{self.path}{line}: {issue.key} {issue.message}", hint=issue.fix, code="config_invalid"
        )


def one_of(names: tuple[str, ...]) -> str:
    """Return the fix for a name that is not one of a few."""
    return f"Use one of: {', '.join(names)}."


def _value_problem(field: Field, value: Any) -> tuple[str, str] | None:
    """Say what is wrong with a value and how to mend it; a secret's value is never repeated."""
    if field.kind == "secret":
        if not isinstance(value, str) or not (value == "keyring" or value.startswith(SECRET_FORMS)):
            return (
                "holds the secret itself; secrets never stand in the config file.",
                "Write keyring, env:NAME, file:PATH or command:COMMAND, store the secret there, and replace this one.",
            )
    elif field.kind == "integer":
        if not isinstance(value, int) or isinstance(value, bool):
            return f"is '{value}', not a whole number.", "Write digits only."
    elif field.kind == "mapping":
        if not isinstance(value, dict):
            return "must be a mapping.", "Write it as name: value pairs, one a line."
    elif field.kind == "choice":
        if value not in field.choices:
            return f"is '{value}'.", one_of(field.choices)
    else:
        return _text_problem(field, value)
    return None


def _text_problem(field: Field, value: Any) -> tuple[str, str] | None:
    if isinstance(value, dict | list):
        return "must be a text.", "Write it on one line."
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return f"is read as {type(value).__name__} '{value}', not as a text.", "Put it in quotes."
    if field.kind == "url":
        from energyctl.core.profiles import checked_url

        try:
            checked_url(str(value), "")
        except ConfigProblem as problem:
            return problem.message.strip(), problem.hint or ""
    return None
