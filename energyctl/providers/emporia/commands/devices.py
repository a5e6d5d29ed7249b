"""``emporia devices``: the partner's devices and their circuits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.providers.emporia.client import connect
from energyctl.providers.emporia.inventory import OFFERED, Inventory
from energyctl.providers.emporia.views import CIRCUITS, DEVICE, DEVICES

app = noun("The partner's devices and their circuits.")

Refresh = Annotated[
    bool, typer.Option("--refresh", help="Ask again instead of using the list kept for an hour.")
]


@app.command("list")
def list_devices(
    ctx: typer.Context,
    customer: Annotated[
        str | None, typer.Option("--customer", metavar="EMAIL", help="Devices of one customer.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", metavar="MODEL", help="Such as Vue2 or EVCharger.")
    ] = None,
    connected: Annotated[
        bool | None, typer.Option("--connected/--disconnected", help="Connected to the cloud, or not.")
    ] = None,
    refresh: Refresh = False,
) -> None:
    """List devices: model, customers, zone, whether connected.

    The list is kept for an hour; its age is said.

    Examples:
    energyctl emporia devices list
    energyctl emporia devices list --model EVCharger --disconnected -o json
    """
    session = session_of(ctx)
    inventory = Inventory.load(connect(session), refresh=refresh)

    def chosen() -> Iterator[dict[str, Any]]:
        for device in inventory.devices:
            mails = [str(one.get("email", "")).casefold() for one in device.get("customers") or []]
            if customer is not None and customer.casefold() not in mails:
                continue
            if model is not None and str(device.get("model")).casefold() != model.casefold():
                continue
            if connected is None or bool(device.get("device_connected")) == connected:
                yield device

    session.out.rows(chosen(), DEVICES)


@app.command("show")
def show_device(
    ctx: typer.Context,
    device: Annotated[
        str,
        typer.Argument(
            metavar="DEVICE", help="Id, or name when unambiguous.", autocompletion=OFFERED[None].feed
        ),
    ],
    circuits: Annotated[bool, typer.Option("--circuits", help="List its circuits instead.")] = False,
    refresh: Refresh = False,
) -> None:
    """Show one device with its circuits and customers.

    Examples:
    energyctl emporia devices list -o ids --limit 1 | xargs energyctl emporia devices show
    energyctl emporia devices list -o ids --limit 1 | xargs energyctl emporia devices show --circuits
    """
    session = session_of(ctx)
    found = Inventory.having(connect(session), [device], refresh=refresh).device(device)
    if circuits:
        session.out.rows(found.get("circuit_infos") or [], CIRCUITS)
    else:
        session.out.one(found, DEVICE)
