"""What an operation is: its places in the two sets of paths, its parameters, its body and what it answers.

The operations themselves are in ``table``; serving them is the work of ``api``, describing them that of ``openapi``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from aiohttp import web

from energyctl.sandbox.emulate.answers import refuse
from energyctl.sandbox.emulate.book import Book
from energyctl.sandbox.emulate.devices import Device
from energyctl.sandbox.emulate.energy import Energy
from energyctl.sandbox.emulate.keys import Api
from energyctl.sandbox.emulate.schema import Schema

PathSet = Literal["default", "other"]

PATH_NAMES = {"customer_id": "customerId", "asset_id": "deviceId", "webhook_id": "webhookId"}
"""What the other set's path parameters are called in the default set, and by the handlers."""


class Place(NamedTuple):
    """Where an operation answers."""

    method: str
    path: str


@dataclass(frozen=True)
class Parameter:
    """A query parameter; the handlers know it by ``name``, the other set of paths calls it ``other_name``."""

    name: str
    other_name: str
    schema: Schema
    required: bool = False
    summary: str = ""

    def name_in(self, paths: PathSet) -> str:
        """Return its name on the wire."""
        return self.name if paths == "default" else self.other_name


@dataclass(frozen=True)
class Call:
    """One call, checked: the retailer's records, the customer's id, and path, query and body in canonical names."""

    book: Book
    energy: Energy
    customer_id: str | None
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: dict[str, Any]
    request: web.Request

    @property
    def customer(self) -> int:
        """The position of the customer that the call is about; 404 when there is none."""
        at = self.book.find(self.customer_id or "")
        if at is None:
            raise refuse(404, "not_found", f"Customer {self.customer_id} was not found.")
        return at

    @property
    def device(self) -> Device:
        """The device that the call is about; 404 when its customer has none of that id."""
        device = self.book.device(self.customer, self.path["deviceId"])
        if device is None:
            raise refuse(404, "not_found", f"Device {self.path['deviceId']} was not found.")
        return device


@dataclass(frozen=True)
class Operation:
    """One row of the table. ``answer``: the schema of its JSON, None for an answer without a body."""

    id: str
    api: Api
    tag: str | None
    summary: str
    places: Mapping[PathSet, Place]
    run: Callable[[Call], Awaitable[web.Response]]
    answer: Schema | None
    status: int = 200
    query: tuple[Parameter, ...] = ()
    body: Schema | None = None
    body_required: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)
