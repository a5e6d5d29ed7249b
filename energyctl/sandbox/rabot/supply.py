"""Customers, their consent, contracts and documents (contract 4.6 to 4.9, 4.12 and 4.13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from aiohttp import web

from energyctl.sandbox import berlin
from energyctl.sandbox.rabot.answers import listing, refuse
from energyctl.sandbox.rabot.contracts import Contract
from energyctl.sandbox.rabot.documents import TYPES, Document, documents_of
from energyctl.sandbox.rabot.links import Links
from energyctl.sandbox.rabot.operations import ANY_ROLE, PAGING, ROOT, Call, Desk, Operation, page
from energyctl.sandbox.rabot.papers import Papers
from energyctl.sandbox.shapes import Address, Choice, Record, Text

CUSTOMER = f"{ROOT}/customers/{{customerNumber}}"
CONTRACT = f"{CUSTOMER}/contracts/{{contractNumber}}"

_LINK = Record(
    fields={
        "successUrl": Address(nullable=True),
        "failureUrl": Address(nullable=True),
        "customerNumberQueryParameterName": Text(),
        "externalCustomerId": Text(nullable=True),
        "signUpUrl": Address(nullable=True),
        "authAs": Text(nullable=True),
    }
)
_DEFAULT_NUMBER_PARAMETER = "customerNumber"


class Supply:
    """The operations about customers. ``auth_url`` gives the auth host's root, known once it listens."""

    def __init__(self, desk: Desk, links: Links, papers: Papers, auth_url: Callable[[], str]) -> None:
        self._desk = desk
        self._links = links
        self._papers = papers
        self._auth_url = auth_url
        self._downloaded: dict[str, date] = {}

    def reset(self) -> None:
        """Forget what was downloaded."""
        self._downloaded.clear()

    def operations(self) -> list[Operation]:
        """Return this part of the table."""
        return [
            Operation(
                "getCustomers",
                "GET",
                f"{ROOT}/customers",
                "List customers",
                self._customers,
                answer="list",
                query={**PAGING, "filter.externalId": Text()},
            ),
            Operation(
                "linkCustomer",
                "POST",
                f"{ROOT}/customers/link",
                "Ask for a customer's consent",
                self._link,
                answer="bare",
                body=_LINK,
            ),
            Operation(
                "unlinkCustomer",
                "DELETE",
                f"{CUSTOMER}/link",
                "Give up a customer's consent",
                self._unlink,
                answer="nothing",
            ),
            Operation(
                "getContracts",
                "GET",
                f"{CUSTOMER}/contracts",
                "List a customer's contracts",
                self._contracts,
                answer="list",
                query=PAGING,
            ),
            Operation(
                "getDocuments",
                "GET",
                f"{CONTRACT}/documents",
                "List a contract's documents",
                self._documents,
                answer="list",
                query={"documentType": Choice(words=TYPES)},
            ),
            Operation(
                "getDocument",
                "GET",
                f"{CONTRACT}/documents/{{fileId}}",
                "Download a document",
                self._document,
                answer="file",
            ),
        ]

    async def _customers(self, call: Call) -> web.Response:
        client, book = call.caller.client, self._desk.book
        wanted = call.query.get("filter.externalId")
        numbers = book.visible(client) if wanted is None else book.by_external_id(client, wanted)
        return page(call, numbers, lambda number: book.shown(client, number))

    async def _link(self, call: Call) -> web.Response:
        body = call.body
        request = self._links.ask(
            call.caller.client,
            success_url=body.get("successUrl"),
            failure_url=body.get("failureUrl"),
            sign_up_url=body.get("signUpUrl"),
            number_parameter=body.get("customerNumberQueryParameterName") or _DEFAULT_NUMBER_PARAMETER,
            external_id=body.get("externalCustomerId"),
        )
        place = f"{self._auth_url()}/connect/authorize"
        url = f"{place}?client_id={call.caller.client.client_id}&state={request.state}"
        return web.json_response({"authorizationUrl": url})

    async def _unlink(self, call: Call) -> web.Response:
        number = self._desk.visible_customer(call)
        if not self._desk.book.unlink(call.caller.client, number):
            raise refuse(404, f"Customer {number} is not linked.", "customerNumber")
        return web.Response()

    async def _contracts(self, call: Call) -> web.Response:
        number = self._desk.visible_customer(call)
        self._desk.need_role(call, number, *ANY_ROLE)
        return page(call, self._desk.book.contracts(number), Contract.shown)

    async def _documents(self, call: Call) -> web.Response:
        wanted = call.query.get("documentType", "All")
        found = [each for each in self._all(call) if wanted in {"All", each.kind}]
        items = [
            each.shown(len(self._papers.pdf(each)), self._downloaded.get(each.file_id)) for each in found
        ]
        return listing(items, more=False, data={"items": items})

    async def _document(self, call: Call) -> web.Response:
        wanted = call.path["fileId"].lower()
        found = next((each for each in self._all(call) if each.file_id == wanted), None)
        if found is None:
            raise refuse(404, f"Document {call.path['fileId']} was not found.", "fileId")
        self._downloaded[found.file_id] = berlin.today()
        ascii_name = f"{found.kind}-{found.contract.number}"
        if found.month:
            ascii_name += f"-{found.month:%Y-%m}"
        return web.Response(
            body=self._papers.pdf(found),
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{ascii_name}.pdf"'},
        )

    def _all(self, call: Call) -> list[Document]:
        contract = self._desk.visible_contract(call, "role:application")
        return documents_of(contract, self._desk.book.orders.months_delivered(contract))
