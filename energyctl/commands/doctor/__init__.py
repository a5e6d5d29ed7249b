"""``energyctl doctor``: what is set up, what is wrong, and what to do about it. Works with a broken config."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from energyctl.core.commandline import App, session_of
from energyctl.core.errors import AuthenticationFailed, ConfigProblem, Unreachable, UsageProblem
from energyctl.core.views import Column, View
from energyctl.providers import PROVIDERS

app = App()

_VIEW = View(
    columns=(
        Column("Provider", "provider"),
        Column("Check", "check"),
        Column("Status", "status"),
        Column("Finding", "message"),
        Column("Do", "fix"),
    ),
    id_path="check",
    plural="checks",
)


@app.command("doctor")
def examine(
    ctx: typer.Context,
    provider: Annotated[
        str | None,
        typer.Argument(metavar="[PROVIDER]", help="Only this one.", autocompletion=lambda: list(PROVIDERS)),
    ] = None,
    online: Annotated[
        bool,
        typer.Option(
            "--online", help="Also ask the providers: network, clock, a token, one read that changes nothing."
        ),
    ] = False,
    customer: Annotated[
        str | None,
        typer.Option(
            "--as-customer", metavar="ID", help="Emulate: examine the token for this customer alone."
        ),
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option(
            "--bundle",
            metavar="FILE",
            help="Also write a file for support: checks, versions, settings, the last writes; no secret.",
        ),
    ] = None,
) -> None:
    """Check config, state, keyring, secrets and tokens, and say for each what is wrong and how to mend it.

    With --online also, for all providers at once: name, connection, certificate, answer, clock, sign-in, scopes. For
    Emulate the six causes of a 403 are evaluated one by one on the real token and key. No check takes longer than
    --timeout. What cannot be known from here says so.

    Exit code 0: nothing fails; 13: config or state do; 4: credentials, tokens or the clock; 10: the network. Where
    several fail, the first decides. --bundle writes JSON of mode 0600 and never over a file; with --redact nothing
    personal is in it either.

    Examples:
    energyctl doctor
    energyctl doctor emulate --online -o json
    energyctl doctor --bundle support.json --redact
    """
    session = session_of(ctx)
    if provider is not None and provider not in PROVIDERS:
        from difflib import get_close_matches

        near = get_close_matches(provider, PROVIDERS, n=1)
        raise UsageProblem(
            f"There is no provider '{provider}'.",
            hint=f"Did you mean {near[0]}?" if near else f"There are: {', '.join(PROVIDERS)}.",
        )
    if customer is not None and provider is None:
        raise UsageProblem(
            "--as-customer needs a provider.", hint="Write: energyctl doctor emulate --as-customer ID"
        )
    from energyctl.commands.doctor.bundle import check_place, write_bundle
    from energyctl.commands.doctor.examination import Examination
    from energyctl.core.health.findings import CONFIG, FAIL, NETWORK

    if bundle is not None:
        check_place(bundle)
    examination = Examination(session, provider, online=online, customer=customer)
    found = list(examination.findings())
    session.out.rows([one.as_row() for one in found], _VIEW)
    if bundle is not None:
        write_bundle(session, bundle, examination.setup, found)
    failed = [one for one in found if one.status == FAIL]
    if failed:
        kind = {CONFIG: ConfigProblem, NETWORK: Unreachable}.get(failed[0].kind, AuthenticationFailed)
        names = ", ".join(f"{one.provider or 'energyctl'} {one.check}" for one in failed)
        raise kind(
            f"{len(failed)} check{'s' if len(failed) != 1 else ''} failed: {names}.",
            hint=failed[0].fix,
            provider=failed[0].provider,
            code="check_failed",
        )
