"""Problems found in an order, and the collector the checks write to. Masks what must not be shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from .document import OrderDocument

Severity = Literal["error", "warning"]

_BANK = "contract.bankDetails."
_LIKE_IBAN = re.compile(r"[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]{8,}")
_SHOWN_CHARACTERS = 80
_LONGEST_PATH = 200
_LONG_ENOUGH_TO_MASK = 12


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an order.

    ``message`` and ``fix`` are read after ``path`` ("contract.type" "is missing"). ``value`` is what the
    file says, masked or left out where it is secret. An error will be refused or do harm; a warning may be
    meant that way.
    """

    path: str
    value: str | int | float | bool | None
    message: str
    fix: str
    line: int | None
    severity: Severity


def masked_iban(iban: str) -> str:
    """Return the first four and last two characters of an IBAN, or only dots when it is too short."""
    compact = "".join(iban.split())
    return f"{compact[:4]}…{compact[-2:]}" if len(compact) >= _LONG_ENOUGH_TO_MASK else "…"


def _shown(path: str, value: Any) -> str | int | float | bool | None:
    if path == "userAccount.password" or not isinstance(value, (str, int, float)):
        return None
    if isinstance(value, str):
        # An IBAN pasted into the wrong one of the bank fields is as secret as in the right one.
        if path == _BANK + "iban" or (path.startswith(_BANK) and _LIKE_IBAN.match("".join(value.split()))):
            return masked_iban(value)
        if len(value) > _SHOWN_CHARACTERS:
            return value[:_SHOWN_CHARACTERS] + "…"
    return value


class Findings:
    """Collects the problems of one order; one path gets no second "is missing"."""

    def __init__(self, order: OrderDocument) -> None:
        self._order = order
        self._problems: list[Problem] = []
        self.missing: set[str] = set()

    def error(self, path: str, message: str, fix: str, value: Any = None) -> None:
        """Add what will be refused or do harm."""
        self._add("error", path, message, fix, value)

    def warning(self, path: str, message: str, fix: str, value: Any = None) -> None:
        """Add what may be meant that way."""
        self._add("warning", path, message, fix, value)

    def absent(self, path: str, fix: str, message: str = "is missing") -> None:
        """Add that a mandatory field is not there, once."""
        if path not in self.missing:
            self.missing.add(path)
            self.error(path, message, fix)

    def in_file_order(self) -> list[Problem]:
        """Return the problems by line; those of one line as they were found."""
        return sorted(self._problems, key=lambda problem: problem.line or 0)

    def _add(self, severity: Severity, path: str, message: str, fix: str, value: Any) -> None:
        line = self._order.line_of(path)
        path = path if len(path) <= _LONGEST_PATH else f"{path[: _LONGEST_PATH - 1]}…"
        self._problems.append(Problem(path, _shown(path, value), message, fix, line, severity))
