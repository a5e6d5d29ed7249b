"""How the Kit's resources are shown. Where a schema is not documented the columns come from the data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from energyctl.core.cache import CompletionList
from energyctl.core.views import Column, View, plain
from energyctl.providers.bright.operations import ZONE


def whole_name(user: Any) -> str:
    """Return a user's first and last name."""
    names = (user.get("firstName"), user.get("lastName")) if isinstance(user, Mapping) else ()
    return " ".join(str(one) for one in names if one)


def local_day(moment: Any) -> str:
    """Return the Organisation's day of an instant, with the time when it is not midnight there."""
    from energyctl.core.zones import in_zone, parse_wire, parse_zone

    zone = parse_zone(ZONE)
    at = parse_wire(moment, zone)
    if at is None:
        return plain(moment)
    local = in_zone(at, zone)
    return f"{local:%Y-%m-%d %H:%M}".removesuffix(" 00:00")


ACCOUNT_IDS = CompletionList("bright-accounts")
SERVICE_IDS = CompletionList("bright-services")

ACCOUNTS = View(
    id_path="accountId",
    id_names=("account_id", "value"),
    preferred=("accountId", "id", "type", "status"),
    plural="accounts",
)
USERS = View(
    columns=(
        Column("Role", "role"),
        Column("User", "user.id"),
        Column("Name", "user.firstName", show_path="user", show=whole_name),
        Column("Last name", "user.lastName", detail=True),
        Column("E-mail", "user.email"),
        Column("Phone", "user.phoneNumber"),
        Column("Language", "user.language", detail=True),
        Column("User name", "user.username", detail=True),
        Column("Personal number", "user.ssn"),
        Column("Org. number", "user.orgNumber"),
    ),
    id_path="user.id",
    plural="users",
)
SERVICES = View(
    columns=(
        Column("Location", "location_name"),
        Column("Location id", "location_id", detail=True),
        Column("Service", "id"),
        Column("Type", "type"),
        Column("Status", "status"),
        Column("Measured by", "measurementResolution", gives_way=True),
        Column("Charged by", "costResolution", gives_way=True),
        Column("From", "startDate", show=local_day),
        Column("To", "endDate", show=local_day),
        Column("Measurement id", "measurementId", detail=True),
        Column("Cost id", "costId", detail=True),
    ),
    id_path="id",
    plural="services",
)
AGREEMENTS = View(
    preferred=("id", "agreementId", "name", "status"), id_names=("agreementId",), plural="agreements"
)
PRODUCTS = View(preferred=("id", "productId", "name", "type"), id_names=("productId",), plural="products")
PRICES = View(
    columns=(
        Column("Product", "product"),
        Column("Price", "name"),
        Column("Type", "type"),
        Column("Value", "value", right=True),
        Column("From", "validFrom", show=local_day),
        Column("To", "validTo", show=local_day),
        Column("Note", "note", detail=True),
        Column("Service", "service_id", detail=True),
    ),
    id_path="product",
    plural="prices",
)
INVOICES = View(
    preferred=(
        "id", "invoiceId", "invoiceNumber", "status", "state", "invoiceDate", "dueDate", "totalAmount", "amount",
    ),
    id_path="invoiceId",
    id_names=("invoice_id", "invoiceNumber", "number"),
    plural="invoices",
)  # fmt: skip
DOWNLOADS = View(
    columns=(
        Column("Invoice", "invoice_id"),
        Column("Saved as", "path"),
        Column("Bytes", "size_bytes", right=True),
        Column("Via", "via", detail=True),
        Column("Outcome", "outcome"),
        Column("Message", "message"),
    ),
    id_path="invoice_id",
    plural="invoices",
)
EVENTS = View(preferred=("id", "date", "time", "type", "name"), id_names=("eventId",), plural="events")
