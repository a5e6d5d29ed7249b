"""What the time options mean, and that no instant is lost or doubled around a clock change."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core import zones
from energyctl.core.errors import UsageProblem
from energyctl.core.times import (
    RESOLUTIONS,
    CalendarLength,
    Days,
    Months,
    Resolution,
    TimeRange,
    Years,
    ago,
    buckets,
    floor,
    in_zone,
    parse_duration,
    parse_instant,
    parse_wire,
    parse_zone,
    resolve_range,
    rfc3339,
    start_of_day,
    step,
    wait_text,
    zone_label,
)

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
KOLKATA = ZoneInfo("Asia/Kolkata")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
APIA = ZoneInfo("Pacific/Apia")  # left out 2011-12-30
HAVANA = ZoneInfo("America/Havana")  # its clocks change at midnight
TORONTO = ZoneInfo("America/Toronto")  # in 1919 the clocks skipped 23:30 to 00:30
ST_JOHNS = ZoneInfo("America/St_Johns")  # until 2011 its clocks went back over midnight
ZONES = [BERLIN, NEW_YORK, KOLKATA, LORD_HOWE, APIA, HAVANA, ST_JOHNS, UTC]
NOW = datetime(2026, 3, 30, 10, 0, tzinfo=UTC)  # 12:00 in Berlin, the day after the clocks went forward

zone_values = st.sampled_from(ZONES)
resolutions = st.sampled_from(RESOLUTIONS)
instants = st.datetimes(
    datetime.fromisoformat("1980-01-01"), datetime.fromisoformat("2080-01-01"), timezones=st.just(UTC)
)


def at(text: str, zone: tzinfo = BERLIN, now: datetime = NOW) -> str:
    return rfc3339(parse_instant(text, zone, now, field="--from"))


def refusal(read: Callable[[], object]) -> UsageProblem | None:
    try:
        read()
    except UsageProblem as problem:
        return problem
    return None


def day_of(day: str, zone: tzinfo) -> TimeRange:
    return resolve_range(day=day, zone=zone, now=NOW)


# Zones


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("utc", "UTC"),
        ("UTC", "UTC"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        (" Asia/Kolkata ", "Asia/Kolkata"),
        ("site", "Australia/Lord_Howe"),
    ],
)
def test_a_zone_by_name(name: str, label: str) -> None:
    assert zone_label(parse_zone(name, site="Australia/Lord_Howe")) == label


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Berlin", "Europe/Berlin"),
        ("Europe/Berln", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("locl", "local"),
    ],
)
def test_an_unknown_zone_offers_the_nearest(name: str, near: str) -> None:
    with pytest.raises(UsageProblem) as problem:
        parse_zone(name)
    assert name in problem.value.message
    assert problem.value.hint is not None
    assert f"did you mean {near}" in problem.value.hint


@pytest.mark.parametrize(
    "name", ["", "/etc/passwd", "../Europe/Berlin", "Europe", "a\0b", "ü" * 5000, "tzdata.zi", "\ud800"]
)
def test_odd_zone_names_are_usage_problems(name: str) -> None:
    with pytest.raises(UsageProblem):
        parse_zone(name)


def test_the_zone_of_a_site_that_has_none() -> None:
    with pytest.raises(UsageProblem, match="site"):
        parse_zone("site", site=None)


@pytest.mark.parametrize(
    ("setting", "label"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (":Asia/Kolkata", "Asia/Kolkata"),
        (":/usr/share/zoneinfo/America/New_York", "America/New_York"),
        ("", "UTC"),
    ],
)
def test_local_follows_the_tz_variable(monkeypatch: pytest.MonkeyPatch, setting: str, label: str) -> None:
    monkeypatch.setenv("TZ", setting)
    assert zone_label(parse_zone("local")) == label


def test_local_without_a_known_tz_falls_back_to_an_offset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Nowhere/At_All")
    assert NOW.astimezone(parse_zone("local")).utcoffset() is not None


def test_local_from_the_files_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TZ", raising=False)
    rules = tmp_path / "share" / "zoneinfo" / "Europe" / "Berlin"
    rules.parent.mkdir(parents=True)
    rules.write_bytes(b"")
    (tmp_path / "localtime").symlink_to(rules)
    assert zone_label(zones.local_zone(tmp_path)) == "Europe/Berlin"

    (tmp_path / "localtime").unlink()
    (tmp_path / "timezone").write_text("Asia/Kolkata\n")
    assert zone_label(zones.local_zone(tmp_path)) == "Asia/Kolkata"

    (tmp_path / "timezone").unlink()
    assert zones.local_zone(tmp_path).utcoffset(datetime.fromisoformat("2026-01-01")) is not None


def test_local_from_a_copied_rules_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import importlib.resources

    monkeypatch.delenv("TZ", raising=False)
    berlin = importlib.resources.files("tzdata") / "zoneinfo" / "Europe" / "Berlin"
    (tmp_path / "localtime").write_bytes(berlin.read_bytes())
    zone = zones.local_zone(tmp_path)
    assert zone_label(zone) == "local"
    assert rfc3339(NOW, zone) == "2026-03-30T12:00:00+02:00"
    assert rfc3339(NOW - timedelta(days=30), zone) == "2026-02-28T11:00:00+01:00"


def test_labels_of_fixed_offsets() -> None:
    assert zone_label(timezone(timedelta(hours=5, minutes=30))) == "+05:30"
    assert zone_label(timezone(-timedelta(hours=3))) == "-03:00"


def test_instants_in_a_zone_compare_by_real_time() -> None:
    first, second = (in_zone(datetime(2026, 10, 25, hour, 30, tzinfo=UTC), BERLIN) for hour in (0, 1))
    assert first.replace(tzinfo=None) == second.replace(tzinfo=None)
    assert first < second
    assert second - first == timedelta(hours=1)


def test_the_first_instant_of_days_whose_midnight_is_special() -> None:
    assert rfc3339(start_of_day(date(2026, 3, 8), HAVANA)) == "2026-03-08T01:00:00-04:00"
    assert rfc3339(start_of_day(date(2026, 11, 1), HAVANA)) == "2026-11-01T00:00:00-04:00"
    assert rfc3339(start_of_day(date(1919, 3, 31), TORONTO)) == "1919-03-31T00:30:00-04:00"
    assert start_of_day(date(2011, 12, 30), APIA) == start_of_day(date(2011, 12, 31), APIA)


# Instants


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", "2026-03-30T12:00:00+02:00"),
        ("today", "2026-03-30T00:00:00+02:00"),
        ("Yesterday", "2026-03-29T00:00:00+01:00"),
        ("tomorrow", "2026-03-31T00:00:00+02:00"),
        (" 2026-03-29 ", "2026-03-29T00:00:00+01:00"),
        ("2026-03-29T12:00", "2026-03-29T12:00:00+02:00"),
        ("2026-03-29 12:00:30", "2026-03-29T12:00:30+02:00"),
        ("2026-03-29 12:00:30.250", "2026-03-29T12:00:30.250000+02:00"),
        ("2026-03-29T12:00Z", "2026-03-29T14:00:00+02:00"),
        ("2026-03-29t12:00:00z", "2026-03-29T14:00:00+02:00"),
        ("2026-03-29T12:00+05:30", "2026-03-29T08:30:00+02:00"),
        ("2026-03-29 12:00:00 -0400", "2026-03-29T18:00:00+02:00"),
        ("2026-03-29T12:00+02", "2026-03-29T12:00:00+02:00"),
        ("24h", "2026-03-29T12:00:00+02:00"),
        ("-24h", "2026-03-29T12:00:00+02:00"),
        ("+48h", "2026-04-01T12:00:00+02:00"),
        ("1h30m", "2026-03-30T10:30:00+02:00"),
        ("7d", "2026-03-23T12:00:00+01:00"),
        ("1w", "2026-03-23T12:00:00+01:00"),
        ("1d12h", "2026-03-28T23:00:00+01:00"),
    ],
)
def test_an_instant(text: str, expected: str) -> None:
    assert at(text) == expected


def test_24_hours_are_not_a_day_when_the_clocks_change() -> None:
    now = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
    assert at("24h", now=now) == "2026-03-28T11:00:00+01:00"
    assert at("1d", now=now) == "2026-03-28T12:00:00+01:00"


def test_days_ago_that_lead_into_a_clock_change() -> None:
    into_the_gap = datetime(2026, 3, 30, 0, 30, tzinfo=UTC)
    assert at("1d", now=into_the_gap) == "2026-03-29T03:30:00+02:00"
    into_the_repeated_hour = datetime(2026, 10, 26, 1, 30, tzinfo=UTC)
    assert at("1d", now=into_the_repeated_hour) == "2026-10-25T02:30:00+01:00"


@pytest.mark.parametrize(
    ("text", "zone", "says", "both"),
    [
        (
            "2026-03-29T02:30",
            BERLIN,
            "does not exist",
            ["2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00"],
        ),
        (
            "2026-10-25 02:30",
            BERLIN,
            "exists twice",
            ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"],
        ),
        (
            "2026-11-01 01:15:30",
            NEW_YORK,
            "exists twice",
            ["2026-11-01T01:15:30-04:00", "2026-11-01T01:15:30-05:00"],
        ),
        (
            "2026-10-04 02:15",
            LORD_HOWE,
            "does not exist",
            ["2026-10-04T01:45:00+10:30", "2026-10-04T02:45:00+11:00"],
        ),
        (
            "2026-04-05 01:45",
            LORD_HOWE,
            "exists twice",
            ["2026-04-05T01:45:00+11:00", "2026-04-05T01:45:00+10:30"],
        ),
    ],
)
def test_a_time_that_exists_twice_or_never(text: str, zone: tzinfo, says: str, both: list[str]) -> None:
    with pytest.raises(UsageProblem, match=says) as problem:
        at(text, zone)
    assert problem.value.message.startswith("--from: ")
    assert problem.value.hint == f"write {both[0]} or {both[1]}"
    assert problem.value.details == {"readings": both}
    assert [at(reading, zone) for reading in both] == both


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1774742400", "2026-03-29T00:00:00+00:00"),
        ("1774742400000", "2026-03-29T00:00:00+00:00"),
        ("1774742400.5", "Unix time"),
        ("20260329", "write 2026-03-29"),
        ("2026-02-30", "2026-03-29"),
        ("2026-03-29T25:00", "use now"),
        ("2026-03-29T12:00+99:00", "use now"),
        ("99999d", "use now"),
        ("9999999999s", "use now"),
        ("0001-01-01", "use now"),
        ("9999-12-31T23:59", "use now"),
        ("", "use now"),
        ("-", "use now"),
        ("--24h", "use now"),
        ("1mo", "use now"),
        ("24H", "use now"),
        ("٢٤h", "use now"),
    ],
)
def test_what_is_not_a_time(text: str, hint: str) -> None:
    with pytest.raises(UsageProblem, match="--from") as problem:
        at(text)
    assert problem.value.hint is not None
    assert hint in problem.value.hint


@given(
    st.one_of(
        st.text(max_size=30),
        st.from_regex(r"[+-]?[0-9]{0,12}[wdhms]?[0-9]{0,3}[hms]?", fullmatch=True),
        st.from_regex(
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{4})?", fullmatch=True
        ),
    ),
    zone_values,
)
def test_any_text_is_an_instant_or_a_usage_problem(text: str, zone: tzinfo) -> None:
    for read in (
        lambda: parse_instant(text, zone, NOW, field="--to"),
        lambda: parse_duration(text, field="--wait"),
        lambda: resolve_range(since=text, zone=zone, now=NOW),
        lambda: resolve_range(day=text, zone=zone, now=NOW),
        lambda: parse_zone(text, site=text),
    ):
        problem = refusal(read)
        assert problem is None or problem.hint


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("15m", 900), ("24h", 86400), ("7d", 604800), ("2w", 1209600), ("1h30m", 5400), ("0s", 0)],
)
def test_a_duration(text: str, seconds: int) -> None:
    assert parse_duration(text, field="--wait") == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "90", "1.5h", "-1h", "1h1h", "30m1h", "1y", "h"])
def test_what_is_not_a_duration(text: str) -> None:
    with pytest.raises(UsageProblem, match="--wait"):
        parse_duration(text, field="--wait")


def test_a_bare_number_as_duration_asks_for_the_unit() -> None:
    with pytest.raises(UsageProblem) as problem:
        parse_duration("90", field="--wait")
    assert problem.value.hint == "say the unit: 90s, 90m or 90h"


# Ranges


@pytest.mark.parametrize(
    ("options", "described"),
    [
        (
            {"day": "2026-03-29"},
            "2026-03-29 00:00 +01:00 to 2026-03-30 00:00 +02:00 (Europe/Berlin, 23 h)",
        ),
        (
            {"day": "2026-10-25"},
            "2026-10-25 00:00 +02:00 to 2026-10-26 00:00 +01:00 (Europe/Berlin, 25 h)",
        ),
        (
            {"day": "yesterday"},
            "2026-03-29 00:00 +01:00 to 2026-03-30 00:00 +02:00 (Europe/Berlin, 23 h)",
        ),
        (
            {"from_": "2026-03-28", "to": "2026-03-30"},
            "2026-03-28 00:00 +01:00 to 2026-03-30 00:00 +02:00 (Europe/Berlin, 47 h)",
        ),
        (
            {"since": "24h"},
            "2026-03-29 12:00 +02:00 to 2026-03-30 12:00 +02:00 (Europe/Berlin, 24 h)",
        ),
        (
            {"since": "7d"},
            "2026-03-23 12:00 +01:00 to 2026-03-30 12:00 +02:00 (Europe/Berlin, 6 d 23 h)",
        ),
        (
            {"since": "today"},
            "2026-03-30 00:00 +02:00 to 2026-03-30 12:00 +02:00 (Europe/Berlin, 12 h)",
        ),
        (
            {"default": "90m"},
            "2026-03-30 10:30 +02:00 to 2026-03-30 12:00 +02:00 (Europe/Berlin, 1 h 30 min)",
        ),
        (
            {"since": "45s", "default": "24h"},
            "2026-03-30 11:59:15 +02:00 to 2026-03-30 12:00 +02:00 (Europe/Berlin, 45 s)",
        ),
        (
            {"from_": "2026-01-01", "to": "2026-03-01"},
            "2026-01-01 00:00 +01:00 to 2026-03-01 00:00 +01:00 (Europe/Berlin, 59 days)",
        ),
        (
            {"from_": "now", "to": "+48h"},
            "2026-03-30 12:00 +02:00 to 2026-04-01 12:00 +02:00 (Europe/Berlin, 48 h)",
        ),
    ],
)
def test_a_range(options: dict[str, str], described: str) -> None:
    assert resolve_range(**options, zone=BERLIN, now=NOW).describe() == described
    later = resolve_range(**options, zone=BERLIN, now=NOW.replace(microsecond=741402))
    assert ".741402" not in later.describe()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"day": "today", "since": "24h"}, ["--day", "--since"]),
        ({"day": "today", "from_": "today"}, ["--day", "--from"]),
        ({"day": "today", "to": "now"}, ["--day", "--to"]),
        ({"since": "24h", "from_": "today"}, ["--since", "--from"]),
        ({"since": "24h", "to": "now"}, ["--since", "--to"]),
        ({"to": "now"}, ["--to"]),
        ({}, ["no time"]),
        ({"from_": "2026-03-02", "to": "2026-03-02"}, ["empty", "--from", "--to"]),
        ({"from_": "2026-03-02", "to": "2026-03-01"}, ["empty", "--from", "--to"]),
        ({"from_": "2027-01-01"}, ["empty", "--from", "now"]),
        ({"since": "+1h"}, ["empty", "--since", "now"]),
        ({"since": ""}, ["--since"]),
        ({"from_": "", "default": "24h"}, ["--from"]),
        ({"day": "24h"}, ["--day"]),
        ({"day": "2026-03-29T12:00"}, ["--day"]),
        ({"day": "now"}, ["--day"]),
        ({"from_": "2026-03-29T02:30"}, ["--from", "does not exist"]),
        ({"from_": "2026-03-01", "to": "2026-03-29T02:30"}, ["--to", "does not exist"]),
    ],
)
def test_a_range_that_cannot_be(options: dict[str, str], words: list[str]) -> None:
    with pytest.raises(UsageProblem) as problem:
        resolve_range(**options, zone=BERLIN, now=NOW)
    assert all(word in problem.value.message for word in words)
    assert problem.value.hint


def test_a_day_the_zone_left_out() -> None:
    with pytest.raises(UsageProblem, match="there is no 2011-12-30 in Pacific/Apia"):
        day_of("2011-12-30", APIA)
    assert day_of("2011-12-29", APIA).length == timedelta(hours=24)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        ("2026-03-29", BERLIN, 23),
        ("2026-10-25", BERLIN, 25),
        ("2026-03-08", NEW_YORK, 23),
        ("2026-11-01", NEW_YORK, 25),
        ("2026-03-29", KOLKATA, 24),
        ("2026-10-04", LORD_HOWE, 23.5),
        ("2026-04-05", LORD_HOWE, 24.5),
        ("2026-03-08", HAVANA, 23),
        ("2026-11-01", HAVANA, 25),
    ],
)
def test_the_length_of_a_local_day(day: str, zone: tzinfo, hours: float) -> None:
    assert day_of(day, zone).length == timedelta(hours=hours)


def test_a_range_may_be_built_from_times_of_the_zone_itself() -> None:
    wall = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    span = TimeRange(wall.replace(fold=0), wall.replace(fold=1), BERLIN)
    assert span.length == timedelta(hours=1)


def test_cutting_into_local_days_over_a_clock_change() -> None:
    span = resolve_range(from_="2026-10-24T12:00", to="2026-10-26T06:00", zone=BERLIN, now=NOW)
    assert [part.length / timedelta(hours=1) for part in span.local_days()] == [12, 25, 6]


@pytest.mark.parametrize(
    ("length", "cuts"),
    [
        (Days(3), ["2026-03-30", "2026-04-02"]),
        (Days(5), ["2026-04-01"]),
        (Months(1), []),
        (timedelta(hours=72), ["2026-03-30T11:00", "2026-04-02T11:00"]),
    ],
)
def test_cutting_in_the_middle_of_a_day(length: timedelta | CalendarLength, cuts: list[str]) -> None:
    span = resolve_range(from_="2026-03-27T10:00", to="2026-04-04", zone=BERLIN, now=NOW)
    assert [part.start for part in span.split(length)][1:] == [
        parse_instant(cut, BERLIN, NOW, field="") for cut in cuts
    ]


def test_cutting_by_months_and_years_keeps_to_the_calendar() -> None:
    span = resolve_range(from_="2023-12-31", to="2024-05-01", zone=BERLIN, now=NOW)
    assert [part.start.date().isoformat() for part in span.split(Months(2))] == [
        "2023-12-31",
        "2024-02-29",
        "2024-04-29",
    ]
    span = resolve_range(from_="2024-02-29", to="2026-03-01", zone=BERLIN, now=NOW)
    assert [part.start.date().isoformat() for part in span.split(Years(1))] == [
        "2024-02-29",
        "2025-02-28",
        "2026-02-28",
    ]


def test_cutting_on_the_edges_of_weeks() -> None:
    span = resolve_range(from_="2025-01-01", to="2026-03-30", zone=BERLIN, now=NOW)
    cuts = [part.start for part in span.split(Years(1), align="1w")][1:]
    assert [rfc3339(cut) for cut in cuts] == ["2025-12-29T00:00:00+01:00"]


@pytest.mark.parametrize("count", [0, -1])
def test_a_length_must_be_positive(count: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Days(count)
    with pytest.raises(ValueError, match="more than 0"):
        day_of("today", BERLIN).split(timedelta(hours=count))


lengths = st.one_of(
    st.integers(1, 40).map(Days),
    st.integers(1, 30).map(Months),
    st.integers(1, 3).map(Years),
    st.timedeltas(timedelta(hours=5), timedelta(days=90)),
)


@given(instants, st.timedeltas(timedelta(seconds=1), timedelta(days=1200)), lengths, zone_values, st.data())
def test_parts_join_exactly(
    start: datetime, length: timedelta, most: timedelta | CalendarLength, zone: tzinfo, data: st.DataObject
) -> None:
    span = TimeRange(start, start + length, zone)
    align = data.draw(st.sampled_from([None, *RESOLUTIONS]))
    parts = span.split(most, align=align)
    assert parts[0].start == start
    assert parts[-1].end == start + length
    assert all(one.end == other.start for one, other in itertools.pairwise(parts))
    for part in parts:
        assert part.start < part.end
        if isinstance(most, timedelta):
            assert part.length <= most
        else:
            first = part.start.date()
            assert part.end.replace(tzinfo=None) <= datetime.combine(
                most.after(first, 2), datetime.min.time()
            )


# Buckets


@pytest.mark.parametrize(
    ("start", "resolution", "zone", "following"),
    [
        ("2026-03-29T01:59:30+01:00", "1m", BERLIN, "2026-03-29T03:00:00+02:00"),
        ("2026-03-29T01:45:00+01:00", "15m", BERLIN, "2026-03-29T03:00:00+02:00"),
        ("2026-10-25T02:00:00+02:00", "1h", BERLIN, "2026-10-25T02:00:00+01:00"),
        ("2026-03-29T00:00:00+01:00", "1d", BERLIN, "2026-03-30T00:00:00+02:00"),
        ("2026-03-29T00:00:00+01:00", "1w", BERLIN, "2026-03-30T00:00:00+02:00"),
        ("2026-03-30T00:00:00+02:00", "1w", BERLIN, "2026-04-06T00:00:00+02:00"),
        ("2026-12-15T08:00:00+01:00", "1mo", BERLIN, "2027-01-01T00:00:00+01:00"),
        ("2026-12-15T08:00:00+01:00", "1y", BERLIN, "2027-01-01T00:00:00+01:00"),
        ("2026-03-29T10:10:00+05:30", "1h", KOLKATA, "2026-03-29T11:00:00+05:30"),
        ("2026-10-04T01:10:00+10:30", "1h", LORD_HOWE, "2026-10-04T02:30:00+11:00"),
        ("2026-10-04T02:30:00+11:00", "1h", LORD_HOWE, "2026-10-04T03:00:00+11:00"),
        ("2026-04-05T01:10:00+11:00", "1h", LORD_HOWE, "2026-04-05T01:30:00+10:30"),
        ("2026-04-05T01:30:00+10:30", "1h", LORD_HOWE, "2026-04-05T02:00:00+10:30"),
        ("2011-12-29T12:00:00-10:00", "1d", APIA, "2011-12-31T00:00:00+14:00"),
        ("1990-10-27T23:30:00-03:30", "1d", ST_JOHNS, "1990-10-29T00:00:00-03:30"),
    ],
)
def test_the_next_edge(start: str, resolution: Resolution, zone: tzinfo, following: str) -> None:
    assert rfc3339(step(datetime.fromisoformat(start), resolution, zone)) == following


def test_the_edge_before_lies_behind_a_change_by_half_an_hour() -> None:
    for text, edge in (("01:45:00+11:00", "01:00:00+11:00"), ("01:45:00+10:30", "01:30:00+10:30")):
        instant = datetime.fromisoformat(f"2026-04-05T{text}")
        assert rfc3339(floor(instant, "1h", LORD_HOWE)) == f"2026-04-05T{edge}"


@pytest.mark.parametrize(
    ("day", "zone", "quarters", "hours"),
    [
        ("2026-03-29", BERLIN, 92, 23),
        ("2026-10-25", BERLIN, 100, 25),
        ("2026-03-28", BERLIN, 96, 24),
        ("2026-03-08", NEW_YORK, 92, 23),
        ("2026-03-28", KOLKATA, 96, 24),
        ("2026-10-04", LORD_HOWE, 94, 24),
        ("2026-04-05", LORD_HOWE, 98, 25),
    ],
)
def test_the_buckets_of_a_day(day: str, zone: tzinfo, quarters: int, hours: int) -> None:
    span = day_of(day, zone)
    assert len(list(buckets(span, "15m"))) == quarters
    assert len(list(buckets(span, "1h"))) == hours
    assert list(buckets(span, "1d")) == [(span.start, span.end)]


def test_buckets_are_cut_to_the_range() -> None:
    span = resolve_range(from_="2026-03-29T00:10", to="2026-03-29T01:05", zone=BERLIN, now=NOW)
    edges = [(rfc3339(start)[11:16], rfc3339(end)[11:16]) for start, end in buckets(span, "1h")]
    assert edges == [("00:10", "01:00"), ("01:00", "01:05")]


@given(instants, resolutions, zone_values)
def test_an_instant_lies_in_one_bucket(instant: datetime, resolution: Resolution, zone: tzinfo) -> None:
    start, end = floor(instant, resolution, zone), step(instant, resolution, zone)
    assert start <= instant < end
    if resolution in ("1m", "15m", "1h"):
        assert step(start, resolution, zone) == end


@given(instants, st.integers(1, 60), resolutions, zone_values)
def test_buckets_tile_the_range(start: datetime, count: int, resolution: Resolution, zone: tzinfo) -> None:
    seconds = {"1m": 60, "15m": 900, "1h": 3600, "1d": 86400, "1w": 604800, "1mo": 2678400, "1y": 31622400}
    span = TimeRange(start, start + timedelta(seconds=count * seconds[resolution]), zone)
    found = list(buckets(span, resolution))
    assert found[0][0] == span.start
    assert found[-1][1] == span.end
    assert all(one[1] == other[0] for one, other in itertools.pairwise(found))
    assert all(begin < end for begin, end in found)


def test_an_unknown_resolution() -> None:
    with pytest.raises(UsageProblem, match="2h"):
        step(NOW, "2h", BERLIN)  # type: ignore[arg-type]


# Instants as machines write them


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-29 12:00:00", "2026-03-29T12:00:00+02:00"),
        ("2026-03-29 12:00", "2026-03-29T12:00:00+02:00"),
        ("2026-03-29T12:00:00", "2026-03-29T12:00:00+02:00"),
        ("2026-03-29T12:00:00.1234567", "2026-03-29T12:00:00.123456+02:00"),
        ("2026-03-29T12:00:00.5Z", "2026-03-29T12:00:00.500000+00:00"),
        ("2026-03-29T12:00:00Z", "2026-03-29T12:00:00+00:00"),
        ("2026-03-29T12:00:00+05:30", "2026-03-29T12:00:00+05:30"),
        ("2026-03-29", "2026-03-29T00:00:00+01:00"),
        (" 2026-03-29 ", "2026-03-29T00:00:00+01:00"),
        ("2026-03-29 02:30:00", "2026-03-29T03:30:00+02:00"),
    ],
)
def test_the_forms_of_the_wire(text: str, expected: str) -> None:
    found = parse_wire(text, BERLIN)
    assert found is not None
    assert rfc3339(found) == expected


@pytest.mark.parametrize(
    "text",
    [
        None,
        5,
        1774742400.0,
        True,
        b"2026-03-29",
        {},
        [],
        "",
        "soon",
        "2026-02-30",
        "2026-03-29T24:00",
        "29.03.2026",
        "2026-03-29T12:00:00.",
        "2026-03-29T12:00:00.1234567890",
        "2026-03-29T12:00+25:00",
        "2026-03-29T12:00+02:75",
    ],
)
def test_what_the_wire_does_not_say(text: object) -> None:
    assert parse_wire(text, BERLIN) is None


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999"])
@pytest.mark.parametrize("zone", ZONES)
def test_the_ends_of_the_calendar(text: str, zone: tzinfo) -> None:
    found = parse_wire(text, zone, previous=NOW)
    assert found is not None
    assert rfc3339(found, BERLIN)[:4].isdigit()
    assert ago(found, NOW)


@pytest.mark.parametrize(
    ("zone", "day", "minutes"),
    [
        (BERLIN, "2026-10-25", 15),
        (BERLIN, "2026-10-25", 60),
        (NEW_YORK, "2026-11-01", 15),
        (LORD_HOWE, "2026-04-05", 15),
    ],
)
def test_a_series_without_offsets_goes_forward(zone: tzinfo, day: str, minutes: int) -> None:
    span = day_of(day, zone)
    real = [
        span.start + timedelta(minutes=minutes) * index
        for index in range(int(span.length / timedelta(minutes=minutes)))
    ]
    previous = None
    found = []
    for instant in real:
        previous = parse_wire(f"{in_zone(instant, zone):%Y-%m-%d %H:%M:%S}", zone, previous=previous)
        found.append(previous)
    assert found == real


@given(st.datetimes(timezones=st.just(UTC)), zone_values)
def test_writing_and_reading_back(instant: datetime, zone: tzinfo) -> None:
    text = rfc3339(instant, zone)
    assert parse_wire(text, BERLIN) == instant
    assert text[-6] in "+-"
    assert (instant.microsecond == 0) == ("." not in text)


@given(
    st.one_of(st.text(), st.none(), st.integers(), st.floats(), st.binary()),
    zone_values,
    st.none() | instants,
)
def test_reading_the_wire_never_raises(text: object, zone: tzinfo, previous: datetime | None) -> None:
    assert parse_wire(text, zone, previous=previous) is None or isinstance(text, str)


def test_utc_is_written_as_an_offset() -> None:
    assert rfc3339(NOW) == "2026-03-30T10:00:00+00:00"
    assert rfc3339(NOW, KOLKATA) == "2026-03-30T15:30:00+05:30"


def test_an_offset_with_seconds_is_written_in_utc() -> None:
    assert rfc3339(datetime(1880, 1, 1, tzinfo=UTC), BERLIN) == "1880-01-01T00:00:00+00:00"


# For people


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (-5, "0 s"),
        (0.4, "0 s"),
        (45, "45 s"),
        (60, "1 min"),
        (80, "1 min 20 s"),
        (3599.7, "1 h"),
        (3659, "1 h 1 min"),
        (4800, "1 h 20 min"),
        (86399, "1 d"),
        (90000, "1 d 1 h"),
        (777605, "9 d"),
        (float("nan"), "an unknown time"),
        (float("inf"), "an unknown time"),
    ],
)
def test_a_wait_for_people(seconds: float, text: str) -> None:
    assert wait_text(seconds) == text


def test_how_long_ago() -> None:
    assert ago(NOW - timedelta(minutes=5), NOW) == "5 min ago"
    assert ago(NOW + timedelta(hours=2), NOW) == "in 2 h"
    assert ago(NOW, NOW) == "just now"
    assert ago(in_zone(NOW - timedelta(hours=26), BERLIN), NOW) == "1 d 2 h ago"
