"""Series as no sandbox would answer them: other names, gaps, units side by side, and no series at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.providers.bright.conftest import ACCOUNT, Elsewhere, service

OCTOBER, NOVEMBER = "2024-09-30T22:00:00.000Z", "2024-10-31T23:00:00.000Z"
TWO_MONTHS = ("--from", "2024-10-01", "--to", "2024-12-01", "--resolution", "month", "--tz", "site")


def _answer(*values: Any, **more: Any) -> dict[str, Any]:
    return {
        "startDate": OCTOBER,
        "endDate": "2024-11-30T23:00:00.000Z",
        "resolution": "month",
        "values": values,
        **more,
    }


ODD = [
    (
        "the latest day",
        _answer(
            {"date": OCTOBER, "kWh": 1}, {"date": NOVEMBER, "kWh": 2}, endDate="2024-11-14T23:00:00.000Z"
        ),
        "kWh",
        [("complete", 1), ("partial", 2)],
    ),
    ("nothing", _answer(), "kWh", [("missing", None), ("missing", None)]),
    (
        "null and 0",
        _answer({"date": OCTOBER, "kWh": None}, {"date": NOVEMBER, "kWh": 0}),
        "kWh",
        [("missing", None), ("complete", 0)],
    ),
    (
        "two units",
        _answer({"date": OCTOBER, "m3": 1}, {"date": NOVEMBER, "kg": 2}),
        "m3",
        [("complete", 1), ("complete", None)],
    ),
    (
        "power alone",
        _answer({"date": NOVEMBER, "peakWatt": {"value": 5}}),
        "kWh",
        [("missing", None), ("complete", None)],
    ),
    (
        "a late start",
        _answer(
            {"date": OCTOBER, "kWh": 1}, {"date": NOVEMBER, "kWh": 2}, startDate="2024-10-09T22:00:00.000Z"
        ),
        "kWh",
        [("partial", 1), ("complete", 2)],
    ),
    (
        "dates alone",
        _answer({"date": "2024-10-01", "kWh": 1}, {"date": "2024-11-01", "kWh": 2}),
        "kWh",
        [("complete", 1), ("complete", 2)],
    ),
    (
        "other names",
        _answer({"timestamp": OCTOBER, "volume": 1}, {"timestamp": NOVEMBER, "volume": 2}),
        "volume",
        [("complete", 1), ("complete", 2)],
    ),
    (
        "newest first",
        _answer({"date": NOVEMBER, "kWh": 2}, {"date": OCTOBER, "kWh": 1}),
        "kWh",
        [("complete", 1), ("complete", 2)],
    ),
    (
        "in no order",
        _answer(
            {"date": NOVEMBER, "kWh": 2}, {"date": None, "kWh": 7}, {"date": OCTOBER, "kWh": 1}, {"kWh": 3}
        ),
        "kWh",
        [("complete", 1), ("complete", 2)],
    ),
    (
        "twice",
        _answer({"date": OCTOBER, "kWh": 1}, {"date": OCTOBER, "kWh": 9}, "odd", {"kWh": 3}),
        "kWh",
        [("complete", 1), ("missing", None)],
    ),
    ("wrapped", {"data": _answer({"date": OCTOBER, "kWh": 1})}, "kWh", [("complete", 1), ("missing", None)]),
]


@pytest.mark.parametrize(
    ("answer", "field", "rows"), [case[1:] for case in ODD], ids=[case[0] for case in ODD]
)
def test_values_of_an_undocumented_form(
    elsewhere: Elsewhere, answer: Any, field: str, rows: list[tuple[str, Any]]
) -> None:
    elsewhere.add("/accounts/A-500001/locations", [{"id": "L1", "services": [service()]}])
    elsewhere.add("/accounts/A-500001/measurements/M1", answer)
    done = elsewhere.client()("bright", "measurements", *ACCOUNT, *TWO_MONTHS, "-o", "json")
    assert done.code == 0, done.err
    assert [(one["status"], one.get(field)) for one in done.json] == rows


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (_answer({"kWh": 1}), "None of the 1 values says when it is (fields: kWh)"),
        (_answer({"date": "soon", "kWh": 1}), "says when it is"),
        ({"startDate": OCTOBER}, "without the list 'values'"),
        ({"values": {}}, "without the list 'values'"),
        ([1, 2], "with a list where an object was expected"),
    ],
)
def test_an_answer_without_a_series_is_told(elsewhere: Elsewhere, answer: Any, said: str) -> None:
    elsewhere.add("/accounts/A-500001/locations", [{"id": "L1", "services": [service(measurementId=None)]}])
    elsewhere.add("/accounts/A-500001/cost/C1", answer)
    run = elsewhere.client()
    done = run("bright", "cost", *ACCOUNT, *TWO_MONTHS)
    assert (done.code, done.out) == (11, "")
    assert said in done.err


def test_a_service_that_is_not_measured_is_told_apart(elsewhere: Elsewhere) -> None:
    elsewhere.add("/accounts/A-500001/locations", [{"id": "L1", "services": [service(measurementId=None)]}])
    elsewhere.add("/accounts/A-500001/cost/C1", _answer({"date": OCTOBER, "amount": -2.5}))
    run = elsewhere.client()
    assert [row["amount"] for row in run("bright", "cost", *ACCOUNT, *TWO_MONTHS).rows] == ["-2.5", ""]
    done = run("bright", "measurements", *ACCOUNT, *TWO_MONTHS, "-o", "json")
    assert (done.code, done.error["message"]) == (3, "Account A-500001 has no service with a measurementId.")


def test_a_bucket_that_has_not_ended_is_partial_also_when_it_has_not_begun(elsewhere: Elsewhere) -> None:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [now + timedelta(hours=number) for number in range(-2, 5)]
    values = [{"date": one.isoformat(), "kWh": 1} for one in hours]
    elsewhere.add("/accounts/A-500001/locations", [{"id": "L1", "services": [service()]}])
    elsewhere.add("/accounts/A-500001/measurements/M1", {"resolution": "hour", "values": values})
    span = ("--from", hours[0].isoformat(), "--to", hours[-1].isoformat(), "--resolution", "hour")
    rows = elsewhere.client()("bright", "measurements", *ACCOUNT, *span, "-o", "json").json
    assert {row["status"] for row in rows[:2]} == {"complete"}
    assert {(row["kWh"], row["status"]) for row in rows[3:]} == {(1, "partial")}


def test_a_coarser_answer_is_shown_whole(elsewhere: Elsewhere) -> None:
    elsewhere.add("/accounts/A-500001/locations", [{"id": "L1", "services": [service()]}])
    elsewhere.add("/accounts/A-500001/measurements/M1", _answer({"date": NOVEMBER, "kWh": 300}))
    span = ("--from", "2024-11-10", "--to", "2024-11-12", "--tz", "site", "--resolution", "day")
    done = elsewhere.client()("bright", "measurements", *ACCOUNT, *span, "-o", "json")
    assert [(row["start"], row["end"], row["status"], row.get("kWh")) for row in done.json] == [
        ("2024-11-01T00:00:00+01:00", "2024-12-01T00:00:00+01:00", "complete", 300)
    ]
    assert "answered by month, not by day" in done.err
