"""Which methods each of Emporia's commands needs, and whether the account may call them, offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from energyctl.core.permissions import ANY_CALL, MAYBE, YES, Needs, Verdict
from energyctl.core.profiles import Section

if TYPE_CHECKING:
    from energyctl.core.session import Session

_OUTLETS = ("GetDevices", "ListOutlets")
_CHARGERS = ("GetDevices", "ListEVChargers")
_BATTERIES = ("GetDevices", "ListBatteries")
NEEDS: Needs = {
    "devices list": ("GetDevices",),
    "devices show": ("GetDevices",),
    "usage": ("GetDevices", "GetUsageData"),
    "outlets list": _OUTLETS,
    "outlets show": _OUTLETS,
    "outlets on": (*_OUTLETS, "UpdateOutlets"),
    "outlets off": (*_OUTLETS, "UpdateOutlets"),
    "chargers list": _CHARGERS,
    "chargers show": _CHARGERS,
    "chargers on": (*_CHARGERS, "UpdateEVChargers"),
    "chargers off": (*_CHARGERS, "UpdateEVChargers"),
    "chargers set": (*_CHARGERS, "UpdateEVChargers"),
    "batteries list": _BATTERIES,
    "batteries show": _BATTERIES,
    "batteries set": (*_BATTERIES, "UpdateBatteries"),
    "utility-connects list": ("GetDevices", "ListUtilityConnects"),
    "call": ANY_CALL,
}
#: What any call needs at least.
ANY = ("Authenticate",)


def told_needs(operations: tuple[str, ...]) -> list[str]:
    """Return what operations need in the provider's words: methods, since there are no scopes."""
    return list(operations)


def may(session: Session, section: Section, operations: tuple[str, ...]) -> Verdict:
    """Say whether methods may be called: whoever is signed in may call them all on the partner's own devices.

    :raises EnergyctlError: when the password or a setting is missing.
    """
    from energyctl.providers.emporia.client import EmporiaClient
    from energyctl.providers.emporia.tokens import LOGIN_SECRET

    del operations  # the account's token serves them all
    client = EmporiaClient(session, section)
    session.credentials.secret(section, LOGIN_SECRET)
    if session.tokens.peek(client.key()) is not None:
        return Verdict(YES, f"{client.email} has signed in; Emporia's tokens have no scopes.")
    told = f"The password of {client.email} is set, and has not been tried yet."
    return Verdict(MAYBE, told, "Try it: energyctl doctor emporia --online")
