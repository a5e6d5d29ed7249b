"""Clients of the sandbox's Organisation, as Bright's backend would be: raw HTTP, nothing of energyctl's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

FIRST = "/accounts/A-500001"
FIRST_SSN = "191212121212"
ERROR_FIELDS = {"name", "message", "status", "error", "key", "uid"}


@pytest.fixture
def bright(sandbox: Any) -> Iterator[dict[str, Any]]:
    """The Organisation's credentials; its data and settings as at start, before and after."""
    sandbox.control("/reset", {})
    yield sandbox.facts["credentials"]["bright"]
    sandbox.control("/reset", {})


@pytest.fixture
def kit(sandbox: Any, bright: dict[str, Any]) -> Iterator[httpx.Client]:
    """A client with the API key."""
    with httpx.Client(
        verify=False,
        timeout=60,
        base_url=sandbox.facts["urls"]["bright"],
        headers={"X-Api-Key": bright["api_key"]},
    ) as client:
        yield client


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """Return an error's body after checking that it has the strict shape."""
    found = answer.json()
    assert answer.status_code == status, found
    assert set(found) == ERROR_FIELDS
    assert found["status"] == status
    assert found["error"] is True
    return found


def services(kit: httpx.Client, account: str = FIRST) -> dict[str, dict[str, Any]]:
    """The latest service of each type of an account."""
    places = kit.get(f"{account}/locations").json()
    return {service["type"]: service for place in reversed(places) for service in place["services"]}
