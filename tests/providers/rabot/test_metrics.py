"""``rabot contracts metrics``: every bucket once, none left out, on days of 23, 24 and 25 hours."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

import pytest

from tests.conftest import Run, Sandbox

WHO = ("1000001", "400000001")
PATH = "/partner/v1/customers/1000001/contracts/400000001/metrics"
INTERVALS = {
    "QuarterHourly": "15m",
    "Hourly": "1h",
    "Daily": "1d",
    "Weekly": "1w",
    "Monthly": "1mo",
    "Yearly": "1y",
}


def _metrics(run: Run, *words: str) -> list[dict[str, Any]]:
    done = run("rabot", "contracts", "metrics", *WHO, *words, "-o", "json")
    assert done.code == 0, done.err
    return done.json


def _sum(rows: list[dict[str, Any]]) -> float:
    return sum(row["value"] for row in rows if row["value"] is not None)


def _joined(rows: list[dict[str, Any]]) -> None:
    """Assert that each row begins where the one before ends."""
    times = [(datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"])) for row in rows]
    assert all(end == start for (_, end), (start, _) in itertools.pairwise(times))
    assert all(start < end for start, end in times)


@pytest.mark.parametrize(
    ("day", "hours", "first", "last"),
    [
        ("2026-03-28", 24, "+01:00", "+01:00"),
        ("2026-03-29", 23, "+01:00", "+02:00"),
        ("2026-10-25", 25, "+02:00", "+01:00"),
    ],
)
def test_a_day_has_its_own_number_of_rows(run: Run, day: str, hours: int, first: str, last: str) -> None:
    at = ("--day", day, "--tz", "site")
    hourly = _metrics(run, "--interval", "Hourly", *at)
    quarters = _metrics(run, "--interval", "QuarterHourly", *at)
    (daily,) = _metrics(run, "--interval", "Daily", *at)
    assert (len(hourly), len(quarters)) == (hours, 4 * hours)
    for rows in (hourly, quarters):
        _joined(rows)
        assert {row["status"] for row in rows} == {"complete"}
        assert rows[0]["start"] == f"{day}T00:00:00{first}"
        assert rows[-1]["end"][19:] == last
        assert _sum(rows) == pytest.approx(daily["value"], abs=1e-6)


def test_in_utc_the_same_buckets_have_other_names(run: Run) -> None:
    site = _metrics(run, "--interval", "Hourly", "--from", "2026-10-25", "--to", "2026-10-26", "--tz", "site")
    utc = _metrics(
        run, "--interval", "Hourly", "--from", "2026-10-24T22:00", "--to", "2026-10-25T23:00", "--tz", "utc"
    )
    assert [row["value"] for row in utc] == [row["value"] for row in site]
    assert utc[0]["start"] == "2026-10-24T22:00:00+00:00"
    assert len(_metrics(run, "--interval", "Hourly", "--day", "2026-10-25", "--tz", "utc")) == 24


@pytest.mark.parametrize(
    ("interval", "start", "end", "rows", "asked"),
    [
        ("QuarterHourly", "2026-10-20", "2026-10-30", 964, 4),
        ("Hourly", "2026-03-20", "2026-04-06", 17 * 24 - 1, 4),
        ("Daily", "2026-01-01", "2026-07-15", 195, 4),
        ("Weekly", "2024-01-01", "2026-06-01", 126, 3),
    ],
)
def test_a_long_range_is_asked_in_parts_and_joined(
    run: Run, sandbox: Sandbox, interval: str, start: str, end: str, rows: int, asked: int
) -> None:
    found = _metrics(run, "--interval", interval, "--from", start, "--to", end, "--tz", "site")
    requests = sandbox.requests(path=PATH)
    assert {one["status"] for one in requests} == {200}
    assert len(requests) == asked
    edges = [(dict(one["query"])["Period.From"], dict(one["query"])["Period.To"]) for one in requests]
    assert all(before == after for (_, before), (after, _) in itertools.pairwise(edges))
    assert len(found) == rows
    _joined(found)
    assert len({row["start"] for row in found}) == rows
    daily = _metrics(run, "--interval", "Daily", "--from", start, "--to", end, "--tz", "site")
    assert _sum(found) == pytest.approx(_sum(daily), abs=1e-5)


def test_a_range_that_ends_within_a_bucket_shows_the_bucket_whole(run: Run) -> None:
    cut = _metrics(run, "--interval", "Monthly", "--from", "2026-08-10", "--to", "2026-09-10", "--tz", "site")
    whole = _metrics(
        run, "--interval", "Monthly", "--from", "2026-08-01", "--to", "2026-10-01", "--tz", "site"
    )
    assert cut == whole
    assert [row["end"][:10] for row in cut] == ["2026-09-01", "2026-10-01"]


@pytest.mark.parametrize("interval", INTERVALS)
def test_every_interval_has_a_range_of_its_own(run: Run, sandbox: Sandbox, interval: str) -> None:
    rows = _metrics(run, "--interval", interval.lower())
    _joined(rows)
    assert all(row["unit"] == "kWh" and row["metric_type"] == "Consumption" for row in rows)
    assert all((row["value"] is None) == (row["status"] == "missing") for row in rows)
    assert any(row["status"] == "complete" for row in rows)
    assert {dict(one["query"])["Interval"] for one in sandbox.requests(path=PATH)} == {interval}


@pytest.mark.parametrize(
    ("metric", "unit"),
    [
        ("Consumption", "kWh"),
        ("TotalCost", "Euro"),
        ("Saving", "Euro"),
        ("Co2Saving", "kg"),
        ("WorkingPrice", "Cent/kWh"),
    ],
)
def test_every_metric_says_its_unit(run: Run, sandbox: Sandbox, metric: str, unit: str) -> None:
    rows = _metrics(run, "--metric", metric.lower(), "--day", "2026-05-05", "--interval", "Hourly")
    assert {(row["unit"], row["metric_type"]) for row in rows} == {(unit, metric)}
    assert dict(sandbox.requests(path=PATH)[0]["query"])["MetricType"] == metric


def test_a_forecast_is_told_from_what_was_measured(run: Run, sandbox: Sandbox) -> None:
    rows = _metrics(run, "--value-type", "forecast", "--day", "today", "--interval", "Hourly", "--tz", "site")
    assert {row.get("valueRelevanceType") for row in rows if row["value"] is not None} <= {"Forecast"}
    assert dict(sandbox.requests(path=PATH)[0]["query"])["ValueType"] == "Forecast"


def test_what_the_provider_does_not_know_is_missing(run: Run) -> None:
    rows = _metrics(run, "--interval", "Daily", "--from", "2022-12-30", "--to", "2023-01-02", "--tz", "site")
    assert [(row["status"], row["value"]) for row in rows] == [("missing", None)] * 3
    assert rows[0]["start"] == "2022-12-30T00:00:00+01:00"


def test_the_bucket_that_is_not_over_is_partial_or_missing(run: Run) -> None:
    rows = _metrics(run, "--interval", "Monthly", "--from", "2026-01-01", "--tz", "site")
    assert rows[-1]["status"] in ("partial", "missing")
    assert {row["status"] for row in rows[:-1]} == {"complete"}


def test_a_chart_is_drawn_with_unit_and_zone(run: Run) -> None:
    done = run(
        "rabot",
        "contracts",
        "metrics",
        *WHO,
        "--day",
        "2026-05-05",
        "--interval",
        "Hourly",
        "--plot",
        "--tz",
        "site",
    )
    assert done.code == 0
    assert "Consumption of contract 400000001 (Europe/Berlin)" in done.out
    assert "kWh" in done.out
    assert len(done.out.splitlines()) > 8


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--interval", "Minutely"), "Minutely"),
        (("--metric", "Power"), "Power"),
        (("--day", "2026-03-29", "--since", "7d"), "--day"),
        (("--from", "2026-03-29T02:30", "--to", "2026-03-30", "--tz", "site"), "02:30"),
        (("--from", "2026-10-25T02:30", "--to", "2026-10-26", "--tz", "site"), "02:30"),
        (("--tz", "Mars/Base"), "Mars/Base"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_sent(
    run: Run, sandbox: Sandbox, words: tuple[str, ...], named: str
) -> None:
    done = run("rabot", "contracts", "metrics", *WHO, *words)
    assert (done.code, done.out) == (2, "")
    assert named in done.err
    assert sandbox.requests() == []


def test_a_contract_that_is_not_there(run: Run) -> None:
    done = run("rabot", "contracts", "metrics", WHO[0], "42", "-o", "json")
    assert (done.code, done.out) == (3, "")
