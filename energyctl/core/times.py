"""Instants, durations, ranges and buckets: what the time options mean, and how times are read and written.

All ranges are half-open: the start belongs to them, the end does not. All instants carry a fixed offset, see
``zones``. A day, week, month or year is the local calendar's, so a day can have 23, 24 or 25 hours.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import ClassVar, Literal

from energyctl.core.errors import UsageProblem
from energyctl.core.zones import (
    STAMP,
    from_wall,
    in_zone,
    parse_wire,
    parse_zone,
    read_stamp,
    readings,
    rfc3339,
    start_of_day,
    the_reading,
    zone_label,
)

__all__ = [
    "RESOLUTIONS",
    "CalendarLength",
    "Days",
    "Months",
    "Resolution",
    "TimeRange",
    "Years",
    "ago",
    "buckets",
    "floor",
    "in_zone",
    "parse_duration",
    "parse_instant",
    "parse_wire",
    "parse_zone",
    "resolve_range",
    "rfc3339",
    "start_of_day",
    "step",
    "wait_text",
    "zone_label",
]

Resolution = Literal["1m", "15m", "1h", "1d", "1w", "1mo", "1y"]
RESOLUTIONS: tuple[Resolution, ...] = ("1m", "15m", "1h", "1d", "1w", "1mo", "1y")

_CLOCK_MINUTES = {"1m": 1, "15m": 15, "1h": 60}
INSTANT_FORMS = (
    "now, today, yesterday, 2026-03-29, 2026-03-29T12:00, 2026-03-29T12:00+02:00, or 24h for 24 hours ago"
)
DURATION_FORMS = "90s, 15m, 24h, 7d, 2w, or several together such as 1h30m"
_COUNTED_IN_HOURS = timedelta(hours=73)  # three days, one of them with a clock change
_YEARS = range(1900, 2201)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DURATION = re.compile(
    r"(?=.)(?:([0-9]{1,6})w)?(?:([0-9]{1,6})d)?(?:([0-9]{1,7})h)?(?:([0-9]{1,8})m)?(?:([0-9]{1,10})s)?"
)


@dataclass(frozen=True)
class CalendarLength:
    """A number of local days, months or years: use ``Days``, ``Months`` or ``Years``."""

    count: int
    _days: ClassVar[int] = 0
    _months: ClassVar[int] = 0

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("a length of time must be at least 1")

    def after(self, day: date, times: int = 1) -> date:
        """Return the day ``times`` lengths later; where a month has no such day, its last day."""
        from calendar import monthrange

        year, month = divmod(day.year * 12 + day.month - 1 + self._months * self.count * times, 12)
        there = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
        return there + timedelta(days=self._days * self.count * times)


class Days(CalendarLength):
    """A number of local days, of 23, 24 or 25 hours."""

    _days = 1


class Months(CalendarLength):
    """A number of calendar months."""

    _months = 1


class Years(CalendarLength):
    """A number of calendar years."""

    _months = 12


_CALENDAR_STEPS = {"1d": Days(1), "1w": Days(7), "1mo": Months(1), "1y": Years(1)}


@dataclass(frozen=True)
class TimeRange:
    """The time from ``start`` up to, but without, ``end``, seen from a zone."""

    start: datetime
    end: datetime
    zone: tzinfo

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", in_zone(self.start, self.zone))
        object.__setattr__(self, "end", in_zone(self.end, self.zone))

    @property
    def length(self) -> timedelta:
        """The real time that passes."""
        return self.end - self.start

    def describe(self) -> str:
        """Return ``2026-03-28 00:00 +01:00 to 2026-03-30 00:00 +02:00 (Europe/Berlin, 47 h)``."""
        length = wait_text(self.length.total_seconds())
        if timedelta(hours=1) <= self.length <= _COUNTED_IN_HOURS:
            minutes = self.length // timedelta(minutes=1)
            length = f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")
        elif all(start_of_day(edge.date(), self.zone) == edge for edge in (self.start, self.end)):
            length = f"{(self.end.date() - self.start.date()).days} days"
        return f"{_shown(self.start)} to {_shown(self.end)} ({zone_label(self.zone)}, {length})"

    def local_days(self) -> list[TimeRange]:
        """Cut at every local midnight; the first and last part may be less than a day."""
        return self.split(Days(1))

    def split(
        self, max_length: timedelta | CalendarLength, *, align: Resolution | None = None
    ) -> list[TimeRange]:
        """Cut into parts that follow each other without gap or overlap, none longer than ``max_length``.

        A calendar length cuts at local midnights, also when the range starts in the middle of a day: the
        first part is then the shorter one. With ``align`` every cut moves back to the last edge of such a
        bucket (where there is one inside the part), so that no bucket is asked for in two halves.
        """
        parts = []
        start = self.start
        while start < self.end:
            cut = min(_cut_after(start, max_length, self.zone), self.end)
            if align is not None and cut < self.end:
                edge = floor(cut, align, self.zone)
                cut = edge if edge > start else cut
            parts.append(TimeRange(start, cut, self.zone))
            start = cut
        return parts


def parse_instant(text: str, zone: tzinfo, now: datetime, *, field: str) -> datetime:
    """Return the instant a text means: a word, a date, a date-time, or a duration counted from now.

    Words are ``now``, ``today``, ``yesterday`` and ``tomorrow`` (the local day's start); a date is its local
    day's start; a date-time is local unless it has ``Z`` or an offset. ``24h`` and ``-24h`` are 24 hours ago,
    ``+24h`` is 24 hours ahead; days and weeks keep the local time of day. ``field`` is the option's name, for
    messages. Raises ``UsageProblem`` for anything else, and for a local time that exists twice or never.
    """
    word = text.strip()
    today = in_zone(now, zone).date()
    days_ahead = {"today": 0, "yesterday": -1, "tomorrow": 1}.get(word.lower())
    if word.lower() == "now":
        return in_zone(now, zone)
    if days_ahead is not None:
        return start_of_day(today + timedelta(days=days_ahead), zone)
    if parts := _duration_parts(word[1:] if word[:1] in ("+", "-") else word):
        return _shifted(now, parts, 1 if word.startswith("+") else -1, zone, field)
    if day := _date(word, field):
        return start_of_day(day, zone)
    stamp = STAMP.fullmatch(word)
    if stamp is None:
        raise _not_a_time(word, field)
    wall, offset = read_stamp(stamp)
    if wall is None or wall.year not in _YEARS:
        raise _not_a_time(word, field)
    if offset is not None:
        return in_zone(wall.replace(tzinfo=offset), zone)
    return the_reading(wall, zone, field=field)


def parse_duration(text: str, *, field: str) -> timedelta:
    """Return the length of a duration: ``90s``, ``15m``, ``24h``, ``7d``, ``2w`` or ``1h30m``.

    A day counts 24 hours here; where days should follow the calendar, use ``resolve_range``. ``field`` is the
    option's name, for messages. Raises ``UsageProblem``.
    """
    parts = _duration_parts(text.strip())
    if parts is None:
        number = re.fullmatch(r"[0-9]{1,9}", text.strip())
        raise UsageProblem(
            f'{field}: "{text[:60]}" is not a duration',
            hint=f"say the unit: {number[0]}s, {number[0]}m or {number[0]}h"
            if number
            else f"use {DURATION_FORMS}",
        )
    return parts[0] + parts[1]


def resolve_range(
    *,
    since: str | None = None,
    from_: str | None = None,
    to: str | None = None,
    day: str | None = None,
    zone: tzinfo,
    now: datetime,
    default: str | None = None,
) -> TimeRange:
    """Return the range that ``--since``, ``--from``/``--to`` or ``--day`` asks for.

    ``--since 24h`` is the last 24 hours, ``--since 7d`` starts seven calendar days ago at this time of day,
    ``--since 2026-03-01`` starts there; all end now. ``--from`` without ``--to`` ends now. As ranges are
    half-open, ``--from 2026-03-01 --to 2026-03-02`` is exactly one day. ``--day`` takes a date, ``today``,
    ``yesterday`` or ``tomorrow`` and is that local day of 23, 24 or 25 hours. Without any of them ``default``
    stands for ``--since``. Raises ``UsageProblem`` for contradictions, empty ranges, and no range at all.
    """
    given = {"--since": since, "--from": from_, "--to": to, "--day": day}
    named = [option for option, value in given.items() if value is not None]
    for lonely in ("--day", "--since"):
        if lonely in named and len(named) > 1:
            other = next(option for option in named if option != lonely)
            raise UsageProblem(
                f"{lonely} and {other} contradict each other",
                hint="give one of --since, --day, or --from with --to",
            )
    if named == ["--to"]:
        raise UsageProblem("--to says where the range ends, but not where it starts", hint="add --from")
    if day is not None:
        return _whole_day(day, zone, now)
    if not named and default is None:
        raise UsageProblem(
            "no time was given", hint="add --since 24h, --day yesterday, or --from 2026-03-01 --to 2026-03-02"
        )
    field, text = ("--from", from_) if from_ is not None else ("--since", since)
    start = parse_instant(text if text is not None else default or "", zone, now, field=field)
    end = parse_instant(to, zone, now, field="--to") if to is not None else in_zone(now, zone)
    if end <= start:
        last = f"--to ({_shown(end)})" if to is not None else f"now ({_shown(end)})"
        raise UsageProblem(
            f"the range is empty: {field} ({_shown(start)}) is not before {last}",
            hint="--to is not part of the range: one day is --from 2026-03-01 --to 2026-03-02",
        )
    return TimeRange(start, end, zone)


def step(start: datetime, resolution: Resolution, zone: tzinfo) -> datetime:
    """Return the first edge after ``start`` of buckets of a resolution.

    Edges of minutes and hours lie where the local clock shows round times; a change of the clocks by a part
    of the bucket ends it early. Days, weeks (from Monday), months and years start at local midnight.
    """
    here = in_zone(start, zone)
    if minutes := _CLOCK_MINUTES.get(resolution):
        return in_zone(_clock_floor(here, minutes) + timedelta(minutes=minutes), zone)
    first = _calendar_floor(here.date(), resolution)
    return _midnight_after(start, first, _CALENDAR_STEPS[resolution], zone)


def floor(instant: datetime, resolution: Resolution, zone: tzinfo) -> datetime:
    """Return the last bucket edge at or before an instant; see ``step``."""
    here = in_zone(instant, zone)
    minutes = _CLOCK_MINUTES.get(resolution)
    if minutes is None:
        return start_of_day(_calendar_floor(here.date(), resolution), zone)
    edge = in_zone(_clock_floor(here, minutes), zone)
    if edge.utcoffset() != here.utcoffset():
        edge = _clock_floor(edge, minutes)
        while (following := step(edge, resolution, zone)) <= instant:
            edge = following
    return edge


def buckets(span: TimeRange, resolution: Resolution) -> Iterator[tuple[datetime, datetime]]:
    """Yield the start and end of each bucket in a range; the first and last are cut to the range."""
    start = span.start
    while start < span.end:
        end = min(step(start, resolution, span.zone), span.end)
        yield start, end
        start = end


def wait_text(seconds: float) -> str:
    """Return a duration for people, in its two largest units: ``1 h 20 min``, ``45 s``, ``2 d 3 h``."""
    if not math.isfinite(seconds):
        return "an unknown time"
    whole = max(0, round(seconds))
    for grain, size in ((60, 3600), (3600, 86400)):
        if whole >= size:
            whole = round(whole / grain) * grain
    values = (whole // 86400, whole // 3600 % 24, whole // 60 % 60, whole % 60)
    shown = [f"{value} {unit}" for value, unit in zip(values, ("d", "h", "min", "s"), strict=True) if value]
    return " ".join(shown[:2]) or "0 s"


def ago(instant: datetime, now: datetime) -> str:
    """Return how long ago an instant was: ``5 min ago``, ``just now``, or ``in 2 h`` when it lies ahead."""
    seconds = (now - instant).total_seconds()
    if abs(seconds) < 1:
        return "just now"
    return f"{wait_text(seconds)} ago" if seconds > 0 else f"in {wait_text(-seconds)}"


def _cut_after(start: datetime, length: timedelta | CalendarLength, zone: tzinfo) -> datetime:
    if isinstance(length, timedelta):
        if length <= timedelta():
            raise ValueError("a length of time must be more than 0")
        return in_zone(start + length, zone)
    return _midnight_after(start, in_zone(start, zone).date(), length, zone)


def _midnight_after(start: datetime, first: date, length: CalendarLength, zone: tzinfo) -> datetime:
    times = 1
    while (midnight := start_of_day(length.after(first, times), zone)) <= start:
        times += 1  # where clocks go back over midnight, a day begins again after the next one began
    return midnight


def _clock_floor(here: datetime, minutes: int) -> datetime:
    past = timedelta(minutes=here.minute % minutes, seconds=here.second, microseconds=here.microsecond)
    return here - past


def _calendar_floor(day: date, resolution: Resolution) -> date:
    if resolution == "1d":
        return day
    if resolution == "1w":
        return day - timedelta(days=day.weekday())
    if resolution in ("1mo", "1y"):
        return day.replace(day=1, month=1 if resolution == "1y" else day.month)
    raise UsageProblem(f'unknown resolution "{resolution}"', hint=f"use one of {', '.join(RESOLUTIONS)}")


def _shown(instant: datetime) -> str:
    text = rfc3339(instant.replace(microsecond=0))
    return f"{text[:10]} {text[11:-6].removesuffix(':00')} {text[-6:]}"


def _duration_parts(text: str) -> tuple[timedelta, timedelta] | None:
    """Return the calendar part (weeks and days) and the clock part of a duration."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    weeks, days, hours, minutes, seconds = (int(group or 0) for group in match.groups())
    return timedelta(weeks=weeks, days=days), timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _shifted(
    now: datetime, parts: tuple[timedelta, timedelta], sign: int, zone: tzinfo, field: str
) -> datetime:
    calendar, clock = parts
    here = in_zone(now, zone)
    try:
        if calendar:
            wall = here.replace(tzinfo=None) + sign * calendar
            same = [instant for instant in readings(wall, zone) if instant.utcoffset() == here.utcoffset()]
            here = same[0] if same else from_wall(wall, zone)
        there = in_zone(here + sign * clock, zone)
    except OverflowError:
        there = datetime.min.replace(tzinfo=UTC)
    if there.year not in _YEARS:
        raise UsageProblem(f"{field}: that is too far from now", hint=f"use {INSTANT_FORMS}")
    return there


def _date(word: str, field: str) -> date | None:
    match = _DATE.fullmatch(word)
    if match is None:
        return None
    try:
        day = date(*(int(group) for group in match.groups()))
    except ValueError:
        raise UsageProblem(
            f"{field}: {word} is not a day of the calendar", hint=f"use {INSTANT_FORMS}"
        ) from None
    if day.year not in _YEARS:
        raise UsageProblem(f"{field}: the year {day.year} is out of range", hint=f"use {INSTANT_FORMS}")
    return day


def _whole_day(day: str, zone: tzinfo, now: datetime) -> TimeRange:
    word = day.strip()
    if word.lower() not in ("today", "yesterday", "tomorrow") and _date(word, "--day") is None:
        raise UsageProblem(
            f'--day: "{word[:60]}" is not a day', hint="use 2026-03-29, today, yesterday or tomorrow"
        )
    start = parse_instant(word, zone, now, field="--day")
    following = in_zone(start, zone).date() + timedelta(days=1)
    if _DATE.fullmatch(word) and in_zone(start, zone).date().isoformat() != word:
        raise UsageProblem(f"--day: there is no {word} in {zone_label(zone)}", hint="choose another day")
    return TimeRange(start, start_of_day(following, zone), zone)


def _not_a_time(word: str, field: str) -> UsageProblem:
    hint = f"use {INSTANT_FORMS}"
    if re.fullmatch(r"[0-9]{8}", word):
        hint = f"write {word[:4]}-{word[4:6]}-{word[6:]}"
    elif re.fullmatch(r"[0-9]{9,10}(?:[0-9]{3})?(?:\.[0-9]{1,9})?", word):
        whole = int(word.partition(".")[0])
        moment = datetime.fromtimestamp(whole / 1000 if whole >= 10**11 else whole, UTC)
        hint = f"a bare number is not taken as a time; as Unix time it would be {rfc3339(moment)}"
    return UsageProblem(f'{field}: "{word[:60]}" is not a time', hint=hint)
