"""``bright bankid``: identify a person with BankID, or let a person sign a text."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from math import isfinite
from typing import Annotated, Any

import typer

from energyctl.core.commandline import App, Seconds, session_of
from energyctl.core.errors import UsageProblem
from energyctl.core.inputs import read_text
from energyctl.core.outcomes import CHANGED, Result, Write
from energyctl.core.views import Column, View
from energyctl.core.writes import Writes
from energyctl.providers.bright.bankid import BankId, Wait, end_user_ip
from energyctl.providers.bright.client import connect
from energyctl.providers.bright.commands.arguments import for_people
from energyctl.providers.bright.finding import account_rows
from energyctl.providers.bright.hints import Language, language_of
from energyctl.providers.bright.persons import masked, masked_number
from energyctl.providers.bright.screen import Screen
from energyctl.providers.bright.views import ACCOUNTS

app = App()

#: Longer than an order can live at BankID.
DEFAULT_WITHIN_S = 300.0
_USER_FIELDS = ("personalNumber", "name", "givenName", "surname")
_PERSON = View(
    columns=(
        Column("Personal number", "personalNumber"),
        Column("Name", "name"),
        Column("Given name", "givenName"),
        Column("Surname", "surname"),
    ),
    id_path="personalNumber",
)
_FULL = View(preferred=("user", "device"), id_path="user.personalNumber")


class Then(StrEnum):
    """What follows when the person is known."""

    SEARCH = "search"


@app.command("bankid")
def identify(
    ctx: typer.Context,
    sign: Annotated[
        str | None, typer.Option("--sign", metavar="TEXT", help="Let the person sign this; - reads it.")
    ] = None,
    ip: Annotated[
        str | None,
        typer.Option("--ip", metavar="ADDRESS", help="The person's address [default: this machine's]."),
    ] = None,
    starts_app: Annotated[bool, typer.Option("--open", help="Start the BankID app on this machine.")] = False,
    language: Annotated[
        Language | None, typer.Option("--language", help="Of the hints [default: the locale's].")
    ] = None,
    no_qr: Annotated[bool, typer.Option("--no-qr", help="Draw no QR code.")] = False,
    then: Annotated[
        Then | None, typer.Option("--then", help="search: give the person's accounts as the result.")
    ] = None,
    within: Annotated[
        float,
        typer.Option(
            "--within", metavar="SECONDS", click_type=Seconds(min=1, max=3600), help="Longest wait in all."
        ),
    ] = DEFAULT_WITHIN_S,
    full: Annotated[
        bool,
        typer.Option(
            "--full", help="All that BankID gave, also the signature, which holds the personal number."
        ),
    ] = False,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show the personal number whole.")] = False,
) -> None:
    """Identify a person with BankID: an animated QR code on the terminal, hints on stderr, the person on stdout.

    Exit code 0: identified; 6: refused, such as cancelled in the app; 8: not started or completed in time.
    Ctrl-C cancels the order at the server.

    Examples:
    energyctl bright bankid --dry-run
    energyctl bright bankid --sign 'I agree to the transfer.' --language sv --dry-run -o json
    energyctl bright bankid --then search -o ids
    """
    session = session_of(ctx)
    if not isfinite(within):
        raise UsageProblem("--within takes a number of seconds.", hint="Write --within 120.")
    client = connect(session)
    bankid = BankId(client, language_of(session.env, language))
    text = read_text(session, "-", "--sign") if sign == "-" else sign
    address = end_user_ip(client, ip)
    if session.options.dry_run:
        request = bankid.begin_request(address, text)
        effect = "make a BankID order " + ("to identify a person" if text is None else "to sign a text")
        write = Write(
            operation=request.operation,
            target="a person",
            effect=effect,
            method=request.method,
            url=client.rest.url(request),
            body=request.body,
            send=lambda: Result(CHANGED, {"orderRef": bankid.begin(address, text).ref}),
        )
        Writes(session, client.section).run([write], many=False)
        return
    if not reveal:
        session.redactor.hide("personalNumber")
    screen = Screen(session, qr=not no_qr)
    data = Wait(bankid, screen, address, text, within, starts_app).person()
    user: Mapping[str, Any] = data["user"]
    number = str(user["personalNumber"])
    if not reveal:
        session.redactor.learn(number)
    if then is Then.SEARCH:
        shown = number if reveal else masked_number(number)
        session.notice(f"Identified: {user.get('name') or 'a person'}, {shown}.")
        rows = account_rows(session, client.search(ssn=number))
        session.out.rows(for_people(session, rows, reveal=reveal), ACCOUNTS)
        return
    found = dict(data) if full else {name: user[name] for name in _USER_FIELDS if name in user}
    session.out.one(found if reveal else masked(found), _FULL if full else _PERSON)
