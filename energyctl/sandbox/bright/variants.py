"""Wrong variants: each breaks one rule of the contract, for whoever wants to see a checker find it.

Those without ``around`` are acted out where errors are worded (``answers``) or calls are served (``api``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from energyctl.sandbox.bright.answers import KitError, page
from energyctl.sandbox.bright.catalog import PRODUCTION, finer
from energyctl.sandbox.bright.operations import Call, Run
from energyctl.sandbox.bright.stockholm import (
    RESOLUTIONS,
    bucket_start,
    day_of,
    next_bucket,
    parse_instant,
)
from energyctl.sandbox.bright.supplies import Supplies
from energyctl.sandbox.provider import ControlError

UNBUILT_UNLESS_SET = "get_service_events"
"""What ``not_built_is_404`` leaves out when nothing else is said to be unbuilt."""

Around = Callable[[Call, Run], Awaitable[Any]]
Change = Callable[[Any], Any]

_SERIES = frozenset({"get_measurements", "get_cost"})
_NOBODY = "A-999999999"


@dataclass(frozen=True)
class Variant:
    """``rule`` is what holds of a right server, ``wrong`` what this variant does instead."""

    name: str
    rule: str
    wrong: str
    operations: frozenset[str] = frozenset()
    around: Around | None = None


class Variants:
    """The table, and which of them is in force."""

    def __init__(self, supplies: Supplies) -> None:
        self.active: str | None = None
        self._all = {variant.name: variant for variant in (*_PLAIN, *_of_series(supplies))}

    def set(self, name: Any) -> None:
        """Put one in force; None: none."""
        if name is not None and name not in self._all:
            raise ControlError(400, f"Unknown variant {name!r}; known: {', '.join(self._all)}.")
        self.active = name

    def listing(self) -> dict[str, Any]:
        """Return all variants as the control server lists them."""
        return {
            "active": self.active,
            "variants": [
                {
                    "name": variant.name,
                    "rule": variant.rule,
                    "wrong": variant.wrong,
                    "operations": sorted(variant.operations),
                }
                for variant in self._all.values()
            ],
        }

    async def run(self, operation_id: str, call: Call, run: Run) -> Any:
        """Do what an operation does, wrongly where the variant in force says so."""
        variant = self._all[self.active] if self.active is not None else None
        if variant is None or variant.around is None or operation_id not in variant.operations:
            return await run(call)
        return await variant.around(call, run)


def _after(change: Change) -> Around:
    async def around(call: Call, run: Run) -> Any:
        return change(await run(call))

    return around


def _services(change: Callable[[list[dict[str, Any]]], Any]) -> Around:
    return _after(lambda found: [{**place, "services": change(place["services"])} for place in found])


def _same(name: str) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    return lambda services: [{**service, name: services[0][name]} for service in services]


def _values(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Change:
    return lambda answer: {**answer, "values": [change(value) for value in answer["values"]]}


def _two_owners(roles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    first = roles[0]
    double = {**first, "role": "owner", "user": {**first["user"], "id": f"{first['user']['id']}0"}}
    return [first, double, *roles[1:]]


def _role_unknown(roles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    first, *guests = roles
    if not guests:
        guests = [{"role": "guest", "user": {**first["user"], "id": f"{first['user']['id']}0"}}]
    return [first, *({**guest, "role": "administrator"} for guest in guests)]


def _short_date(value: dict[str, Any]) -> dict[str, Any]:
    moment = parse_instant(value["date"])
    return {**value, "date": f"{day_of(moment)}"} if moment is not None else value


def _negative(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "kWh": -value["kWh"]}


def _positive(value: dict[str, Any]) -> dict[str, Any]:
    parts = [{**part, "cost": -part["cost"]} for part in value["parts"]]
    return {**value, "cost": -value["cost"], "costExcludingVat": -value["costExcludingVat"], "parts": parts}


async def _whole_list(call: Call, run: Run) -> Any:
    return await run(replace(call, query={}))


async def _any_resolution(call: Call, run: Run) -> Any:
    if call.query["resolution"] in RESOLUTIONS:
        return await run(call)
    answer = await run(replace(call, query={**call.query, "resolution": "month"}))
    return {**answer, "resolution": call.query["resolution"]}


async def _one_more(call: Call, run: Run) -> Any:
    answer = await run(call)
    start = bucket_start(call.query["toDate"], call.query["resolution"])
    more = await run(
        replace(call, query={**call.query, "toDate": next_bucket(start, call.query["resolution"])})
    )
    return {**more, "endDate": answer["endDate"]}


async def _needs_person(_call: Call, _run: Run) -> Any:
    raise KitError(401, "The user must sign in again.", name="InteractionRequired")


async def _html_instead(_call: Call, _run: Run) -> web.Response:
    return page("Faktura", "<p>Logga in för att se fakturan.</p>")


def _of_series(supplies: Supplies) -> list[Variant]:
    """Return the variants that must know which service a call is about."""

    async def hours(call: Call, run: Run) -> Any:
        offered = (
            supplies.measured(call).measured_by
            if "measurementId" in call.path
            else supplies.charged(call).charged_by
        )
        if call.query["resolution"] != "month" or finer("hour", offered):
            return await run(call)
        return await run(replace(call, query={**call.query, "resolution": "hour"}))

    async def negative(call: Call, run: Run) -> Any:
        answer = await run(call)
        return _values(_negative)(answer) if supplies.measured(call).type == PRODUCTION else answer

    async def positive(call: Call, run: Run) -> Any:
        answer = await run(call)
        return _values(_positive)(answer) if supplies.charged(call).type == PRODUCTION else answer

    return [
        Variant(
            "resolution_ignored",
            "values come in the resolution that was asked for (8)",
            "a question for months is answered with hours where the service has hours",
            _SERIES,
            hours,
        ),
        Variant(
            "wrong_units_negative_production",
            "measurements of production are positive (7.1)",
            "the kWh of a production service are negative",
            frozenset({"get_measurements"}),
            negative,
        ),
        Variant(
            "positive_production_cost",
            "the cost of production is negative, being an income (8.1)",
            "the cost of a production service is positive",
            frozenset({"get_cost"}),
            positive,
        ),
    ]


def _one(operation: str) -> frozenset[str]:
    return frozenset({operation})


_ROLES, _PLACES, _INVOICES = _one("get_user_roles"), _one("get_locations"), _one("get_invoices")
_ONE_OWNER = "an account has exactly one owner or one company (6.3)"
_STRICT = "every 4xx and 5xx has the strict error shape (1)"
_PLAIN = (
    Variant("error_shape", _STRICT, "errors have no uid"),
    Variant("error_status_differs", _STRICT, "an error's status says 200, whatever the HTTP status"),
    Variant("error_status_text", _STRICT, "an error's status is text, not a number"),
    Variant("html_error", _STRICT, "errors are HTML pages"),
    Variant(
        "not_built_is_404",
        "an endpoint that is not built answers 501 (0)",
        f"it answers 404; with nothing set as not built, {UNBUILT_UNLESS_SET} does",
    ),
    Variant("two_owners", _ONE_OWNER, "a second owner stands in the list", _ROLES, _after(_two_owners)),
    Variant("no_owner", _ONE_OWNER, "only guests stand in the list", _ROLES, _after(lambda roles: roles[1:])),
    Variant(
        "role_unknown",
        "a role is owner, guest or company (6.3)",
        "guests have the role administrator",
        _ROLES,
        _after(_role_unknown),
    ),
    Variant(
        "search_other_person",
        "every account that the search finds can be read (6.1, 6.2)",
        "the search finds one account too many, which Get account refuses",
        _one("search_accounts"),
        _after(lambda found: [*found, {"accountId": _NOBODY}] if found else found),
    ),
    Variant(
        "duplicate_service_ids",
        "a service's id is globally unique (7.1)",
        "all services of a location have the first one's id",
        _PLACES,
        _services(_same("id")),
    ),
    Variant(
        "duplicate_measurement_ids",
        "a measurementId is globally unique (7.1)",
        "all services of a location have the first one's measurementId",
        _PLACES,
        _services(_same("measurementId")),
    ),
    Variant(
        "service_not_list",
        "a location's services are an array (7.1)",
        "they are an object by service id",
        _PLACES,
        _services(lambda services: {service["id"]: service for service in services}),
    ),
    Variant(
        "missing_product_prices",
        "a product has prices (7.4)",
        "products come without prices",
        _one("get_products"),
        _after(lambda found: [{k: v for k, v in product.items() if k != "prices"} for product in found]),
    ),
    Variant(
        "swapped_edges",
        "fromDate and toDate choose the invoices (3, 7.3)",
        "both are ignored: all invoices come",
        _INVOICES,
        _whole_list,
    ),
    Variant(
        "one_invoice_only",
        "at least the two latest invoices come (3)",
        "only one comes",
        _INVOICES,
        _after(lambda found: found[:1]),
    ),
    Variant(
        "invoice_pdf_is_html",
        "an invoice is a PDF file (7.3)",
        "it is an HTML page",
        frozenset({"get_invoice_stream", "invoice_file"}),
        _html_instead,
    ),
    Variant(
        "short_dates",
        "a value's date is a date-time of at least 19 characters (8.2)",
        "the values of measurements have bare dates",
        _one("get_measurements"),
        _after(_values(_short_date)),
    ),
    Variant(
        "unknown_resolution_accepted",
        "resolution is year, month, day, hour or 15min (8)",
        "any other word is accepted and answered with months",
        _SERIES,
        _any_resolution,
    ),
    Variant(
        "inclusive_end",
        "toDate is exclusive (8)",
        "the bucket that begins at toDate comes too",
        _SERIES,
        _one_more,
    ),
    Variant(
        "cost_start_missing",
        "a cost has its startDate (8.1)",
        "there is none",
        _one("get_cost"),
        _after(lambda answer: {k: v for k, v in answer.items() if k != "startDate"}),
    ),
    Variant(
        "refresh_needs_person",
        "a refresh token works without a person (2)",
        "it is refused: the user must sign in again",
        _one("refresh_token"),
        _needs_person,
    ),
    Variant("serial_only", "requests come in parallel (0)", "of several at a time all but one get 429"),
    Variant(
        "slow", "answers come in good time", "each answer of the data layer takes the seconds set as slow_s"
    ),
)
