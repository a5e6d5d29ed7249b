"""Emulate's rows in the groups across providers: its devices. Its consumption is a customer's, not a device's."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from energyctl.core.across import DeviceQuestion, Seen
from energyctl.core.views import dig
from energyctl.providers.emulate.client import connect
from energyctl.providers.emulate.views import device_id, device_name

if TYPE_CHECKING:
    from energyctl.core.session import Session

_CUSTOMERS = ("customer_id", "customerId", "customer.id")
_KINDS = ("kind", "type", "device_type", "category")
_CONNECTED = ("connected", "online", "is_connected", "isConnected")


def devices(session: Session, question: DeviceQuestion) -> Iterator[Seen]:
    """Yield the devices of all customers, or of the one whose token the profile brings."""
    client = connect(session)
    for device in client.devices(client.customer, question.limit):
        own = device_id(device)
        customer = _first(device, _CUSTOMERS) or client.customer
        connected = _first(device, _CONNECTED)
        words = ("energyctl", "emulate", "devices", "show", str(customer), str(own))
        yield Seen(
            {
                "id": own,
                "name": device_name(device),
                "kind": _first(device, _KINDS),
                "customer": None if customer is None else str(customer),
                "connected": connected if isinstance(connected, bool) else None,
                "command": None if own is None or customer is None else shlex.join(words),
            },
            device,
        )


def _first(row: Any, paths: tuple[str, ...]) -> Any:
    """Return the first of the usual fields that is there: which it is, is not public."""
    return next((value for path in paths if (value := dig(row, path)) is not None), None)
