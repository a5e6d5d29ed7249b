"""Shapes of JSON bodies and query parameters.

One description both checks what came and prints itself as OpenAPI.

Every check collects all problems instead of ending at the first. Names are matched without regard to case.
"""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from energyctl.sandbox.berlin import parse_date, parse_moment

INT32 = 2**31
_RUNNABLE = frozenset({"javascript", "data", "vbscript"})


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a request, and the path of the field it concerns."""

    message: str
    path: str


def spoken(value: Any) -> str:
    """Name a JSON value's type as its author would."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "an array" if isinstance(value, list) else "an object"


@dataclass(frozen=True)
class Shape:
    """What all shapes share. ``required``: must be there and, for text, not blank.

    ``read_only``: must not be sent.
    """

    nullable: bool = False
    required: bool = False
    read_only: bool = False

    def check(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """Return the value as the provider works with it.

        Problems are added to the list, and None comes back.
        """
        if value is None:
            if not self.nullable:
                problems.append(Problem(f"{path} must not be null.", path))
            return None
        return self._check(value, path, problems)

    def read(self, text: str, path: str, problems: list[Problem]) -> Any:
        """Check a query parameter's text."""
        return self.check(text, path, problems)

    def openapi(self) -> dict[str, Any]:
        """Return the shape as an OpenAPI 3.0 schema."""
        schema = self._openapi()
        if self.nullable:
            schema["nullable"] = True
        if self.read_only:
            schema["readOnly"] = True
        return schema

    def must(self) -> Shape:
        """Return the same shape, required."""
        return replace(self, required=True)

    def _check(self, value: Any, path: str, problems: list[Problem]) -> Any:
        raise NotImplementedError

    def _openapi(self) -> dict[str, Any]:
        raise NotImplementedError


@dataclass(frozen=True)
class Text(Shape):
    """A string; ``pattern`` must match all of it, and ``rule`` says so in words."""

    pattern: str | None = None
    rule: str = ""
    form: str | None = None

    def _check(self, value: Any, path: str, problems: list[Problem]) -> str | None:
        if not isinstance(value, str):
            problems.append(Problem(f"{path} must be a string, not {spoken(value)}.", path))
            return None
        if self.required and not value.strip():
            problems.append(Problem(f"{path} is required.", path))
            return None
        if self.pattern is not None and not re.fullmatch(self.pattern, value):
            problems.append(Problem(f"{path} must be {self.rule}.", path))
            return None
        return value

    def _openapi(self) -> dict[str, Any]:
        pattern = f"^(?:{self.pattern})$" if self.pattern else r"\S" if self.required else None
        return {
            "type": "string",
            **({"pattern": pattern} if pattern else {}),
            **({"format": self.form} if self.form else {}),
        }


@dataclass(frozen=True)
class Choice(Shape):
    """One of a few words. In a body the case counts; in a query it does not."""

    words: tuple[str, ...] = ()

    def _check(self, value: Any, path: str, problems: list[Problem]) -> str | None:
        if isinstance(value, str) and value in self.words:
            return value
        shown = f'"{value}"' if isinstance(value, str) else spoken(value)
        problems.append(Problem(f"{path} must be one of {', '.join(self.words)}; it is {shown}.", path))
        return None

    def read(self, text: str, path: str, problems: list[Problem]) -> str | None:
        """Check a query parameter's text."""
        folded = {word.lower(): word for word in self.words}
        return self._check(folded.get(text.lower(), text), path, problems)

    def _openapi(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.words)}


@dataclass(frozen=True)
class Flag(Shape):
    """A boolean."""

    def _check(self, value: Any, path: str, problems: list[Problem]) -> bool | None:
        if isinstance(value, bool):
            return value
        problems.append(Problem(f"{path} must be true or false, not {spoken(value)}.", path))
        return None

    def _openapi(self) -> dict[str, Any]:
        return {"type": "boolean"}


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond all floats
        return False


