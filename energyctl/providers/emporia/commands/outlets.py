"""``emporia outlets``: see and switch outlets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from energyctl.core.commandline import noun, optional_seconds, session_of
from energyctl.core.inputs import is_many
from energyctl.providers.emporia.client import connect
from energyctl.providers.emporia.commands.devices import Refresh
from energyctl.providers.emporia.commands.switching import (
    Everything,
    IdsFile,
    Wait,
    chosen,
    device_of,
    devices_of,
    list_states,
    show_state,
)
from energyctl.providers.emporia.inventory import OUTLET
from energyctl.providers.emporia.kinds import DEFAULT_WAIT_S, Kind, Wish
from energyctl.providers.emporia.views import OUTLETS
from energyctl.providers.emporia.wire import partner_api2_pb2 as pb

Device = Annotated[str, device_of(OUTLET)]
Devices = Annotated[list[str] | None, devices_of(OUTLET)]

app = noun("See and switch outlets.")


def _undo(device_id: str, former: Mapping[str, Any], _wish: Wish) -> str:
    return f"outlets {'on' if former.get('on') else 'off'} {device_id}"


KIND = Kind(
    noun="outlet",
    model=OUTLET,
    list_method="ListOutlets",
    update_method="UpdateOutlets",
    field="outlets",
    settings=lambda row: row,
    message=lambda device_id, wish: pb.OutletSettings(manufacturer_device_id=device_id, on=wish["on"]),
    request=lambda messages: pb.UpdateOutletsRequest(outlets=messages),
    check=lambda _state, _wish: None,
    undo=_undo,
    offline_fails=False,
)


@app.command("list")
def list_outlets(ctx: typer.Context, refresh: Refresh = False) -> None:
    """List all outlets and whether they are on.

    Examples:
    energyctl emporia outlets list
    energyctl emporia outlets list -o json --query "[?on].manufacturer_device_id"
    """
    session = session_of(ctx)
    list_states(session, connect(session), KIND, OUTLETS, refresh=refresh)


@app.command("show")
def show_outlet(ctx: typer.Context, device: Device) -> None:
    """Show one outlet.

    Examples:
    energyctl emporia outlets list -o ids --limit 1 | xargs energyctl emporia outlets show
    energyctl emporia outlets list -o ids --limit 1 | xargs energyctl emporia outlets show -o json
    """
    session = session_of(ctx)
    show_state(session, connect(session), KIND, OUTLETS, device)


@app.command("on")
def turn_on(
    ctx: typer.Context,
    devices: Devices = None,
    everything: Everything = False,
    ids_file: IdsFile = None,
    wait: Wait = None,
) -> None:
    """Turn outlets on, and tell for each what really happened.

    Examples:
    energyctl emporia outlets on --all --dry-run
    energyctl emporia outlets list -o ids | energyctl emporia outlets on - --yes -o jsonl
    """
    _switch(ctx, devices, ids_file, wait, on=True, everything=everything)


@app.command("off")
def turn_off(
    ctx: typer.Context,
    devices: Devices = None,
    everything: Everything = False,
    ids_file: IdsFile = None,
    wait: Wait = None,
) -> None:
    """Turn outlets off, and tell for each what really happened.

    Examples:
    energyctl emporia outlets off --all --dry-run
    energyctl emporia outlets list -o ids | energyctl emporia outlets off - --yes -o jsonl
    """
    _switch(ctx, devices, ids_file, wait, on=False, everything=everything)


def _switch(
    ctx: typer.Context,
    devices: list[str] | None,
    ids_file: str | None,
    wait: str | None,
    *,
    on: bool,
    everything: bool,
) -> None:
    session = session_of(ctx)
    seconds = optional_seconds(wait, DEFAULT_WAIT_S)
    from energyctl.providers.emporia.control import Control

    client = connect(session)
    inventory, ids = chosen(client, KIND, devices, ids_file, everything=everything)
    control = Control(client, KIND, inventory, wait_s=seconds)
    many = is_many(devices, ids_file, everything=everything)
    control.run(ids, {"on": on}, "turn on {}" if on else "turn off {}", many=many)
