"""Get measurements and Get cost: which range a service has data for, and its buckets (contract 8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from energyctl.sandbox.bright import tariff
from energyctl.sandbox.bright.answers import KitError
from energyctl.sandbox.bright.catalog import GRID, WASTE, Service, finer
from energyctl.sandbox.bright.meter import amount, peak_w, volume_m3
from energyctl.sandbox.bright.stockholm import bucket_start, buckets, day_of, midnight, now, wire

_FINE = frozenset({"hour", "15min"})
_WH_PER_KWH = _GRAMS_PER_KG = 1000

Value = Callable[[datetime, datetime], dict[str, Any]]


def measurements(service: Service, start: datetime, end: datetime, resolution: str) -> dict[str, Any]:
    """Answer Get measurements. Days and longer buckets reach to the last midnight, finer ones to the present."""
    _offered(resolution, service.measured_by, "measurements")
    until = bucket_start(now(), resolution) if resolution in _FINE else _last_midnight()
    return _answer(service, start, end, resolution, until, lambda a, b: _measured(service, a, b))


def costs(service: Service, start: datetime, end: datetime, resolution: str, seed: int) -> dict[str, Any]:
    """Answer Get cost. What a day cost is known when it is over."""
    _offered(resolution, service.charged_by, "costs")
    return _answer(
        service,
        start,
        end,
        resolution,
        _last_midnight(),
        lambda a, b: _charged(service, a, b, resolution, seed),
    )


def _last_midnight() -> datetime:
    return midnight(day_of(now()))


def _offered(resolution: str, finest: str, what: str) -> None:
    if finer(resolution, finest):
        raise KitError(400, f"The finest resolution of this service's {what} is {finest}, not {resolution}.")


def _answer(
    service: Service, start: datetime, end: datetime, resolution: str, until: datetime, value: Value
) -> dict[str, Any]:
    first = max(start, midnight(service.start))
    last = min(end, until)
    if service.end is not None:
        last = min(last, midnight(service.end))
    last = max(first, last)
    return {
        "startDate": wire(first),
        "endDate": wire(last),
        "resolution": resolution,
        "values": [
            {"date": wire(begin), **value(max(begin, first), min(close, last))}
            for begin, close in buckets(first, last, resolution)
        ],
    }


def _measured(service: Service, start: datetime, end: datetime) -> dict[str, Any]:
    counted = amount(service.meter, start, end)
    if service.type == WASTE:
        return {"kg": counted / _GRAMS_PER_KG, "m3": volume_m3(counted)}
    shown: dict[str, Any] = {"kWh": counted / _WH_PER_KWH}
    if service.type == GRID:
        watts, at = peak_w(service.meter, start, end)
        shown["peakWatt"] = {"value": watts, "date": wire(at)}
    return shown


def _charged(service: Service, start: datetime, end: datetime, resolution: str, seed: int) -> dict[str, Any]:
    lines = tariff.lines(service, start, end, resolution, seed)
    cost = tariff.total(lines, resolution)
    return {
        "cost": cost,
        "costExcludingVat": tariff.without_vat(service, cost, resolution),
        "parts": [
            {
                "measurementPart": line.price.name,
                "name": line.price.name,
                "type": line.price.type,
                "cost": line.cost_sek,
            }
            for line in lines
        ],
    }
