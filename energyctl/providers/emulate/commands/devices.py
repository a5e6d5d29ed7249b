"""``emulate devices``: see, rename and remove devices, and read what troubled them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.core.errors import UsageProblem
from energyctl.core.outcomes import ALREADY, CHANGED, NOT_FOUND, Change, Result, Write
from energyctl.core.views import dig
from energyctl.core.writes import Writes
from energyctl.providers.emulate.client import EmulateClient, connect
from energyctl.providers.emulate.commands.arguments import (
    AsCustomer,
    Customer,
    CustomerOption,
    Device,
    device_among,
    found_device,
    keep_ids,
    one_customer,
    shifted,
)
from energyctl.providers.emulate.commands.readback import sent_and_read_back
from energyctl.providers.emulate.views import DEVICES, LOGS, device_id, device_name

app = noun("See, rename and remove devices, and their problem logs.")

LABEL = "custom_device_name"


@app.command("list")
def list_devices(
    ctx: typer.Context,
    customer: Customer = None,
    of_customer: CustomerOption = None,
    as_customer: AsCustomer = None,
) -> None:
    """List the devices of one customer, or of all.

    Examples:
    energyctl emulate devices list C-100001
    energyctl emulate devices list --as-customer C-100001 -o json
    """
    session = session_of(ctx)
    whose = one_customer(customer, of_customer, as_customer)
    client = connect(session, customer=whose, as_customer=as_customer)

    def seen() -> Iterator[Any]:
        kept: list[Any] = []
        try:
            for device in client.devices(whose, session.row_limit):
                if len(kept) < 1000:
                    kept.append(device)
                yield device
        finally:  # also when --limit ends the list here
            if kept:
                keep_ids(session, kept)

    session.out.rows(seen(), DEVICES)


@app.command("show")
def show_device(
    ctx: typer.Context, customer: Customer = None, device: Device = None, as_customer: AsCustomer = None
) -> None:
    """Show one device with all that the provider tells of it.

    Examples:
    energyctl emulate devices show C-100001 car
    energyctl emulate devices show car --as-customer C-100001 -o yaml
    """
    session = session_of(ctx)
    whose, wished = shifted(as_customer, (customer, device), "DEVICE")
    client = connect(session, customer=whose, as_customer=as_customer)
    session.out.one(client.device(whose, found_device(client, whose, wished)), DEVICES)


@app.command("logs")
def show_logs(
    ctx: typer.Context, customer: Customer = None, device: Device = None, as_customer: AsCustomer = None
) -> None:
    """List what troubled a device: why a car did not charge.

    Examples:
    energyctl emulate devices logs C-100001 car
    energyctl emulate devices logs C-100001 car -o jsonl --limit 20
    """
    session = session_of(ctx)
    whose, wished = shifted(as_customer, (customer, device), "DEVICE")
    client = connect(session, customer=whose, as_customer=as_customer)
    found = found_device(client, whose, wished)
    session.out.rows(client.device_logs(whose, found, session.row_limit), LOGS)


@app.command("rename")
def rename_device(
    ctx: typer.Context,
    customer: Customer = None,
    device: Device = None,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The new name.")] = None,
    as_customer: AsCustomer = None,
) -> None:
    """Set a device's custom name, and read it back.

    Examples:
    energyctl emulate devices rename C-100001 car "Anna's car" --dry-run
    energyctl emulate devices rename C-100001 car "Anna's car" --yes
    """
    session = session_of(ctx)
    whose, wished, called = shifted(as_customer, (customer, device, name), "DEVICE", "NAME")
    if not called.strip():
        raise UsageProblem("NAME is empty.", hint="Give the device a name.", provider="emulate")
    client = connect(session, customer=whose, as_customer=as_customer)
    found = found_device(client, whose, wished)
    Writes(session, client.section).run([_renaming(client, whose, found, called)], many=False)


def _renaming(client: EmulateClient, customer: str, device: str, name: str) -> Write:
    former = _label(client.device(customer, device))
    request = client.rename_request(customer, device, name)

    def read() -> Any:
        return _label(client.device(customer, device))

    def ended(now: Any) -> Result | None:
        if now == name:
            return Result(CHANGED, {"device_id": device, LABEL: now}, undo=undo)
        return None

    def send() -> Result:
        return sent_and_read_back(
            client,
            request,
            read,
            ended,
            facts={"device_id": device},
            instead=lambda now: f"the device shows {now!r}",
        )

    undo = (
        f"energyctl emulate devices rename {_quoted(customer)} {_quoted(device)} {_quoted(former)}"
        if isinstance(former, str) and former
        else None
    )
    return Write(
        operation=request.operation,
        target=device,
        effect=f"call device {device} of customer {customer} '{name}'",
        method=request.method,
        url=client.rest.url(request),
        body=request.body,
        send=send,
        changes=[Change(LABEL, former, name)],
        look_up=lambda _meant_at: ended(read()),
        how_to_look=f"See what it is called: energyctl emulate devices show {_quoted(customer)} {_quoted(device)}",
        settled=Result(ALREADY, {"device_id": device, LABEL: name}) if former == name else None,
    )


def _label(device: Any) -> Any:
    """Return a device's custom name, at the top or among its labels: which, the contract leaves open (6.2)."""
    for path in (LABEL, f"labels.{LABEL}"):
        value = dig(device, path)
        if value is not None:
            return value
    return None


