"""Which operations each of Bright Kit's commands needs, and whether there is a credential for them, offline."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from energyctl.core.permissions import REST_NEEDS, YES, Needs, Verdict
from energyctl.core.profiles import Section
from energyctl.providers.bright.operations import OPERATIONS

if TYPE_CHECKING:
    from energyctl.core.session import Session

__all__ = ["ANY", "NEEDS", "OPERATIONS", "may", "told_needs"]

NEEDS: Needs = {
    "accounts search": ("search_accounts",),
    "accounts show": ("get_account",),
    "users list": ("get_user_roles",),
    "users add": ("get_user_roles", "add_user"),
    "users update": ("get_user_roles", "update_user"),
    "locations list": ("get_locations",),
    "agreements list": ("get_locations", "get_agreements"),
    "products list": ("get_locations", "get_products"),
    "invoices list": ("get_invoices",),
    "invoices url": ("get_invoice_url",),
    "invoices download": ("get_invoices", "get_invoice_url", "get_invoice_stream"),
    "measurements": ("get_locations", "get_measurements"),
    "cost": ("get_locations", "get_cost"),
    "events list": ("get_locations", "get_service_events"),
    "events report": ("report_event",),
    "bankid": ("bankid_auth", "bankid_sign", "bankid_collect", "bankid_cancel", "bankid_qr"),
    "openid": ("openid_configuration",),
    "verify": tuple(
        one.id for one in OPERATIONS.values() if one.reads and one.tag not in ("oauth", "bankid")
    ),
    **REST_NEEDS,
}
#: What any call needs at least.
ANY: tuple[str, ...] = ()
#: Called without a credential of the data layer.
_PUBLIC = frozenset({"openid_configuration"})


def told_needs(operations: tuple[str, ...]) -> list[str]:
    """Return what operations need: themselves, since the Kit documents no scopes."""
    return list(operations)


def may(session: Session, section: Section, operations: tuple[str, ...]) -> Verdict:
    """Say whether there is a credential of the kind that the profile's ``auth`` asks for (contract 2).

    :raises EnergyctlError: when there is none, or a setting is missing.
    """
    from energyctl.providers.bright.tokens import API_KEY, NONE, Tokens

    section.url("base_url")
    tokens = Tokens(session, section)
    if operations and set(operations) <= _PUBLIC:
        return Verdict(YES, "It is public and carries no credential.")
    if tokens.mode == NONE:
        return Verdict(YES, "auth is none: the backend is called without a credential.")
    if tokens.mode == API_KEY:
        tokens.get()
        return Verdict(YES, "The API key is set; an API key has no scopes.")
    kept = session.tokens.peek(tokens.key())
    if kept is None or not kept.usable(time.time()):
        tokens.refresh_token.stored()
        return Verdict(YES, "A refresh token is kept; the next call gets an access token with it.")
    scope = section.setting("scope").value
    scopes = f" with the scopes {scope}" if scope else "; no scopes were asked for"
    return Verdict(YES, f"An access token is kept{scopes}.")
