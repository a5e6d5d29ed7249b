"""The rows of a series: each bucket once, in whatever order the records came."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.session import Session
from energyctl.core.timeoptions import chart, oldest_first, series_rows
from energyctl.core.times import TimeRange
from tests.properties import few

BERLIN = ZoneInfo("Europe/Berlin")
#: A day of 25 hours.
BEGIN = datetime(2026, 10, 24, 22, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def _rows(records: list[Any]) -> list[Mapping[str, Any]]:
    return list(
        series_rows(
            iter(oldest_first(records, "at", BERLIN)),
            span=TimeRange(BEGIN, BEGIN + 100 * QUARTER, BERLIN),
            resolution="15m",
            site=BERLIN,
            moment="at",
            value="value",
            now=BEGIN + timedelta(days=7),
            extra={},
        )
    )


@few
@given(st.permutations(range(100)), st.sets(st.integers(0, 99)))
def test_in_whatever_order_they_come_each_bucket_is_there_once(order: list[int], missing: set[int]) -> None:
    records = [
        {"at": (BEGIN + number * QUARTER).isoformat(), "value": number}
        for number in order
        if number not in missing
    ]
    rows = _rows(records)
    assert [datetime.fromisoformat(row["start"]) for row in rows] == [
        BEGIN + one * QUARTER for one in range(100)
    ]
    assert [row["value"] for row in rows] == [None if one in missing else one for one in range(100)]
    assert {row["status"] for row in rows} <= {"complete", "missing"}


def test_the_hour_that_the_clock_repeats_stays_as_it_came() -> None:
    walls = [(BEGIN + one * QUARTER).astimezone(BERLIN).strftime("%Y-%m-%d %H:%M") for one in range(100)]
    records = [{"at": at, "value": number} for number, at in enumerate(walls)]
    for came in (records, records[::-1]):
        assert [row["value"] for row in _rows(came)] == list(range(100))


def test_what_is_no_record_or_has_no_time_is_passed_over() -> None:
    at = [(BEGIN + one * QUARTER).isoformat() for one in range(2)]
    odd = [
        None,
        {"value": 7},
        {"at": at[1], "value": 1},
        "x",
        {"at": [], "value": 9},
        {"at": at[0], "value": 0},
    ]
    assert [row["value"] for row in _rows(odd)][:3] == [0, 1, None]
    assert oldest_first({"at": at[0]}, "at", BERLIN) == []


def test_a_chart_draws_what_the_rows_take_for_a_value() -> None:
    records = [
        {"at": (BEGIN + number * QUARTER).isoformat(), "value": value}
        for number, value in enumerate(["12.5", 7, "1e1", "nan", "soon", True, None])
    ]
    rows = [dict(row) for row in _rows(records)[: len(records)]]
    assert [row["status"] for row in rows] == ["complete"] * 3 + ["missing"] * 4
    session = Session(stdin=io.StringIO(), stdout=io.StringIO(), stderr=io.StringIO(), env={})
    chart(session, rows, value="value", title="Use", unit="kWh", zone=BERLIN)
    told = session.stdout.getvalue()  # type: ignore[attr-defined]
    assert "4 of 7 values missing" in told
    assert "12.5" in told
