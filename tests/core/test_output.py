"""Seven formats, columns, queries, sorting and limits; and text from a server, which is data and nothing else."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.errors import EnergyctlError, UsageProblem
from energyctl.core.output import Output, error_text
from energyctl.core.session import OUTPUT_FORMATS, Session
from energyctl.core.views import View
from tests.conftest import Run, Sandbox, start
from tests.partner import SECRET, Answer, Partner, Reply

TARIFFS = ("rabot", "tariffs", "list")
KEYS = ["RabotSmart", "RabotSmart24", "RabotFlexpower", "DEMO_Fix24"]
ROWS = [
    {"tariffKey": "b", "tariffName": "zehn", "price": 10, "deep": {"list": [{"x": 1}]}, "new": None},
    {"tariffKey": "a", "tariffName": "Neun", "price": 9.5, "deep": None, "extra.dot": "whole"},
    {"tariffKey": "c", "tariffName": "null", "price": None, "flag": True},
]


def _out(rows: list[Any], view: View | None = None, **options: Any) -> str:
    session = Session(stdin=io.StringIO(), stdout=io.StringIO(), stderr=io.StringIO(), env={})
    for name, value in options.items():
        session.options.set(name, value)
    Output(session).rows(rows, view or View())
    return session.stdout.getvalue()  # type: ignore[attr-defined]


# -- formats -----------------------------------------------------------------------------------------------


def test_a_list_in_every_format(run: Run) -> None:
    answers = {wish: run(*TARIFFS, "-o", wish) for wish in OUTPUT_FORMATS}
    assert {(done.code, done.err) for done in answers.values()} == {(0, "")}
    rows = answers["json"].json
    assert [row["tariffKey"] for row in rows] == KEYS
    assert [json.loads(line) for line in answers["jsonl"].out.splitlines()] == rows
    assert yaml.safe_load(answers["yaml"].out) == rows
    assert answers["ids"].out == "".join(f"{key}\n" for key in KEYS)
    assert [row["tariffKey"] for row in answers["tsv"].rows] == KEYS
    assert [row["tariffKey"] for row in csv.DictReader(io.StringIO(answers["csv"].out))] == KEYS
    head, *lines = answers["table"].out.splitlines()
    assert head.split() == ["Key", "Tariff", "Provider"]
    assert [line.split()[0] for line in lines] == KEYS
    assert run(*TARIFFS).out == answers["tsv"].out


def test_one_thing_in_every_format(run: Run) -> None:
    order = ("rabot", "orders", "show", "400000001")
    thing = run(*order, "-o", "json").json
    assert isinstance(thing, dict)
    assert json.loads(run(*order, "-o", "jsonl").out) == thing
    assert yaml.safe_load(run(*order, "-o", "yaml").out) == thing
    assert run(*order, "-o", "ids").out == "400000001\n"
    (row,) = run(*order, "-o", "tsv").rows
    assert row["contractNumber"] == "400000001"
    assert len(list(csv.reader(io.StringIO(run(*order, "-o", "csv").out)))) == 2
    assert "400000001" in run(*order, "-o", "table").out


def test_an_empty_list_in_every_format(run: Run) -> None:
    empty = ("rabot", "customers", "list", "--external-id", "nobody")
    expected = {"json": "[]\n", "jsonl": "", "ids": "", "yaml": "[]\n", "table": ""}
    for wish, text in expected.items():
        done = run(*empty, "-o", wish)
        assert (done.code, done.out) == (0, text), wish
    assert run(*empty, "-o", "table").err == "No customers.\n"
    assert run(*empty, "-o", "tsv").out.startswith("customerNumber\t")
    assert len(run(*empty, "-o", "csv").out.splitlines()) == 1
    assert run(*empty, "--no-header").out == ""
    assert run(*empty, "-o", "table", "-q").err == ""


def test_global_options_mean_the_same_at_every_position_and_the_inner_one_wins(run: Run) -> None:
    wishes = ("-o", "json", "--limit", "2")
    everywhere = [
        run(*wishes, *TARIFFS),
        run("rabot", *wishes, "tariffs", "list"),
        run("rabot", "tariffs", *wishes, "list"),
        run(*TARIFFS, *wishes),
        run("-o", "yaml", "rabot", "--limit", "1", "-o", "tsv", "tariffs", "list", *wishes),
    ]
    assert {(done.code, done.out, done.err) for done in everywhere} == {(0, everywhere[0].out, "")}
    assert len(everywhere[0].json) == 2


def _two_pages(second: Reply, ready: threading.Event) -> Answer:
    """Answer with a first page at once, and with the second when the test says so."""

    def answer(request: BaseHTTPRequestHandler) -> Reply:
        if "offset=0" in request.path:
            rows = [{"customerNumber": f"{number}"} for number in range(100)]
            return Reply({"isSuccess": True, "data": rows, "hasMoreItems": True})
        ready.wait(60)
        return second

    return answer


@pytest.mark.parametrize(("wish", "lines"), [("jsonl", 100), ("ids", 100), ("tsv", 101), ("csv", 101)])
def test_rows_are_written_as_they_come(env: dict[str, str], home: Path, wish: str, lines: int) -> None:
    ready = threading.Event()
    last = Reply({"isSuccess": True, "data": [{"customerNumber": "last"}], "hasMoreItems": False})
    with Partner(customers=_two_pages(last, ready)) as partner:
        partner.client(env, home)
        process = start(
            *("rabot", "customers", "list", "-o", wish, "-c", "customerNumber"),
            env={**env, "ENERGYCTL_CONFIG": str(home / "partner.yaml"), "PLANTED": SECRET},
            stdout=subprocess.PIPE,
        )
        first = [process.stdout.readline() for _ in range(lines)]
        ready.set()
        rest, _ = process.communicate(timeout=60)
    assert b"99" in first[-1]
    assert (process.returncode, len(rest.splitlines())) == (0, 1)


def test_a_list_that_breaks_off_is_no_document(env: dict[str, str], home: Path) -> None:
    ready = threading.Event()
    ready.set()
    with Partner(customers=_two_pages(Reply({"message": "no"}, 403), ready)) as partner:
        client = partner.client(env, home)
        for wish, lines in (
            ("json", 0),
            ("yaml", 0),
            ("table", 0),
            ("jsonl", 100),
            ("ids", 100),
            ("tsv", 101),
        ):
            done = client("rabot", "customers", "list", "-o", wish)
            assert (done.code, len(done.out.splitlines())) == (5, lines), wish


# -- columns, header, query, sort, limit ---------------------------------------------------------------------


def test_columns_are_any_paths_in_the_data(env: dict[str, str], home: Path) -> None:
    with Partner(tariffs=Reply(ROWS)) as partner:
        client = partner.client(env, home)
        done = client(*TARIFFS, "-c", "tariffKey, deep.list.0.x,deep.list[0].x,extra.dot,nowhere.at.all")
        assert done.out.splitlines() == [
            "tariffKey\tdeep.list.0.x\tdeep.list[0].x\textra.dot\tnowhere.at.all",
            "b\t1\t1\t\t",
            "a\t\t\twhole\t",
            "c\t\t\t\t",
        ]
        assert client(*TARIFFS, "-c", "KEY,deep", "--no-header").out == 'b\t{"list":[{"x":1}]}\na\t\nc\t\n'
        assert client(*TARIFFS, "-c", "flag,price", "--no-header").out == "\t10\n\t9.5\ntrue\t\n"
        assert client(*TARIFFS, "-c", "tariffKey", "-o", "table").out == "Key\nb\na\nc\n"
        none = client(*TARIFFS, "-c", " , ")
        assert (none.code, none.out) == (2, "")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[].tariffKey", ["b", "a", "c"]),
        ("[0]", ROWS[0]),
        ("length(@)", 3),
        ("[?price > `9.7`].deep.list[]", [{"x": 1}]),
        ("nothing", None),
        ("[0].tariffName", "zehn"),
    ],
)
def test_a_query_comes_before_the_format(
    env: dict[str, str], home: Path, expression: str, expected: Any
) -> None:
    with Partner(tariffs=Reply(ROWS)) as partner:
        done = partner.client(env, home)(*TARIFFS, "--query", expression, "-o", "json")
        assert (done.code, done.json) == (0, expected)


def test_a_query_in_the_other_formats(env: dict[str, str], home: Path) -> None:
    with Partner(tariffs=Reply(ROWS)) as partner:
        client = partner.client(env, home)
        assert client(*TARIFFS, "--query", "length(@)").out == "3\n"
        assert client(*TARIFFS, "--query", "[].tariffName", "--no-header").out == "zehn\nNeun\nnull\n"
        assert client(*TARIFFS, "--query", "[].tariffKey", "-o", "ids").out == "b\na\nc\n"
        assert client(*TARIFFS, "--query", "[].{k: tariffKey, p: price}").out == "k\tp\nb\t10\na\t9.5\nc\t\n"
        assert client(*TARIFFS, "--query", "[].price", "--limit", "1", "-o", "json").json == [10]


@pytest.mark.parametrize("expression", ["[", "foo(@)", "length(`1`)", "[?price > ]", "sort_by(@, &price)"])
def test_a_bad_query_is_a_usage_error(env: dict[str, str], home: Path, expression: str) -> None:
    with Partner(tariffs=Reply(ROWS)) as partner:
        done = partner.client(env, home)(*TARIFFS, "--query", expression, "-o", "json")
        assert (done.code, done.out, done.error["code"]) == (2, "", "usage")
        assert expression in done.error["message"]


def test_a_query_that_cannot_be_read_is_refused_before_anything_is_asked(
    env: dict[str, str], home: Path
) -> None:
    with Partner(tariffs=Reply(ROWS)) as partner:
        assert partner.client(env, home)(*TARIFFS, "--query", "[?").code == 2
        assert partner.seen == []


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # of jmespath, for `text`
@given(st.text(min_size=1, max_size=12))
def test_no_query_is_a_bug(expression: str) -> None:
    with suppress(UsageProblem):
        _out(ROWS, output="jsonl", query=expression)


@pytest.mark.parametrize(
    ("column", "order"),
    [
        ("price", ["a", "b", "c"]),
        ("-price", ["b", "a", "c"]),
        ("tariffName", ["a", "c", "b"]),
        ("Key", ["a", "b", "c"]),
        ("-tariffKey", ["c", "b", "a"]),
        ("extra.dot", ["a", "b", "c"]),
        ("deep.list.0.x", ["b", "a", "c"]),
    ],
)
def test_sorting_is_numeric_where_there_are_numbers_and_puts_nothing_last(
    env: dict[str, str], home: Path, column: str, order: list[str]
) -> None:
    with Partner(tariffs=Reply(ROWS)) as partner:
        done = partner.client(env, home)(*TARIFFS, "--sort-by", column, "-c", "tariffKey", "--no-header")
        assert (done.code, done.out.split()) == (0, order)


@pytest.mark.parametrize(
    "ordered",
    [
        # The hour that comes twice in Berlin, in its two offsets.
        ["2026-10-25T02:00:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00"],
        [
            "2026-10-25T00:59:59Z",
            "2026-10-25T01:00:00z",
            "2026-10-25T01:00:00.5Z",
            "2026-10-25T02:00:01+01:00",
        ],
        ["0001-01-01T00:00:00+02:00", "2026-03-29", "2026-03-29T01:00:00", "9999-12-31T23:59:59-02:00"],
        ["123456789012345678", "123456789012345679", "1234567890123456780"],
        ["9" * 5000, f"1{'0' * 5000}"],
        ["-1.5", -1, "+0.25", 0.5, 1, "1.50", "2", "10"],
        [5, "7", "2026-10-25T02:00:00Z", "12345E678901", "2026-13-45", "inf", "nan", "Neun", "zehn"],
    ],
)
def test_sorting_goes_by_size_then_by_instant_then_by_the_alphabet(ordered: list[Any]) -> None:
    rows = [{"at": value} for value in ordered]
    for mixed in (rows[::-1], rows[1:] + rows[:1]):
        assert [json.loads(line) for line in _out(mixed, output="jsonl", sort_by="at").splitlines()] == rows
        down = _out(mixed, output="jsonl", sort_by="-at").splitlines()
        assert [json.loads(line) for line in down] == rows[::-1]


def test_sorting_by_a_column_that_is_not_there_names_those_that_are(run: Run) -> None:
    done = run(*TARIFFS, "--sort-by", "colour")
    assert (done.code, done.out) == (2, "")
    assert "tariffKey" in done.err


def test_a_limit_stops_asking_for_pages(run: Run, sandbox: Sandbox) -> None:
    everything = run("rabot", "orders", "list", "-o", "ids").out.split()
    sandbox.forget_requests()
    done = run("rabot", "orders", "list", "--limit", "3", "-o", "ids")
    assert done.out.split() == everything[:3]
    asked = sandbox.requests(path="/partner/v1/orders")
    assert [dict(one["query"])["limit"] for one in asked] == ["3"]
    best = run("rabot", "orders", "list", "--limit", "2", "--sort-by", "-contractNumber", "-o", "ids")
    assert best.out.split() == sorted(everything, reverse=True)[:2]


def test_ids_without_an_id_say_so(env: dict[str, str], home: Path) -> None:
    with Partner(tariffs=Reply([{"name": "x"}])) as partner:
        done = partner.client(env, home)(*TARIFFS, "-o", "ids")
        assert (done.code, done.out) == (11, "")
        assert "--query" in done.err


def test_a_limit_and_an_order_hold_for_a_list_inside_one_thing(env: dict[str, str], home: Path) -> None:
    with Partner(tariffs=Reply({"data": ROWS, "isSuccess": True})) as partner:
        call = ("rabot", "api", "GET", "tariffs", "--query", "data")
        done = partner.client(env, home)(*call, "--sort-by", "tariffKey", "--limit", "2")
        assert [row["tariffKey"] for row in done.json] == ["a", "b"]


# -- hostile text ------------------------------------------------------------------------------------------------

EVIL = "\x1b[31mred\x1b]0;t\x07\tx\ny\r\x00\x9b2J\u202egnp\u2066\u2028\x7fz"


@pytest.mark.parametrize("wish", ["table", "tsv", "csv", "ids", "yaml", "json", "jsonl"])
def test_text_of_a_server_moves_no_terminal(env: dict[str, str], home: Path, wish: str) -> None:
    rows = [{"tariffKey": EVIL, EVIL: "1", "tariffName": "=1+1", "nested": {"a": EVIL}}]
    with Partner(tariffs=Reply(rows)) as partner:
        client = partner.client(env, home)
        columns = () if wish in ("json", "jsonl", "yaml", "ids") else ("-c", "tariffKey,nested")
        done = client(*TARIFFS, "-o", wish, *columns)
        assert done.code == 0
        unsafe = {char for char in done.out if char in EVIL and not char.isascii()} | {
            char for char in done.out if ord(char) < 32 and char not in "\n\t"
        }
        assert not unsafe
        if wish in ("json", "jsonl"):
            assert json.loads(done.out if wish == "json" else f"[{done.out}]") == rows
        if wish == "yaml":
            assert yaml.safe_load(done.out) == rows
        if wish == "tsv":
            assert [line.count("\t") for line in done.out.splitlines()] == [1, 1]


def test_text_of_a_server_is_harmless_in_errors_and_traces(env: dict[str, str], home: Path) -> None:
    refusal = Reply({"message": EVIL, "error": {"code": EVIL}}, 400, {"X-Request-Id": "a\x1b[2Jb"})
    with Partner(tariffs=refusal) as partner:
        client = partner.client(env, home)
        for done in (client(*TARIFFS, "-v"), client(*TARIFFS, "-o", "json")):
            assert done.code == 6
            assert not set(done.err) & (set(EVIL) - set("[31mred]0;txyzgnp2J\n"))
        assert len(client(*TARIFFS).err.splitlines()) == 2


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=4))
def test_tsv_keeps_its_columns(cells: list[tuple[str, str]]) -> None:
    text = _out([{"a": a, "b": b} for a, b in cells], output="tsv", no_header=True)
    lines = text.split("\n")
    assert lines.pop() == ""
    assert text.splitlines() == lines
    assert [line.count("\t") for line in lines] == [1] * len(cells)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(_VALUES, max_size=3))
def test_json_jsonl_and_yaml_carry_the_very_value(rows: list[Any]) -> None:
    assert json.loads(_out(rows, output="json")) == rows
    assert [json.loads(line) for line in _out(rows, output="jsonl").splitlines()] == rows
    assert yaml.safe_load(_out(rows, output="yaml")) == rows


@pytest.mark.parametrize("text", ["01069", "1e3", "0o17", "08", "0x1F", "1_000", ".5", "12:30", "on", "~"])
def test_a_text_that_looks_like_something_else_is_quoted_in_yaml(text: str) -> None:
    assert _out([{"postCode": text}], output="yaml") == f"- postCode: '{text}'\n"


@given(st.text())
def test_an_error_stays_on_its_lines(text: str) -> None:
    session = Session(stdin=io.StringIO(), stdout=io.StringIO(), stderr=io.StringIO(), env={})
    error = EnergyctlError(f"a{text}", hint=f"b{text}")
    assert len(error_text(error, session).splitlines()) == 2
    session.options.output = "json"
    assert len(error_text(error, session).splitlines()) == 1
