"""The sandbox's OAuth clients and their signed access tokens (contract section 2)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

SCOPES = (
    "api:partner",
    "create:orders",
    "role:finance-reporting",
    "role:customer-support",
    "role:application",
)
_INCLUDED = {
    "role:application": ("role:customer-support", "role:finance-reporting"),
    "role:customer-support": ("role:finance-reporting",),
}


@dataclass(frozen=True)
class Client:
    """One partner's client. ``kind`` is ``whitelabel``, ``third-party`` or ``affiliate``."""

    client_id: str
    secret: str
    kind: str
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Caller:
    """Who a valid token speaks for, and with which scopes, the included ones counted in."""

    client: Client
    scopes: frozenset[str]


class Clients:
    """All clients, with random secrets of their own for each start, and the key that signs their tokens."""

    def __init__(self, token_ttl_s: int) -> None:
        self.token_ttl_s = token_ttl_s
        self._key = secrets.token_bytes(32)
        described = (
            ("sandbox-whitelabel", "whitelabel", SCOPES),
            ("sandbox-hems", "third-party", SCOPES[:1]),
            ("sandbox-affiliate", "affiliate", SCOPES[:3]),
        )
        self._clients = {
            name: Client(name, secrets.token_urlsafe(24), kind, scopes) for name, kind, scopes in described
        }

    def all(self) -> list[Client]:
        """Every client, the one with all scopes first."""
        return list(self._clients.values())

    def get(self, client_id: str) -> Client | None:
        """Return the client of that id."""
        return self._clients.get(client_id)

    def authenticate(self, client_id: str, secret: str) -> Client | None:
        """Return the client, when id and secret belong together."""
        client = self._clients.get(client_id)
        expected = client.secret if client is not None else ""
        right = hmac.compare_digest(secret.encode(errors="replace"), expected.encode())
        return client if client is not None and right else None

    def issue(self, client: Client, scopes: list[str], issuer: str) -> str:
        """Sign a token for these scopes, valid from now for the sandbox's token lifetime."""
        issued = int(time.time())
        claims = {
            "iss": issuer,
            "aud": "partner",
            "client_id": client.client_id,
            "scope": scopes,
            "iat": issued,
            "exp": issued + self.token_ttl_s,
            "jti": secrets.token_hex(8),
        }
        signed = f"{_encoded({'alg': 'HS256', 'typ': 'at+jwt'})}.{_encoded(claims)}"
        return f"{signed}.{self._signature(signed)}"

    def verify(self, token: str) -> Caller | None:
        """Say whom a token speaks for; None when it is malformed, not ours, altered or expired."""
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(errors="replace"), self._signature(signed).encode()):
            return None
        try:
            header, claims = (_decoded(part) for part in signed.split("."))
        except ValueError:
            return None
        client = self._clients.get(str(claims.get("client_id")))
        if header.get("alg") != "HS256" or client is None or time.time() >= float(claims.get("exp", 0)):
            return None
        granted = [str(scope) for scope in claims["scope"]]
        included = [inner for scope in granted for inner in _INCLUDED.get(scope, ())]
        return Caller(client, frozenset([*granted, *included]))

    def _signature(self, signed: str) -> str:
        return _base64(hmac.new(self._key, signed.encode(errors="replace"), hashlib.sha256).digest())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _encoded(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _decoded(part: str) -> dict[str, Any]:
    found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    if not isinstance(found, dict):
        raise TypeError("a JWT part is an object")
    return found
