"""``POST /tariffs/{tariffKey}/calculation``: what a household would pay (contract 4.2).

pricePerMonth = estimatedWorkPrice x estimatedConsumption + basePricePerMonth holds on the rounded numbers
themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from energyctl.sandbox.rabot.accounts import CO2_G_PER_KWH
from energyctl.sandbox.rabot.answers import cents_per_kwh, euro_per_month, unit_value
from energyctl.sandbox.rabot.dayahead import average_price
from energyctl.sandbox.rabot.prices import (
    E4,
    base_service_fee_euro,
    basic_supply,
    fixed_energy_e4,
    gross_e4,
    metering_euro,
    place,
    surcharges,
)
from energyctl.sandbox.rabot.tariffs import Tariff
from energyctl.sandbox.shapes import Flag, Number, Record, Text

POSTCODE = Text(pattern=r"[0-9]{5}", rule="a postcode of 5 digits without spaces")

_MOST_KWH = 1e12
"""More than all of Germany uses in a year; far beyond it a price is no number any more."""

REQUEST = Record(
    fields={
        "yearlyConsumptionKwh": Number(required=True, above=0, most=_MOST_KWH),
        "zipCode": POSTCODE.must(),
        "hasSmartMeter": Flag(),
        "hasElectricVehicle": Flag(),
        "campaignCode": Text(nullable=True),
    }
)


@dataclass(frozen=True)
class Household:
    """Who asks for a price."""

    yearly_kwh: float
    postcode: str
    smart_meter: bool
    electric_vehicle: bool
    campaign: str | None

    @classmethod
    def of(cls, body: dict[str, Any]) -> Household:
        """Return the household a checked request body describes."""
        return cls(
            yearly_kwh=float(body["yearlyConsumptionKwh"]),
            postcode=body["zipCode"],
            smart_meter=body.get("hasSmartMeter", False),
            electric_vehicle=body.get("hasElectricVehicle", False),
            campaign=body.get("campaignCode"),
        )


def _flexibility(tariff: Tariff, home: Household) -> float:
    """Return what the household pays for energy in relation to the exchange's average.

    It depends on how well it can choose its hours.
    """
    if not tariff.dynamic:
        return 1.0
    if home.smart_meter:
        return 0.87 if home.electric_vehicle else 0.96
    return 1.02 if home.electric_vehicle else 1.03


def calculate(tariff: Tariff, home: Household, *, seed: int, day: date) -> dict[str, Any]:
    """Return the calculation's ``data``. All prices include VAT."""
    charges = surcharges(tariff, home.postcode)
    energy = gross_e4(average_price(seed, day)) if tariff.dynamic else fixed_energy_e4(tariff, seed, day)
    expected = energy + charges.total
    effective = round(energy * _flexibility(tariff, home)) + charges.total
    monthly_kwh = round(home.yearly_kwh / 12, 4)
    service = base_service_fee_euro(tariff, home.campaign)
    base = round(
        service + place(home.postcode).base_grid_fee_euro + metering_euro(smart_meter=home.smart_meter), 2
    )
    per_month = round(effective / E4 * monthly_kwh / 100 + base, 4)

    basic_work, basic_base = basic_supply(seed, home.postcode, day)
    basic_month = round(basic_work / E4 * monthly_kwh / 100 + basic_base, 4)
    saved = round((basic_month - per_month) * 12, 2)
    co2 = round(home.yearly_kwh * CO2_G_PER_KWH / 1000)
    return {
        "name": tariff.name,
        "displayName": tariff.display_name,
        "subName": None,
        "priceComponents": {
            "pricePerMonth": euro_per_month(per_month),
            "unitPrice": cents_per_kwh(effective / E4),
            "basePricePerMonth": euro_per_month(base),
            "estimatedConsumption": unit_value(monthly_kwh, "Kwh", "Month", "kWh/Monat"),
            "estimatedWorkPrice": cents_per_kwh(effective / E4),
            "expectedWorkPrice": cents_per_kwh(expected / E4),
            "effectiveWorkPrice": cents_per_kwh(effective / E4),
            "baseServiceFee": euro_per_month(service),
            "variableServiceFee": cents_per_kwh(charges.service_fee / E4),
            "rabotShare": _share(tariff, saved / 12, per_month),
            "comparisonTariff": {
                "workingPrice": cents_per_kwh(basic_work / E4),
                "basePrice": euro_per_month(basic_base),
                "totalPrice": euro_per_month(basic_month),
            },
        },
        "durationPeriod": unit_value(tariff.duration_months, "Month", None, _months(tariff.duration_months)),
        "noticePeriod": unit_value(tariff.notice_weeks * 7, "Day", None, "Tage"),
        "features": list(tariff.features),
        "yearlySavingsDetails": {"price": saved, "co2": co2} if saved > 0 else None,
    }


def _months(number: int) -> str:
    return "Monat" if number == 1 else "Monate"


def _share(tariff: Tariff, saved_per_month: float, per_month: float) -> dict[str, Any] | None:
    """Return the provider's share of the saving, for tariffs that have one.

    It is part of the monthly price.
    """
    if tariff.share_percent is None:
        return None
    share = round(max(0.0, saved_per_month) * tariff.share_percent / 100, 4)
    return {
        "rabotShare": euro_per_month(share),
        "rabotSharePercentage": unit_value(tariff.share_percent, "Percent", None, "%"),
        "totalPriceWithoutRabotShare": euro_per_month(round(per_month - share, 4)),
    }
