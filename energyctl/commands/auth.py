"""``energyctl auth``: store, check and remove credentials."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.commands.can import may_i
from energyctl.core.commandline import noun, session_of
from energyctl.core.config import SANDBOX
from energyctl.core.credentials import KeyringUnusable
from energyctl.core.errors import (
    AuthenticationFailed,
    ConfigProblem,
    EnergyctlError,
    Interrupted,
    UsageProblem,
)
from energyctl.core.interrupts import attentive
from energyctl.core.points import reached
from energyctl.core.profiles import Section
from energyctl.core.views import Column, View
from energyctl.providers import PROVIDERS

if TYPE_CHECKING:
    from energyctl.core.session import Session

app = noun("Store, check and remove credentials.")


def _with_commands() -> list[str]:
    return [name for name, place in PROVIDERS.items() if place.commands]


Provider = Annotated[
    str,
    typer.Argument(
        metavar="PROVIDER", help=f"One of {', '.join(_with_commands())}.", autocompletion=_with_commands
    ),
]

_STATUS = View(
    columns=(
        Column("Provider", "provider"),
        Column("Profile", "profile", gives_way=True),
        Column("Environment", "environment"),
        Column("Secret", "secret"),
        Column("Set", "is_set"),
        Column("From", "source"),
        Column("Token", "token"),
        Column("Expires in s", "token_expires_in_s", right=True),
        Column("Scopes", "scopes"),
        Column("Problem", "problem"),
    ),
    id_path="provider",
    plural="credentials",
)


@app.command("login")
def log_in(
    ctx: typer.Context,
    provider: Provider,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read the secret from standard input.")] = False,
    which: Annotated[
        str | None,
        typer.Option(
            "--secret", metavar="NAME", help="Which one, where a provider has several: customer_key."
        ),
    ] = None,
) -> None:
    """Ask for the secret, try it once, and keep it in the keyring of this machine.

    Nothing is stored when the provider does not accept it. The secret is never an argument: type it, or pipe it in.
    For a key in a PEM file the path is asked for. With bright.auth: oauth the browser opens for the sign-in.

    Examples:
    energyctl auth login rabot
    pass show rabot-secret | energyctl auth login rabot --stdin
    energyctl auth login emulate --secret customer_key --stdin < customer-key.pem
    """
    session = session_of(ctx)
    section = _section(session, provider)
    tokens = _token_module(provider)
    if which is None and hasattr(tokens, "signs_in") and tokens.signs_in(section):
        signed_in = tokens.sign_in(session, section)
        session.out.one({"provider": provider, "profile": session.profile.name, **signed_in})
        return
    field = _which_secret(tokens, section, which)
    if section.is_sandbox:
        raise UsageProblem(
            f"Profile '{session.profile.name}' uses the sandbox, which brings its own credentials.",
            hint="Choose another profile with --profile NAME.",
        )
    reference = str(section.setting(field).value)
    if reference not in ("keyring", SANDBOX):
        place = f"comes from {_shown_reference(reference)}, not from the keyring"
        if section.setting(field).value is None:
            place = "is not used"
        raise UsageProblem(
            f"{provider}.{field} of profile '{session.profile.name}' {place}.",
            hint=f"Set {provider}.{field}: keyring in the profile, or put the secret where it points.",
        )
    secret = _asked_secret(session, section, field, stdin=stdin)
    session.redactor.learn(secret)
    proof = tokens.prove(session, section, field, secret)
    place = session.credentials.keyring_set(section, field, secret)
    reached("credential.stored")
    tokens.forget(session, section)
    tried = f"{section.settings.title} accepts it" if proof.get("proven", True) else "It has the right form"
    session.notice(f"{tried}; the {field} is kept in {place}.")
    session.out.one({"provider": provider, "profile": session.profile.name, "stored_in": place, **proof})


@app.command("status")
def show_status(
    ctx: typer.Context,
    provider: Annotated[str | None, typer.Argument(metavar="[PROVIDER]", help="Only this one.")] = None,
) -> None:
    """Say what is set, where it comes from, and how long the tokens live. Asks nobody.

    Exit code 0: everything that the profile uses is set; 4: something is not.

    Examples:
    energyctl auth status
    energyctl auth status rabot -o json
    """
    session = session_of(ctx)
    if provider is not None:
        chosen = [provider]
    else:
        chosen = [name for name, place in PROVIDERS.items() if place.commands and _is_used(session, name)]
        if not chosen:
            raise ConfigProblem(
                f"Profile '{session.profile.name}' uses no provider.",
                hint="Add one with: energyctl config edit",
            )
    hints: list[str | None] = []
    rows = [row for name in chosen for row in status_rows(session, name, hints)]
    session.out.rows(rows, _STATUS)
    missing = [row for row in rows if row["problem"]]
    if missing:
        names = ", ".join(f"{row['provider']} {row['secret']}" for row in missing)
        raise AuthenticationFailed(f"Not usable: {names}.", hint=hints[0], code="not_logged_in")


@app.command("logout")
def log_out(ctx: typer.Context, provider: Provider) -> None:
    """Remove the stored secret and the cached tokens.

    Examples:
    energyctl auth logout rabot
    energyctl auth logout rabot --profile work
    """
    session = session_of(ctx)
    section = _section(session, provider)
    tokens = _token_module(provider)
    forgotten = tokens.forget(session, section)
    removed = _removed_from_keyring(session, tokens, section)
    if hasattr(tokens, "sign_out"):
        removed = tokens.sign_out(session, section) or removed
    told = ["the stored secret"] if removed else []
    if forgotten:
        told.append(f"{forgotten} token{'s' if forgotten != 1 else ''}")
    session.notice(f"Removed {' and '.join(told)}." if told else "Nothing was stored.")


@app.command("token")
def print_token(
    ctx: typer.Context,
    provider: Provider,
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", metavar="SCOPE", help="A scope to ask for, besides the smallest."),
    ] = None,
) -> None:
    """Print an access token, for other tools. Whoever has it can act as you until it expires.

    Examples:
    energyctl auth token rabot
    energyctl auth token rabot --scope create:orders
    """
    session = session_of(ctx)
    section = _section(session, provider)
    session.out.text(_token_module(provider).access_token(session, section, scope or []))


app.command("can")(may_i)


def _section(session: Session, provider: str) -> Section:
    from energyctl.providers import settings_of

    if provider not in PROVIDERS:
        from difflib import get_close_matches

        near = get_close_matches(provider, PROVIDERS, n=1)
        raise UsageProblem(
            f"There is no provider '{provider}'.",
            hint=f"Did you mean {near[0]}?" if near else f"There are: {', '.join(PROVIDERS)}.",
        )
    if PROVIDERS[provider].commands is None:
        raise UsageProblem(
            f"This version has no commands for {PROVIDERS[provider].title} yet.",
            hint="Its profile section is kept.",
        )
    return session.profile.section(settings_of(provider))


def _token_module(provider: str) -> ModuleType:
    return import_module(f"energyctl.providers.{provider}.tokens")


def _secrets(tokens: ModuleType, section: Section) -> tuple[str, ...]:
    """Return the names of a provider's secrets that are logged in with; most have one."""
    if hasattr(tokens, "login_secrets"):
        return tuple(tokens.login_secrets(section))
    return tuple(getattr(tokens, "LOGIN_SECRETS", (tokens.LOGIN_SECRET,)))


