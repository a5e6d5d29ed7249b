"""Orders from YAML, built from parser events so that each scalar keeps its own text and line.

Aliases and tags of our own or others' making are refused: an order needs neither, and both are how a small
file becomes a large or a dangerous one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from energyctl.core.errors import UsageProblem

from .records import MAX_DEPTH, Bare, Pairs, Record, broken
from .schema import join

_STANDARD = "tag:yaml.org,2002:"
_HARMLESS_TAGS = {
    _STANDARD + name for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")
}
_UNPRINTABLE = re.compile("[^\\t\\n\\r -~\\x85\\xa0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_NULLS = {"", "~", "null", "Null", "NULL"}

_IN_WORDS = (
    ("tab character", "a tab stands where only spaces may"),
    ("cannot start any token", "a tab or a character with a meaning of its own stands here"),
    ("mapping values are not allowed", "a colon too many, or the indentation is wrong"),
    ("did not find expected key", "the indentation does not fit the lines before, or a quote is missing"),
    ("could not find expected ':'", "a colon is missing after the field name"),
    ("did not find expected '-'", "a list item should start here with a dash"),
    ("did not find expected ',' or", "a comma or a closing bracket is missing"),
    ("unexpected end of stream", "a text in quotes is not closed"),
    ("document start", "something follows where the file should end or a line --- should stand"),
    ("control characters are not allowed", "an unprintable character stands in the file"),
)


class _Builder:
    """Turns the events of one file into records."""

    def __init__(self, events: Iterator[Any], source: str) -> None:
        self.events = events
        self.source = source
        self.records: list[Record] = []
        self.many = False
        self._lines: dict[str, int] = {}

    def read(self) -> bool:
        """Read all documents; True when the file is a list of orders rather than a single one."""
        for event in self.events:
            name = type(event).__name__
            if name == "SequenceStartEvent":
                self.many = True
                self._items()
            elif name not in ("StreamStartEvent", "StreamEndEvent", "DocumentStartEvent", "DocumentEndEvent"):
                self._order(event, skip_empty=True)
        return self.many or len(self.records) > 1

    def _items(self) -> None:
        while type(event := next(self.events)).__name__ != "SequenceEndEvent":
            self._order(event, skip_empty=False)

    def _order(self, event: Any, *, skip_empty: bool) -> None:
        lines: dict[str, int] = {}
        self._lines = lines
        raw = self._value(event, "", 0)
        if raw is None and skip_empty:
            return
        line = event.start_mark.line + 1
        if not isinstance(raw, Pairs):
            kind = "empty" if raw is None else "a list" if isinstance(raw, list) else "a text"
            raise broken(
                self.source,
                f"order {len(self.records) + 1} is {kind}, not a set of fields.",
                line=line,
                hint="An order begins with tariffKey:, userAccount: and contract:.",
            )
        self.records.append(Record(raw, line, lambda: lines))

    def _value(self, event: Any, path: str, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise self._at(event, "nested far deeper than an order can be.")
        name = type(event).__name__
        if name == "AliasEvent":
            raise self._at(
                event,
                "a YAML alias (*name) stands here, which order files cannot have.",
                hint="Write the value out, or put it in quotes if it begins with an asterisk.",
            )
        if event.tag is not None and event.tag != "!" and event.tag not in _HARMLESS_TAGS:
            raise self._at(
                event,
                "a YAML tag (!name) stands here, which order files cannot have.",
                hint="Remove it, or put the value in quotes if it begins with an exclamation mark.",
            )
        if name == "MappingStartEvent":
            return Pairs.of(self._fields(path, depth))
        if name == "SequenceStartEvent":
            return self._list(path, depth)
        return _scalar(event)

    def _fields(self, path: str, depth: int) -> Iterator[tuple[str, Any]]:
        while type(key := next(self.events)).__name__ != "MappingEndEvent":
            if type(key).__name__ != "ScalarEvent":
                raise self._at(
                    key, "a field name is expected here.", hint="Put quotes round {braces} or [brackets]."
                )
            here = join(path, key.value)
            self._lines[here] = key.start_mark.line + 1
            yield key.value, self._value(next(self.events), here, depth + 1)

    def _list(self, path: str, depth: int) -> list[Any]:
        items: list[Any] = []
        while type(event := next(self.events)).__name__ != "SequenceEndEvent":
            items.append(self._value(event, f"{path}[{len(items)}]", depth + 1))
        return items

    def _at(self, event: Any, what: str, hint: str | None = None) -> UsageProblem:
        mark = event.start_mark
        return broken(self.source, what, line=mark.line + 1, column=mark.column + 1, hint=hint)


def _scalar(event: Any) -> Any:
    if event.tag == _STANDARD + "null":
        return None
    if event.tag is not None or not event.implicit[0]:
        return str(event.value)
    return None if event.value in _NULLS else Bare(event.value)


def read_yaml(text: str, source: str) -> tuple[list[Record], bool]:
    """Read every order of a YAML text; the flag says whether it is a list.

    Raises UsageProblem with line and column when it is not YAML, or uses more of YAML than an order needs.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder(yaml.parse(text, Loader=loader), source)
    try:
        many = builder.read()
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error, source) from None
    except (yaml.YAMLError, ValueError):
        at = _UNPRINTABLE.search(text)
        line = text.count("\n", 0, at.start()) + 1 if at else None
        raise broken(
            source,
            "an unprintable character stands in the file.",
            line=line,
            hint="Save it as UTF-8 text; in JSON such characters are written \\u0000.",
        ) from None
    return builder.records, many


def _not_yaml(error: Any, source: str) -> UsageProblem:
    mark = error.problem_mark or error.context_mark
    said = str(error.problem or "")
    # What the parser says may quote the file, so only sentences known to be harmless are passed on.
    what = next((words for part, words in _IN_WORDS if part in said), "something is wrong with the syntax")
    return broken(
        source,
        f"not YAML: {what}.",
        line=mark.line + 1 if mark else None,
        column=mark.column + 1 if mark else None,
        hint="Indent with spaces, and put quotes round text that holds a colon, #, or quotes.",
    )
