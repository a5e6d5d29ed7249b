"""``energyctl invoices``: list and save invoices, whoever issues them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.commands.across.gathering import Provider, Raw, asked_modules, gather
from energyctl.core.across import InvoiceQuestion, SaveQuestion
from energyctl.core.commandline import noun, session_of
from energyctl.core.errors import NotFound, PartlyFailed, UsageProblem
from energyctl.core.files import make_directory
from energyctl.core.inputs import expanded
from energyctl.core.views import Column, View

if TYPE_CHECKING:
    from energyctl.core.session import Session

app = noun("List and save invoices, whoever issues them.")

_CLOCK = re.compile(r"T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})?")


def _dates(times: str) -> str:
    """Return times as the dates that they have where they were written."""
    return _CLOCK.sub("", times)


INVOICES = View(
    columns=(
        Column("Provider", "provider"),
        Column("Invoice", "id"),
        Column("Kind", "kind", gives_way=True),
        Column("Title", "title", gives_way=True),
        Column("Period", "period", show=_dates),
        Column("Dated", "dated", show=_dates),
        Column("State", "state"),
        Column("Amount", "amount", right=True),
        Column("Currency", "currency"),
        Column("Customer", "customer", detail=True),
        Column("Contract", "contract", detail=True),
        Column("Save it with", "command", detail=True),
    ),
    id_path="id",
    plural="invoices",
)
SAVED = View(
    columns=(
        Column("Provider", "provider"),
        Column("Invoice", "id"),
        Column("Saved as", "path"),
        Column("Bytes", "size_bytes", right=True),
        Column("Outcome", "outcome"),
        Column("Message", "message"),
    ),
    id_path="path",
    plural="invoices",
)

Account = Annotated[str | None, typer.Option("--account", metavar="ID", help="The account: bright.")]
Customer = Annotated[
    str | None, typer.Option("--customer", metavar="NUMBER", help="The customer number: rabot.")
]
Contract = Annotated[
    str | None, typer.Option("--contract", metavar="NUMBER", help="Only this contract of the customer.")
]


@app.command("list")
def list_invoices(
    ctx: typer.Context,
    account: Account = None,
    customer: Customer = None,
    contract: Contract = None,
    providers: Provider = None,
    raw: Raw = False,
) -> None:
    """List the invoices of an account or a customer; of both at once when both are named.

    Examples:
    energyctl invoices list --account A-500001
    energyctl invoices list --customer 1000001 --contract 400000001 -o json
    energyctl invoices list --account A-500001 --customer 1000001 -o tsv
    """
    session = session_of(ctx)
    question = InvoiceQuestion(account, customer, contract, session.row_limit)
    modules = _meant(session, providers, question, "invoices")
    gather(session, modules, "invoices", question, INVOICES, raw=raw)


@app.command("download")
def download_invoices(
    ctx: typer.Context,
    invoice: Annotated[str | None, typer.Argument(metavar="[INVOICE]", help="Which one; or --all.")] = None,
    account: Account = None,
    customer: Customer = None,
    contract: Contract = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    to: Annotated[str, typer.Option("--to", metavar="DIR", help="The directory.")] = ".",
    force: Annotated[bool, typer.Option("--force", help="Replace existing files.")] = False,
    providers: Provider = None,
) -> None:
    """Save invoices: whole or not at all, never over an existing file.

    Examples:
    energyctl invoices download --all --account A-500001 --to invoices
    energyctl invoices download --all --customer 1000001 --contract 400000001 --to invoices --force
    """
    session = session_of(ctx)
    if (invoice is None) == (not everything):
        raise UsageProblem(
            "Say which invoice: its id, or --all.", hint="See the ids with: energyctl invoices list"
        )
    whose = InvoiceQuestion(account, customer, contract)
    modules = _meant(session, providers, whose, "saved_invoices")
    outcomes: list[str] = []

    def look(row: Mapping[str, Any]) -> None:
        outcomes.append(str(row["outcome"]))

    directory = expanded(to)
    make_directory(directory)
    question = SaveQuestion(whose, invoice, directory, force)
    gather(session, modules, "saved_invoices", question, SAVED, look=look)
    failed = len([one for one in outcomes if one != "saved"])
    if failed:
        raise PartlyFailed(
            f"{failed} of {len(outcomes)} invoices were not saved.",
            hint="The rows say why; the same command again tries the others too.",
        )
    if invoice is not None and not outcomes:
        raise NotFound(
            f"There is no such invoice: {invoice}.", hint="See the ids with: energyctl invoices list"
        )


def _meant(
    session: Session, wished: list[str] | None, question: InvoiceQuestion, function: str
) -> dict[str, ModuleType]:
    """Return the providers whose customer or account the question names.

    :raises UsageProblem: when it names none, with what each provider needs.
    """
    modules = asked_modules(session, wished, function)
    meant = {name: module for name, module in modules.items() if module.has_invoices_of(question)}
    if not meant or (question.contract is not None and question.customer is None):
        ways = "; ".join(f"{name}: {module.INVOICES_OF}" for name, module in modules.items())
        raise UsageProblem(
            "It is not said whose invoices are meant.", hint=f"{ways}. Find them with: energyctl find TERM"
        )
    return meant
