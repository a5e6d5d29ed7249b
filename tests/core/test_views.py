"""Paths into data, and values as machines and people see them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.views import Column, cell, dig, flattened, found_columns, in_one_clock, plain

DATA = {"a": {"b": [{"c": 1}, {"c": 2}]}, "x.y": "whole", "x": {"y": "deep"}, "n": None, "0": "zero"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b.0.c", 1),
        ("a.b[1].c", 2),
        ("a.b.-1.c", 2),
        ("a.b.2.c", None),
        ("a.b.-3", None),
        ("x.y", "whole"),
        ("n", None),
        ("n.m", None),
        ("0", "zero"),
        ("a.b.c", None),
        ("", None),
        ("a.b.--1", None),
        ("a.b.²", None),
    ],
)
def test_a_path_leads_to_a_value_or_nothing(path: str, value: Any) -> None:
    assert dig(DATA, path) == value


@given(st.text())
def test_no_path_is_a_bug(path: str) -> None:
    dig(DATA, path)
    dig([DATA], path)
    dig("text", path)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (0, "0"),
        (1.10, "1.1"),
        (1e21, "1e+21"),
        ("x", "x"),
        ({"a": [1, None]}, '{"a":[1,null]}'),
        ([], "[]"),
    ],
)
def test_machines_get_the_plain_value(value: Any, text: str) -> None:
    assert plain(value) == text


def test_people_get_what_the_view_shows_and_the_plain_value_when_it_does_not_fit() -> None:
    assert cell(3, lambda value: f"{value:.2f} €") == "3.00 €"
    assert cell("drei", lambda value: f"{value:.2f} €") == "drei"
    assert cell(None, str) == ""
    assert cell(False) == "no"
    assert cell(["a", 1]) == "a, 1"
    assert cell("a\nb") == "a\\nb"
    assert cell("x", lambda _: "a\nb\x1b", lines=True) == "a\nb\\x1b"


def test_columns_are_found_in_data_of_unknown_shape() -> None:
    rows = [{"a": 1, "deep": {}}, {"b": 2, "a": 3}]
    assert [column.path for column in found_columns(rows)] == ["a", "b"]
    assert [column.path for column in found_columns(rows, None)] == ["a", "deep", "b"]
    assert [column.path for column in found_columns(["x", 1])] == [""]
    assert len(found_columns([{str(n): n for n in range(50)}])) == 8


def test_nested_data_is_flattened_in_its_order() -> None:
    assert flattened({"a": 1, "b": {"c": None, "d": {}}, "e": [{"f": 2}], "g": [1, 2]}) == [
        ("a", 1),
        ("b.c", None),
        ("b.d", {}),
        ("e.0.f", 2),
        ("g", [1, 2]),
    ]


@pytest.mark.parametrize(
    ("times", "title", "shown"),
    [
        (
            ["2026-03-29T03:00:00+02:00", None, "2026-03-30T00:15:00+02:00"],
            "Start +02:00",
            ["2026-03-29 03:00", "", "2026-03-30 00:15"],
        ),
        (
            ["2026-11-01T00:00:00+01:00", "2026-12-01T00:00:00+01:00"],
            "Start +01:00",
            ["2026-11-01", "2026-12-01"],
        ),
        (["2026-11-01T00:00:00+01:00"] * 2, "Start +01:00", ["2026-11-01 00:00"] * 2),
        (["2026-11-01T00:00:07.250+00:00"], "Start +00:00", ["2026-11-01 00:00:07"]),
        (["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00"], "Start", None),
        (["2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00"], "Start", ["2026-10-01", "2026-11-01"]),
        (["2026-11-01T03:00:00Z"], "Start UTC", ["2026-11-01 03:00"]),
        (["2026-11-01T03:00:00"], "Start", None),
        (["2026-11-01T00:00:00+01:00", "soon"], "Start", None),
        ([1763719200], "Start", None),
        ([None], "Start", None),
        ([], "Start", None),
    ],
)
def test_an_offset_that_all_times_have_is_told_once(
    times: list[Any], title: str, shown: list[str] | None
) -> None:
    column = in_one_clock(Column("Start", "at"), [{"at": one} for one in times])
    assert column.title == title
    as_it_came = [cell(one) for one in times]
    assert [cell(one, column.show) for one in times] == (as_it_came if shown is None else shown)
