"""The config file: profiles, where each value comes from, and errors that name the line and the fix."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from energyctl.core.errors import ConfigProblem
from energyctl.core.inputs import read_bytes
from energyctl.core.settings import Field, ProviderSettings

if TYPE_CHECKING:
    from energyctl.core.yamltext import Outline

CONFIRM = ("always", "bulk", "never")
SECRET_FORMS = ("env:", "file:", "command:")
SANDBOX = "sandbox"
LARGEST_CONFIG = 1024 * 1024
#: Values of the file once its aliases are written out.
_MOST_VALUES = 20_000
#: For a pipe in the place of the file, such as <(sops -d config.yaml).
_PATIENCE_S = 10.0
_LONGEST_SHOWN, _MOST_SHOWN = 60, 12
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Issue:
    """One thing wrong in the config file."""

    line: int | None
    key: str
    message: str
    fix: str


def config_bytes(path: Path) -> bytes:
    """Return what the config file holds.

    :raises OSError: when it cannot be read.
    :raises ConfigProblem: when it is too large for a config file.
    """
    content = read_bytes(path, LARGEST_CONFIG, patience_s=_PATIENCE_S)
    if content is None:
        raise ConfigProblem(
            f"The config file {path} has more than {LARGEST_CONFIG // 1024 // 1024} MB.",
            hint="Is it the right file? ENERGYCTL_CONFIG names another.",
        )
    return content


class Config:
    """A config file as read: its data, and the lines of its keys for error messages."""

    def __init__(self, path: Path, text: str | None) -> None:
        self.path = path
        self.text = text
        self.data: dict[str, Any] = {}
        self._outline: Outline | None = None
        if text is not None:
            self.data, self._outline = self._parse(text)

    @classmethod
    def read(cls, path: Path, content: Callable[[], bytes], *, required: bool) -> Config:
        """Read the file; a missing one is an empty config unless it was asked for by name.

        :param content: gives what it holds, as ``config_bytes`` does.
        :raises ConfigProblem: when it is missing though required, unreadable, or not YAML.
        """
        try:
            raw = content()
        except FileNotFoundError:
            if required:
                raise ConfigProblem(
                    f"ENERGYCTL_CONFIG names {path}, which does not exist.",
                    hint="Make it with: energyctl config init",
                    code="config_missing",
                ) from None
            return cls(path, None)
        except OSError as error:
            raise ConfigProblem(
                f"The config file {path} cannot be read: {error.strerror or error}.",
                hint="Check that it is a file, and its permissions.",
            ) from error
        try:
            return cls(path, raw.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise ConfigProblem(
                f"The config file {path} is not UTF-8 (byte {error.start}).", hint="Save it as UTF-8."
            ) from error

    def _parse(self, text: str) -> tuple[dict[str, Any], Outline]:
        from energyctl.core.yamltext import YamlProblem, load_yaml

        try:
            data, outline = load_yaml(text, most_values=_MOST_VALUES)
        except YamlProblem as problem:
            where = f" line {problem.line}, column {problem.column}" if problem.line else ""
            raise ConfigProblem(
                f"The config file {self.path}{where}: {problem.what}.",
                hint="Mend it with: energyctl config edit",
                code="config_not_yaml",
            ) from problem
        if data is None:
            return {}, outline
        if not isinstance(data, dict):
            raise ConfigProblem(
                f"The config file {self.path} must be a mapping that starts with 'profiles:'.",
                hint="See config.example.yaml, or run: energyctl config init --force",
                code="config_not_yaml",
            )
        return data, outline

    def line(self, *keys: str) -> int | None:
        """Return the line on which a key stands, counted from 1."""
        found, line = self._outline, None
        for key in keys:
            if found is None or key not in found.inner:
                break
            found = found.inner[key]
            line = found.line
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
            yield Issue(
                self.line("default_profile"),
                "default_profile",
                f"names '{shown(default)}', which is not a profile.",
                f"Profiles in this file: {listed(self.profiles)}.",
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
                self.line(*at), _place(*at), "must be a mapping of settings.", "See config.example.yaml."
            )
            return
        yield from self._unknown(body, ("confirm", "timezone", "redact", *providers), at)
        confirm = body.get("confirm", "always")
        if confirm not in CONFIRM:
            yield Issue(
                self.line(*at, "confirm"),
                _place(*at, "confirm"),
                f"is '{shown(confirm)}'.",
                f"Use {', '.join(CONFIRM)}.",
            )
        redact = body.get("redact", False)
        if not isinstance(redact, bool):
            yield Issue(
                self.line(*at, "redact"),
                _place(*at, "redact"),
                f"is '{shown(redact)}'.",
                "Use true or false.",
            )
        zone = body.get("timezone")
        if zone is not None and not isinstance(zone, str):
            yield Issue(
                self.line(*at, "timezone"), _place(*at, "timezone"), "is not a zone.", "Use local or utc."
            )
        for provider, settings in providers.items():
            if settings is not None and body.get(provider) is not None:
                yield from self._section_issues((*at, provider), body[provider], settings)

    def _section_issues(
        self, at: tuple[str, ...], section: Any, settings: ProviderSettings
    ) -> Iterator[Issue]:
        where = _place(*at)
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
                f"is '{shown(environment)}', which is not an environment of {settings.title}.",
                one_of(known),
            )
        for field in settings.fields:
            value = section.get(field.name)
            if value is None:
                continue
            problem = _control_problem(field, value) or _value_problem(field, value)
            if problem:
                yield Issue(self.line(*at, field.name), f"{where}.{field.name}", *problem)

    def _unknown(
        self, body: Mapping[Any, Any], known: tuple[str, ...], at: tuple[str, ...]
    ) -> Iterator[Issue]:
        for key in body:
            if key not in known:
                near = get_close_matches(str(key), known, n=1, cutoff=0.5)
                fix = f"Did you mean '{near[0]}'?" if near else f"Known here: {', '.join(known)}."
                yield Issue(self.line(*at, str(key)), _place(*at, str(key)), "is not a known key.", fix)

    def refuse(self, issue: Issue) -> NoReturn:
        """Raise an issue as an error."""
        line = f" line {issue.line}" if issue.line else ""
        raise ConfigProblem(
            f"{self.path}{line}: {issue.key} {issue.message}", hint=issue.fix, code="config_invalid"
        )


def listed(names: Iterable[str]) -> str:
    """Return names for a hint, not all where they are many."""
    known = list(names)
    more = f" and {len(known) - _MOST_SHOWN:,} more" if len(known) > _MOST_SHOWN else ""
    return ", ".join(map(shown, known[:_MOST_SHOWN])) + more or "none"


def one_of(names: tuple[str, ...]) -> str:
    """Return the fix for a name that is not one of a few."""
    return f"Use one of: {', '.join(names)}."


def _place(*keys: str) -> str:
    return ".".join(map(shown, keys))


def shown(value: Any, most: int = _LONGEST_SHOWN) -> str:
    """Return a value as it stands in a message, cut when it is long."""
    text = str(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def control_in(value: str, *, lines: bool) -> str | None:
    """Name the first character of a value that is no text; None when there is none.

    :param lines: whether it may go over several lines.
    """
    fine = "\t\n\r" if lines else ""
    found = next((one[0] for one in _CONTROL.finditer(value) if one[0] not in fine), None)
    if found is None:
        return None
    return "bytes that are not UTF-8" if found >= "\ud800" else f"the control character {ord(found):#04x}"


def _control_problem(field: Field, value: Any) -> tuple[str, str] | None:
    control = control_in(value, lines=field.kind == "secret") if isinstance(value, str) else None
    if control is None:
        return None
    return f"holds {control}, which no such value has.", "Write it on one line, as plain text."


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
            return f"is '{shown(value)}', not a whole number.", "Write digits only."
    elif field.kind == "mapping":
        return _mapping_problem(value)
    elif field.kind == "choice":
        if value not in field.choices:
            return f"is '{shown(value)}'.", one_of(field.choices)
    else:
        return _text_problem(field, value)
    return None


def _mapping_problem(value: Any) -> tuple[str, str] | None:
    if not isinstance(value, dict):
        return "must be a mapping.", "Write it as name: value pairs, one a line."
    name = _no_text(value)
    if name is None:
        return None
    return f"has the name '{shown(name)}', which is no text.", "Put the name in quotes."


def _no_text(value: Any) -> str | None:
    """Return the first name in a value, however deep, that is no text, such as a date; None when all are."""
    if isinstance(value, dict):
        for name in value:
            if not isinstance(name, str):
                return str(name)
    elif not isinstance(value, list):
        return None
    inner = value.values() if isinstance(value, dict) else value
    return next((name for one in inner if (name := _no_text(one)) is not None), None)


def _text_problem(field: Field, value: Any) -> tuple[str, str] | None:
    if isinstance(value, dict | list):
        return "must be a text.", "Write it on one line."
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return f"is read as {type(value).__name__} '{shown(value)}', not as a text.", "Put it in quotes."
    if field.kind == "url":
        from energyctl.core.profiles import checked_url

        try:
            checked_url(str(value), "")
        except ConfigProblem as problem:
            return problem.message.strip(), problem.hint or ""
    return None
