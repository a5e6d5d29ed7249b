"""``emulate spo``: see and set spot price optimization. The settings' names are the server's: nothing is assumed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.commands.rest.checking import check_named_fields
from energyctl.core.commandline import noun, session_of
from energyctl.core.errors import EnergyctlError, UsageProblem
from energyctl.core.inputs import read_assignment, read_data
from energyctl.core.listing import told_besides
from energyctl.core.listnames import LIST_NAMES
from energyctl.core.outcomes import ALREADY, CHANGED, Result, Write
from energyctl.core.views import MISSING, View, dig, dig_or_missing, flattened, plain
from energyctl.core.writes import Writes
from energyctl.providers.emulate.assignments import (
    changes,
    check_kinds,
    nested,
    side_effects,
    strangers,
    unmet,
)
from energyctl.providers.emulate.client import EmulateClient, connect
from energyctl.providers.emulate.commands.arguments import (
    AsCustomer,
    Customer,
    Device,
    found_device,
    needed_customer,
    shifted,
)
from energyctl.providers.emulate.commands.readback import sent_and_read_back
from energyctl.providers.emulate.views import SETTINGS, device_id, device_name

if TYPE_CHECKING:
    from energyctl.core.session import Session

_AS_IT_CAME = View(id_names=("device_id", "deviceId", "id"))

app = noun("See and set spot price optimization.")


@app.command("show")
def show_settings(
    ctx: typer.Context,
    customer: Customer = None,
    device: Device = None,
    as_customer: AsCustomer = None,
) -> None:
    """Show the SPO settings of a customer's devices, or of one device.

    Tables and tsv have a row for each setting; json, jsonl and yaml carry the provider's data as it came.

    Examples:
    energyctl emulate spo show C-100001
    energyctl emulate spo show C-100001 car -o json
    """
    session = session_of(ctx)
    if as_customer is not None and customer is not None and device is None and customer != as_customer:
        customer, device = as_customer, customer
    whose = needed_customer(customer, as_customer)
    client = connect(session, customer=whose, as_customer=as_customer)
    if device is not None:
        found = found_device(client, whose, device)
        settings = client.spo_settings(whose, found)
        if _as_it_came(session):
            session.out.one(settings, _AS_IT_CAME)
        else:
            session.out.rows(_rows(settings, found, device if device != found else None), SETTINGS)
        return
    everything = client.all_spo_settings(whose)
    if _as_it_came(session):
        show = session.out.rows if isinstance(everything, list) else session.out.one
        show(everything, _AS_IT_CAME)
        return
    session.out.rows(_all_rows(client, whose, everything), SETTINGS)


def _as_it_came(session: Session) -> bool:
    return session.out.format in ("json", "jsonl", "yaml", "ids")


def _all_rows(client: EmulateClient, customer: str, everything: Any) -> Iterator[dict[str, Any]]:
    """Yield a row for each setting of each device, under the device's name."""
    entries = _entries(everything)
    if entries is None:
        entries = [everything]
    else:
        yield from _rows(told_besides(everything), None, None)
    names: dict[str, str | None] = {}
    try:
        names = {found: device_name(one) for one in client.devices(customer) if (found := device_id(one))}
    except EnergyctlError as problem:
        client.session.notice(f"The devices' names are missing: {problem.message}")
    for entry in entries:
        inner = entry.get("device") if isinstance(entry, Mapping) else None
        found = _named_device(entry) or device_id(entry)
        yield from _rows(entry, found, names.get(found or "") or device_name(inner))


def _entries(everything: Any) -> list[Any] | None:
    """Return the devices' settings from a list: bare, under a usual name, or one whose entries name devices.

    None when there is one object for all: any other list, such as a schedule, is a setting itself.
    """
    if everything is None or isinstance(everything, list):
        return everything or []
    inner = (dig(everything, name) for name in ("data", "_embedded", "result", "results"))
    usual = ("settings", "spo_settings", "devices", *LIST_NAMES)
    for place in (everything, *inner):
        for name in (*usual, *place) if isinstance(place, Mapping) else ():
            found = place.get(name)
            if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
                continue
            if name in usual or (found and all(map(_named_device, found))):
                return found
    return None


def _named_device(entry: Any) -> str | None:
    """Return the device that settings say they are of, other than by an id that may be their own."""
    if not isinstance(entry, Mapping):
        return None
    return device_id({name: value for name, value in entry.items() if name != "id"}) or device_id(
        entry.get("device")
    )


def _rows(settings: Any, device: str | None, name: str | None) -> Iterator[dict[str, Any]]:
    pairs = flattened(settings) if isinstance(settings, Mapping) else [("", settings)]
    for path, value in pairs:
        if (device is not None and value == device) or path in ("customer_id", "customerId"):
            continue
        yield {"device_id": device, "device_name": name or device, "setting": path, "value": value}


