"""``rabot customers``: see, link and unlink customers."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.commandline import noun, optional_seconds, session_of
from energyctl.core.errors import NotThereYet, UsageProblem
from energyctl.core.inputs import is_many, read_ids
from energyctl.core.outcomes import CHANGED, Result, Write
from energyctl.core.plans import show_plan
from energyctl.core.qr import draw
from energyctl.core.transport import Request
from energyctl.core.views import plain
from energyctl.core.writes import Writes
from energyctl.providers.rabot.client import RabotClient, connect
from energyctl.providers.rabot.views import CUSTOMER_NUMBERS, CUSTOMERS, LINK, person

if TYPE_CHECKING:
    from energyctl.core.session import Session

app = noun("See, link and unlink customers.")

#: Contract section 4.7: how long a linking address works.
LINK_VALID = timedelta(minutes=10)
LONGEST_POLL_S = 10.0


@app.command("list")
def list_customers(
    ctx: typer.Context,
    external_id: Annotated[
        str | None, typer.Option("--external-id", metavar="ID", help="The customer with your own id.")
    ] = None,
) -> None:
    """List the customers that this client may see.

    A customer appears when the contract is pending delivery, or when linked.

    Examples:
    energyctl rabot customers list
    energyctl rabot customers list --limit 3 -c customerNumber,emailAddress
    """
    session = session_of(ctx)
    client = connect(session)
    rows = (
        client.customers(None, session.row_limit)
        if external_id is None
        else (  # a server may leave out a filter that it does not know
            one for one in client.customers(external_id) if _carries(one, external_id)
        )
    )
    session.out.rows(
        CUSTOMER_NUMBERS.fed_by(
            session,
            rows,
            lambda row: (row.get("customerNumber"), person(row)),
            selected=external_id is not None,
        ),
        CUSTOMERS,
    )


@app.command("link")
def link_customer(
    ctx: typer.Context,
    external_id: Annotated[
        str | None, typer.Option("--external-id", metavar="ID", help="Your own id for the customer.")
    ] = None,
    success_url: Annotated[
        str | None,
        typer.Option("--success-url", metavar="URL", help="Where the customer goes after agreeing."),
    ] = None,
    failure_url: Annotated[
        str | None,
        typer.Option("--failure-url", metavar="URL", help="Where the customer goes after declining."),
    ] = None,
    sign_up_url: Annotated[
        str | None,
        typer.Option("--sign-up-url", metavar="URL", help="Where somebody without an account goes."),
    ] = None,
    number_parameter: Annotated[
        str | None,
        typer.Option(
            "--number-parameter", metavar="NAME", help="Parameter that carries the customer number."
        ),
    ] = None,
    auth_as: Annotated[str | None, typer.Option("--auth-as", metavar="SLUG", help="Partner slug.")] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the address in the browser.")] = False,
    qr: Annotated[bool, typer.Option("--qr", help="Draw the address as a QR code on stderr.")] = False,
    wait: Annotated[
        str | None,
        typer.Option("--wait", metavar="[=SECONDS]", help="Wait until the customer appears [default: 600]."),
    ] = None,
) -> None:
    """Make an address at which a customer agrees to be linked. It works for 10 minutes.

    Examples:
    energyctl rabot customers link --external-id acme-4711
    energyctl rabot customers link --external-id acme-4711 --qr -o json
    """
    session = session_of(ctx)
    limit = optional_seconds(wait, LINK_VALID.total_seconds())
    body: dict[str, Any] = {
        name: value
        for name, value in (
            ("successUrl", success_url),
            ("failureUrl", failure_url),
            ("customerNumberQueryParameterName", number_parameter),
            ("externalCustomerId", external_id),
            ("signUpUrl", sign_up_url),
            ("authAs", auth_as),
        )
        if value is not None
    }
    client = connect(session)
    request = client.link_request(body)
    if session.options.dry_run:
        show_plan(session, [_linking(client, request, external_id)], many=False)
        return
    known = _linked(client, external_id) if limit is not None else set()
    made = client.link_customer(request)
    address = str(made["authorizationUrl"])
    until = session.now() + LINK_VALID
    answer = {**made, "valid_until": until.isoformat(timespec="seconds")}
    if qr:
        draw(session, address)
    if open_browser:
        _open(session, address)
    if limit is None:
        session.out.one(answer, LINK)
        return
    session.say(f"The customer agrees at: {address}")
    session.notice(f"It works until {until.astimezone():%H:%M:%S}. Waiting for the customer …")
    if external_id is not None and known:
        session.notice(
            f"Linked with this id already, and not waited for: customer {', '.join(sorted(known))}."
        )
    session.out.one({**answer, "customer": _appeared(session, client, external_id, known, limit)}, LINK)


@app.command("unlink")
def unlink_customers(
    ctx: typer.Context,
    numbers: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CUSTOMER_NUMBER...",
            help="Numbers, or - for stdin.",
            autocompletion=CUSTOMER_NUMBERS.feed,
        ),
    ] = None,
    ids_file: Annotated[
        str | None, typer.Option("--ids-file", metavar="FILE", help="Numbers, one a line.")
    ] = None,
) -> None:
    """End the link to customers: their data is no longer visible to this client.

    Examples:
    energyctl rabot customers unlink 1000001 --dry-run
    energyctl rabot customers unlink 1000001 --yes -o json
    """
    session = session_of(ctx)
    client = connect(session)
    if not numbers and ids_file is None:
        raise UsageProblem("No customer was named.", hint="Give numbers, --ids-file FILE, or - for stdin.")
    writes = [_unlinking(client, number) for number in read_ids(session, numbers or [], ids_file)]
    Writes(session, client.section).run(writes, many=is_many(numbers, ids_file))


def _linking(client: RabotClient, request: Request, external_id: str | None) -> Write:
    """Return what a dry run shows; to send it is not one of the writes, since it changes nothing by itself."""
    return Write(
        operation="link_customer",
        target=external_id or "customer",
        effect="make an address at which a customer agrees to be linked",
        method=request.method,
        url=client.rest.url(request),
        body=request.body,
        send=lambda: Result(CHANGED),
    )


def _unlinking(client: RabotClient, number: str) -> Write:
    request = client.unlink_request(number)

    def send() -> Result:
        client.unlink(request)
        return Result(CHANGED, {"customerNumber": number})

    def look_up(_meant_at: str) -> Result | None:
        if any(str(one.get("customerNumber")) == number for one in client.customers()):
            return None
        told = "The answer was lost; the customer is not among those that are listed now."
        return Result(CHANGED, {"customerNumber": number}, told)

    return Write(
        operation="unlink_customer",
        target=number,
        effect=f"end the link to customer {number}",
        method=request.method,
        url=client.rest.url(request),
        body=None,
        send=send,
        look_up=look_up,
        how_to_look="See whether the customer is still there: energyctl rabot customers list",
    )


def _linked(client: RabotClient, external_id: str | None) -> set[str]:
    return {str(one.get("customerNumber")) for one in _linked_customers(client, external_id)}


def _linked_customers(client: RabotClient, external_id: str | None) -> Iterator[Any]:
    """Yield the linked customers, of an own id those alone that carry it."""
    for customer in client.customers(external_id):
        if _is_linked(customer) and (external_id is None or _carries(customer, external_id)):
            yield customer


def _is_linked(customer: Mapping[str, Any]) -> bool:
    """Whether a listed customer is linked; where RABOT tells no relations, every one that it lists is."""
    relations = customer.get("relations")
    return not relations or "Linked" in (relations if isinstance(relations, list) else [relations])


def _carries(customer: Mapping[str, Any], external_id: str) -> bool:
    """Whether a customer that was asked for by the partner's own id carries it, or RABOT does not tell which it has.

    Of an id, case does not matter.
    """
    told = plain(customer.get("externalIdentifier")).strip()
    return not told or told.casefold() == external_id.strip().casefold()


def _appeared(
    session: Session, client: RabotClient, external_id: str | None, known: set[str], limit: float
) -> dict[str, Any]:
    """Return the customer who is linked now and was not before."""
    ends_at, pause = time.monotonic() + limit, 1.0
    while True:
        for customer in _linked_customers(client, external_id):
            if str(customer.get("customerNumber")) not in known:
                return dict(customer)
        left = ends_at - time.monotonic()
        if left <= 0:
            raise NotThereYet(
                f"No new customer appeared within {limit:g} s.",
                hint="Make a new address with: energyctl rabot customers link --wait",
                provider="rabot",
                operation="link_customer",
            )
        session.progress(f"Waiting for the customer to agree ({left:.0f} s left)")
        time.sleep(min(pause, left))
        pause = min(pause * 1.3, LONGEST_POLL_S)


def _open(session: Session, address: str) -> None:
    import webbrowser
    from urllib.parse import urlsplit

    if urlsplit(address).scheme not in ("https", "http"):
        session.say("The address is not a web address; it was not opened.")
    elif not webbrowser.open(address):
        session.say("No browser could be opened; open the address yourself.")
