"""What ``energyctl doctor emporia --online`` asks: a token, and the list of devices. Two calls of the budget."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import EnergyctlError
from energyctl.core.health.findings import of_error
from energyctl.core.profiles import Section
from energyctl.providers.emporia.client import EmporiaClient

if TYPE_CHECKING:
    from energyctl.core.session import Session


def checks(
    session: Session, section: Section, *, online: bool, customer: str | None
) -> Iterator[dict[str, Any]]:
    """Yield whether the password is accepted and the token serves (contract, "Authenticate" and "GetDevices").

    A new token is asked for, so that an old one does not hide a password that has changed.
    """
    del customer  # Emporia has no credential for one customer
    if not online:
        return
    client = EmporiaClient(session, section)
    step = "sign-in"
    try:
        kept = session.tokens.peek(client.key())
        client.token(rejected=kept.value if kept else None)
        accepted = f"Emporia accepts the password of {client.email}."
        yield {"check": step, "status": "pass", "message": accepted, "fix": None}
        step = "read"
        count = len(client.devices())
        listed = f"{count} device{'s are' if count != 1 else ' is'} listed."
        yield {"check": step, "status": "pass", "message": listed, "fix": None}
    except EnergyctlError as error:
        found = of_error(step, error)
        yield {**found.as_row(), "kind": found.kind}
    finally:
        client.rpc.close()