def _removed_from_keyring(session: Session, tokens: ModuleType, section: Section) -> bool:
    """Remove what a login has stored, also before the profile was changed; return whether there was anything.

    :raises KeyringUnusable: when a secret is looked for there, and no keyring answers.
    """
    in_use = _secrets(tokens, section)
    usual = (one.name for one in section.settings.fields if one.kind == "secret" and one.default == "keyring")
    removed = False
    for field in dict.fromkeys((*in_use, *usual)):
        try:
            removed = session.credentials.keyring_delete(section, field) or removed
        except KeyringUnusable:
            if field in in_use and section.setting(field).value == "keyring":
                raise
    return removed


def _which_secret(tokens: ModuleType, section: Section, wished: str | None) -> str:
    known = _secrets(tokens, section)
    if not known:
        raise UsageProblem(
            f"{section.settings.title} is signed in to without a secret in profile '{section.profile.name}'.",
            hint="There is nothing to store.",
        )
    if wished is None:
        return known[0]
    if wished not in known:
        raise UsageProblem(
            f"--secret '{wished}' is not a secret here.", hint=f"There are: {', '.join(known)}."
        )
    return wished


def _is_used(session: Session, provider: str) -> bool:
    prefix = f"ENERGYCTL_{provider}_".upper()
    return provider in session.profile.body or any(name.startswith(prefix) for name in session.env)


