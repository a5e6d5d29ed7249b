"""``emporia utility-connects``: see the devices that read a utility's meter by Zigbee."""

from __future__ import annotations

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.providers.emporia.client import connect
from energyctl.providers.emporia.commands.devices import Refresh
from energyctl.providers.emporia.inventory import UTILITY_CONNECT, Inventory
from energyctl.providers.emporia.views import UTILITY_CONNECTS

app = noun("See utility connects.")


@app.command("list")
def list_utility_connects(ctx: typer.Context, refresh: Refresh = False) -> None:
    """List utility connects with their Zigbee address.

    Examples:
    energyctl emporia utility-connects list
    energyctl emporia utility-connects list -o json
    """
    session = session_of(ctx)
    client = connect(session)
    inventory = Inventory.load(client, refresh=refresh)
    found = client.listed("ListUtilityConnects", "utility_connects", inventory.of_model(UTILITY_CONNECT))
    rows = (
        {
            **row,
            "device_name": inventory.name(row["manufacturer_device_id"]),
            "device_connected": inventory.connected(row["manufacturer_device_id"]),
        }
        for row in found
    )
    session.out.rows(rows, UTILITY_CONNECTS)
