"""``energyctl doctor``: what is set up, what is wrong, and what to do about it. Works with a broken config."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.commandline import App, session_of
from energyctl.core.errors import AuthenticationFailed, ConfigProblem, EnergyctlError, UsageProblem
from energyctl.core.views import Column, View
from energyctl.providers import PROVIDERS, settings_of

if TYPE_CHECKING:
    from energyctl.core.session import Session

app = App()

PASS, FAIL = "pass", "fail"
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
        bool, typer.Option("--online", help="Also ask the provider: one call that changes nothing.")
    ] = False,
    customer: Annotated[
        str | None,
        typer.Option(
            "--as-customer", metavar="ID", help="Emulate: examine the token for this customer alone."
        ),
    ] = None,
) -> None:
    """Check config, secrets and tokens, and say for each what is wrong and how to mend it.

    For Emulate the six causes of a 403 are evaluated one by one on the real token and key: pass, fail or cannot-know.
    Exit code 0: nothing fails; 13: the config does; 4: credentials or tokens do.

    Examples:
    energyctl doctor
    energyctl doctor emulate --online -o json
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
    failed: list[dict[str, Any]] = []

    def rows() -> Iterator[dict[str, Any]]:
        for row in _all_rows(session, provider, online=online, customer=customer):
            if row["status"] == FAIL:
                failed.append(row)
            yield row

    session.out.rows(list(rows()), _VIEW)
    if failed:
        kind = ConfigProblem if failed[0]["check"] == "config" else AuthenticationFailed
        names = ", ".join(f"{row['provider'] or 'energyctl'} {row['check']}" for row in failed)
        raise kind(
            f"{len(failed)} check{'s' if len(failed) != 1 else ''} failed: {names}.",
            hint=failed[0]["fix"],
            provider=failed[0]["provider"],
            code="check_failed",
        )


def _all_rows(
    session: Session, provider: str | None, *, online: bool, customer: str | None
) -> Iterator[dict[str, Any]]:
    try:
        profile = session.profile
    except EnergyctlError as error:
        yield _row(None, "config", FAIL, error.message, error.hint)
        return
    yield _row(None, "config", PASS, f"Profile '{profile.name}' ({profile.source}).", None)
    chosen = [provider] if provider else [name for name in PROVIDERS if name in profile.body]
    if not chosen:
        yield _row(
            None, "providers", FAIL, "The profile has no provider.", "Add one with: energyctl config edit"
        )
    for name in chosen:
        yield from _provider_rows(session, name, online=online, customer=customer)


def _provider_rows(
    session: Session, name: str, *, online: bool, customer: str | None
) -> Iterator[dict[str, Any]]:
    try:
        section = session.profile.section(settings_of(name))
        system = section.identity()
    except EnergyctlError as error:
        yield _row(name, "config", FAIL, error.message, error.hint)
        return
    yield _row(name, "config", PASS, f"{section.label}: {system}", None)
    yield from _secret_rows(session, name)
    if find_spec(f"energyctl.providers.{name}.doctor") is not None:
        own = import_module(f"energyctl.providers.{name}.doctor")
        try:
            for row in own.checks(session, section, online=online, customer=customer):
                yield {"provider": name, **row}
        except EnergyctlError as error:
            yield _row(name, "checks", FAIL, error.message, error.hint)
    elif online and PROVIDERS[name].commands is not None:
        yield _asked(session, name)


def _secret_rows(session: Session, name: str) -> Iterator[dict[str, Any]]:
    """Yield a row for each secret: whether it is there, and from where."""
    from energyctl.commands.auth import status_rows

    if PROVIDERS[name].commands is None:
        return
    hints: list[str | None] = []
    for row in status_rows(session, name, hints):
        if row["is_set"]:
            yield _row(name, row["secret"], PASS, f"Set, from {row['source']}.", None)
        elif row["problem"]:
            yield _row(name, row["secret"], FAIL, row["problem"], hints[0] if hints else None)


def _asked(session: Session, name: str) -> dict[str, Any]:
    """Ask the provider for a token, the cheapest thing that proves address, network and secret."""
    section = session.profile.section(settings_of(name))
    tokens = import_module(f"energyctl.providers.{name}.tokens")
    try:
        secret = session.credentials.secret(section, tokens.LOGIN_SECRET)
        tokens.prove(session, section, tokens.LOGIN_SECRET, secret)
    except EnergyctlError as error:
        return _row(name, "sign-in", FAIL, error.message, error.hint)
    return _row(name, "sign-in", PASS, "The provider accepts the credentials.", None)


def _row(provider: str | None, check: str, status: str, message: str, fix: str | None) -> dict[str, Any]:
    return {"provider": provider, "check": check, "status": status, "message": message, "fix": fix}
