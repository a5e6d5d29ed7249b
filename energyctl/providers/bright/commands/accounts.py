"""``bright accounts``: find and show accounts."""

from __future__ import annotations

from typing import Annotated

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.providers.bright.client import connect
from energyctl.providers.bright.commands.arguments import Email, Reveal, Ssn, Unchecked, for_people
from energyctl.providers.bright.finding import account_rows, search
from energyctl.providers.bright.views import ACCOUNT_IDS, ACCOUNTS

app = noun("Find and show accounts.")


@app.command("search")
def search_accounts(
    ctx: typer.Context,
    ssn: Ssn = None,
    email: Email = None,
    unchecked: Unchecked = False,
    reveal: Reveal = False,
) -> None:
    """Find the accounts of a person, by personal number (12 digits, or - to read it) or e-mail address.

    Examples:
    energyctl bright accounts search --ssn 191212121212
    energyctl bright accounts search --ssn 19121212-1212 -o ids
    """
    session = session_of(ctx)
    found = search(connect(session), ssn, email, unchecked=unchecked, reveal=reveal)
    session.out.rows(for_people(session, account_rows(session, found), reveal=reveal), ACCOUNTS)


@app.command("show")
def show_account(
    ctx: typer.Context,
    account: Annotated[
        str, typer.Argument(metavar="ACCOUNT", help="The account's id.", autocompletion=ACCOUNT_IDS.feed)
    ],
    reveal: Reveal = False,
) -> None:
    """Show one account.

    Examples:
    energyctl bright accounts show A-500001
    energyctl bright accounts show A-500001 -o json
    """
    session = session_of(ctx)
    found = connect(session).account(account)
    session.out.one(next(for_people(session, [found], reveal=reveal)), ACCOUNTS)
