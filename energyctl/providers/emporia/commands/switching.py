"""What the commands of outlets, chargers and batteries share: choosing devices and listing their state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.errors import NotFound
from energyctl.core.inputs import is_many, read_ids
from energyctl.providers.emporia.inventory import (
    KEPT_FOR_CONTROL_S,
    OFFERED,
    Inventory,
    check_chosen,
    chosen_ids,
)

if TYPE_CHECKING:
    from energyctl.core.session import Session
    from energyctl.core.views import View
    from energyctl.providers.emporia.client import EmporiaClient
    from energyctl.providers.emporia.kinds import Kind

Everything = Annotated[bool, typer.Option("--all", help="All of them.")]
IdsFile = Annotated[str | None, typer.Option("--ids-file", metavar="FILE", help="Ids or names, one a line.")]
Wait = Annotated[
    str | None, typer.Option("--wait", metavar="[=SECONDS]", help="Read back until it is so [default: 60].")
]


def device_of(model: str) -> Any:
    """Return the declaration of one device of a model."""
    return typer.Argument(metavar="DEVICE", help="Id or name.", autocompletion=OFFERED[model].feed)


def devices_of(model: str) -> Any:
    """Return the declaration of any number of devices of a model."""
    return typer.Argument(
        metavar="DEVICE...",
        help="Ids or names; - reads them from standard input.",
        autocompletion=OFFERED[model].feed,
    )


def named(session: Session, devices: Sequence[str] | None, ids_file: str | None) -> list[str]:
    """Return the ids and names that the user gave in any way."""
    return read_ids(session, devices or [], ids_file)


def chosen(
    client: EmporiaClient,
    kind: Kind,
    devices: Sequence[str] | None,
    ids_file: str | None,
    *,
    everything: bool,
) -> tuple[Inventory, list[str]]:
    """Return the devices as listed, and the ids to write to. What was named wrongly costs no call."""
    given = named(client.session, devices, ids_file)
    if not given and is_many(devices, ids_file):  # an empty list is no mistake
        return Inventory([], 0.0), []
    check_chosen(given, everything=everything, what=kind.command)
    inventory = Inventory.having(client, given, model=kind.model, max_age_s=KEPT_FOR_CONTROL_S)
    return inventory, chosen_ids(inventory, given, everything=everything, model=kind.model)


def states(
    client: EmporiaClient, kind: Kind, inventory: Inventory, ids: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Yield the state of devices, with the name and connection that the inventory knows."""
    for row in client.listed(kind.list_method, kind.field, ids):
        device_id = kind.device_id(row)
        yield {
            **row,
            "device_name": inventory.name(device_id),
            "device_connected": inventory.connected(device_id),
        }


def list_states(session: Session, client: EmporiaClient, kind: Kind, view: View, *, refresh: bool) -> None:
    """Write the state of all devices of a kind."""
    inventory = Inventory.load(client, refresh=refresh)
    session.out.rows(states(client, kind, inventory, inventory.of_model(kind.model)), view)


def show_state(session: Session, client: EmporiaClient, kind: Kind, view: View, device: str) -> None:
    """Write the state of one device."""
    inventory = Inventory.having(client, [device], model=kind.model)
    device_id = inventory.resolve(device, kind.model)
    found = next(states(client, kind, inventory, [device_id]), None)
    if found is None:
        raise NotFound(
            f"Emporia has no {kind.noun} '{device}'.",
            hint=f"See: energyctl emporia {kind.command} list",
            provider="emporia",
            operation=kind.list_method,
        )
    session.out.one(found, view)
