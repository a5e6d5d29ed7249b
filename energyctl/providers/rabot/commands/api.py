"""``rabot api``: any call with the profile's token, and with the scopes that it is known to need."""

from __future__ import annotations

from typing import Annotated

import typer

from energyctl.commands.rest.api import Fields, Method, Source
from energyctl.commands.rest.sending import any_request, carry_out
from energyctl.core.commandline import App, session_of
from energyctl.core.transport import Answer, Request
from energyctl.providers.rabot.client import connect

app = App()


@app.command("api")
def call_api(
    ctx: typer.Context,
    method: Method,
    path: Annotated[str, typer.Argument(metavar="PATH", help="Path; /partner/v1 may be left out.")],
    fields: Fields = None,
    source: Source = None,
    scopes: Annotated[
        list[str] | None,
        typer.Option(
            "--scope", metavar="SCOPE", help="A scope to ask for, besides what the call is known to need."
        ),
    ] = None,
) -> None:
    """Call any path with the profile's token.

    The answer is printed as it came, envelope included, as JSON unless -o says otherwise; a file as its bytes. In a
    body k=v is a text, k:=v JSON. What is not a GET asks first and is journaled.

    Examples:
    energyctl rabot api GET tariffs
    energyctl rabot api GET orders -f limit=2 --query "data.orders[].contractNumber"
    energyctl rabot api POST tariffs/RabotSmart/calculation -f zipCode=10115 -f yearlyConsumptionKwh:=3500 --dry-run
    """
    session = session_of(ctx)
    session.usual_output = "json"
    client = connect(session)
    request = any_request(session, client, method, path, fields, source)
    ladder = client.scopes_at(request)
    if scopes:
        ladder = tuple(tuple(dict.fromkeys((*one, *scopes))) for one in ladder)

    def send(made: Request) -> Answer:
        return client.send(made, ladder)

    carry_out(session, client, request, send)
