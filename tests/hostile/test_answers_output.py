"""Spoiled answers through every view, every format and every option that shapes the output."""

from __future__ import annotations

import csv
import functools
import io
import json
import math
import re
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import jmespath
import yaml
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.errors import BadAnswer, EnergyctlError, UsageProblem
from energyctl.core.output import Output
from energyctl.core.pseudonyms import Pseudonyms
from energyctl.core.session import OUTPUT_FORMATS, Session
from energyctl.core.text import display_width
from energyctl.core.views import View
from tests.hostile import strategies
from tests.hostile.harness import Stream
from tests.hostile.oracle import acting, live
from tests.hostile.recording import all_views, rows_of
from tests.properties import few

WIDTHS = (20, 80, 200)
QUERIES = (
    "[]",
    "[0]",
    "[*]",
    "[].*",
    "length(@)",
    "[?id]",
    "[].{a: id, b: name}",
    "[0].*",
    "nothing",
    "[*].keys(@)",
)
#: A terminal draws one picture for all that is joined, and for a hand and its colour.
_PART_OF_A_PICTURE = re.compile("\u200d.|[\U0001f3fb-\U0001f3ff]")
_OWN_STYLE = re.compile("\x1b\\[[01]m")


def _session(*, terminal: bool = False, **options: Any) -> Session:
    session = Session(stdin=Stream(), stdout=Stream(terminal=terminal), stderr=Stream(), env={})
    session.options.redact = False
    for name, value in options.items():
        session.options.set(name, value)
    session.__dict__["_kept_pseudonyms"] = Pseudonyms(b"k" * 32)
    return session


def _written(data: Any, view: View, *, width: int | None = None, **options: Any) -> str:
    """Return what is printed; UTF-8 carries it."""
    session = _session(terminal=width is not None, **options)
    with patch.object(Output, "_width", lambda _: 10_000 if width is None else width):
        if isinstance(data, list):
            session.out.rows(iter(data), view)
        else:
            session.out.one(data, view)
    text: str = session._stdout.getvalue()
    text.encode("utf-8")
    return text


def _same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the very same: 1 is not 1.0, nor true; -0.0 is not 0.0."""
    return repr(_ordered(one)) == repr(_ordered(other))


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return [(name, _ordered(one)) for name, one in sorted(value.items())]
    return [_ordered(one) for one in value] if isinstance(value, list) else value


def _endless(value: Any) -> bool:
    """Whether a number is in it that JSON does not have."""
    if isinstance(value, dict | list):
        return any(map(_endless, value.values() if isinstance(value, dict) else value))
    return isinstance(value, float) and not math.isfinite(value)


@functools.cache
def _paths(name: str) -> list[str]:
    columns = all_views()[name].columns
    return [*(one.path for one in columns), *(one.title for one in columns), "id", "a.0.b", "nowhere"]


@dataclass(frozen=True)
class Case:
    """A view, its rows or its one thing spoiled, options, and how wide the terminal is."""

    view: View
    data: Any
    options: dict[str, Any]
    width: int

    @property
    def expected(self) -> Any:
        """What is to be printed, when neither pseudonyms nor an order are asked for."""
        query, limit = self.options.get("query"), self.options.get("limit")
        data = jmespath.search(query, self.data) if query else self.data
        return data[:limit] if isinstance(data, list) else data

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.expected) if isinstance(self.expected, list) else 1

    def says(self, printed: Any) -> bool:
        """Whether what is printed is the data, as far as the options leave it so."""
        return bool({"redact", "sort_by"} & set(self.options)) or _same(printed, self.expected)

    def written(self, wish: str) -> str | None:
        """Return what is printed; None where it is right that nothing can be."""
        width = self.width if wish == "table" else None
        refused: EnergyctlError
        try:
            return _written(self.data, self.view, width=width, output=wish, no_color=True, **self.options)
        except (UsageProblem, BadAnswer) as problem:
            refused = problem
        if isinstance(refused, UsageProblem):
            assert {"sort_by", "query"} & set(self.options), refused.message
        elif wish != "ids":
            assert wish in ("json", "jsonl", "yaml"), refused.message
            assert _endless(self.data), refused.message
        return None


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw one."""
    name = draw(st.sampled_from(sorted(all_views())))
    rows = rows_of(name)
    data = draw(strategies.spoiled(rows if draw(st.booleans()) or not rows else rows[0]))
    options: dict[str, Any] = {}
    for option, wished in (
        ("columns", st.lists(st.sampled_from(_paths(name)), min_size=1, max_size=4).map(",".join)),
        ("query", st.sampled_from(QUERIES)),
        ("sort_by", st.builds(str.__add__, st.sampled_from(("", "-")), st.sampled_from(_paths(name)))),
        ("limit", st.integers(1, 3)),
        ("no_header", st.just(value=True)),
        ("redact", st.just(value=True)),
    ):
        if draw(st.integers(0, 3)) == 0:
            options[option] = draw(wished)
    return Case(all_views()[name], data, options, draw(st.sampled_from(WIDTHS)))


