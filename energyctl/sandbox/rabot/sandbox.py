"""The RABOT provider of the sandbox: its two hosts, its clients, and what the control server can do to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from energyctl.sandbox.door import Door
from energyctl.sandbox.provider import ControlError, ControlRoute, Shared
from energyctl.sandbox.rabot.answers import http_error
from energyctl.sandbox.rabot.api import add_routes
from energyctl.sandbox.rabot.authorize import AuthorizePage
from energyctl.sandbox.rabot.book import Book
from energyctl.sandbox.rabot.clients import Clients
from energyctl.sandbox.rabot.contracts import CONTRACT_STATES, DENIAL_REASONS
from energyctl.sandbox.rabot.energy import Energy
from energyctl.sandbox.rabot.links import Links
from energyctl.sandbox.rabot.openapi import DOCUMENT_PATH
from energyctl.sandbox.rabot.operations import ROOT, Desk, digits
from energyctl.sandbox.rabot.papers import Papers
from energyctl.sandbox.rabot.sales import Sales
from energyctl.sandbox.rabot.supply import Supply
from energyctl.sandbox.rabot.tokens import TokenEndpoint, token_error

_TOKEN_PATH = "/connect/token"  # noqa: S105 - an address
_SECRET_FILE = "rabot-client-secret"  # noqa: S105 - a file's name


class RabotSandbox:
    """OAuth host and API host on loopback, over one set of records."""

    name = "rabot"

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._clients = Clients(shared.token_ttl_s)
        self._book = Book(shared.customers, shared.seed, shared.clock)
        desk = Desk(self._book, shared.clock, shared.seed)
        self._sales = Sales(desk)
        self._api = Door(self.name, api_prefix=ROOT, faults=shared.faults, log=shared.log, error=http_error)
        self._auth = Door(self.name, api_prefix=ROOT, faults=shared.faults, log=shared.log, error=token_error)
        self._tokens = TokenEndpoint(self._clients)
        self._links = Links(self._book, shared.clock)
        self._papers = Papers(shared.seed)
        self._supply = Supply(desk, self._links, self._papers, lambda: self._auth.url)
        energy = Energy(desk)
        operations = [*self._sales.operations(), *self._supply.operations(), *energy.operations()]
        add_routes(self._api.app, self._clients, operations, lambda: f"{self._auth.url}{_TOKEN_PATH}")
        page = AuthorizePage(self._book, self._links)
        self._auth.app.router.add_get("/connect/authorize", page.show)
        self._auth.app.router.add_post("/connect/authorize", page.decide)
        self._auth.app.router.add_post(_TOKEN_PATH, self._tokens.handle)

    async def start(self) -> None:
        """Open both ports."""
        await self._api.start(self._shared.host)
        await self._auth.start(self._shared.host)
        self._tokens.issuer = self._auth.url

    async def stop(self) -> None:
        """Close both ports."""
        await self._api.stop()
        await self._auth.stop()

    def urls(self) -> dict[str, str]:
        """Host roots."""
        return {"rabot": self._api.url, "rabot_auth": self._auth.url}

    def credentials(self) -> dict[str, Any]:
        """Return the whitelabel client, and the others beside it."""
        main, *others = self._clients.all()
        return {
            "client_id": main.client_id,
            "client_secret": main.secret,
            "scopes": list(main.scopes),
            "openapi_url": self._api.url + DOCUMENT_PATH,
            "other_clients": [
                {
                    "client_id": other.client_id,
                    "client_secret": other.secret,
                    "kind": other.kind,
                    "scopes": list(other.scopes),
                }
                for other in others
            ],
        }

    def env(self) -> dict[str, str]:
        """Return the hosts, for any client."""
        return {
            "ENERGYCTL_SANDBOX_RABOT_URL": self._api.url,
            "ENERGYCTL_SANDBOX_RABOT_AUTH_URL": self._auth.url,
        }

    def profile(self, directory: Path) -> dict[str, Any]:
        """Return the profile's section."""
        return {
            "environment": "sandbox",
            "client_id": self._clients.all()[0].client_id,
            "client_secret": f"file:{directory / _SECRET_FILE}",
        }

    def secret_files(self) -> dict[str, str]:
        """Return the main client's secret."""
        return {_SECRET_FILE: self._clients.all()[0].secret}

    def reset(self) -> None:
        """Go back to the seeded data."""
        self._book.reset()
        self._links.reset()
        self._supply.reset()
        self._sales.orders_need_scope = False

    def control_routes(self) -> Sequence[ControlRoute]:
        """Order states, settings, and answers to link requests."""
        return [
            ControlRoute("POST", "/rabot/orders/{contractNumber}/state", self._put_order),
            ControlRoute("POST", "/rabot/settings", self._settings),
            ControlRoute("GET", "/rabot/links", self._list_links),
            ControlRoute("POST", "/rabot/link/approve-all", self._approve_all),
            ControlRoute("POST", "/rabot/link/decline-all", self._decline_all),
        ]

    async def _put_order(self, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        state, reason, held = body.get("state"), body.get("denialReason"), body.get("hold", False)
        if state not in CONTRACT_STATES:
            raise ControlError(400, f'"state" must be one of {", ".join(CONTRACT_STATES)}.')
        if reason is not None and reason not in DENIAL_REASONS:
            raise ControlError(400, f'"denialReason" must be one of {", ".join(DENIAL_REASONS)}.')
        number = digits(path["contractNumber"])
        shown = self._book.orders.put(number, state, reason, held=bool(held)) if number is not None else None
        if shown is None:
            raise ControlError(404, f"There is no unfinished order {path['contractNumber']}.")
        return {"order": shown}

    async def _settings(self, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if set(body) - {"orders_need_create_scope"}:
            raise ControlError(400, "The only setting is orders_need_create_scope.")
        if "orders_need_create_scope" in body:
            self._sales.orders_need_scope = bool(body["orders_need_create_scope"])
        return {"orders_need_create_scope": self._sales.orders_need_scope}

    async def _list_links(self, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
        return {
            "password": self._links.password,
            "pending": [
                {
                    "state": link.state,
                    "client_id": link.client.client_id,
                    "successUrl": link.success_url,
                    "failureUrl": link.failure_url,
                    "externalCustomerId": link.external_id,
                }
                for link in self._links.pending()
            ],
        }

    async def _approve_all(self, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if set(body) - {"customerNumber"}:
            raise ControlError(400, "The only field is customerNumber.")
        number = digits(str(body["customerNumber"])) if "customerNumber" in body else None
        customer = self._book.customer(number) if number is not None else None
        if "customerNumber" in body and customer is None:
            raise ControlError(404, f"There is no customer {body['customerNumber']}.")
        done = []
        for link in self._links.pending():
            chosen = customer or self._book.first_unlinked(link.client)
            if chosen is None:
                raise ControlError(409, f"Every customer is linked with {link.client.client_id} already.")
            done.append(
                {
                    "state": link.state,
                    "client_id": link.client.client_id,
                    "customerNumber": str(chosen.number),
                    "redirect": self._links.approve(link, chosen.number),
                }
            )
        return {"approved": done}

    async def _decline_all(self, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
        declined = [
            {"state": link.state, "client_id": link.client.client_id, "redirect": self._links.decline(link)}
            for link in self._links.pending()
        ]
        return {"declined": declined}
