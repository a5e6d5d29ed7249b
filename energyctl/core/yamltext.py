"""YAML that a user hands in, looked at before it is built: how deep it nests, and what its aliases stand for in all.

The readers of OpenAPI and order files are their own: they take less of YAML and know the type of each value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

DEEPEST = 100
#: Of a number in digits; longer ones take time to read and no field holds them.
_LONGEST_NUMBER = 300
_NUMBER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F_]*|[0-9][0-9_:.]*)")
_STANDARD = "tag:yaml.org,2002:"
_TAGS = frozenset(
    _STANDARD + name
    for name in "str int float bool null timestamp binary map seq set omap pairs merge value".split()  # noqa: SIM905
)
#: A name after * or ! may be a secret that was meant as a text; marks such as '<block end>' are YAML's own.
_QUOTED = re.compile(r"'(?!<)[^']{2,}'")
#: What the loader raises for a tag whose value is not of its form, besides its own errors.
_UNFIT = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError)


class YamlProblem(ValueError):
    """Says what is wrong with a text, and where, counted from 1."""

    def __init__(self, what: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.line = line
        self.column = column


@dataclass
class Outline:
    """Where the names of a mapping stand, counted from 1, and what is inside each."""

    line: int = 0
    inner: dict[str, Outline] = field(default_factory=dict)


def load_yaml(text: str, *, most_values: int) -> tuple[Any, Outline]:
    """Return the only value of a YAML text, None for an empty one, and the lines of its names.

    :param most_values: how many values it may hold once its aliases are written out.
    :raises YamlProblem: when it is no YAML, nests too deep, holds too much, or says a name twice.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        outline = _Scan(yaml.parse(text, Loader=loader), most_values).document()
        return yaml.load(text, Loader=loader), outline  # noqa: S506 - both are safe loaders
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (None, None)
        what = error.problem or error.context or "it is not valid YAML"
        raise YamlProblem(_QUOTED.sub("'…'", what), *place) from None
    except YamlProblem:
        raise
    except yaml.YAMLError:
        raise YamlProblem("an unprintable character stands in it") from None
    except _UNFIT:
        raise YamlProblem("a value is not of the form that it has to be of") from None


class _Scan:
    """Goes through the events of a text; the values that an alias stands for are counted each time."""

    def __init__(self, events: Iterator[Any], most_values: int) -> None:
        self.events = events
        self.most_values = most_values
        self.count = 0
        #: What an anchor names and how many values it holds; None while it is still being read.
        self.anchors: dict[str, tuple[Outline, int] | None] = {}

    def document(self) -> Outline:
        """Go through all of the text."""
        outline, documents = Outline(), 0
        for event in self.events:
            name = type(event).__name__
            if name == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    _refuse("a second document begins here", event)
            elif name not in ("StreamStartEvent", "StreamEndEvent", "DocumentEndEvent"):
                outline = self._value(event, 0)
        return outline

    def _value(self, event: Any, depth: int) -> Outline:
        name = type(event).__name__
        if name == "AliasEvent":
            return self._aliased(event)
        if depth > DEEPEST:
            _refuse(f"it is nested deeper than {DEEPEST} levels", event)
        if event.tag not in (None, "!") and event.tag not in _TAGS:
            _refuse("a tag (!name) stands here that means nothing", event)
        before = self.count
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        outline = Outline(event.start_mark.line + 1)
        if name == "MappingStartEvent":
            self._mapping(outline, depth)
        elif name == "SequenceStartEvent":
            while type(item := next(self.events)).__name__ != "SequenceEndEvent":
                self._value(item, depth + 1)
        elif len(event.value) > _LONGEST_NUMBER and not event.implicit[1] and _NUMBER.fullmatch(event.value):
            _refuse(f"a number has {len(event.value):,} characters", event)
        self._counted(1, event)
        if event.anchor is not None:
            self.anchors[event.anchor] = outline, self.count - before
        return outline

    def _mapping(self, outline: Outline, depth: int) -> None:
        while type(key := next(self.events)).__name__ != "MappingEndEvent":
            if type(key).__name__ != "ScalarEvent":
                self._value(key, depth + 1)
                self._value(next(self.events), depth + 1)
                continue
            line = key.start_mark.line + 1
            if key.anchor is not None:
                self.anchors[key.anchor] = Outline(line), 1
            if key.value in outline.inner and key.value != "<<":
                first = outline.inner[key.value].line
                _refuse(f"a name stands here that stands in line {first} already, and only one counts", key)
            inner = self._value(next(self.events), depth + 1)
            outline.inner[key.value] = Outline(line, inner.inner)

    def _aliased(self, event: Any) -> Outline:
        known = self.anchors.get(event.anchor)
        if known is None:
            what = "is not known" if event.anchor not in self.anchors else "stands in what it names"
            _refuse(f"an alias (*name) {what}", event)
        self._counted(known[1], event)
        return known[0]

    def _counted(self, more: int, event: Any) -> None:
        self.count += more
        if self.count > self.most_values:
            _refuse(f"it holds more than {self.most_values:,} values, its aliases written out", event)


def _refuse(what: str, event: Any) -> NoReturn:
    raise YamlProblem(what, event.start_mark.line + 1, event.start_mark.column + 1)
