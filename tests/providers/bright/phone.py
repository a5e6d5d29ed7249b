"""The BankID app, played by the sandbox's control server; and a relay that answers what a test wants."""

from __future__ import annotations

from typing import Any

from energyctl.sandbox import control
from tests.conftest import Sandbox
from tests.providers.bright.browser import until
from tests.providers.bright.other_kit import Answer

BANKID = ("-p", "sandbox", "bright", "bankid")
USER = {"personalNumber": "198904080000", "name": "A B"}


def opened(sandbox: Sandbox) -> str:
    """Wait for an order and return its reference."""

    return str(until(lambda: next(iter(orders(sandbox)), None)))


def orders(sandbox: Sandbox) -> list[str]:
    listed = control.control(sandbox.directory, "/bright/bankid", method="GET")["orders"]
    return [one["orderRef"] for one in listed]


def decide(sandbox: Sandbox, ref: str, decision: str, **more: str) -> None:
    sandbox.post(f"/bright/bankid/{ref}/decide", {"decision": decision, **more})


def collects(answer: Answer) -> dict[str, Any]:
    return {
        "POST /bankid/auth": lambda _: (200, {"orderRef": "r-1"}),
        "POST /bankid/collect": lambda _: answer,
        "POST /bankid/cancel": lambda _: (200, {}),
    }
