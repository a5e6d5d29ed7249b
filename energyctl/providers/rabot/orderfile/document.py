"""One order of a file: its data, and where in the file each part stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from . import schema


def _nowhere() -> Mapping[str, int]:
    return {}


@dataclass(frozen=True)
class OrderDocument:
    """An order as the file gives it, types settled by the schema, nothing else changed.

    ``index`` counts from 0 in the file. ``is_list`` says that the file is one that holds many orders
    (a list, several documents, JSON lines), even when it holds only one. ``repeated`` are paths that
    stand more than once in the order.
    """

    index: int
    data: dict[str, Any]
    source: str = "order"
    is_list: bool = False
    line: int | None = None
    repeated: tuple[str, ...] = ()
    locate: Callable[[], Mapping[str, int]] = _nowhere

    @cached_property
    def _lines(self) -> Mapping[str, int]:
        return self.locate()

    def line_of(self, path: str) -> int | None:
        """Return the line of a path, or of the nearest part around it that is in the file."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = schema.parent(path)
        return self.line

    def where(self, path: str = "") -> str:
        """Return "line 12" for a path, or "" when no line is known."""
        line = self.line_of(path)
        return "" if line is None else f"line {line}"

    @property
    def label(self) -> str:
        """What to call this order in a message: its externalId, else its e-mail address, else its place."""
        for group, name in (("contract", "externalId"), ("userAccount", "emailAddress")):
            part = self.data.get(group)
            value = part.get(name) if isinstance(part, dict) else None
            if isinstance(value, str) and value.strip():
                return value.strip()
        return f"order {self.index + 1}"
