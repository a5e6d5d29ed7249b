"""The operations of the RABOT Energy Partner API (contract section 4) and the scopes that each may need."""

from __future__ import annotations

from dataclasses import dataclass

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
class Operation:
    """One operation: its id, method and path, where its knowledge comes from, and how its token may be asked for."""

    id: str
    method: str
    path: str
    standing: str = "documented"
    scopes: tuple[tuple[str, ...], ...] = READ

    @property
    def reads(self) -> bool:
        """Whether it changes nothing. A price calculation is a POST that only computes."""
        return self.method == "GET" or self.id == "calculate_price"


OPERATIONS = {
    one.id: one
    for one in (
        Operation("list_tariffs", "GET", "/tariffs"),
        Operation("calculate_price", "POST", "/tariffs/{tariffKey}/calculation"),
        Operation("create_order", "POST", "/orders", scopes=CREATE_ORDERS),
        Operation("list_orders", "GET", "/orders", scopes=READ_ORDERS),
        Operation("get_order", "GET", "/orders/{contractNumber}", scopes=READ_ORDERS),
        Operation("list_customers", "GET", "/customers"),
        Operation("link_customer", "POST", "/customers/link"),
        Operation("unlink_customer", "DELETE", "/customers/{customerNumber}/link"),
        Operation("list_contracts", "GET", "/customers/{customerNumber}/contracts", scopes=READ_CONTRACTS),
        Operation("get_metrics", "GET", f"{CONTRACT}/metrics", scopes=READ_CUSTOMER_DATA),
        Operation("get_costs", "GET", f"{CONTRACT}/costs", scopes=READ_CUSTOMER_DATA),
        Operation("list_documents", "GET", f"{CONTRACT}/documents", scopes=READ_CUSTOMER_DATA),
        Operation("download_document", "GET", f"{CONTRACT}/documents/{{fileId}}", scopes=READ_CUSTOMER_DATA),
        Operation(
            "submit_consumption_plan", "POST", f"{CONTRACT}/consumption/plans", scopes=READ_CUSTOMER_DATA
        ),
        Operation("list_day_ahead_prices", "GET", "/day-ahead-prices/limited"),
        Operation("forecast_day_ahead_prices", "GET", "/day-ahead-prices/forecast"),
        Operation("get_working_prices", "GET", f"{CONTRACT}/dayaheadworkingprice", scopes=READ_CUSTOMER_DATA),
    )
}

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
}
#: The way of an order that goes well; one that is further on has been at the earlier states.
GOOD_WAY = ("Open", "Processing", "PendingDelivery", "Delivery")

INTERVALS = ("QuarterHourly", "Hourly", "Daily", "Weekly", "Monthly", "Yearly")
METRICS = ("Consumption", "Saving", "TotalCost", "WorkingPrice", "Co2Saving")
VALUE_TYPES = ("Actual", "Forecast", "Dynamic", "Combined")
DOCUMENT_TYPES = ("All", "PrePayment", "Settlement", "ContractConfirmation")
INVOICE_TYPES = ("PrePayment", "Settlement")
GRANULARITIES = ("Hourly", "QuarterHourly")
ZONE = "Europe/Berlin"
