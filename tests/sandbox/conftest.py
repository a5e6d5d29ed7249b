"""A running sandbox that begins anew with each module, and an HTTP client for each of its OAuth clients."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import pytest

from energyctl.sandbox import control
from tests.conftest import SLOWEST_START_S

ROOT = "/partner/v1"
PATIENCE_S = 60.0  # for an answer, on a machine that is busy with other things


@dataclass
class Running:
    """A sandbox under test."""

    directory: Path
    facts: dict[str, Any]
    _open: list[httpx.Client] = field(default_factory=list)
    _clients: dict[tuple[str, str | None], httpx.Client] = field(default_factory=dict)

    def secret(self, client_id: str) -> str:
        rabot = self.facts["credentials"]["rabot"]
        return next(
            c["client_secret"] for c in [rabot, *rabot["other_clients"]] if c["client_id"] == client_id
        )

    @cached_property
    def anybody(self) -> httpx.Client:
        """A client without credentials, for whole addresses."""
        return self._client()

    def token_answer(self, client_id: str = "sandbox-whitelabel", scope: str | None = None) -> httpx.Response:
        form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": self.secret(client_id),
        }
        if scope is not None:
            form["scope"] = scope
        return self.anybody.post(f"{self.facts['urls']['rabot_auth']}/connect/token", data=form)

    def api(self, client_id: str = "sandbox-whitelabel", scope: str | None = None) -> httpx.Client:
        key = (client_id, scope)
        if key not in self._clients:
            token = self.token_answer(client_id, scope).json()["access_token"]
            self._clients[key] = self._client(
                base_url=self.facts["urls"]["rabot"] + ROOT, headers={"Authorization": f"Bearer {token}"}
            )
        return self._clients[key]

    def _client(self, **settings: Any) -> httpx.Client:
        # Plain HTTP: reading the certificate authorities would take longer than most tests.
        client = httpx.Client(verify=False, timeout=PATIENCE_S, **settings)
        self._open.append(client)
        return client

    def control(self, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> dict[str, Any]:
        return control.control(self.directory, path, body, method=method)

    def close(self) -> None:
        for client in self._open:
            client.close()


@pytest.fixture(scope="session")
def _servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Any]]]:
    directory = tmp_path_factory.mktemp("sandbox")
    # Order states stand still unless a test moves the clock.
    options = control.SandboxOptions(customers=40, speed=0.0, lives_with=os.getpid())
    yield directory, control.start(directory, options, wait_s=SLOWEST_START_S)
    control.stop(directory)


@pytest.fixture(scope="module")
def sandbox(_servers: tuple[Path, dict[str, Any]]) -> Iterator[Running]:
    directory, _ = _servers
    running = Running(directory, control.control(directory, "/reset"))
    yield running
    running.close()


@pytest.fixture
def api(sandbox: Running) -> httpx.Client:
    return sandbox.api()


@pytest.fixture
def make_order() -> Callable[..., dict[str, Any]]:
    def make(email: str, **details: Any) -> dict[str, Any]:
        address = {
            "firstName": "Erika",
            "lastName": "Beispiel",
            "streetName": "Gartenweg",
            "houseNumber": "7",
            "city": "Berlin",
            "postCode": "10115",
            "countryCode": "DE",
        }
        return {
            "tariffKey": "RabotSmart",
            "offerDate": "2026-01-15",
            "userAccount": {
                "emailAddress": email,
                "firstName": "Erika",
                "lastName": "Beispiel",
                "password": "hunter22",
            },
            "contract": {
                "externalId": "urn:test:1",
                "type": "Private",
                "deliveryAddress": address,
                "billingAddress": None,
                "bankDetails": {"iban": "DE89370400440532013000", "hasAcceptedDirectDebit": True},
                "contractReason": "NewDeliveryLocation",
                "deliveryDetails": {
                    "meterNumber": "1ESY1234567890",
                    "moveInDate": "2026-02-01",
                    "previousAnnualConsumptionKwh": 3000,
                    "capabilities": {
                        "hasSmartMeter": True,
                        "hasElectricVehicle": False,
                        "hasHeatPump": False,
                    },
                    **details,
                },
                "agreements": {"termsAndConditions": True, "privacyPolicy": True, "revocationPolicy": True},
                "transactionDateTime": "2026-01-15 09:30:00",
            },
        }

    return make
