"""What is asked of the rows: queries, columns, orders and limits of any kind over rows of any kind."""

from __future__ import annotations

import json
import socket
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer import _click

from energyctl.core.commandline import GLOBAL_OPTIONS
from energyctl.core.errors import EnergyctlError
from energyctl.core.session import OUTPUT_FORMATS
from energyctl.core.views import Column, View, dig
from energyctl.core.watchoption import WATCH
from tests.hostile_inputs.mutations import JSON, TEXTS
from tests.hostile_inputs.promise import new_session, soon, taken_or_refused
from tests.properties import few

OPTIONS = {str(one.name).removeprefix("global_"): one for one in GLOBAL_OPTIONS}
ROWS: list[Any] = [
    {"id": "a", "n": 1, "tags": ["x", 2, None], "deep": {"a.b": [{"c": 1.5}]}},
    {"id": None, "n": "1e999", "tags": {}, "deep": []},
    {"n": None, "tags": "x", "deep": True, "id": {"x": 1}},
    7,
    "text",
]
VIEW = View(columns=(Column("Id", "id"), Column("N", "n", show=lambda value: f"{value:.1f}")), id_path="id")
#: What may go out: nothing can be made of a row that has no id.
ANSWERED = (2, 11)


def converted(name: str, text: str) -> Any:
    """What the parser makes of an option; None when it refuses it."""
    option = WATCH if name == "watch" else OPTIONS[name]
    try:
        return option.type.convert(text, option, None)
    except _click.exceptions.BadParameter:
        return None


def shown(rows: list[Any], **options: Any) -> None:
    """Write rows, and each of them alone, with options that the parser has taken."""
    for form in OUTPUT_FORMATS:
        session = new_session()
        for name, value in options.items():
            session.options.set(name, value)
        session.options.output = form
        given = "".join(str(value) for value in options.values())
        taken_or_refused(
            lambda session=session: session.out.rows(iter(rows), VIEW),
            exits=ANSWERED,
            session=session,
            given=given,
        )
        taken_or_refused(
            lambda session=session: session.out.one(rows[0]), exits=ANSWERED, session=session, given=given
        )
        text = session._stdout.getvalue()  # type: ignore[attr-defined]
        text.encode()
        assert "\x1b" not in text


PATHS = st.lists(
    st.sampled_from(
        ["a", "n", "id", "*", "[]", "[0]", "[*]", "[?n==`1`]", "@", "{a: n}", "[n, id]", "[::-1]", "[::0]"]
    ),
    max_size=4,
).map(".".join)
CALLS = st.sampled_from(
    [
        "abs", "avg", "ceil", "contains", "ends_with", "floor", "join", "keys", "length", "map", "max", "max_by",
        "merge", "min", "min_by", "not_null", "reverse", "sort", "sort_by", "starts_with", "sum", "to_array",
        "to_string", "to_number", "type", "values", "nothing",
    ]
)  # fmt: skip
LITERALS = st.sampled_from(
    [
        "`1e999`", "`-1e999`", "`null`", '`[1,"a"]`', "'x'", "`{}`", '""', "`", "'", '"\\ud800"', '`"\\ud800"`', "`9`",
        "&n", "&@", "!", "99999999999999999999", "`" + "9" * 5000 + "`",
    ]
)  # fmt: skip
EXPRESSIONS = st.recursive(
    PATHS | LITERALS | TEXTS,
    lambda inner: (
        st.tuples(CALLS, st.lists(inner, max_size=3)).map(lambda one: f"{one[0]}({', '.join(one[1])})")
        | st.lists(inner, min_size=2, max_size=3).map(" | ".join)
        | st.lists(inner, min_size=2, max_size=2).map(" && ".join)
        | st.lists(inner, min_size=2, max_size=2).map(" < ".join)
        | inner.map(lambda one: f"[?{one}]")
        | inner.map(lambda one: f"[{one}]")
        | inner.map(lambda one: f"({one})[1:{one}]")
    ),
    max_leaves=6,
)


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # of jmespath, for `text`
@few
@given(EXPRESSIONS, st.lists(JSON, min_size=1, max_size=3) | st.just(ROWS))
def test_queries(expression: str, rows: list[Any]) -> None:
    text = converted("query", expression)
    if text is not None:
        shown(rows, query=text)


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 20_000, "a." * 3000 + "a", "!" * 3000 + "a", "[" * 20_000, "a[" * 5000 + "]" * 5000, "a|" * 3000 + "a",
        "[::0]", "floor(`1e999`)", "ceil(to_number('nan'))", "sort_by(@, &n)", "max_by(@, &tags)", "join('', [`1`])",
        "`" + "[" * 20_000 + "`", "[" + "9" * 5000 + "]",
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_queries_that_cannot_be_answered(expression: str) -> None:
    with soon(60):
        text = converted("query", expression)
        if text is not None:
            shown(ROWS[:3], query=text)


PLACES = st.sampled_from(["id", "deep.a.b[0].c", "tags[-1]", "tags.99999999999", "[0]", "..", "ID", "-n"])
COLUMNS = st.lists(TEXTS | PLACES, min_size=1, max_size=4).map(",".join)


@few
@given(COLUMNS, TEXTS | COLUMNS, st.lists(JSON, min_size=1, max_size=3) | st.just(ROWS))
def test_columns_and_orders(columns: str, order: str, rows: list[Any]) -> None:
    text = converted("columns", columns)
    if text is not None:
        shown(rows, columns=text)
    shown(rows, sort_by=order)


@few
@given(JSON, TEXTS | COLUMNS)
def test_any_path_in_any_data(data: Any, path: str) -> None:
    found = dig(data, path)
    assert found is None or json.dumps(found) in json.dumps(data)


NUMBERS = (
    "0", "-0", "-1", "1", "1.5", "1e3", "nan", "-nan", "inf", "-inf", "1e309", "1e9", "3e6", "1e-300", "", "²", "1_000",
    "9" * 30, "9" * 5000, "0x10", " 3 ", "\0",
)  # fmt: skip


@pytest.mark.parametrize("text", NUMBERS)
def test_limits(text: str) -> None:
    limit = converted("limit", text)
    assert limit is None or 1 <= limit <= sys.maxsize
    if limit is not None:
        shown(ROWS, limit=limit)


@pytest.mark.parametrize("text", NUMBERS)
def test_seconds_are_those_that_the_system_can_wait(text: str) -> None:
    for name in ("timeout", "max_wait", "watch"):
        seconds = converted(name, text)
        if seconds is not None:
            with socket.socket() as line:
                line.settimeout(seconds)  # raises for what does not fit


def test_a_query_without_end_is_refused_by_the_parser() -> None:
    assert converted("query", "(" * 20_000) is None


@pytest.mark.parametrize("expression", ["[::0]", "[*].floor(`1e999`)", "sort_by(@, &@.n)"])
def test_a_query_that_fails_is_named(expression: str) -> None:
    session = new_session()
    session.options.query = expression
    found = taken_or_refused(lambda: session.out.rows(iter(ROWS)), exits=(2,))
    assert isinstance(found, EnergyctlError)
    assert expression in found.message
