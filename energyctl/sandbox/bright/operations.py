"""The table's form: one operation of the Kit, one call of it, and the shapes of its parameters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from energyctl.sandbox.bright.answers import KitError
from energyctl.sandbox.bright.stockholm import RESOLUTIONS, parse_instant
from energyctl.sandbox.shapes import Number, Problem, Record, Shape, Text, spoken

ROOT = "/kit/v1"

_MAIL = r"[^@\s\x00-\x1f\x7f-\x9f]+"  # engines differ in which control characters are white space
EMAIL = Text(pattern=rf"{_MAIL}@{_MAIL}\.{_MAIL}", rule="an e-mail address")
PHONE = Text(pattern=r"\+[1-9]\d{6,14}", rule='a telephone number in E.164, as "+46701740605"')
_LARGEST_PAGE, _USUAL_PAGE = 1000, 100
PAGING: Mapping[str, Shape] = {
    "page": Number(whole=True, least=1),
    "perPage": Number(whole=True, least=1, most=_LARGEST_PAGE),
}


@dataclass(frozen=True)
class Instant(Shape):
    """A date-time of at least 19 characters (contract 8)."""

    def _check(self, value: Any, path: str, problems: list[Problem]) -> datetime | None:
        found = parse_instant(value) if isinstance(value, str) else None
        if found is None:
            shown = f'"{value}"' if isinstance(value, str) else spoken(value)
            problems.append(
                Problem(f"{path} must be a date-time as 2024-10-31T23:00:00.000Z; it is {shown}.", path)
            )
        return found

    def _openapi(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time", "minLength": 19}


@dataclass(frozen=True)
class Resolution(Text):
    """A resolution; which words there are is checked by ``resolution_of``, so that a wrong variant may take others."""

    def _openapi(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(RESOLUTIONS)}


@dataclass(frozen=True)
class Anything(Shape):
    """A value that is taken as it is."""

    def _check(self, value: Any, _path: str, _problems: list[Problem]) -> Any:
        return value

    def _openapi(self) -> dict[str, Any]:
        return {"not": {"type": "null"}}


@dataclass(frozen=True)
class Open(Shape):
    """An object whose fields nobody looks at."""

    def _check(self, value: Any, path: str, problems: list[Problem]) -> Any:
        if not isinstance(value, dict):
            problems.append(Problem(f"{path} must be an object, not {spoken(value)}.", path))
        return value

    def _openapi(self) -> dict[str, Any]:
        return {"type": "object"}


@dataclass(frozen=True)
class Call:
    """One request to an operation, its query and body checked."""

    request: web.Request
    path: Mapping[str, str]
    query: dict[str, Any]
    body: dict[str, Any]


Run = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True)
class Operation:
    """One operation: its id, method, path below the Kit's base, and what is done.

    ``run`` gives JSON data or a whole response. ``is_open``: needs no key, being part of signing in. ``query``
    None: the operation reads its parameters itself. ``paged``: a list that comes in pages.
    """

    id: str
    method: str
    path: str
    run: Run
    query: Mapping[str, Shape] | None = field(default_factory=dict)
    body: Record | None = None
    is_open: bool = False
    paged: bool = False
    success: int = 200


def resolution_of(call: Call) -> str:
    """Return the resolution asked for."""
    found = str(call.query["resolution"])
    if found not in RESOLUTIONS:
        raise KitError(400, f'resolution must be one of {", ".join(RESOLUTIONS)}; it is "{found}".')
    return found


def range_of(call: Call) -> tuple[datetime, datetime]:
    """Return the range asked for."""
    start, end = call.query["fromDate"], call.query["toDate"]
    if end <= start:
        raise KitError(400, "toDate must be after fromDate.")
    return start, end


def cut(items: list[Any], query: Mapping[str, Any]) -> list[Any]:
    """Return the page asked for (contract 6.3)."""
    size = int(query.get("perPage", _USUAL_PAGE))
    first = (int(query.get("page", 1)) - 1) * size
    return items[first : first + size]
