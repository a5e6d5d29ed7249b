"""Germany's local time.

Its days of 23, 24 and 25 hours, and how the German market writes moments without a zone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
QUARTER = timedelta(minutes=15)

_SATURDAY = 5
_FIRST_YEAR, _LAST_YEAR = 2, 9998
"""Nearer to the calendar's ends nothing can be added or taken away."""

_D = TypeVar("_D", bound=date)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?(Z|[+-]\d{2}:\d{2})?)?", re.IGNORECASE
)


def now() -> datetime:
    """Return the present moment in Berlin, to the second."""
    return datetime.now(BERLIN).replace(microsecond=0)


def today() -> date:
    """Return the present day in Berlin."""
    return now().date()


def midnight(day: date) -> datetime:
    """Return the beginning of a Berlin day, as UTC."""
    return datetime.combine(day, time(), BERLIN).astimezone(UTC)


def wire(moment: datetime) -> str:
    """Write a moment as ``yyyy-MM-dd HH:mm:ss`` in local time without a zone.

    In autumn one hour appears twice.
    """
    return moment.astimezone(BERLIN).replace(tzinfo=None).isoformat(" ", "seconds")


def parse_date(text: str) -> date | None:
    """Read ``yyyy-MM-dd``; None when it is something else or no day of the calendar."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return _reckonable(date.fromisoformat(text))
    except ValueError:
        return None


def _reckonable(day: _D) -> _D | None:
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def parse_moment(text: str) -> datetime | None:
    """Read a date or date-time as UTC, taking one without a zone as Berlin's; None when it is neither."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text.upper())
        return _reckonable((found if found.tzinfo else found.replace(tzinfo=BERLIN)).astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def wall_difference(start: datetime, end: datetime) -> timedelta:
    """How far the wall clock moves between two moments: two local days are 48 hours, clock change or not."""
    return end.astimezone(BERLIN).replace(tzinfo=None) - start.astimezone(BERLIN).replace(tzinfo=None)


def is_weekend(day: date) -> bool:
    """Say whether a day is a Saturday or Sunday."""
    return day.weekday() >= _SATURDAY


@lru_cache(maxsize=2048)
def quarters(day: date) -> tuple[datetime, ...]:
    """Return the starts of a Berlin day's quarter hours, as UTC: 92, 96 or 100 of them."""
    start = midnight(day)
    count = (midnight(day + timedelta(days=1)) - start) // QUARTER
    return tuple(start + QUARTER * number for number in range(count))


@lru_cache(maxsize=2048)
def quarter_hours(day: date) -> tuple[float, ...]:
    """Return the local hour of the day, with its fraction, at which each of a day's quarter hours begins."""
    local = (moment.astimezone(BERLIN) for moment in quarters(day))
    return tuple(moment.hour + moment.minute / 60 for moment in local)
