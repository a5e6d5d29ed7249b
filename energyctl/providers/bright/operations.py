"""The operations of Bright Kit (contract, operation index). Bodies are better known than paths.

Three paths are documented; the others are inferred from the documented one of cost and marked so. The profile's
``endpoints`` or an imported OpenAPI file corrects them.
"""

from __future__ import annotations

import re

from energyctl.core.endpoints import DOCUMENTED, INFERRED, Operation, by_name

_ACCOUNT = "/accounts/{accountId}"
_SERIES = ("fromDate", "toDate", "resolution")
_PAGE = ("page", "perPage")
#: Contract section 8, the coarsest first.
RESOLUTIONS = ("year", "month", "day", "hour", "15min")
ROLES = ("owner", "guest", "company")
#: E.164 (contract 6.3).
PHONE_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
EVENT_TYPES = ("lastSeen", "accountCreated", "accountDeleted")
#: The Organisation's days and months (contract section 8: Stockholm month edges).
ZONE = "Europe/Stockholm"


def _op(
    name: str,
    method: str,
    path: str,
    tag: str,
    summary: str,
    *,
    query: tuple[str, ...] = (),
    standing: str = INFERRED,
    computes: bool = False,
) -> Operation:
    return Operation(name, method, path, standing, tag=tag, summary=summary, query=query, computes=computes)


OPERATIONS = by_name(
    [
        _op("authorize", "GET", "/auth/authorize", "oauth", "Oauth authorize, the browser's step"),
        _op(
            "get_token",
            "POST",
            "/auth/authorize",
            "oauth",
            "Oauth authorize, code for token",
            standing=DOCUMENTED,
        ),
        _op(
            "refresh_token", "GET", "/auth/refresh_token", "oauth", "Oauth refresh token", standing=DOCUMENTED
        ),
        _op("bankid_auth", "POST", "/bankid/auth", "bankid", "BankId auth"),
        _op("bankid_sign", "POST", "/bankid/sign", "bankid", "BankId sign"),
        _op("bankid_collect", "POST", "/bankid/collect", "bankid", "BankId collect", computes=True),
        _op("bankid_cancel", "POST", "/bankid/cancel", "bankid", "BankId cancel"),
        _op("bankid_qr", "GET", "/bankid/qr", "bankid", "BankId QR code", query=("orderRef",)),
        _op("openid_configuration", "GET", "/.well-known/openid-configuration", "openid", "OpenId discovery"),
        _op("search_accounts", "GET", "/accounts", "accounts", "Search for account", query=("ssn", "email")),
        _op("get_account", "GET", _ACCOUNT, "accounts", "Get account"),
        _op(
            "get_user_roles",
            "GET",
            f"{_ACCOUNT}/user-roles",
            "users",
            "Get user roles for account",
            query=_PAGE,
        ),
        _op("add_user", "POST", f"{_ACCOUNT}/user-roles", "users", "Add user to account"),
        _op("update_user", "PATCH", "/users/{userId}", "users", "Update user"),
        _op("get_locations", "GET", f"{_ACCOUNT}/locations", "locations", "Get locations", query=_PAGE),
        _op("get_agreements", "GET", f"{_ACCOUNT}/agreements/{{serviceId}}", "agreements", "Get agreements"),
        _op("get_products", "GET", f"{_ACCOUNT}/products/{{serviceId}}", "products", "Get products"),
        _op("get_service_events", "GET", f"{_ACCOUNT}/events/{{serviceId}}", "events", "Get service events"),
        _op(
            "get_invoices",
            "GET",
            f"{_ACCOUNT}/invoices",
            "invoices",
            "Get account invoices",
            query=("fromDate", "toDate"),
        ),
        _op(
            "get_invoice_url",
            "GET",
            f"{_ACCOUNT}/invoices/{{invoiceId}}/url",
            "invoices",
            "Get account invoice url",
        ),
        _op(
            "get_invoice_stream",
            "GET",
            f"{_ACCOUNT}/invoices/{{invoiceId}}/stream",
            "invoices",
            "Get account invoice stream",
        ),
        _op(
            "get_measurements",
            "GET",
            f"{_ACCOUNT}/measurements/{{measurementId}}",
            "measurements",
            "Get measurements for service",
            query=_SERIES,
        ),
        _op(
            "get_cost",
            "GET",
            f"{_ACCOUNT}/cost/{{costId}}",
            "cost",
            "Get cost for a service",
            query=_SERIES,
            standing=DOCUMENTED,
        ),
        _op("report_event", "POST", "/events", "events", "Report event"),
    ]
)
