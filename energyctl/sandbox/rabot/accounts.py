"""A contract's energy account: what was used in each quarter hour, at which price, for how much.

Everything is counted in whole units (Wh, ten-thousandths of a cent, millionths of a Euro, grams), so that
sums over any grouping of quarter hours agree exactly.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from energyctl.sandbox import berlin
from energyctl.sandbox.rabot.contracts import Contract
from energyctl.sandbox.rabot.dayahead import average_price, day_prices
from energyctl.sandbox.rabot.household import day_load
from energyctl.sandbox.rabot.prices import (
    base_service_fee_euro,
    basic_supply,
    fixed_energy_e4,
    gross_e4,
    metering_euro,
    place,
    spot_e4,
    surcharges,
)

CO2_G_PER_KWH = 363
"""What a kWh from the German grid emits; the energy sold here emits none."""


class Quarter(NamedTuple):
    """One quarter hour of an account."""

    start: datetime
    wh: int
    price_e4: int
    basic_e4: int

    @property
    def cost_micro_euro(self) -> int:
        """Return consumption times working price."""
        return round(self.wh * self.price_e4 / 1000)

    @property
    def saving_micro_euro(self) -> int:
        """Return what the same would have cost more with the local basic supplier."""
        return round(self.wh * self.basic_e4 / 1000) - self.cost_micro_euro

    @property
    def co2_saving_g(self) -> int:
        """Return the emissions that the grid's mix would have caused."""
        return round(self.wh * CO2_G_PER_KWH / 1000)


def energy_prices_e4(contract: Contract, seed: int, day: date) -> tuple[int, ...]:
    """Return the energy part of the work price for each quarter hour of a day, gross."""
    if contract.tariff.dynamic:
        return tuple(spot_e4(price) for price in day_prices(seed, day))
    return (fixed_energy_e4(contract.tariff, seed, contract.signed),) * len(berlin.quarters(day))


def delivered_on(contract: Contract, day: date) -> bool:
    """Say whether a contract delivers on a day."""
    return contract.start <= day and (contract.end is None or day < contract.end)


def day_account(contract: Contract, seed: int, day: date) -> list[Quarter]:
    """Return the quarter hours of a Berlin day; none when the contract does not deliver on it."""
    if not delivered_on(contract, day):
        return []
    extra = surcharges(contract.tariff, contract.postcode).total
    load = day_load(
        seed, contract.number, contract.yearly_kwh, contract.electric_vehicle, contract.heat_pump, day
    )
    basic, _ = basic_supply(seed, contract.postcode, day)
    prices = energy_prices_e4(contract, seed, day)
    return [
        Quarter(start, wh, price + extra, basic)
        for start, wh, price in zip(berlin.quarters(day), load, prices, strict=True)
    ]


def base_price_euro(contract: Contract) -> float:
    """Return what a contract costs each month regardless of use, gross."""
    service = base_service_fee_euro(contract.tariff, contract.campaign)
    metering = metering_euro(smart_meter=contract.smart_meter)
    return round(service + place(contract.postcode).base_grid_fee_euro + metering, 2)


def expected_work_price_e4(contract: Contract, seed: int, day: date) -> int:
    """Return the work price to be expected of the year after a day, gross."""
    if contract.tariff.dynamic:
        energy = gross_e4(average_price(seed, day))
    else:
        energy = fixed_energy_e4(contract.tariff, seed, contract.signed)
    return energy + surcharges(contract.tariff, contract.postcode).total


def month_total(contract: Contract, seed: int, first: date, after: date) -> tuple[int, int]:
    """Return Wh and millionths of a Euro of the days from ``first`` to before ``after``."""
    days = (date.fromordinal(number) for number in range(first.toordinal(), after.toordinal()))
    quarters = [quarter for day in days for quarter in day_account(contract, seed, day)]
    return sum(each.wh for each in quarters), sum(each.cost_micro_euro for each in quarters)
