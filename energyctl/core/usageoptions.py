"""The choices that commands about devices' usage share. What they mean to a provider stands with the provider."""

from __future__ import annotations

from enum import StrEnum


class Length(StrEnum):
    """The length of a bucket."""

    minute = "1m"
    quarter = "15m"
    hour = "1h"
    day = "1d"
    week = "1w"
    month = "1mo"
    year = "1y"


class Channels(StrEnum):
    """Which channels of a monitor."""

    mains = "mains"
    all = "all"


class Unit(StrEnum):
    """Energy, or average power."""

    wh = "Wh"
    kwh = "kWh"
    w = "W"
    kw = "kW"
