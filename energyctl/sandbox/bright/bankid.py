"""BankID as the Organisation relays it: orders, their states, and the animated QR code (contract 5)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from energyctl.sandbox.bright.answers import KitError
from energyctl.sandbox.bright.book import Book
from energyctl.sandbox.bright.people import FIRST_SSN, ssn_is_right
from energyctl.sandbox.bright.settings import SettingsDesk

START_WITHIN_S, FINISH_WITHIN_S, KEPT_S = 30.0, 180.0, 180.0
"""Within these times an order must be started and finished; for so long an ended one can be collected."""

_ISSUED = date(2024, 3, 1)
_STRANGER = ("Okänd", "Person")


def qr_content(token: str, secret: str, second: int) -> str:
    """Return what the animated QR code holds in the given second after the auth answer (contract 5.2)."""
    code = hmac.new(secret.encode(), str(second).encode(), hashlib.sha256).hexdigest()
    return f"bankid.{token}.{second}.{code}"


def _new_id() -> str:
    return str(uuid.uuid4())


@dataclass
class Order:
    """One order. ``auto_s``: seconds after which it goes through by itself; None: a person decides."""

    kind: str
    ip: str
    personal_number: str | None
    auto_s: float | None
    begun: float
    ref: str = field(default_factory=_new_id)
    auto_start_token: str = field(default_factory=_new_id)
    qr_token: str = field(default_factory=_new_id)
    qr_secret: str = field(default_factory=_new_id)
    status: str = "pending"
    hint: str = "outstandingTransaction"
    ssn: str | None = None
    ended: float | None = None


class BankId:
    """All orders. An ended one is forgotten after three minutes, as BankID does. ``clock`` counts seconds."""

    def __init__(
        self, book: Book, desk: SettingsDesk, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._book = book
        self._desk = desk
        self._orders: dict[str, Order] = {}

    def reset(self) -> None:
        """Forget all orders."""
        self._orders.clear()

    def begin(self, kind: str, ip: str, personal_number: str | None) -> Order:
        """Make an order. A second one for the same person ends both (alreadyInProgress)."""
        if personal_number is not None:
            if not ssn_is_right(personal_number):
                raise KitError(400, "Invalid personalNumber")
            for other in self.pending():
                if other.personal_number == personal_number:
                    self._end(other, "failed", "cancelled")
                    raise KitError(400, "Order already in progress for pno", code="alreadyInProgress")
        order = Order(kind, ip, personal_number, self._desk.now.bankid_approves_after_s, self._clock())
        self._orders[order.ref] = order
        return order

    def find(self, ref: str) -> Order:
        """Return an order as it stands now; KitError when there is none."""
        self._settle()
        order = self._orders.get(ref)
        if order is None:
            raise KitError(400, "No such order")
        return order

    def pending(self) -> list[Order]:
        """Return the orders that still wait."""
        self._settle()
        return [order for order in self._orders.values() if order.status == "pending"]

    def cancel(self, ref: str) -> None:
        """Take an order back; it cannot be collected any more."""
        del self._orders[self.find(ref).ref]

    def open(self, order: Order) -> None:
        """Note that the app shows the order."""
        if order.status == "pending" and order.hint == "outstandingTransaction":
            order.hint = "userSign"

    def decide(self, order: Order, decision: str, *, ssn: str | None = None, hint: str | None = None) -> None:
        """Act on ``approve``, ``decline`` or ``pending`` (which only changes the hint)."""
        if order.status != "pending":
            raise KitError(409, "The order has ended already.")
        if decision == "pending":
            order.hint = hint or "started"
        elif decision == "decline":
            self._end(order, "failed", hint or "userCancel")
        elif decision == "approve":
            self._approve(order, ssn)
        else:
            raise KitError(400, "decision must be approve, decline or pending.")

    def age_s(self, order: Order) -> float:
        """Return the seconds since the auth answer."""
        return self._clock() - order.begun

    def collected(self, order: Order) -> dict[str, Any]:
        """Return the answer to collect."""
        answer: dict[str, Any] = {"orderRef": order.ref, "status": order.status}
        if order.status != "complete":
            return {**answer, "hintCode": order.hint}
        return {**answer, "completionData": self._completion(order)}

    def _end(self, order: Order, status: str, hint: str) -> None:
        order.status, order.hint, order.ended = status, hint, self._clock()

    def _approve(self, order: Order, ssn: str | None) -> None:
        chosen = ssn or order.personal_number or FIRST_SSN
        if not ssn_is_right(chosen):
            raise KitError(400, "ssn must be a personal number of 12 digits with the right check digit.")
        if order.personal_number not in {None, chosen}:
            raise KitError(400, "The order is for another personal number.")
        order.ssn = chosen
        self._end(order, "complete", "")

    def _completion(self, order: Order) -> dict[str, Any]:
        ssn = order.ssn or FIRST_SSN
        who = self._book.catalog.people.by_ssn(ssn)
        known = who is not None and who.at < self._book.catalog.count
        given, last = (who.first_name, who.last_name) if who is not None and known else _STRANGER
        signed = f"{order.ref} {ssn}".encode()
        return {
            "user": {"personalNumber": ssn, "name": f"{given} {last}", "givenName": given, "surname": last},
            "device": {"ipAddress": order.ip, "uhi": _base64(hashlib.sha1(ssn.encode()).digest())},  # noqa: S324
            "bankIdIssueDate": _ISSUED.isoformat(),
            "signature": _base64(b"sandbox signature " + signed),
            "ocspResponse": _base64(b"sandbox ocsp " + signed),
        }

    def _settle(self) -> None:
        """Bring every order to where time has taken it."""
        for order in list(self._orders.values()):
            if order.ended is not None:
                if self._clock() - order.ended > KEPT_S:
                    del self._orders[order.ref]
            elif order.auto_s is not None:
                self._move_on(order, order.auto_s)
            elif order.hint == "outstandingTransaction" and self.age_s(order) > START_WITHIN_S:
                self._end(
                    order, "failed", "startFailed" if order.personal_number is None else "expiredTransaction"
                )
            elif self.age_s(order) > FINISH_WITHIN_S:
                self._end(order, "failed", "expiredTransaction")

    def _move_on(self, order: Order, after_s: float) -> None:
        steps = ("outstandingTransaction", "started", "userSign")
        if self.age_s(order) >= after_s:
            self._approve(order, None)
        else:
            order.hint = steps[int(self.age_s(order) / after_s * len(steps))]


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
