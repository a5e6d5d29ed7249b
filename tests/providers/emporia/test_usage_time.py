"""Usage over time: zones, days of 23, 24.5 and 25 hours, calendar buckets, and what has not settled yet."""

from __future__ import annotations

import itertools
import json
import tempfile
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from energyctl.core.rpc import Call
from energyctl.core.timeoptions import MOST_BUCKETS
from energyctl.core.times import TimeRange, parse_zone, start_of_day
from energyctl.providers.emporia.usage import Group, Question
from energyctl.providers.emporia.wire import partner_api2_pb2 as pb
from tests.conftest import Done, Run
from tests.hostile.harness import Ended, execute
from tests.hostile.replay import surroundings
from tests.providers.emporia.fleet import BERLIN_PANEL, KOLKATA_PANEL, LODGE, OFFICE, PANEL, WALLBOX, Fleet

USAGE = ("emporia", "usage")
#: A zone that this machine does not know.
UNHEARD_OF = "Mars/Base"


def _first_channel(done: Done) -> list[dict[str, Any]]:
    return [row for row in done.json if row["channel"] == 1]


def _gapless(rows: list[dict[str, Any]]) -> bool:
    return all(one["end"] == following["start"] for one, following in itertools.pairwise(rows))


@pytest.mark.parametrize(
    ("name", "day", "quarters", "first", "last"),
    [
        (BERLIN_PANEL, "2026-10-25", 100, "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"),
        (BERLIN_PANEL, "2026-03-29", 92, "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"),
        (LODGE, "2026-04-05", 98, "2026-04-05T00:00:00+11:00", "2026-04-06T00:00:00+10:30"),
        (LODGE, "2026-10-04", 94, "2026-10-04T00:00:00+10:30", "2026-10-05T00:00:00+11:00"),
        (KOLKATA_PANEL, "2026-10-25", 96, "2026-10-25T00:00:00+05:30", "2026-10-26T00:00:00+05:30"),
    ],
)
def test_a_day_of_the_site_is_as_long_as_it_was(
    run: Run, name: str, day: str, quarters: int, first: str, last: str
) -> None:
    words = (name, "--day", day, "--tz", "site", "-o", "json")
    rows = _first_channel(run(*USAGE, *words, "--resolution", "15m"))
    assert (len(rows), rows[0]["start"], rows[-1]["end"]) == (quarters, first, last)
    assert _gapless(rows)
    assert {row["status"] for row in rows} == {"complete"}
    (whole,) = _first_channel(run(*USAGE, *words, "--resolution", "1d"))
    assert (whole["start"], whole["end"]) == (first, last)
    assert sum(row["energy_wh"] for row in rows) == pytest.approx(whole["energy_wh"], rel=1e-9)
    hours = quarters / 4
    assert whole["power_w"] == pytest.approx(whole["energy_wh"] / hours, rel=1e-9)


def test_hours_that_do_not_fit_a_half_hour_zone_are_said(run: Run) -> None:
    done = run(*USAGE, KOLKATA_PANEL, "--day", "2026-10-25", "--tz", "site", "-o", "json")
    rows = _first_channel(done)
    assert (rows[0]["start"], rows[-1]["end"]) == ("2026-10-24T23:30:00+05:30", "2026-10-26T00:30:00+05:30")
    assert done.err == (
        "Buckets of 1h do not fit the range; they are from 2026-10-24T23:30:00+05:30 "
        "to 2026-10-26T00:30:00+05:30.\n"
    )
    fitting = run(*USAGE, BERLIN_PANEL, "--day", "2026-10-25", "--tz", "site", "-o", "json")
    assert (fitting.err, len(_first_channel(fitting))) == ("", 25)


