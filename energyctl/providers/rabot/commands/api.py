"""``rabot api``: any call with the profile's token; what is not a GET goes the way of every write."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.commandline import App, session_of
from energyctl.core.errors import UsageProblem
from energyctl.core.inputs import read_data
from energyctl.core.outcomes import CHANGED, Result, Write
from energyctl.core.transport import Answer, NotJson
from energyctl.core.writes import Writes
from energyctl.providers.rabot.client import connect
from energyctl.providers.rabot.operations import PARTNER

if TYPE_CHECKING:
    from energyctl.core.session import Session

app = App()

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


@app.command("api")
def call_api(
    ctx: typer.Context,
    method: Annotated[
        str,
        typer.Argument(
            metavar="METHOD", help="GET, POST, PUT, PATCH or DELETE.", autocompletion=lambda: list(METHODS)
        ),
    ],
    path: Annotated[str, typer.Argument(metavar="PATH", help="Path; /partner/v1 may be left out.")],
    fields: Annotated[
        list[str] | None,
        typer.Option(
            "-f", "--field", metavar="K=V", help="A parameter: query of a GET, else a field of the body."
        ),
    ] = None,
    source: Annotated[
        str | None, typer.Option("--input", metavar="FILE|-", help="The body: JSON or YAML.")
    ] = None,
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
    verb = method.upper()
    if verb not in METHODS:
        raise UsageProblem(f"'{method}' is not a method.", hint=f"Use one of {', '.join(METHODS)}.")
    if "://" in path or path.startswith("//"):
        raise UsageProblem(
            f"'{path}' is a whole address; the token goes to the profile's host alone.", hint="Give a path."
        )
    parameters = [_parameter(one) for one in fields or []]
    reads = verb in ("GET", "HEAD")
    session.options.output = session.options.output or "json"
    if reads and source is not None:
        raise UsageProblem(f"A {verb} has no body.", hint="Leave --input out.")
    client = connect(session)
    bare, _, inline = path.partition("?")
    query = (
        [*_query(inline), *((name, _text(value)) for name, value in parameters)] if reads else _query(inline)
    )
    body: Any = None
    if not reads:
        body = read_data(session, source, "--input") if source is not None else None
        if parameters:
            if body is not None and not isinstance(body, dict):
                raise UsageProblem(
                    "--field needs a body that is an object.", hint="Leave --field or --input out."
                )
            body = {**(body or {}), **dict(parameters)}
    request = client.raw_request(verb, bare, query, body)
    known = client.operation_at(verb, bare)
    ladder = known.scopes if known else ((PARTNER,),)
    if scopes:
        ladder = tuple(tuple(dict.fromkeys((*one, *scopes))) for one in ladder)
    if reads:
        _print(session, client.raw(request, ladder))
        return

    def send() -> Result:
        answer = client.raw(request, ladder)
        return Result(CHANGED, {"http_status": answer.status, "answer": _content(answer)})

    write = Write(
        operation=f"{verb} {request.path}",
        target=request.path,
        effect=f"{verb} {request.path}",
        method=verb,
        url=client.rest.url(request),
        body=body,
        send=send,
    )
    Writes(session, client.section).run([write], many=False)


def _parameter(text: str) -> tuple[str, Any]:
    name, mark, value = text.partition("=")
    if not mark or not name.rstrip(":"):
        raise UsageProblem(
            f"--field '{text}' is not a parameter.", hint="Write it as name=value, or name:=JSON."
        )
    if not name.endswith(":"):
        return name, value
    try:
        found = json.loads(value)
        json.dumps(found, allow_nan=False)
        return name[:-1], found
    except ValueError:
        raise UsageProblem(
            f"--field '{text}' is not JSON behind ':='.", hint="Write name=value for a text."
        ) from None


def _query(text: str) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl

    return parse_qsl(text, keep_blank_values=True)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _print(session: Session, answer: Answer) -> None:
    try:
        answer.content.decode()
    except UnicodeDecodeError:  # a file
        session.stdout.flush()
        session.stdout.buffer.write(answer.content)
        session.stdout.buffer.flush()
    else:
        session.out.one(_content(answer))


def _content(answer: Answer) -> Any:
    if not answer.content:
        return None
    try:
        return answer.json()
    except NotJson:
        return answer.content.decode("utf-8", "replace")
