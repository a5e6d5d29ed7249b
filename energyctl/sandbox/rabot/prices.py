"""What a kilowatt hour costs at a place: grid fees by postcode, levies, procurement, VAT.

Work prices are counted in whole ten-thousandths of a cent (``_e4``), so that parts add up exactly to their
totals.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from energyctl.sandbox.dice import dice
from energyctl.sandbox.rabot.dayahead import average_price
from energyctl.sandbox.rabot.tariffs import CAMPAIGNS, Tariff

VAT = 0.19
E4 = 10_000

_NET_CT = {
    "exchange_fee": 0.08,
    "green_certificates": 0.15,
    "risk_premium": 0.45,
    "offshore_fee": 0.816,
    "p19_fee": 1.558,
    "kwk_fee": 0.277,
    "shutdown_fee": 0.0,
    "electricity_tax": 2.05,
}
_CONCESSION_NET_CT = (1.32, 1.59, 1.99, 2.39)
_METERING_SMART_EURO, _METERING_PLAIN_EURO = 1.67, 0.99
_BASIC_SUPPLY_MARKUP_CT, _BASIC_SUPPLY_BASE_EURO = 7.4, 9.5


def gross_e4(net_ct: float) -> int:
    """Return a net price in ct/kWh with VAT, in ten-thousandths of a cent."""
    return round(net_ct * (1 + VAT) * E4)


@dataclass(frozen=True)
class Place:
    """What grid and municipality charge at a postcode, gross."""

    grid_fee_e4: int
    concession_e4: int
    base_grid_fee_euro: float
    operator_code: str
    operator_name: str


@lru_cache(maxsize=4096)
def place(postcode: str) -> Place:
    """Return the charges at a postcode: a region's level, by its first two digits, and a local difference."""
    region, local = dice("region", postcode[:2]), dice("postcode", postcode)
    return Place(
        grid_fee_e4=gross_e4(region.uniform(6.5, 11.5) + local.uniform(-0.4, 0.4)),
        concession_e4=gross_e4(local.choice(_CONCESSION_NET_CT)),
        base_grid_fee_euro=round(region.uniform(2.5, 8.0), 2),
        operator_code=f"99{region.randrange(10**10, 10**11)}",
        operator_name=f"Stromnetz Region {postcode[:2]} GmbH",
    )


@dataclass(frozen=True)
class Surcharges:
    """Everything in a work price besides the energy itself, gross, in ten-thousandths of a cent per kWh."""

    exchange_fee: int
    green_certificates: int
    risk_premium: int
    service_fee: int
    grid_fee: int
    offshore_fee: int
    p19_fee: int
    kwk_fee: int
    concession_fee: int
    shutdown_fee: int
    electricity_tax: int

    @property
    def procurement(self) -> int:
        """What buying the energy costs beyond its price."""
        return self.exchange_fee + self.green_certificates + self.risk_premium

    @property
    def levies(self) -> int:
        """Levies and taxes without VAT's own line."""
        return (
            self.offshore_fee
            + self.p19_fee
            + self.kwk_fee
            + self.concession_fee
            + self.shutdown_fee
            + self.electricity_tax
        )

    @property
    def total(self) -> int:
        """All of it."""
        return self.procurement + self.service_fee + self.grid_fee + self.levies


@lru_cache(maxsize=4096)
def surcharges(tariff: Tariff, postcode: str) -> Surcharges:
    """Return the surcharges of a tariff at a postcode."""
    there = place(postcode)
    return Surcharges(
        exchange_fee=gross_e4(_NET_CT["exchange_fee"]) if tariff.dynamic else 0,
        green_certificates=gross_e4(_NET_CT["green_certificates"]),
        risk_premium=gross_e4(_NET_CT["risk_premium"]),
        service_fee=round(tariff.variable_service_fee_ct * E4),
        grid_fee=there.grid_fee_e4,
        offshore_fee=gross_e4(_NET_CT["offshore_fee"]),
        p19_fee=gross_e4(_NET_CT["p19_fee"]),
        kwk_fee=gross_e4(_NET_CT["kwk_fee"]),
        concession_fee=there.concession_e4,
        shutdown_fee=gross_e4(_NET_CT["shutdown_fee"]),
        electricity_tax=gross_e4(_NET_CT["electricity_tax"]),
    )


def spot_e4(net_milli_ct: int) -> int:
    """Return a day-ahead price in thousandths of a cent, with VAT, in ten-thousandths."""
    return round(net_milli_ct * 10 * (1 + VAT))


def fixed_energy_e4(tariff: Tariff, seed: int, signed: date) -> int:
    """Return the energy part of a fixed tariff's work price for who signs on a day."""
    return gross_e4(average_price(seed, signed) + tariff.markup_ct)


def base_service_fee_euro(tariff: Tariff, campaign: str | None) -> float:
    """Return the monthly service fee, with a campaign's rebate."""
    return round(max(0.0, tariff.base_service_fee_euro - CAMPAIGNS.get(campaign or "", 0.0)), 2)


def metering_euro(*, smart_meter: bool) -> float:
    """Return the monthly fee of the meter's operator."""
    return _METERING_SMART_EURO if smart_meter else _METERING_PLAIN_EURO


def basic_supply(seed: int, postcode: str, day: date) -> tuple[int, float]:
    """Return what the local basic supplier charges.

    Work price in ten-thousandths of a cent, base price in Euro a month.
    """
    there = place(postcode)
    levies = sum(
        gross_e4(_NET_CT[name]) for name in ("offshore_fee", "p19_fee", "kwk_fee", "electricity_tax")
    )
    energy = gross_e4(average_price(seed, day.replace(month=1, day=1)) + _BASIC_SUPPLY_MARKUP_CT)
    work = energy + there.grid_fee_e4 + there.concession_e4 + levies
    return work, round(_BASIC_SUPPLY_BASE_EURO + there.base_grid_fee_euro, 2)
