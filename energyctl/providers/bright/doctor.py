"""What ``energyctl doctor bright --online`` asks: one search for an account that nobody has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import EnergyctlError
from energyctl.core.health.findings import PASS, UNKNOWN, Finding, of_error
from energyctl.core.profiles import Section
from energyctl.providers.bright.client import BrightClient
from energyctl.providers.bright.tokens import NOT_THERE, SAYS_NOTHING

if TYPE_CHECKING:
    from energyctl.core.session import Session

_NOBODY = "nobody@example.invalid"
_PARAMETERS = "The name of the parameter is only inferred; correct it with bright.parameters in the profile."


def checks(
    session: Session, section: Section, *, online: bool, customer: str | None
) -> Iterator[dict[str, Any]]:
    """Yield whether the backend accepts the credentials in force: API key, access token or none (contract 2).

    An access token is renewed for it where that is due, without anybody present.
    """
    del customer  # the Kit has no credential for one customer
    if not online:
        return
    client = BrightClient(session, section)
    try:
        client.search(email=_NOBODY)
    except EnergyctlError as error:
        found = of_error("sign-in", error)
        if error.operation == "search_accounts" and error.http_status in SAYS_NOTHING:
            told = f"The test search tells nothing of the credential: {error.message}"
            fix = error.hint if error.http_status in NOT_THERE else _PARAMETERS
            found = Finding("sign-in", UNKNOWN, told, fix)
        yield {**found.as_row(), "kind": found.kind}
        return
    accepted = f"The backend accepts what is sent with auth: {client.tokens.mode}."
    yield {"check": "sign-in", "status": PASS, "message": accepted, "fix": None}
