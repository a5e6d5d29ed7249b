"""``bright openid``: check the Organisation's OpenID provider, and sign in with it."""

from __future__ import annotations

from typing import Annotated

import typer

from energyctl.core.commandline import App, session_of
from energyctl.core.errors import Refused
from energyctl.core.views import Column, View
from energyctl.providers.bright.openid import OpenId
from energyctl.providers.bright.openidchecks import FAIL, WARN, findings
from energyctl.providers.bright.settings import SETTINGS

app = App()

_FINDINGS = View(
    columns=(
        Column("Check", "check"),
        Column("Status", "status"),
        Column("Finding", "message"),
        Column("Do", "fix"),
    ),
    id_path="check",
    plural="checks",
)
_CLAIMS = View(preferred=("email", "name", "sub"), id_path="sub", plural="claims")


@app.command("openid")
def sign_in(
    ctx: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Only check the provider: one row for each finding.")
    ] = False,
    scope: Annotated[
        str | None,
        typer.Option("--scope", metavar="SCOPES", help="To ask for [default: openid email profile]."),
    ] = None,
) -> None:
    """Sign in with the Organisation's OpenID provider, and print the claims about the person.

    The provider is checked first: what its document says, and its keys. The id token is believed only when its
    signature, issuer, audience, times and nonce hold. The browser comes back to this machine.
    Exit code 4: nobody signed in, or the token does not hold; 6: the provider fails a check; 8: not in time.

    Examples:
    energyctl bright openid --check
    energyctl bright openid --check -o json --query "[?status!='pass']"
    """
    session = session_of(ctx)
    openid = OpenId(session, session.profile.section(SETTINGS))
    if not check:
        openid.check_ready()
    provider = openid.found()
    rows = list(findings(openid, provider))
    failed = [row for row in rows if row["status"] == FAIL]
    if check:
        session.out.rows(rows, _FINDINGS)
    if failed:
        raise Refused(
            f"The OpenID provider fails: {', '.join(row['check'] for row in failed)}. {failed[0]['message']}",
            hint=failed[0]["fix"] if check else "All findings: energyctl bright openid --check",
            provider="bright",
            operation="openid_configuration",
            code="check_failed",
        )
    if check:
        return
    for row in rows:
        if row["status"] == WARN:
            session.notice(f"{row['check']}: {row['message']} {row['fix']}")
    session.out.one(openid.sign_in(provider, scope), _CLAIMS)
