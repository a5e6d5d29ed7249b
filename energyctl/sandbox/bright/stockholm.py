"""Sweden's local time: the Kit's buckets (years, months, days, hours, quarter hours) as UTC instants.

How moments are read and written is here too; which of them a service has data for is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)
RESOLUTIONS = ("year", "month", "day", "hour", "15min")
"""Coarsest first."""

_FINE = {"hour": timedelta(hours=1), "15min": QUARTER}
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?")
_MICROSECOND_DIGITS = 6


def now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def day_of(moment: datetime) -> date:
    """Return the Swedish day in which a moment lies."""
    return moment.astimezone(STOCKHOLM).date()


@lru_cache(maxsize=16_384)
def midnight(day: date) -> datetime:
    """Return the beginning of a Swedish day, as UTC."""
    return datetime.combine(day, time(), STOCKHOLM).astimezone(UTC)


def next_month(day: date) -> date:
    """Return the first day of the month after a day's own."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def wire(moment: datetime) -> str:
    """Write an instant as the contract's sample does: UTC, with milliseconds."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def local(moment: datetime) -> str:
    """Write a moment of a contract or an invoice: local time with its offset."""
    return moment.astimezone(STOCKHOLM).isoformat(timespec="seconds")


def parse_instant(text: str) -> datetime | None:
    """Read a date-time of 19 characters or more; None when it is something else.

    One without an offset is taken as UTC, in which the contract's samples are written.
    """
    found = _INSTANT.fullmatch(text)
    if found is None:
        return None
    if found[1] is not None:
        # Python keeps microseconds; what is finer is cut off.
        text = text.replace(found[1], found[1][: _MICROSECOND_DIGITS + 1])
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def bucket_start(moment: datetime, resolution: str) -> datetime:
    """Return the beginning of the bucket in which a moment lies."""
    if resolution in _FINE:
        # Sweden's offsets are whole hours, so its hours and quarter hours begin with UTC's.
        beginning = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        return beginning + (moment - beginning) // _FINE[resolution] * _FINE[resolution]
    day = day_of(moment)
    if resolution != "day":
        day = day.replace(day=1)
    return midnight(day.replace(month=1) if resolution == "year" else day)


def next_bucket(start: datetime, resolution: str) -> datetime:
    """Return the end of the bucket that begins at ``start``."""
    if resolution in _FINE:
        return start + _FINE[resolution]
    day = day_of(start)
    if resolution == "day":
        return midnight(day + DAY)
    return midnight(next_month(day) if resolution == "month" else date(day.year + 1, 1, 1))


def buckets(start: datetime, end: datetime, resolution: str) -> Iterator[tuple[datetime, datetime]]:
    """Give the buckets that overlap ``[start, end)``, whole, in order."""
    begin = bucket_start(start, resolution)
    while begin < end:
        close = next_bucket(begin, resolution)
        yield begin, close
        begin = close