@app.command("set")
def set_settings(
    ctx: typer.Context,
    customer: Customer = None,
    device: Device = None,
    assignments: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE...", help="A text; KEY:=JSON for anything else.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("-f", "--file", metavar="FILE|-", help="Settings as JSON or YAML.")
    ] = None,
    as_customer: AsCustomer = None,
) -> None:
    """Set SPO settings of a device: only what is named is sent, then read back.

    A dot leads into an object: schedule.weekdays:=true. With an imported OpenAPI file names, types and allowed
    values are checked before anything is sent.

    Examples:
    energyctl emulate spo set C-100001 car target_soc_percent:=80 --dry-run
    energyctl emulate spo set C-100001 car departure_time=06:30 target_soc_percent:=90 --yes
    """
    session = session_of(ctx)
    words = list(assignments or [])
    if as_customer is not None and customer != as_customer:
        words = [*([device] if device is not None else []), *words]
        customer, device = as_customer, customer
    whose, wished = shifted(None, (customer, device), "DEVICE")
    texts = [read_assignment(word, "") for word in words]
    base = _from_file(session, source)
    body = nested(texts, base)
    if not body:
        raise UsageProblem(
            "No setting was named.", hint="Write KEY=VALUE, KEY:=JSON, or -f FILE.", provider="emulate"
        )
    client = connect(session, customer=whose, as_customer=as_customer)
    found = found_device(client, whose, wished)
    current = client.spo_settings(whose, found)
    check_kinds(current, [pair for word, pair in zip(words, texts, strict=True) if not _is_json(word)])
    request = client.spo_request(whose, found, body)
    check_named_fields(client, request.operation, body)
    if request.method == "PUT":
        session.notice(
            "note: the OpenAPI file has PUT here; only what was named is sent, as the command says."
        )
    for name, near in strangers(current, body):
        session.notice(
            f"note: the settings have no '{name}' at present" + (f"; did you mean '{near}'?" if near else ".")
        )
    Writes(session, client.section).run([_setting(client, whose, found, current, body)], many=False)


def _is_json(word: str) -> bool:
    return word.partition("=")[0].endswith(":")


def _from_file(session: Session, source: str | None) -> dict[str, Any]:
    if source is None:
        return {}
    data = read_data(session, source, "--file")
    if not isinstance(data, dict):
        raise UsageProblem(
            f"--file {source} does not hold an object.", hint="Write the settings as name: value."
        )
    return data


def _setting(
    client: EmulateClient, customer: str, device: str, current: Mapping[str, Any], body: dict[str, Any]
) -> Write:
    request = client.spo_request(customer, device, body)
    planned = changes(current, body)
    absent = [one.field for one in planned if dig_or_missing(current, one.field) is MISSING]
    undo = " ".join(
        _shell(f"{one.field}:={json.dumps(one.before)}") for one in planned if one.field not in absent
    )

    def read() -> dict[str, Any]:
        return client.spo_settings(customer, device)

    def ended(now: dict[str, Any]) -> Result | None:
        if unmet(now, body):
            return None
        facts = {"device_id": device, "settings": {one.field: one.after for one in planned}}
        besides = ", ".join(
            f"{one.field} {plain(one.before)} -> {'gone' if one.after is MISSING else plain(one.after)}"
            for one in side_effects(current, now, body)
        )
        told = [
            *([f"The provider also changed: {besides}."] if besides else []),
            *([f"Not there before, so that no command puts it back: {', '.join(absent)}."] if absent else []),
        ]
        back = f"energyctl emulate spo set {_shell(customer)} {_shell(device)} {undo}" if undo else None
        return Result(CHANGED, facts, " ".join(told) or None, undo=back)

    def instead(now: dict[str, Any]) -> str:
        left = unmet(now, body)
        return ", ".join(f"{one.field} is {plain(one.before) or 'not there'}" for one in left)

    def send() -> Result:
        return sent_and_read_back(client, request, read, ended, facts={"device_id": device}, instead=instead)

    return Write(
        operation=request.operation,
        target=device,
        effect=f"set {', '.join(one.field for one in planned) or 'nothing'} of device {device} of customer {customer}",
        method=request.method,
        url=client.rest.url(request),
        body=body,
        send=send,
        changes=planned,
        look_up=lambda _meant_at: ended(read()),
        how_to_look=f"See what is in force: energyctl emulate spo show {_shell(customer)} {_shell(device)}",
        settled=None if planned else Result(ALREADY, {"device_id": device}, "All of it is so already."),
    )


def _shell(word: str) -> str:
    import shlex

    return shlex.quote(word)
