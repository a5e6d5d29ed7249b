"""A day-ahead market.

A price for every quarter hour of every Berlin day, the same at each start with the same seed.

The shape is a German one: a valley at night, a morning and an evening peak, and a dip at noon that sunny
summer days push below zero.
"""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from statistics import fmean

from energyctl.sandbox import berlin
from energyctl.sandbox.dice import dice

PUBLISHED_AT = time(14, 0)
"""Local time at which the next day's prices are known."""

FORECAST_DAYS = 8

_MIDWINTER = 15  # day of the year with the highest level
_YEAR_DAYS = 365.25


def _bump(hour: float, centre: float, width: float) -> float:
    return math.exp(-(((hour - centre) / width) ** 2))


def winter(day: date) -> float:
    """How wintry a day is: 1 in mid-January, -1 in mid-July."""
    return math.cos(2 * math.pi * (day.timetuple().tm_yday - _MIDWINTER) / _YEAR_DAYS)


@lru_cache(maxsize=2048)
def day_prices(seed: int, day: date) -> tuple[int, ...]:
    """Net prices of a day's quarter hours, in thousandths of a cent per kWh."""
    thrown = dice("day-ahead", seed, day)
    wintry, weekend = winter(day), berlin.is_weekend(day)
    level = 8.5 + 1.8 * wintry + thrown.gauss(0, 1.5) - (1.4 if weekend else 0.0)
    sun = (0.55 - 0.45 * wintry) * thrown.uniform(0.3, 1.15)
    morning, evening = 2.6 * (0.4 if weekend else 1.0), 4.0 + 0.8 * wintry
    prices = []
    for hour in berlin.quarter_hours(day):
        price = (
            level
            - 2.2 * _bump(hour, 3.0, 2.8)
            + morning * _bump(hour, 7.75 + (1.5 if weekend else 0.0), 1.6)
            - 9.5 * sun * _bump(hour, 13.25, 2.9)
            + evening * _bump(hour, 19.25, 2.2)
            + thrown.gauss(0, 0.15)
        )
        prices.append(round(price * 1000))
    return tuple(prices)


@lru_cache(maxsize=64)
def forecast_prices(seed: int, day: date, made_on: date) -> tuple[int, ...]:
    """Return what was expected of a day on an earlier one: off by an error that grows with the distance."""
    thrown = dice("forecast", seed, day, made_on)
    days = max(1, (day - made_on).days)
    shift = thrown.gauss(0, 300 * days**0.5)
    return tuple(round(price + shift + thrown.gauss(0, 200)) for price in day_prices(seed, day))


@lru_cache(maxsize=64)
def average_price(seed: int, day: date) -> float:
    """Mean net price of the year before a day, in ct/kWh, taken from every eighth day."""
    sampled = [day - timedelta(days=1 + 8 * number) for number in range(45)]
    return fmean(fmean(day_prices(seed, each)) for each in sampled) / 1000


def known_until(moment: datetime) -> datetime:
    """Return the end, as UTC, of what the market has published at a moment."""
    local = moment.astimezone(berlin.BERLIN)
    ahead = 2 if local.time() >= PUBLISHED_AT else 1
    return berlin.midnight(local.date() + timedelta(days=ahead))


def published_at(day: date) -> datetime:
    """When a day's prices became known, as local time."""
    return datetime.combine(day - timedelta(days=1), PUBLISHED_AT, berlin.BERLIN)
