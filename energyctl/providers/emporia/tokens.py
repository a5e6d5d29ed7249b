"""How Emporia's token is obtained, in the form that ``energyctl auth`` asks of every provider."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import UsageProblem
from energyctl.core.limits import Budget
from energyctl.core.profiles import Section
from energyctl.providers.emporia.client import EmporiaClient
from energyctl.providers.emporia.inventory import device_cache

if TYPE_CHECKING:
    from energyctl.core.session import Session

LOGIN_SECRET = "password"  # noqa: S105 - the field's name


def prove(session: Session, section: Section, _field: str, secret: str) -> dict[str, Any]:
    """Try a password once.

    :raises AuthenticationFailed: when Emporia does not accept it.
    """
    client = EmporiaClient(session, section)
    session.redactor.learn(client.authenticate(secret).value)
    return {"email": client.email, "token_lifetime_s": None}


def access_token(session: Session, section: Section, scopes: list[str]) -> str:
    """Return the token; Emporia knows no scopes."""
    if scopes:
        raise UsageProblem("Emporia's tokens have no scopes.", hint="Leave --scope out.")
    return EmporiaClient(session, section).token()


def cached(session: Session, section: Section, _field: str) -> list[dict[str, Any]]:
    """Return what is known of the cached token, without asking anybody."""
    token = session.tokens.peek(EmporiaClient(session, section).key())
    if token is None:
        return []
    age = round(time.time() - token.obtained_at)
    return [
        {
            "token": f"obtained {age} s ago, lifetime not documented",
            "token_expires_in_s": None,
            "scopes": None,
        }
    ]


def forget(session: Session, section: Section) -> int:
    """Remove the cached tokens, and the device list with its customers; return how many tokens there were."""
    device_cache(session, section).forget()
    return session.tokens.forget_all(section)


def budget(session: Session, section: Section) -> Budget:
    """Return the account's call budget."""
    return EmporiaClient(session, section).budget
