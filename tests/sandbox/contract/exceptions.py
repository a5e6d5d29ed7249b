"""What schemathesis would hold against the sandbox but is as it should be: each with its reason."""

from __future__ import annotations

from typing import NamedTuple

ACCEPT = "positive_data_acceptance"

_BETWEEN = "what is right in each field may be wrong together, for which a schema has no words: "


class Exempt(NamedTuple):
    """A check that is left out for an operation."""

    provider: str
    operation: str
    check: str
    reason: str


EXEMPT = (
    Exempt("rabot", "createOrder", ACCEPT, f"{_BETWEEN}names by customer type, dates by reason, IBAN (4.3)"),
    Exempt("rabot", "createConsumptionPlan", ACCEPT, f"{_BETWEEN}the interval ends after it begins (4.14)"),
    Exempt("rabot", "getMetrics", ACCEPT, f"{_BETWEEN}the longest period depends on the interval (4.10)"),
    Exempt("rabot", "getDayAheadPrices", ACCEPT, f"{_BETWEEN}at most 48 hours (4.15)"),
    Exempt("rabot", "getDayAheadForecast", ACCEPT, f"{_BETWEEN}to comes after from (4.16)"),
    Exempt("rabot", "getDayAheadWorkingPrice", ACCEPT, f"{_BETWEEN}yesterday to tomorrow (4.17)"),
    *(
        Exempt("emulate", f"get{own}{name}Report", ACCEPT, f"{_BETWEEN}the range begins before it ends")
        for own in ("", "Own")
        for name in ("Consumption", "Savings")
    ),
    *(
        Exempt(
            "emulate", f"update{own}SpoSettings", ACCEPT, f"{_BETWEEN}each kind of device has its settings"
        )
        for own in ("", "Own")
    ),
    Exempt("emulate", "listDevices", ACCEPT, "a cursor is one that the server gave"),
    Exempt("bright", "search_accounts", ACCEPT, f"{_BETWEEN}ssn or email (6.1)"),
    Exempt("bright", "get_measurements", ACCEPT, f"{_BETWEEN}order, and no finer than the service (7.1, 8)"),
    Exempt("bright", "get_cost", ACCEPT, f"{_BETWEEN}order, and no finer than the service (7.1, 8)"),
    *(
        Exempt(
            "bright",
            f"bankid_{name}",
            ACCEPT,
            "an order that is not there is BankID's invalidParameters, a 400",
        )
        for name in ("collect", "cancel", "qr")
    ),
    *(
        Exempt(
            "bright",
            f"bankid_{name}",
            ACCEPT,
            "an address, a check digit and base64 have no words in a schema",
        )
        for name in ("auth", "sign")
    ),
    *(
        Exempt(
            "bright", name, ACCEPT, "only the registered client and its addresses are let through (2, 4.1)"
        )
        for name in ("authorize", "openid_authorize")
    ),
)
