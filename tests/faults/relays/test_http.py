"""The HTTP relay, seen by a plain client before a server in miniature: what each fault does on the wire."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.conftest import until
from tests.faults.relays.bodies import HUGE_BYTES, gzip_bomb, huge_blocks
from tests.faults.relays.http import HttpRelay
from tests.faults.relays.names import BEFORE_THE_EFFECT, HTTP_FAULTS, Seen

REAL = {"items": [{"n": 1, "on": True}], "x": 2.5, "name": "Ärger", "none": None}

#: Status, content type and JSON of what is answered; without a status the real one's is expected.
ANSWERS: dict[str, tuple[int, str, Any]] = {
    "401": (401, "application/json", {"message": "the access token is invalid"}),
    "429": (429, "application/json", {"message": "too many requests"}),
    "429-retry-after": (429, "application/json", {"message": "too many requests"}),
    "500": (500, "application/json", {"message": "internal error"}),
    "503": (503, "application/json", {"message": "service unavailable"}),
    "wrong-content-type": (201, "text/plain", REAL),
    "wrong-shape": (201, "application/json", [REAL]),
    "wrong-shape-inside": (201, "application/json", {**REAL, "items": {"0": {"n": 1, "on": True}}}),
    "text-for-numbers": (201, "application/json", {**REAL, "items": [{"n": "1", "on": True}], "x": "2.5"}),
    "nulls": (201, "application/json", {"items": [{"n": None, "on": None}], "x": None, "name": None, "none": None}),
}  # fmt: skip
#: Faults that another test of this file is about.
TOLD_APART = {
    "502-html", "latency", "reset-before", "reset-after", "truncated", "invalid-json", "empty", "huge", "drip",
    "drip-headers", "redirect", "gzip-bomb", "refused",
}  # fmt: skip


@dataclass
class Behind:
    """The server behind: answers each request with the same, and remembers what it was asked."""

    url: str = ""
    content: bytes = b""
    asked: list[tuple[str, str, bytes, dict[str, str]]] = field(default_factory=list)


@pytest.fixture(scope="module")
def _server() -> Iterator[Behind]:
    behind = Behind()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            behind.asked.append((self.command, self.path, body, dict(self.headers.items())))
            head = f"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nX-Request-Id: r-1\r\n\
Content-Length: {len(behind.content)}\r\n\r\n"
            self.connection.sendall(head.encode() + behind.content)

        do_GET = do_POST = answer  # noqa: N815 - http.server's names

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        behind.url = f"http://127.0.0.1:{server.server_port}/partner"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield behind
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def _relay(_server: Behind) -> Iterator[HttpRelay]:
    with HttpRelay(
        _server.url, reads=lambda method, path: (method, path) == ("POST", "/partner/quotes")
    ) as made:
        yield made


@pytest.fixture
def behind(_server: Behind) -> Behind:
    _server.content = json.dumps(REAL).encode()
    _server.asked.clear()
    return _server


@pytest.fixture
def relay(_relay: HttpRelay, behind: Behind) -> HttpRelay:
    _relay.set(None)
    _relay.take()
    return _relay


def connection(relay: HttpRelay) -> http.client.HTTPConnection:
    parts = urlsplit(relay.url)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)


def ask(
    relay: HttpRelay,
    *,
    method: str = "POST",
    path: str = "/partner/orders?b=%C3%A4",
    body: bytes = b'{"q": 1}',
) -> tuple[http.client.HTTPResponse, bytes]:
    line = connection(relay)
    try:
        line.request(method, path, body, {"Authorization": "Bearer t"})
        answer = line.getresponse()
        return answer, answer.read()
    finally:
        line.close()


def the_one(relay: HttpRelay) -> Seen:
    (seen,) = relay.take()
    return seen


def test_without_a_fault_all_passes_unchanged(relay: HttpRelay, behind: Behind) -> None:
    line = connection(relay)
    for _ in range(2):  # on one connection
        line.request("POST", "/partner/orders?b=%C3%A4", b'{"q": 1}', {"Authorization": "Bearer t"})
        answer = line.getresponse()
        assert (answer.status, answer.read()) == (201, behind.content)
        assert answer.headers.items() == [
            ("Content-Type", "application/json"),
            ("X-Request-Id", "r-1"),
            ("Content-Length", str(len(behind.content))),
        ]
    line.close()
    method, path, body, headers = behind.asked[1]
    assert (method, path, body) == ("POST", "/partner/orders?b=%C3%A4", b'{"q": 1}')
    assert headers["Authorization"] == "Bearer t"
    first, second = relay.take()
    assert first == second
    assert first == Seen("POST /partner/orders", True, b'{"q": 1}', first.headers, True, None)
    assert first.headers["Authorization"] == "Bearer t"


def test_no_fault_is_left_out() -> None:
    assert set(HTTP_FAULTS) == TOLD_APART | set(ANSWERS)


@pytest.mark.parametrize("fault", ANSWERS)
def test_another_answer(relay: HttpRelay, behind: Behind, fault: str) -> None:
    relay.set(fault)
    answer, content = ask(relay)
    assert (answer.status, answer.headers["Content-Type"], json.loads(content)) == ANSWERS[fault]
    assert answer.headers["Retry-After"] == ("30" if fault == "429-retry-after" else None)
    seen = the_one(relay)
    assert (seen.fault, seen.forwarded, len(behind.asked)) == (fault, answer.status == 201, seen.forwarded)
    assert seen.forwarded == (fault not in BEFORE_THE_EFFECT)


def test_a_gateways_page(relay: HttpRelay, behind: Behind) -> None:
    relay.set("502-html")
    answer, content = ask(relay)
    assert (answer.status, answer.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
    assert content.startswith(b"<!DOCTYPE html>")
    assert not behind.asked


@pytest.mark.parametrize("fault", ["invalid-json", "empty"])
def test_a_body_of_the_right_length_that_is_no_json(relay: HttpRelay, fault: str) -> None:
    relay.set(fault)
    answer, content = ask(relay)
    assert (answer.status, answer.headers["Content-Length"]) == (201, str(len(content)))
    with pytest.raises(json.JSONDecodeError):
        json.loads(content)
    assert bool(content) == (fault == "invalid-json")


def test_a_body_cut_off(relay: HttpRelay, behind: Behind) -> None:
    relay.set("truncated")
    with pytest.raises(http.client.IncompleteRead) as caught:
        ask(relay)
    whole = len(behind.content)
    assert (len(caught.value.partial), caught.value.expected) == (whole // 2, whole - whole // 2)
    assert the_one(relay).forwarded


@pytest.mark.parametrize(("fault", "worked"), [("reset-before", 0), ("reset-after", 1)])
def test_a_reset(relay: HttpRelay, behind: Behind, fault: str, worked: int) -> None:
    relay.set(fault)
    with pytest.raises(ConnectionResetError):
        ask(relay)
    assert (len(behind.asked), the_one(relay).forwarded) == (worked, bool(worked))


def test_an_answer_that_does_not_come(relay: HttpRelay, behind: Behind) -> None:
    relay.set("latency")
    line = connection(relay)
    line.request("POST", "/partner/orders", b"{}")
    line.sock.settimeout(0.1)
    with pytest.raises(TimeoutError):
        line.getresponse()
    until(lambda: behind.asked)
    assert (len(behind.asked), the_one(relay).fault) == (1, "latency")
    line.sock.settimeout(20)
    relay.set(None)  # lets the client go
    with pytest.raises(http.client.RemoteDisconnected):
        http.client.HTTPResponse(line.sock).begin()
    line.close()


def _threads_since_now() -> Callable[[], set[threading.Thread]]:
    """Return what tells the threads begun since: a former test's may be about to end, so a count tells nothing."""
    before = set(threading.enumerate())
    return lambda: set(threading.enumerate()) - before


