"""The body of ``POST /orders`` made from an order, and how to recognise an order that was sent before."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from . import schema
from .document import OrderDocument
from .forms import compact_iban
from .schema import Field

_NOT_IN_FINGERPRINT = {"offerDate", "contract.transactionDateTime", "userAccount.password"}


def as_request(order: OrderDocument) -> dict[str, Any]:
    """Return the JSON body to send (contract rabot.md 4.3), fields in documented order.

    Nothing is added. The IBAN loses its spaces. A null stays only where the contract knows null; absent
    stays absent. What ``validate`` calls an error because of its name or type is not in the body, so look at
    its answer first.
    """
    return _body(order.data, schema.ORDER, "")


def _body(data: dict[str, Any], of: Field, path: str) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name, field in of.fields.items():
        if name not in data or field.read_only:
            continue
        value = data[name]
        here = schema.join(path, name)
        if value is None:
            if field.nullable:
                body[name] = None
        elif field.kind == "object":
            if isinstance(value, dict):
                body[name] = _body(value, field, here)
        elif _fits(value, field):
            body[name] = compact_iban(value) if here == "contract.bankDetails.iban" else value
    return body


def _fits(value: Any, field: Field) -> bool:
    if field.kind == "boolean":
        return isinstance(value, bool)
    if field.kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str)


def fingerprint(order_request: dict[str, Any]) -> str:
    """Return 64 hex digits that are equal for the same order, whenever it is sent.

    SHA-256 over the sorted JSON without the offer date, the time of signing, the password, and without
    nulls, which say the same as absent.
    """
    kept = _kept(order_request, "")
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _kept(part: dict[str, Any], path: str) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in part.items():
        here = schema.join(path, name)
        if value is None or here in _NOT_IN_FINGERPRINT:
            continue
        kept[name] = _kept(value, here) if isinstance(value, dict) else value
    return kept


def matches(order_request: dict[str, Any], found_order: Any) -> bool:
    """Say whether an order of ``GET /orders`` (contract rabot.md 4.4) is plausibly the one that was sent.

    The e-mail address must be the same; then meter number or market location decide when both sides have
    one (a contradiction in either is a no), else street, house number and postcode. Any field of
    ``found_order`` may be missing or of a wrong type; never raises.
    """
    email = _word(order_request, "userAccount", "emailAddress")
    if email is None or email != _word(found_order, "emailAddress"):
        return False
    agree = False
    for name in ("meterNumber", "maLoIdentifier"):
        sent = _word(order_request, "contract", "deliveryDetails", name)
        found = _word(found_order, name)
        if sent is not None and found is not None:
            if sent != found:
                return False
            agree = True
    if agree:
        return True
    for name in ("streetName", "houseNumber", "postCode"):
        sent = _word(order_request, "contract", "deliveryAddress", name)
        if sent is None or sent != _word(found_order, "deliveryAddress", name):
            return False
    return True


def _word(data: Any, *names: str) -> str | None:
    """Return a text at a path, trimmed and without regard to case; None for anything that is no text."""
    for name in names:
        data = data.get(name) if isinstance(data, dict) else None
    if not isinstance(data, str):
        return None
    return " ".join(data.split()).casefold() or None
