"""The address that a sign-in's browser comes back to, and whatever else knocks there."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import Any

import httpx
import pytest

from energyctl.core.errors import AuthenticationFailed
from energyctl.providers.bright.loopback import Late, Listener, pasted_query
from tests.providers.bright.browser import LIMIT_S


def _judge(query: dict[str, str]) -> str:
    if query.get("error"):
        raise AuthenticationFailed("refused")
    return query["code"]


def test_the_listener_waits_for_the_right_request_whatever_else_comes() -> None:
    result: list[Any] = []
    with Listener() as listener:
        port = int(listener.redirect_uri.rsplit(":", 1)[1].split("/")[0])
        thread = threading.Thread(
            target=lambda: result.append(listener.wait(time.monotonic() + LIMIT_S, _judge, None))
        )
        thread.start()
        with socket.create_connection(("127.0.0.1", port)) as silent:  # as browsers do in advance
            with socket.create_connection(("127.0.0.1", port)) as endless:
                endless.sendall(b"GET /callback?code=" + b"x" * 40_000)
                with suppress(ConnectionResetError):  # depends on what the other side has read by then
                    assert endless.recv(100) == b""
            root = listener.redirect_uri.removesuffix("/callback")
            for path in ("/favicon.ico", "/callback", "/callback?state=1", "/callbacks?code=1", "/?code=1"):
                assert httpx.get(root + path).status_code == 404
            assert httpx.post(f"{root}/callback?code=1").status_code == 404
            assert thread.is_alive()
            silent.sendall(b"GET /callback?co")
            right = httpx.get(f"{root}/callback?code=a%2Bb&state=%3Cscript%3E")
            thread.join(LIMIT_S)
    assert result == ["a+b"]
    assert (right.status_code, right.headers["referrer-policy"]) == (200, "no-referrer")
    assert "a+b" not in right.text
    assert "script" not in right.text


def test_the_listener_gives_up_in_time() -> None:
    with Listener() as listener, pytest.raises(Late):
        listener.wait(time.monotonic() + 0.05, _judge, None)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("http://127.0.0.1:1/callback?code=a%20b&state=s", {"code": "a b", "state": "s"}),
        ("  https://x.example/else?error=no\n", {"error": "no"}),
        ("http://127.0.0.1:1/callback", None),
        ("http://[", None),
        ("code", None),
        ("", None),
    ],
)
def test_pasted_addresses(address: str, found: dict[str, str] | None) -> None:
    assert pasted_query(address) == found
