"""Errors and tokens of a server that is not the sandbox: foreign bodies, missing fields, odd values."""

from __future__ import annotations

from typing import Any

import pytest

from tests.providers.rabot.conftest import Serve
from tests.providers.rabot.strict_server import TOKEN, Answer, as_json, wrapped

ERRORS: dict[str, tuple[Answer, str]] = {
    "problem+json": (
        (
            400,
            "application/problem+json",
            b'{"title":"Bad input","detail":"zipCode is odd","errors":{"zipCode":["x"]}}',
        ),
        "zipCode is odd",
    ),
    "plain": ((400, "text/plain", b"no way"), "status 400"),
    "html": ((400, "text/html", b"<html><body>Secret page</body></html>"), "status 400"),
    "empty": ((400, "", b""), "status 400"),
    "list": ((422, "application/json", b'["first","second"]'), "status 422"),
    "text in error": ((400, "application/json", b'{"error":"odd"}'), "odd"),
    "control signs": ((400, "application/json", b'{"message":"\\u001b[31mred\\u0007"}'), "red"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_foreign_error_bodies_still_give_two_useful_lines(serve: Serve, name: str) -> None:
    answer, said = ERRORS[name]
    _, run = serve(quote=lambda _asked: answer)
    done = run("rabot", "quote", "X", "--postcode", "10115", "--kwh", "3500", "--ev", "--campaign", "c")
    assert (done.code, done.out) == (6, "")
    assert said in done.err
    assert len(done.err.splitlines()) == 2
    assert "<" not in done.err
    assert "\x1b" not in done.err
    assert "\x07" not in done.err


@pytest.mark.parametrize(
    "body", [b"", b"denied", b'{"error":"invalid_grant"}', b'{"error":"invalid_client"}']
)
def test_a_token_refused_in_any_words_is_a_matter_of_credentials(serve: Serve, body: bytes) -> None:
    server, run = serve(tariffs=wrapped([]), token=lambda _asked: (400, "", body))
    done = run("rabot", "tariffs", "list", "-o", "json")
    assert (done.code, done.error["http_status"]) == (4, 400)
    assert "energyctl auth" in done.error["hint"]
    assert server.scopes == ["api:partner"]


def test_a_token_server_that_is_not_there_is_no_missing_tariff(serve: Serve) -> None:
    server, run = serve(tariffs=wrapped([]), token=lambda _asked: (404, "text/html", b"<html>no</html>"))
    done = run("rabot", "tariffs", "list", "-o", "json")
    assert (done.code, done.error["http_status"], done.error["operation"]) == (4, 404, "get_token")
    assert done.error["hint"] == f"Is rabot.auth_url the right address? It is {server.url}."


@pytest.mark.parametrize("life", ["soon", None, -5, True])
def test_a_token_of_odd_lifetime_still_serves(serve: Serve, life: Any) -> None:
    token = {"access_token": TOKEN, "token_type": "bearer", "expires_in": life}
    _, run = serve(tariffs=wrapped([]), token=lambda _asked: as_json(token))
    done = run("rabot", "tariffs", "list", "-o", "json")
    assert (done.code, done.json) == (0, [])
