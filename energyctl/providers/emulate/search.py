"""What ``energyctl find`` can ask of Emulate: a customer by id, all else by looking through the retailer's lists.

Fields are not public, so that every usual name is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from energyctl.core.searching import Depth, Hit, Lookup, by_name, by_value, the_one, walked
from energyctl.core.terms import Kind, Term
from energyctl.core.views import dig
from energyctl.providers.emulate.client import EmulateClient, connect
from energyctl.providers.emulate.views import customer_id, device_id, device_name

if TYPE_CHECKING:
    from energyctl.core.session import Session

_MAILS = ("email", "email_address", "emailAddress", "mail")
_PHONES = ("phone", "phone_number", "phoneNumber", "mobile", "msisdn")
_PERSONS = (("name",), ("first_name", "last_name"), ("firstName", "lastName"), ("display_name",))
_LABELS = (("custom_device_name",), ("labels.custom_device_name",), ("name",), ("display_name",))
_DEVICE_IDS = ("id", "device_id", "deviceId", "uuid", "serial_number", "vin")
_FACILITY_IDS = ("id", "facility_id", "facilityId")
_METERS = ("meter_id", "meterId", "gsrn", "metering_point_id", "meteringPointId", "meter.id")


def lookups(session: Session, depth: Depth) -> tuple[Lookup, ...]:
    """Return the lookups; nothing is asked before one is used."""
    search = _Search(session, depth)
    walk = f"as many as {depth.rows:,} rows take"
    ids = frozenset({Kind.ID, Kind.NUMBER, Kind.UUID})
    return (
        Lookup("customers by id", ids, "1 call", search.customer),
        Lookup(
            "customers by e-mail address, name or phone number",
            frozenset({Kind.EMAIL, Kind.NAME, Kind.PHONE}),
            walk,
            search.customers,
            dear=True,
        ),
        Lookup("devices by id or name", ids | {Kind.NAME}, walk, search.devices, dear=True),
        Lookup(
            "facilities by id or meter id",
            frozenset({Kind.ID, Kind.UUID, Kind.GSRN}),
            walk,
            search.facilities,
            dear=True,
        ),
    )


class _Search:
    def __init__(self, session: Session, depth: Depth) -> None:
        self.session = session
        self.depth = depth
        self._client: EmulateClient | None = None

    @property
    def client(self) -> EmulateClient:
        if self._client is None:
            self._client = connect(self.session)
        return self._client

    def customer(self, term: Term) -> Iterator[Hit]:
        if self.client.customer is not None and not term.equals(self.client.customer):
            return  # a customer's token brings that customer, whatever id is asked for
        found = the_one(lambda: self.client.get_customer(term.text))
        if not isinstance(found, Mapping):
            return
        own = customer_id(found)
        match = {"id": term.text} if own is None else by_value(found, term, found)
        if match:  # which of its ids a customer is asked for by is not public, but one of them it must be
            yield _customer(found, own if own and term.equals(own) else term.text, match, exact=True)

    def customers(self, term: Term) -> Iterator[Hit]:
        for row in walked(self.session, self.client.customers(), self.depth, "customers"):
            own = customer_id(row)
            match, exact = by_name(row, term, *_PERSONS) if Kind.NAME in term.kinds else ({}, True)
            match |= by_value(row, term, _MAILS)
            if Kind.PHONE in term.kinds:
                match |= {
                    name: value for name in _PHONES if (value := dig(row, name)) and term.is_phone(value)
                }
            if match and own is not None:
                yield _customer(row, own, match, exact=exact)

    def devices(self, term: Term) -> Iterator[Hit]:
        for row in walked(self.session, self.client.devices(None), self.depth, "devices"):
            match, exact = by_name(row, term, *_LABELS)
            if own := by_value(row, term, _DEVICE_IDS):
                match, exact = match | own, True
            whose, found = dig(row, "customer_id") or dig(row, "customerId"), device_id(row)
            if match and found is not None and whose is not None:
                command = ("emulate", "devices", "show", str(whose), found)
                yield Hit("device", found, device_name(row), match, command, exact, row)

    def facilities(self, term: Term) -> Iterator[Hit]:
        for row in walked(self.session, self.client.facilities(None), self.depth, "facilities"):
            match = by_value(row, term, (*_FACILITY_IDS, *_METERS))
            whose = dig(row, "customer_id") or dig(row, "customerId")
            if match and whose is not None:
                own = next((str(value) for path in _FACILITY_IDS if (value := dig(row, path))), term.text)
                name = dig(row, "name")
                command = ("emulate", "facilities", "list", str(whose))
                yield Hit("facility", own, str(name) if name else None, match, command, exact=True, data=row)


def _customer(row: Mapping[str, Any], own: str, match: Mapping[str, Any], *, exact: bool) -> Hit:
    names = (" ".join(str(one) for path in group if (one := dig(row, path))) for group in _PERSONS)
    command = ("emulate", "customers", "show", own)
    return Hit("customer", own, next(filter(None, names), None), match, command, exact, row)
