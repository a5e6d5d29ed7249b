"""What RABOT's commands print, declared for ``energyctl schema``."""

from __future__ import annotations

from energyctl.core.rowschema import (
    PLAN,
    SERIES,
    Printed,
    RowField,
    Rows,
    as_it_came,
    computed,
    saved,
    text,
    written,
)

_UNIT = RowField("unit", "string", "Unit of the value, such as kWh or ct/kWh.", null=True, optional=True)
_PROBLEM = Rows(
    "problem",
    "Something in an order file that is wrong, or worth a look.",
    (
        RowField("order", "integer", "Which order of the file, counted from 0."),
        RowField("path", "string", "The field."),
        RowField("line", "integer", "Its line.", null=True),
        RowField(
            "severity", "string", "Only an error keeps the order from being sent.", words=("error", "warning")
        ),
        RowField("value", "any", "What stands there."),
        RowField("message", "string", "What is wrong."),
        RowField("fix", "string", "How to mend it."),
    ),
)
_LINK = Rows(
    "link",
    "The provider's answer, and until when its address works.",
    (
        RowField("authorizationUrl", "string", "Where the customer agrees."),
        RowField("valid_until", "time", "Until when it works."),
        RowField("customer", "object", "With --wait: the customer who appeared.", optional=True),
    ),
    is_open=True,
)
_SAVED = saved(
    id_name="fileId", more=(RowField("documentType", "string", "The document's type.", null=True),)
)

SCHEMAS: dict[str, Printed] = {
    "tariffs list": as_it_came(),
    "quote": as_it_came(),
    "orders template": text("A commented order file in YAML."),
    "orders validate": computed(_PROBLEM),
    "orders create": written(
        RowField("customerNumber", "string", "The customer's number.", null=True),
        RowField("contractNumber", "string", "The contract's number.", null=True),
        RowField("state", "string", "Its state, when it was found by looking it up.", null=True),
        RowField(
            "candidates", "array", "When the end is unknown: orders of which one may be it.", items="string"
        ),
        is_open=True,
    ),
    "orders list": as_it_came(),
    "orders show": as_it_came(),
    "orders wait": as_it_came(),
    "customers list": as_it_came(),
    "customers link": computed(_LINK, PLAN),
    "customers unlink": written(RowField("customerNumber", "string", "The customer's number.")),
    "contracts list": as_it_came(),
    "contracts metrics": computed(
        SERIES.with_fields(_UNIT, RowField("metric_type", "string", "What is measured.", optional=True))
    ),
    "contracts costs": as_it_came("Tables, tsv and csv have a row for each component."),
    "contracts working-prices": computed(
        SERIES.with_fields(_UNIT, RowField("currency", "string", "The currency.", null=True))
    ),
    "documents list": as_it_came(),
    "documents download": _SAVED,
    "invoices list": as_it_came(),
    "invoices download": _SAVED,
    "prices": computed(SERIES.with_fields(_UNIT, RowField("kind", "string", "Net or Gross."))),
    "consumption-plan submit": written(is_open=True),
}
