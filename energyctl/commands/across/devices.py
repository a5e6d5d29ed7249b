"""``energyctl devices``: the devices of all providers in one list."""

from __future__ import annotations

import typer

from energyctl.commands.across.gathering import Provider, Raw, Refresh, asked_modules, gather
from energyctl.core.across import DeviceQuestion
from energyctl.core.commandline import noun, session_of
from energyctl.core.views import Column, View

app = noun("The devices of all providers in one list.")

DEVICES = View(
    columns=(
        Column("Provider", "provider"),
        Column("Device", "id"),
        Column("Name", "name"),
        Column("Kind", "kind"),
        Column("Customer", "customer"),
        Column("Connected", "connected"),
        Column("Open it with", "command", detail=True),
    ),
    id_path="id",
    plural="devices",
)


@app.command("list")
def list_devices(
    ctx: typer.Context,
    providers: Provider = None,
    refresh: Refresh = False,
    raw: Raw = False,
) -> None:
    """List the devices of all providers, each with the command that shows it.

    Examples:
    energyctl devices list
    energyctl devices list --provider emporia -o json --raw --limit 2
    energyctl devices list -o jsonl --query '[?connected==`false`]'
    """
    session = session_of(ctx)
    modules = asked_modules(session, providers, "devices")
    gather(session, modules, "devices", DeviceQuestion(session.row_limit, refresh), DEVICES, raw=raw)
