"""``rabot documents`` and ``rabot invoices``: list and download a contract's files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.core.downloads import Wanted, save
from energyctl.core.errors import NotFound, PartlyFailed, UsageProblem
from energyctl.core.files import make_directory, safe_file_name, told_apart
from energyctl.core.inputs import expanded
from energyctl.core.views import plain
from energyctl.providers.rabot.client import RabotClient, connect
from energyctl.providers.rabot.commands.contracts import Contract, Customer
from energyctl.providers.rabot.operations import INVOICE_TYPES
from energyctl.providers.rabot.views import DOCUMENTS, DOWNLOADS, FILE_IDS

if TYPE_CHECKING:
    from energyctl.core.session import Session

documents = noun("List and download a contract's documents.")
invoices = noun("List and download a contract's invoices: prepayment notices and settlements.")

FileId = Annotated[
    str | None,
    typer.Argument(metavar="[FILE_ID]", help="Which one; or --all.", autocompletion=FILE_IDS.feed),
]
All = Annotated[bool, typer.Option("--all", help="All of them.")]
Target = Annotated[
    str, typer.Option("--to", metavar="DIR|FILE|-", help="Where to: a directory, a file, or - for stdout.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace an existing file.")]


class DocumentType(StrEnum):
    """The kinds of documents."""

    all = "All"
    prepayment = "PrePayment"
    settlement = "Settlement"
    confirmation = "ContractConfirmation"


@documents.command("list")
def list_documents(
    ctx: typer.Context,
    customer: Customer,
    contract: Contract,
    document_type: Annotated[
        DocumentType | None, typer.Option("--type", help="Only these.", case_sensitive=False)
    ] = None,
) -> None:
    """List the documents of a contract.

    Examples:
    energyctl rabot documents list 1000001 400000001
    energyctl rabot documents list 1000001 400000001 --type Settlement -o json
    """
    session = session_of(ctx)
    wanted = document_type.value if document_type else None
    session.out.rows(_offered(session, connect(session).documents(customer, contract, wanted)), DOCUMENTS)


@documents.command("download")
def download_documents(
    ctx: typer.Context,
    customer: Customer,
    contract: Contract,
    file_id: FileId = None,
    everything: All = False,
    to: Target = ".",
    force: Force = False,
) -> None:
    """Save documents: whole or not at all, never over an existing file.

    Examples:
    energyctl rabot documents download 1000001 400000001 --all --to documents
    energyctl rabot documents download 1000001 400000001 --all --to documents --force -o jsonl
    """
    _download(session_of(ctx), customer, contract, list, file_id, everything=everything, to=to, force=force)


@invoices.command("list")
def list_invoices(ctx: typer.Context, customer: Customer, contract: Contract) -> None:
    """List a contract's invoices: the documents of the types PrePayment and Settlement.

    Examples:
    energyctl rabot invoices list 1000001 400000001
    energyctl rabot invoices list 1000001 400000001 -o ids
    """
    session = session_of(ctx)
    found = only_invoices(connect(session).documents(customer, contract))
    session.out.rows(_offered(session, found), DOCUMENTS)


@invoices.command("download")
def download_invoices(
    ctx: typer.Context,
    customer: Customer,
    contract: Contract,
    file_id: FileId = None,
    everything: All = False,
    to: Target = ".",
    force: Force = False,
) -> None:
    """Save invoices: whole or not at all, never over an existing file.

    Examples:
    energyctl rabot invoices download 1000001 400000001 --all --to invoices
    energyctl rabot invoices download 1000001 400000001 --all --to invoices --force -o jsonl
    """
    session = session_of(ctx)
    _download(session, customer, contract, only_invoices, file_id, everything=everything, to=to, force=force)


def _offered(session: Session, found: list[Any]) -> Iterator[Any]:
    """Yield documents and keep their ids for completion."""
    return FILE_IDS.fed_by(
        session,
        found,
        lambda one: (one.get("fileId"), one.get("name") or one.get("documentType")),
        selected=True,
    )


def only_invoices(found: list[Any]) -> list[Any]:
    """Return those documents that are invoices: prepayment notices and settlements."""
    kinds = {kind.lower() for kind in INVOICE_TYPES}
    return [one for one in found if plain(one.get("documentType")).lower() in kinds]


def _download(
    session: Session,
    customer: str,
    contract: str,
    offered: Callable[[list[Any]], list[Any]],
    file_id: str | None,
    *,
    everything: bool,
    to: str,
    force: bool,
) -> None:
    if (file_id is None) == (not everything):
        raise UsageProblem(
            "Say which document: a FILE_ID, or --all.", hint="See the ids with the list command."
        )
    if to == "-" and everything:
        raise UsageProblem("--to - takes a single document.", hint="Name its FILE_ID, or give a directory.")
    client = connect(session)
    found = offered(client.documents(customer, contract))
    chosen = found if everything else [one for one in found if plain(one.get("fileId")) == file_id]
    if file_id is not None and not chosen:
        listed = " among those that RABOT Energy lists" if "list_documents" in client.cut_short else ""
        raise NotFound(
            f"Contract {contract} has no such document{listed}: {file_id}.",
            hint="See the ids with the list command.",
            provider="rabot",
            operation="list_documents",
        )
    if to == "-":
        session.out.file(client.document(customer, contract, str(file_id)).content)
        return
    place = expanded(to)
    if to.endswith(("/", os.sep)):  # a path forgets it
        make_directory(place)
    wanted = wanted_files(client, customer, contract, chosen, place, into_file=not everything)
    save(
        session,
        wanted,
        DOWNLOADS,
        force=force,
        many=everything,
        provider="rabot",
        operation="download_document",
    )
    if everything:
        refuse_cut_list(client)


def refuse_cut_list(client: RabotClient) -> None:
    """Say that not all documents are saved when RABOT did not list all.

    :raises PartlyFailed: when it has more than it listed.
    """
    if "list_documents" in client.cut_short:
        raise PartlyFailed(
            "RABOT Energy has more documents than it lists; those were not saved.",
            hint="Ask RABOT; lists of one kind may be whole: energyctl rabot documents list CUSTOMER CONTRACT "
            "--type TYPE",
            provider="rabot",
            operation="list_documents",
        )


def wanted_files(
    client: RabotClient,
    customer: str,
    contract: str,
    chosen: list[Mapping[str, Any]],
    to: Path,
    taken: set[str] | None = None,
    *,
    into_file: bool = False,
) -> list[Wanted]:
    """Return documents as files to save in a directory, which is made.

    :param taken: names that were given before in the same directory; those given now are added.
    :param into_file: whether there is one document, for which a path with a suffix is the file itself.
    """
    into_file = into_file and not to.is_dir() and to.suffix != ""
    if not into_file:
        make_directory(to)
    taken = set() if taken is None else taken
    return [
        Wanted(
            {"fileId": plain(one.get("fileId")), "documentType": one.get("documentType")},
            to if into_file else to / _file_name(one, contract, taken),
            partial(_fetched, client, customer, contract, plain(one.get("fileId"))),
        )
        for one in chosen
    ]


def _fetched(
    client: RabotClient, customer: str, contract: str, file_id: str
) -> tuple[bytes, Mapping[str, Any]]:
    return client.document(customer, contract, file_id).content, {}


def _file_name(document: Mapping[str, Any], contract: str, taken: set[str]) -> str:
    """Return a plain file name from the document's own, told apart from those given before."""
    file_id = plain(document.get("fileId"))
    ending = plain(document.get("extension")) or ".pdf"
    name = plain(document.get("name")) or f"{contract}-{plain(document.get('documentType')) or 'document'}"
    if not name.lower().endswith(ending.lower()):
        name += ending if ending.startswith(".") else f".{ending}"
    fallback = safe_file_name(f"{file_id}.pdf", fallback="document.pdf")
    safe = safe_file_name(name, fallback=fallback)
    if safe.casefold() in taken:
        safe = safe_file_name(f"{file_id[:8]}-{safe}", fallback=fallback)
    return told_apart(safe, taken)
