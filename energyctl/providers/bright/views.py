"""How the Kit's resources are shown. Where a schema is not documented the columns come from the data."""

from __future__ import annotations

from energyctl.core.cache import CompletionList
from energyctl.core.views import Column, View

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
        Column("First name", "user.firstName"),
        Column("Last name", "user.lastName"),
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
        Column("Measured by", "measurementResolution"),
        Column("Charged by", "costResolution"),
        Column("From", "startDate"),
        Column("To", "endDate"),
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
        Column("From", "validFrom"),
        Column("To", "validTo"),
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
