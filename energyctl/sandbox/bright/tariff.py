"""What a service costs: its product's prices, a spot price curve, and the cost of a range of time.

Money is counted in whole billionths of a krona and rounded once, where an answer is made.
"""

from __future__ import annotations

import calendar
import math
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from operator import mul

from energyctl.sandbox.bright.catalog import GRID, PRODUCTION, TRADE, WASTE, Service
from energyctl.sandbox.bright.meter import amount, quarters, slice_of
from energyctl.sandbox.bright.stockholm import DAY, QUARTER, buckets, day_of, midnight
from energyctl.sandbox.dice import dice

VAT = 1.25
MICRO = 1_000_000
_NANO = 1_000_000_000
_WITH_FEES = frozenset({"month", "year"})
_MONEY_DIGITS, _FINE_DIGITS = 2, 5


@dataclass(frozen=True)
class Price:
    """One price of a product, VAT included where the service bears it.

    ``value_micro``: millionths of a krona per kWh, kg or month; 0 for the spot price.
    """

    name: str
    type: str
    value_micro: int


@dataclass(frozen=True)
class Line:
    """What one price makes of a range of time, in kronor."""

    price: Price
    cost_sek: float


_PRICES = {
    TRADE: (
        Price("spotPrice", "spotkWh", 0),
        Price("kWhPrice", "kWh", 87_500),
        Price("monthlyFee", "month", 49 * MICRO),
    ),
    GRID: (
        Price("transferFee", "kWh", 320_000),
        Price("energyTax", "kWh", 548_750),
        Price("subscription", "month", 395 * MICRO),
    ),
    PRODUCTION: (Price("spotPrice", "spotkWh", 0), Price("gridBenefit", "kWh", 54_000)),
    WASTE: (Price("weightFee", "kg", 2_900_000), Price("monthlyFee", "month", 118 * MICRO)),
}
PRODUCT_NAMES = {
    TRADE: "Timpris", GRID: "Elnät 20 A", PRODUCTION: "Solel", WASTE: "Hushållsavfall 190 l",
}  # fmt: skip


def prices(service: Service) -> tuple[Price, ...]:
    """Return the prices of a service's product."""
    return _PRICES[service.type]


def lines(service: Service, start: datetime, end: datetime, resolution: str, seed: int) -> list[Line]:
    """Return the cost of ``[start, end)`` by price; of production it is negative, being an income.

    Fixed fees only stand in months and years, in proportion to the days that are covered.
    """
    sign = -1 if service.type == PRODUCTION else 1
    digits = digits_of(resolution)
    shown = []
    for price in prices(service):
        if price.type == "month":
            if resolution not in _WITH_FEES:
                continue
            nano = _fee_nano(price, start, end)
        elif price.type == "spotkWh":
            nano = _spot_nano(service, start, end, seed)
        else:
            nano = amount(service.meter, start, end) * price.value_micro
        shown.append(Line(price, round(sign * nano / _NANO, digits)))
    return shown


def total(parts: list[Line], resolution: str) -> float:
    """Return the sum of the lines, rounded as they are."""
    return round(math.fsum(line.cost_sek for line in parts), digits_of(resolution))


def without_vat(service: Service, cost_sek: float, resolution: str) -> float:
    """Return a cost without VAT. A household's income from production bears none."""
    return cost_sek if service.type == PRODUCTION else round(cost_sek / VAT, digits_of(resolution))


def digits_of(resolution: str) -> int:
    """Return how many decimals a cost has: öre for months and years, finer for what is small."""
    return _MONEY_DIGITS if resolution in _WITH_FEES else _FINE_DIGITS


def _fee_nano(price: Price, start: datetime, end: datetime) -> int:
    total_nano = 0
    for begin, close in buckets(start, end, "month"):
        days = (day_of(min(close, end)) - day_of(max(begin, start))).days
        month = day_of(begin)
        total_nano += price.value_micro * 1000 * days // calendar.monthrange(month.year, month.month)[1]
    return total_nano


def _spot_nano(service: Service, start: datetime, end: datetime, seed: int) -> int:
    total_nano, day = 0, day_of(start)
    while (begin := midnight(day)) < end:
        if start <= begin and midnight(day + DAY) <= end:
            total_nano += _spot_day_nano(service, day, seed)
        else:
            part = slice_of(begin, start, end)
            total_nano += sum(
                map(mul, quarters(service.meter, day)[part], _spot(service.type, day, seed)[part])
            )
        day += DAY
    return total_nano


@lru_cache(maxsize=65_536)
def _spot_day_nano(service: Service, day: date, seed: int) -> int:
    return sum(map(mul, quarters(service.meter, day), _spot(service.type, day, seed)))


@lru_cache(maxsize=4096)
def _spot(service_type: str, day: date, seed: int) -> tuple[int, ...]:
    """Return the spot price of each quarter hour, in millionths of a krona per kWh."""
    thrown = dice("bright-spot", seed, day)
    winter = math.cos(2 * math.pi * (day.timetuple().tm_yday - 15) / 365.25)
    level = (0.55 + 0.3 * winter) * thrown.uniform(0.6, 1.4) * (1.0 if service_type == PRODUCTION else VAT)
    shape = _spot_shape((midnight(day + DAY) - midnight(day)) // QUARTER)
    return tuple(int(level * MICRO * factor) for factor in shape)


@lru_cache(maxsize=3)
def _spot_shape(count: int) -> tuple[float, ...]:
    """Return how the price of each quarter hour stands to the day's level: the same within an hour."""
    hours = (number // 4 for number in range(count))
    return tuple(
        0.7 + 0.35 * math.exp(-((hour - 8) ** 2) / 4) + 0.5 * math.exp(-((hour - 18) ** 2) / 5)
        for hour in hours
    )
