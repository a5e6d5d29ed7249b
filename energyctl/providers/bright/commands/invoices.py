"""``bright invoices``: list them, find their address, save their files (contract 7.3)."""

from __future__ import annotations

import base64
import binascii
import os
import shlex
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.core.downloads import Wanted, save
from energyctl.core.errors import (
    BadAnswer,
    ConfigProblem,
    EnergyctlError,
    NotFound,
    UsageProblem,
)
from energyctl.core.files import make_directory, safe_file_name, told_apart
from energyctl.core.inputs import expanded
from energyctl.core.jsonbody import parse_json
from energyctl.core.profiles import checked_url
from energyctl.core.timeoptions import From, Since, To, Zone, wished_range, wished_zone
from energyctl.core.times import parse_wire
from energyctl.core.transport import Request, Rest
from energyctl.core.zones import parse_zone
from energyctl.providers.bright.client import BrightClient, connect
from energyctl.providers.bright.commands.arguments import Account, Email, Ssn, Unchecked
from energyctl.providers.bright.finding import found_account
from energyctl.providers.bright.invoicefile import address_in, texts
from energyctl.providers.bright.operations import ZONE
from energyctl.providers.bright.tokens import NOT_THERE
from energyctl.providers.bright.views import DOWNLOADS, INVOICES

app = noun("List invoices, and download them.")

#: Where the id and the date of an invoice may stand: their fields are not documented.
_IDS = ("invoiceId", "id", "invoice_id", "invoiceNumber", "number")
_DATES = ("invoiceDate", "issuedDate", "issueDate", "date", "createdDate", "periodEnd", "toDate", "dueDate")
_STREAM, _URL = "stream", "url"

Invoice = Annotated[str | None, typer.Argument(metavar="[INVOICE]", help="The invoice's id.")]
Latest = Annotated[bool, typer.Option("--latest", help="The latest one.")]


@app.command("list")
def list_invoices(
    ctx: typer.Context,
    account: Account = None,
    ssn: Ssn = None,
    email: Email = None,
    since: Since = None,
    from_: From = None,
    to: To = None,
    tz: Zone = None,
    unchecked: Unchecked = False,
) -> None:
    """List the invoices of all services of an account.

    Examples:
    energyctl bright invoices list --account A-500001
    energyctl bright invoices list --account A-500001 --since 180d -o json
    """
    session = session_of(ctx)
    client = connect(session)
    zone = wished_zone(session, tz, ZONE)
    start = end = None
    if any((since, from_, to)):
        span = wished_range(session, since=since, from_=from_, to=to, day=None, zone=zone, default="365d")
        start, end = span.start, span.end
    whose = found_account(client, account, ssn, email, unchecked=unchecked)
    session.out.rows(client.invoices(whose, start, end, session.row_limit), INVOICES)


@app.command("url")
def show_url(
    ctx: typer.Context,
    invoice: Invoice = None,
    account: Account = None,
    ssn: Ssn = None,
    email: Email = None,
    latest: Latest = False,
    unchecked: Unchecked = False,
) -> None:
    """Print the address at which an invoice's file lies. Whoever has it may be able to read the invoice.

    Examples:
    energyctl bright invoices url --account A-500001 --latest
    energyctl bright invoices url --account A-500001 --latest -o json
    """
    session = session_of(ctx)
    _check_choice(invoice, account, latest=latest)
    client = connect(session)
    whose = found_account(client, account, ssn, email, unchecked=unchecked)
    chosen = _chosen(client, whose, invoice)
    answer = client.invoice_url(whose, chosen)
    wished = session.options
    chosen_fields = wished.query or (wished.columns and wished.output != "ids")
    if wished.output in (None, "table", "tsv", "ids") and not chosen_fields:
        session.out.text(_address(client, answer, chosen))
    else:
        session.out.one(answer)


