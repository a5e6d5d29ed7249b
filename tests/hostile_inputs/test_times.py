"""Times of any kind in any zone: what is taken is a range to work with, what is refused says what to write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice, pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.errors import EnergyctlError
from energyctl.core.timeoptions import MOST_BUCKETS, refuse_too_many, widened, wished_zone
from energyctl.core.times import (
    RESOLUTIONS,
    Resolution,
    TimeRange,
    buckets,
    floor,
    parse_duration,
    parse_instant,
    resolve_range,
    step,
)
from energyctl.core.zones import parse_zone, rfc3339
from tests.hostile_inputs.mutations import TEXTS, spliced
from tests.hostile_inputs.promise import HOME, new_session, soon, taken_or_refused
from tests.properties import few

ZONES = sorted(available_timezones())
#: Half hours and quarters, midnights that are skipped or twice there, days left out, offsets with seconds.
ODD_ZONES = (
    "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia", "Africa/Cairo",
    "America/Sao_Paulo", "Asia/Beirut", "America/Havana", "Pacific/Chatham", "Africa/Monrovia", "Europe/Amsterdam",
    "America/Santiago", "Antarctica/Troll", "Africa/Casablanca", "Europe/Dublin",
)  # fmt: skip
ANY_ZONE = st.sampled_from([*ODD_ZONES, *ZONES]).map(ZoneInfo)
FIRST, LAST = datetime.fromisoformat("1901-01-02"), datetime.fromisoformat("2199-12-30")
NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)
NOWS = st.datetimes(timezones=st.just(UTC)) | st.just(NOW)
FORMS = (
    "now", "today", "yesterday", "tomorrow", "24h", "-24h", "+24h", "7d", "2w", "1h30m", "90s", "2026-03-29",
    "2026-03-29T02:30", "2026-10-25T02:30:00", "2026-03-29T12:00:00.123456789Z", "2026-03-29 12:00+02:00",
    "0001-01-01", "9999-12-31", "1900-01-01T00:00", "2200-12-31T23:59:60Z", "2026-06-30T23:59:60Z",
    "2026-03-29T12:00+99:99", "2026-03-29T12:00-24:00", "2026-03-29T24:00", "2026-02-29", "99999999999h",
    "999999w999999d", "1711670400", "1711670400000", "99999999999999", "20260329", "2011-12-30", "1e9s", "-1d",
)  # fmt: skip


@st.composite
def near_times(draw: st.DrawFn) -> str:
    form = draw(st.sampled_from(FORMS))
    return draw(spliced(form, 2)) if draw(st.booleans()) else form


WORDS = near_times() | TEXTS | st.datetimes().map(str) | st.from_regex(r"\A[0-9]{1,12}[wdhmsy]{1,2}\Z")
OPTIONS = st.fixed_dictionaries({}, optional=dict.fromkeys(("since", "from_", "to", "day"), WORDS))


def use(span: TimeRange) -> None:
    """Do what commands do with a range."""
    assert span.start < span.end
    assert span.describe()
    for resolution in RESOLUTIONS:
        edges = list(islice(buckets(span, resolution), 30))
        assert edges[0][0] == span.start
        assert all(begin < end for begin, end in edges)
        assert all(one[1] == two[0] for one, two in pairwise(edges))
        assert (
            floor(span.start, resolution, span.zone) <= span.start < step(span.start, resolution, span.zone)
        )
        wide = widened(span, resolution, span.zone)
        assert wide.start <= span.start < span.end <= wide.end
    if span.length < timedelta(days=60):
        days = span.local_days()
        assert (days[0].start, days[-1].end) == (span.start, span.end)


@few
@given(OPTIONS, ANY_ZONE, NOWS)
def test_any_options_are_a_range_or_a_usage_problem(
    options: dict[str, str], zone: tzinfo, now: datetime
) -> None:
    found = taken_or_refused(lambda: resolve_range(**options, zone=zone, now=now, default="24h"), exits=(2,))
    if isinstance(found, EnergyctlError):
        assert len(found.message) < 400
    else:
        use(found)


@few
@given(WORDS, ANY_ZONE)
def test_an_instant_can_be_written_and_read_back(text: str, zone: tzinfo) -> None:
    found = taken_or_refused(lambda: parse_instant(text, zone, NOW, field="--from"), exits=(2,))
    if not isinstance(found, EnergyctlError) and FIRST.year <= found.year <= LAST.year:
        assert parse_instant(rfc3339(found), zone, NOW, field="--from") == found
    taken_or_refused(lambda: parse_duration(text, field="--ttl"), exits=(2,))


@few
@given(st.datetimes(FIRST, LAST), st.sampled_from(ODD_ZONES).map(ZoneInfo))
def test_what_an_unclear_time_is_offered_for_is_taken(wall: datetime, zone: tzinfo) -> None:
    text = wall.replace(microsecond=0).isoformat()
    found = taken_or_refused(lambda: parse_instant(text, zone, NOW, field="--from"), exits=(2,))
    if isinstance(found, EnergyctlError):
        for offered in found.details["readings"]:
            assert offered in (found.hint or "")
            parse_instant(offered, zone, NOW, field="--from")
    else:
        assert found.replace(tzinfo=None).isoformat() == text


@few
@given(TEXTS | st.sampled_from(ZONES).flatmap(lambda name: spliced(name, 1)), TEXTS)
def test_any_text_is_a_zone_or_a_usage_problem(name: str, site: str) -> None:
    (HOME / "config.yaml").write_text("profiles: {w: {timezone: local}}")
    with soon():
        zone = taken_or_refused(lambda: wished_zone(new_session(), name, site), exits=(2,), given=name)
    if not isinstance(zone, EnergyctlError):
        assert datetime(2026, 1, 1, tzinfo=UTC).astimezone(zone)


NO_ZONES = (
    "../../../etc/passwd", "/etc/localtime", "Europe", "Europe/", ".", "zone.tab", "tzdata.zi", "x" * 100_000,
    "a/" * 5000, "posix/../UTC", "__init__.py", "+02:00", "GMT+99",
)  # fmt: skip


@pytest.mark.parametrize("name", NO_ZONES, ids=lambda name: name[:12])
def test_zones_that_are_no_zones(name: str) -> None:
    with soon():
        assert isinstance(taken_or_refused(lambda: parse_zone(name), exits=(2,), given=name), EnergyctlError)


@pytest.mark.parametrize(
    ("days", "resolution", "fits"),
    [
        (700, "1m", True),
        (800, "1m", False),
        (40_000, "1m", False),
        (40_000, "1h", True),
        (100_000, "1d", True),
    ],
)
def test_a_range_of_too_many_buckets_is_refused(days: int, resolution: Resolution, fits: bool) -> None:
    span = TimeRange(NOW - timedelta(days=days), NOW, UTC)
    found = taken_or_refused(lambda: refuse_too_many(span, resolution), exits=(2,))
    assert (found is None) is fits
    assert fits or f"{MOST_BUCKETS:,}" in found.message
