"""Load profiles: what an appliance draws over a day, as cumulative tables scaled for each device and day.

A day is 1,440 minutes of the local clock. Energy between two minutes is a difference in a table, so buckets of any
length agree with each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from energyctl.sandbox.dice import dice

DAY_MINUTES = 1440
_HOUR = 60
_VARIANTS = 8
_WEEKEND_VARIANTS = 4
_MASK = 2**64 - 1
_NOON_H = 12.6
_MIDSUMMER = 6.2


@dataclass(frozen=True)
class Episode:
    """Something that runs from about ``begin`` to ``end`` o'clock at a level, on some days.

    ``weekend`` is its chance on days off, when that is another.
    """

    begin: float
    end: float
    level: float
    chance: float = 1.0
    weekend: float | None = None


@dataclass(frozen=True)
class Profile:
    """A day in parts of the nominal power. ``cycle``: minutes on and off of a thermostat; ``sway``: how days differ.

    ``even``: full power without ripple, as a charger draws it.
    """

    base: float = 0.0
    episodes: tuple[Episode, ...] = ()
    cycle: tuple[int, int] | None = None
    sway: float = 0.3
    even: bool = False


PROFILES = {
    "base": Profile(base=1.0, sway=0.05),
    "fridge": Profile(base=0.04, episodes=(Episode(0, 24, 0.96),), cycle=(18, 34), sway=0.1),
    "freezer": Profile(base=0.03, episodes=(Episode(0, 24, 0.97),), cycle=(14, 40), sway=0.1),
    "cooking": Profile(
        episodes=(
            Episode(6.8, 7.2, 0.35, 0.7, 0.2),
            Episode(9.0, 9.6, 0.4, 0.0, 0.8),
            Episode(12.2, 12.7, 0.5, 0.3, 0.7),
            Episode(17.9, 19.0, 0.75, 0.95),
        )
    ),
    "hot-water": Profile(
        base=0.002,
        episodes=(Episode(6.2, 7.4, 0.9), Episode(13.0, 13.3, 0.8, 0.5), Episode(20.4, 21.4, 0.85, 0.9)),
        cycle=(9, 11),
    ),
    "cooling": Profile(
        base=0.01, episodes=(Episode(11.5, 17.0, 0.6), Episode(17.0, 22.5, 0.9)), cycle=(12, 8), sway=0.6
    ),
    "living": Profile(base=0.1, episodes=(Episode(6.6, 7.8, 0.3, 0.8), Episode(17.6, 23.1, 0.75))),
    "bedroom": Profile(base=0.06, episodes=(Episode(6.3, 7.2, 0.5), Episode(21.5, 23.4, 0.7))),
    "laundry": Profile(
        base=0.005, episodes=(Episode(10.0, 11.2, 0.8, 0.25, 0.8), Episode(18.5, 19.6, 0.8, 0.25))
    ),
    "dryer": Profile(
        base=0.001, episodes=(Episode(11.3, 12.2, 0.9, 0.2, 0.7), Episode(19.7, 20.6, 0.9, 0.2))
    ),
    "dishwasher": Profile(
        base=0.001, episodes=(Episode(13.5, 14.6, 0.7, 0.1, 0.6), Episode(20.0, 21.3, 0.7, 0.8))
    ),
    "snack": Profile(
        base=0.003,
        episodes=(Episode(7.1, 7.2, 0.9, 0.8), Episode(12.5, 12.6, 0.9, 0.6), Episode(18.6, 18.8, 0.9, 0.8)),
    ),
    "office": Profile(
        base=0.05, episodes=(Episode(8.6, 12.2, 0.7, 0.8, 0.1), Episode(13.0, 17.4, 0.75, 0.8, 0.15))
    ),
    "bathroom": Profile(base=0.02, episodes=(Episode(6.5, 7.3, 0.7), Episode(21.8, 22.2, 0.5, 0.8))),
    "workshop": Profile(
        base=0.03, episodes=(Episode(18.0, 19.5, 0.6, 0.2, 0.1), Episode(10.0, 13.0, 0.6, 0.0, 0.5))
    ),
    "outdoor": Profile(base=0.0, episodes=(Episode(0.0, 0.6, 1.0), Episode(18.3, 24.0, 1.0)), sway=0.05),
    "dehumidifier": Profile(base=0.01, episodes=(Episode(0, 24, 0.95),), cycle=(35, 55)),
    "pool-pump": Profile(base=0.0, episodes=(Episode(9.0, 15.0, 0.95),), sway=0.05),
    "household": Profile(
        base=0.16,
        episodes=(
            Episode(6.3, 8.3, 0.5),
            Episode(8.3, 16.8, 0.15, 1.0, 1.0),
            Episode(11.5, 13.5, 0.3, 0.3, 0.9),
            Episode(16.8, 22.4, 0.75),
        ),
    ),
    "car": Profile(base=0.0004, episodes=(Episode(18.4, 21.9, 1.0, 0.85, 0.6),), sway=0.0, even=True),
    "battery": Profile(episodes=(Episode(9.6, 14.4, 0.62), Episode(18.1, 22.6, -0.55)), sway=0.2),
}


@dataclass(frozen=True)
class Day:
    """A local calendar day, by its proleptic ordinal."""

    ordinal: int
    month: int
    weekend: bool


@dataclass(frozen=True)
class Load:
    """A profile at a nominal power in watts. ``key`` makes its days its own; ``south``: seasons are turned round."""

    profile: str
    watts: float
    key: int
    south: bool = False

    def on(self, day: Day) -> tuple[tuple[float, ...], float]:
        """Return a day's cumulative table and what to multiply it by to have watt-hours."""
        number = _mixed(self.key ^ (day.ordinal * 0x9E3779B97F4A7C15))
        part = ((number >> 40) & 0xFFFF) / 0xFFFF
        if self.profile == "solar":
            month = (day.month + 5) % 12 + 1 if self.south else day.month
            return _sunshine(month, number % _VARIANTS), self.watts * (0.45 + 0.55 * part)
        sway = PROFILES[self.profile].sway
        count = _WEEKEND_VARIANTS if day.weekend else _VARIANTS
        return _table(self.profile, day.weekend, number % count), self.watts * (1 + sway * (part - 0.5))


