"""What Bright Kit's commands print, declared for ``energyctl schema``."""

from __future__ import annotations

from energyctl.core.rowschema import (
    CHECK,
    SERIES,
    Printed,
    RowField,
    Rows,
    as_it_came,
    computed,
    saved,
    written,
)

_SERIES = computed(
    SERIES.with_fields(
        RowField("account_id", "string", "The account."),
        RowField("service_id", "string", "The service."),
        RowField("resolution", "string", "The resolution asked for."),
    )
)
_MASKED = "Personal numbers are masked unless --reveal is given."
_RULE = Rows(
    "rule",
    "How a rule of the Kit ended.",
    (
        RowField("step", "string", "The step of the integration."),
        RowField("rule", "string", "The rule."),
        RowField("status", "string", "How it ended.", words=("pass", "fail", "skipped", "not_built")),
        RowField("title", "string", "What holds of a right server."),
        RowField("request", "string", "What was asked.", null=True),
        RowField("expected", "string", "What should have come."),
        RowField("found", "string", "What came, or why it was skipped.", null=True),
        RowField("fix", "string", "What to do about it.", null=True),
        RowField("contract", "string", "Where the Kit says it."),
        RowField("duration_ms", "integer", "How long it took."),
    ),
)
_FINDING = Rows(
    "check",
    "With --check: a finding about the OpenID provider. Otherwise the claims about the person, as they came.",
    tuple(
        RowField(one.name, one.kind, one.meaning, words=("pass", "warn", "fail")) if one.words else one
        for one in CHECK.fields
    ),
)

SCHEMAS: dict[str, Printed] = {
    "accounts search": as_it_came(_MASKED),
    "accounts show": as_it_came(_MASKED),
    "users list": as_it_came(_MASKED),
    "users add": written(
        RowField("user_id", "string", "The user.", null=True),
        RowField("role", "string", "The user's role.", null=True),
        RowField("answer", "any", "The answer, when the user was not seen afterwards."),
    ),
    "users update": written(
        RowField("user_id", "string", "The user."),
        RowField("answer", "any", "The answer, when it was not read back."),
        is_open=True,
    ),
    "locations list": as_it_came("Tables, tsv and csv have a row for each service."),
    "agreements list": as_it_came(),
    "products list": as_it_came("Tables, tsv and csv have a row for each price."),
    "invoices list": as_it_came(),
    "invoices url": as_it_came("With -o json, jsonl or yaml; otherwise the address alone, as text."),
    "invoices download": saved(
        id_name="invoice_id",
        more=(RowField("via", "string", "By which way it came.", null=True, words=("stream", "url")),),
    ),
    "measurements": _SERIES,
    "cost": _SERIES,
    "events list": as_it_came(),
    "events report": written(RowField("answer", "any", "The answer.")),
    "bankid": as_it_came(f"{_MASKED} With --dry-run the rows of a write's plan."),
    "openid": computed(_FINDING),
    "verify": computed(_RULE),
}