@given(cases())
def test_no_answer_breaks_a_format(case: Case) -> None:
    for wish in OUTPUT_FORMATS:
        text = case.written(wish)
        if text is not None:
            assert not acting(text, but="\n\t" if wish == "tsv" else "\n"), wish
            _CHECKS[wish](text, case)


def _check_json(text: str, case: Case) -> None:
    assert case.says(json.loads(text))


def _check_jsonl(text: str, case: Case) -> None:
    lines = _lines(text)
    printed = [json.loads(line) for line in lines]
    assert case.says(printed if isinstance(case.expected, list) else printed[0])
    assert len(lines) == case.rows


def _check_yaml(text: str, case: Case) -> None:
    printed = yaml.load(text, Loader=yaml.CSafeLoader)
    if not {"redact", "sort_by"} & set(case.options):
        assert _same(printed, _without_halves(case.expected))


def _without_halves(value: Any) -> Any:
    """Return a value as YAML can carry it: no half of a surrogate pair."""
    if isinstance(value, dict):
        return {_without_halves(name): _without_halves(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_halves(one) for one in value]
    return re.sub("[\ud800-\udfff]", "\ufffd", value) if isinstance(value, str) else value


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    assert lines.pop() == ""
    assert lines == text.splitlines()
    return lines


def _check_tsv(text: str, case: Case) -> None:
    lines = _lines(text)
    assert len({line.count("\t") for line in lines}) <= 1
    _check_count(len(lines), case)


def _check_csv(text: str, case: Case) -> None:
    csv.field_size_limit(10_000_000)
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert len({len(row) for row in rows}) <= 1
    _check_count(len(rows), case)
    assert not [cell for row in rows for cell in row if live(cell)]


def _check_count(printed: int, case: Case) -> None:
    """Check the number of lines: the header and one for each row; a bare value has no header."""
    header = isinstance(case.expected, dict | list) and not case.options.get("no_header")
    assert printed in (case.rows + header, 0 if case.rows == 0 else case.rows + header)


def _check_ids(text: str, case: Case) -> None:
    assert len(_lines(text)) == case.rows


def _check_table(text: str, case: Case) -> None:
    if not isinstance(case.expected, dict | list):
        return  # a bare value is one line, for the clipboard
    shown = (_PART_OF_A_PICTURE.sub("", line) for line in text.splitlines())
    assert max(map(display_width, shown), default=0) <= case.width


_CHECKS = {
    "json": _check_json,
    "jsonl": _check_jsonl,
    "yaml": _check_yaml,
    "tsv": _check_tsv,
    "csv": _check_csv,
    "ids": _check_ids,
    "table": _check_table,
}


@few
@given(cases())
def test_colour_is_the_only_escape_in_a_table(case: Case) -> None:
    try:
        text = _written(case.data, case.view, width=80, output="table", **case.options)
    except UsageProblem:
        return
    assert not acting(_OWN_STYLE.sub("", text))