@dataclass(frozen=True)
class Number(Shape):
    """A number: a whole one of 32 bits, or any finite one. ``above``, ``least`` and ``most`` are its bounds."""

    whole: bool = False
    above: float | None = None
    least: float | None = None
    most: float | None = None

    def _check(self, value: Any, path: str, problems: list[Problem]) -> int | float | None:
        kind = "a whole number" if self.whole else "a number"
        if isinstance(value, bool) or not isinstance(value, int | float):
            problems.append(Problem(f"{path} must be {kind}, not {spoken(value)}.", path))
        elif not _is_finite(value) or (self.whole and (value != int(value) or abs(value) >= INT32)):
            problems.append(Problem(f"{path} must be {kind}; it is {value}.", path))
        elif self.above is not None and value <= self.above:
            problems.append(Problem(f"{path} must be greater than {self.above:g}; it is {value}.", path))
        elif self.least is not None and value < self.least:
            problems.append(Problem(f"{path} must be at least {self.least:g}; it is {value}.", path))
        elif self.most is not None and value > self.most:
            problems.append(Problem(f"{path} must be at most {self.most:g}; it is {value}.", path))
        else:
            return int(value) if self.whole else value
        return None

    def read(self, text: str, path: str, problems: list[Problem]) -> int | float | None:
        """Check a query parameter's text."""
        if not re.fullmatch(r"[+-]?\d{1,18}" if self.whole else r"[+-]?\d{1,18}(\.\d{1,18})?", text):
            problems.append(Problem(f'{path} must be a number; it is "{text}".', path))
            return None
        return self._check(int(text) if self.whole else float(text), path, problems)

    def _openapi(self) -> dict[str, Any]:
        kind = (
            {"type": "integer", "format": "int32"} if self.whole else {"type": "number", "format": "double"}
        )
        bounds = {"minimum": self.least if self.above is None else self.above, "maximum": self.most}
        found = kind | {name: bound for name, bound in bounds.items() if bound is not None}
        return found if self.above is None else {**found, "exclusiveMinimum": True}


