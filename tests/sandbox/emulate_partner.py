"""A partner of the sandbox's Emulate that signs its own tokens, and plain HTTP clients that carry them."""

from __future__ import annotations

from typing import Any

import httpx
import jwt

FIRST = "C-100001"
RANGE = {"from": "2025-03-29T00:00:00+01:00", "to": "2025-03-31T00:00:00+02:00"}
"""Two days of Stockholm; the second one has 23 hours."""


class Partner:
    """Retailer 42, with both of its keys."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.url = facts["urls"]["emulate"]
        self.credentials = facts["credentials"]["emulate"]
        self.keys = {
            "retailer": self.credentials["retailer_key"],
            "single-customer": self.credentials["customer_key"],
        }
        self._open: list[httpx.Client] = []
        self.anybody = httpx.Client(verify=False, timeout=60, base_url=self.url)
        self._open.append(self.anybody)
        self.retailer = self.client(self.token())
        self.own = self.client(self.token("single-customer", customer=FIRST))

    def claims(self, **more: Any) -> dict[str, Any]:
        return {"aud": self.credentials["audience"], "retailer": self.credentials["retailer_id"], **more}

    def token(self, api: str = "retailer", *, key: Any = None, algorithm: str = "RS256", **more: Any) -> str:
        """Return a token; a claim given as None is left out."""
        claims = {name: value for name, value in self.claims(**more).items() if value is not None}
        return jwt.encode(claims, key or self.keys[api], algorithm)

    def client(self, token: str) -> httpx.Client:
        client = httpx.Client(
            verify=False, timeout=60, base_url=self.url, headers={"Authorization": f"Bearer {token}"}
        )
        self._open.append(client)
        return client

    def status(self, path: str, token: str) -> int:
        return self.anybody.get(path, headers={"Authorization": f"Bearer {token}"}).status_code

    def devices(self, customer: str = FIRST) -> dict[str, dict[str, Any]]:
        """Return a customer's devices by kind."""
        found = self.retailer.get(f"/v1/retailer/customers/{customer}/devices").json()
        return {device["kind"]: device for device in found}

    def close(self) -> None:
        for client in self._open:
            client.close()
