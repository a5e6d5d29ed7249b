"""The Emulate provider of the sandbox: its host, its keys, and what the control server can do to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from energyctl.sandbox.directory import write_private
from energyctl.sandbox.door import Door
from energyctl.sandbox.emulate import openapi
from energyctl.sandbox.emulate.answers import http_error
from energyctl.sandbox.emulate.api import SERVING, Api
from energyctl.sandbox.emulate.book import Book
from energyctl.sandbox.emulate.keys import APIS, ENVIRONMENTS, HERE, KeyBook, make_private_key, pem
from energyctl.sandbox.emulate.table import operations
from energyctl.sandbox.emulate.tokens import AUDIENCE, CUSTOMER_CLAIM, RETAILER_CLAIM, Gate
from energyctl.sandbox.provider import ControlError, ControlRoute, Shared

_RETAILER, _OTHER_RETAILER = 42, 43
_OTHER_SHARE = 10  # the other retailer has a tenth of the customers
_OTHER_LEAST = 2
_RETAILER_KEY_FILE = "emulate-retailer-key.pem"
_CUSTOMER_KEY_FILE = "emulate-customer-key.pem"
_LISTING_FILE = "emulate-keys.jsonl"


class EmulateSandbox:
    """The Retailer API and the Single Customer API on one port of loopback, for two retailers."""

    name = "emulate"

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        # Begun here, so that the primes are found while the other providers get ready.
        pool = ThreadPoolExecutor(len(APIS))
        self._making: list[Future[rsa.RSAPrivateKey]] = [pool.submit(make_private_key) for _ in APIS]
        pool.shutdown(wait=False)
        self._retailer_key = self._customer_key = ""
        self._keys = KeyBook()
        self._listing_file = shared.directory / _LISTING_FILE
        others = max(_OTHER_LEAST, shared.customers // _OTHER_SHARE)
        self._books = {
            _RETAILER: self._book(_RETAILER, "C-", 100_001, shared.customers),
            _OTHER_RETAILER: self._book(_OTHER_RETAILER, "K-", 900_001, others),
        }
        table = operations()
        gate = Gate(self._keys, lambda retailer, customer: self._books[retailer].find(customer) is not None)
        self._api = Api(gate, self._books, table)
        self._door = Door(self.name, api_prefix="/v", faults=shared.faults, log=shared.log, error=http_error)
        self._api.add_routes(self._door.app)
        openapi.add_routes(self._door.app, table)

    async def start(self) -> None:
        """Register the main retailer's keys and open the port."""
        made = [await asyncio.wrap_future(key) for key in self._making]
        for api, key in zip(APIS, made, strict=True):
            self._keys.register(key, _RETAILER, api)
        self._retailer_key, self._customer_key = pem(made[0]), pem(made[1], pkcs1=True)
        self._write_listing()
        await self._door.start(self._shared.host)

    async def stop(self) -> None:
        """Close the port."""
        await self._door.stop()

    def urls(self) -> dict[str, str]:
        """Return the host root."""
        return {"emulate": self._door.url}

    def credentials(self) -> dict[str, Any]:
        """Return the main retailer's private keys, and what a token must say."""
        return {
            "retailer_id": _RETAILER,
            "retailer_key": self._retailer_key,
            "customer_key": self._customer_key,
            "audience": AUDIENCE,
            "claims": {"retailer": RETAILER_CLAIM, "customer": CUSTOMER_CLAIM},
            "keys": self._keys.listing()[: len(APIS)],
            "keys_file": str(self._listing_file),
            "openapi_url": self._door.url + openapi.YAML_PATH,
            "openapi_default_url": self._door.url + openapi.DEFAULT_PATH,
        }

    def env(self) -> dict[str, str]:
        """Return the host, for any client."""
        return {"ENERGYCTL_SANDBOX_EMULATE_URL": self._door.url}

    def profile(self, directory: Path) -> dict[str, Any]:
        """Return the profile's section."""
        return {
            "environment": "sandbox",
            "retailer_id": _RETAILER,
            "retailer_key": f"file:{directory / _RETAILER_KEY_FILE}",
            "customer_key": f"file:{directory / _CUSTOMER_KEY_FILE}",
        }

    def secret_files(self) -> dict[str, str]:
        """Return both private keys."""
        return {_RETAILER_KEY_FILE: self._retailer_key, _CUSTOMER_KEY_FILE: self._customer_key}

    def reset(self) -> None:
        """Go back to the seeded data and to both sets of paths; registered keys stay."""
        for book in self._books.values():
            book.reset()
        self._api.serving = "both"

    def control_routes(self) -> Sequence[ControlRoute]:
        """Return what makes keys and chooses the paths."""
        return [
            ControlRoute("GET", "/emulate/keys", self._list_keys),
            ControlRoute("POST", "/emulate/keys", self._make_key),
            ControlRoute("POST", "/emulate/paths", self._serve),
        ]

    def _book(self, retailer_id: int, prefix: str, first: int, count: int) -> Book:
        clock, seed = self._shared.clock, self._shared.seed
        return Book(retailer_id, clock, prefix=prefix, first=first, count=count, seed=seed)

    async def _list_keys(self, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
        return {"keys": self._keys.listing()}

    async def _make_key(self, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        choices: dict[str, Sequence[Any]] = {
            "retailer_id": tuple(self._books),
            "api": APIS,
            "environment": ENVIRONMENTS,
        }
        given = {"environment": HERE, **body}
        for name, allowed in choices.items():
            if given.get(name) not in allowed:
                raise ControlError(400, f'"{name}" must be one of {", ".join(map(str, allowed))}.')
        name = given.pop("name", "")
        if set(given) - set(choices) or not isinstance(name, str):
            raise ControlError(400, f"The fields are {', '.join(choices)} and name, a text.")
        private = await asyncio.to_thread(make_private_key)
        key = self._keys.register(private, given["retailer_id"], given["api"], given["environment"], name)
        self._write_listing()
        return {**key.listed(), "private_key": pem(private)}

    def _write_listing(self) -> None:
        """Put the portal's list of keys into a file, a line for each, so that it can be read without a call."""
        lines = (json.dumps(key) + "\n" for key in self._keys.listing())
        write_private(self._listing_file, "".join(lines))

    async def _serve(self, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        chosen = body.get("serve")
        if set(body) - {"serve"} or chosen not in SERVING:
            raise ControlError(400, f'The only field is "serve", one of {", ".join(SERVING)}.')
        self._api.serving = chosen
        return {"serve": chosen}
