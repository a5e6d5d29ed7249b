"""From the text of a JSON or YAML file to plain data, without anything that a JSON file could not say.

YAML is read by the rules of JSON's types: dates, ``on`` and ``no`` stay text, and keys are text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from energyctl.core.errors import UsageProblem
from energyctl.core.openapi.problems import INVALID, MOST_TOLD, TOO_LARGE

LARGEST_FILE = 5 * 1024 * 1024
DEEPEST = 100
#: Values of a file after its aliases are written out; a long text counts as several.
MOST_VALUES = 500_000
_TEXT_PER_VALUE = 64
_INTEGER = re.compile(r"[-+]?[0-9]{1,300}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_STANDARD = "tag:yaml.org,2002:"
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:\n]')
_SURROGATE = re.compile("[\ud800-\udfff]")


def parse(text: str, source: str) -> Any:
    """Return the data of a JSON or YAML text.

    :raises UsageProblem: ``spec_invalid`` or ``spec_too_large``, with line and column where they are known.
    """
    if len(text.encode()) > LARGEST_FILE:
        raise too_large(source, f"more than {LARGEST_FILE // 1024 // 1024} MB")
    if not text.strip():
        raise broken(source, "the file is empty", fix="Download it again.")
    ending = source.rpartition(".")[2].lower()
    if not text.lstrip().startswith(("{", "[")):
        return _Yaml(text, source).read()
    try:
        return _json(text, source)
    except UsageProblem:
        if ending not in ("yaml", "yml"):
            raise
    return _Yaml(text, source).read()


def broken(
    source: str, what: str, *, line: int | None = None, column: int | None = None, fix: str
) -> UsageProblem:
    """Make the error for a text that cannot be read."""
    where = f", line {line}" if line is not None else ""
    where += f", column {column}" if column is not None else ""
    details = {"line": line, "column": column} if line is not None else None
    return UsageProblem(f"{source}{where}: {what}.", hint=fix, code=INVALID, details=details)


def too_large(source: str, what: str) -> UsageProblem:
    """Make the error for a file that is too large to be worked with."""
    return UsageProblem(
        f"{source} is too large: {what}.",
        hint="An API description of this size is not usual; is it the right file?",
        code=TOO_LARGE,
    )


def _too_deep(source: str) -> UsageProblem:
    return UsageProblem(
        f"{source} is nested deeper than {DEEPEST} levels.",
        hint="An API description is not nested like this; is it the right file?",
        code=TOO_LARGE,
    )


def _repeated(source: str, found: list[tuple[str, int, int]]) -> UsageProblem:
    told = ", ".join(f"'{name}' in line {line} (first in line {first})" for name, first, line in found)
    return UsageProblem(
        f"{source}: a name stands twice in one object: {told}.",
        hint="Which of them counts cannot be known; remove one.",
        code=INVALID,
        details=[{"name": name, "first_line": first, "line": line} for name, first, line in found],
    )


# -- JSON --------------------------------------------------------------------------------------------------


class _NoJson(ValueError):
    """Says what stands in the text that JSON does not know."""


def _refuse(word: str) -> NoReturn:
    raise _NoJson(f"{word} is no JSON value")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _NoJson("a number is too large")
    return number


def _json(text: str, source: str) -> Any:
    twice = False

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal twice
        found = dict(pairs)
        twice = twice or len(found) < len(pairs)
        return found

    try:
        data = json.loads(text, object_pairs_hook=unique, parse_constant=_refuse, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise broken(
            source,
            f"not JSON: {error.msg}",
            line=error.lineno,
            column=error.colno,
            fix="Download the file again; it may have been cut off.",
        ) from None
    except RecursionError:
        raise _too_deep(source) from None
    except ValueError as error:
        what = str(error) if isinstance(error, _NoJson) else "a number has too many digits"
        raise broken(source, what, fix="Write a value that JSON can carry.") from None
    if twice:
        raise _repeated(source, list(_twice_in_json(text))[:MOST_TOLD])
    _measure(data, source)
    return data


def _measure(data: Any, source: str) -> None:
    """Refuse what is nested too deep or holds too much, or half characters that no file can be written with."""
    count, level = 0, [data]
    for _ in range(DEEPEST + 1):
        following: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                following.extend(value.values())
                texts = "".join(value)
            elif isinstance(value, list):
                following.extend(value)
                continue
            else:
                texts = value if isinstance(value, str) else ""
            if not texts.isascii() and _SURROGATE.search(texts):
                raise broken(
                    source, "a text holds half a character (\\ud800 to \\udfff)", fix="Mend the text."
                )
        count += len(level)
        if count > MOST_VALUES:
            raise too_large(source, f"more than {MOST_VALUES:,} values")
        if not following:
            return
        level = following
    raise _too_deep(source)


def _twice_in_json(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each name that stands twice in one object of a text known to be JSON, with both lines."""
    line, name_next = 1, False
    places: list[dict[str, int] | None] = []
    for found in _TOKEN.finditer(text):
        mark = found[0]
        if mark == "\n":
            line += 1
        elif mark in "{[":
            places.append({} if mark == "{" else None)
            name_next = mark == "{"
        elif mark in "}]":
            places.pop()
            name_next = False
        elif mark == ",":
            name_next = places[-1] is not None
        elif mark == ":":
            name_next = False
        elif name_next and (names := places[-1]) is not None:
            name = str(json.loads(mark))
            if name in names:
                yield name, names[name], line
            names.setdefault(name, line)


