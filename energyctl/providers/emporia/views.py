"""What people see of Emporia's resources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from energyctl.core.usageoptions import VALUES
from energyctl.core.views import Column, View, plain


def _people(customers: Any) -> str:
    return ", ".join(plain(one.get("email")) or plain(one.get("last_name")) for one in customers)


def _circuits(infos: Any) -> str:
    return ", ".join(f"{one.get('channel_number')} {plain(one.get('name'))}".strip() for one in infos)


def _number(value: Any) -> str:
    return f"{value:,.1f}" if isinstance(value, int | float) else plain(value)


def dispatch_mode(settings: Any) -> str:
    """Return a battery's mode for people: ``charge-to 80 %, 3 kW``."""
    if not isinstance(settings, Mapping):
        return ""
    for field, name in (
        ("load_following", "load-following"),
        ("charge_with_excess_solar", "excess-solar"),
        ("charge_to_state_of_charge", "charge-to"),
        ("discharge_to_state_of_charge", "discharge-to"),
        ("idle", "idle"),
    ):
        body = settings.get(field)
        if isinstance(body, Mapping):
            soc = body.get("soc_percentage")
            power = next(
                (value for key, value in body.items() if key.endswith("kwatts") and value is not None), None
            )
            parts = [
                name if soc is None else f"{name} {soc:g} %",
                f"{power:g} kW" if power is not None else "",
            ]
            return ", ".join(part for part in parts if part)
    return ""


DEVICES = View(
    columns=(
        Column("Device", "manufacturer_device_id"),
        Column("Name", "device_name"),
        Column("Model", "model"),
        Column("Connected", "device_connected"),
        Column("Customers", "customers", show=_people),
        Column("Zone", "timezone"),
        Column("Firmware", "firmware", gives_way=True),
        Column("Solar", "solar", detail=True),
    ),
    id_path="manufacturer_device_id",
    plural="devices",
    hidden=frozenset({"channel_names"}),
)

#: One device, with its circuits in a line.
DEVICE = replace(DEVICES, columns=(*DEVICES.columns, Column("Circuits", "circuit_infos", show=_circuits)))

CIRCUITS = View(
    columns=(
        Column("Channel", "channel_number", right=True),
        Column("Name", "name"),
        Column("Type", "type"),
        Column("Direction", "energy_direction"),
        Column("Sub-type", "sub_type"),
    ),
    id_path="channel_number",
    plural="circuits",
)

OUTLETS = View(
    columns=(
        Column("Device", "manufacturer_device_id"),
        Column("Name", "device_name"),
        Column("On", "on"),
        Column("Connected", "device_connected"),
    ),
    id_path="manufacturer_device_id",
    plural="outlets",
)

CHARGERS = View(
    columns=(
        Column("Device", "settings.manufacturer_device_id"),
        Column("Name", "device_name"),
        Column("On", "settings.on"),
        Column("Amps", "settings.charge_rate_amps", right=True),
        Column("At most", "max_charge_rate_amps", right=True),
        Column("Car", "car_connected"),
        Column("Charging", "car_charging"),
        Column("Connected", "device_connected"),
    ),
    id_path="settings.manufacturer_device_id",
    plural="chargers",
)

BATTERIES = View(
    columns=(
        Column("Device", "settings.manufacturer_device_id"),
        Column("Name", "device_name"),
        Column("Charge %", "soc_percentage", right=True, show=_number),
        Column("Reserve %", "settings.reserve_soc_percentage", right=True),
        Column("Mode", "settings", show=dispatch_mode),
        Column("Capacity kWh", "capacity_kwhs", right=True),
        Column("Power kW", "inverter_max_power_kwatts", right=True),
        Column("Connected", "device_connected"),
    ),
    id_path="settings.manufacturer_device_id",
    plural="batteries",
)

UTILITY_CONNECTS = View(
    columns=(
        Column("Device", "manufacturer_device_id"),
        Column("Name", "device_name"),
        Column("Zigbee MAC", "zigbee_mac"),
        Column("Connected", "device_connected"),
    ),
    id_path="manufacturer_device_id",
    plural="utility connects",
)


def usage_view(field: str | None, kind: str | None) -> View:
    """Return the columns of usage rows: of values, or of a sum by device, channel or in total."""
    energy = [VALUES[name] for name in (("energy_wh", "power_w") if field is None else (field,))]
    named = (Column("Device", "device_id"), Column("Name", "device_name"))
    channel = (Column("Channel", "channel", right=True), Column("Circuit", "circuit"))
    first = {
        None: (*named, *channel),
        "device": named,
        "channel": (*named, *channel),
        "total": (Column("Devices", "devices", right=True),),
    }[kind]
    counted = (
        ()
        if kind is None
        else (
            Column("Expected", "expected_values", right=True),
            Column("Observed", "observed_values", right=True),
        )
    )
    return View(
        columns=(
            *first,
            Column("Start", "start"),
            Column("End", "end", detail=kind is None),
            *energy,
            Column("Status", "status"),
            *counted,
        ),
        id_path="device_id",
        plural="values",
    )


OUTCOMES = View(
    columns=(
        Column("Device", "target"),
        Column("Name", "device_name"),
        Column("Outcome", "outcome"),
        Column("Message", "message"),
        Column("Journal", "journal_id", right=True),
    ),
    id_path="target",
    plural="devices",
    hidden=frozenset({"operation"}),
)
