"""What Emulate's commands print, declared for ``energyctl schema``."""

from __future__ import annotations

from energyctl.core.rowschema import CHECK, Printed, RowField, Rows, as_it_came, computed, written

_REPORT = "Each value carries what the answer says of all of them, such as their unit."
_API = RowField("api", "string", "Which API the token is for.", words=("retailer", "single-customer"))
_MINTED = Rows(
    "token",
    "With -o json, jsonl or yaml: a new token. Otherwise the token alone, as text.",
    (
        RowField("token", "string", "The token."),
        _API,
        RowField("key_fingerprint", "string", "Which key signed it."),
        RowField("claims", "object", "Its claims."),
        RowField("expires_at", "time", "When it expires.", null=True),
    ),
)
_INSPECTED = Rows(
    "token",
    "What a token says, and whether it would be accepted.",
    (
        _API,
        RowField("header", "object", "Its header."),
        RowField("claims", "object", "Its claims."),
        RowField("times", "object", "Its times in words."),
        RowField(
            "signature", "string", "Whose signature it is: right, wrong or not verified, and by which key."
        ),
        RowField("checks", "array", "The checks behind a 403.", fields=CHECK.fields),
    ),
)
_KEYS = Rows(
    "keys",
    "A new key pair.",
    (
        RowField("api", "string", "Which API it is for.", words=("retailer", "single-customer")),
        RowField("environment", "string", "Which environment it is for.", null=True),
        RowField("bits", "integer", "Its length."),
        RowField("key_fingerprint", "string", "By which it is recognised."),
        RowField("private_key_file", "string", "The private key's file."),
        RowField("public_key_file", "string", "The public key's file."),
        RowField("public_key", "string", "The public key, PEM."),
    ),
)

SCHEMAS: dict[str, Printed] = {
    "customers list": as_it_came(),
    "customers show": as_it_came(),
    "customers offboard": written(
        RowField("devices_removed", "integer", "How many devices were removed."),
        RowField("devices_left", "integer", "How many are still listed."),
        RowField("removed", "array", "Their ids.", items="string"),
        RowField("left", "array", "Their ids.", items="string"),
    ),
    "facilities list": as_it_came(),
    "devices list": as_it_came(),
    "devices show": as_it_came(),
    "devices logs": as_it_came(),
    "devices rename": written(
        RowField("device_id", "string", "The device."),
        RowField("custom_device_name", "string", "What it is called now.", null=True),
    ),
    "devices remove": written(
        RowField("device_id", "string", "The device."),
        RowField("device_name", "string", "What it was called.", null=True),
    ),
    "spo show": as_it_came("Tables, tsv and csv have a row for each setting."),
    "spo set": written(
        RowField("device_id", "string", "The device."),
        RowField("settings", "object", "The settings that were changed, by their paths."),
        is_open=True,
    ),
    "consumption": as_it_came(_REPORT),
    "savings": as_it_came(_REPORT),
    "onboarding link": written(
        RowField("url", "string", "The address.", null=True),
        RowField("answer", "any", "The provider's answer."),
    ),
    "token mint": computed(_MINTED),
    "token inspect": computed(_INSPECTED),
    "keys generate": computed(_KEYS),
}
