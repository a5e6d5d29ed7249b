"""What people see of a resource: its columns, where they lie in the data, and how a value is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from energyctl.core.text import harmless

Show = Callable[[Any], str]
_INDEX = re.compile(r"-?[0-9]{1,9}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})"
)


@dataclass(frozen=True)
class Column:
    """One column: its title, the path of its value in the data, and how a table shows it.

    Machine formats (tsv, csv) carry the plain value; ``show`` is for tables alone.
    """

    title: str
    path: str
    show: Show | None = None
    right: bool = False
    #: Where a table takes its value from, when that is not ``path``.
    show_path: str | None = None
    #: Whether ``show`` writes several lines, so that a table keeps their breaks.
    lines: bool = False
    #: Not in tables of rows; machine formats and ``show`` commands always have it.
    detail: bool = False
    #: Left out of a table that is too wide for its window.
    gives_way: bool = False


@dataclass(frozen=True)
class View:
    """The columns of a resource and the path of its id."""

    columns: tuple[Column, ...] = ()
    id_path: str | None = None
    #: Further places of the id, for data whose shape is not promised.
    id_names: tuple[str, ...] = ()
    #: Fields that come first, where the data has them, when there are no fixed columns.
    preferred: tuple[str, ...] = ()
    #: What a list of these is called when it is empty.
    plural: str = "rows"
    #: Fields that tables of a single thing leave out.
    hidden: frozenset[str] = field(default_factory=frozenset)


MISSING = object()


def dig(data: Any, path: str) -> Any:
    """Return the value at a dotted path (``a.b``, ``a.0.b``, ``a[0].b``), or None where there is none."""
    found = dig_or_missing(data, path)
    return None if found is MISSING else found


def dig_or_missing(data: Any, path: str) -> Any:
    """Return the value at a dotted path, or ``MISSING``. A key that itself holds dots is found whole."""
    if isinstance(data, Mapping) and path in data:
        return data[path]
    for part in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(data, Mapping) and part in data:
            data = data[part]
        elif isinstance(data, list) and _INDEX.fullmatch(part) and -len(data) <= int(part) < len(data):
            data = data[int(part)]
        else:
            return MISSING
    return data


def id_of(row: Any, view: View) -> str | None:
    """Return the id of a row, harmless to a terminal; None when it has none."""
    if isinstance(row, Mapping):
        for path in filter(None, (view.id_path, "id", "target", *view.id_names)):
            found = dig(row, path)
            if found is not None:
                return harmless(plain(found))
    return None


def plain(value: Any) -> str:
    """Return a value for tsv and csv: numbers as they are, null empty, nested values as JSON on one line."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    except (ValueError, RecursionError):
        return "(too deeply nested)"


def cell(value: Any, show: Show | None = None, *, lines: bool = False) -> str:
    """Return a value for a table cell, harmless to a terminal."""
    if value is None:
        return ""
    if show is not None:
        try:
            text = show(value)
            return "\n".join(harmless(line) for line in text.split("\n")) if lines else harmless(text)
        except Exception:  # noqa: BLE001 - a value of another shape than documented is shown as it came
            return harmless(plain(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        return harmless(", ".join(plain(one) for one in value))
    return harmless(plain(value))


def in_one_clock(column: Column, rows: Sequence[Any]) -> Column:
    """Return a column for a table; of times the offset that all have is in its title, and zeros only where needed.

    Several midnights are dates. Other times of several offsets, and what is no time, stay as they are.
    """
    if column.show is not None:
        return column
    matches = []
    for row in rows:
        value = dig(row, column.show_path or column.path)
        match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
        if match is not None:
            matches.append(match)
        elif value is not None:
            return column
    offsets, clocks = {match["offset"] for match in matches}, {match["clock"] for match in matches}
    are_dates = clocks == {"00:00:00"} and len({match[0] for match in matches}) > 1
    if not matches or (len(offsets) > 1 and not are_dates):
        return column
    to_the_minute = all(clock.endswith(":00") for clock in clocks)
    length = len(
        "2026-03-29" if are_dates else "2026-03-29T02:00" if to_the_minute else "2026-03-29T02:00:00"
    )
    offset = "" if len(offsets) > 1 else " UTC" if offsets == {"Z"} else f" {offsets.pop()}"
    return replace(
        column,
        title=f"{column.title}{offset}",
        show=lambda value: value[:length].replace("T", " "),
    )


def found_columns(
    rows: list[Any], most: int | None = 8, preferred: tuple[str, ...] = ()
) -> tuple[Column, ...]:
    """Choose columns for data of unknown shape: the preferred ones first, then in the order in which they come.

    :param most: for tables, so many fields with plain values; None for machine formats: every field.
    """
    names: dict[str, None] = {}
    for plain_only in (most is not None, False):
        for row in rows[:200]:
            if isinstance(row, Mapping):
                for key, value in row.items():
                    if not (plain_only and isinstance(value, Mapping | list)):
                        names.setdefault(str(key))
        if names:
            ordered = [
                *(name for name in preferred if name in names),
                *(n for n in names if n not in preferred),
            ]
            return tuple(Column(name, name) for name in ordered[:most])
    return (Column("value", ""),)


def flattened(data: Mapping[str, Any], prefix: str = "", depth: int = 0) -> list[tuple[str, Any]]:
    """Return the fields of a nested object as (path, value), in their order, for a key and value table."""
    rows: list[tuple[str, Any]] = []
    for key, value in data.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping) and value and depth < 6:
            rows += flattened(value, f"{path}.", depth + 1)
        elif (
            isinstance(value, list) and value and depth < 6 and all(isinstance(one, Mapping) for one in value)
        ):
            for index, one in enumerate(value):
                rows += flattened(one, f"{path}.{index}.", depth + 1)
        else:
            rows.append((path, value))
    return rows