@pytest.mark.parametrize(
    ("tz", "start"),
    [
        ("utc", "2026-10-25T00:00:00Z"),
        ("local", "2026-10-25T00:00:00+02:00"),
        ("site", "2026-10-25T00:00:00+10:30"),
        ("America/New_York", "2026-10-25T00:00:00-04:00"),
    ],
)
def test_a_day_is_the_day_of_the_zone_asked_for(run: Run, tz: str, start: str) -> None:
    rows = _first_channel(
        run(*USAGE, LODGE, "--day", "2026-10-25", "--tz", tz, "--resolution", "15m", "-o", "json")
    )
    wanted = start.replace("Z", "+00:00").replace("+10:30", "+11:00")  # summer on Lord Howe Island
    assert datetime.fromisoformat(rows[0]["start"]) == datetime.fromisoformat(wanted)
    assert rows[0]["start"][:16] == wanted[:16]


def test_devices_of_five_zones_in_one_call(run: Run, fleet: Fleet) -> None:
    done = run(*USAGE, "--all", "--day", "2026-10-25", "--tz", "site", "--resolution", "1d", "-o", "json")
    assert len(fleet.calls("GetUsageData")) == 1
    starts = {row["device_name"]: row["start"] for row in done.json}
    assert starts[PANEL] == "2026-10-25T00:00:00-07:00"
    assert starts[BERLIN_PANEL] == "2026-10-25T00:00:00+02:00"
    assert starts[KOLKATA_PANEL] == "2026-10-25T00:00:00+05:30"
    assert starts[LODGE] == "2026-10-25T00:00:00+11:00"
    assert starts[OFFICE] in ("2026-10-25T00:00:00Z", "2026-10-25T00:00:00+00:00")  # who never chose a zone
    assert len(done.json) == sum(3 if one["model"].startswith("Vue") else 1 for one in fleet.devices)


@pytest.mark.parametrize(
    ("resolution", "from_", "to", "starts"),
    [
        ("1d", "2026-03-28", "2026-03-31", ["2026-03-28", "2026-03-29", "2026-03-30"]),
        ("1mo", "2026-02-15", "2026-04-01", ["2026-02-01", "2026-03-01"]),
        ("1y", "2024-06-01", "2026-01-01", ["2024-01-01", "2025-01-01"]),
    ],
)
def test_long_buckets_begin_at_midnight_of_the_device(
    run: Run, resolution: str, from_: str, to: str, starts: list[str]
) -> None:
    words = ("--from", from_, "--to", to, "--tz", "site", "--resolution", resolution, "-o", "json")
    rows = _first_channel(run(*USAGE, BERLIN_PANEL, *words))
    assert [row["start"][:19] for row in rows] == [f"{day}T00:00:00" for day in starts]
    assert _gapless(rows)
    assert {row["status"] for row in rows} == {"complete"}


def test_weeks_come_as_the_provider_cuts_them(run: Run) -> None:
    words = ("--from", "2026-10-12", "--to", "2026-11-02", "--tz", "site", "--resolution", "1w", "-o", "json")
    rows = _first_channel(run(*USAGE, BERLIN_PANEL, *words))
    assert {row["status"] for row in rows} == {"complete"}
    assert _gapless(rows)
    weekdays = {datetime.fromisoformat(row["start"]).weekday() for row in rows}
    assert len(weekdays) == 1
    assert {row["start"][11:19] for row in rows} == {"00:00:00"}
    days = run(*USAGE, BERLIN_PANEL, "--from", rows[0]["start"], "--to", rows[-1]["end"], "--resolution", "1d",
               "--tz", "site", "-o", "json")  # fmt: skip
    assert sum(row["energy_wh"] for row in _first_channel(days)) == pytest.approx(
        sum(row["energy_wh"] for row in rows)
    )


@pytest.mark.parametrize("weekday", [0, 3, 6])
def test_a_week_may_begin_on_any_day(weekday: int) -> None:
    zone = parse_zone("Europe/Berlin")
    now = datetime(2026, 11, 20, tzinfo=UTC)
    question = Question("1w", False, now, False)
    span = TimeRange(start_of_day(date(2026, 10, 14), zone), start_of_day(now.date(), zone), zone)
    expected = question.buckets(span, zone, zone)
    first = date(2026, 10, 12) + timedelta(days=weekday - 7 * (weekday > 2))
    stamps = [int(start_of_day(first + timedelta(days=7 * n), zone).timestamp()) for n in range(6)]
    usage = pb.DeviceUsageResponse.DeviceUsage(bucket_epoch_seconds=stamps)
    found = question.as_cut(usage, Group(["A"], expected, zone, zone))
    ends = [one.end for one in found]
    assert [one.start for one in found] == stamps[: len(found)]
    assert ends[-1] <= span.end.timestamp() < ends[-1] + 7 * 86400
    assert {one.hours for one in found} == {168.0, 169.0}
    assert all(one.end == following.start for one, following in itertools.pairwise(found))


