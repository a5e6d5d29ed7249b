"""``emporia call``: any method of the service with the profile's token, JSON in and out by the proto."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.commandline import App, session_of
from energyctl.core.config import shown
from energyctl.core.errors import UsageProblem
from energyctl.core.inputs import read_body
from energyctl.core.journal import UNKNOWN
from energyctl.core.messages import as_dict
from energyctl.core.outcomes import CHANGED, Result, Write
from energyctl.core.views import Column, View
from energyctl.core.writes import Writes
from energyctl.providers.emporia.client import METHODS, EmporiaClient, connect
from energyctl.providers.emporia.kinds import Kind, as_wished

if TYPE_CHECKING:
    from energyctl.core.session import Session

app = App()

_LONGEST_REASON = 500
#: Devices of which an answer says nothing that are named.
_MOST_NAMED = 5
_LIST = View(
    columns=(Column("Method", "method"), Column("Request", "request"), Column("Answer", "response")),
    id_path="method",
    plural="methods",
)


@app.command("call")
def call_method(
    ctx: typer.Context,
    method: Annotated[str | None, typer.Argument(metavar="[METHOD]", help="Such as GetDevices.")] = None,
    data: Annotated[
        str | None,
        typer.Option("-d", "--data", metavar="JSON|@FILE|-", help="The request; the token is filled in."),
    ] = None,
    list_methods: Annotated[bool, typer.Option("--list", help="List the methods.")] = False,
    template: Annotated[bool, typer.Option("--template", help="Print an empty request of METHOD.")] = False,
) -> None:
    """Call any method with the profile's token. A method that updates asks first and is journaled.

    Examples:
    energyctl emporia call --list
    energyctl emporia call --template UpdateOutlets
    energyctl emporia call GetDevices -d '{}'
    """
    session = session_of(ctx)
    if not list_methods:
        session.usual_output = "json"
    if list_methods:
        rows = (
            {"method": name, "request": request.DESCRIPTOR.name, "response": answer.DESCRIPTOR.name}
            for name, (request, answer) in METHODS.items()
        )
        session.out.rows(rows, _LIST)
        return
    if method is None:
        raise UsageProblem("No METHOD was named.", hint="See: energyctl emporia call --list")
    name = _method(method)
    request_type = METHODS[name][0]
    if template:
        session.out.one(_skeleton(request_type.DESCRIPTOR))
        return
    message = _message(session, request_type, data)
    client = connect(session)
    if not name.startswith("Update"):
        session.out.one(as_dict(_called(client, name, message, reads=True)))
        return

    kind = _kinds()[name]
    asked = {str(one["manufacturer_device_id"]): one for one in _settings(as_dict(message))}

    def send() -> Result:
        answer = as_dict(_called(client, name, message, reads=False))
        told = {kind.device_id(row): kind.settings(row) for row in answer[kind.field] if kind.settings(row)}
        # Contract, "Methods": an update's answer holds only what changed.
        missing = [one for one, wish in asked.items() if not as_wished(told.get(one, {}), wish)]
        if told and not missing:
            return Result(CHANGED, {"answer": answer})
        named = ", ".join(missing[:_MOST_NAMED]) + (", …" if len(missing) > _MOST_NAMED else "")
        text = "The answer names no device: already so, offline, or of an unknown id."
        if told:
            text = f"The answer does not confirm {named}: already so, offline, of an unknown id, or not as asked."
        return Result(UNKNOWN, {"answer": answer}, text)

    shown = as_dict(message)
    shown.pop("auth_token", None)
    write = Write(
        operation=name,
        target=name,
        effect=f"call {name}",
        method="gRPC",
        url=f"{client.target} {name}",
        body=shown,
        send=send,
        how_to_look=f"List the devices and compare: energyctl emporia {kind.command} list",
    )
    Writes(session, client.section).run([write], many=False)


def _kinds() -> dict[str, Kind]:
    """Return what is updated by each method that updates."""
    from energyctl.providers.emporia.commands import batteries, chargers, outlets

    return {one.KIND.update_method: one.KIND for one in (batteries, chargers, outlets)}


def _settings(request: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the settings that an update asks for, those alone that are set."""
    listed = next(value for name, value in request.items() if name != "auth_token")
    return [_set_ones(one) for one in listed]


def _set_ones(message: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _set_ones(value) if isinstance(value, dict) else value
        for name, value in message.items()
        if value is not None
    }


def _called(client: EmporiaClient, name: str, message: Any, *, reads: bool) -> Any:
    if name == "Authenticate":
        raise UsageProblem("The tool signs in by itself.", hint="For the token: energyctl auth token emporia")
    return client.call(name, message, reads=reads)


def _method(wanted: str) -> str:
    by_name = {name.lower(): name for name in METHODS}
    if wanted.lower() in by_name:
        return by_name[wanted.lower()]
    from difflib import get_close_matches

    near = get_close_matches(wanted, METHODS, n=1)
    hint = f"Did you mean {near[0]}?" if near else "See: energyctl emporia call --list"
    raise UsageProblem(f"There is no method '{wanted}'.", hint=hint)


def _message(session: Session, request_type: Any, data: str | None) -> Any:
    from google.protobuf import json_format

    body = {} if data is None else read_body(session, data)
    if not isinstance(body, dict):
        raise UsageProblem("--data is not an object.", hint="See: energyctl emporia call --template METHOD")
    try:
        return json_format.ParseDict(body, request_type())
    except json_format.ParseError as error:
        what = " ".join(str(error).split()).partition(" Available Fields")[0].rstrip(".")
        raise UsageProblem(
            f"--data does not fit {request_type.DESCRIPTOR.name}: {shown(what, _LONGEST_REASON)}.",
            hint=_nearest_field(what, request_type.DESCRIPTOR),
        ) from None


def _nearest_field(what: str, descriptor: Any) -> str:
    """Return a hint that names the field that was probably meant."""
    import re
    from difflib import get_close_matches

    unknown = re.search(r'no field named "([^"]*)"', what)
    near = get_close_matches(unknown[1], _field_names(descriptor), n=1) if unknown else []
    see = "See: energyctl emporia call --template METHOD"
    return f"Did you mean {near[0]}? {see}" if near else see


def _field_names(descriptor: Any) -> set[str]:
    names = {field.name for field in descriptor.fields}
    nested = (field.message_type for field in descriptor.fields if field.message_type is not None)
    return names.union(*(_field_names(one) for one in nested)) - {"auth_token", "value"}


def _skeleton(descriptor: Any, depth: int = 0) -> dict[str, Any]:
    """Return an empty request: each field with the kind of value that it takes; of alternatives the first."""
    found: dict[str, Any] = {}
    chosen: set[str] = set()
    for field in descriptor.fields:
        alternatives = field.containing_oneof.name if field.containing_oneof is not None else None
        if field.name == "auth_token" or alternatives in chosen:
            continue
        if alternatives is not None:
            chosen.add(alternatives)
        if field.message_type is None:
            value: Any = {14: "", 9: "", 8: False, 1: 0.0}.get(field.type, 0)
            if field.type == 14:
                value = field.enum_type.values[0].name
        elif field.message_type.full_name.startswith("google.protobuf."):
            value = {"BoolValue": False, "DoubleValue": 0.0}.get(field.message_type.name, 0)
        else:
            value = _skeleton(field.message_type, depth + 1) if depth < 4 else {}
        found[field.name] = [value] if field.is_repeated else value
    return found
