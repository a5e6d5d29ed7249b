"""The Bright provider of the sandbox: one Organisation's host, and what the control server can do to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from energyctl.sandbox.bright import openapi
from energyctl.sandbox.bright.accounts import Accounts
from energyctl.sandbox.bright.answers import Errors, KitError
from energyctl.sandbox.bright.api import API_KEY_HEADER, Api
from energyctl.sandbox.bright.bankid import BankId
from energyctl.sandbox.bright.book import Book
from energyctl.sandbox.bright.catalog import Catalog
from energyctl.sandbox.bright.grants import CLIENT_ID, Grants
from energyctl.sandbox.bright.oauth import OAuth
from energyctl.sandbox.bright.openid import OpenId, SigningKey
from energyctl.sandbox.bright.operations import ROOT
from energyctl.sandbox.bright.relay import APP, Relay
from energyctl.sandbox.bright.settings import SettingsDesk
from energyctl.sandbox.bright.signin import SignIn
from energyctl.sandbox.bright.supplies import Supplies
from energyctl.sandbox.bright.variants import Variants
from energyctl.sandbox.door import Door
from energyctl.sandbox.provider import ControlError, ControlRoute, Shared

_KEY_FILE = "bright-api-key"
_SECRET_FILE = "bright-client-secret"  # noqa: S105 - a file's name
_PERSONS_SHOWN = 6


class BrightSandbox:
    """The Kit below ``/kit/v1``, and beside it the pages for people.

    The first person is the same for every seed: Tolvan Tolvansson, 191212121212, account A-500001, which has
    every kind of service.
    """

    name = "bright"

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._desk = SettingsDesk(shared.token_ttl_s)
        self._grants = Grants(self._desk)
        self._catalog = Catalog(shared.customers, shared.seed)
        self._book = Book(self._catalog)
        self._bankid = BankId(self._book, self._desk)
        accounts = Accounts(self._book)
        supplies = Supplies(self._catalog, accounts, shared.seed, lambda: self._door.url)
        self._variants = Variants(supplies)
        errors = Errors(lambda: self._variants.active, lambda: self._desk.now.bankid_errors)
        self._door = Door(self.name, api_prefix=ROOT, faults=shared.faults, log=shared.log, error=errors.http)
        sign_in, key = SignIn(self._book, self._grants), SigningKey()
        self._issuers = [OpenId(root, self._book, self._grants, sign_in, key) for root in (ROOT, "")]
        relay = Relay(self._bankid, self._book, self._desk)
        table = [
            *OAuth(self._grants, sign_in, self._desk).operations(),
            *relay.operations(),
            *self._issuers[0].operations(),
            *accounts.operations(),
            *supplies.operations(),
        ]
        self._desk.operations = tuple(operation.id for operation in table)
        api = Api(self._grants, self._desk, self._variants, errors)
        api.add_routes(self._door.app, ROOT, table)
        beside = [*self._issuers[1].operations(), supplies.file_operation(), *relay.app_operations()]
        api.add_routes(self._door.app, "", beside)
        openapi.add_route(self._door.app, table, API_KEY_HEADER)

    async def start(self) -> None:
        """Open the port."""
        await self._door.start(self._shared.host)
        for issuer in self._issuers:
            issuer.host = self._door.url

    async def stop(self) -> None:
        """Close it."""
        await self._door.stop()

    def urls(self) -> dict[str, str]:
        """Return the Kit's base, with its path."""
        return {"bright": self._door.url + ROOT}

    def credentials(self) -> dict[str, Any]:
        """Return key, client and a few of the people."""
        people = [self._catalog.people.at(at) for at in range(min(_PERSONS_SHOWN, self._catalog.count))]
        return {
            "api_key": self._grants.api_key,
            "api_key_header": API_KEY_HEADER,
            "client_id": CLIENT_ID,
            "client_secret": self._grants.client_secret,
            "openapi_url": self._door.url + openapi.DOCUMENT_PATH,
            "persons": [
                {
                    "name": f"{person.first_name} {person.last_name}",
                    "ssn": person.ssn,
                    "email": person.email,
                    "accounts": self._catalog.accounts_of(person.at),
                }
                for person in people
            ],
        }

    def env(self) -> dict[str, str]:
        """Return the Kit's base, for any client."""
        return {"ENERGYCTL_SANDBOX_BRIGHT_URL": self._door.url + ROOT}

    def profile(self, directory: Path) -> dict[str, Any]:
        """Return the profile's section."""
        return {
            "environment": "sandbox",
            "auth": "api-key",
            "api_key": f"file:{directory / _KEY_FILE}",
            "client_id": CLIENT_ID,
            "client_secret": f"file:{directory / _SECRET_FILE}",
        }

    def secret_files(self) -> dict[str, str]:
        """Return the API key and the client's secret."""
        return {_KEY_FILE: self._grants.api_key, _SECRET_FILE: self._grants.client_secret}

    def reset(self) -> None:
        """Go back to the seeded data, the settings at start, and a right server."""
        self._book.reset()
        self._bankid.reset()
        self._desk.reset()
        self._variants.set(None)

    def control_routes(self) -> Sequence[ControlRoute]:
        """BankID orders, settings and wrong variants."""
        return [
            ControlRoute("GET", "/bright/bankid", self._orders),
            ControlRoute("POST", "/bright/bankid/{orderRef}/decide", self._decide),
            ControlRoute("GET", "/bright/settings", self._show_settings),
            ControlRoute("POST", "/bright/settings", self._change_settings),
            ControlRoute("GET", "/bright/variants", self._list_variants),
            ControlRoute("POST", "/bright/variant", self._set_variant),
        ]

    async def _orders(self, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
        return {
            "orders": [
                {
                    "orderRef": order.ref,
                    "kind": order.kind,
                    "hintCode": order.hint,
                    "personalNumber": order.personal_number,
                    "url": self._door.url + APP.format(orderRef=order.ref),
                }
                for order in self._bankid.pending()
            ]
        }

    async def _decide(self, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if unknown := sorted(set(body) - {"decision", "ssn", "hint"}):
            raise ControlError(400, f"Unknown field {unknown[0]!r}; known here: decision, ssn, hint.")
        given = {name: str(value) for name, value in body.items() if value is not None}
        try:
            order = self._bankid.find(path["orderRef"])
            self._bankid.decide(
                order, given.get("decision", ""), ssn=given.get("ssn"), hint=given.get("hint")
            )
        except KitError as refusal:
            raise ControlError(refusal.status, refusal.message) from refusal
        return self._bankid.collected(order)

    async def _show_settings(self, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
        return self._desk.listing()

    async def _change_settings(self, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        return self._desk.change(body)

    async def _list_variants(self, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
        return self._variants.listing()

    async def _set_variant(self, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if set(body) != {"name"}:
            raise ControlError(400, 'Give "name": a variant, or null for none.')
        self._variants.set(body["name"])
        return {"active": self._variants.active}
