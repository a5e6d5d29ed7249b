"""That the published documents name every route which the sandbox serves, and no other."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from energyctl.sandbox.clock import SandboxClock
from energyctl.sandbox.door import Door
from energyctl.sandbox.faults import Faults
from energyctl.sandbox.provider import Shared
from energyctl.sandbox.registry import GRPC, PROVIDERS
from energyctl.sandbox.requestlog import RequestLog
from tests.sandbox.contract.partner import Partner

#: What is served beside an API: the documents themselves, and what a contract names in words and not as an operation.
BESIDE = {
    "rabot": {
        "GET /partner/swagger/v1/swagger.json",
        # The other host: the token is the documents' security scheme, the page is for people (contract 2 and 4.7).
        "GET /connect/authorize",
        "POST /connect/authorize",
        "POST /connect/token",
    },
    "emulate": {"GET /openapi.yaml", "GET /openapi.json", "GET /openapi-default.json"},
    "bright": {
        "GET /openapi.json",
        # A second issuer at the host's root, because the contract names no place for it.
        "GET /.well-known/openid-configuration",
        "GET /openid/authorize",
        "POST /openid/token",
        "GET /openid/jwks",
        "GET /openid/userinfo",
        # Where an invoice's address leads, and the page that plays the BankID app.
        "GET /invoice-files/{accountId}/{invoiceId}",
        "GET /bankid-app/{orderRef}",
        "POST /bankid-app/{orderRef}",
    },
}


def _served(name: str, directory: Path) -> set[str]:
    """The routes of a provider's applications, which need not be started for that."""
    module, _, kind = PROVIDERS[name].partition(":")
    shared = Shared(
        directory=directory,
        host="127.0.0.1",
        customers=3,
        devices=0,
        seed=7,
        token_ttl_s=60,
        faults=Faults([]),
        log=RequestLog(),
        clock=SandboxClock(0.0),
    )
    provider: Any = getattr(importlib.import_module(module), kind)(shared)
    apps: list[web.Application] = [each.app for each in vars(provider).values() if isinstance(each, Door)]
    assert apps
    return {
        f"{route.method} {route.resource.canonical}"
        for app in apps
        for route in app.router.routes()
        if route.method != "HEAD" and route.resource is not None
    }


def _described(document: Any) -> set[str]:
    root = re.sub(r"^https?://[^/]+", "", document["servers"][0]["url"])
    return {
        f"{method.upper()} {root}{path}" for path, methods in document["paths"].items() for method in methods
    }


def test_the_routes_are_those_of_the_documents(sandbox: Any, partner: Partner, tmp_path: Path) -> None:
    described = _described(partner.published.raw)
    if partner.provider == "emulate":
        described |= _described(
            json.loads(partner.http.get(f"{sandbox.facts['urls']['emulate']}/openapi.json").text)
        )
    assert _served(partner.provider, tmp_path) == described | BESIDE[partner.provider]


def test_no_provider_is_left_out() -> None:
    assert set(BESIDE) == set(PROVIDERS) - GRPC


@pytest.mark.parametrize("name", sorted(BESIDE))
def test_the_facts_say_where_the_documents_are(sandbox: Any, name: str) -> None:
    places = {
        key: url for key, url in sandbox.facts["credentials"][name].items() if key.startswith("openapi")
    }
    assert places
    for url in places.values():
        assert sandbox.anybody.get(url).status_code == 200
