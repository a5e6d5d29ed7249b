"""The monthly invoices: one for all services of an account, equal to what Get cost says of that month."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from energyctl.sandbox.bright import tariff
from energyctl.sandbox.bright.catalog import FIRST_ACCOUNT, Account, Catalog, Service
from energyctl.sandbox.bright.people import check_digit
from energyctl.sandbox.bright.stockholm import day_of, local, midnight, next_month, now

_ISSUED = timedelta(days=2, hours=8)  # the morning of the third of the next month
_UNPAID_EVERY, _UNPAID_AT = 7, 3
_ID = re.compile(r"INV-(\d{6,9})-(\d{4})(\d{2})")
_PAID_AFTER = timedelta(days=16)
KEPT_MONTHS = 36
"""Older invoices are no longer shown."""


@dataclass(frozen=True)
class InvoiceLine:
    """One service on an invoice, VAT included."""

    service: Service
    amount_sek: float
    excluding_vat_sek: float


@dataclass(frozen=True, eq=False)
class Invoice:
    """The invoice of one account for one month; ``due`` is the moment from which it is overdue."""

    account: Account
    month: date
    invoice_id: str
    ocr: str
    issued: datetime
    due: datetime
    lines: tuple[InvoiceLine, ...]

    @property
    def total_sek(self) -> float:
        """What is to be paid."""
        return round(math.fsum(line.amount_sek for line in self.lines), 2)

    @property
    def vat_sek(self) -> float:
        """The VAT in it."""
        return round(math.fsum(line.amount_sek - line.excluding_vat_sek for line in self.lines), 2)


class Invoices:
    """Draws the invoices of accounts, again for each question."""

    def __init__(self, catalog: Catalog, seed: int) -> None:
        self._catalog = catalog
        self._seed = seed
        self._drawn = lru_cache(maxsize=1024)(self._draw)

    def of(self, account: Account, start: datetime | None, end: datetime | None) -> list[Invoice]:
        """Return the invoices issued in ``[start, end)``, newest first."""
        found, present = [], now()
        month = min(service.start for service in self._catalog.services(account)).replace(day=1)
        month = max(month, _months_before(present))
        while (issued := _issued(month)) <= present:
            if (start is None or start <= issued) and (end is None or issued < end):
                found.append(self._drawn(account.at, month))
            month = next_month(month)
        return found[::-1]

    def find(self, account: Account, invoice_id: str) -> Invoice | None:
        """Return one invoice of an account."""
        parts = _ID.fullmatch(invoice_id)
        if parts is None or not 1 <= int(parts[3]) <= 12 or int(parts[1]) != FIRST_ACCOUNT + account.at:
            return None
        issued = _issued(date(max(1, int(parts[2])), int(parts[3]), 1))
        found = self.of(account, issued, issued + timedelta(seconds=1))
        return found[0] if found else None

    def _draw(self, at: int, month: date) -> Invoice:
        account = self._catalog.account_at(at)
        issued = _issued(month)
        number = f"{FIRST_ACCOUNT + at}{month:%Y%m}"
        return Invoice(
            account=account,
            month=month,
            invoice_id=f"INV-{FIRST_ACCOUNT + at}-{month:%Y%m}",
            ocr=f"{number}{check_digit(number)}",
            issued=issued,
            due=_issued(next_month(month)),
            lines=tuple(self._lines(account, month)),
        )

    def _lines(self, account: Account, month: date) -> list[InvoiceLine]:
        lines = []
        for service in self._catalog.services(account):
            start = max(month, service.start)
            end = next_month(month) if service.end is None else min(next_month(month), service.end)
            if start < end:
                parts = tariff.lines(service, midnight(start), midnight(end), "month", self._seed)
                cost = tariff.total(parts, "month")
                lines.append(InvoiceLine(service, cost, tariff.without_vat(service, cost, "month")))
        return lines


def _months_before(present: datetime) -> date:
    day = day_of(present)
    whole = day.year * 12 + day.month - 1 - KEPT_MONTHS
    return date(whole // 12, whole % 12 + 1, 1)


def _issued(month: date) -> datetime:
    return midnight(next_month(month)) + _ISSUED


def state(invoice: Invoice) -> str:
    """Return new, paid or overdue. Only the latest is new; of seven older ones one was never paid."""
    if now() < invoice.due:
        return "new"
    number = invoice.month.year * 12 + invoice.month.month + invoice.account.at
    return "overdue" if number % _UNPAID_EVERY == _UNPAID_AT else "paid"


def shown(invoice: Invoice) -> dict[str, Any]:
    """Return an invoice as the Kit answers it. Only ``state`` and its values are the contract's own words."""
    status = state(invoice)
    return {
        "invoiceId": invoice.invoice_id,
        "invoiceNumber": invoice.ocr[:-1],
        "ocr": invoice.ocr,
        "state": status,
        "invoiceDate": local(invoice.issued),
        "dueDate": local(invoice.due),
        "paidDate": local(invoice.issued + _PAID_AFTER) if status == "paid" else None,
        "periodStart": local(midnight(invoice.month)),
        "periodEnd": local(midnight(next_month(invoice.month))),
        "amount": invoice.total_sek,
        "vat": invoice.vat_sek,
        "currency": "SEK",
        "lines": [
            {
                "serviceId": line.service.service_id,
                "description": tariff.PRODUCT_NAMES[line.service.type],
                "amount": line.amount_sek,
            }
            for line in invoice.lines
        ],
    }
