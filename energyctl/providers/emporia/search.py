"""What ``energyctl find`` can ask of Emporia: the device list, which is kept for an hour, for at most one call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from energyctl.core.searching import Depth, Hit, Lookup, by_name, by_value
from energyctl.core.terms import Kind, Term
from energyctl.providers.emporia.inventory import Inventory, device_cache
from energyctl.providers.emporia.settings import SETTINGS

if TYPE_CHECKING:
    from energyctl.core.session import Session

_CUSTOMER_NAME = ("first_name", "last_name")


def lookups(session: Session, depth: Depth) -> tuple[Lookup, ...]:
    """Return the one lookup: all that Emporia tells of devices and their customers stands in one list."""

    def find(term: Term) -> Iterator[Hit]:
        cache = device_cache(session, session.profile.section(SETTINGS))
        inventory = None if depth.refresh else Inventory.kept(session, cache)
        if inventory is None:
            from energyctl.providers.emporia.client import connect  # gRPC is heavy; a kept list needs none

            inventory = Inventory.load(connect(session), refresh=True)
        for device_id, device in inventory.by_id.items():
            match, exact = _matched(device, term)
            if match:
                command = ("emporia", "devices", "show", device_id)
                yield Hit("device", device_id, inventory.name(device_id), match, command, exact, device)

    kinds = frozenset({Kind.EMAIL, Kind.NAME, Kind.ID, Kind.NUMBER, Kind.UUID})
    what = "devices by id, name, or the customer's e-mail address or name"
    return (Lookup(what, kinds, "1 call an hour", find),)


def _matched(device: Mapping[str, Any], term: Term) -> tuple[dict[str, Any], bool]:
    match = by_value(device, term, ("manufacturer_device_id", "device_name"))
    exact = bool(match)
    if Kind.NAME in term.kinds:
        match, exact = by_name(device, term, ("device_name",))
    for number, customer in enumerate(device.get("customers") or ()):
        own = by_value(customer, term, ("email",))
        whole = bool(own)
        if Kind.NAME in term.kinds:
            own, whole = by_name(customer, term, _CUSTOMER_NAME)
        match |= {f"customers.{number}.{path}": value for path, value in own.items()}
        exact = exact or whole
    return match, exact
