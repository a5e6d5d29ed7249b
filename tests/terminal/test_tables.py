"""How tables are laid out in a window, and what does not go with a chart. No process is needed for it."""

from __future__ import annotations

import io

import pytest

from energyctl.core import tables
from energyctl.core.errors import UsageProblem
from energyctl.core.plotoption import check_plot
from energyctl.core.session import Session
from energyctl.core.tables import Head, folded, names_id, narrowed, shape
from energyctl.core.text import display_width
from tests.conftest import Run, Sandbox

UUID = "609a3eca-517f-4188-93e0-dc7fc07b439b"


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one  two", 3, ["one", "two"]),
        ("2026-03-29T02:00:00+01:00", 20, ["2026-03-29T02:00:00", "+01:00"]),
        ("2026-03-29T02:00:00+01:00", 12, ["2026-03-29", "T02:00:00", "+01:00"]),
        (
            "marie.becker.1000001@kunden.example.org",
            14,
            ["marie.becker.", "1000001@", "kunden.", "example.org"],
        ),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("a-bcdefgh", 6, ["a-bcde", "fgh"]),
        ("America/Los_Angeles", 10, ["America/", "Los_", "Angeles"]),
        ("日本語テキスト", 5, ["日本", "語テ", "キス", "ト"]),
        ("日本", 1, ["日", "本"]),
        ("x", 0, ["x"]),
        ("a\nbcd", 2, ["a", "bc", "d"]),
    ],
)
def test_a_text_is_folded_where_it_is_read_best(text: str, width: int, lines: list[str]) -> None:
    assert folded(text, width).split("\n") == lines


@pytest.mark.parametrize("text", ["x" * 100_000, "é" * 100_000, "a b " * 25_000, "1,5-" * 25_000])
def test_a_long_text_is_looked_at_once(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    seen = []
    monkeypatch.setattr(tables, "display_width", lambda part: seen.append(len(part)) or display_width(part))
    assert len(folded(text, 10).split("\n")) >= 10_000
    assert sum(seen) <= 3 * len(text)


def test_titles_are_folded_at_their_capitals() -> None:
    assert folded("noticeMonths", 8, humps=True) == "notice\nMonths"
    assert folded("noticeMonths", 8) == "noticeMo\nnths"


@pytest.mark.parametrize(
    ("path", "is_id"),
    [
        ("contractNumber", True), ("settings.manufacturer_device_id", True), ("facilityId", True), ("id", True),
        ("key", True), ("tariffKey", True), ("paid", False), ("name", False), ("valid", False), ("start", False),
    ],
)  # fmt: skip
def test_which_columns_people_copy_from(path: str, is_id: bool) -> None:
    assert names_id(path, None) is is_id
    assert names_id(path, path)


HEADS = [Head("Id", is_id=True), Head("Name"), Head("kWh a year", right=True), Head("Mail")]
ROWS = [[UUID, "A house by the sea", "1234.5", "nils.andersson.100002@kund.example.org"]] * 3


@pytest.mark.parametrize(
    ("room", "widths", "gap"),
    [
        (200, [36, 18, 10, 38], 2),
        (108, [36, 18, 10, 38], 2),
        (107, [36, 17, 10, 38], 2),
        (84, [36, 11, 10, 21], 2),
        (70, [36, 7, 7, 14], 2),
        (66, None, None),
        (1, None, None),
    ],
)
def test_ids_and_numbers_are_never_folded(room: int, widths: list[int] | None, gap: int | None) -> None:
    found = shape(HEADS, ROWS, room)
    assert (found and (list(found.widths), found.gap)) == (widths and (widths, gap))
    if found:
        assert sum(found.widths) + found.gap * 3 <= room


def test_columns_come_closer_before_they_become_records() -> None:
    heads = [Head("Device", is_id=True), Head("Start"), Head("End"), Head("Wh", right=True), Head("Status")]
    row = ["A23ABA159F1B", "2026-03-29T01:00:00+01:00", "2026-03-29T03:00:00+02:00", "972.1", "complete"]
    assert shape(heads, [row], 53) == ([12, 10, 10, 5, 8], 2)
    assert shape(heads, [row], 52) == ([12, 12, 11, 5, 8], 1)
    assert shape(heads, [row], 48) is None


@pytest.mark.parametrize(("room", "widths"), [(80, [8, 41]), (50, [8, 41]), (49, None)])
def test_a_command_to_copy_is_never_folded(room: int, widths: list[int] | None) -> None:
    heads = [Head("Provider"), Head("Open it with", is_id=names_id("command", "id"))]
    planned = shape(heads, [["emulate", "energyctl emulate customers show C-100001"]], room)
    assert (planned and list(planned.widths)) == widths


def test_columns_make_room() -> None:
    heads = [Head("Id", is_id=True), Head("Denied for"), Head("Firmware", gives_way=True), Head("Name")]
    rows = [["a" * 20, "", "f" * 10, "b" * 10], ["c", "", "f", "d"]]
    for room, titles in ((80, ["Id", "Denied for", "Firmware", "Name"]), (50, ["Id", "Firmware", "Name"])):
        kept, cells = narrowed(heads, rows, room)
        assert ([head.title for head in kept], len(cells[0])) == (titles, len(titles))
    assert narrowed(heads, rows, 35) == ([heads[0], heads[3]], [["a" * 20, "b" * 10], ["c", "d"]])
    assert narrowed(heads[1:2], [[""], [""]], 5) == ([heads[1]], [[""], [""]])


def test_one_column_is_a_table_in_any_window() -> None:
    assert shape([Head("Url")], [["https://example.org/a/long/path"]], 10) == ([10], 2)


# -- a chart is no format of rows --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"output": "json"}, "-o json"),
        ({"output": "ids"}, "-o ids"),
        ({"columns": "start"}, "--columns"),
        ({"query": "[0]"}, "--query"),
        ({"sort_by": "start"}, "--sort-by"),
        ({"limit": 3}, "--limit"),
        ({"no_header": True}, "--no-header"),
    ],
)
def test_a_chart_with_an_option_for_rows_is_refused(options: dict[str, object], named: str) -> None:
    session = Session(stdin=io.StringIO(), stdout=io.StringIO(), stderr=io.StringIO(), env={})
    check_plot(session, {"plot": True})
    session.options.output = "table"
    check_plot(session, {"plot": True})
    for name, value in options.items():
        session.options.set(name, value)
    with pytest.raises(UsageProblem, match=named):
        check_plot(session, {"plot": True})
    check_plot(session, {"plot": False})
    check_plot(session, {})


def test_it_is_refused_wherever_the_option_stands_and_before_anything_is_asked(
    run: Run, sandbox: Sandbox
) -> None:
    command = ("rabot", "prices", "--day", "today")
    for words in (("-o", "json", *command, "--plot"), (*command, "--plot", "--limit", "3")):
        done = run(*words)
        assert (done.code, done.out) == (2, "")
        assert "--plot draws a chart" in done.err
    assert sandbox.requests() == []
