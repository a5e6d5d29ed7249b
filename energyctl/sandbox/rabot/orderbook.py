"""All orders.

Those clients placed, the unfinished seeded ones, and those that once led to the seeded contracts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from energyctl.sandbox import berlin
from energyctl.sandbox.clock import SandboxClock
from energyctl.sandbox.dice import dice
from energyctl.sandbox.rabot import people
from energyctl.sandbox.rabot.clients import Client
from energyctl.sandbox.rabot.contracts import CONFIRMED, Contract, Customer
from energyctl.sandbox.rabot.orders import (
    OPEN_S,
    PENDING_DELIVERY_S,
    PROCESSING_S,
    Order,
    Stage,
    signature_time,
    whole_address,
)
from energyctl.sandbox.rabot.seeded import Seeded
from energyctl.sandbox.rabot.tariffs import Tariff, on_offer

FIRST_CONTRACT = 700_000_001
_SEEDED_BY = "sandbox-whitelabel"


class OrderBook:
    """Orders by contract number, oldest first.

    A client sees the orders it placed; of the seeded ones a whitelabel partner sees all, an affiliate those
    of the customers it brought.
    """

    def __init__(self, seeded: Seeded, seed: int, clock: SandboxClock) -> None:
        self._seeded = seeded
        self._seed = seed
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        """Forget what clients ordered and begin with the unfinished seeded orders."""
        self._orders: dict[int, Order] = {}
        self._orders_of: dict[int, list[Order]] = {}
        self._next_contract = FIRST_CONTRACT
        now = self._clock.elapsed()
        stages = (
            Stage("Rejected", now, "InsufficientSolvency"),
            Stage("Revoked", now),
            Stage("PendingDelivery", now - PENDING_DELIVERY_S / 4),
            Stage("Processing", now - PROCESSING_S / 4),
            Stage("Open", now - OPEN_S / 4),
        )
        tariff = on_offer(berlin.today())[0]
        for at, stage in enumerate(stages[: self._seeded.count]):
            customer = self._seeded.customer_at(at)
            body = _relocation(self._seed, customer, tariff, with_meter=stage.state != "Open")
            self._add(_SEEDED_BY, customer.number, body, tariff, stage)

    def place(self, client: Client, customer_number: int, body: dict[str, Any], tariff: Tariff) -> Order:
        """Take a checked order of a customer."""
        return self._add(
            client.client_id, customer_number, body, tariff, Stage("Open", self._clock.elapsed())
        )

    def confirmed(self, customer_number: int) -> list[Order]:
        """Return the orders of a customer that became contracts, oldest first."""
        elapsed = self._clock.elapsed()
        orders = self._orders_of.get(customer_number, [])
        return [order for order in orders if order.stage(elapsed).state in CONFIRMED]

    def contracts(self, customer_number: int) -> list[Contract]:
        """Return the contracts those orders became."""
        elapsed = self._clock.elapsed()
        found = (order.contract(elapsed) for order in self._orders_of.get(customer_number, []))
        return [contract for contract in found if contract is not None]

    def customers_of(self, client: Client) -> set[int]:
        """Return the numbers of the customers a client placed orders for, confirmed or not."""
        return {
            order.customer_number for order in self._orders.values() if order.client_id == client.client_id
        }

    def page(
        self, client: Client, customer_number: int | None, offset: int, limit: int
    ) -> tuple[list[dict[str, Any]], int]:
        """One page of the orders a client sees, newest last, and how many there are in all."""
        seeded = self._seeded_positions(client, customer_number)
        own = [
            order
            for order in self._orders.values()
            if order.client_id == client.client_id and customer_number in {None, order.customer_number}
        ]
        end, elapsed = offset + limit, self._clock.elapsed()
        page = [self._finished(at) for at in seeded[offset:end]]
        rest = own[max(0, offset - len(seeded)) : max(0, end - len(seeded))]
        return [*page, *(order.shown(elapsed) for order in rest)], len(seeded) + len(own)

    def shown(self, client: Client, contract_number: int) -> dict[str, Any] | None:
        """One order as a client sees it; None when it does not see it."""
        order = self._orders.get(contract_number)
        if order is not None:
            return order.shown(self._clock.elapsed()) if order.client_id == client.client_id else None
        at = self._seeded.contract_position(contract_number)
        if at is None or self._seeded.contract_at(at).customer_number not in self._whose(client):
            return None
        return self._finished(at)

    def months_delivered(self, contract: Contract) -> int | None:
        """How many monthly notices an order's contract has.

        None for seeded ones, whose months the calendar counts.
        """
        order = self._orders.get(contract.number)
        return order.months_delivered(self._clock.elapsed()) if order is not None else None

    def put(
        self, contract_number: int, state: str, denial_reason: str | None, *, held: bool
    ) -> dict[str, Any] | None:
        """Put an order into a state and show it; None when there is no such order or it is finished."""
        order = self._orders.get(contract_number)
        if order is None:
            return None
        order.put(state, self._clock.elapsed(), denial_reason, held=held)
        return order.shown(self._clock.elapsed())

    def _add(
        self, client_id: str, customer_number: int, body: dict[str, Any], tariff: Tariff, base: Stage
    ) -> Order:
        signed = signature_time(body)
        order = Order(body, tariff, customer_number, self._next_contract, client_id, signed, base)
        self._next_contract += 1
        self._orders[order.contract_number] = order
        self._orders_of.setdefault(customer_number, []).append(order)
        return order

    def _whose(self, client: Client) -> range:
        """Return the numbers of the seeded customers whose finished orders a client sees."""
        if client.kind == "whitelabel":
            return self._seeded.everybody()
        return self._seeded.of_affiliate() if client.kind == "affiliate" else range(0)

    def _seeded_positions(self, client: Client, customer_number: int | None) -> Sequence[int]:
        """Return the positions of the seeded contracts whose orders a client sees."""
        whose = self._whose(client)
        if customer_number is not None:
            at = self._seeded.position(customer_number)
            return self._seeded.contracts_of(at) if at is not None and customer_number in whose else []
        if client.kind == "whitelabel":
            return range(self._seeded.contract_count)
        found = (self._seeded.position(number) for number in whose)
        return [each for at in found if at is not None for each in self._seeded.contracts_of(at)]

    def _finished(self, at: int) -> dict[str, Any]:
        contract = self._seeded.contract_at(at)
        position = self._seeded.position(contract.customer_number)
        if position is None:
            raise LookupError(contract.customer_number)
        return _finished(contract, self._seeded.customer_at(position))


def _relocation(seed: int, customer: Customer, tariff: Tariff, *, with_meter: bool) -> dict[str, Any]:
    """Return the order of a seeded customer for a second place."""
    thrown = dice("relocation", seed, customer.number)
    who = {
        "firstName": customer.first_name,
        "lastName": customer.last_name,
        "businessName": customer.business_name,
        "gender": None,
    }
    where = people.address(thrown, who)
    return {
        "tariffKey": tariff.key,
        "userAccount": {"emailAddress": customer.email, **who},
        "contract": {
            "type": "Business" if customer.business_name else "Private",
            "deliveryAddress": where,
            "bankDetails": people.bank_details(thrown, who),
            "contractReason": "NewDeliveryLocation",
            "deliveryDetails": {
                "meterNumber": people.meter_number(thrown) if with_meter else None,
                "maLoIdentifier": people.market_location(thrown),
                "moveInDate": berlin.today() + timedelta(days=30),
                "previousAnnualConsumptionKwh": thrown.randrange(1500, 4500, 50),
                "capabilities": {
                    "hasElectricVehicle": False,
                    "hasSmartMeter": thrown.choice((True, False)),
                    "hasHeatPump": False,
                },
            },
        },
    }


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(12, 0), berlin.BERLIN)


def _finished(contract: Contract, customer: Customer) -> dict[str, Any]:
    """Return the order that once led to a seeded contract, as the API shows it."""
    signed = berlin.wire(_moment(contract.signed))
    start, end = contract.start.isoformat(), contract.end.isoformat() if contract.end else None
    cancelled = contract.state == "Cancelled"
    return {
        "customerNumber": str(customer.number),
        "emailAddress": customer.email,
        "firstName": customer.first_name,
        "lastName": customer.last_name,
        "businessName": customer.business_name,
        "tariffName": contract.tariff.name,
        "contractNumber": str(contract.number),
        "meterNumber": contract.meter_number,
        "meLoIdentifier": contract.metering_location,
        "maLoIdentifier": contract.market_location,
        "deliveryAddress": whole_address(contract.delivery_address),
        "state": contract.state,
        "denialReason": None,
        "actualDateOfDelivery": start,
        "endDateOfDelivery": end,
        "contractSignatureDate": signed,
        "contractSignedAt": signed,
        "estimatedYearlyConsumption": contract.yearly_kwh,
        "previousYearConsumption": contract.yearly_kwh,
        "processingInfo": "Contract ends" if cancelled else "In delivery",
        "deliveryState": {
            "startDate": start,
            "endDate": end,
            "state": "CancelledDelivery" if cancelled else "Delivery",
            "message": None,
            "denialReason": None,
            "cancellationReason": "Relocation" if cancelled else None,
        },
    }
