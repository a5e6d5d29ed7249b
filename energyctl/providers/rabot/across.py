"""RABOT's rows in the groups across providers: its orders, and the invoices of a customer's contracts."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from energyctl.core.across import InvoiceQuestion, OrderQuestion, SaveQuestion, Seen
from energyctl.core.downloads import saved
from energyctl.core.errors import EnergyctlError
from energyctl.core.views import dig, plain
from energyctl.providers.rabot.client import RabotClient, connect
from energyctl.providers.rabot.commands.documents import only_invoices, refuse_cut_list, wanted_files
from energyctl.providers.rabot.views import offered_orders, person

if TYPE_CHECKING:
    from energyctl.core.session import Session

#: How a user says whose invoices are meant.
INVOICES_OF = "--customer NUMBER [--contract NUMBER]"


def orders(session: Session, question: OrderQuestion) -> Iterator[Seen]:
    """Yield the orders, those of the web funnel included."""
    found = connect(session).orders(question.customer, question.limit)
    for order in offered_orders(session, found, selected=True):
        number = plain(order.get("contractNumber"))
        yield Seen(
            {
                "id": number,
                "state": order.get("state"),
                "customer": order.get("customerNumber"),
                "name": person(order),
                "product": order.get("tariffName"),
                "starts_on": order.get("actualDateOfDelivery"),
                "command": f"energyctl rabot orders show {shlex.quote(number)}",
            },
            order,
        )


def has_invoices_of(question: InvoiceQuestion) -> bool:
    """Whether the question says whose invoices are meant in this provider's way."""
    return question.customer is not None


def invoices(session: Session, question: InvoiceQuestion) -> Iterator[Seen]:
    """Yield the invoices of a contract, or of all contracts of a customer."""
    for customer, contract, found in _documents(connect(session), question):
        for one in found:
            file_id = plain(one.get("fileId"))
            words = ("rabot", "invoices", "download", customer, contract, file_id)
            months = dig(one, "info.TargetMonths")
            yield Seen(
                {
                    "id": file_id,
                    "kind": one.get("documentType"),
                    "title": one.get("name"),
                    "period": ", ".join(map(plain, months)) if isinstance(months, list) else None,
                    "dated": None,
                    "state": None,
                    "amount": None,
                    "currency": None,
                    "customer": customer,
                    "contract": contract,
                    "command": shlex.join(("energyctl", *words)),
                },
                one,
            )


def saved_invoices(session: Session, question: SaveQuestion) -> Iterator[Seen]:
    """Save invoices and yield what became of each; nothing for a single one that the contracts do not have.

    :raises EnergyctlError: why a single one could not be saved, or that not all were listed.
    """
    client = connect(session)
    failures: list[EnergyctlError] = []
    taken: set[str] = set()
    for customer, contract, found in _documents(client, question.of):
        chosen = [one for one in found if question.invoice in (None, plain(one.get("fileId")))]
        wanted = wanted_files(client, customer, contract, chosen, question.directory, taken) if chosen else []
        for row in saved(session, wanted, force=question.force, failures=failures):
            if failures and question.invoice is not None:
                raise failures[0]
            yield Seen(
                {
                    "id": row["fileId"],
                    "path": row["path"],
                    "size_bytes": row["size_bytes"],
                    "outcome": row["outcome"],
                    "message": row["message"],
                },
                row,
            )
    if question.invoice is None:
        refuse_cut_list(client)


def _documents(client: RabotClient, question: InvoiceQuestion) -> Iterator[tuple[str, str, list[Any]]]:
    customer = str(question.customer)
    if question.contract is not None:
        yield customer, question.contract, only_invoices(client.documents(customer, question.contract))
        return
    for contract in client.contracts(customer):
        number = plain(contract.get("contractNumber"))
        yield customer, number, only_invoices(client.documents(customer, number))