# -- YAML --------------------------------------------------------------------------------------------------


class _Yaml:
    """Builds plain data from the events of one YAML text; what is too deep or too much is never built."""

    def __init__(self, text: str, source: str) -> None:
        self.text = text
        self.source = source
        self.count = 0
        self.repeated: list[tuple[str, int, int]] = []
        #: What an anchor names and how many values it holds; None while it is still being read.
        self.anchors: dict[str, tuple[Any, int] | None] = {}

    def read(self) -> Any:
        """Return the value of the only document."""
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            data = self._document(yaml.parse(self.text, Loader=loader))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise broken(
                self.source,
                f"not YAML: {error.problem or error.context}",
                line=mark.line + 1 if mark else None,
                column=mark.column + 1 if mark else None,
                fix="Mend the place named, or download the file again.",
            ) from None
        except (yaml.YAMLError, ValueError):
            raise broken(
                self.source, "an unprintable character stands in it", fix="Save it as UTF-8 text."
            ) from None
        if self.repeated:
            raise _repeated(self.source, self.repeated[:MOST_TOLD])
        _measure(data, self.source)
        return data

    def _document(self, events: Iterator[Any]) -> Any:
        data, documents = None, 0
        for event in events:
            name = type(event).__name__
            if name == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    raise self._at(event, "a second document begins here", "Give a file with one API alone.")
            elif name not in ("StreamStartEvent", "StreamEndEvent", "DocumentEndEvent"):
                data = self._value(event, events, 0)
        return data

    def _value(self, event: Any, events: Iterator[Any], depth: int) -> Any:
        name = type(event).__name__
        if name == "AliasEvent":
            return self._aliased(event)
        if event.tag is not None and event.tag != "!" and not str(event.tag).startswith(_STANDARD):
            raise self._at(event, "a YAML tag (!name) stands here", "Remove it: JSON has no such thing.")
        if depth > DEEPEST:
            raise _too_deep(self.source)
        before = self.count
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        value: Any
        if name == "MappingStartEvent":
            value = self._mapping(events, depth)
        elif name == "SequenceStartEvent":
            value = []
            while type(item := next(events)).__name__ != "SequenceEndEvent":
                value.append(self._value(item, events, depth + 1))
        else:
            value = _scalar(event)
            self._counted(len(event.value) // _TEXT_PER_VALUE)
        self._counted(1)
        if event.anchor is not None:
            self.anchors[event.anchor] = value, self.count - before
        return value

    def _mapping(self, events: Iterator[Any], depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        lines: dict[str, int] = {}
        merged: list[Any] = []
        while type(key := next(events)).__name__ != "MappingEndEvent":
            if type(key).__name__ != "ScalarEvent":
                raise self._at(key, "a name is expected here", "Put quotes round {braces} or [brackets].")
            value = self._value(next(events), events, depth + 1)
            if key.value == "<<" and key.implicit[0]:
                merged.extend(value if isinstance(value, list) else [value])
                continue
            line = key.start_mark.line + 1
            if key.value in found:
                self.repeated.append((key.value, lines[key.value], line))
            else:
                lines[key.value] = line
            found[key.value] = value
        for one in merged:
            if isinstance(one, dict):
                found.update({name: value for name, value in one.items() if name not in found})
        return found

    def _aliased(self, event: Any) -> Any:
        known = self.anchors.get(event.anchor)
        if known is None:
            what = "holds itself" if event.anchor in self.anchors else "is not known"
            raise self._at(
                event, f"the alias *{event.anchor} {what}", "Write out what is meant, or use a $ref."
            )
        self._counted(known[1])
        return known[0]

    def _counted(self, more: int) -> None:
        self.count += more
        if self.count > MOST_VALUES:
            raise too_large(self.source, f"more than {MOST_VALUES:,} values once its aliases are written out")

    def _at(self, event: Any, what: str, fix: str) -> UsageProblem:
        mark = event.start_mark
        return broken(self.source, what, line=mark.line + 1, column=mark.column + 1, fix=fix)


def _scalar(event: Any) -> Any:
    """Return a scalar by the rules of JSON's types; whatever else it looks like stays text."""
    text = str(event.value)
    if event.tag is not None or not event.implicit[0]:
        return None if event.tag == f"{_STANDARD}null" else text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text
