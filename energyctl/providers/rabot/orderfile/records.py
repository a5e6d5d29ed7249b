"""What both readers (YAML and JSON) hand on: raw values whose type the schema still has to settle."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from energyctl.core.errors import UsageProblem

from . import schema
from .schema import Field

# The contract nests four deep; far more than that is no order.
MAX_DEPTH = 24

_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
# Longer ones stay text: no field holds them, and turning them into numbers takes time.
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


class Bare(str):
    """A scalar written without quotes, as its own text: 01067, +49301234, 3500, yes, 2026-12-01."""

    __slots__ = ()


class Pairs(dict[str, Any]):
    """An object as read, with the names that stood in it more than once."""

    repeated: tuple[str, ...] = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, Any]]) -> Self:
        """Build from name-value pairs in file order; the last of a repeated name stays."""
        made = cls()
        for name, value in pairs:
            if name in made:
                made.repeated += (name,)
            made[name] = value
        return made


@dataclass(frozen=True, slots=True)
class Record:
    """One order as read. ``locate`` gives the lines of its paths, worked out only when somebody asks."""

    raw: Any
    line: int
    locate: Callable[[], Mapping[str, int]]


def broken(
    source: str, what: str, *, line: int | None = None, column: int | None = None, hint: str | None = None
) -> UsageProblem:
    """Return the error of a file that cannot be read; never with text from the file, it may be a secret."""
    where = source
    if line is not None:
        where += f", line {line}"
        if column is not None:
            where += f", column {column}"
    hint = hint or "energyctl rabot orders template prints an order to compare with."
    return UsageProblem(f"{where}: {what}", hint=hint, details={"line": line, "column": column})


def typed(raw: Any, field: Field | None, path: str, repeated: list[str], depth: int = 0) -> Any:
    """Return ``raw`` with the types the schema gives it; paths of repeated names are added to ``repeated``.

    Raises RecursionError when nested deeper than any order.
    """
    if depth > MAX_DEPTH:
        raise RecursionError
    if isinstance(raw, Pairs):
        repeated.extend(schema.join(path, name) for name in raw.repeated)
        inner = field.fields if field else {}
        return {
            name: typed(value, inner.get(name), schema.join(path, name), repeated, depth + 1)
            for name, value in raw.items()
        }
    if isinstance(raw, list):
        return [
            typed(value, None, f"{path}[{place}]", repeated, depth + 1) for place, value in enumerate(raw)
        ]
    if isinstance(raw, Bare):
        return _meaning(str(raw), field)
    return raw


def _meaning(text: str, field: Field | None) -> Any:
    """Resolve unquoted text by the field's type: a postcode stays text, a consumption becomes a number."""
    kind = field.kind if field else "object"
    if kind in ("object", "boolean") and text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if kind in ("object", "integer") and _WHOLE.fullmatch(text):
        return int(text)
    return text