def test_a_range_is_too_long_only_where_it_is_so_in_every_zone(run: Run) -> None:
    """Where clocks are last it is shorter than the longest by 14 hours, where they are first longer by 12."""
    start = datetime.now(UTC) - timedelta(minutes=MOST_BUCKETS, hours=-2)
    words = ("--from", f"{start:%Y-%m-%dT%H:%M}", "--to", "now", "--tz", "site", "--resolution", "1m")
    done = run(*USAGE, "-", *words, "-o", "json")
    assert (done.code, done.json) == (0, []), done.err


def test_nothing_younger_than_half_an_hour(run: Run) -> None:
    before = datetime.now(UTC)
    rows = _first_channel(run(*USAGE, WALLBOX, "--since", "2h", "--resolution", "1m", "-o", "json"))
    after = datetime.now(UTC)
    last = datetime.fromisoformat(rows[-1]["end"])
    assert before - timedelta(minutes=31) <= last <= after - timedelta(minutes=30)
    assert {row["status"] for row in rows} == {"complete"}
    young = run(*USAGE, WALLBOX, "--since", "20m", "--resolution", "1m", "-o", "json")
    assert (young.code, young.json) == (0, [])
    assert "--include-partial" in young.err


def test_partial_buckets_are_marked(run: Run) -> None:
    words = ("--since", "2h", "--resolution", "1m", "--include-partial", "-o", "json")
    rows = _first_channel(run(*USAGE, WALLBOX, *words))
    now = datetime.now(UTC)
    found = [row["status"] for row in rows]
    assert found == sorted(found, key=["complete", "partial", "missing"].index)
    assert set(found) == {"complete", "partial", "missing"}
    for row in rows:
        if row["status"] == "complete":
            assert datetime.fromisoformat(row["end"]) <= now - timedelta(minutes=30)
        assert (row["energy_wh"] is None) == (row["status"] == "missing")
    total = run(*USAGE, WALLBOX, *words, "--sum", "device").json[0]
    assert (total["status"], total["observed_values"] < total["expected_values"]) == ("partial", True)


def _at(moment: datetime, zones: tuple[str, ...], *words: str) -> Ended:
    """Run ``usage --all`` at a moment, of monitors that draw 1 kW, one in each of the zones."""
    device = pb.DeviceInventoryResponse.Device
    known = [
        device(
            manufacturer_device_id=zone,
            model=device.Vue3,
            timezone=zone,
            circuit_infos=[{"channel_number": 1}],
        )
        for zone in zones
    ]

    def serve(call: Call) -> bytes:
        if call.method == "Authenticate":
            return pb.AuthenticationResponse(auth_token="token").SerializeToString()
        if call.method == "GetDevices":
            return pb.DeviceInventoryResponse(devices=known).SerializeToString()
        asked = call.message
        answer = pb.DeviceUsageResponse()
        for zone in zones:
            length = 3600 if asked.scale == pb.Hours else 86_400
            site = UTC if zone == UNHEARD_OF else parse_zone(zone)
            first = datetime.fromtimestamp(asked.start_epoch_seconds, site)
            at = (
                int(first.timestamp())
                if length == 3600
                else int(start_of_day(first.date(), site).timestamp())
            )
            stamps = list(range(at, asked.end_epoch_seconds, length))
            answer.device_usages.add(
                manufacturer_device_id=zone,
                bucket_epoch_seconds=stamps,
                channel_usages=[{"channel": 1, "usages": [length / 3600 * 1000] * len(stamps)}],
            )
        return answer.SerializeToString()

    with tempfile.TemporaryDirectory() as state:
        return execute(
            (*USAGE, "--all", *words),
            env={**surroundings(), "ENERGYCTL_STATE_DIR": state},
            moment=moment,
            server=lambda _: (500, "", b""),
            service=serve,
        )


