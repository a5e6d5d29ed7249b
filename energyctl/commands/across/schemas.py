"""What the groups across providers print, declared for ``energyctl schema``."""

from __future__ import annotations

from energyctl.core.rowschema import Printed, RowField, Rows, computed, saved

_RAW = "With --raw the provider's own objects, unchanged."
_PROVIDER = RowField("provider", "string", "The provider.")
_COMMAND = RowField("command", "string", "The command that opens it.", null=True)

_DEVICE = Rows(
    "device",
    "A device.",
    (
        _PROVIDER,
        RowField("id", "string", "The provider's id of it.", null=True),
        RowField("name", "string", "What it is called.", null=True),
        RowField(
            "kind", "string", "What it is, such as monitor, outlet, charger, battery or car.", null=True
        ),
        RowField("customer", "string", "Whose it is: an id, or e-mail addresses.", null=True),
        RowField("connected", "boolean", "Whether it is connected to the cloud.", null=True),
        _COMMAND,
    ),
)
_BUCKET = Rows(
    "bucket",
    "Energy of a channel in a bucket, and the average power that it means. With --unit only that unit's field.",
    (
        _PROVIDER,
        RowField("device_id", "string", "The device."),
        RowField("device_name", "string", "What it is called.", null=True),
        RowField("channel", "integer", "The channel."),
        RowField("circuit", "string", "What the channel is called.", null=True),
        RowField("start", "time", "Where the bucket begins."),
        RowField("end", "time", "Where it ends, not included."),
        RowField("energy_wh", "number", "Energy.", null=True, optional=True),
        RowField("energy_kwh", "number", "Energy, with --unit kWh.", null=True, optional=True),
        RowField("power_w", "number", "Average power.", null=True, optional=True),
        RowField("power_kw", "number", "Average power, with --unit kW.", null=True, optional=True),
        RowField(
            "status",
            "string",
            "How sure the value is; missing is not 0.",
            words=("complete", "partial", "missing"),
        ),
    ),
)
_ORDER = Rows(
    "order",
    "An order.",
    (
        _PROVIDER,
        RowField("id", "string", "Its number."),
        RowField("state", "string", "Its state, as the provider calls it.", null=True),
        RowField("customer", "string", "The customer's number.", null=True),
        RowField("name", "string", "The customer's name.", null=True),
        RowField("product", "string", "What is ordered.", null=True),
        RowField("starts_on", "string", "The day on which it starts.", null=True),
        _COMMAND,
    ),
)
_INVOICE = Rows(
    "invoice",
    "An invoice; null is what the provider does not tell.",
    (
        _PROVIDER,
        RowField("id", "string", "The provider's id of it.", null=True),
        RowField("kind", "string", "What it is, as the provider calls it.", null=True),
        RowField("title", "string", "What it is called, or its number.", null=True),
        RowField("period", "string", "The time that it is about.", null=True),
        RowField("dated", "string", "Its date, as it came.", null=True),
        RowField("state", "string", "Its state, as the provider calls it.", null=True),
        RowField("amount", "any", "Its amount, as it came."),
        RowField("currency", "string", "The currency, where the provider says it.", null=True),
        RowField("customer", "string", "The customer or account."),
        RowField("contract", "string", "The contract.", null=True),
        RowField("command", "string", "The command that saves it.", null=True),
    ),
)

ACROSS: dict[str, Printed] = {
    "devices list": computed(_DEVICE, note=_RAW),
    "usage": computed(_BUCKET, note=_RAW),
    "orders list": computed(_ORDER, note=_RAW),
    "invoices list": computed(_INVOICE, note=_RAW),
    "invoices download": computed(
        Rows("file", "Where a file was saved, or why not.", (_PROVIDER, *saved(id_name="id").rows[0].fields))
    ),
}