@dataclass(frozen=True)
class Day(Shape):
    """A date ``yyyy-MM-dd``."""

    def _check(self, value: Any, path: str, problems: list[Problem]) -> date | None:
        found = parse_date(value) if isinstance(value, str) else None
        if found is None:
            shown = f'"{value}"' if isinstance(value, str) else spoken(value)
            problems.append(Problem(f"{path} must be a date as yyyy-MM-dd; it is {shown}.", path))
        return found

    def _openapi(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


@dataclass(frozen=True)
class Moment(Shape):
    """A date-time, with a space or a T, with or without zone (then Europe/Berlin).

    A bare date is its midnight.
    """

    def _check(self, value: Any, path: str, problems: list[Problem]) -> Any:
        found = parse_moment(value) if isinstance(value, str) else None
        if found is None:
            shown = f'"{value}"' if isinstance(value, str) else spoken(value)
            problems.append(
                Problem(f"{path} must be a date-time as yyyy-MM-dd HH:mm:ss; it is {shown}.", path)
            )
        return found

    def _openapi(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}


@dataclass(frozen=True)
class Address(Shape):
    """An absolute URI: http, https, or an app's own scheme; never one that a browser would run."""

    def _check(self, value: Any, path: str, problems: list[Problem]) -> str | None:
        if isinstance(value, str):
            try:
                parts = urlsplit(value)
            except ValueError:
                parts = urlsplit("")
            if parts.scheme and parts.netloc and parts.scheme not in _RUNNABLE:
                return value
        problems.append(Problem(f"{path} must be an absolute URI.", path))
        return None

    def _openapi(self) -> dict[str, Any]:
        return {"type": "string", "format": "uri"}


@dataclass(frozen=True)
class Uuid(Shape):
    """A UUID; it comes back in its canonical form."""

    def _check(self, value: Any, path: str, problems: list[Problem]) -> str | None:
        try:
            return str(uuid.UUID(value))
        except (AttributeError, TypeError, ValueError):
            problems.append(Problem(f"{path} must be a UUID.", path))
            return None

    def _openapi(self) -> dict[str, Any]:
        return {"type": "string", "format": "uuid"}


@dataclass(frozen=True)
class Many(Shape):
    """An array of one shape."""

    item: Shape = field(default_factory=Flag)

    def _check(self, value: Any, path: str, problems: list[Problem]) -> list[Any] | None:
        if not isinstance(value, list):
            problems.append(Problem(f"{path} must be an array, not {spoken(value)}.", path))
            return None
        return [self.item.check(entry, f"{path}[{at}]", problems) for at, entry in enumerate(value)]

    def _openapi(self) -> dict[str, Any]:
        return {"type": "array", "items": self.item.openapi()}


@dataclass(frozen=True)
class Record(Shape):
    """An object of known fields and no others, of which at least so many as ``least`` are there."""

    fields: Mapping[str, Shape] = field(default_factory=dict)
    least: int = 0

    def check_body(self, value: Any) -> tuple[dict[str, Any], list[Problem]]:
        """Check a whole body.

        The object that comes back has canonical names and only the fields that are right.
        """
        problems: list[Problem] = []
        if not isinstance(value, dict):
            return {}, [Problem(f"The request body must be a JSON object, not {spoken(value)}.", "")]
        return self._check(value, "", problems), problems

    def _check(self, value: Any, path: str, problems: list[Problem]) -> dict[str, Any]:
        if not isinstance(value, dict):
            problems.append(Problem(f"{path} must be an object, not {spoken(value)}.", path))
            return {}
        canonical = {name.lower(): name for name in self.fields}
        found: dict[str, Any] = {}
        for key, entry in value.items():
            name = canonical.get(key.lower())
            where = f"{path}.{name or key}" if path else (name or key)
            if name is None:
                problems.append(Problem(f"{where} is not a known field.", where))
            elif name in found:
                problems.append(Problem(f"{where} is given more than once.", where))
            elif self.fields[name].read_only:
                problems.append(Problem(f"{where} is read-only and must not be sent.", where))
            else:
                found[name] = self.fields[name].check(entry, where, problems)
        for name, shape in self.fields.items():
            if shape.required and name not in found:
                where = f"{path}.{name}" if path else name
                problems.append(Problem(f"{where} is required.", where))
        if len(value) < self.least:
            named = ", ".join(self.fields)
            problems.append(
                Problem(f"{path or 'The request body'} needs {self.least} of {named} at least.", path)
            )
        return found

    def _openapi(self) -> dict[str, Any]:
        required = [name for name, shape in self.fields.items() if shape.required]
        return {
            "type": "object",
            "properties": {name: shape.openapi() for name, shape in self.fields.items()},
            "additionalProperties": False,
            **({"required": required} if required else {}),
            **({"minProperties": self.least} if self.least else {}),
        }


def check_query(
    parameters: Mapping[str, Shape], given: Iterable[tuple[str, str]], *, empty_is_none: bool = True
) -> tuple[dict[str, Any], list[Problem]]:
    """Check query parameters; unknown, repeated and missing required ones are problems.

    An empty value counts as none unless ``empty_is_none`` is false.
    """
    canonical = {name.lower(): name for name in parameters}
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, text in given:
        name = canonical.get(key.lower())
        if name is None:
            problems.append(Problem(f"{key} is not a known query parameter.", key))
        elif name in found:
            problems.append(Problem(f"{name} is given more than once.", name))
        elif text or not empty_is_none:
            found[name] = parameters[name].read(text, name, problems)
    for name, shape in parameters.items():
        if shape.required and name not in found:
            problems.append(Problem(f"{name} is required.", name))
    return found, problems
