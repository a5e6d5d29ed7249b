"""What ``energyctl doctor rabot`` tells: the client's scopes against the commands, and online one read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import EnergyctlError
from energyctl.core.health.findings import PASS, WARN, of_error
from energyctl.core.profiles import Section
from energyctl.providers.rabot.client import RabotClient
from energyctl.providers.rabot.grants import Grants, held, is_granted, known_grants, lacks
from energyctl.providers.rabot.needs import NEEDS
from energyctl.providers.rabot.operations import PARTNER, SCOPE_SETS

if TYPE_CHECKING:
    from energyctl.core.session import Session


def checks(
    session: Session, section: Section, *, online: bool, customer: str | None
) -> Iterator[dict[str, Any]]:
    """Yield whether the client is accepted, which scopes it has, and whether a read is answered (3.2, 4.1).

    Offline the scopes are those of kept tokens and remembered refusals; without any there is nothing to tell.
    """
    del customer  # RABOT has no credential for one customer
    client = RabotClient(session, section)
    tokens = client.tokens
    if not online:
        grants = known_grants(tokens)
        if grants:
            yield _scopes(grants)
        return
    step = "sign-in"
    try:
        may_read = is_granted(tokens, (PARTNER,))
        yield _row(step, PASS, f"RABOT accepts the client '{tokens.client_id}'.")
        step = "scopes"
        others = {scopes: is_granted(tokens, scopes) for scopes in SCOPE_SETS if scopes != (PARTNER,)}
        yield _scopes({(PARTNER,): may_read, **others})
        step = "read"
        if may_read:
            count = len(client.tariffs())
            yield _row(step, PASS, f"{count} tariff{'s are' if count != 1 else ' is'} listed.")
    except EnergyctlError as error:
        found = of_error(step, error)
        yield {**found.as_row(), "kind": found.kind}


def _scopes(grants: Grants) -> dict[str, Any]:
    has = ", ".join(held(grants)) or "no scope"
    lacking = lacks(grants, NEEDS)
    if not lacking:
        return _row("scopes", PASS, f"This client has {has}.")
    told = f"{'; '.join(lacking)}; this client has {has}."
    fix = "Ask RABOT to assign what is missing, if you need it; see: energyctl auth can rabot COMMAND"
    return _row("scopes", WARN, told, fix)


def _row(check: str, status: str, message: str, fix: str | None = None) -> dict[str, Any]:
    return {"check": check, "status": status, "message": message, "fix": fix}
