"""What ``energyctl find`` can ask of RABOT: numbers and own ids directly, all else by looking through the lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from energyctl.core.searching import Depth, Hit, Lookup, by_name, by_value, the_one, walked
from energyctl.core.terms import Kind, Term
from energyctl.providers.rabot.client import PAGE_SIZE, RabotClient, connect
from energyctl.providers.rabot.views import person

if TYPE_CHECKING:
    from energyctl.core.session import Session

_NAMES = (("firstName", "lastName"), ("businessName",))
_OF_CUSTOMER = ("emailAddress", "externalIdentifier")
_OF_ORDER = ("emailAddress", "maLoIdentifier", "meLoIdentifier", "meterNumber")
#: Orders of one customer that are looked at for the customer's name.
_FEW = 1


def lookups(session: Session, depth: Depth) -> tuple[Lookup, ...]:
    """Return the lookups; nothing is asked before one is used."""
    search = _Search(session, depth)
    walk = f"up to {-(-depth.rows // PAGE_SIZE)} calls"
    listed = frozenset({Kind.EMAIL, Kind.NAME})
    metering = frozenset({Kind.MALO, Kind.MELO, Kind.ID})
    numbers = frozenset({Kind.NUMBER})
    return (
        Lookup("orders by contract number", numbers, "1 call", search.order),
        Lookup("customers by number", numbers, "1 call", search.numbered),
        Lookup("customers by your own id", numbers | {Kind.ID, Kind.UUID}, "1 call", search.external),
        Lookup("customers by e-mail address or name", listed, walk, search.customers, dear=True),
        Lookup(
            "orders by e-mail address, name, meter, MaLo or MeLo",
            listed | metering,
            walk,
            search.orders,
            dear=True,
        ),
    )


class _Search:
    def __init__(self, session: Session, depth: Depth) -> None:
        self.session = session
        self.depth = depth
        self._client: RabotClient | None = None

    @property
    def client(self) -> RabotClient:
        if self._client is None:
            self._client = connect(self.session)
        return self._client

    def order(self, term: Term) -> Iterator[Hit]:
        found = the_one(lambda: self.client.order(term.text))
        if isinstance(found, Mapping) and term.equals(found.get("contractNumber")):
            yield _order(found, {"contractNumber": found["contractNumber"]}, exact=True)

    def numbered(self, term: Term) -> Iterator[Hit]:
        for order in the_one(lambda: list(self.client.orders(term.text, _FEW))) or ():
            if isinstance(order, Mapping) and term.equals(order.get("customerNumber")):
                yield _customer(order, {"customerNumber": order["customerNumber"]}, exact=True)

    def external(self, term: Term) -> Iterator[Hit]:
        for customer in the_one(lambda: list(self.client.customers(term.text, PAGE_SIZE))) or ():
            if match := by_value(customer, term, ("externalIdentifier",)):
                yield _customer(customer, match, exact=True)

    def customers(self, term: Term) -> Iterator[Hit]:
        for customer in walked(self.session, self.client.customers(), self.depth, "customers"):
            match, exact = _matched(customer, term, _OF_CUSTOMER)
            if match:
                yield _customer(customer, match, exact=exact)

    def orders(self, term: Term) -> Iterator[Hit]:
        for order in walked(self.session, self.client.orders(), self.depth, "orders"):
            match, exact = _matched(order, term, _OF_ORDER)
            if match:
                yield _order(order, match, exact=exact)


def _matched(row: Any, term: Term, paths: tuple[str, ...]) -> tuple[dict[str, Any], bool]:
    if Kind.NAME in term.kinds:
        return by_name(row, term, *_NAMES)
    match = by_value(row, term, paths)
    return match, bool(match)


def _order(order: Mapping[str, Any], match: Mapping[str, Any], *, exact: bool) -> Hit:
    number = str(order.get("contractNumber"))
    command = ("rabot", "orders", "show", number)
    return Hit("order", number, person(order), match, command, exact, order)


def _customer(row: Mapping[str, Any], match: Mapping[str, Any], *, exact: bool) -> Hit:
    number = str(row.get("customerNumber"))
    command = ("rabot", "contracts", "list", number)
    return Hit("customer", number, person(row), match, command, exact, row)
