"""What ``energyctl doctor bright --online`` asks: one search for an account that nobody has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import EnergyctlError
from energyctl.core.profiles import Section
from energyctl.providers.bright.client import BrightClient

if TYPE_CHECKING:
    from energyctl.core.session import Session

_NOBODY = "nobody@example.invalid"


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
        if error.http_status not in (404, 501):  # past the door: nobody found, or not built
            yield {"check": "sign-in", "status": "fail", "message": error.message, "fix": error.hint}
            return
    accepted = f"The backend accepts what is sent with auth: {client.tokens.mode}."
    yield {"check": "sign-in", "status": "pass", "message": accepted, "fix": None}
