"""What became of an order whose answer never came: it is looked for among the orders, and never sent again here."""

from __future__ import annotations

import shlex
from datetime import datetime, timedelta
from typing import Any

from energyctl.core.errors import OutcomeUnknown
from energyctl.core.journal import UNKNOWN
from energyctl.core.outcomes import CHANGED, Result
from energyctl.core.views import plain
from energyctl.providers.rabot.client import RabotClient
from energyctl.providers.rabot.operations import ZONE

HOW_TO_LOOK = (
    "Run the same command again: it looks the order up and does not send it. "
    "Or see energyctl rabot orders list; --resend sends it once more if it is still not there."
)
#: Hours by which an order's signature may lie before its request: clocks and time zones differ.
SIGNATURE_SLACK_H = 26
#: Orders like the lost one that a message names.
_MOST_TOLD = 3


def look_up(client: RabotClient, body: dict[str, Any], meant_at: str) -> Result | None:
    """Return what became of an order: the newest that matches and that no other answer named is it.

    One without a time of signature may be an older one for the same meter: it is named, and the end stays unknown.

    :param body: the order as it was sent.
    :param meant_at: when it was meant to be sent (RFC 3339).
    """
    from energyctl.core.times import parse_wire, parse_zone
    from energyctl.providers.rabot.orderfile import matches

    zone = parse_zone(ZONE)
    taken = {
        str(entry["result"].get("contractNumber"))
        for entry in client.session.journal.entries(system=client.section.identity())
    }
    given = parse_wire(body.get("contract", {}).get("transactionDateTime"), zone)
    earliest = (given or datetime.fromisoformat(meant_at)) - timedelta(hours=SIGNATURE_SLACK_H)
    newest: tuple[datetime, dict[str, Any]] | None = None
    unsigned: list[dict[str, Any]] = []
    for order in client.orders():
        if not matches(body, order) or str(order.get("contractNumber")) in taken:
            continue
        signed = parse_wire(order.get("contractSignedAt") or order.get("contractSignatureDate"), zone)
        if signed is None:
            unsigned.append(order)
        elif signed >= earliest and (newest is None or signed >= newest[0]):
            newest = (signed, order)
    if newest is not None:
        facts = {name: newest[1].get(name) for name in ("customerNumber", "contractNumber", "state")}
        return Result(CHANGED, facts, "The answer was lost; the order was found by looking it up.")
    return _perhaps(unsigned) if unsigned else None


def _perhaps(orders: list[dict[str, Any]]) -> Result:
    """Return an unknown end that names the orders of which one may be the lost one."""
    numbers = [plain(one.get("contractNumber")) for one in orders]
    told = ", ".join(
        f"{number} ({plain(one.get('state')) or 'no state'})"
        for number, one in zip(numbers[:_MOST_TOLD], orders, strict=False)
    )
    message = (
        f"No answer came. RABOT Energy lists an order like it, but without a time of signature: {told}. It may be an "
        "older one."
    )
    error = OutcomeUnknown(
        message,
        hint=f"See whether it is the one: energyctl rabot orders show {shlex.quote(numbers[0])}. If it is not, "
        "--resend sends the order once more.",
        provider="rabot",
        operation="create_order",
        details={"candidates": numbers},
    )
    return Result(UNKNOWN, {"candidates": numbers}, message, error=error)
