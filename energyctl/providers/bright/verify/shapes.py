"""Small questions about values that several rules ask: texts, numbers, instants with an offset."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from energyctl.core.zones import parse_wire

#: Contract 8: "at least YYYY-MM-DDTHH:MM:SS".
SHORTEST_DATE = 19
_HIGHEST = 10**15
#: Others, such as 9999 for an open end, are no time at which anything is measured.
_YEARS = range(1900, 2201)
_WITH_OFFSET = re.compile(r"(Z|[+-][0-9]{2}:?[0-9]{2})$", re.IGNORECASE)


def is_number(value: Any) -> bool:
    """Whether it is a JSON number that can be reckoned with."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < _HIGHEST


def is_text(value: Any, shortest: int = 1) -> bool:
    """Whether it is a text of a length."""
    return isinstance(value, str) and len(value) >= shortest


def instant(value: Any, zone: tzinfo = UTC) -> datetime | None:
    """Return the instant of a date-time of 19 characters or more; one without offset is read in the zone."""
    found = parse_wire(value, zone) if is_text(value, SHORTEST_DATE) else None
    return found if found is not None and found.year in _YEARS else None


def with_offset(value: Any) -> bool:
    """Whether it is a date-time that says its offset."""
    if not is_text(value, SHORTEST_DATE) or parse_wire(value, UTC) is None:
        return False
    return _WITH_OFFSET.search(value) is not None


def repeated(values: Iterable[str]) -> list[str]:
    """Return the values that stand there more than once."""
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for one in values:
        if one in seen:
            twice[one] = None
        seen.add(one)
    return list(twice)


def shown(value: Any) -> str:
    """Return a value as it stands in findings."""
    import json

    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:79]}…"


def kind_of(value: Any) -> str:
    """Return what a value is, without what stands in it: it may be about a person."""
    if isinstance(value, Mapping):
        return f"an object of {', '.join(map(str, list(value)[:8])) or 'nothing'}"
    if isinstance(value, list):
        return f"an array of {len(value)}, not all of them objects" if value else "an empty array"
    return "nothing" if value is None else f"a bare {type(value).__name__}"


def objects(values: Any) -> list[Mapping[str, Any]]:
    """Return the objects of a list; nothing for what is no list."""
    return [one for one in values if isinstance(one, Mapping)] if isinstance(values, list) else []


def first_of(data: Mapping[str, Any], names: Iterable[str]) -> Any:
    """Return the first field that is there under one of several names."""
    return next((data[name] for name in names if data.get(name) is not None), None)
