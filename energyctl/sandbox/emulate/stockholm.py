"""Sweden's local time, and the RFC 3339 instants that this provider's requests and answers carry."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
HOUR = timedelta(hours=1)

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})")
_MICROSECONDS = re.compile(r"(\.\d{6})\d+")


def parse_instant(text: str) -> datetime | None:
    """Read an RFC 3339 instant as UTC; None when it is none, above all when it has no offset."""
    if not _INSTANT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(_MICROSECONDS.sub(r"\1", text)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def wire(moment: datetime) -> str:
    """Write a moment as an RFC 3339 instant with Stockholm's offset, to the second."""
    return moment.astimezone(STOCKHOLM).isoformat(timespec="seconds")


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """Return a wall-clock time of a Stockholm day, as UTC; of a time that exists twice the first."""
    return datetime.combine(day, time(hour, minute), STOCKHOLM).astimezone(UTC)


@lru_cache(maxsize=4096)
def hours(day: date) -> tuple[tuple[datetime, int], ...]:
    """Return a Stockholm day's hours, 23, 24 or 25 of them: their starts as UTC, and what the wall clock shows."""
    start = at(day)
    count = (at(day + timedelta(days=1)) - start) // HOUR
    starts = (start + HOUR * number for number in range(count))
    return tuple((each, each.astimezone(STOCKHOLM).hour) for each in starts)
