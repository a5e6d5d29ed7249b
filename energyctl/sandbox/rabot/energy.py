"""Metrics, costs, prices and consumption plans (contract 4.10, 4.11 and 4.14 to 4.17)."""

from __future__ import annotations

import uuid
from typing import Any

from aiohttp import web

from energyctl.sandbox import berlin
from energyctl.sandbox.rabot import market
from energyctl.sandbox.rabot.answers import listing, ok
from energyctl.sandbox.rabot.metrics import QUERY, metrics
from energyctl.sandbox.rabot.operations import ROOT, Call, Desk, Operation
from energyctl.sandbox.rabot.supply import CONTRACT
from energyctl.sandbox.shapes import Many, Moment, Number, Problem, Record

_READER = "role:application"
_PLAN = Record(
    fields={
        "amounts": Many(
            required=True,
            item=Record(fields={"tz": Moment(required=True), "kwh": Number(required=True, least=0)}),
        ),
        "intervalBeginAt": Moment(),
        "intervalEndAt": Moment(),
    }
)


def check_plan(body: Any) -> tuple[dict[str, Any], list[Problem]]:
    """Check a consumption plan: its shape, that it has amounts, and that its interval runs forward."""
    plan, problems = _PLAN.check_body(body)
    if plan.get("amounts") == []:
        problems.append(Problem("amounts must not be empty.", "amounts"))
    begin, end = plan.get("intervalBeginAt"), plan.get("intervalEndAt")
    if begin is not None and end is not None and end <= begin:
        problems.append(Problem("intervalEndAt must be after intervalBeginAt.", "intervalEndAt"))
    return plan, problems


class Energy:
    """The operations about energy and its price."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def operations(self) -> list[Operation]:
        """Return this part of the table."""
        return [
            Operation(
                "getMetrics",
                "GET",
                f"{CONTRACT}/metrics",
                "A contract's values over time",
                self._metrics,
                query=QUERY,
            ),
            Operation("getCosts", "GET", f"{CONTRACT}/costs", "A contract's cost parts", self._costs),
            Operation(
                "createConsumptionPlan",
                "POST",
                f"{CONTRACT}/consumption/plans",
                "Announce consumption",
                self._plan,
                answer="list",
                body=_PLAN,
                check_body=check_plan,
            ),
            Operation(
                "getDayAheadPrices",
                "GET",
                f"{ROOT}/day-ahead-prices/limited",
                "Day-ahead prices",
                self._day_ahead,
                query=market.PRICES_QUERY,
            ),
            Operation(
                "getDayAheadForecast",
                "GET",
                f"{ROOT}/day-ahead-prices/forecast",
                "Forecast of prices",
                self._forecast,
                query=market.PRICES_QUERY,
            ),
            Operation(
                "getDayAheadWorkingPrice",
                "GET",
                f"{CONTRACT}/dayaheadworkingprice",
                "A contract's working prices",
                self._working_prices,
                query=market.WORKING_PRICE_QUERY,
            ),
        ]

    async def _metrics(self, call: Call) -> web.Response:
        return ok(metrics(self._desk.visible_contract(call, _READER), self._desk.seed, call.query))

    async def _costs(self, call: Call) -> web.Response:
        return ok(market.cost_parts(self._desk.visible_contract(call, _READER), self._desk.seed))

    async def _plan(self, call: Call) -> web.Response:
        self._desk.visible_contract(call)
        plan = call.body
        begin, end = plan.get("intervalBeginAt"), plan.get("intervalEndAt")
        moments = [amount["tz"] for amount in plan["amounts"]]
        doubtful = [
            moment
            for at, moment in enumerate(moments)
            if (begin and moment < begin) or (end and moment >= end) or moment in moments[:at]
        ]
        item = {
            "withWarning": [berlin.wire(moment) for moment in doubtful],
            "consumptionPlanKey": str(uuid.uuid4()),
        }
        return listing([item], more=False)

    async def _day_ahead(self, call: Call) -> web.Response:
        return ok(market.day_ahead(self._desk.seed, call.query))

    async def _forecast(self, call: Call) -> web.Response:
        return ok(market.forecast(self._desk.seed, call.query))

    async def _working_prices(self, call: Call) -> web.Response:
        contract = self._desk.visible_contract(call)
        start, end = call.query["from"], call.query["to"]
        return ok(market.working_prices(contract, self._desk.seed, start, end))
