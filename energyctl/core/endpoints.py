"""Which method and path each operation of a REST provider has, and where that knowledge comes from.

A provider declares its operations in one table, each documented or only inferred. An imported OpenAPI file moves
them, and the profile's ``endpoints`` has the last word. How the file is read and matched lives in ``openapi``.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

from energyctl.core.config import shown
from energyctl.core.errors import ConfigProblem, EnergyctlError, UsageProblem
from energyctl.core.files import read_private
from energyctl.core.transport import Pairs, Request

if TYPE_CHECKING:
    from energyctl.core.profiles import Section
    from energyctl.core.session import Session

DOCUMENTED, INFERRED, PROFILE, SPEC = "documented", "inferred", "profile", "spec"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
#: What a server answers to a path or method that it does not have.
_NOT_THERE = frozenset({404, 405, 501})
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Operation:
    """One operation of a provider: its id, method and path, and where its knowledge comes from."""

    id: str
    method: str
    path: str
    standing: str = DOCUMENTED
    #: The group that the provider puts it into, such as ``devices``; helps to find it in an OpenAPI file.
    tag: str | None = None
    #: What it does, in a few words.
    summary: str = ""
    #: Names of the query parameters that the tool uses.
    query: tuple[str, ...] = ()
    #: Whether it changes nothing although it is not a GET, such as a price calculation.
    computes: bool = False

    @property
    def reads(self) -> bool:
        """Whether it changes nothing, so that it may be repeated."""
        return self.computes or self.method in ("GET", "HEAD")

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters in its path."""
        return placeholders(self.path)


@dataclass(frozen=True)
class Endpoint:
    """The method and path in force for an operation."""

    operation: Operation
    method: str
    path: str
    #: documented, inferred, profile or spec.
    source: str
    #: The tool's parameter name to where it goes (path or query) and what it is called there.
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    #: Query parameters that the profile adds; the command's own of the same name take their place.
    fixed: Pairs = ()


def placeholders(path: str) -> tuple[str, ...]:
    """Return the names in braces of a path template."""
    return tuple(_PLACEHOLDER.findall(path))


