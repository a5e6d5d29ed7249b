"""``emulate onboarding``: an address at which a customer signs in to a new device."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.core.errors import UsageProblem
from energyctl.core.inputs import read_assignment
from energyctl.core.outcomes import CHANGED, Result, Write
from energyctl.core.writes import Writes
from energyctl.providers.emulate.assignments import nested
from energyctl.providers.emulate.client import connect
from energyctl.providers.emulate.commands.arguments import AsCustomer, Customer, needed_customer
from energyctl.providers.emulate.views import LINK

#: Words in the names of fields: those of an address to go to, and those of one that is beside it.
_OF_A_LINK = {"url", "uri", "link", "links", "href", "address"}
_OF_SOMETHING_ELSE = {
    "doc", "docs", "documentation", "help", "icon", "image", "legal", "logo", "privacy", "self", "support", "terms",
}  # fmt: skip

app = noun("Let a customer sign in to a new device.")


@app.command("link")
def make_link(
    ctx: typer.Context,
    customer: Customer = None,
    fields: Annotated[
        list[str] | None,
        typer.Option("--field", metavar="K=V", help="A field of the request; K:=JSON for other than a text."),
    ] = None,
    qr: Annotated[bool, typer.Option("--qr", help="Draw the address as a QR code on stderr.")] = False,
    as_customer: AsCustomer = None,
) -> None:
    """Make an address at which the customer signs in to a new car, charger or heat pump.

    Examples:
    energyctl emulate onboarding link C-100001 --dry-run
    energyctl emulate onboarding link C-100001 --yes -o json
    """
    session = session_of(ctx)
    if qr and session.pseudonyms is not None:
        raise UsageProblem(
            "--qr draws the address as it is, which --redact does not allow; nothing was sent.",
            hint="Leave --qr out, or add --no-redact.",
        )
    whose = needed_customer(customer, as_customer)
    body = nested([read_assignment(one, "--field ") for one in fields or []])
    client = connect(session, customer=whose, as_customer=as_customer)
    request = client.onboarding_request(whose, body)

    def send() -> Result:
        answer = client.body(request)
        found = _address(answer)
        if qr and found:
            from energyctl.core.qr import draw

            draw(session, found)
        return Result(
            CHANGED, {"url": found, "answer": answer}, None if found else "The answer names no address."
        )

    write = Write(
        operation=request.operation,
        target=whose,
        effect=f"make an onboarding link for customer {whose}",
        method=request.method,
        url=client.rest.url(request),
        body=request.body,
        send=send,
        how_to_look="The former link, if one was made, expires by itself; make another.",
    )
    Writes(session, client.section, view=LINK).run([write], many=False)


def _address(answer: Any) -> str | None:
    """Return the web address of an answer of unknown shape that by its name is most likely the one to sign in at."""
    return min(_addresses(answer), key=lambda found: _unlikeliness(found[0]), default=("", None))[1]


def _addresses(answer: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the web addresses of an answer with the names that lead to each."""
    if isinstance(answer, str):
        if answer.startswith(("https://", "http://")):
            yield path, answer
    elif isinstance(answer, Mapping):
        for name, one in answer.items():
            yield from _addresses(one, f"{path} {name}")
    elif isinstance(answer, list):
        for one in answer:
            yield from _addresses(one, path)


def _unlikeliness(path: str) -> int:
    words = {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", path)}
    return 2 if words & _OF_SOMETHING_ELSE else 0 if words & _OF_A_LINK else 1
