"""Tariffs, price calculations and orders (contract 4.1 to 4.5)."""

from __future__ import annotations

from aiohttp import web

from energyctl.sandbox import berlin
from energyctl.sandbox.rabot import tariffs
from energyctl.sandbox.rabot.answers import invalid, listing, ok, refuse
from energyctl.sandbox.rabot.operations import PAGING, ROOT, Call, Desk, Operation, digits, window
from energyctl.sandbox.rabot.orderform import ORDER, check_order
from energyctl.sandbox.rabot.quote import REQUEST, Household, calculate
from energyctl.sandbox.shapes import Day, Problem, Text


class Sales:
    """The operations of a sales partner.

    ``orders_need_scope``: whether reading orders needs ``create:orders`` too. The sources disagree; the
    control server can switch it.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.orders_need_scope = False

    def operations(self) -> list[Operation]:
        """Return this part of the table."""
        return [
            Operation(
                "getTariffs",
                "GET",
                f"{ROOT}/tariffs",
                "Tariffs on offer",
                self._tariffs,
                answer="list",
                query={"effectiveDate": Day()},
            ),
            Operation(
                "calculateTariff",
                "POST",
                f"{ROOT}/tariffs/{{tariffKey}}/calculation",
                "Calculate a price",
                self._calculation,
                body=REQUEST,
            ),
            Operation(
                "createOrder",
                "POST",
                f"{ROOT}/orders",
                "Create an order",
                self._create,
                answer="bare",
                body=ORDER,
                check_body=check_order,
                scope="create:orders",
            ),
            Operation(
                "getOrders",
                "GET",
                f"{ROOT}/orders",
                "List orders",
                self._orders,
                answer="list",
                query={**PAGING, "filter.customerNumber": Text()},
            ),
            Operation("getOrder", "GET", f"{ROOT}/orders/{{contractNumber}}", "Show an order", self._order),
        ]

    async def _tariffs(self, call: Call) -> web.Response:
        day = call.query.get("effectiveDate") or berlin.today()
        return listing([tariff.listed() for tariff in tariffs.on_offer(day)], more=False)

    async def _calculation(self, call: Call) -> web.Response:
        tariff = self._tariff(call.path["tariffKey"])
        home = Household.of(call.body)
        return ok(calculate(tariff, home, seed=self._desk.seed, day=berlin.today()))

    async def _create(self, call: Call) -> web.Response:
        tariff = self._tariff(call.body["tariffKey"])
        day = call.body.get("offerDate") or berlin.today()
        if not (tariff.on_offer(day) or tariff.on_offer(berlin.today())):
            raise invalid([Problem(f"Tariff {tariff.key} is not on offer on {day}.", "tariffKey")])
        order = self._desk.book.place(call.caller.client, call.body, tariff)
        return web.json_response(
            {"customerNumber": str(order.customer_number), "contractNumber": str(order.contract_number)}
        )

    async def _orders(self, call: Call) -> web.Response:
        self._need_scope(call)
        wanted = call.query.get("filter.customerNumber")
        number = digits(wanted) if wanted is not None else None
        offset, limit = window(call)
        if wanted is not None and number is None:
            return listing([], more=False, data={"orders": []})
        found, total = self._desk.book.orders.page(call.caller.client, number, offset, limit)
        return listing(found, more=offset + limit < total, data={"orders": found})

    async def _order(self, call: Call) -> web.Response:
        self._need_scope(call)
        number = digits(call.path["contractNumber"])
        found = self._desk.book.orders.shown(call.caller.client, number) if number is not None else None
        if found is None:
            raise refuse(404, f"Order {call.path['contractNumber']} was not found.", "contractNumber")
        return ok({"order": found})

    def _need_scope(self, call: Call) -> None:
        if self.orders_need_scope and "create:orders" not in call.caller.scopes:
            raise refuse(403, "The access token lacks the scope create:orders.")

    @staticmethod
    def _tariff(key: str) -> tariffs.Tariff:
        tariff = tariffs.find(key)
        if tariff is None:
            raise refuse(404, f"Tariff {key} was not found.", "tariffKey")
        return tariff
