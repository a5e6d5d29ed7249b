"""An answer whose headers drip in: each read brings a byte in time, and the whole never comes."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from energyctl.core.errors import OutcomeUnknown, Unreachable
from energyctl.core.session import Session
from energyctl.core.transport import Request, Rest
from tests.conftest import until

_WHOLE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@contextmanager
def _server(*, first: bytes = b"") -> Iterator[tuple[str, list[bytes]]]:
    """Answer the first request with ``first`` when given, and let the headers of each later answer drip."""
    asked: list[bytes] = []
    over = threading.Event()

    def serve(line: socket.socket) -> None:
        with line, suppress(OSError):
            while request := line.recv(65536):
                asked.append(request.split(b"\r\n")[0])
                if first and len(asked) == 1:
                    line.sendall(first)
                    continue
                line.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not over.wait(0.02):
                    line.sendall(b"x")

    def listen() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(door.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as door:
        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}", asked
        over.set()
        door.shutdown(socket.SHUT_RDWR)
        listener.join()


@contextmanager
def _client(url: str) -> Iterator[Rest]:
    session = Session(env={**os.environ, "ENERGYCTL_BACKOFF_S": "0"})
    session.options.timeout = 0.5
    rest = Rest(session, provider="rabot", title="RABOT Energy", base_url=url)
    yield rest
    rest.close()


def test_a_read_is_given_up_and_tried_again() -> None:
    with _server() as (url, asked), _client(url) as rest:
        with pytest.raises(Unreachable) as caught:
            rest.call(Request("list", "GET", "/tariffs"))
        assert (caught.value.code, caught.value.message) == (
            "timeout",
            "RABOT Energy did not answer GET /tariffs within 0.5 s.",
        )
        until(lambda: len(asked) == 4)
        assert asked == [b"GET /tariffs HTTP/1.1"] * 4


def test_a_write_may_have_happened_and_is_sent_once() -> None:
    with _server() as (url, asked), _client(url) as rest:
        with pytest.raises(OutcomeUnknown, match=r"no answer within 0\.5 s"):
            rest.call(Request("create", "POST", "/orders", body={}, reads=False))
        until(lambda: asked)
        assert asked == [b"POST /orders HTTP/1.1"]


def test_a_connection_that_has_answered_before_is_watched_too() -> None:
    with _server(first=_WHOLE) as (url, asked), _client(url) as rest:
        rest.session.options.timeout = 60.0  # however busy the machine is
        assert rest.json(Request("list", "GET", "/tariffs")) == {}
        rest.session.options.timeout = 0.5
        with pytest.raises(OutcomeUnknown, match=r"no answer within 0\.5 s"):
            rest.call(Request("create", "POST", "/orders", body={}, reads=False))
        until(lambda: len(asked) == 2)