class Endpoints:
    """The endpoints in force for one profile's section of one provider."""

    def __init__(self, session: Session, section: Section, operations: Mapping[str, Operation]) -> None:
        self.session = session
        self.section = section
        self.operations = operations
        self._told: set[str] = set()
        self._overrides = self._read_overrides()
        self._renamed = self._mapping("parameters")
        kept = pins_file(session, section)
        self.pins = read_pins(kept)
        if not self.pins and os.path.lexists(kept):
            session.notice(
                f"The imported OpenAPI file {kept} is damaged; {section.settings.title} is called by the tool's own "
                f"table. Import it again: energyctl {section.provider} spec import FILE"
            )

    def __iter__(self) -> Iterator[Endpoint]:
        return (self.of(name) for name in self.operations)

    def of(self, operation_id: str) -> Endpoint:
        """Return the endpoint in force for an operation.

        :raises ConfigProblem: when an imported file's record cannot serve it.
        """
        operation = self.operations[operation_id]
        if operation_id in self._overrides:
            return self._overrides[operation_id]
        pin = self.pins.get("pins", {}).get(operation_id)
        if pin is not None:
            names = {ours: (place, theirs) for ours, (place, theirs) in pin["names"].items()}
            return Endpoint(operation, pin["method"], pin["path"], SPEC, names)
        return Endpoint(operation, operation.method, operation.path, operation.standing)

    def request(
        self,
        operation_id: str,
        values: Mapping[str, str] | None = None,
        *,
        query: Pairs = (),
        body: Any = None,
        subject: str | None = None,
    ) -> Request:
        """Return the request of an operation.

        :param values: the parameters of its path, by the tool's names.
        :raises UsageProblem: for a value that would lead to another path.
        :raises ConfigProblem: when the endpoint wants a parameter that the tool does not have.
        """
        endpoint = self.of(operation_id)
        given = dict(values or {})
        by_theirs = {theirs: ours for ours, (place, theirs) in endpoint.names.items() if place == "path"}

        def filled(match: re.Match[str]) -> str:
            name = by_theirs.get(match[1], match[1])
            if name not in given:
                raise ConfigProblem(
                    f"{self.section.provider}: the path of {operation_id}, {endpoint.path}, wants '{match[1]}', "
                    f"which this command does not have ({', '.join(given) or 'it has no parameter'}).",
                    hint=f"Correct it: energyctl {self.section.provider} endpoints list shows the table.",
                    provider=self.section.provider,
                    operation=operation_id,
                )
            return path_part(name, given[name], self.section.provider)

        path = _PLACEHOLDER.sub(filled, endpoint.path)
        moved = [
            (theirs, given[ours])
            for ours, (place, theirs) in endpoint.names.items()
            if place == "query" and ours in given
        ]
        asked = [*moved, *((self.query_name(endpoint, name), value) for name, value in query)]
        named = {name for name, _ in asked}
        return Request(
            operation_id,
            endpoint.method,
            path,
            query=[*(pair for pair in endpoint.fixed if pair[0] not in named), *asked],
            body=body,
            reads=endpoint.operation.reads,
            subject=subject,
        )

    def query_name(self, endpoint: Endpoint, name: str) -> str:
        """Return what a query parameter is called at an endpoint."""
        place, theirs = endpoint.names.get(name, ("query", self._renamed.get(name, name)))
        return theirs if place == "query" else name

    # -- what the user is told --------------------------------------------------------------------------

    def announce(self, operation_id: str) -> None:
        """Say once a run, outside the sandbox, that an endpoint in force is only inferred."""
        endpoint = self.of(operation_id)
        if endpoint.source != INFERRED or self.section.is_sandbox or operation_id in self._told:
            return
        self._told.add(operation_id)
        self.session.notice(
            f"note: {endpoint.method} {endpoint.path} is inferred, not documented by {self.section.settings.title}."
        )

    def explained(self, error: EnergyctlError, operation_id: str) -> EnergyctlError:
        """Add to an error that the path may be what is wrong, when it is only inferred."""
        if operation_id not in self.operations or error.http_status not in _NOT_THERE:
            return error
        endpoint = self.of(operation_id)
        if endpoint.source != INFERRED or self.section.is_sandbox:
            return error
        error.message = (
            f"{error.message.rstrip('.')}. The path of {operation_id} ({endpoint.method} {endpoint.path}) is only "
            "inferred and may be another one."
        )
        correct = (
            f'{self.section.provider}.endpoints: {{{operation_id}: "METHOD /path"}} in the profile, or '
            f"energyctl {self.section.provider} spec import FILE"
        )
        also = (
            f"{error.hint.rstrip('.')}; or correct" if error.hint and error.http_status == 404 else "Correct"
        )
        error.hint = f"{also} the path with {correct}"
        return error

    # -- the profile's corrections ------------------------------------------------------------------------

    def _mapping(self, name: str) -> dict[str, str]:
        if not any(one.name == name for one in self.section.settings.fields):
            return {}
        value = self.section.setting(name).value
        return {str(key): str(one) for key, one in value.items()} if isinstance(value, Mapping) else {}

    def _read_overrides(self) -> dict[str, Endpoint]:
        found = {}
        for name, text in self._mapping("endpoints").items():
            operation = self.operations.get(name)
            if operation is None:
                near = get_close_matches(name, self.operations, n=1)
                raise self._wrong(
                    name,
                    f"'{shown(name)}' is not an operation.",
                    f"Did you mean {near[0]}?"
                    if near
                    else f"They are listed by: energyctl {self.section.provider} endpoints list",
                )
            found[name] = self._override(operation, text)
        return found

    def _override(self, operation: Operation, text: str) -> Endpoint:
        words = text.split()
        method = words[0].upper() if len(words) == 2 else operation.method
        path, _, query = words[-1].partition("?") if words else ("", "", "")
        fix = f'Write it as "{operation.method} {operation.path}", with your server\'s method and path.'
        if len(words) not in (1, 2) or not path.startswith("/") or "//" in path or "#" in path:
            raise self._wrong(operation.id, f"'{shown(text)}' is not a method and a path.", fix)
        if method not in METHODS:
            raise self._wrong(
                operation.id, f"'{shown(words[0])}' is not a method.", f"Use one of {', '.join(METHODS)}."
            )
        pairs = parse_qsl(query, keep_blank_values=True)
        names = {
            match[1]: ("query", name) for name, value in pairs if (match := _PLACEHOLDER.fullmatch(value))
        }
        fixed = [(name, value) for name, value in pairs if not _PLACEHOLDER.fullmatch(value)]
        for name, value in fixed:
            if _PLACEHOLDER.search(f"{name}={value}"):
                raise self._wrong(
                    operation.id,
                    f"'{shown(f'{name}={value}')}' is neither one parameter nor a fixed value.",
                    "Write it as name={parameter} or name=value.",
                )
        for name in (*placeholders(path), *names):
            if name not in operation.parameters:
                known = ", ".join(f"{{{one}}}" for one in operation.parameters) or "none"
                raise self._wrong(
                    operation.id, f"{{{shown(name)}}} is not a parameter of it.", f"Its parameters: {known}."
                )
        return Endpoint(operation, method, path, PROFILE, names, fixed)

    def _wrong(self, name: str, what: str, fix: str) -> ConfigProblem:
        source = self.section.setting("endpoints").source
        where = "" if source == "profile" else f" ({source})"
        return ConfigProblem(
            f"{self.section.provider}.endpoints.{shown(name)}{where}: {what}",
            hint=fix,
            provider=self.section.provider,
            code="endpoint_invalid",
        )


