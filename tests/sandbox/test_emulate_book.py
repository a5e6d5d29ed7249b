"""What is seeded: the same for the same seed, whatever the scale, and right on the days the clock changes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from energyctl.sandbox.clock import SandboxClock
from energyctl.sandbox.emulate import book as books
from energyctl.sandbox.emulate.book import Book
from energyctl.sandbox.emulate.energy import Energy
from energyctl.sandbox.emulate.problems import log_of
from energyctl.sandbox.emulate.stockholm import STOCKHOLM

NOON = datetime(2026, 1, 15, 11, 0, tzinfo=UTC)


def made(count: int = 40, seed: int = 7) -> Book:
    return Book(42, SandboxClock(0), prefix="C-", first=100_001, count=count, seed=seed)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set the wall clock."""

    def put(moment: datetime) -> None:
        monkeypatch.setattr(books.time, "time", moment.timestamp)

    return put


def everything(book: Book, customers: int) -> str:
    return json.dumps(
        [
            [
                book.customer_at(at).shown(),
                [facility.shown() for facility in book.facilities_of(at)],
                [(book.shown(device), book.settings(device)) for device in book.devices_of(at)],
            ]
            for at in range(customers)
        ]
    )


def test_the_same_seed_gives_the_same_people_at_any_scale(at: Any) -> None:
    at(NOON)
    small = everything(made(), 40)
    assert everything(made(), 40) == small == everything(made(10_000_000), 40)
    assert everything(made(seed=8), 40) != small


def test_ids_run_in_order_for_every_seed() -> None:
    for seed in (1, 2, 3):
        book = made(seed=seed)
        assert [book.customer_at(each).id for each in (0, 1, 39)] == ["C-100001", "C-100002", "C-100040"]
        assert [device.kind for device in book.devices_of(0)] == ["car", "charger", "heat_pump"]
        assert book.devices_of(3) == []
        assert book.devices_of(1)[0].offline_h is not None
    largest = made(1_000_000)
    assert largest.find(largest.customer_at(999_999).id) == 999_999
    for stranger in (
        "C-100000",
        "C-1100001",
        "C-0100001",
        "C-",
        "100001",
        "c-100001",
        "C-10000\u0661",
        "K-100001",
    ):
        assert largest.find(stranger) is None


def test_every_facility_stands_once_in_the_list_of_all() -> None:
    book = made(31)
    by_customer = [facility for each in range(31) for facility in book.facilities_of(each)]
    assert [book.facility_at(number) for number in range(book.facility_count)] == by_customer


def test_millions_can_be_leafed_through_from_anywhere() -> None:
    book = made(10_000_000)
    position, device = next(book.devices_from(9_000_000, 0))
    assert book.device(position, device.id.upper()) == device
    assert book.facility_at(book.facility_count - 1).customer_id == book.customer_at(9_999_999).id


@pytest.mark.parametrize("hour", [0, 6, 8, 23])
@pytest.mark.parametrize("day", ["2026-01-15", "2026-03-29", "2026-10-25"])
@pytest.mark.parametrize("seed", [7, 8])
def test_the_log_tells_at_any_hour_why_the_first_car_did_not_charge(
    at: Any, day: str, hour: int, seed: int
) -> None:
    now = datetime.fromisoformat(f"{day}T{hour:02d}:10").replace(tzinfo=STOCKHOLM)
    at(now)
    book = made(seed=seed)
    car, charger, _ = book.devices_of(0)
    told = log_of(book, car)[:7]
    assert [entry["kind"] for entry in told] == [
        "target_not_reached",
        "plan_not_met",
        "retry_failed",
        "charging_interrupted",
        "charging_started",
        "plugged_in",
        "plan_made",
    ]
    morning = now.date() if hour >= 8 else now.date() - timedelta(days=1)
    assert told[0]["time"][:19] == f"{morning}T07:00:00"
    assert "charger was offline from 01:14 to 06:52" in told[0]["message"]
    assert book.shown(car)["state"]["soc_percent"] == told[0]["details"]["soc_percent"]
    assert book.settings(car)["target_soc_percent"] == told[0]["details"]["target_soc_percent"]
    theirs = [(entry["kind"], entry["time"][11:16]) for entry in log_of(book, charger)[:2]]
    assert theirs == [("charger_online", "06:52"), ("charger_offline", "01:14")]


