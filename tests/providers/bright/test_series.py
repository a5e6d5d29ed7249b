"""``bright measurements`` and ``bright cost``: Stockholm's buckets as UTC instants, and what is made of the answers."""

from __future__ import annotations

import math

import pytest

from tests.conftest import Run, Sandbox
from tests.providers.bright.conftest import ACCOUNT

TRADE = ("--service", "SRV-500001-11")
MEASURED = "/kit/v1/accounts/A-500001/measurements/MEA-500001-11"
OCTOBER, NOVEMBER = "2024-09-30T22:00:00.000Z", "2024-10-31T23:00:00.000Z"
TWO_MONTHS = ("--from", "2024-10-01", "--to", "2024-12-01", "--resolution", "month", "--tz", "site")
#: What stands in the query for a range of local time, and how many rows come.
RANGES = [
    (("--from", "2024-11-01", "--to", "2024-12-01"), "month", NOVEMBER, "2024-11-30T23:00:00.000Z", 1),
    (
        ("--from", "2024-01-01", "--to", "2024-07-01"),
        "month",
        "2023-12-31T23:00:00.000Z",
        "2024-06-30T22:00:00.000Z",
        6,
    ),
    (
        ("--from", "2023-01-01", "--to", "2024-01-01"),
        "year",
        "2022-12-31T23:00:00.000Z",
        "2023-12-31T23:00:00.000Z",
        1,
    ),
    (("--day", "2024-03-31"), "hour", "2024-03-30T23:00:00.000Z", "2024-03-31T22:00:00.000Z", 23),
    (("--day", "2024-10-27"), "hour", "2024-10-26T22:00:00.000Z", "2024-10-27T23:00:00.000Z", 25),
    (("--day", "2024-10-27"), "15min", "2024-10-26T22:00:00.000Z", "2024-10-27T23:00:00.000Z", 100),
    (
        ("--from", "2024-10-26", "--to", "2024-10-29"),
        "day",
        "2024-10-25T22:00:00.000Z",
        "2024-10-28T23:00:00.000Z",
        3,
    ),
    (
        ("--from", "2024-11-10T12:30", "--to", "2024-11-12T12:30"),
        "day",
        "2024-11-09T23:00:00.000Z",
        "2024-11-12T23:00:00.000Z",
        3,
    ),
]


@pytest.mark.parametrize(("words", "resolution", "start", "end", "count"), RANGES)
def test_local_days_and_months_become_utc_instants(
    run: Run, sandbox: Sandbox, words: tuple[str, ...], resolution: str, start: str, end: str, count: int
) -> None:
    more = {"TZ": "America/New_York"}
    done = run(
        "bright",
        "measurements",
        *ACCOUNT,
        *TRADE,
        *words,
        "--resolution",
        resolution,
        "--tz",
        "site",
        more=more,
    )
    (asked,) = sandbox.requests(path=MEASURED)
    assert asked["query"] == [["toDate", end], ["fromDate", start], ["resolution", resolution]]
    assert len(done.rows) == count
    assert {row["status"] for row in done.rows} == {"complete"}
    assert all(one["end"] == other["start"] for one, other in zip(done.rows, done.rows[1:], strict=False))


def test_a_day_of_twenty_five_hours_adds_up_to_the_days_own_value(run: Run) -> None:
    words = ("bright", "measurements", *ACCOUNT, *TRADE, "--day", "2024-10-27", "-o", "json")
    (day,) = run(*words, "--resolution", "day").json
    hours = run(*words, "--resolution", "hour").json
    assert math.isclose(sum(one["kWh"] for one in hours), day["kWh"], abs_tol=0.05)
    assert [one["start"] for one in hours[2:4]] == ["2024-10-27T02:00:00+02:00", "2024-10-27T02:00:00+01:00"]
    assert (day["account_id"], day["service_id"], day["resolution"]) == ("A-500001", "SRV-500001-11", "day")
    assert day["date"] == "2024-10-26T22:00:00.000Z"


