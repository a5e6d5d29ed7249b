"""Consumption and savings by the hour: what a household used, and what moving the flexible part of it saved.

Energies are whole Wh and costs whole hundredths of an öre inside, so that days and months are exact sums of hours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from energyctl.sandbox.dice import dice
from energyctl.sandbox.emulate.book import Book
from energyctl.sandbox.emulate.stockholm import HOUR, STOCKHOLM, hours, wire

RESOLUTIONS = ("hour", "day", "month")

_WH_PER_KWH = 1000
_COST_STEPS = 10_000  # per krona
_CHARGING_WH = 7400
_AREA_PRICE = {"SE1": 0.42, "SE2": 0.45, "SE3": 0.71, "SE4": 0.88}
_EVENING_HOUR = 17
_YEAR_DAYS = 365.25


@dataclass(frozen=True)
class HourOfUse:
    """One hour: what was used, and what it cost with the flexible part as used and as it would have been."""

    start: datetime
    wh: int
    baseline: int
    optimized: int


class Energy:
    """Draws the hours of one retailer's customers."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._day = lru_cache(maxsize=2048)(self._drawn)
        self._household = lru_cache(maxsize=2048)(self._household_drawn)

    def rows(
        self, at: int, start: datetime, end: datetime, resolution: str
    ) -> list[tuple[datetime, datetime, list[HourOfUse]]]:
        """Return the hours of a half-open range in groups of that resolution, days and months being Stockholm's.

        Only whole hours that have passed and in which the person was a customer count; a group begins and ends where
        its hours do, so the first and last may be shorter than a day or month.
        """
        start = max(start, self._book.customer_at(at).created_at)
        end = min(end, self._book.now())
        groups: dict[Any, list[HourOfUse]] = {}
        day, last = start.astimezone(STOCKHOLM).date(), end.astimezone(STOCKHOLM).date()
        while day <= last:
            for hour in self._day(at, day):
                if start <= hour.start and hour.start + HOUR <= end:
                    key = {"hour": hour.start, "day": day, "month": (day.year, day.month)}[resolution]
                    groups.setdefault(key, []).append(hour)
            day += timedelta(days=1)
        return [(group[0].start, group[-1].start + HOUR, group) for group in groups.values()]

    def consumption(self, at: int, start: datetime, end: datetime, resolution: str) -> list[dict[str, Any]]:
        """Return what was used, in kWh."""
        return [
            {
                "start": wire(begins),
                "end": wire(ends),
                "consumption_kwh": sum(hour.wh for hour in group) / _WH_PER_KWH,
            }
            for begins, ends, group in self.rows(at, start, end, resolution)
        ]

    def savings(self, at: int, start: datetime, end: datetime, resolution: str) -> list[dict[str, Any]]:
        """Return what it cost, what it would have cost and the difference, in SEK."""
        shown = []
        for begins, ends, group in self.rows(at, start, end, resolution):
            baseline, optimized = (
                sum(hour.baseline for hour in group),
                sum(hour.optimized for hour in group),
            )
            shown.append(
                {
                    "start": wire(begins),
                    "end": wire(ends),
                    "baseline_cost": baseline / _COST_STEPS,
                    "optimized_cost": optimized / _COST_STEPS,
                    "savings": (baseline - optimized) / _COST_STEPS,
                }
            )
        return shown

    def _drawn(self, at: int, day: date) -> tuple[HourOfUse, ...]:
        prices = _prices(self._book.facilities_of(at)[0].price_area, day)
        thrown = dice("energy", self._book.seed, self._book.retailer_id, at, day)
        size, flexible = self._household(at)
        charged = thrown.randrange(1, 5) if flexible and thrown.random() < 0.6 else 0
        cheapest = sorted(range(len(prices)), key=prices.__getitem__)[:charged]
        evening = range(_EVENING_HOUR, _EVENING_HOUR + charged)
        drawn = []
        for number, (start, hour) in enumerate(hours(day)):
            house = round(size * _household_wh(hour) * (0.7 + 0.6 * thrown.random()))
            used = house + (_CHARGING_WH if number in cheapest else 0)
            unmoved = house + (_CHARGING_WH if number in evening else 0)
            step = prices[number] * _COST_STEPS / _WH_PER_KWH
            drawn.append(HourOfUse(start, used, round(unmoved * step), round(used * step)))
        return tuple(drawn)

    def _household_drawn(self, at: int) -> tuple[float, bool]:
        """Return how large a household is, 1 being the average, and whether it has something to move."""
        thrown = dice("household", self._book.seed, self._book.retailer_id, at)
        return 0.6 + 0.8 * thrown.random(), bool(self._book.seeded_devices_of(at))


@lru_cache(maxsize=24)
def _household_wh(hour: int) -> float:
    """Return what an average household uses in an hour of the day: little at night, most in the evening."""
    return 350 + 250 * math.exp(-(((hour - 7.5) / 1.6) ** 2)) + 700 * math.exp(-(((hour - 18.5) / 2.2) ** 2))


@lru_cache(maxsize=2048)
def _prices(area: str, day: date) -> tuple[float, ...]:
    """Return a day's spot prices in SEK per kWh; they are the market's and so the same for every seed."""
    thrown = dice("spot", area, day)
    season = 1 + 0.35 * math.cos(2 * math.pi * day.timetuple().tm_yday / _YEAR_DAYS)
    level = _AREA_PRICE[area] * season * thrown.uniform(0.6, 1.5)
    shape = (
        (0.55 + 0.5 * math.exp(-(((hour - 8) / 2) ** 2)) + 0.8 * math.exp(-(((hour - 18) / 2.5) ** 2)))
        for _, hour in hours(day)
    )
    return tuple(round(level * each * thrown.uniform(0.9, 1.1), 4) for each in shape)