def test_logs_are_newest_first_never_of_the_future_and_never_empty(at: Any) -> None:
    at(NOON)
    book = made()
    for position in range(40):
        for device in book.devices_of(position):
            entries = log_of(book, device)
            times = [datetime.fromisoformat(entry["time"]) for entry in entries]
            assert entries
            assert times == sorted(times, reverse=True)
            assert times[0] <= NOON
            assert len({entry["id"] for entry in entries}) == len(entries)


def test_skipped_time_has_passed(at: Any) -> None:
    at(NOON)
    book = made()
    car = book.devices_of(0)[0]
    book._clock.advance(86_400)
    assert book.now() == NOON + timedelta(days=1)
    assert log_of(book, car)[0]["time"] == "2026-01-16T07:00:00+01:00"
    assert book.shown(car)["last_seen_at"] == "2026-01-16T12:00:00+01:00"


MARCH = (datetime(2025, 2, 28, 23, tzinfo=UTC), datetime(2025, 3, 31, 22, tzinfo=UTC))


def test_days_and_months_are_stockholms_and_sums_of_their_hours(at: Any) -> None:
    at(NOON)
    energy = Energy(made())
    hours = energy.savings(0, *MARCH, "hour")
    days = energy.savings(0, *MARCH, "day")
    (month,) = energy.savings(0, *MARCH, "month")
    assert (len(hours), len(days)) == (31 * 24 - 1, 31)
    assert (month["start"], month["end"]) == ("2025-03-01T00:00:00+01:00", "2025-04-01T00:00:00+02:00")
    short = days[29]
    assert (short["start"], short["end"]) == ("2025-03-30T00:00:00+01:00", "2025-03-31T00:00:00+02:00")
    assert sum(each["start"].startswith("2025-03-30") for each in hours) == 23
    for rows in (hours, days):
        assert all(one["end"] == two["start"] for one, two in pairwise(rows))
        for name in ("baseline_cost", "optimized_cost", "savings"):
            assert sum(each[name] for each in rows) == pytest.approx(month[name], abs=1e-9)
    assert month["savings"] == pytest.approx(month["baseline_cost"] - month["optimized_cost"])
    assert month["savings"] > 0
    used = energy.consumption(0, *MARCH, "hour")
    assert [each["start"] for each in used] == [each["start"] for each in hours]
    assert 100 < sum(each["consumption_kwh"] for each in used) < 3000
    autumn = (datetime(2025, 10, 25, 22, tzinfo=UTC), datetime(2025, 10, 26, 23, tzinfo=UTC))
    assert len(energy.consumption(0, *autumn, "hour")) == 25
    assert len(energy.consumption(0, *autumn, "day")) == 1


def test_only_whole_hours_that_have_passed_are_there(at: Any) -> None:
    at(NOON + timedelta(minutes=59))
    book = made()
    energy = Energy(book)
    start = datetime(2026, 1, 14, 23, 20, tzinfo=UTC)
    rows = energy.consumption(0, start, NOON + timedelta(days=9), "hour")
    assert (rows[0]["start"], rows[-1]["end"]) == ("2026-01-15T01:00:00+01:00", "2026-01-15T12:00:00+01:00")
    (day,) = energy.consumption(0, start, NOON + timedelta(days=9), "day")
    assert (day["start"], day["end"]) == (rows[0]["start"], rows[-1]["end"])
    assert day["consumption_kwh"] == pytest.approx(sum(row["consumption_kwh"] for row in rows))
    joined = book.customer_at(0).created_at
    early = energy.consumption(0, datetime(2000, 1, 1, tzinfo=UTC), joined + timedelta(hours=2), "hour")
    assert [datetime.fromisoformat(row["start"]) for row in early] == [joined, joined + timedelta(hours=1)]
    assert energy.consumption(0, NOON + timedelta(days=1), NOON + timedelta(days=2), "day") == []
