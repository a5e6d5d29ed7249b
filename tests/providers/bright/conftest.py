"""Another Organisation's backend for the Bright tests: another base path, and answers that each test writes itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.conftest import Run
from tests.partner import Answer, Partner, Reply
from tests.providers.bright.other_kit import client_of

BASE = "/energy/api/v3"
KEY = "planted-api-key-0987654321"
ACCOUNT = ("--account", "A-500001")


class Elsewhere:
    """A backend that is not the sandbox, and the tool with a profile that speaks to it."""

    def __init__(self, partner: Partner, env: dict[str, str], home: Path) -> None:
        self._partner = partner
        self._env = {**env, "PLANTED_KEY": KEY}
        self._home = home

    @property
    def host(self) -> str:
        """The host's address, without the base path."""
        return self._partner.url

    def add(self, path: str, answer: Any, status: int = 200, *, root: bool = False, **headers: str) -> None:
        """Set the answer to a path: a JSON value, raw bytes, or a function of the request."""
        reply: Answer = answer if callable(answer) else Reply(answer, status, headers)
        self._partner.add(path if root else BASE + path, reply)

    def client(self, **settings: str) -> Run:
        """Return the tool; ``settings`` are further lines of the profile's section."""
        return client_of(
            self._partner.url + BASE, self._env, self._home, **{"api_key": "env:PLANTED_KEY", **settings}
        )

    def asked(self, method: str | None = None) -> list[tuple[str, dict[str, str], dict[str, str], Any]]:
        """Return the requests so far: path below the base, query, headers in small letters, body."""
        return [
            (
                urlsplit(target).path.removeprefix(BASE),
                dict(parse_qsl(urlsplit(target).query)),
                {name.lower(): value for name, value in headers.items()},
                json.loads(body) if body else None,
            )
            for verb, target, headers, body in self._partner.seen
            if method in (None, verb)
        ]


@pytest.fixture
def elsewhere(env: dict[str, str], home: Path) -> Iterator[Elsewhere]:
    """Start another Organisation's backend."""
    with Partner() as partner:
        yield Elsewhere(partner, env, home)


def service(number: int = 1, **fields: Any) -> dict[str, Any]:
    """Return a service with its usual fields (contract 7.1)."""
    return {
        "id": f"S{number}",
        "type": "consumption_trade",
        "status": "active",
        "measurementResolution": "hour",
        "measurementId": f"M{number}",
        "costResolution": "day",
        "costId": f"C{number}",
        "startDate": "2020-01-01T00:00:00+01:00",
        "endDate": None,
        **fields,
    }
