"""The well-formed part of an order, as the rules between fields see it."""

from __future__ import annotations

from datetime import date
from typing import Any

from . import schema
from .findings import Findings


class View:
    """Values of the right type by path; what is malformed is remembered so that it is not also "missing"."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.values: dict[str, Any] = {}
        self.days: dict[str, date] = {}
        self.empty: set[str] = set()
        self.blank: set[str] = set()
        self._malformed: set[str] = set()

    def bad(self, path: str, message: str, fix: str, value: Any = None) -> None:
        """Report a malformed value and remember its path."""
        self._malformed.add(path)
        self.findings.error(path, message, fix, value)

    def text(self, path: str) -> str | None:
        """Return a well-formed text, else None."""
        value = self.values.get(path)
        return value if isinstance(value, str) else None

    def has(self, path: str) -> bool:
        """Say whether something stands there, well-formed or not."""
        return path in self.values or path in self._malformed

    def group(self, path: str) -> bool:
        """Say whether a group of fields is given and not null."""
        return isinstance(self.values.get(path), dict)

    def require(self, path: str, fix: str, message: str = "is missing") -> None:
        """Report a mandatory field that is not there; of a missing group only the group is reported."""
        group = schema.parent(path)
        if group and not self.has(group):
            field = schema.field_at(group)
            self.require(group, "add it with " + ", ".join(field.fields if field else ()))
        elif (not group or self.group(group)) and not self.has(path):
            self.findings.absent(path, fix, "is empty" if path in self.blank | self.empty else message)