def test_a_client_that_goes_is_not_waited_for(relay: HttpRelay) -> None:
    begun = _threads_since_now()
    relay.set("latency")
    line = connection(relay)
    line.request("POST", "/partner/orders", b"{}")
    until(begun)
    line.close()
    until(lambda: not begun())


@pytest.mark.parametrize(("fault", "drop"), [("drip", b" "), ("drip-headers", b"x")])
def test_bytes_now_and_then(relay: HttpRelay, fault: str, drop: bytes) -> None:
    relay.set(fault)
    line = connection(relay)
    line.request("GET", "/partner/orders")
    head = b""
    while drop * 2 not in head:
        head += line.sock.recv(100)
    assert line.sock.recv(100) == drop
    if fault == "drip":
        head, _, drops = head.partition(b"\r\n\r\n")
        assert drops.strip() == b""
        assert b"Content-Length: 10000000" in head
    else:
        assert b"\r\n\r\n" not in head
    relay.set(None)
    while drops := line.sock.recv(100):
        assert set(drops) == set(drop)
    line.close()


def test_a_redirect_to_another_host_that_sees_who_follows(relay: HttpRelay, behind: Behind) -> None:
    relay.set("redirect")
    answer, _ = ask(relay)
    assert answer.status == 302
    away = urlsplit(answer.headers["Location"])
    assert away.path == "/partner/orders"
    assert away.hostname not in urlsplit(relay.url).netloc
    assert away.port != urlsplit(relay.url).port
    assert not behind.asked
    assert not relay.elsewhere
    line = http.client.HTTPConnection("127.0.0.1", away.port, timeout=20)
    line.request("GET", away.path, headers={"Authorization": "Bearer t"})
    assert line.getresponse().read() == b"{}"
    line.close()
    (headers,) = relay.elsewhere
    assert headers["Authorization"] == "Bearer t"