def _asked_secret(session: Session, section: Section, field: str, *, stdin: bool) -> str:
    if stdin:
        if session.stdin.isatty():
            raise UsageProblem(
                "--stdin reads standard input, which is a terminal.", hint="Pipe the secret in."
            )
        multiline = section.settings.field(field).multiline
        try:
            with attentive():
                secret = (session.stdin.read() if multiline else session.stdin.readline()).strip("\r\n")
            secret.encode()
        except UnicodeError:
            raise UsageProblem("The secret on standard input is not UTF-8.", hint="Pipe text in.") from None
    else:
        if not session.can_ask:
            raise UsageProblem(
                "Nobody can be asked for the secret here.",
                hint="Pipe it in: ... | energyctl auth login PROVIDER --stdin",
            )
        if section.settings.field(field).multiline:
            return _read_key_file(session, section, field)
        from energyctl.core.asking import ask_hidden

        typed = ask_hidden(
            session,
            f"{field} for {section.settings.title}, {section.label} (profile {section.profile.name}): ",
        )
        if typed is None:
            raise Interrupted("No secret was given; nothing was stored.")
        secret = typed
    if not secret:
        raise UsageProblem("The secret is empty; nothing was stored.", hint="Try again.")
    return secret


def _read_key_file(session: Session, section: Section, field: str) -> str:
    """Ask where the key lies and return what the file holds."""
    from energyctl.core.asking import ask
    from energyctl.core.inputs import read_text

    path = ask(session, f"Path of the {field} for {section.settings.title}, {section.label}: ")
    if not path:
        raise Interrupted("No file was named; nothing was stored.")
    return read_text(session, path, field).strip("\r\n")


def status_rows(session: Session, provider: str, hints: list[str | None]) -> list[dict[str, Any]]:
    """Return a row for each of a provider's secrets: set or not, from where, and the cached tokens.

    :param hints: takes what to do about each that is missing.
    """
    section = _section(session, provider)
    tokens = _token_module(provider)
    own_hints: list[str | None] = []
    rows = [
        row
        for field in _secrets(tokens, section)
        for row in _rows_of_secret(session, section, field, own_hints)
    ]
    one_is_there = getattr(tokens, "ONE_IS_ENOUGH", False) and any(row["is_set"] for row in rows)
    for row, hint in zip([one for one in rows if one["problem"]], own_hints, strict=True):
        if one_is_there and row["source"] == "keyring":  # nobody has put one there
            row["problem"] = None
        else:
            hints.append(hint)
    return rows


def _rows_of_secret(
    session: Session, section: Section, field: str, hints: list[str | None]
) -> list[dict[str, Any]]:
    if section.setting(field).value is None:
        return []
    provider = section.provider
    tokens = _token_module(provider)
    row: dict[str, Any] = {
        "provider": provider,
        "profile": session.profile.name,
        "environment": section.label,
        "secret": field,
        "is_set": False,
        "source": _shown_reference(str(section.setting(field).value)),
        "problem": None,
    }
    cached: list[dict[str, Any]] = []
    try:
        session.credentials.secret(section, field)
        row["is_set"] = True
        cached = tokens.cached(session, section, field)
    except EnergyctlError as error:
        row["problem"] = error.message
        hints.append(error.hint)
    if not cached:
        return [{**row, "token": "none", "token_expires_in_s": None, "scopes": None}]
    return [{**row, **one} for one in cached]


def _shown_reference(reference: str) -> str:
    """Return a reference without what may be private in it: a command is named by its first word."""
    if reference.startswith("command:"):
        return f"command:{reference.removeprefix('command:').split(' ')[0]} …"
    return reference
