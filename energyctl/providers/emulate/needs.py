"""Which operations each of Emulate's commands needs, and whether the keys are right for them, offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from energyctl.core.errors import AuthenticationFailed
from energyctl.core.permissions import LOCAL, MAYBE, NO, REST_NEEDS, YES, Needs, Verdict
from energyctl.core.profiles import Section
from energyctl.providers.emulate.operations import (
    OPERATIONS,
    RETAILER_API,
    SINGLE_CUSTOMER_API,
    has_customer_form,
)

if TYPE_CHECKING:
    from energyctl.core.session import Session

__all__ = ["ANY", "NEEDS", "OPERATIONS", "may", "told_needs"]

_DEVICES = "list_customer_devices"
NEEDS: Needs = {
    "customers list": ("list_customers",),
    "customers show": ("get_customer",),
    "customers offboard": (_DEVICES, "remove_device"),
    "facilities list": ("list_facilities",),
    "devices list": ("list_devices",),
    "devices show": (_DEVICES, "get_device"),
    "devices logs": (_DEVICES, "list_device_logs"),
    "devices rename": (_DEVICES, "get_device", "rename_device"),
    "devices remove": (_DEVICES, "remove_device"),
    "spo show": ("list_spo_settings",),
    "spo set": (_DEVICES, "get_spo_settings", "set_spo_settings"),
    "consumption": ("get_consumption",),
    "savings": ("get_savings",),
    "onboarding link": ("create_onboarding_link",),
    "token mint": LOCAL,
    "token inspect": LOCAL,
    "keys generate": LOCAL,
    **REST_NEEDS,
}
#: What any call needs at least.
ANY: tuple[str, ...] = ()
#: Also answered for one customer, when one is named.
_OR_ONE_CUSTOMER = {"list_facilities": "list_customer_facilities", "list_devices": _DEVICES}
_ANYBODY = "unknown-customer"
_TITLES = {RETAILER_API: "Retailer", SINGLE_CUSTOMER_API: "Single Customer"}


def told_needs(operations: tuple[str, ...]) -> list[str]:
    """Return what operations need in the provider's words: a key, or one of two where one customer is enough."""
    if all(has_customer_form(one) for one in operations):
        return ["retailer_key or customer_key"]
    return ["retailer_key"]


def may(session: Session, section: Section, operations: tuple[str, ...]) -> Verdict:
    """Say whether the token that the commands would use is one that Emulate lets in (contract 3.5), as seen from here.

    :raises EnergyctlError: when there is no key, or a setting is missing.
    """
    from energyctl.providers.emulate.checks import FAIL, PASS, examine
    from energyctl.providers.emulate.tokens import KEY_FIELDS, Tokens, api_of

    tokens = Tokens(session, section)
    section.url("api_url")
    customer = tokens.given_customer()
    if not tokens.has_key(RETAILER_API) and not tokens.given:
        if not tokens.has_key(SINGLE_CUSTOMER_API):
            raise AuthenticationFailed(
                f"Neither key of Emulate is set in profile '{section.profile.name}'.",
                hint="Store one with: energyctl auth login emulate",
                provider="emulate",
            )
        customer = _ANYBODY
    beyond = [one for one in operations if not has_customer_form(one)]
    if customer is not None and beyond and not all(one in _OR_ONE_CUSTOMER for one in beyond):
        with_what = f"a token of customer {customer}" if tokens.given else "the Single Customer key"
        told = f"It needs the retailer's key; this profile has {with_what} alone."
        return Verdict(NO, told, "Store the key: energyctl auth login emulate --secret retailer_key")
    # not kept: the first call that signs for itself is the one whose key is remembered as accepted
    text = tokens.get(customer) if tokens.given else tokens.mint(customer).value
    api = api_of(customer)
    found = [one for one in examine(session, tokens, text, api) if one.check != "customer"]
    wrong = next((one for one in found if one.status == FAIL), None)
    if wrong is not None:
        signed_out = wrong.check in ("well_formed", "rs256", "not_expired")
        return Verdict(NO, wrong.message, wrong.fix, signed_out=signed_out)
    only = "" if customer is None or not beyond else " For one customer alone, with --customer ID."
    whose = f"The {_TITLES[api]} API's key is set (emulate.{'token' if tokens.given else KEY_FIELDS[api]})"
    if all(one.status == PASS for one in found):
        return Verdict(YES, f"{whose} and known to be right here.{only}")
    told = f"{whose}; whether Emulate takes it is not known before a first call.{only}"
    return Verdict(MAYBE, told, "Try it: energyctl doctor emulate --online")
