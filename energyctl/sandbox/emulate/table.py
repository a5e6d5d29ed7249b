"""The table of all operations of both APIs, each with its place in both sets of paths.

The default set is what a client infers from the contract; the other one is what the OpenAPI document describes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from energyctl.sandbox.emulate import handlers as do
from energyctl.sandbox.emulate.energy import RESOLUTIONS
from energyctl.sandbox.emulate.keys import APIS
from energyctl.sandbox.emulate.operations import Call, Operation, Parameter, PathSet, Place
from energyctl.sandbox.emulate.schema import Schema
from energyctl.sandbox.emulate.schemas import many, ref

_V1 = "/v1/retailer"
_V2 = "/v2/retailer"
_V1_CUSTOMER = f"{_V1}/customers/{{customerId}}"
_V2_CUSTOMER = f"{_V2}/end-customers/{{customer_id}}"
_V1_OWN = "/v1/customer"
_V2_OWN = "/v2/self"

Run = Callable[[Call], Awaitable[web.Response]]


def _counted(name: str, default: int, least: int, most: int | None, summary: str) -> Parameter:
    schema: dict[str, Any] = {"type": "integer", "minimum": least, "default": default}
    if most is not None:
        schema["maximum"] = most
    return Parameter(name, name, schema, summary=summary)


_BY_OFFSET = (
    _counted("offset", 0, 0, None, "How many to leave out"),
    _counted("limit", 50, 1, 200, "How many at most"),
)
_BY_PAGE = (
    _counted("page", 1, 1, None, "Which page, from 1"),
    _counted("page_size", 50, 1, 200, "How many on a page"),
)
_BY_CURSOR = (
    Parameter("cursor", "cursor", {"type": "string"}, summary="The next_cursor of the part before"),
    _counted("limit", 50, 1, 200, "How many at most"),
)
_BY_LINK = (
    _counted("page", 1, 1, None, "Which page, from 1"),
    _counted("per_page", 25, 1, 100, "How many on a page"),
)
_INSTANT: Schema = {"type": "string", "format": "date-time"}
_RANGE = (
    Parameter("from", "start", _INSTANT, required=True, summary="The first moment of the range"),
    Parameter("to", "end", _INSTANT, required=True, summary="The moment after the range"),
    Parameter(
        "resolution",
        "resolution",
        {"type": "string", "enum": list(RESOLUTIONS), "default": "day"},
        summary="What one value covers; days and months are Stockholm's",
    ),
)


def _everywhere(
    id_: str, summary: str, tag: str, places: tuple[str, str], run: Run, **more: Any
) -> Operation:
    """Return an operation over all customers of a retailer."""
    return Operation(
        id=id_,
        api="retailer",
        tag=tag,
        summary=summary,
        places={"default": Place("GET", _V1 + places[0]), "other": Place("GET", _V2 + places[1])},
        run=run,
        **more,
    )


def _of_customer(
    ids: tuple[str, str],
    summary: str,
    tag: str | None,
    v1: str,
    v2: str,
    run: Run,
    **more: Any,
) -> list[Operation]:
    """Return an operation on one customer twice: by the retailer, and with the customer's own token.

    ``v1`` and ``v2`` are ``METHOD path``, the path being what comes after the customer's.
    """
    (v1_method, _, v1_tail), (v2_method, _, v2_tail) = v1.partition(" "), v2.partition(" ")
    places = ((_V1_CUSTOMER, _V2_CUSTOMER), (_V1_OWN, _V2_OWN))
    return [
        Operation(
            id=id_,
            api=api,
            tag=tag,
            summary=summary,
            places={
                "default": Place(v1_method, root_1 + v1_tail),
                "other": Place(v2_method, root_2 + v2_tail),
            },
            run=run,
            **more,
        )
        for id_, api, (root_1, root_2) in zip(ids, APIS, places, strict=True)
    ]


def _webhook(id_: str, summary: str, method: str, tail: str, run: Run, **more: Any) -> Operation:
    """Return an operation that only the document knows."""
    places: dict[PathSet, Place] = {"other": Place(method, f"{_V2}/webhooks{tail}")}
    return Operation(
        id=id_, api="retailer", tag="notifications", summary=summary, places=places, run=run, **more
    )


def operations() -> list[Operation]:
    """Return all operations."""
    test_route = Place("GET", f"{_V1}/example-brp")
    device, asset = "/devices/{deviceId}", "/assets/{asset_id}"
    return [
        Operation(
            id="exampleBrp",
            api="retailer",
            tag=None,
            summary="Test route",
            places={"default": test_route, "other": test_route},
            run=do.example_brp,
            answer=ref("ExampleBrp"),
        ),
        _everywhere(
            "listCustomers", "List customers", "customers", ("/customers", "/end-customers"), do.list_customers,
            answer=ref("CustomerPage"), query=_BY_OFFSET,
        ),
        *_of_customer(
            ("getCustomer", "getOwnCustomer"), "Show a customer", "customers", "GET ", "GET ", do.get_customer,
            answer=ref("Customer"),
        ),
        _everywhere(
            "listFacilities", "List all customers' facilities", "facilities", ("/facilities", "/sites"),
            do.list_facilities, answer=ref("FacilityPage"), query=_BY_PAGE,
        ),
        *_of_customer(
            ("listCustomerFacilities", "listOwnFacilities"), "List a customer's facilities", "facilities",
            "GET /facilities", "GET /sites", do.list_customer_facilities, answer=many("Facility"),
        ),
        _everywhere(
            "listDevices", "List all customers' devices", "devices", ("/devices", "/assets"), do.list_devices,
            answer=ref("DevicePage"), query=_BY_CURSOR,
        ),
        *_of_customer(
            ("listCustomerDevices", "listOwnDevices"), "List a customer's devices", "devices",
            "GET /devices", "GET /assets", do.list_customer_devices, answer=many("Device"),
        ),
        *_of_customer(
            ("getDevice", "getOwnDevice"), "Show a device", "devices", f"GET {device}", f"GET {asset}",
            do.get_device, answer=ref("Device"),
        ),
        *_of_customer(
            ("updateCustomDeviceName", "updateOwnCustomDeviceName"), "Update a customer's device's custom name", None,
            f"PATCH {device}", f"PATCH {asset}/custom-name", do.rename_device, answer=ref("Device"),
            body=ref("CustomDeviceName"),
        ),
        *_of_customer(
            ("removeDevice", "removeOwnDevice"), "Remove a device", "devices", f"DELETE {device}", f"DELETE {asset}",
            do.remove_device, answer=None, status=204,
        ),
        *_of_customer(
            ("listDeviceProblems", "listOwnDeviceProblems"), "List what went wrong with a device", "devices",
            f"GET {device}/logs", f"GET {asset}/problem-log", do.list_device_logs, answer=many("DeviceProblem"),
            query=_BY_LINK, headers={"Link": 'The next page, as rel="next"; absent on the last one.'},
        ),
        *_of_customer(
            ("listSpoSettings", "listOwnSpoSettings"), "List the settings of a customer's devices", "optimization",
            "GET /spo-settings", "GET /optimization", do.list_spo_settings, answer=many("SpoSettings"),
        ),
        *_of_customer(
            ("getSpoSettings", "getOwnSpoSettings"), "Show a device's settings", "optimization",
            f"GET {device}/spo-settings", f"GET {asset}/optimization", do.get_spo_settings, answer=ref("SpoSettings"),
        ),
        *_of_customer(
            ("updateSpoSettings", "updateOwnSpoSettings"), "Change some of a device's settings", "optimization",
            f"PATCH {device}/spo-settings", f"PUT {asset}/optimization", do.set_spo_settings,
            answer=ref("SpoSettings"), body=ref("SpoSettingsChange"),
        ),
        *_of_customer(
            ("createOnboardingSession", "createOwnOnboardingSession"), "Make a link to onboard a device", "onboarding",
            "POST /onboarding-links", "POST /onboarding-sessions", do.create_onboarding_link, status=201,
            answer=ref("OnboardingSession"), body=ref("NewOnboardingSession"), body_required=False,
        ),
        *_of_customer(
            ("getConsumptionReport", "getOwnConsumptionReport"), "Show a customer's consumption", "reporting",
            "GET /consumption", "GET /reports/consumption", do.get_consumption, answer=ref("Consumption"),
            query=_RANGE,
        ),
        *_of_customer(
            ("getSavingsReport", "getOwnSavingsReport"), "Show a customer's savings", "reporting",
            "GET /savings", "GET /reports/savings", do.get_savings, answer=ref("Savings"), query=_RANGE,
        ),
        _webhook("listWebhooks", "List webhooks", "GET", "", do.list_webhooks, answer=ref("WebhookList")),
        _webhook(
            "createWebhook", "Register a webhook", "POST", "", do.create_webhook, status=201, answer=ref("Webhook"),
            body=ref("NewWebhook"),
        ),
        _webhook(
            "removeWebhook", "Remove a webhook", "DELETE", "/{webhook_id}", do.remove_webhook, status=204, answer=None,
        ),
    ]  # fmt: skip
