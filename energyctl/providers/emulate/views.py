"""How Emulate's resources are shown. Their fields are not public: columns come from the data, usual names first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from energyctl.core.cache import CompletionList
from energyctl.core.views import Column, View, dig

CUSTOMER_IDS = CompletionList("emulate-customers")
DEVICE_IDS = CompletionList("emulate-devices")

_CUSTOMER_ID = ("id", "customer_id", "customerId")
_DEVICE_ID = ("id", "device_id", "deviceId", "uuid")
_NAME = ("custom_device_name", "labels.custom_device_name", "name", "display_name", "title", "label")
_KIND = ("kind", "type", "device_type", "manufacturer", "brand", "vendor", "model")

CUSTOMERS = View(
    id_names=_CUSTOMER_ID,
    preferred=(*_CUSTOMER_ID, "name", "email", "phone"),
    plural="customers",
)
FACILITIES = View(
    id_names=("facility_id", "facilityId"),
    preferred=("id", "facility_id", "facilityId", "customer_id", "customerId", "name"),
    plural="facilities",
)
DEVICES = View(
    id_names=_DEVICE_ID,
    preferred=(*_DEVICE_ID, "custom_device_name", *_KIND, "connected", "online", "status"),
    plural="devices",
)
LOGS = View(
    id_names=("log_id", "logId"),
    preferred=(
        "time",
        "timestamp",
        "created_at",
        "at",
        "level",
        "severity",
        "kind",
        "type",
        "message",
        "text",
    ),
    plural="log entries",
)
SETTINGS = View(
    columns=(
        Column("Id", "device_id", detail=True),
        Column("Device", "device_name"),
        Column("Setting", "setting"),
        Column("Value", "value"),
    ),
    id_path="device_id",
    plural="SPO settings",
)
SERIES = View(
    preferred=("start", "from", "time", "timestamp", "date", "end", "to"),
    plural="values",
)
LINK = View(
    columns=(
        Column("Customer", "target"),
        Column("Outcome", "outcome"),
        Column("Address", "url"),
        Column("Answer", "answer", detail=True),
        Column("Message", "message"),
        Column("Journal", "journal_id", right=True),
    ),
    id_path="url",
    plural="links",
)
CHECKS = View(
    columns=(
        Column("Check", "check"),
        Column("Status", "status"),
        Column("Finding", "message"),
        Column("Fix", "fix"),
    ),
    id_path="check",
    plural="checks",
)


def id_of(row: Any, names: tuple[str, ...]) -> str | None:
    """Return the id of a row under one of its usual names."""
    if isinstance(row, Mapping):
        for name in names:
            value = row.get(name)
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
                return str(value)
    return None


def device_id(row: Any) -> str | None:
    """Return a device's id."""
    return id_of(row, _DEVICE_ID)


def customer_id(row: Any) -> str | None:
    """Return a customer's id."""
    return id_of(row, _CUSTOMER_ID)


def device_name(row: Any) -> str | None:
    """Return what a device is called: its custom name, else its name, else its kind, maker and model."""
    for path in _NAME:
        value = dig(row, path)
        if isinstance(value, str) and value.strip():
            return value
    parts = [value for name in _KIND if isinstance(value := dig(row, name), str) and value.strip()]
    return " ".join(dict.fromkeys(parts)) or None
