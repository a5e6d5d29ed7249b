"""The operations of the RABOT Energy Partner API (contract section 4) and the scopes that each may need."""

from __future__ import annotations

from dataclasses import dataclass

from energyctl.core import endpoints

API = "/partner/v1"
CONTRACT = "/customers/{customerNumber}/contracts/{contractNumber}"

PARTNER = "api:partner"
#: Ways to ask for a token, tried in order. RABOT assigns scopes to a client; one that is not assigned is refused.
READ: tuple[tuple[str, ...], ...] = ((PARTNER,),)
#: The newer text wants ``create:orders`` to read orders back; asked for only after a refusal without it.
READ_ORDERS = ((PARTNER,), (PARTNER, "create:orders"))
CREATE_ORDERS = ((PARTNER, "create:orders"),)
#: Any role will do; the smallest first. Without a role the customer may still be linked to this client.
READ_CONTRACTS = (
    (PARTNER, "role:finance-reporting"),
    (PARTNER, "role:customer-support"),
    (PARTNER, "role:application"),
    (PARTNER,),
)
READ_CUSTOMER_DATA = ((PARTNER, "role:application"), (PARTNER,))
#: Every set that is ever asked for.
SCOPE_SETS = tuple(dict.fromkeys((*READ, *READ_ORDERS, *CREATE_ORDERS, *READ_CONTRACTS, *READ_CUSTOMER_DATA)))


@dataclass(frozen=True)
class Operation(endpoints.Operation):
    """One operation, and how its token may be asked for."""

    scopes: tuple[tuple[str, ...], ...] = READ


_PAGING = ("offset", "limit")
_PERIOD = ("from", "to")


def _op(
    name: str,
    method: str,
    path: str,
    summary: str,
    *,
    query: tuple[str, ...] = (),
    scopes: tuple[tuple[str, ...], ...] = READ,
    computes: bool = False,
) -> Operation:
    return Operation(name, method, API + path, summary=summary, query=query, computes=computes, scopes=scopes)


_LISTED = [
    _op("list_tariffs", "GET", "/tariffs", "The tariffs that may be sold", query=("effectiveDate",)),
    _op(
        "calculate_price", "POST", "/tariffs/{tariffKey}/calculation", "The price of a tariff", computes=True
    ),
    _op("create_order", "POST", "/orders", "Create an order", scopes=CREATE_ORDERS),
    _op(
        "list_orders",
        "GET",
        "/orders",
        "The orders",
        query=("filter.customerNumber", *_PAGING),
        scopes=READ_ORDERS,
    ),
    _op("get_order", "GET", "/orders/{contractNumber}", "One order", scopes=READ_ORDERS),
    _op("list_customers", "GET", "/customers", "The customers", query=("filter.externalId", *_PAGING)),
    _op("link_customer", "POST", "/customers/link", "Ask for a linking address"),
    _op("unlink_customer", "DELETE", "/customers/{customerNumber}/link", "End a link"),
    _op(
        "list_contracts",
        "GET",
        "/customers/{customerNumber}/contracts",
        "A customer's contracts",
        query=_PAGING,
        scopes=READ_CONTRACTS,
    ),
    _op(
        "get_metrics",
        "GET",
        f"{CONTRACT}/metrics",
        "Consumption, costs and savings of a contract",
        query=("Interval", "MetricType", "ValueType", "Period.From", "Period.To"),
        scopes=READ_CUSTOMER_DATA,
    ),
    _op("get_costs", "GET", f"{CONTRACT}/costs", "The cost components", scopes=READ_CUSTOMER_DATA),
    _op(
        "list_documents",
        "GET",
        f"{CONTRACT}/documents",
        "A contract's documents",
        query=("documentType",),
        scopes=READ_CUSTOMER_DATA,
    ),
    _op(
        "download_document",
        "GET",
        f"{CONTRACT}/documents/{{fileId}}",
        "Download a document",
        scopes=READ_CUSTOMER_DATA,
    ),
    _op(
        "submit_consumption_plan",
        "POST",
        f"{CONTRACT}/consumption/plans",
        "Submit a consumption plan",
        scopes=READ_CUSTOMER_DATA,
    ),
    _op(
        "list_day_ahead_prices",
        "GET",
        "/day-ahead-prices/limited",
        "Day-ahead prices",
        query=(*_PERIOD, "granularity"),
    ),
    _op(
        "forecast_day_ahead_prices",
        "GET",
        "/day-ahead-prices/forecast",
        "Forecast of the day-ahead prices",
        query=(*_PERIOD, "granularity"),
    ),
    _op(
        "get_working_prices",
        "GET",
        f"{CONTRACT}/dayaheadworkingprice",
        "Working prices of a contract",
        query=_PERIOD,
        scopes=READ_CUSTOMER_DATA,
    ),
]
OPERATIONS: dict[str, Operation] = {one.id: one for one in _LISTED}

CONTRACT_STATES = (
    "Open",
    "Processing",
    "Rejected",
    "Revoked",
    "PendingDelivery",
    "Delivery",
    "Cancelled",
    "Unspecified",
)
#: Contract section 5: from which state an order can go where.
TRANSITIONS = {
    "Open": ("Processing", "Revoked"),
    "Processing": ("Rejected", "Revoked", "PendingDelivery"),
    "PendingDelivery": ("Delivery", "Revoked", "Cancelled"),
    "Delivery": ("Cancelled", "Revoked"),
    "Rejected": ("Processing",),
}
#: Recoverable, but not without somebody who helps.
REJECTED = "Rejected"
CONFIRMED = "PendingDelivery"
#: The way of an order that goes well; one that is further on has been at the earlier states.
GOOD_WAY = ("Open", "Processing", "PendingDelivery", "Delivery")

INTERVALS = ("QuarterHourly", "Hourly", "Daily", "Weekly", "Monthly", "Yearly")
METRICS = ("Consumption", "Saving", "TotalCost", "WorkingPrice", "Co2Saving")
VALUE_TYPES = ("Actual", "Forecast", "Dynamic", "Combined")
DOCUMENT_TYPES = ("All", "PrePayment", "Settlement", "ContractConfirmation")
INVOICE_TYPES = ("PrePayment", "Settlement")
GRANULARITIES = ("Hourly", "QuarterHourly")
ZONE = "Europe/Berlin"