def _quoted(word: str) -> str:
    import shlex

    return shlex.quote(word)


@app.command("remove")
def remove_devices(
    ctx: typer.Context,
    customer: Customer = None,
    devices: Annotated[
        list[str] | None, typer.Argument(metavar="DEVICE...", help="The devices' ids or unambiguous names.")
    ] = None,
    as_customer: AsCustomer = None,
) -> None:
    """Remove devices of a customer, and prove that they are gone.

    Examples:
    energyctl emulate devices remove C-100001 car --dry-run
    energyctl emulate devices remove C-100001 car --yes -o json
    """
    session = session_of(ctx)
    words = [one for one in (customer, *(devices or [])) if one is not None]
    if as_customer is not None and words[:1] != [as_customer]:
        words = [as_customer, *words]
    whose, *words = shifted(None, words, "DEVICE")
    client = connect(session, customer=whose, as_customer=as_customer)
    devices_there = list(client.devices(whose))
    there = {found: one for one in devices_there if (found := device_id(one))}
    ids = list(dict.fromkeys(device_among(devices_there, whose, one) for one in words))
    writes = [removal(client, whose, one, there.get(one)) for one in ids]
    Writes(session, client.section).run(writes, many=len(words) > 1)


def removal(client: EmulateClient, customer: str, device: str, known: Any) -> Write:
    """Plan the removal of a device.

    :param known: the device as the customer's list shows it; None when it is not there.
    """
    request = client.remove_request(customer, device)
    name = device_name(known)

    facts = {"device_id": device, "device_name": name}

    def is_listed() -> bool:
        return any(device_id(one) == device for one in client.devices(customer))

    def ended(listed: bool) -> Result | None:
        return None if listed else Result(CHANGED, facts, "Removed; no longer listed.")

    def send() -> Result:
        return sent_and_read_back(
            client, request, is_listed, ended, facts=facts, instead=lambda _: "the device is still listed"
        )

    return Write(
        operation=request.operation,
        target=device,
        effect=f"remove device {device}{f' ({name})' if name else ''} of customer {customer}",
        method=request.method,
        url=client.rest.url(request),
        body=None,
        send=send,
        story=[("Device", f"{name or ''} {device}".strip())],
        look_up=lambda _meant_at: ended(is_listed()),
        how_to_look=f"See whether it is still there: energyctl emulate devices list {_quoted(customer)}",
        settled=None
        if known is not None
        else Result(NOT_FOUND, {"device_id": device}, f"Customer {customer} has no such device."),
    )
