"""``rabot prices``: unit, gross or net, and zone said; long ranges joined; days of 23 and 25 hours."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.conftest import Run, Sandbox
from tests.providers.rabot.conftest import Serve
from tests.providers.rabot.strict_server import Answer, Asked, as_json, wrapped

PATH = "/partner/v1/day-ahead-prices/limited"


def _prices(run: Run, *words: str) -> list[dict[str, Any]]:
    done = run("rabot", "prices", *words, "-o", "json")
    assert done.code == 0, done.err
    return done.json


def test_by_default_the_provider_chooses_the_time(run: Run, sandbox: Sandbox) -> None:
    done = run("rabot", "prices", "-o", "json", "--tz", "site")
    assert done.code == 0
    assert sandbox.requests(path=PATH)[0]["query"] == []
    assert len(done.json) > 40
    first = done.json[0]
    assert {"start", "end", "status", "at", "price", "unit", "kind"} == set(first)
    assert done.err == "Day-ahead prices in ct/kWh, net, without VAT, times in Europe/Berlin.\n"
    assert run("rabot", "prices", "-q", "-o", "json").err == ""


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_has_its_own_number_of_prices(run: Run, sandbox: Sandbox, day: str, hours: int) -> None:
    hourly = _prices(run, "--day", day, "--granularity", "Hourly", "--tz", "site")
    quarters = _prices(run, "--day", day, "--granularity", "quarterhourly", "--tz", "site")
    assert (len(hourly), len(quarters)) == (hours, 4 * hours)
    for rows in (hourly, quarters):
        assert all(one["end"] == after["start"] for one, after in itertools.pairwise(rows))
    assert hourly[0]["start"][:19] == f"{day}T00:00:00"
    asked = [dict(one["query"])["granularity"] for one in sandbox.requests(path=PATH)]
    assert asked == ["Hourly", "QuarterHourly"]


def test_a_long_range_is_asked_in_parts_and_joined(run: Run, sandbox: Sandbox) -> None:
    rows = _prices(
        run, "--from", "2026-10-22", "--to", "2026-10-29", "--granularity", "Hourly", "--tz", "site"
    )
    assert len(rows) == 7 * 24 + 1
    assert len({row["start"] for row in rows}) == len(rows)
    assert all(one["end"] == after["start"] for one, after in itertools.pairwise(rows))
    requests = sandbox.requests(path=PATH)
    assert {one["status"] for one in requests} == {200}
    spans = [
        tuple(datetime.fromisoformat(dict(one["query"])[edge]) for edge in ("from", "to")) for one in requests
    ]
    assert all(end - start <= timedelta(hours=48) for start, end in spans)
    assert len(spans) == 4


@pytest.mark.parametrize("start", ["today", "tomorrow", "+3h", "now"])
def test_a_start_alone_is_enough(run: Run, start: str) -> None:
    done = run("rabot", "prices", "--from", start)
    assert done.code == 0, done.err


def test_the_past_goes_on_to_the_end_of_today(run: Run) -> None:
    rows = _prices(run, "--from", "5d", "--granularity", "Hourly", "--tz", "site")
    assert len(rows) >= 5 * 24


@pytest.mark.parametrize("words", [(), ("--from", "tomorrow")])
def test_a_forecast_reaches_eight_days_ahead(run: Run, sandbox: Sandbox, words: tuple[str, ...]) -> None:
    done = run("rabot", "prices", "--forecast", "--tz", "site", "-o", "json", *words)
    assert done.code == 0, done.err
    assert done.err.startswith("Forecast in ct/kWh, net")
    requests = sandbox.requests(path="/partner/v1/day-ahead-prices/forecast")
    assert {one["status"] for one in requests} == {200}
    assert sandbox.requests(path=PATH) == []
    assert len({row["start"][:10] for row in done.json}) == 8
    assert all(one["end"] == after["start"] for one, after in itertools.pairwise(done.json))
    assert (done.json[0]["start"][11:19], done.json[-1]["end"][11:19]) == ("00:00:00", "00:00:00")


def test_prices_are_drawn(run: Run) -> None:
    done = run("rabot", "prices", "--day", "2026-10-25", "--plot", "--tz", "site")
    assert done.code == 0
    assert "ct/kWh" in done.out
    assert "Europe/Berlin" in done.out
    assert "net, without VAT" in done.err


def test_every_price_is_a_row_with_its_unit(run: Run) -> None:
    rows = run("rabot", "prices", "--day", "2026-05-05", "--tz", "utc").rows
    assert list(rows[0]) == ["start", "end", "price", "unit", "kind", "status"]
    assert {(row["unit"], row["kind"], row["status"]) for row in rows} == {("ct/kWh", "Net", "complete")}
    assert rows[0]["start"] == "2026-05-05T00:00:00+00:00"
    assert len({float(row["price"]) for row in rows}) > 20


@pytest.mark.parametrize(
    "words",
    [
        ("--day", "2026-05-05", "--from", "today"),
        ("--to", "today"),
        ("--from", "tomorrow", "--to", "today"),
        ("--granularity", "Daily"),
        ("--from", "2026-03-29T02:30", "--to", "2026-03-30", "--tz", "site"),
    ],
)
def test_what_makes_no_sense_is_refused(run: Run, sandbox: Sandbox, words: tuple[str, ...]) -> None:
    done = run("rabot", "prices", *words)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 2
    assert sandbox.requests() == []


def test_prices_that_are_not_there_are_shown_as_missing(serve: Any) -> None:
    prices = [{"at": f"2026-10-26 {hour:02}:00:00", "price": hour / 2} for hour in (0, 1, 2, 5, 6)]
    answer = {
        "isSuccess": True,
        "data": {
            "pricesUnit": {"main": "Cent", "per": "Kwh"},
            "pricesKind": "Gross",
            "from": "2026-10-26 00:00:00",
            "to": "2026-10-27 00:00:00",
            "prices": prices,
        },
    }
    _server, run = serve(prices=answer)
    rows = _prices(run, "--day", "2026-10-26", "--tz", "site")
    assert len(rows) == 24
    assert [row["status"] for row in rows[:8]] == ["complete"] * 3 + ["missing"] * 2 + ["complete"] * 2 + [
        "missing"
    ]
    assert rows[3]["price"] is None
    assert {row["kind"] for row in rows} == {"Gross"}


def _hourly(start: datetime, count: int) -> Answer:
    """Answer with so many hourly prices, from a time on."""
    prices = [{"at": (start + timedelta(hours=n)).isoformat(), "price": n} for n in range(count)]
    unit = {"main": "Cent", "per": "Kwh"}
    return as_json(wrapped({"pricesUnit": unit, "pricesKind": "Net", "prices": prices}))


def _edges(asked: Asked) -> tuple[datetime, int]:
    start, end = (datetime.fromisoformat(asked.query[edge]) for edge in ("from", "to"))
    return start, -(-(end - start) // timedelta(hours=1))


def _whole_days(asked: Asked) -> Answer:
    return _hourly(_edges(asked)[0].replace(hour=0, minute=0), 48)


def _as_asked(asked: Asked) -> Answer:
    return _hourly(*_edges(asked))


def _end_included(asked: Asked) -> Answer:
    start, count = _edges(asked)
    return _hourly(start, count + 1)


@pytest.mark.parametrize("answer", [_whole_days, _end_included, _as_asked])
@pytest.mark.parametrize(
    ("words", "first", "count"),
    [
        (("--day", "2026-06-01"), "2026-06-01T00", 24),
        (("--from", "2026-06-01T12:00", "--to", "2026-06-01T14:00"), "2026-06-01T12", 2),
        (("--from", "2026-06-01T12:00", "--to", "2026-06-01T13:00"), "2026-06-01T12", 1),
        (("--from", "2026-06-01", "--to", "2026-06-03T01:00"), "2026-06-01T00", 49),
    ],
)
def test_there_is_a_row_for_each_hour_asked_for_and_no_other(
    serve: Serve, answer: Any, words: tuple[str, ...], first: str, count: int
) -> None:
    _, run = serve(prices=answer)
    rows = _prices(run, *words, "--tz", "site")
    assert (rows[0]["start"][:13], len(rows)) == (first, count)
    assert {row["status"] for row in rows} == {"complete"}
    lengths = {datetime.fromisoformat(one["end"]) - datetime.fromisoformat(one["start"]) for one in rows}
    assert lengths == {timedelta(hours=1)}


def test_a_start_alone_is_where_the_prices_begin(serve: Serve) -> None:
    _, run = serve(prices=_whole_days)
    rows = _prices(run, "--from", "+12h", "--tz", "site")
    begins = datetime.now().astimezone() + timedelta(hours=12)
    assert datetime.fromisoformat(rows[0]["start"]) >= begins - timedelta(hours=1, minutes=1)
    assert {row["status"] for row in rows} == {"complete"}


def test_a_lonely_quarter_stays_one(serve: Serve) -> None:
    prices = [{"at": "2026-06-01T23:45:00+02:00", "price": 1}]
    _, run = serve(prices=wrapped({"pricesKind": "Net", "prices": prices}))
    (row,) = _prices(run, "--from", "2026-06-01T23:45", "--to", "2026-06-02", "--tz", "site")
    assert (row["end"], row["status"]) == ("2026-06-02T00:00:00+02:00", "complete")


@pytest.mark.parametrize("words", [(), ("--from", "today"), ("--day", "today")])
def test_a_price_at_the_end_of_the_calendar_spoils_nothing(serve: Serve, words: tuple[str, ...]) -> None:
    prices = [{"at": "9999-12-31T23:45:00Z", "price": 9}]
    _, run = serve(prices=wrapped({"pricesKind": "Net", "prices": prices}))
    assert [row for row in _prices(run, *words) if row["price"] is not None] == []
