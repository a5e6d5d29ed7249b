"""A Kit's rows in the groups across providers: the invoices of an account. Their fields are not documented (7.3)."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from energyctl.core.across import InvoiceQuestion, SaveQuestion, Seen
from energyctl.core.downloads import saved
from energyctl.core.errors import EnergyctlError, NotFound
from energyctl.core.views import dig
from energyctl.providers.bright.client import connect
from energyctl.providers.bright.commands.invoices import invoice_id, wanted_files

if TYPE_CHECKING:
    from energyctl.core.session import Session

#: How a user says whose invoices are meant.
INVOICES_OF = "--account ID"

_TITLES = ("invoiceNumber", "number", "name", "title")
_DATES = ("invoiceDate", "issuedDate", "issueDate", "date", "createdDate")
_STATES = ("state", "status")
_AMOUNTS = ("amount", "totalAmount", "total", "amountIncVat")
_STARTS, _ENDS = ("periodStart", "fromDate", "startDate"), ("periodEnd", "toDate", "endDate")


def has_invoices_of(question: InvoiceQuestion) -> bool:
    """Whether the question says whose invoices are meant in this provider's way."""
    return question.account is not None


def invoices(session: Session, question: InvoiceQuestion) -> Iterator[Seen]:
    """Yield the invoices of all services of an account."""
    account = str(question.account)
    for row in connect(session).invoices(account, None, None, question.limit):
        own = invoice_id(row)
        start, end = _first(row, _STARTS), _first(row, _ENDS)
        words = ("bright", "invoices", "download", str(own), "--account", account)
        yield Seen(
            {
                "id": own,
                "kind": "invoice",
                "title": _first(row, _TITLES),
                "period": f"{start}/{end}" if start and end else None,
                "dated": _first(row, _DATES),
                "state": _first(row, _STATES),
                "amount": _first(row, _AMOUNTS),
                "currency": _first(row, ("currency", "currencyCode")),
                "customer": account,
                "contract": None,
                "command": None if own is None else shlex.join(("energyctl", *words)),
            },
            row,
        )


def saved_invoices(session: Session, question: SaveQuestion) -> Iterator[Seen]:
    """Save invoices and yield what became of each; nothing for a single one that the account does not have.

    :raises EnergyctlError: why a single one could not be saved.
    """
    client = connect(session)
    account = str(question.of.account)
    ids: list[str | None] = [question.invoice]
    if question.invoice is None:
        ids = [invoice_id(row) for row in client.invoices(account, None, None)]
    failures: list[EnergyctlError] = []
    wanted = wanted_files(client, account, ids, question.directory)
    for row in saved(session, wanted, force=question.force, failures=failures):
        if failures and question.invoice is not None:
            if isinstance(failures[0], NotFound):
                return
            raise failures[0]
        yield Seen(
            {
                "id": row["invoice_id"],
                "path": row["path"],
                "size_bytes": row["size_bytes"],
                "outcome": row["outcome"],
                "message": row["message"],
            },
            row,
        )


def _first(row: Any, names: tuple[str, ...]) -> Any:
    return next((value for name in names if (value := dig(row, name)) is not None), None)