def test_a_named_day_that_has_not_settled_is_said_to_be_shorter() -> None:
    early = datetime(2026, 1, 11, 0, 10, tzinfo=UTC)
    words = ("--day", "yesterday", "--tz", "utc", "--sum", "device", "-o", "json")
    done = _at(early, ("UTC",), *words)
    assert json.loads(done.out)[0]["end"] == "2026-01-10T23:00:00+00:00"
    assert done.err == (
        "What has not settled yet is left out: it ends at 2026-01-10T23:00:00+00:00; --include-partial shows more.\n"
    )
    assert _at(early + timedelta(minutes=20), ("UTC",), *words).err == ""
    assert _at(early, ("UTC",), "--since", "6h", "--tz", "utc", "-o", "json").err == ""


def test_days_of_the_device_that_reach_beyond_the_day_asked_for_are_said() -> None:
    now = datetime(2026, 1, 20, tzinfo=UTC)
    words = ("--day", "2026-01-10", "--tz", "utc", "--resolution", "1d", "-o", "json")
    done = _at(now, ("Europe/Berlin",), *words)
    assert len(json.loads(done.out)) == 2
    told = "Buckets of 1d do not fit the range; they are from 2026-01-09T23:00:00+00:00 to 2026-01-11T23:00:00+00:00."
    assert done.err == f"{told}\n"
    several = _at(now, ("Europe/Berlin", "Asia/Tokyo", "UTC", "Asia/Kolkata"), *words)
    assert several.err == f"{told} So it is in 2 more zones.\n"
    assert _at(now, ("UTC",), *words).err == ""


def test_a_chart_of_days_adds_up_devices_of_several_zones() -> None:
    now, zones = datetime(2026, 1, 20, tzinfo=UTC), ("Europe/Berlin", "Europe/London", "Asia/Tokyo")
    words = ("--from", "2026-01-10", "--to", "2026-01-13", "--tz", "site", "--resolution", "1d", "--plot")
    done = _at(now, zones, *words)
    assert done.out.splitlines()[0].startswith("3 devices")
    assert done.out.splitlines()[-1] == "all 3 values are 3000 W"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--since", "24h", "--day", "2026-10-25"), "contradict"),
        (("--since", "24h", "--from", "2026-10-25"), "contradict"),
        (("--to", "2026-10-25"), "where it starts"),
        (("--from", "2026-10-26", "--to", "2026-10-25"), "empty"),
        (("--day", "2026-02-30"), "not a day"),
        (("--since", "soon"), "not a time"),
        (("--day", "2026-10-25", "--tz", "Mars/Olympus"), "Mars/Olympus"),
        (("--from", "2026-10-25T02:30", "--tz", "Europe/Berlin"), "2026-10-25"),
        (("--resolution", "2h"), "2h"),
    ],
)
def test_times_that_contradict(run: Run, fleet: Fleet, words: tuple[str, ...], said: str) -> None:
    done = run(*USAGE, WALLBOX, *words, "-o", "json")
    assert (done.code, done.out, done.error["exit_code"]) == (2, "", 2)
    assert said in done.error["message"]
    assert not fleet.calls("GetUsageData")


def test_a_chart_of_the_site_needs_no_zone_that_is_known(run: Run) -> None:
    words = ("--tz", "site", "--plot")
    charted = _at(datetime(2026, 1, 12, 5, tzinfo=UTC), (UNHEARD_OF,), "--day", "yesterday", *words)
    assert (charted.code, "all 24 values are 1000 W" in charted.out) == (0, True), charted.err
    for nothing in (("-",), (OFFICE, "--since", "20m")):
        done = run(*USAGE, *nothing, *words)
        assert (done.code, "no values to draw" in done.out) == (0, True), done.err
