"""Which documents a contract has.

Its confirmation, a prepayment notice and a settlement for each month (contract 4.12).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from energyctl.sandbox import berlin
from energyctl.sandbox.rabot.contracts import Contract

DocumentType = Literal["PrePayment", "Settlement", "ContractConfirmation"]
TYPES = ("All", "PrePayment", "Settlement", "ContractConfirmation")

_NAMESPACE = uuid.UUID("6f1b5c0e-52a5-4c1e-9f52-1d5b6f2a7c10")
_SETTLED_AFTER_MONTHS = 1
_NAMES = {
    "ContractConfirmation": "Vertragsbestätigung",
    "PrePayment": "Abschlagsrechnung",
    "Settlement": "Monatsabrechnung",
}


@dataclass(frozen=True)
class Document:
    """One document. ``month`` is the first day of the month it is about; None for the confirmation."""

    contract: Contract
    kind: DocumentType
    month: date | None

    @property
    def file_id(self) -> str:
        """Return the same id each time for the same document."""
        return str(uuid.uuid5(_NAMESPACE, f"{self.contract.number}/{self.kind}/{self.month}"))

    @property
    def name(self) -> str:
        """Return the name without extension."""
        label = f"{self.month:%Y-%m}" if self.month else str(self.contract.number)
        return f"{_NAMES[self.kind]} {label}"

    def shown(self, size_in_bytes: int, downloaded: date | None) -> dict[str, Any]:
        """Return the document as the list shows it."""
        return {
            "fileId": self.file_id,
            "documentType": self.kind,
            "name": self.name,
            "extension": ".pdf",
            "sizeInBytes": size_in_bytes,
            "isAvailableForCustomer": True,
            "lastDownloadedAt": downloaded.isoformat() if downloaded else None,
            "info": {"TargetMonths": [f"{self.month:%Y-%m}"]} if self.month else None,
            "billogramUrl": None,
        }


def next_month(month: date) -> date:
    """Return the first day of the following month."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def _months(contract: Contract, notices: int | None) -> list[date]:
    """Return the months with a prepayment notice.

    So many from the start, or those the calendar has reached.
    """
    month = contract.start.replace(day=1)
    found: list[date] = []
    while (len(found) < notices) if notices is not None else (month <= berlin.today()):
        if contract.end is not None and month >= contract.end:
            break
        found.append(month)
        month = next_month(month)
    return found


def documents_of(contract: Contract, notices: int | None) -> list[Document]:
    """Return a contract's documents, oldest first.

    ``notices``: how many months were billed; None: the calendar says.

    A month is settled once the next one has its prepayment notice.
    """
    months = _months(contract, notices)
    found = [Document(contract, "ContractConfirmation", None)]
    for number, month in enumerate(months):
        found.append(Document(contract, "PrePayment", month))
        if number >= _SETTLED_AFTER_MONTHS:
            found.append(Document(contract, "Settlement", months[number - _SETTLED_AFTER_MONTHS]))
    return found