def test_the_end_is_not_included_whatever_the_server_sends(run: Run, sandbox: Sandbox) -> None:
    words = ("bright", "measurements", *ACCOUNT, *TRADE, *TWO_MONTHS, "-o", "json")
    right = run(*words).json
    assert [one["date"] for one in right] == [OCTOBER, NOVEMBER]
    sandbox.post("/bright/variant", {"name": "inclusive_end"})
    assert run(*words).json == right
    sandbox.post("/bright/variant", {"name": "resolution_ignored"})
    hours = run(*words)
    assert "answered by hour, not by month" in hours.err
    assert {one["resolution"] for one in hours.json} == {"hour"}
    assert len(hours.json) == 61 * 24 + 1
    assert math.isclose(sum(one["kWh"] for one in hours.json), sum(one["kWh"] for one in right), abs_tol=1.0)


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("measurements", "--service", "waste", "--resolution", "day"), "year or month."),
        (("cost", "--service", "waste", "--resolution", "hour"), "year or month."),
        (("cost", *TRADE, "--resolution", "15min"), "year or month or day or hour."),
        (("measurements", *TRADE, "--resolution", "quarter"), "year, month, day, hour, 15min"),
    ],
)
def test_no_finer_resolution_than_is_offered(
    run: Run, sandbox: Sandbox, words: tuple[str, ...], offered: str
) -> None:
    done = run("bright", *words, *ACCOUNT)
    assert (done.code, done.out) == (2, "")
    assert offered in done.err
    assert not [one for one in sandbox.requests() if "measurements" in one["path"] or "cost" in one["path"]]


def test_without_a_resolution_days_come_or_what_is_offered(run: Run, sandbox: Sandbox) -> None:
    span = ("--from", "2024-11-01", "--to", "2024-11-03")
    assert len(run("bright", "measurements", *ACCOUNT, *TRADE, *span).rows) == 2
    assert len(run("bright", "cost", *ACCOUNT, "--service", "waste", *span).rows) == 1
    assert [dict(one["query"])["resolution"] for one in sandbox.requests()[1::2]] == ["day", "month"]


def test_units_have_columns_of_their_own(run: Run) -> None:
    waste = run("bright", "measurements", *ACCOUNT, "--service", "waste", *TWO_MONTHS)
    assert list(waste.rows[0]) == ["start", "end", "status", "m3", "kg", "service_id"]
    assert all(float(row["kg"]) > float(row["m3"]) > 0 for row in waste.rows)
    grid = run(
        "bright", "measurements", *ACCOUNT, "--service", "SRV-500001-12", *TWO_MONTHS, "-o", "json"
    ).json
    assert all(one["kWh"] > 0 and one["peakWatt"]["value"] > 0 for one in grid)
    table = run("bright", "measurements", *ACCOUNT, "--service", "SRV-500001-12", *TWO_MONTHS, "-o", "table")
    assert "peakWatt" in table.out.splitlines()[0]


def test_production_is_positive_and_its_cost_negative(run: Run) -> None:
    span = ("--service", "production", "--from", "2024-06-01", "--to", "2024-08-01", "--resolution", "month")
    assert all(float(row["kWh"]) > 0 for row in run("bright", "measurements", *ACCOUNT, *span).rows)
    assert all(float(row["cost"]) < 0 for row in run("bright", "cost", *ACCOUNT, *span).rows)


def test_a_cost_has_its_parts_and_its_id_a_colon(run: Run, sandbox: Sandbox) -> None:
    done = run("bright", "cost", *ACCOUNT, "--service", "waste", *TWO_MONTHS, "-o", "json")
    assert sandbox.requests()[-1]["path"].endswith("/cost/COST-500001-14:waste")
    for row in done.json:
        assert math.isclose(sum(part["cost"] for part in row["parts"]), row["cost"], abs_tol=0.01)
    assert (
        '"name":"weightFee"'
        in run("bright", "cost", *ACCOUNT, "--service", "waste", *TWO_MONTHS).rows[0]["parts"]
    )
    picked = run(
        "bright", "cost", *ACCOUNT, "--service", "waste", *TWO_MONTHS, "-c", "start,parts.0.cost", "-o", "csv"
    )
    assert picked.out.splitlines()[0] == "start,parts.0.cost"