def key(*words: object) -> int:
    """Return the key of a load that these words name."""
    return dice(*words).getrandbits(64)


def _mixed(number: int) -> int:
    """Spread a number over 64 bits; near ones end far apart."""
    number &= _MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _MASK
    return number ^ (number >> 31)


def _cumulated(powers: list[float]) -> tuple[float, ...]:
    """Return the watt-hours drawn by the beginning of each minute, from parts of one watt."""
    return tuple(accumulate((power / _HOUR for power in powers), initial=0.0))


@cache
def _table(name: str, weekend: bool, variant: int) -> tuple[float, ...]:
    profile = PROFILES[name]
    thrown = dice("profile", name, weekend, variant)
    powers = [profile.base] * DAY_MINUTES
    for episode in profile.episodes:
        chance = episode.weekend if weekend and episode.weekend is not None else episode.chance
        if thrown.random() >= chance:
            continue
        whole = episode.begin == 0 or episode.end == 24
        shift = 0.0 if whole else thrown.gauss(0, 0.35)
        first = max(0, round((episode.begin + shift) * _HOUR))
        last = min(
            DAY_MINUTES, max(first + 3, round((episode.end + shift * thrown.uniform(0.3, 1.4)) * _HOUR))
        )
        level = episode.level if profile.even else episode.level * thrown.uniform(0.85, 1.1)
        phase = thrown.randrange(_HOUR)
        for minute in range(first, last):
            if profile.cycle is None or (minute + phase) % sum(profile.cycle) < profile.cycle[0]:
                powers[minute] += level
    if not profile.even:
        powers = [power * thrown.uniform(0.96, 1.04) for power in powers]
    return _cumulated(powers)


@cache
def _sunshine(month: int, variant: int) -> tuple[float, ...]:
    """Return what panels give on a day of that month, as negative parts of their nominal power."""
    thrown = dice("sunshine", month, variant)
    season = math.cos(2 * math.pi * (month - _MIDSUMMER) / 12)
    half_h, peak = 6.0 + 1.7 * season, 0.7 + 0.2 * season
    clouds = thrown.choice((0.0, 0.0, 0.15, 0.35))
    shade, powers = 0.0, []
    for minute in range(DAY_MINUTES):
        height = math.cos((minute / _HOUR - _NOON_H) / half_h * math.pi / 2)
        light = abs(minute / _HOUR - _NOON_H) < half_h
        shade += 0.15 * (thrown.random() * 2 * clouds - shade)
        powers.append(-peak * height**1.2 * (1 - shade) if light else 0.0)
    return _cumulated(powers)
