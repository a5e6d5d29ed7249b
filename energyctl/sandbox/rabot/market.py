"""Prices for people outside and inside a contract.

Day-ahead, forecast, working price, cost parts (contract 4.11, 4.15 to 4.17).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from energyctl.sandbox import berlin
from energyctl.sandbox.rabot.accounts import delivered_on, energy_prices_e4
from energyctl.sandbox.rabot.answers import cents_per_kwh, euro_per_month, refuse, unit_value
from energyctl.sandbox.rabot.contracts import Contract
from energyctl.sandbox.rabot.dayahead import (
    FORECAST_DAYS,
    average_price,
    day_prices,
    forecast_prices,
    known_until,
    published_at,
)
from energyctl.sandbox.rabot.prices import (
    E4,
    VAT,
    base_service_fee_euro,
    gross_e4,
    metering_euro,
    place,
    surcharges,
)
from energyctl.sandbox.shapes import Choice, Day, Moment, Shape

PRICES_QUERY: dict[str, Shape] = {
    "from": Moment(),
    "to": Moment(),
    "granularity": Choice(words=("Hourly", "QuarterHourly")),
}
WORKING_PRICE_QUERY: dict[str, Shape] = {"from": Day(required=True), "to": Day(required=True)}

_LONGEST = timedelta(hours=48)
_ONE_DAY = timedelta(days=1)
_MILLI = 1000
_HOURLY_DIGITS = 5


def day_ahead(seed: int, query: dict[str, Any]) -> dict[str, Any]:
    """Return the ``data`` of the day-ahead prices, net; a 400 refusal for more than 48 hours.

    Beyond what the market has published there is nothing.
    """
    now = berlin.now()
    start = query.get("from") or _begun(now, query.get("granularity"))
    end = query.get("to") or start + _LONGEST
    _check_order(start, end)
    if berlin.wall_difference(start, end) > _LONGEST:
        raise refuse(400, "The period is limited to 48 hours.", "to")
    end = min(end, known_until(now))
    return _prices(start, end, query.get("granularity"), lambda day: day_prices(seed, day))


def forecast(seed: int, query: dict[str, Any]) -> dict[str, Any]:
    """Return the ``data`` of the forecast, net.

    The next day to the eighth from today, whatever is asked beyond.
    """
    today = berlin.today()
    start = query.get("from") or _begun(berlin.now() + _ONE_DAY, query.get("granularity"))
    end = query.get("to") or start + _LONGEST
    _check_order(start, end)
    start = max(start, berlin.midnight(today + _ONE_DAY))
    end = min(end, berlin.midnight(today + timedelta(days=FORECAST_DAYS + 1)))
    return _prices(start, end, query.get("granularity"), lambda day: forecast_prices(seed, day, today))


def _begun(moment: datetime, granularity: str | None) -> datetime:
    """Return when the interval around a moment began."""
    past = moment.minute if granularity == "Hourly" else moment.minute % 15
    return moment - timedelta(minutes=past, seconds=moment.second)


def _check_order(start: datetime, end: datetime) -> None:
    if end <= start:
        raise refuse(400, "to must be after from.", "to")


def _prices(
    start: datetime, end: datetime, granularity: str | None, of_day: Callable[[date], tuple[int, ...]]
) -> dict[str, Any]:
    hourly = granularity == "Hourly"
    step = timedelta(hours=1) if hourly else berlin.QUARTER
    listed: list[dict[str, Any]] = []
    day = start.astimezone(berlin.BERLIN).date()
    while berlin.midnight(day) < end:
        moments, prices = berlin.quarters(day), of_day(day)
        for at in range(0, len(moments), 4 if hourly else 1):
            # The interval that contains the beginning counts too.
            if moments[at] + step <= start or moments[at] >= end:
                continue
            price = sum(prices[at : at + 4]) / 4 if hourly else prices[at]
            listed.append({"at": berlin.wire(moments[at]), "price": round(price / _MILLI, _HOURLY_DIGITS)})
        day += _ONE_DAY
    return {
        "pricesUnit": {"main": "Cent", "per": "Kwh"},
        "pricesKind": "Net",
        "from": berlin.wire(start),
        "to": berlin.wire(max(start, end)),
        "prices": listed,
    }


def working_prices(contract: Contract, seed: int, start: date, end: date) -> dict[str, Any]:
    """Return the ``data`` of a contract's working prices, gross, from ``start`` to before ``end``.

    A 400 refusal when the days are not within yesterday to tomorrow. What is not published yet is absent.
    """
    today = berlin.today()
    if end <= start:
        raise refuse(400, "to must be after from.", "to")
    if start < today - _ONE_DAY or end > today + 2 * _ONE_DAY:
        raise refuse(400, "The days must lie between yesterday and tomorrow.", "from")
    known = known_until(berlin.now())
    listed: list[dict[str, Any]] = []
    latest = None
    day = start
    while day < end and berlin.midnight(day) < known:
        if delivered_on(contract, day):
            latest = day
            prices = energy_prices_e4(contract, seed, day)
            listed += [
                _working_price(contract, moment, energy)
                for moment, energy in zip(berlin.quarters(day), prices, strict=True)
            ]
        day += _ONE_DAY
    return {
        "contractNumber": str(contract.number),
        "customerNumber": str(contract.customer_number),
        "dataAvailableAt": berlin.wire(published_at(latest)) if latest else None,
        "priceData": listed,
        "tariffType": "Dynamic" if contract.tariff.dynamic else "Fixed",
        "currency": "EUR",
        "unit": "ct/kWh",
    }


def _working_price(contract: Contract, moment: datetime, energy_e4: int) -> dict[str, Any]:
    parts = surcharges(contract.tariff, contract.postcode)
    procurement = parts.procurement + parts.service_fee
    total = energy_e4 + procurement + parts.grid_fee + parts.levies
    return {
        "timestamp": berlin.wire(moment),
        "workingPrice": {"total": total / E4, "vat": round(total * VAT / (1 + VAT)) / E4},
        "components": {
            "energyPrice": {"total": energy_e4 / E4, "spotPrice": energy_e4 / E4},
            "procurementCosts": {
                "total": procurement / E4,
                "exchangeFee": parts.exchange_fee / E4,
                "greenCertificatesSurcharge": parts.green_certificates / E4,
                "riskPremium": (parts.risk_premium + parts.service_fee) / E4,
            },
            "gridFees": {"total": parts.grid_fee / E4, "variableGridFee": parts.grid_fee / E4},
            "leviesAndTaxes": {
                "total": parts.levies / E4,
                "offshoreFee": parts.offshore_fee / E4,
                "p19Fee": parts.p19_fee / E4,
                "powerHeatCouplingFee": parts.kwk_fee / E4,
                "powerIndividualConcessionFee": parts.concession_fee / E4,
                "shutdownFee": parts.shutdown_fee / E4,
                "electricityTax": parts.electricity_tax / E4,
            },
        },
        "interval": "QuarterHourly",
    }


def cost_parts(contract: Contract, seed: int) -> list[dict[str, Any]]:
    """Return the ``data`` of a contract's cost parts, gross, one entry for each year.

    None for a fixed tariff.
    """
    if not contract.tariff.dynamic:
        return []
    last = max(berlin.today(), contract.start)
    days = [contract.start, *(date(year, 1, 1) for year in range(contract.start.year + 1, last.year + 1))]
    return [_cost_parts(contract, seed, day) for day in days if contract.end is None or day < contract.end]


def _cost_parts(contract: Contract, seed: int, day: date) -> dict[str, Any]:
    parts, there = surcharges(contract.tariff, contract.postcode), place(contract.postcode)
    cents = {
        "variableServiceFee": parts.service_fee,
        "variableGridFee": parts.grid_fee,
        "expectedEnergyCost": gross_e4(average_price(seed, day)),
        "guaranteeOfOrigin": parts.green_certificates,
        "concessionFee": parts.concession_fee,
        "kwkgFee": parts.kwk_fee,
        "electricityTax": parts.electricity_tax,
        "offshoreFee": parts.offshore_fee,
        "p19Fee": parts.p19_fee,
        "exchangeFee": parts.exchange_fee + parts.risk_premium,
    }
    service = base_service_fee_euro(contract.tariff, contract.campaign)
    return {
        "validFrom": berlin.wire(berlin.midnight(day)),
        "baseServiceFee": euro_per_month(service),
        "baseGridFee": euro_per_month(there.base_grid_fee_euro),
        "meteringFee": euro_per_month(metering_euro(smart_meter=contract.smart_meter)),
        **{name: cents_per_kwh(value / E4) for name, value in cents.items()},
        "savingsShare": unit_value(contract.tariff.share_percent or 0.0, "Percent", None, "%"),
        "estimatedConsumption": unit_value(contract.yearly_kwh, "Kwh", "Year", "kWh/Jahr"),
    }
