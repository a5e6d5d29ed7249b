"""The provider's records.

Customers, their consents and contracts, and which client may see whom (contract 4.6 to 4.9).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from energyctl.sandbox.clock import SandboxClock
from energyctl.sandbox.rabot.clients import Client
from energyctl.sandbox.rabot.contracts import Contract, Customer
from energyctl.sandbox.rabot.orderbook import OrderBook
from energyctl.sandbox.rabot.orders import Order
from energyctl.sandbox.rabot.seeded import Seeded
from energyctl.sandbox.rabot.tariffs import Tariff

FIRST_NEW_CUSTOMER = 5_000_001


class Book:
    """All records of one sandbox. Seeded ones are computed, what clients did is kept."""

    def __init__(self, customers: int, seed: int, clock: SandboxClock) -> None:
        self.seed = seed
        self.seeded = Seeded(customers, seed)
        self.orders = OrderBook(self.seeded, seed, clock)
        self._forget()

    def _forget(self) -> None:
        self._new: dict[int, Customer] = {}
        self._by_email: dict[str, int] = {}
        self._linked: dict[tuple[str, int], bool] = {}
        self._external: dict[tuple[str, int], str] = {}

    def reset(self) -> None:
        """Forget what clients did."""
        self._forget()
        self.orders.reset()

    def customer(self, number: int) -> Customer | None:
        """Return the customer of that number, visible or not."""
        at = self.seeded.position(number)
        return self._new.get(number) if at is None else self.seeded.customer_at(at)

    def by_email(self, email: str) -> Customer | None:
        """Return the customer with that account, visible or not."""
        at = self.seeded.by_email(email)
        if at is not None:
            return self.seeded.customer_at(at)
        number = self._by_email.get(email.lower())
        return self._new[number] if number is not None else None

    def place(self, client: Client, body: dict[str, Any], tariff: Tariff) -> Order:
        """Take a checked order: it opens an account, or adds a contract to the account with that address."""
        customer = self.by_email(body["userAccount"]["emailAddress"]) or self._open_account(body)
        return self.orders.place(client, customer.number, body, tariff)

    def relations(self, client: Client, number: int) -> list[str]:
        """Return what a client is to a customer: Owner, Affiliate, Linked. An empty list means invisible."""
        brought = any(order.client_id == client.client_id for order in self.orders.confirmed(number))
        found = []
        if client.kind == "whitelabel" and (brought or number in self.seeded.everybody()):
            found.append("Owner")
        if client.kind == "affiliate" and (brought or number in self.seeded.of_affiliate()):
            found.append("Affiliate")
        if self.is_linked(client, number):
            found.append("Linked")
        return found

    def visible(self, client: Client) -> Sequence[int]:
        """Return the numbers of the customers a client sees, ascending."""
        if client.kind == "whitelabel":
            plain = self.seeded.everybody()
        elif client.kind == "affiliate":
            plain = self.seeded.of_affiliate()
        else:
            plain = self.seeded.linked_to_third_party()
        touched = {number for name, number in self._linked if name == client.client_id}
        touched |= self.orders.customers_of(client)
        changed = {number for number in touched if (number in plain) != bool(self.relations(client, number))}
        if not changed:
            return plain
        if min(changed) >= plain.stop:
            return [*plain, *sorted(changed)]
        return sorted(set(plain) ^ changed)

    def shown(self, client: Client, number: int) -> dict[str, Any]:
        """Return a customer as a client sees them. LookupError when there is none of that number."""
        customer = self.customer(number)
        if customer is None:
            raise LookupError(number)
        return customer.shown(self.relations(client, number), self._external.get((client.client_id, number)))

    def by_external_id(self, client: Client, external_id: str) -> list[int]:
        """Return the visible customers' numbers that carry an external identifier, ascending."""
        found = {
            number
            for (name, number), known in self._external.items()
            if name == client.client_id and known == external_id
        }
        at = self.seeded.by_external_id(external_id)
        known_to_all = {self.seeded.customer_at(at).number} if at is not None else set()
        known_to_all |= {number for number, each in self._new.items() if each.external_id == external_id}
        found |= {number for number in known_to_all if (client.client_id, number) not in self._external}
        return sorted(number for number in found if self.relations(client, number))

    def is_linked(self, client: Client, number: int) -> bool:
        """Say whether a customer has consented to a client."""
        known = self._linked.get((client.client_id, number))
        if known is not None:
            return known
        return client.kind == "third-party" and number in self.seeded.linked_to_third_party()

    def link(self, client: Client, number: int, external_id: str | None) -> None:
        """Note a customer's consent to a client, and the client's own number for them."""
        self._linked[client.client_id, number] = True
        if external_id is not None:
            self._external[client.client_id, number] = external_id

    def unlink(self, client: Client, number: int) -> bool:
        """Withdraw a consent; False when there was none."""
        if not self.is_linked(client, number):
            return False
        self._linked[client.client_id, number] = False
        self._external.pop((client.client_id, number), None)
        return True

    def first_unlinked(self, client: Client) -> Customer | None:
        """Return the first customer who has not consented to a client."""
        numbers = (number for group in (self.seeded.everybody(), self._new) for number in group)
        return next((self.customer(number) for number in numbers if not self.is_linked(client, number)), None)

    def contracts(self, number: int) -> list[Contract]:
        """Return a customer's confirmed contracts, oldest first."""
        at = self.seeded.position(number)
        positions = self.seeded.contracts_of(at) if at is not None else []
        return [*(self.seeded.contract_at(each) for each in positions), *self.orders.contracts(number)]

    def contract(self, customer_number: int, contract_number: int) -> Contract | None:
        """One confirmed contract of a customer."""
        found = self.contracts(customer_number)
        return next((each for each in found if each.number == contract_number), None)

    def _open_account(self, body: dict[str, Any]) -> Customer:
        account = body["userAccount"]
        customer = Customer(
            number=FIRST_NEW_CUSTOMER + len(self._new),
            email=account["emailAddress"],
            first_name=account.get("firstName"),
            last_name=account.get("lastName"),
            business_name=account.get("businessName"),
            external_id=body["contract"].get("externalId"),
        )
        self._new[customer.number] = customer
        self._by_email[customer.email.lower()] = customer.number
        return customer
