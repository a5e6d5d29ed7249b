"""The options that commands about devices' usage share. What they mean to a provider stands with the provider."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from energyctl.core.views import Column


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


Resolution = Annotated[Length, typer.Option("--resolution", help="Length of a bucket.")]
WhichChannels = Annotated[Channels, typer.Option("--channels", help="Mains alone, or all circuits.")]
InUnit = Annotated[
    Unit | None, typer.Option("--unit", help="One unit instead of energy in Wh and power in W.")
]

#: How a table shows a bucket's values.
VALUES = {
    "energy_wh": Column("Energy Wh", "energy_wh", right=True, show="{:,.1f}".format),
    "energy_kwh": Column("Energy kWh", "energy_kwh", right=True, show="{:,.3f}".format),
    "power_w": Column("Power W", "power_w", right=True, show="{:,.1f}".format),
    "power_kw": Column("Power kW", "power_kw", right=True, show="{:,.3f}".format),
}