def test_a_huge_answer_of_which_a_client_takes_what_it_likes(relay: HttpRelay) -> None:
    relay.set("huge")
    begun = _threads_since_now()
    line = connection(relay)
    line.request("GET", "/partner/orders")
    answer = line.getresponse()
    assert answer.headers["Content-Length"] == str(HUGE_BYTES)
    assert answer.read(30) == huge_blocks()[0][:30]
    answer.close()
    line.close()
    until(lambda: not begun())


def test_what_is_huge_is_json() -> None:
    first, *same, last = huge_blocks()
    assert sum(map(len, huge_blocks())) == HUGE_BYTES
    assert len(set(same)) == 1
    assert len(json.loads(first + same[0] + last)) == 3


def test_a_bomb(relay: HttpRelay) -> None:
    relay.set("gzip-bomb")
    answer, content = ask(relay)
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, "gzip")
    assert len(content) < 2 * 1024 * 1024
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert unpack.decompress(content, 100) == b" " * 100
    assert int.from_bytes(content[-4:], "little") == 1024**3
    assert gzip.decompress(gzip_bomb(2)) == b" " * 4 * 1024 * 1024


def test_where_nobody_listens(relay: HttpRelay) -> None:
    assert urlsplit(relay.refused).path == "/partner"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", urlsplit(relay.refused).port or 0))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/partner/orders", 201), ("POST", "/partner/quotes", 201), ("POST", "/partner/orders", 500)],
)
def test_a_fault_for_writes_alone(relay: HttpRelay, method: str, path: str, status: int) -> None:
    relay.set("500", only_writes=True)
    assert ask(relay, method=method, path=path)[0].status == status
    seen = the_one(relay)
    assert (seen.writes, seen.fault) == (status == 500, "500" if status == 500 else None)


@pytest.mark.parametrize("fault", ["nulls", "invalid-json", "wrong-shape"])
def test_what_cannot_be_spoilt_passes(relay: HttpRelay, behind: Behind, fault: str) -> None:
    behind.content = b"%PDF-1.7"
    relay.set(fault)
    answer, content = ask(relay)
    assert (answer.status, content, the_one(relay).fault) == (201, b"%PDF-1.7", None)


@pytest.mark.parametrize("fault", ["refused", "no such fault"])
def test_what_cannot_be_set(relay: HttpRelay, fault: str) -> None:
    with pytest.raises(ValueError, match="cannot be set"):
        relay.set(fault)


def test_the_server_behind_is_gone(relay: HttpRelay) -> None:
    with HttpRelay(relay.refused) as lost, pytest.raises(ConnectionResetError):
        ask(lost)


@pytest.mark.parametrize(("only_writes", "first"), [(False, None), (True, "500")])
def test_a_fault_for_what_comes_after_a_write(relay: HttpRelay, only_writes: bool, first: str | None) -> None:
    relay.set("500", only_writes=only_writes, afterwards=True)
    for method in ("GET", "POST", "GET", "POST"):
        ask(relay, method=method)
    assert [one.fault for one in relay.take()] == [None, first, "500", "500"]


def test_a_fault_that_passes(relay: HttpRelay) -> None:
    relay.set("503", times=2, only_writes=True)
    statuses = [ask(relay, method=method)[0].status for method in ("POST", "GET", "POST", "POST")]
    assert statuses == [503, 201, 503, 201]
