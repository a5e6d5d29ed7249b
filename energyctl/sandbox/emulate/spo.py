"""Settings of the spot price optimization (SPO): their schema, the defaults per kind, and how a change is merged."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from energyctl.sandbox.emulate.devices import Kind

_CLOCK = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["07:00"]}
_HOURS = {
    "type": "object",
    "description": "The hours in which the device may be run, local time; over midnight when to is before from.",
    "properties": {"allowed_from": _CLOCK, "allowed_to": _CLOCK},
    "additionalProperties": False,
    "minProperties": 1,
}
_COMMON: dict[str, Any] = {
    "enabled": {"type": "boolean", "description": "Whether the device is run by price at all."},
    "mode": {"type": "string", "enum": ["max_savings", "balanced", "max_comfort"]},
    "schedule": {
        "type": "object",
        "properties": {"weekdays": _HOURS, "weekends": _HOURS},
        "additionalProperties": False,
        "minProperties": 1,
    },
}
_DEPARTURE = {**_CLOCK, "type": ["string", "null"], "description": "When it is to be ready, local time."}
_OWN: dict[Kind, dict[str, Any]] = {
    "car": {
        "departure_time": _DEPARTURE,
        "target_soc_percent": {"type": "integer", "minimum": 20, "maximum": 100},
        "min_soc_percent": {
            "type": "integer",
            "minimum": 0,
            "maximum": 80,
            "description": "Below this the car is charged at once, whatever the price.",
        },
    },
    "charger": {
        "departure_time": _DEPARTURE,
        "energy_target_kwh": {"type": "number", "minimum": 0, "maximum": 100},
        "max_current_amps": {"type": "integer", "minimum": 6, "maximum": 32},
        "load_balancing": {"type": "boolean", "description": "Whether the main fuse is looked after."},
    },
    "heat_pump": {
        "comfort_min_c": {"type": "number", "minimum": 15, "maximum": 25},
        "comfort_max_c": {"type": "number", "minimum": 15, "maximum": 28},
        "hot_water": {
            "type": "object",
            "properties": {
                "enabled": {"type": "boolean"},
                "min_temperature_c": {"type": "number", "minimum": 40, "maximum": 60},
            },
            "additionalProperties": False,
            "minProperties": 1,
        },
    },
}
_ORDERED = (("min_soc_percent", "target_soc_percent"), ("comfort_min_c", "comfort_max_c"))

FIELDS: dict[str, Any] = {**_COMMON, **{name: shape for own in _OWN.values() for name, shape in own.items()}}
"""The schema of every setting of every kind."""

CHANGE: dict[str, Any] = {
    "type": "object",
    "description": "The settings to change; those not named stay as they are.",
    "properties": FIELDS,
    "additionalProperties": False,
    "minProperties": 1,
}
SHOWN: dict[str, Any] = {
    "type": "object",
    "description": "A device's settings; which ones there are depends on its kind.",
    "properties": {
        "device_id": {"type": "string", "format": "uuid", "readOnly": True},
        "customer_id": {"type": "string", "readOnly": True},
        "device_kind": {"type": "string", "enum": list(_OWN), "readOnly": True},
        **FIELDS,
        "updated_at": {"type": "string", "format": "date-time", "readOnly": True},
    },
    "required": ["device_id", "customer_id", "device_kind", *_COMMON, "updated_at"],
}


class Unfit(Exception):
    """A change whose values are right each by itself but not for this device, or not together."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


def default(thrown: random.Random, kind: Kind, *, first: bool) -> dict[str, Any]:
    """Return the settings that a device came with; those of the first customer are the same for every seed."""
    settings: dict[str, Any] = {
        "enabled": first or thrown.random() < 0.85,
        "mode": "balanced" if first else thrown.choice(("max_savings", "balanced", "max_comfort")),
    }
    if kind == "car":
        settings["departure_time"] = "07:00" if first else thrown.choice(("06:30", "07:00", "08:15", None))
        settings["target_soc_percent"] = 80 if first else thrown.choice((70, 80, 90))
        settings["min_soc_percent"] = 20 if first else thrown.choice((10, 20, 30))
    elif kind == "charger":
        settings["departure_time"] = "07:00" if first else thrown.choice(("06:30", "07:00", None))
        settings["energy_target_kwh"] = 27.0 if first else float(thrown.randrange(10, 40))
        settings["max_current_amps"] = 16 if first else thrown.choice((10, 16, 32))
        settings["load_balancing"] = first or thrown.random() < 0.5
    else:
        settings["comfort_min_c"] = 19.5 if first else thrown.choice((18.0, 19.0, 20.5))
        settings["comfort_max_c"] = 22.0 if first else thrown.choice((21.5, 22.0, 23.5))
        settings["hot_water"] = {"enabled": True, "min_temperature_c": thrown.choice((45.0, 48.0))}
    settings["schedule"] = {
        "weekdays": {"allowed_from": "21:00", "allowed_to": "07:00"},
        "weekends": {"allowed_from": "20:00", "allowed_to": "10:00"},
    }
    return settings


def merged(before: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with the named ones replaced, inside of nested ones too."""
    after = dict(before)
    for name, value in change.items():
        inner = after.get(name)
        after[name] = merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return after


def check_sense(kind: Kind, change: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Raise Unfit for a setting that this kind of device has not, and for a lower bound above the upper one."""
    for name in change:
        if name not in _COMMON and name not in _OWN[kind]:
            raise Unfit(name, f"{name} is no setting of a {kind.replace('_', ' ')}.")
    for low, high in _ORDERED:
        if low in after and after[low] > after[high]:
            raise Unfit(low, f"{low} {after[low]:g} is above {high} {after[high]:g}.")
