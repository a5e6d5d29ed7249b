"""What a meter has counted: plausible loads, drawn from its name, by quarter hours that add up to its days.

Whole numbers throughout (Wh, or grams of waste), so that hours, days and months of one range agree exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import accumulate, pairwise

from energyctl.sandbox.bright.stockholm import DAY, QUARTER, day_of, midnight
from energyctl.sandbox.dice import dice

_DAYS_A_YEAR = 365.25
_SATURDAY = 5
_SPRING, _AUTUMN = 92, 100  # quarter hours of the days on which the clock changes
_VARIANTS = 7
_PICKUP_WEEKDAY, _PICKUP_AT, _PICKUPS_A_YEAR = 1, 28, 26
_MIDSUMMER_TIME = range(4, 11)
_LITRES_PER_TONNE = 9000


@dataclass(frozen=True)
class Meter:
    """``kind`` is home, company, sun or waste; ``yearly`` is in Wh, of waste in grams."""

    name: str
    kind: str
    yearly: int


def amount(meter: Meter, start: datetime, end: datetime) -> int:
    """Return what was counted in the quarter hours that begin in ``[start, end)``: Wh, of waste grams."""
    total, day = 0, day_of(start)
    while (begin := midnight(day)) < end:
        if start <= begin and midnight(day + DAY) <= end:
            total += day_total(meter, day)
        else:
            total += sum(quarters(meter, day)[slice_of(begin, start, end)])
        day += DAY
    return total


def peak_w(meter: Meter, start: datetime, end: datetime) -> tuple[int, datetime]:
    """Return the highest mean power of a quarter hour in ``[start, end)``, in W, and when it began."""
    best, at, day = 0, start, day_of(start)
    while (begin := midnight(day)) < end:
        part = slice_of(begin, start, end)
        found = quarters(meter, day)[part]
        if found and max(found) * 4 > best:
            best = max(found) * 4
            at = begin + QUARTER * (part.start + found.index(max(found)))
        day += DAY
    return best, at


def slice_of(begin: datetime, start: datetime, end: datetime) -> slice:
    """Return which quarter hours of the day that begins at ``begin`` start in ``[start, end)``."""
    return slice(max(0, -((begin - start) // QUARTER)), max(0, -((begin - end) // QUARTER)))


def volume_m3(grams: int) -> float:
    """Return the volume of so much waste."""
    return round(grams * _LITRES_PER_TONNE / 1e9, 3)


@lru_cache(maxsize=65_536)
def day_total(meter: Meter, day: date) -> int:
    """Return a whole day's amount."""
    thrown = dice(meter.name, day)
    if meter.kind == "waste":
        odd = meter.yearly // 10_000 % 2
        if day.weekday() != _PICKUP_WEEKDAY or day.isocalendar().week % 2 != odd:
            return 0
        return int(meter.yearly / _PICKUPS_A_YEAR * thrown.uniform(0.6, 1.4))
    winter = math.cos(2 * math.pi * (day.timetuple().tm_yday - 15) / _DAYS_A_YEAR)
    share = {"home": 1 + 0.45 * winter, "company": 1 + 0.15 * winter, "sun": 1 - 0.9 * winter}[meter.kind]
    luck = thrown.uniform(0.15, 1.85) if meter.kind == "sun" else thrown.uniform(0.85, 1.15)
    if meter.kind == "company" and day.weekday() >= _SATURDAY:
        luck *= 0.45
    return int(meter.yearly / _DAYS_A_YEAR * share * luck)


@lru_cache(maxsize=2048)
def quarters(meter: Meter, day: date) -> tuple[int, ...]:
    """Return the amounts of a day's 92, 96 or 100 quarter hours."""
    total = day_total(meter, day)
    count = (midnight(day + DAY) - midnight(day)) // QUARTER
    if meter.kind == "waste":
        return tuple(total if number == _PICKUP_AT else 0 for number in range(count))
    weekend = day.weekday() >= _SATURDAY
    shape = _shape(meter.kind, weekend, day.month, count, day.toordinal() % _VARIANTS)
    return tuple(later - sooner for sooner, later in pairwise(int(total * part) for part in shape))


@lru_cache(maxsize=512)
def _shape(kind: str, weekend: bool, month: int, count: int, variant: int) -> tuple[float, ...]:
    """Return the growing share of the day's amount at each edge of its quarter hours, from 0 to 1."""
    thrown = dice("bright-shape", kind, month, variant)
    weights = [
        _weight(kind, _hour(number, count), weekend=weekend, month=month) * thrown.uniform(0.85, 1.15)
        for number in range(count)
    ]
    whole = math.fsum(weights)
    return (0.0, *(value / whole for value in accumulate(weights[:-1])), 1.0)


def _hour(number: int, count: int) -> float:
    """Return the local hour at which a quarter hour of the day begins."""
    hour = number / 4
    if count == _SPRING and hour >= 2:
        return hour + 1
    return hour - 1 if count == _AUTUMN and hour >= 3 else hour


def _weight(kind: str, hour: float, *, weekend: bool, month: int) -> float:
    if kind == "sun":
        noon = 13.0 if month in _MIDSUMMER_TIME else 12.0
        half_day = 6.15 - 3.15 * math.cos(2 * math.pi * (month - 0.17) / 12)
        away = abs(hour + 0.125 - noon) / half_day
        return math.cos(away * math.pi / 2) ** 1.3 if away < 1 else 0.0
    if kind == "company":
        return 1.0 if not weekend and 7 <= hour < 17 else 0.3
    morning = math.exp(-((hour - (9.5 if weekend else 7.5)) ** 2) / 3)
    evening = 1.6 * math.exp(-((hour - 18.5) ** 2) / 8)
    return 0.35 + 0.8 * morning + evening + (0.3 if weekend and 9 < hour < 17 else 0.0)
