"""``api``: any call with the profile's token; what is not a read goes the way of every write."""

from __future__ import annotations

from typing import Annotated

import typer

from energyctl.commands.rest import Acting, Connect, connected, fit_acting
from energyctl.commands.rest.sending import any_request, carry_out
from energyctl.core.commandline import App, session_of
from energyctl.core.endpoints import METHODS

Method = Annotated[
    str,
    typer.Argument(
        metavar="METHOD", help="GET, POST, PUT, PATCH or DELETE.", autocompletion=lambda: list(METHODS)
    ),
]
Fields = Annotated[
    list[str] | None,
    typer.Option(
        "-f", "--field", metavar="K=V", help="A parameter: query of a GET, else a field of the body."
    ),
]
Source = Annotated[str | None, typer.Option("--input", metavar="FILE|-", help="The body: JSON or YAML.")]

_HELP = """Call any path with the profile's token.

The answer is printed as it came, as JSON unless -o says otherwise; a file as its bytes. In a body k=v is a text, k:=v
JSON. What is not a GET asks first and is journaled.

Examples:
energyctl {provider} api GET {path} -f {query}
energyctl {provider} api GET "{path}?{query}" -o yaml
energyctl {provider} api POST {path} -f name=value -f number:=3 --dry-run
"""


def api_app(
    connect: Connect, provider: str, *, path: str, query: str = "limit=5", acting: Acting | None = None
) -> App:
    """Make a provider's ``api`` command.

    :param acting: how calls are made for one customer alone, where the provider has that.
    :param path: a path of its API that can be read, for the examples.
    :param query: a parameter that the path takes, for the examples.
    """
    app = App()

    def call_api(
        ctx: typer.Context,
        method: Method,
        place: Annotated[str, typer.Argument(metavar="PATH", help="Path behind the API's address.")],
        fields: Fields = None,
        source: Source = None,
        whom: str | None = None,
    ) -> None:
        session = session_of(ctx)
        session.usual_output = "json"
        client = connected(session, connect, acting, whom)
        carry_out(session, client, any_request(session, client, method, place, fields, source))

    fit_acting(call_api, acting)
    call_api.__doc__ = _HELP.format(provider=provider, path=path, query=query)
    app.command("api")(call_api)
    return app
