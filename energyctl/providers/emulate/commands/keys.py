"""``emulate keys``: make a key pair and say how to register it (contract 3.4)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.core.errors import EnergyctlError, Interrupted, UsageProblem
from energyctl.core.files import save_download
from energyctl.core.inputs import expanded
from energyctl.core.leftovers import is_taken
from energyctl.providers.emulate.keybook import MADE
from energyctl.providers.emulate.operations import RETAILER_API, SINGLE_CUSTOMER_API
from energyctl.providers.emulate.settings import SETTINGS
from energyctl.providers.emulate.tokens import KEY_FIELDS, Tokens

if TYPE_CHECKING:
    from energyctl.core.profiles import Section
    from energyctl.core.session import Session

app = noun("Make key pairs.")

_TITLES = {RETAILER_API: "Retailer API", SINGLE_CUSTOMER_API: "Single Customer API"}


@app.command("generate")
def generate_key(
    ctx: typer.Context,
    api: Annotated[
        str,
        typer.Option(
            "--api",
            metavar="API",
            help="retailer or single-customer: keys are registered per API.",
            autocompletion=lambda: list(_TITLES),
        ),
    ],
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", metavar="FILE", help="Where the private key goes [default: emulate-API-key.pem]."
        ),
    ] = None,
    bits: Annotated[int, typer.Option("--bits", metavar="N", help="Length of the key, 3072 to 8192.")] = 3072,
    passphrase: Annotated[
        str | None,
        typer.Option(
            "--passphrase",
            metavar="[=REF]",
            help="Encrypt it: asked for on the terminal, or by reference (env:NAME, file:PATH, command:COMMAND).",
        ),
    ] = None,
) -> None:
    """Make an RSA key pair: the private key in a file of mode 0600, the public one beside it, and what to do next.

    An existing file is never replaced. Use a different key for each environment and each application.

    Examples:
    energyctl emulate keys generate --api retailer --to retailer.pem
    energyctl emulate keys generate --api single-customer --to customer.pem --bits 4096 -o json
    """
    from energyctl.providers.emulate.keys import DEFAULT_BITS, MOST_BITS, generate

    session = session_of(ctx)
    if api not in _TITLES:
        raise UsageProblem(f"--api '{api}' is not an API.", hint=f"Use one of {', '.join(_TITLES)}.")
    if not DEFAULT_BITS <= bits <= MOST_BITS or bits % 8:
        raise UsageProblem(
            f"--bits {bits}: a key has {DEFAULT_BITS} to {MOST_BITS} bits.", hint="Leave it out for 3072."
        )
    private_file = expanded(to or f"emulate-{api}-key.pem")
    public_file = private_file.with_suffix(".pub.pem")
    _check_free(private_file, public_file)
    secret = _passphrase(session, passphrase)
    private, public, mark = generate(bits, secret)
    save_download(private_file, [private], private=True)
    save_download(public_file, [public])
    section = _section(session)
    if section is not None:
        tokens = Tokens(session, section)
        retailer = section.setting("retailer_id").value
        tokens.book.remember(
            mark, api=api, retailer_id=retailer if isinstance(retailer, int) else None, how=MADE
        )
    for line in _steps(section, api, private_file, public_file):
        session.notice(line)
    session.out.one(
        {
            "api": api,
            "environment": section.label if section is not None else None,
            "bits": bits,
            "key_fingerprint": mark,
            "private_key_file": str(private_file),
            "public_key_file": str(public_file),
            "public_key": public.decode(),
        }
    )


def _check_free(private_file: Path, public_file: Path) -> None:
    taken = [file for file in (private_file, public_file) if is_taken(file)]
    if not taken:
        return
    hint = "Choose another file with --to."
    if taken == [private_file]:  # perhaps a run that was cut off between the two
        hint = f"Choose another file with --to; the public half of that one: openssl pkey -in {private_file} -pubout"
    raise UsageProblem(f"{taken[0]} exists already; no key was made.", hint=hint, code="file_exists")


def _section(session: Session) -> Section | None:
    """Return the profile's section, so that the key is remembered for its environment; a key needs no profile."""
    try:
        section = session.profile.section(SETTINGS)
        return section if section.setting("api_url").value else None
    except EnergyctlError:
        return None


def _passphrase(session: Session, reference: str | None) -> str | None:
    if reference is None:
        return None
    if reference:
        found = session.credentials.follow(reference, "--passphrase")
    else:
        if not session.can_ask:
            raise UsageProblem(
                "Nobody can be asked for the passphrase here.", hint="Give a reference: --passphrase=env:NAME"
            )
        from energyctl.core.asking import ask_hidden

        typed = ask_hidden(session, "Passphrase of the new key: ")
        if typed is None:
            raise Interrupted("No passphrase was given; no key was made.")
        if typed != ask_hidden(session, "Once more: "):
            raise Interrupted("The two differ; no key was made.")
        found = typed
    if not found:
        raise UsageProblem(
            "The passphrase is empty; no key was made.", hint="Leave --passphrase out for none."
        )
    session.redactor.learn(found)
    return found


def _steps(section: Section | None, api: str, private_file: Path, public_file: Path) -> list[str]:
    """Return what to do with the key: the portal's steps, then the profile's line."""
    where = f" of {section.label}" if section is not None and section.environment.value else ""
    title = _TITLES[api]
    return [
        "Next:",
        f"  1. Log in to the Emulate portal{where}. Keys are registered per environment and per API.",
        f"  2. API Settings, Key Management, under '{title}': register {public_file}. How a key made elsewhere is",
        "     handed in is not documented; if the portal only offers Generate Key Pair, use the pair it shows instead.",
        f"  3. In the profile: emulate.{KEY_FIELDS[api]}: file:{private_file.resolve()}",
        "  4. To replace a key: register the new one, switch over, then remove the old one in the portal.",
    ]
