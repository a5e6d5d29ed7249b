"""What the operations do, each on one checked call."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta
from itertools import islice
from typing import Any

from aiohttp import web

from energyctl.sandbox.emulate import spo
from energyctl.sandbox.emulate.answers import answer, invalid, refuse
from energyctl.sandbox.emulate.operations import Call
from energyctl.sandbox.emulate.paging import by_offset, by_page, cursor, linked, read_cursor
from energyctl.sandbox.emulate.problems import log_of
from energyctl.sandbox.emulate.stockholm import parse_instant, wire
from energyctl.sandbox.shapes import Problem

_LINK_LIFE = timedelta(hours=1)
_MOST_HOURS = timedelta(days=366)


async def example_brp(_call: Call) -> web.Response:
    """Answer the test route."""
    return answer({"status": "ok"})


async def list_customers(call: Call) -> web.Response:
    """List the retailer's customers."""
    return by_offset(call, call.book.count, lambda at: call.book.customer_at(at).shown())


async def get_customer(call: Call) -> web.Response:
    """Show one customer."""
    return answer(call.book.customer_at(call.customer).shown())


async def list_facilities(call: Call) -> web.Response:
    """List the facilities of all customers."""
    return by_page(call, call.book.facility_count, lambda at: call.book.facility_at(at).shown())


async def list_customer_facilities(call: Call) -> web.Response:
    """List one customer's facilities."""
    return answer([facility.shown() for facility in call.book.facilities_of(call.customer)])


async def list_devices(call: Call) -> web.Response:
    """List the devices of all customers, a cursor leading to the next part."""
    limit = call.query["limit"]
    begin = read_cursor(call.query["cursor"]) if "cursor" in call.query else (0, 0)
    found = list(islice(call.book.devices_from(*begin), limit + 1))
    following = cursor(found[limit][0], found[limit][1].slot) if len(found) > limit else None
    shown = [call.book.shown(device) for _, device in found[:limit]]
    return answer({"devices": shown, "next_cursor": following})


async def list_customer_devices(call: Call) -> web.Response:
    """List one customer's devices."""
    return answer([call.book.shown(device) for device in call.book.devices_of(call.customer)])


async def get_device(call: Call) -> web.Response:
    """Show one device."""
    return answer(call.book.shown(call.device))


async def rename_device(call: Call) -> web.Response:
    """Set a device's name and show the device."""
    device = call.device
    call.book.rename(device, call.body["custom_device_name"])
    return answer(call.book.shown(device))


async def remove_device(call: Call) -> web.Response:
    """Remove a device for good."""
    call.book.remove(call.device)
    return web.Response(status=204)


async def list_device_logs(call: Call) -> web.Response:
    """List what went wrong with a device, newest first."""
    return linked(call, log_of(call.book, call.device))


async def list_spo_settings(call: Call) -> web.Response:
    """List the settings of all devices of a customer."""
    return answer([call.book.settings(device) for device in call.book.devices_of(call.customer)])


async def get_spo_settings(call: Call) -> web.Response:
    """Show a device's settings."""
    return answer(call.book.settings(call.device))


async def set_spo_settings(call: Call) -> web.Response:
    """Change the named settings and show them all."""
    device = call.device
    try:
        call.book.change_settings(device, call.body)
    except spo.Unfit as problem:
        raise invalid([Problem(problem.message, problem.path)]) from None
    return answer(call.book.settings(device))


async def create_onboarding_link(call: Call) -> web.Response:
    """Make a link under which the customer signs in to a further device."""
    customer = call.book.customer_at(call.customer)
    name = secrets.token_urlsafe(12)
    return answer(
        {
            "id": name,
            "customer_id": customer.id,
            "url": f"https://onboarding.emulate.example/start/{name}",
            "device_kind": call.body.get("device_kind"),
            "expires_at": wire(call.book.now() + _LINK_LIFE),
        },
        status=201,
    )


async def get_consumption(call: Call) -> web.Response:
    """Show what a customer used."""
    return _series(call, "kWh", call.energy.consumption)


async def get_savings(call: Call) -> web.Response:
    """Show what the optimization saved a customer."""
    return _series(call, "SEK", call.energy.savings)


def _series(call: Call, unit: str, draw: Any) -> web.Response:
    at = call.customer
    # The schema has seen to it that both are instants.
    start, end = parse_instant(call.query["from"]), parse_instant(call.query["to"])
    if start is None or end is None or start >= end:
        raise refuse(400, "invalid_request", "The range must begin before it ends.")
    resolution = call.query["resolution"]
    if resolution == "hour" and end - start > _MOST_HOURS:
        raise refuse(400, "invalid_request", "At most one year can be asked for by the hour.")
    return answer(
        {
            "customer_id": call.book.customer_at(at).id,
            "unit": unit,
            "resolution": resolution,
            "values": draw(at, start, end, resolution),
        }
    )


async def list_webhooks(call: Call) -> web.Response:
    """List the retailer's webhooks."""
    return answer({"webhooks": list(call.book.webhooks.values())})


async def create_webhook(call: Call) -> web.Response:
    """Register a URL for events."""
    webhook = {
        "id": str(uuid.uuid4()),
        "url": call.body["url"],
        "events": call.body["events"],
        "description": call.body.get("description"),
        "created_at": wire(call.book.now()),
    }
    call.book.webhooks[webhook["id"]] = webhook
    return answer(webhook, status=201)


async def remove_webhook(call: Call) -> web.Response:
    """Forget a webhook."""
    if call.book.webhooks.pop(call.path["webhookId"].lower(), None) is None:
        raise refuse(404, "not_found", f"Webhook {call.path['webhookId']} was not found.")
    return web.Response(status=204)
