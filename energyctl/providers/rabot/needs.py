"""Which operations each of RABOT's commands needs, and whether the client may call them, offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from energyctl.core.permissions import LOCAL, REST_NEEDS, Needs, Verdict, weakest
from energyctl.core.profiles import Section
from energyctl.providers.rabot.operations import OPERATIONS, PARTNER

if TYPE_CHECKING:
    from energyctl.core.session import Session

NEEDS: Needs = {
    "tariffs list": ("list_tariffs",),
    "quote": ("calculate_price",),
    "orders template": LOCAL,
    "orders validate": LOCAL,
    "orders create": ("create_order",),
    "orders list": ("list_orders",),
    "orders show": ("get_order",),
    "orders wait": ("get_order",),
    "customers list": ("list_customers",),
    "customers link": ("link_customer",),
    "customers unlink": ("unlink_customer",),
    "contracts list": ("list_contracts",),
    "contracts metrics": ("get_metrics",),
    "contracts costs": ("get_costs",),
    "contracts working-prices": ("get_working_prices",),
    "documents list": ("list_documents",),
    "documents download": ("list_documents", "download_document"),
    "invoices list": ("list_documents",),
    "invoices download": ("list_documents", "download_document"),
    "prices": ("list_day_ahead_prices", "forecast_day_ahead_prices"),
    "consumption-plan submit": ("submit_consumption_plan",),
    **REST_NEEDS,
}
#: What any call needs at least.
ANY = ("list_tariffs",)


def told_needs(operations: tuple[str, ...]) -> list[str]:
    """Return what operations need in the provider's words: scopes."""
    from energyctl.providers.rabot.grants import wanted

    scopes = [" or ".join(wanted(OPERATIONS[one])) for one in operations]
    return list(dict.fromkeys((PARTNER, *scopes)))


def may(session: Session, section: Section, operations: tuple[str, ...]) -> Verdict:
    """Say whether operations may be called, from kept tokens and remembered refusals.

    :raises EnergyctlError: when the secret or a setting is missing.
    """
    from energyctl.providers.rabot.grants import judged, known_grants
    from energyctl.providers.rabot.tokens import LOGIN_SECRET, Tokens

    session.credentials.secret(section, LOGIN_SECRET)
    grants = known_grants(Tokens(session, section))
    return weakest([judged(one, grants) for one in operations])
