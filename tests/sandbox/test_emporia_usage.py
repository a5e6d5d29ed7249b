"""Energy per bucket: sums that agree, days of clock changes, shapes of a day, and data that comes late."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from energyctl.providers.emporia.wire import partner_api2_pb2 as pb
from energyctl.sandbox import control
from tests.sandbox.emporia_partner import Partner, local_day

HOUR_S = 3600


@pytest.fixture(scope="module")
def partner(sandbox: Any) -> Iterator[Partner]:
    found = Partner(sandbox.facts)
    yield found
    found.close()


@pytest.fixture(autouse=True)
def as_at_the_beginning(sandbox: Any) -> None:
    sandbox.control("/reset")


def channels(usage: Any) -> dict[int, list[float]]:
    assert all(len(each.usages) == len(usage.bucket_epoch_seconds) for each in usage.channel_usages)
    return {each.channel: list(each.usages) for each in usage.channel_usages}


def test_no_ids_give_an_empty_answer_and_unknown_ones_are_left_out(partner: Partner) -> None:
    day = local_day("UTC", "2026-03-10")
    assert partner.usage([], *day, "Hours") == []
    outlet = partner.ids("Outlet")[0]
    (usage,) = partner.usage(["nonsense", outlet, outlet], *day, "Hours")
    assert (usage.manufacturer_device_id, usage.scale) == (outlet, pb.Hours)


def test_requests_that_make_no_sense_are_refused(partner: Partner) -> None:
    request = pb.DeviceUsageRequest(start_epoch_seconds=200, end_epoch_seconds=100)
    assert partner.refused("GetUsageData", request) == (
        "INVALID_ARGUMENT", "end_epoch_seconds must not be before start_epoch_seconds.",
    )  # fmt: skip
    for wrong in (pb.DeviceUsageRequest(scale=9), pb.DeviceUsageRequest(channels=7)):  # type: ignore[arg-type]
        assert partner.refused("GetUsageData", wrong)[0] == "INVALID_ARGUMENT"


def test_an_empty_range_and_one_before_the_devices_have_no_buckets(partner: Partner) -> None:
    outlet = partner.ids("Outlet")[0]
    moment = datetime(2026, 3, 10, tzinfo=UTC)
    for start, end in (
        (moment, moment),
        (datetime(1970, 1, 2, tzinfo=UTC), datetime(1980, 1, 1, tzinfo=UTC)),
        (datetime(2200, 1, 1, tzinfo=UTC), datetime(2300, 1, 1, tzinfo=UTC)),
    ):
        (usage,) = partner.usage([outlet], start, end, "Days")
        assert not usage.bucket_epoch_seconds


def test_mains_are_three_channels_and_all_are_those_of_the_model(partner: Partner) -> None:
    day = local_day("UTC", "2026-03-10")
    for device in partner.devices():
        device_id = device.manufacturer_device_id
        numbers = [each.channel_number for each in device.circuit_infos]
        (mains,) = partner.usage([device_id], *day, "Hours", everything=False)
        (everything,) = partner.usage([device_id], *day, "Hours")
        if device.device_connected:
            assert sorted(channels(mains)) == numbers[:3]
            assert sorted(channels(everything)) == numbers
            assert channels(mains).items() <= channels(everything).items()


@pytest.mark.parametrize(
    ("name", "zone", "day", "hours"),
    [
        ("Main panel", "America/Los_Angeles", "2026-03-08", 23),
        ("Main panel", "America/Los_Angeles", "2025-11-02", 25),
        ("Basement panel", "America/New_York", "2026-03-09", 24),
        ("Zählerschrank", "Europe/Berlin", "2026-03-29", 23),
        ("Zählerschrank", "Europe/Berlin", "2025-10-26", 25),
        ("Ground floor", "Asia/Kolkata", "2026-03-29", 24),
        ("Lodge", "Australia/Lord_Howe", "2025-10-05", 23.5),
        ("Lodge", "Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Smart meter", "UTC", "2026-03-29", 24),
    ],
)
def test_finer_buckets_sum_to_coarser_ones_on_every_kind_of_day(
    partner: Partner, name: str, zone: str, day: str, hours: float
) -> None:
    device = partner.named(name)
    assert device.timezone == zone
    begins, ends = local_day(zone, day)
    assert ends - begins == timedelta(hours=hours)
    ids = [device.manufacturer_device_id]
    (minutes,), (quarters,), (days,) = (
        partner.usage(ids, begins, ends, scale) for scale in ("Minutes", "FifteenMinutes", "Days")
    )
    assert list(days.bucket_epoch_seconds) == [int(begins.timestamp())]
    assert len(minutes.bucket_epoch_seconds) == hours * 60
    assert len(quarters.bucket_epoch_seconds) == hours * 4
    by_minute, by_quarter, by_day = channels(minutes), channels(quarters), channels(days)
    for number, (whole,) in by_day.items():
        assert sum(by_quarter[number]) == pytest.approx(whole, rel=1e-9, abs=1e-6)
        regrouped = [sum(by_minute[number][at : at + 15]) for at in range(0, len(by_minute[number]), 15)]
        assert regrouped == pytest.approx(by_quarter[number], rel=1e-9, abs=1e-6)
    assert abs(sum(value for (value,) in by_day.values())) > 100


def test_minutes_sum_to_hours_and_hours_to_the_local_day(partner: Partner) -> None:
    begins, ends = local_day("Europe/Berlin", "2025-10-26")
    ids = [partner.named("Zählerschrank").manufacturer_device_id]
    (minutes,), (hours,), (days,) = (
        partner.usage(ids, begins, ends, scale) for scale in ("Minutes", "Hours", "Days")
    )
    assert len(hours.bucket_epoch_seconds) == 25
    for number, values in channels(hours).items():
        minute = channels(minutes)[number]
        assert [sum(minute[at : at + 60]) for at in range(0, 1500, 60)] == pytest.approx(values)
        assert sum(values) == pytest.approx(channels(days)[number][0])


def test_hours_are_cut_on_the_utc_clock_where_offsets_have_half_hours(partner: Partner) -> None:
    begins, ends = local_day("Asia/Kolkata", "2026-03-29")
    ids = [partner.named("Ground floor").manufacturer_device_id]
    (hours,), (quarters,) = (partner.usage(ids, begins, ends, scale) for scale in ("Hours", "FifteenMinutes"))
    starts = list(hours.bucket_epoch_seconds)
    assert starts[0] == int(begins.timestamp()) - HOUR_S // 2
    assert {after - before for before, after in pairwise(starts)} == {HOUR_S}
    inner = channels(quarters)[1][2:-2]
    assert [sum(inner[at : at + 4]) for at in range(0, len(inner), 4)] == pytest.approx(
        channels(hours)[1][1:-1]
    )


def test_longer_buckets_begin_where_the_devices_own_calendar_has_them(partner: Partner) -> None:
    start, end = datetime(2026, 3, 18, 12, tzinfo=UTC), datetime(2026, 4, 2, 12, tzinfo=UTC)
    for name in ("Main panel", "Zählerschrank", "Lodge", "Smart meter"):
        device = partner.named(name)
        ids, zone = [device.manufacturer_device_id], ZoneInfo(device.timezone)
        for scale, first, count in (
            ("Weeks", "2026-03-15", 3), ("Months", "2026-03-01", 2), ("Years", "2026-01-01", 1),
        ):  # fmt: skip
            (usage,) = partner.usage(ids, start, end, scale)
            local = [datetime.fromtimestamp(each, zone) for each in usage.bucket_epoch_seconds]
            assert (local[0].date().isoformat(), len(local)) == (first, count)
            assert {(each.hour, each.minute) for each in local} == {(0, 0)}
    ids = [partner.named("Zählerschrank").manufacturer_device_id]
    begins, _ = local_day("Europe/Berlin", "2026-03-01")
    ends, _ = local_day("Europe/Berlin", "2026-04-01")
    (days,), (months,) = (partner.usage(ids, begins, ends, scale) for scale in ("Days", "Months"))
    for number, (whole,) in channels(months).items():
        assert sum(channels(days)[number]) == pytest.approx(whole)


def test_two_zones_in_one_request_have_their_own_bucket_starts(partner: Partner) -> None:
    names = ("Main panel", "Zählerschrank")
    ids = [partner.named(name).manufacturer_device_id for name in names]
    usages = partner.usage(ids, *local_day("UTC", "2026-03-10"), "Days")
    first, second = (list(usage.bucket_epoch_seconds) for usage in usages)
    assert len(first) == len(second) == 2
    assert second[0] - first[0] == 16 * HOUR_S  # 9 March in one place, 10 March in the other


def test_the_same_question_has_the_same_answer_in_every_sandbox(partner: Partner, tmp_path: Any) -> None:
    day = local_day("UTC", "2026-03-10")
    facts = control.start(tmp_path, control.SandboxOptions(speed=0.0))
    try:
        other = Partner(facts)
        ids = partner.ids("Vue2", connected=None) + partner.ids("Outlet")
        assert other.usage(ids, *day, "Hours") == partner.usage(ids, *day, "Hours")
        other.close()
    finally:
        control.stop(tmp_path)


def test_a_day_looks_like_a_day(partner: Partner) -> None:
    panel = partner.named("Main panel")
    numbers = {each.name: each.channel_number for each in panel.circuit_infos}
    begins, ends = local_day("America/Los_Angeles", "2026-06-10")
    (usage,) = partner.usage([panel.manufacturer_device_id], begins, ends, "Hours")
    solar = channels(usage)[numbers["Solar"]]
    assert max(solar) == pytest.approx(0, abs=1e-9)
    assert min(solar) == min(solar[10:15]) < -1500
    assert solar[:4] == pytest.approx([0] * 4, abs=1e-9)
    mains = [sum(values) for values in zip(*(channels(usage)[each] for each in (1, 2, 3)), strict=True)]
    assert min(mains[9:15]) < min(mains[0:5])
    living = channels(usage)[numbers["Living room"]]
    assert sum(living[18:22]) > 3 * sum(living[1:5])


def test_the_mains_carry_what_the_circuits_carry(partner: Partner) -> None:
    (usage,) = partner.usage(
        [partner.named("Zählerschrank").manufacturer_device_id],
        *local_day("Europe/Berlin", "2026-05-05"),
        "Hours",
    )
    by_number = channels(usage)
    mains, branches = (
        [sum(values) for values in zip(*(by_number[each] for each in numbers), strict=True)]
        for numbers in (range(1, 4), range(4, 20))
    )
    rest = [main - branch for main, branch in zip(mains, branches, strict=True)]
    assert all(100 < each < 250 for each in rest)


def test_an_ev_draws_about_seven_kilowatts_in_the_evening_and_its_circuit_agrees(partner: Partner) -> None:
    charger, panel = partner.named("Driveway charger"), partner.named("Main panel")
    begins, _ = local_day("America/Los_Angeles", "2026-05-04")
    own, circuits = partner.usage(
        [charger.manufacturer_device_id, panel.manufacturer_device_id],
        begins,
        begins + timedelta(days=7),
        "Hours",
    )
    drawn = channels(own)[1]
    assert max(drawn) == pytest.approx(7200, rel=0.02)
    assert {at % 24 for at, value in enumerate(drawn) if value > 3000} <= set(range(17, 24))
    assert all(value < 20 for at, value in enumerate(drawn) if at % 24 < 12)
    number = next(each.channel_number for each in panel.circuit_infos if each.name == charger.device_name)
    assert channels(circuits)[number] == pytest.approx(drawn)


def test_what_is_off_measures_zero_which_is_not_missing(partner: Partner) -> None:
    (usage,) = partner.usage(
        [partner.named("Christmas lights").manufacturer_device_id], *local_day("UTC", "2026-05-05"), "Hours"
    )
    assert channels(usage) == {1: [0.0] * 24}


def test_an_outlet_that_is_switched_off_measures_nothing_from_then_on(sandbox: Any, partner: Partner) -> None:
    outlet = partner.named("Dehumidifier").manufacturer_device_id
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    partner.outlets((outlet, False))
    sandbox.control("/advance", {"seconds": 3 * HOUR_S})
    switched = int(now.timestamp())
    (usage,) = partner.usage([outlet], now - timedelta(hours=2), now + timedelta(hours=2), "Minutes")
    values = dict(zip(usage.bucket_epoch_seconds, channels(usage)[1], strict=True))
    assert all(value > 0 for start, value in values.items() if start < switched)
    assert all(value == 0 for start, value in values.items() if start > switched + 60)
    assert max(values) >= switched + 7000


def test_fewer_amps_mean_less_energy_in_the_evenings_to_come(sandbox: Any, partner: Partner) -> None:
    charger = partner.named("Driveway charger").manufacturer_device_id
    partner.set_charger(charger, charge_rate_amps=10)
    sandbox.control("/advance", {"seconds": 9 * 86_400})
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    (usage,) = partner.usage([charger], tomorrow, tomorrow + timedelta(days=7), "Hours")
    assert max(channels(usage)[1]) == pytest.approx(2400, rel=0.02)


def test_recent_buckets_are_missing_then_partial_then_whole(sandbox: Any, partner: Partner) -> None:
    outlet = partner.named("Dehumidifier").manufacturer_device_id
    now = time.time()
    start, end = (datetime.fromtimestamp(now + each, UTC) for each in (-HOUR_S, 0))
    (early,) = partner.usage([outlet], start, end, "Minutes")
    newest = early.bucket_epoch_seconds[-1]
    assert now - 17 * 60 < newest <= now - 15 * 60
    sandbox.control("/advance", {"seconds": HOUR_S})
    (late,) = partner.usage([outlet], start, end, "Minutes")
    assert late.bucket_epoch_seconds[-1] > now - 120
    whole = dict(zip(late.bucket_epoch_seconds, channels(late)[1], strict=True))
    for begun, value in zip(early.bucket_epoch_seconds, channels(early)[1], strict=True):
        share = value / whole[begun]
        if begun < now - 32 * 60:
            assert share == pytest.approx(1)
        elif begun > now - 29 * 60:
            assert 0 < share < 0.9


def test_a_day_in_progress_holds_what_has_arrived(partner: Partner) -> None:
    ids = [partner.named("Dehumidifier").manufacturer_device_id]
    now = datetime.now(UTC)
    (usage,) = partner.usage(ids, now - timedelta(days=2), now, "Days")
    zone = ZoneInfo("America/New_York")
    assert datetime.fromtimestamp(usage.bucket_epoch_seconds[-1], zone).date() in {
        now.astimezone(zone).date(), (now - timedelta(minutes=15)).astimezone(zone).date(),
    }  # fmt: skip


def test_an_offline_device_ends_where_it_lost_its_connection(sandbox: Any, partner: Partner) -> None:
    now = datetime.now(UTC)
    (loft,) = partner.ids("Vue2", connected=False)
    (usage,) = partner.usage([loft], now - timedelta(days=30), now, "Hours")
    newest = datetime.fromtimestamp(usage.bucket_epoch_seconds[-1], UTC)
    assert timedelta(hours=20) < now - newest < timedelta(days=14)
    (recent,) = partner.usage([loft], now - timedelta(hours=12), now, "Hours")
    assert (list(recent.bucket_epoch_seconds), list(recent.channel_usages)) == ([], [])
    sandbox.control(f"/emporia/devices/{loft}", {"connected": True})
    (caught_up,) = partner.usage([loft], now - timedelta(hours=12), now, "Hours")
    assert len(caught_up.bucket_epoch_seconds) >= 11


def test_an_answer_that_no_memory_would_hold_is_refused(partner: Partner) -> None:
    ids = [device.manufacturer_device_id for device in partner.devices()]
    request = pb.DeviceUsageRequest(
        start_epoch_seconds=0,
        end_epoch_seconds=2**40,
        scale=pb.Minutes,
        channels=pb.DeviceUsageRequest.ALL,
        manufacturer_device_ids=ids,
    )
    status, text = partner.refused("GetUsageData", request)
    assert (status, "fewer devices" in text) == ("RESOURCE_EXHAUSTED", True)


def test_a_large_fleet_answers_whole(tmp_path: Any, record_property: Any) -> None:
    facts = control.start(tmp_path, control.SandboxOptions(devices=1000))
    try:
        partner = Partner(facts)
        devices = partner.devices()
        ids = [device.manufacturer_device_id for device in devices]
        assert len(set(ids)) == 1000
        offline = [device for device in devices if not device.device_connected]
        assert len({device.model for device in offline}) == 7
        begun = time.perf_counter()
        usages = partner.usage(ids, *local_day("UTC", "2026-03-10"), "FifteenMinutes")
        record_property("seconds_for_1000_devices_and_a_day", time.perf_counter() - begun)
        assert [usage.manufacturer_device_id for usage in usages] == ids
        assert sum(usage.ByteSize() for usage in usages) > 4 * 2**20
        partner.close()
    finally:
        control.stop(tmp_path)
