"""Orders to send, and what a sandbox holds of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.conftest import Done, Run, Sandbox

ORDERS = "/partner/v1/orders"
_MOVE_IN = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()


def an_order(
    email: str = "erika@example.org", meter: str = "1ESY0000000001", **contract: Any
) -> dict[str, Any]:
    """Return an order that is right: a private customer who moves in."""
    name = {"firstName": "Erika", "lastName": "Beispiel"}
    address = {
        **name,
        "streetName": "Gartenweg",
        "houseNumber": "7",
        "postCode": "10115",
        "city": "Berlin",
        "countryCode": "DE",
    }
    return {
        "tariffKey": "RabotSmart",
        "userAccount": {"emailAddress": email, **name},
        "contract": {
            "type": "Private",
            "contractReason": "NewDeliveryLocation",
            "deliveryAddress": address,
            "deliveryDetails": {
                "meterNumber": meter,
                "moveInDate": _MOVE_IN,
                "previousAnnualConsumptionKwh": 3000,
            },
            "agreements": {"termsAndConditions": True, "privacyPolicy": True, "revocationPolicy": True},
            **contract,
        },
    }


def many_orders(count: int, prefix: str = "buyer") -> list[dict[str, Any]]:
    """Return so many different orders."""
    return [an_order(f"{prefix}{n}@example.org", f"1ESY{n:010d}") for n in range(count)]


def jsonl(orders: Sequence[Any]) -> str:
    """Return orders as JSON lines."""
    return "".join(json.dumps(one) + "\n" for one in orders)


def posted(sandbox: Sandbox) -> list[dict[str, Any]]:
    """Return the orders that reached the sandbox's door, whatever became of them."""
    return sandbox.requests(method="POST", path=ORDERS)


def create(run: Run, order: Any, *more: str) -> Done:
    """Send an order from standard input and ask for JSON."""
    return run("rabot", "orders", "create", "-f", "-", "-o", "json", *more, input=json.dumps(order))


def numbers_of(run: Run, email_part: str) -> list[str]:
    """Return the contract numbers of all orders whose e-mail address holds a text."""
    done = run(
        "rabot", "orders", "list", "-o", "json", "--query", f"[?contains(emailAddress, '{email_part}')]"
    )
    assert done.code == 0, done.err
    return [one["contractNumber"] for one in done.json]
