"""Emporia's rows in the groups across providers: its devices, and their usage."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

from energyctl.core.across import DeviceQuestion, Seen, UsageQuestion
from energyctl.core.messages import as_dict
from energyctl.providers.emporia.client import connect
from energyctl.providers.emporia.commands.usage import bucket_rows, planned
from energyctl.providers.emporia.inventory import (
    BATTERY,
    CHARGER,
    MONITORS,
    OUTLET,
    UTILITY_CONNECT,
    Inventory,
)
from energyctl.providers.emporia.usage import Question, answered

if TYPE_CHECKING:
    from energyctl.core.session import Session

_KINDS = {
    OUTLET: "outlet",
    CHARGER: "charger",
    BATTERY: "battery",
    UTILITY_CONNECT: "utility-connect",
    **dict.fromkeys(MONITORS, "monitor"),
}


def devices(session: Session, question: DeviceQuestion) -> Iterator[Seen]:
    """Yield the devices of the list that is kept for an hour."""
    inventory = Inventory.load(connect(session), refresh=question.refresh)
    for device_id, device in inventory.by_id.items():
        model = device.get("model")
        mails = [mail for one in device.get("customers") or () if (mail := one.get("email"))]
        yield Seen(
            {
                "id": device_id,
                "name": inventory.name(device_id),
                "kind": _KINDS.get(str(model), model),
                "customer": ", ".join(mails) or None,
                "connected": inventory.connected(device_id),
                "command": f"energyctl emporia devices show {shlex.quote(device_id)}",
            },
            device,
        )


def usage(session: Session, question: UsageQuestion) -> Iterator[Seen]:
    """Yield the buckets of devices, or the provider's own object of each device."""
    asked = Question(question.resolution, question.all_channels, question.now, question.include_partial)
    client, inventory, pieces = planned(
        session,
        question.devices,
        asked,
        everything=question.everything,
        ids_file=question.ids_file,
        refresh=question.refresh,
        since=question.since,
        from_=question.from_,
        to=question.to,
        day=question.day,
        tz=question.tz,
    )
    if not question.raw:
        for row in bucket_rows(client, inventory, pieces, asked, question.unit):
            yield Seen(row, None)
        return
    for piece in pieces:
        for _, one, _ in answered(client, piece, asked):
            if one is not None:
                yield Seen({}, as_dict(one))
