"""``emulate token``: mint tokens for other tools, and see what a token says and whether it would be accepted."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.core.errors import AuthenticationFailed, ConfigProblem, EnergyctlError, UsageProblem
from energyctl.core.inputs import read_assignment, read_text
from energyctl.core.times import ago, wait_text
from energyctl.providers.emulate.commands.arguments import AsCustomer
from energyctl.providers.emulate.operations import RETAILER_API, SINGLE_CUSTOMER_API
from energyctl.providers.emulate.settings import SETTINGS
from energyctl.providers.emulate.tokens import KEY_FIELDS, Tokens
from energyctl.providers.emulate.views import CHECKS

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from energyctl.core.session import Session
    from energyctl.providers.emulate.jwts import ReadToken

app = noun("Mint and inspect tokens.")

_APIS = (RETAILER_API, SINGLE_CUSTOMER_API)


@app.command("mint")
def mint_token(
    ctx: typer.Context,
    customer: Annotated[
        str | None,
        typer.Option("--customer", metavar="ID", help="For this customer alone (Single Customer API)."),
    ] = None,
    ttl: Annotated[
        str | None,
        typer.Option("--ttl", metavar="TIME", help="Its life, such as 10m or 12h [default: the profile's]."),
    ] = None,
    claims: Annotated[
        list[str] | None,
        typer.Option("--claim", metavar="K=V", help="A further claim; K:=JSON for other than a text."),
    ] = None,
) -> None:
    """Sign a token with the profile's key and print it. Whoever has it can act with it until it expires.

    Examples:
    energyctl emulate token mint --ttl 5m
    energyctl emulate token mint --customer C-100001 -o json
    """
    session = session_of(ctx)
    tokens = Tokens(session, session.profile.section(SETTINGS))
    if customer is not None and not customer.strip():
        raise UsageProblem(
            "--customer is empty.", hint="Leave it out for the Retailer API.", provider="emulate"
        )
    extra = dict(read_assignment(one, "--claim ") for one in claims or [])
    minted = tokens.mint(customer, ttl=ttl, extra=extra)
    if session.options.output in (None, "table", "tsv", "ids"):
        session.out.text(minted.value)
        return
    session.out.one(
        {
            "token": minted.value,
            "api": SINGLE_CUSTOMER_API if customer is not None else RETAILER_API,
            "key_fingerprint": minted.fingerprint,
            "claims": dict(minted.claims),
            "expires_at": datetime.fromtimestamp(float(minted.claims["exp"]), UTC).isoformat(),
        }
    )


@app.command("inspect")
def inspect_token(
    ctx: typer.Context,
    token: Annotated[
        str | None,
        typer.Argument(
            metavar="[TOKEN|-]", help="The token, or - for standard input [default: the profile's own]."
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option("--key", metavar="FILE", help="Verify with this key, private or public, PEM."),
    ] = None,
    api: Annotated[
        str | None,
        typer.Option(
            "--api",
            metavar="API",
            help="retailer or single-customer [default: by its claims].",
            autocompletion=lambda: list(_APIS),
        ),
    ] = None,
    as_customer: AsCustomer = None,
) -> None:
    """Show what a token says, its times in words, and evaluate the six checks behind a 403.

    The signature is verified with --key, else with the profile's keys. Exit code 4: a check fails, or the signature is
    not that of --key.

    Examples:
    energyctl emulate token inspect
    energyctl emulate token mint --customer C-100001 | energyctl emulate token inspect - -o json
    """
    from energyctl.providers.emulate.checks import FAIL, examine, rows
    from energyctl.providers.emulate.jwts import read_token

    session = session_of(ctx)
    if api is not None and api not in _APIS:
        raise UsageProblem(f"--api '{api}' is not an API.", hint=f"Use one of {', '.join(_APIS)}.")
    tokens = Tokens(session, session.profile.section(SETTINGS))
    text = tokens.get(as_customer) if token is None else token
    if text == "-":
        text = read_text(session, text, "TOKEN")
    session.redactor.learn(text.strip())
    found = read_token(text)
    session.redactor.learn(found.compact)
    chosen = api or _api_by_claims(tokens, found)
    checks = examine(session, tokens, text, chosen)
    told: dict[str, Any] = {
        "api": chosen,
        "header": dict(found.header),
        "claims": dict(found.claims),
        "times": _times(found, session),
        "signature": _signature(session, tokens, found, key, chosen),
        "checks": rows(checks),
    }
    if session.out.format == "table":
        session.out.one({name: value for name, value in told.items() if name != "checks"})
        session.out.text("")
        session.out.rows(told["checks"], CHECKS)
    else:
        session.out.one(told)
    failed = [one for one in checks if one.status == FAIL]
    if failed or told["signature"].startswith("wrong"):
        raise AuthenticationFailed(
            f"This token would be refused: {failed[0].message if failed else 'its signature is ' + told['signature']}",
            hint=failed[0].fix if failed else "Sign it with the key that belongs to it.",
            provider="emulate",
            code="token_unfit",
        )


def _api_by_claims(tokens: Tokens, found: ReadToken) -> str:
    return SINGLE_CUSTOMER_API if tokens.claim_names["customer"] in found.claims else RETAILER_API


def _times(found: ReadToken, session: Session) -> dict[str, str]:
    """Return the token's times with how far they are."""
    now = session.now()
    told = {}
    for claim, word in (("iat", "issued"), ("nbf", "holds from"), ("exp", "expires")):
        at = found.time_of(claim)
        if at is None:
            continue
        instant = datetime.fromisoformat(at)
        distance = f"in {wait_text((instant - now).total_seconds())}" if instant > now else ago(instant, now)
        told[word] = f"{at} ({distance})"
    if "exp" not in found.claims:
        told["expires"] = "never"
    return told


def _signature(session: Session, tokens: Tokens, found: ReadToken, key: str | None, api: str) -> str:
    """Say whether the signature is that of the given key, or of one of the profile's."""
    from energyctl.providers.emulate.jwts import is_signed_by

    if found.header.get("alg") != "RS256":
        return f"not verified: the algorithm is {found.header.get('alg')!r}, not RS256"
    candidates: dict[str, RSAPublicKey] = {}
    if key is not None:
        candidates[key] = _key_from(session, key)
    else:
        for name in (api, *(one for one in _APIS if one != api)):
            with suppress(EnergyctlError):
                candidates[f"emulate.{KEY_FIELDS[name]}"] = tokens.private_key(name).public_key()
    if not candidates:
        return "not verified: there is no key to verify it with"
    for name, public in candidates.items():
        if is_signed_by(found, public):
            return f"right, by {name}"
    if key is not None:
        return f"wrong: not that of {key}"
    # Several keys can be registered, so that one which the profile lacks may well be right (contract 3.4).
    return f"not verified: it is of none of the profile's keys ({', '.join(candidates)})"


def _key_from(session: Session, path: str) -> RSAPublicKey:
    from energyctl.providers.emulate.keys import read_any_key

    text = read_text(session, path, "--key")
    try:
        return read_any_key(text, None, f"--key {path}")
    except ConfigProblem as problem:
        raise UsageProblem(
            problem.message, hint=problem.hint, code=problem.code, provider="emulate"
        ) from None
