"""What an operation of the RABOT API is.

Its path, parameters and body, who may call it, and how it is called.

The operations themselves are in ``sales``, ``supply`` and ``energy``; serving them is ``api``'s work.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from energyctl.sandbox.clock import SandboxClock
from energyctl.sandbox.rabot.answers import listing, refuse
from energyctl.sandbox.rabot.book import Book
from energyctl.sandbox.rabot.clients import Caller
from energyctl.sandbox.rabot.contracts import Contract
from energyctl.sandbox.shapes import Number, Problem, Shape

ROOT = "/partner/v1"
LARGEST_PAGE = 100
DEFAULT_PAGE = 10
_MOST_DIGITS = 18

PAGING: dict[str, Shape] = {"offset": Number(whole=True, least=0), "limit": Number(whole=True, least=1)}
ANY_ROLE = ("role:finance-reporting", "role:customer-support", "role:application")

Answer = Literal["object", "list", "bare", "file", "nothing"]
BodyCheck = Callable[[Any], tuple[dict[str, Any], list[Problem]]]


@dataclass(frozen=True)
class Call:
    """One call, checked: who calls, the path's parts, the query in canonical names, the body."""

    caller: Caller
    path: Mapping[str, str]
    query: dict[str, Any]
    body: dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """One row of the table.

    ``scope`` is needed beside ``api:partner``; ``answer`` says how the answer is wrapped.
    """

    id: str
    method: str
    path: str
    summary: str
    run: Callable[[Call], Awaitable[web.Response]]
    answer: Answer = "object"
    query: Mapping[str, Shape] = field(default_factory=dict)
    body: Shape | None = None
    check_body: BodyCheck | None = None
    scope: str | None = None


@dataclass(frozen=True)
class Desk:
    """What the operations work with."""

    book: Book
    clock: SandboxClock
    seed: int

    def visible_customer(self, call: Call) -> int:
        """Return the customer number in the path; 404 when there is none that the caller sees."""
        number = digits(call.path["customerNumber"])
        if number is None or not self.book.relations(call.caller.client, number):
            raise refuse(404, f"Customer {call.path['customerNumber']} was not found.", "customerNumber")
        return number

    def visible_contract(self, call: Call, *roles: str) -> Contract:
        """Return the contract in the path.

        404 when the caller does not see it, 403 without one of the roles or a link.
        """
        customer = self.visible_customer(call)
        if roles:
            self.need_role(call, customer, *roles)
        number = digits(call.path["contractNumber"])
        contract = self.book.contract(customer, number) if number is not None else None
        if contract is None:
            raise refuse(404, f"Contract {call.path['contractNumber']} was not found.", "contractNumber")
        return contract

    def need_role(self, call: Call, customer: int, *roles: str) -> None:
        """403 unless the caller has one of the roles or the customer's consent."""
        linked = self.book.is_linked(call.caller.client, customer)
        if not linked and not call.caller.scopes.intersection(roles):
            raise refuse(403, f"This needs one of the scopes {', '.join(roles)}, or a linked customer.")


def digits(text: str) -> int | None:
    """Read a customer or contract number; None when it is not one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def window(call: Call) -> tuple[int, int]:
    """Offset and limit of a call, the limit cut at the largest page."""
    return call.query.get("offset", 0), min(call.query.get("limit", DEFAULT_PAGE), LARGEST_PAGE)


def page(call: Call, items: Sequence[Any], show: Callable[[Any], Any]) -> web.Response:
    """Answer with one page of a sequence."""
    offset, limit = window(call)
    return listing([show(item) for item in items[offset : offset + limit]], more=offset + limit < len(items))
