"""Orders from JSON: one object, an array, or one object after the other (JSON lines)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import partial
from typing import Any, NoReturn

from energyctl.core.errors import UsageProblem

from .records import Bare, Pairs, Record, broken
from .schema import join

_SPACE = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:\n]')

_IN_WORDS = (
    ("Expecting ',' delimiter", "a comma or a closing bracket is missing here, or a quote inside the value"),
    ("Expecting property name", "a field name in double quotes is expected here; a comma too many before?"),
    ("Illegal trailing comma", "there is a comma too many before the closing bracket"),
    ("Expecting ':' delimiter", "a colon is missing after the field name"),
    ("Expecting value", "a value is expected here: text in double quotes, a number, true, false or null"),
    ("Unterminated string", "a text that starts here has no closing quote"),
    ("Invalid control character", "a text runs over the end of the line or holds a tab; write \\n or \\t"),
    ("Invalid \\", "a backslash that means nothing; write two of them for one"),
)


class JsonSyntaxProblem(UsageProblem):
    """The text is not JSON (it may be another language)."""


class _NoNumberError(Exception):
    """NaN or Infinity, which many programs write though JSON has no such thing."""


def _refuse(_word: str) -> NoReturn:
    raise _NoNumberError


class _Reader:
    """Goes through the text value by value, so that each order's line is known at no cost."""

    def __init__(self, text: str, source: str) -> None:
        self.text = text
        self.source = source
        self.at = 0
        self.line = 1
        self.records: list[Record] = []
        self._decoder = json.JSONDecoder(
            object_pairs_hook=Pairs.of, parse_int=Bare, parse_float=Bare, parse_constant=_refuse
        )

    def read(self) -> bool:
        """Read all; True when the text is a list of orders rather than a single one."""
        self._skip()
        many = False
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                many = True
                self._array()
            else:
                self._order()
            self._skip()
        return many or len(self.records) > 1

    def _array(self) -> None:
        self._move(self.at + 1)
        self._skip()
        if self.text[self.at : self.at + 1] == "]":
            self._move(self.at + 1)
            return
        while True:
            self._order()
            self._skip()
            closing = self.text[self.at : self.at + 1]
            if closing not in (",", "]"):
                self._fail("Expecting ',' delimiter")
            self._move(self.at + 1)
            if closing == "]":
                return
            self._skip()

    def _order(self) -> None:
        start, line = self.at, self.line
        try:
            raw, end = self._decoder.raw_decode(self.text, start)
        except json.JSONDecodeError as error:
            self._fail(error.msg, error)
        except _NoNumberError:
            raise broken(
                self.source,
                "this order holds NaN or Infinity, which is no JSON value.",
                line=line,
                hint="Write null, or leave the field out.",
            ) from None
        if not isinstance(raw, Pairs):
            raise broken(
                self.source,
                f"order {len(self.records) + 1} is {_kind(raw)}, not an object.",
                line=line,
                hint="An order is { ... } with tariffKey, userAccount and contract.",
            )
        self.records.append(Record(raw, line, partial(_lines, self.text, start, end, line)))
        self._move(end)

    def _move(self, to: int) -> None:
        self.line += self.text.count("\n", self.at, to)
        self.at = to

    def _skip(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self._move(found.end() if found else self.at)

    def _fail(self, message: str, error: json.JSONDecodeError | None = None) -> NoReturn:
        error = error or json.JSONDecodeError(message, self.text, self.at)
        said = next((words for start, words in _IN_WORDS if message.startswith(start)), message)
        raise JsonSyntaxProblem(
            f"{self.source}, line {error.lineno}, column {error.colno}: not JSON: {said}.",
            hint="Many orders are a JSON array, or one object after the other.",
            details={"line": error.lineno, "column": error.colno},
        ) from None


def read_json(text: str, source: str) -> tuple[list[Record], bool]:
    """Read JSON, JSON lines or an array; the flag says whether it is a list.

    Raises JsonSyntaxProblem when it is not JSON, UsageProblem when it is but holds no orders,
    RecursionError when nested without end.
    """
    reader = _Reader(text, source)
    many = reader.read()
    return reader.records, many


def _kind(raw: Any) -> str:
    if raw is None:
        return "null"
    if isinstance(raw, bool):
        return "true or false"
    if isinstance(raw, Bare):
        return "a number"
    return "a text" if isinstance(raw, str) else "a list"


def _lines(text: str, start: int, end: int, line: int) -> Mapping[str, int]:
    """Return the line of every path in one order that is known to be well-formed JSON."""
    lines: dict[str, int] = {}
    # One entry per open bracket: the path around it, and the path or array place now being read.
    around: list[str] = []
    place: list[str | int] = []
    name_next = False
    for found in _TOKEN.finditer(text, start, end):
        mark = found[0]
        if mark == "\n":
            line += 1
        elif mark in "{[":
            around.append(_path(around, place))
            place.append("" if mark == "{" else 0)
            name_next = mark == "{"
        elif mark in "}]":
            around.pop()
            place.pop()
            name_next = False
        elif mark == ",":
            last = place[-1]
            if isinstance(last, int):
                place[-1] = last + 1
            else:
                name_next = True
        elif mark == ":":
            name_next = False
        elif name_next:
            place[-1] = str(json.loads(mark))
            lines[_path(around, place)] = line
    return lines


def _path(around: list[str], place: list[str | int]) -> str:
    if not around:
        return ""
    last = place[-1]
    return f"{around[-1]}[{last}]" if isinstance(last, int) else join(around[-1], last)