@app.command("download")
def download_invoices(
    ctx: typer.Context,
    invoice: Invoice = None,
    account: Account = None,
    ssn: Ssn = None,
    email: Email = None,
    latest: Latest = False,
    everything: Annotated[bool, typer.Option("--all", help="All invoices.")] = False,
    to: Annotated[
        str,
        typer.Option("--to", metavar="DIR|FILE|-", help="Where to: a directory, a file, or - for stdout."),
    ] = ".",
    via: Annotated[
        str | None,
        typer.Option(
            "--via", metavar="WAY", help="stream or url [default: stream, url where that is not built]."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace existing files.")] = False,
    unchecked: Unchecked = False,
) -> None:
    """Save invoices as PDF: whole or not at all, never over an existing file.

    Examples:
    energyctl bright invoices download --account A-500001 --latest --to invoice.pdf
    energyctl bright invoices download --account A-500001 --latest --to - > latest.pdf
    """
    session = session_of(ctx)
    if via not in (None, _STREAM, _URL):
        raise UsageProblem(f"--via '{via}' is not a way.", hint=f"Use {_STREAM} or {_URL}.")
    if everything and (invoice is not None or latest or to == "-"):
        raise UsageProblem("--all takes no INVOICE, --latest or --to -.", hint="Name a directory with --to.")
    if not everything:
        _check_choice(invoice, account, latest=latest)
    if to == "-" and session.stdout_is_terminal:
        raise UsageProblem(
            "--to - would write a PDF to the terminal.",
            hint="Send it on: --to - > invoice.pdf, or name a file.",
        )
    client = connect(session)
    whose = found_account(client, account, ssn, email, unchecked=unchecked)
    ids: list[str | None]
    if everything:
        ids = [invoice_id(row) for row in client.invoices(whose, None, None)]
    else:
        ids = [_chosen(client, whose, invoice)]
    if to == "-":
        content, _ = fetched(client, whose, ids[0], via)
        session.out.file(content)
        return
    place = expanded(to)
    into_file = not (everything or to.endswith(("/", os.sep)) or place.is_dir()) and place.suffix != ""
    if not into_file:
        make_directory(place)
    wanted = wanted_files(client, whose, ids, place, via, into_file=into_file)
    save(
        session,
        wanted,
        DOWNLOADS,
        force=force,
        many=everything,
        provider="bright",
        operation="get_invoice_stream",
    )


def invoice_id(row: Any) -> str | None:
    """Return an invoice's id under any of its usual names."""
    if isinstance(row, Mapping):
        for name in _IDS:
            value = row.get(name)
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
                return str(value)
    return None


def _check_choice(invoice: str | None, account: str | None, *, latest: bool) -> None:
    """Make sure that it is said which invoice is meant, before anybody is asked.

    :raises UsageProblem: when it is not, or in two ways.
    """
    if (invoice is None) == (not latest):
        raise UsageProblem(
            "Say which invoice: its id, or --latest.",
            hint=f"See them with: energyctl bright invoices list --account {shlex.quote(account or 'ID')}",
            provider="bright",
        )


def _chosen(client: BrightClient, account: str, invoice: str | None) -> str:
    """Return the id of the invoice that is meant: the named one, or the latest.

    :raises UsageProblem: when no invoice says its date.
    :raises BadAnswer: when the latest, or every one, came without an id.
    :raises NotFound: when the account has none.
    """
    if invoice is not None:
        return invoice
    zone = parse_zone(ZONE)
    rows = list(client.invoices(account, None, None))
    if not rows:
        raise NotFound(
            f"Account {account} has no invoice.",
            hint="Check the account, and the environment of the profile.",
            provider="bright",
            operation="get_invoices",
        )
    dated = [(at, row) for row in rows if (at := _dated(row, zone)) is not None]
    if not dated and all(invoice_id(row) is None for row in rows):
        raise _without_id("Every invoice")
    if not dated:
        raise UsageProblem(
            "The invoices carry no date by which the latest could be told.",
            hint="Name its id.",
            provider="bright",
        )
    found = invoice_id(max(dated, key=lambda pair: pair[0])[1])
    if found is None:
        raise _without_id("The latest invoice")
    return found


def _dated(row: Any, zone: tzinfo) -> datetime | None:
    values = (row.get(name) for name in _DATES) if isinstance(row, Mapping) else ()
    return next((at for value in values if (at := parse_wire(value, zone))), None)


def _without_id(which: str) -> BadAnswer:
    return BadAnswer(
        f"{which} came without an id.",
        hint="See it with: energyctl bright invoices list -o json; tell the Organisation.",
        provider="bright",
        operation="get_invoices",
    )


def _address(client: BrightClient, answer: Any, invoice: str) -> str:
    """Return the web address in an answer whose form is not documented.

    :raises BadAnswer: when it has none.
    """
    found = address_in(answer, client.rest.base_url)
    if found is None:
        raise BadAnswer(
            f"The answer for invoice {invoice} names no address.",
            hint="Add -v to see it, or try --via stream.",
            provider="bright",
            operation="get_invoice_url",
        )
    return found


def fetched(
    client: BrightClient, account: str, invoice: str | None, via: str | None
) -> tuple[bytes, dict[str, str]]:
    """Return an invoice's PDF and ``via``, the way by which it came; the url where the stream is not built.

    :raises BadAnswer: when something else than a PDF comes, or the invoice came without an id.
    """
    if invoice is None:
        raise _without_id("The invoice")
    refused: EnergyctlError | None = None
    if via != _URL:
        try:
            answer = client.invoice_stream(account, invoice)
        except EnergyctlError as error:
            if via == _STREAM or error.http_status not in NOT_THERE:
                raise
            refused = error
        else:
            content_type = answer.headers.get("content-type", "")
            return _pdf(answer.content, content_type, invoice, _STREAM), {"via": _STREAM}
    try:
        found = client.invoice_url(account, invoice)
    except EnergyctlError as error:
        if isinstance(refused, NotFound) and error.http_status in NOT_THERE:
            raise refused from error  # the invoice is unknown, not only its address
        raise
    return _from_address(client, _address(client, found, invoice), invoice), {"via": _URL}


def _from_address(client: BrightClient, address: str, invoice: str) -> bytes:
    """Fetch a file from the address that the server named; the data layer's credentials are not sent there."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(address)
    except ValueError:
        raise BadAnswer(
            f"The address that came for invoice {invoice} is none.",
            hint="Tell the Organisation, or try --via stream.",
            provider="bright",
            operation="get_invoice_url",
        ) from None
    bare = f"{parts.scheme}://{parts.netloc}"
    try:
        checked_url(bare, "the invoice's address")
    except ConfigProblem as problem:
        raise BadAnswer(
            f"The address that came for invoice {invoice}, at {parts.netloc.rpartition('@')[2]}, is not used: "
            "it must be https without user or password.",
            hint="Plain http is accepted for this machine alone. Tell the Organisation, or try --via stream.",
            provider="bright",
            operation="get_invoice_url",
            code=problem.code,
        ) from None
    server = Rest(client.session, provider="bright", title="the invoice's host", base_url=bare)
    try:
        request = Request(
            "get_invoice_file",
            "GET",
            # as it was given: a signature may be over every byte of it
            (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
            accept="application/pdf, */*",
            subject=f"invoice {invoice}",
        )
        answer = server.call(request)
    finally:
        server.close()
    return _pdf(answer.content, answer.headers.get("content-type", ""), invoice, _URL)


def _pdf(content: bytes, content_type: str, invoice: str, way: str) -> bytes:
    """Return the PDF of an answer: its bytes, or base64 of them, bare or in JSON: which is not documented.

    :raises BadAnswer: when there is none.
    """
    if content[:1024].lstrip().startswith(b"%PDF"):
        return content
    try:
        body = parse_json(content, content_type)
    except ValueError:
        body = content.decode("ascii", "replace")
    for one in texts(body):
        text = one.partition("base64,")[2] or one
        try:
            raw = base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            continue
        if raw.startswith(b"%PDF"):
            return raw
    kind = content_type.split(";", maxsplit=1)[0] or "something else"
    raise BadAnswer(
        f"For invoice {invoice} came {kind} instead of a PDF.",
        hint=f"Try the other way: --via {_URL if way == _STREAM else _STREAM}. Add -v to see the answer.",
        provider="bright",
        operation="get_invoice_stream" if way == _STREAM else "get_invoice_url",
    )


def wanted_files(
    client: BrightClient,
    account: str,
    ids: Sequence[str | None],
    to: Path,
    via: str | None = None,
    *,
    into_file: bool = False,
) -> list[Wanted]:
    """Return invoices as files to save, each under a name of its own; one that came without an id cannot be fetched.

    :param into_file: whether ``to`` is the file, and not the directory.
    """
    taken: set[str] = set()
    return [
        Wanted(
            {"invoice_id": one, "via": None},
            to if into_file else to / _file_name(one, number, taken),
            partial(fetched, client, account, one, via),
        )
        for number, one in enumerate(ids)
    ]


def _file_name(invoice: str | None, number: int, taken: set[str]) -> str:
    """Return a plain file name from an invoice's id, told apart from those given before."""
    wished = f"invoice-{invoice or number + 1}".replace("/", "_").replace("\\", "_")
    return told_apart(safe_file_name(f"{wished}.pdf", fallback=f"invoice-{number + 1}.pdf"), taken)
