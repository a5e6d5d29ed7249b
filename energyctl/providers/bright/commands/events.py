"""``bright events``: report what happened to a user or account, and see the events of a service."""

from __future__ import annotations

from typing import Annotated

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.core.errors import UsageProblem
from energyctl.core.outcomes import CHANGED, Result, Write
from energyctl.core.writes import Writes
from energyctl.providers.bright.client import connect
from energyctl.providers.bright.commands.arguments import Account, Email, Service, Ssn, Unchecked
from energyctl.providers.bright.finding import (
    found_account,
    given_address,
    given_number,
    named_account,
    of_services,
)
from energyctl.providers.bright.operations import EVENT_TYPES
from energyctl.providers.bright.views import EVENTS

app = noun("Report events, and see those of a service.")


@app.command("list")
def list_events(
    ctx: typer.Context,
    account: Account = None,
    service: Service = None,
    ssn: Ssn = None,
    email: Email = None,
    unchecked: Unchecked = False,
) -> None:
    """List the events of a service, or of all services of the account.

    Examples:
    energyctl bright events list --account A-500001
    energyctl bright events list --account A-500001 --service SRV-500001-11 -o json
    """
    session = session_of(ctx)
    client = connect(session)
    whose = found_account(client, account, ssn, email, unchecked=unchecked)
    session.out.rows(of_services(client, "get_service_events", whose, service, "events"), EVENTS)


@app.command("report")
def report_event(
    ctx: typer.Context,
    kind: Annotated[
        str,
        typer.Argument(
            metavar="TYPE", help=", ".join(EVENT_TYPES) + ".", autocompletion=lambda: list(EVENT_TYPES)
        ),
    ],
    account: Account = None,
    user: Annotated[str | None, typer.Option("--user", metavar="ID", help="The user's id.")] = None,
    email: Annotated[
        str | None, typer.Option("--email", metavar="ADDRESS", help="The user's e-mail.")
    ] = None,
    username: Annotated[
        str | None, typer.Option("--username", metavar="NAME", help="The user's name.")
    ] = None,
    ssn: Annotated[
        str | None, typer.Option("--ssn", metavar="NUMBER", help="The user's personal number.")
    ] = None,
    unchecked: Unchecked = False,
) -> None:
    """Report an event of an account, as Bright's app does: lastSeen, accountCreated, accountDeleted.

    Examples:
    energyctl bright events report lastSeen --account A-500001 --dry-run
    energyctl bright events report lastSeen --account A-500001 --yes
    """
    session = session_of(ctx)
    if kind not in EVENT_TYPES:
        from difflib import get_close_matches

        near = get_close_matches(kind, EVENT_TYPES, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Use one of {', '.join(EVENT_TYPES)}."
        raise UsageProblem(f"'{kind}' is not an event.", hint=hint, provider="bright")
    if email is not None:
        email = given_address(email)
    client = connect(session)
    whose = named_account(account)
    pairs = (
        ("type", kind),
        ("accountId", whose),
        ("userId", user),
        ("email", email),
        ("username", username),
        ("ssn", given_number(session, ssn, unchecked=unchecked) if ssn is not None else None),
    )
    body = {name: value for name, value in pairs if value is not None}
    request = client.event_request(body)

    def send() -> Result:
        return Result(CHANGED, {"answer": client.body(request)})

    write = Write(
        operation=request.operation,
        target=whose,
        effect=f"report {kind} of account {whose}",
        method=request.method,
        url=client.rest.url(request),
        body=body,
        send=send,
        how_to_look="Whether it arrived, only the Organisation can see: ask it before you report it again.",
    )
    Writes(session, client.section).run([write], many=False)
