"""The seeded customers and contracts.

Nothing is stored: each is drawn anew from its own dice when it is asked for.

Every tenth customer has two contracts, so both directions between a customer and a contract are arithmetic.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from energyctl.sandbox.dice import dice
from energyctl.sandbox.rabot import people
from energyctl.sandbox.rabot.contracts import Contract, Customer
from energyctl.sandbox.rabot.tariffs import on_offer

FIRST_CUSTOMER = 1_000_001
FIRST_CONTRACT = 400_000_001
MAIL_DOMAIN = "kunden.example.org"
EXTERNAL_PREFIX = "urn:sandbox:customer:"

_BLOCK = 10  # customers in a block; the last one has a second contract
_FIRST_SIGNED = date(2023, 7, 1)
_SIGNED_OVER_DAYS = 730
_LINKED_EVERY = 3
_CANCELLED_EVERY = 17
_SMART_METERS, _VEHICLES, _HEAT_PUMPS = 0.7, 0.3, 0.2
_BILLED_ELSEWHERE, _PAYING_BY_DEBIT = 0.2, 0.8
_AFFILIATE_EVERY, _AFFILIATE_AT = 5, 1
_SUPPLIERS = (("9979250000006", "Stadtwerke Musterstadt"), ("9907000000001", "Nordlicht Energie"))


class Seeded:
    """``count`` customers drawn from ``seed``; positions run from 0."""

    def __init__(self, count: int, seed: int) -> None:
        self.count = count
        self.contract_count = count + count // _BLOCK
        self._seed = seed
        self.customer_at = lru_cache(maxsize=2048)(self._customer_at)
        self.contract_at = lru_cache(maxsize=2048)(self._contract_at)

    def numbers(self, positions: range) -> range:
        """Return the customer numbers at those positions."""
        return range(positions.start + FIRST_CUSTOMER, positions.stop + FIRST_CUSTOMER, positions.step)

    def position(self, customer_number: int) -> int | None:
        """Return the position of a customer number; None when it is not a seeded one."""
        at = customer_number - FIRST_CUSTOMER
        return at if 0 <= at < self.count else None

    def contract_position(self, contract_number: int) -> int | None:
        """Return the position of a contract number; None when it is not a seeded one."""
        at = contract_number - FIRST_CONTRACT
        return at if 0 <= at < self.contract_count else None

    def contracts_of(self, at: int) -> list[int]:
        """Return the positions of a customer's contracts."""
        block, inside = divmod(at, _BLOCK)
        first = block * (_BLOCK + 1) + inside
        return [first, first + 1] if inside == _BLOCK - 1 else [first]

    def everybody(self) -> range:
        """Return the numbers of all customers."""
        return self.numbers(range(self.count))

    def linked_to_third_party(self) -> range:
        """Return the numbers of the customers that the third-party client is linked with."""
        return self.numbers(range(0, self.count, _LINKED_EVERY))

    def of_affiliate(self) -> range:
        """Return the numbers of the customers that the affiliate client brought."""
        return self.numbers(range(_AFFILIATE_AT, max(_AFFILIATE_AT, self.count), _AFFILIATE_EVERY))

    def by_email(self, email: str) -> int | None:
        """Return the position of the customer with that address, by the number in it."""
        local, _, domain = email.lower().partition("@")
        tail = local.rpartition(".")[2]
        if domain != MAIL_DOMAIN or not (tail.isascii() and tail.isdigit()):
            return None
        at = self.position(int(tail))
        return at if at is not None and self.customer_at(at).email == email.lower() else None

    def by_external_id(self, external_id: str) -> int | None:
        """Return the position of the customer with that external identifier."""
        tail = external_id.removeprefix(EXTERNAL_PREFIX)
        if tail == external_id or not (tail.isascii() and tail.isdigit()):
            return None
        at = self.position(int(tail))
        return at if at is not None and self.customer_at(at).external_id == external_id else None

    def _customer_at(self, at: int) -> Customer:
        who = people.person(dice("customer", self._seed, at))
        number = FIRST_CUSTOMER + at
        return Customer(
            number=number,
            email=f"{people.plain(who['firstName'])}.{people.plain(who['lastName'])}.{number}@{MAIL_DOMAIN}",
            first_name=who["firstName"],
            last_name=who["lastName"],
            business_name=who["businessName"],
            external_id=f"{EXTERNAL_PREFIX}{number}" if at % 2 == 0 else None,
        )

    def _contract_at(self, at: int) -> Contract:
        block, inside = divmod(at, _BLOCK + 1)
        position = block * _BLOCK + min(inside, _BLOCK - 1)
        who = people.person(dice("customer", self._seed, position))
        thrown = dice("contract", self._seed, at)
        where = people.address(thrown, who)
        signed = _FIRST_SIGNED + timedelta(days=at * _SIGNED_OVER_DAYS // max(1, self.contract_count))
        start = (signed.replace(day=1) + timedelta(days=62)).replace(day=1)
        cancelled = at % _CANCELLED_EVERY == _CANCELLED_EVERY - 1
        smart_meter, vehicle, pump = (
            thrown.random() < _SMART_METERS,
            thrown.random() < _VEHICLES,
            thrown.random() < _HEAT_PUMPS,
        )
        choice = [tariff for tariff in on_offer(signed) if smart_meter or tariff.key != "RabotSmart24"]
        return Contract(
            number=FIRST_CONTRACT + at,
            customer_number=FIRST_CUSTOMER + position,
            state="Cancelled" if cancelled else "Delivery",
            # Every read has something to show for the first contract: dynamic tariff, smart meter.
            tariff=choice[0] if at == 0 else thrown.choice(choice),
            delivery_address=where,
            billing_address=people.address(thrown, who) if thrown.random() < _BILLED_ELSEWHERE else None,
            bank_details=people.bank_details(thrown, who) if thrown.random() < _PAYING_BY_DEBIT else None,
            meter_number=people.meter_number(thrown),
            market_location=people.market_location(thrown),
            metering_location=people.metering_location(thrown, where["postCode"]),
            signed=signed,
            start=start,
            end=(start + timedelta(days=400)).replace(day=1) if cancelled else None,
            yearly_kwh=thrown.randrange(1400, 4800, 50) + (2200 if vehicle else 0) + (3600 if pump else 0),
            smart_meter=smart_meter or at == 0,
            electric_vehicle=vehicle,
            heat_pump=pump,
            campaign=thrown.choice((None, None, "rabot.home.2024")),
            previous_supplier=thrown.choice((*_SUPPLIERS, None)),
            name="Zweitwohnung" if inside == _BLOCK else None,
        )
