"""The named schemas of the OpenAPI document: what the operations answer and what they take."""

from __future__ import annotations

from typing import Any

from energyctl.sandbox.emulate import devices, spo
from energyctl.sandbox.emulate.energy import RESOLUTIONS
from energyctl.sandbox.emulate.schema import REFERENCE, Schema

EVENTS = ("device.connected", "device.disconnected", "device.problem", "spo.changed", "onboarding.completed")

_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}
_INTEGER: Schema = {"type": "integer"}
_FLAG: Schema = {"type": "boolean"}
_INSTANT: Schema = {"type": "string", "format": "date-time"}
_UUID: Schema = {"type": "string", "format": "uuid"}
_KIND: Schema = {"type": "string", "enum": list(devices.KINDS)}


def ref(name: str) -> Schema:
    """Return a reference to a named schema."""
    return {"$ref": f"{REFERENCE}{name}"}


def many(name: str) -> Schema:
    """Return the schema of an array of a named one."""
    return {"type": "array", "items": ref(name)}


def _object(**properties: Schema) -> dict[str, Any]:
    """Return an object all of whose fields are always there; more may come, as the provider reserves."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def _closed(required: list[str], **properties: Schema) -> dict[str, Any]:
    """Return a body that may hold nothing but these fields."""
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }


def _series(name: str, unit: str, **values: Schema) -> dict[str, Schema]:
    return {
        name: _object(
            customer_id=_TEXT,
            unit={"type": "string", "enum": [unit]},
            resolution={"type": "string", "enum": list(RESOLUTIONS)},
            values=many(f"{name}Value"),
        ),
        f"{name}Value": _object(start=_INSTANT, end=_INSTANT, **values),
    }


_STATE: Schema = {
    "type": "object",
    "description": "What the device last reported about itself; which fields there are depends on its kind.",
    "properties": {
        "soc_percent": {"type": "integer", "minimum": 0, "maximum": 100},
        "plugged_in": _FLAG,
        "charging": _FLAG,
        "charge_power_kw": _NUMBER,
        "range_km": _INTEGER,
        "status": {"type": "string", "enum": ["available", "occupied", "charging"]},
        "current_amps": _NUMBER,
        "max_current_amps": _INTEGER,
        "power_kw": _NUMBER,
        "session_energy_kwh": _NUMBER,
        "compressor_on": _FLAG,
        "indoor_temperature_c": _NUMBER,
        "outdoor_temperature_c": _NUMBER,
        "hot_water_temperature_c": _NUMBER,
    },
}
_PROBLEM = _object(
    id=_TEXT,
    time=_INSTANT,
    level={"type": "string", "enum": ["info", "warning", "error"]},
    kind=_TEXT,
    message=_TEXT,
)

COMPONENTS: dict[str, Schema] = {
    "Customer": _object(id=_TEXT, name=_TEXT, email=_TEXT, phone=_TEXT, language=_TEXT, created_at=_INSTANT),
    "CustomerPage": _object(items=many("Customer"), total=_INTEGER, offset=_INTEGER, limit=_INTEGER),
    "Address": _object(street=_TEXT, postal_code=_TEXT, city=_TEXT, country=_TEXT),
    "Facility": _object(
        id=_UUID,
        customer_id=_TEXT,
        name=_TEXT,
        address=ref("Address"),
        price_area={"type": "string", "enum": ["SE1", "SE2", "SE3", "SE4"]},
        meter_id=_TEXT,
        main_fuse_amps=_INTEGER,
    ),
    "FacilityPage": _object(data=many("Facility"), page=_INTEGER, page_size=_INTEGER, total_pages=_INTEGER),
    "DeviceState": _STATE,
    "Device": _object(
        id=_UUID,
        customer_id=_TEXT,
        facility_id=_UUID,
        kind=_KIND,
        manufacturer=_TEXT,
        model=_TEXT,
        custom_device_name={"type": ["string", "null"]},
        connected=_FLAG,
        last_seen_at=_INSTANT,
        onboarded_at=_INSTANT,
        state=ref("DeviceState"),
    ),
    "DevicePage": _object(devices=many("Device"), next_cursor={"type": ["string", "null"]}),
    "CustomDeviceName": _closed(["custom_device_name"], custom_device_name=_TEXT),
    "DeviceProblem": {**_PROBLEM, "properties": {**_PROBLEM["properties"], "details": {"type": "object"}}},
    "SpoSettings": spo.SHOWN,
    "SpoSettingsChange": spo.CHANGE,
    "NewOnboardingSession": _closed([], device_kind=_KIND),
    "OnboardingSession": _object(
        id=_TEXT,
        customer_id=_TEXT,
        url={"type": "string", "format": "uri"},
        device_kind={"type": ["string", "null"]},
        expires_at=_INSTANT,
    ),
    **_series("Consumption", "kWh", consumption_kwh=_NUMBER),
    **_series("Savings", "SEK", baseline_cost=_NUMBER, optimized_cost=_NUMBER, savings=_NUMBER),
    "NewWebhook": _closed(
        ["url", "events"],
        url={"type": "string", "format": "uri"},
        events={"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(EVENTS)}},
        description=_TEXT,
    ),
    "Webhook": _object(
        id=_UUID,
        url={"type": "string", "format": "uri"},
        events={"type": "array", "items": {"type": "string", "enum": list(EVENTS)}},
        description={"type": ["string", "null"]},
        created_at=_INSTANT,
    ),
    "WebhookList": _object(webhooks=many("Webhook")),
    "ExampleBrp": _object(status=_TEXT),
    "Error": _object(
        error={
            "type": "object",
            "properties": {
                "type": _TEXT,
                "message": _TEXT,
                "details": {"type": "array", "items": {"type": "object"}},
            },
            "required": ["type", "message"],
        }
    ),
}