@pytest.mark.parametrize(
    ("number", "span", "asked", "statuses", "said"),
    [
        (
            11,
            ("2020-11-01", "2021-05-01"),
            ("2021-02-28T23:00", "2021-04-30T22:00"),
            ["partial", "complete"],
            "begins on 2021-03-03",
        ),
        (
            21,
            ("2022-07-01", "2023-02-01"),
            ("2022-06-30T22:00", "2022-08-31T22:00"),
            ["complete", "complete"],
            "ended at 2022-09-01 00:00",
        ),
        (
            21,
            ("2023-01-01", "2023-03-01"),
            ("2022-12-31T23:00", "2023-02-28T23:00"),
            ["missing", "missing"],
            "ended at 2022-09-01 00:00",
        ),
        (
            11,
            ("2020-01-01", "2020-03-01"),
            ("2019-12-31T23:00", "2020-02-29T23:00"),
            ["missing", "missing"],
            "begins on 2021-03-03",
        ),
    ],
)
def test_a_service_is_asked_about_while_it_lasts(
    run: Run,
    sandbox: Sandbox,
    number: int,
    span: tuple[str, str],
    asked: tuple[str, str],
    statuses: list[str],
    said: str,
) -> None:
    words = ("--service", f"SRV-500001-{number}", "--from", span[0], "--to", span[1], "--resolution", "month")
    done = run("bright", "measurements", *ACCOUNT, *words, "--tz", "site")
    query = dict(sandbox.requests()[-1]["query"])
    assert (query["fromDate"][:16], query["toDate"][:16]) == asked
    assert [row["status"] for row in done.rows] == statuses
    assert said in done.err


def test_a_plot_names_its_unit_and_what_it_leaves_out(run: Run) -> None:
    waste = run("bright", "measurements", *ACCOUNT, "--service", "waste", *TWO_MONTHS, "--plot")
    assert (waste.code, "(m3)" in waste.out) == (0, True)
    assert "Only m3 is drawn" in waste.err
    assert "kg" in waste.err
    cost = run("bright", "cost", *ACCOUNT, "--service", "waste", *TWO_MONTHS, "--plot")
    assert "Cost of waste at Hemma (Europe/Stockholm)\n" in cost.out, "the currency is not documented"
    assert cost.err == ""


@pytest.mark.parametrize(
    ("zone", "shown", "moment"),
    [((), "Europe/Stockholm", " on 2024-1"), (("--tz", "UTC"), "UTC", " 23:00, ")],
)
def test_a_chart_of_whole_dates_is_in_the_clock_of_its_buckets(
    run: Run, zone: tuple[str, ...], shown: str, moment: str
) -> None:
    months = TWO_MONTHS[:6]
    waste = ("bright", "cost", *ACCOUNT, "--service", "waste", *months)
    done = run(*waste, *zone, "--plot", more={"TZ": "UTC"})
    assert f"({shown})\n" in done.out
    assert moment in done.out


@pytest.mark.parametrize("kind", ["measurements", "cost"])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--since", "foo"), "--since"),
        (("--day", "someday"), "--day"),
        (("--to", "2026-01-01"), "add --from"),
        (("--tz", "Mars/X"), "Mars/X"),
        (("--resolution", "week"), "not a resolution"),
    ],
)
def test_what_is_no_time_is_said_before_anything_is_asked(
    run: Run, sandbox: Sandbox, kind: str, words: tuple[str, ...], said: str
) -> None:
    done = run("bright", kind, "--email", "a@example.org", *words)
    assert (done.code, done.out, said in done.err) == (2, "", True), done.err
    assert sandbox.requests() == []