def path_part(name: str, value: str, provider: str) -> str:
    """Return a value as one part of a path; one that would lead to another path is refused.

    :raises UsageProblem: for an empty value, one of dots alone, or one that is no text (half a surrogate pair).
    """
    try:
        part = quote(value, safe=":" if value.strip(":") else "")
    except UnicodeEncodeError:
        part = ""
    if not part or value.strip(". ") == "":
        raise UsageProblem(
            f"'{value}' cannot be the {name}.", hint="Check the number or id.", provider=provider
        )
    return part


def matches(template: str, path: str) -> bool:
    """Whether a path is one that a template can make."""
    parts, wanted = template.strip("/").split("/"), path.strip("/").split("/")
    return len(parts) == len(wanted) and all(
        _PLACEHOLDER.search(part) is not None or part == here
        for part, here in zip(parts, wanted, strict=True)
    )


# -- what an imported OpenAPI file has left ----------------------------------------------------------------


def spec_directory(session: Session, section: Section) -> Path:
    """Return where a profile's imported files lie."""
    return session.paths.state_dir / "specs" / quote(section.profile.name, safe="")


def pins_file(session: Session, section: Section) -> Path:
    """Return the file whose first line says where the imported file has moved operations; the second is that file."""
    return spec_directory(session, section) / f"{section.provider}.jsonl"


def read_pins(path: Path) -> dict[str, Any]:
    """Return the record of an import; empty when there is none."""
    try:
        found = json.loads(read_private(path, path.parents[2]).partition(b"\n")[0])
    except (OSError, ValueError, RecursionError):
        return {}
    return found if _is_record(found) else {}


def _is_record(found: Any) -> bool:
    parts = (
        [found.get(name) for name in ("pins", "facts", "paging", "values")]
        if isinstance(found, dict)
        else [None]
    )
    if not isinstance(parts[0], dict) or not all(one is None or isinstance(one, dict) for one in parts):
        return False
    values = parts[3] or {}
    return all(map(_is_pin, parts[0].values())) and all(isinstance(one, str) for one in values.values())


def _is_pin(pin: Any) -> bool:
    if not isinstance(pin, dict) or not isinstance(pin.get("names"), dict):
        return False
    texts = (pin.get("method"), pin.get("path"), pin.get("operationId"))
    names = pin["names"].values()
    return (
        all(isinstance(one, str) for one in texts)
        and pin["method"] in METHODS
        and pin["path"].startswith("/")
        and all(isinstance(one, list) and [type(part) for part in one] == [str, str] for one in names)
    )


def by_name(operations: Sequence[Operation]) -> dict[str, Operation]:
    """Return a provider's table of operations by id."""
    return {one.id: one for one in operations}
