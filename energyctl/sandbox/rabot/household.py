"""What a household uses.

A quarter-hourly load in whole watt hours, drawn from a German household's daily rhythm.

The same contract and day give the same numbers at each start. A year adds up to about the contract's yearly
consumption.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from energyctl.sandbox import berlin
from energyctl.sandbox.dice import dice
from energyctl.sandbox.rabot.dayahead import winter

_BY_HOUR = (
    0.55, 0.45, 0.40, 0.38, 0.40, 0.50, 0.85, 1.15, 1.20, 1.10, 1.05, 1.15,
    1.35, 1.25, 1.05, 0.95, 1.00, 1.25, 1.60, 1.75, 1.60, 1.35, 1.05, 0.77,
)  # fmt: skip
_WEEKEND = 1.08
_SEASON_PLAIN, _SEASON_PUMP = 0.12, 0.75
_VEHICLE_KWH_A_YEAR = 2200.0
_VEHICLE_EVERY_DAYS = 3
_VEHICLE_WH_PER_QUARTER = 2750  # 11 kW
_QUARTERS_A_YEAR = 35_040
_MEAN_WEIGHT = sum(_BY_HOUR) / len(_BY_HOUR) * (5 + 2 * _WEEKEND) / 7


@lru_cache(maxsize=1024)
def day_load(
    seed: int, contract_number: int, yearly_kwh: int, vehicle: bool, pump: bool, day: date
) -> tuple[int, ...]:
    """Return the Wh of each quarter hour of a Berlin day (92, 96 or 100 of them)."""
    thrown = dice("load", seed, contract_number, day)
    base_kwh = max(600.0, yearly_kwh - (_VEHICLE_KWH_A_YEAR if vehicle else 0.0))
    season = 1 + (_SEASON_PUMP if pump else _SEASON_PLAIN) * winter(day)
    weekday = _WEEKEND if berlin.is_weekend(day) else 1.0
    mean_wh = (
        base_kwh * 1000 / _QUARTERS_A_YEAR / _MEAN_WEIGHT * season * weekday * thrown.uniform(0.85, 1.15)
    )
    load = [
        round(mean_wh * _BY_HOUR[int(hour)] * thrown.uniform(0.6, 1.4)) for hour in berlin.quarter_hours(day)
    ]
    if vehicle and (day.toordinal() + contract_number) % _VEHICLE_EVERY_DAYS == 0:
        wanted = round(_VEHICLE_KWH_A_YEAR * 1000 / 365.25 * _VEHICLE_EVERY_DAYS * thrown.uniform(0.7, 1.3))
        for at in range(4, len(load)):  # from one o'clock at night
            step = min(_VEHICLE_WH_PER_QUARTER, wanted)
            load[at] += step
            wanted -= step
            if wanted <= 0:
                break
    return tuple(load)
