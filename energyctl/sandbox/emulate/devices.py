"""Made-up devices: their makers and models, and what each reports about itself.

What people change about a device is in ``book``.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from energyctl.sandbox.emulate.people import uuid
from energyctl.sandbox.emulate.stockholm import wire

Kind = Literal["car", "charger", "heat_pump"]
KINDS: tuple[Kind, ...] = ("car", "charger", "heat_pump")

_MODELS: dict[Kind, tuple[tuple[str, str], ...]] = {
    "car": (("Volvo", "EX30"), ("Tesla", "Model Y"), ("Volkswagen", "ID.4"), ("Polestar", "2"), ("Kia", "EV6")),
    "charger": (("Easee", "Home"), ("Zaptec", "Go"), ("CTEK", "Chargestorm Connected 3"), ("Garo", "Entity")),
    "heat_pump": (("NIBE", "S1255"), ("Thermia", "Calibra Eco"), ("IVT", "Geo 412"), ("Bosch", "Compress 7000i")),
}  # fmt: skip
_SETS: tuple[tuple[Kind, ...], ...] = (
    ("car",),
    ("charger",),
    ("heat_pump",),
    ("car", "charger"),
    ("car", "charger"),
    ("car", "heat_pump"),
    ("car", "charger", "heat_pump"),
    ("car", "car", "charger", "heat_pump"),
)
_FIRST_SET: tuple[Kind, ...] = ("car", "charger", "heat_pump")
_OFFLINE = 0.12
_NONE_EVERY, _NONE_AT = 8, 3
_OFFLINE_EVERY, _OFFLINE_AT = 16, 1
_REPORTS_EVERY_MIN = 5
_KM_PER_PERCENT = 4.1


@dataclass(frozen=True)
class Device:
    """One device. ``offline_h``: how many hours before the sandbox's start it was last heard of; None is online."""

    slot: int
    id: str
    customer_id: str
    facility_id: str
    kind: Kind
    manufacturer: str
    model: str
    onboarded_at: datetime
    offline_h: int | None
    state: dict[str, Any]

    def last_seen(self, begun: datetime, now: datetime) -> datetime:
        """Return the moment of the last report: a fixed one when offline, else of the last five minutes."""
        if self.offline_h is not None:
            return begun - timedelta(hours=self.offline_h)
        return now.replace(minute=now.minute - now.minute % _REPORTS_EVERY_MIN, second=0, microsecond=0)

    def shown(self, name: str | None, begun: datetime, now: datetime) -> dict[str, Any]:
        """Return the device as the API shows it, under the name that people gave it."""
        return {
            "id": self.id,
            "customer_id": self.customer_id,
            "facility_id": self.facility_id,
            "kind": self.kind,
            "manufacturer": self.manufacturer,
            "model": self.model,
            "custom_device_name": name,
            "connected": self.offline_h is None,
            "last_seen_at": wire(self.last_seen(begun, now)),
            "onboarded_at": wire(self.onboarded_at),
            "state": self.state,
        }


def _car(thrown: random.Random, *, first: bool) -> dict[str, Any]:
    # The first customer's car is the one that did not charge last night.
    soc = 33 if first else thrown.randint(12, 92)
    plugged_in = first or thrown.random() < 0.6
    charging = plugged_in and not first and thrown.random() < 0.4
    return {
        "soc_percent": soc,
        "plugged_in": plugged_in,
        "charging": charging,
        "charge_power_kw": thrown.choice((3.7, 7.4, 11.0)) if charging else 0.0,
        "range_km": round(soc * _KM_PER_PERCENT),
    }


def _charger(thrown: random.Random, *, first: bool) -> dict[str, Any]:
    status = "occupied" if first else thrown.choice(("available", "occupied", "charging"))
    amps = thrown.choice((6.0, 10.0, 16.0)) if status == "charging" else 0.0
    return {
        "status": status,
        "current_amps": amps,
        "max_current_amps": thrown.choice((16, 32)),
        "power_kw": round(amps * 3 * 0.23, 2),
        "session_energy_kwh": 1.2 if first else round(thrown.uniform(0, 30), 1) if amps else 0.0,
    }


def _heat_pump(thrown: random.Random, *, first: bool) -> dict[str, Any]:
    running = first or thrown.random() < 0.5
    return {
        "compressor_on": running,
        "power_kw": round(thrown.uniform(0.8, 3.2), 2) if running else 0.0,
        "indoor_temperature_c": round(thrown.uniform(19.5, 22.5), 1),
        "outdoor_temperature_c": round(thrown.uniform(-8, 14), 1),
        "hot_water_temperature_c": round(thrown.uniform(44, 56), 1),
    }


_STATES = {"car": _car, "charger": _charger, "heat_pump": _heat_pump}


def devices(
    thrown: random.Random, at: int, *, place: tuple[str, str], joined: datetime
) -> tuple[Device, ...]:
    """Return the devices of the customer at a position: the first one's are one of each kind, every eighth has none.

    ``place`` is customer id and facility id, ``joined`` when the customer came.
    """
    if at % _NONE_EVERY == _NONE_AT:
        return ()
    kinds = _FIRST_SET if at == 0 else thrown.choice(_SETS)
    return tuple(_device(thrown, at, slot, kind, place, joined) for slot, kind in enumerate(kinds))


def _device(
    thrown: random.Random, at: int, slot: int, kind: Kind, place: tuple[str, str], joined: datetime
) -> Device:
    manufacturer, model = thrown.choice(_MODELS[kind])
    away = at != 0 and (thrown.random() < _OFFLINE or (at % _OFFLINE_EVERY == _OFFLINE_AT and slot == 0))
    return Device(
        slot=slot,
        id=uuid(thrown),
        customer_id=place[0],
        facility_id=place[1],
        kind=kind,
        manufacturer=manufacturer,
        model=model,
        onboarded_at=joined + timedelta(hours=thrown.randrange(1, 24 * 40)),
        offline_h=thrown.randrange(3, 300) if away else None,
        state=_STATES[kind](thrown, first=at == 0),
    )
