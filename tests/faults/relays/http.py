"""An HTTP relay that passes requests on to a sandbox, and acts one fault out on the sockets when told to."""

from __future__ import annotations

import http.client
import select
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from tests.faults.relays.bodies import HUGE_BYTES, MADE_UP, SPOILT, Answer, gzip_bomb, huge_blocks, made_up
from tests.faults.relays.ledger import Lasts, Ledger
from tests.faults.relays.names import HTTP_FAULTS
from tests.faults.relays.tls import nobody

#: Between two bytes that drip: less than any time-out for one read.
DRIP_S = 0.05
#: Content-Length of what drips: it comes to no end.
_ENDLESS = 10_000_000
_LONGEST_WORK_S = 60.0
_RESETS = struct.pack("ii", 1, 0)
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_OF_ONE_LINE = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "proxy-connection"}
)


class HttpRelay:
    """Stands before a server and passes requests and answers on unchanged, until a fault is set.

    :param upstream: the address of the server behind.
    :param reads: whether a request, by method and path, changes nothing although it is neither GET nor HEAD.
    """

    def __init__(
        self, upstream: str, *, reads: Callable[[str, str], bool] = lambda _method, _path: False
    ) -> None:
        parts = urlsplit(upstream)
        self._behind = (parts.hostname or "", parts.port or 80)
        self._reads = reads
        self._ledger = Ledger(set(HTTP_FAULTS) - {"refused"})
        self.set, self.take = self._ledger.set, self._ledger.take
        self._ends = ExitStack()
        #: The headers of each request that followed a redirect.
        self.elsewhere: list[Mapping[str, str]] = []
        self._server = _Server(self._serve)
        self._other = _Server(self._serve_elsewhere)
        self._path = parts.path
        self.url = f"http://127.0.0.1:{self._server.port}{parts.path}"
        #: An address like ``url`` at which nobody listens, for as long as the relay lives.
        self.refused = ""

    def __enter__(self) -> Self:
        for server in (self._server, self._other):
            self._ends.enter_context(server)
        self.refused = f"http://{self._ends.enter_context(nobody())}{self._path}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.set(None)
        self._ends.close()

    # -- one request -------------------------------------------------------------------------------------

    def _serve(self, line: _Line) -> None:
        method, path = line.command, line.path.partition("?")[0]
        writes = method not in ("GET", "HEAD") and not self._reads(method, path)
        seen, lasts = self._ledger.note(
            f"{method} {path}", line.body, dict(line.headers.items()), writes=writes
        )
        fault = seen.fault
        if not seen.forwarded:
            self._refuse(line, fault or "")
            return
        try:
            answer = self._from_behind(line)
        except OSError:
            line.reset()
            return
        if fault in SPOILT:
            spoilt = SPOILT[fault](answer)
            if spoilt is None:
                self._ledger.passed(seen)
            answer = spoilt or answer
        if fault is None or fault in SPOILT:
            line.answer(answer)
        else:
            _ACTS[fault](line, answer, lasts)
            line.close_connection = True

    def _refuse(self, line: _Line, fault: str) -> None:
        """Act out a fault that leaves the server behind alone."""
        if fault == "reset-before":
            line.reset()
        elif fault == "redirect":
            away = f"http://localhost:{self._other.port}{line.path}"
            line.answer(made_up(302, "", "text/plain", ("Location", away)))
        else:
            line.answer(MADE_UP[fault])

    def _from_behind(self, line: _Line) -> Answer:
        connection = http.client.HTTPConnection(*self._behind, timeout=_LONGEST_WORK_S)
        try:
            connection.putrequest(line.command, line.path, skip_host=True, skip_accept_encoding=True)
            for name, value in line.headers.items():
                if name.lower() not in _OF_ONE_LINE | {"accept-encoding"}:
                    connection.putheader(name, value)
            if line.body or line.command not in ("GET", "HEAD"):
                connection.putheader("Content-Length", str(len(line.body)))
            connection.putheader("Connection", "close")
            connection.endheaders(line.body)
            answer = connection.getresponse()
            headers = [
                (name, value) for name, value in answer.getheaders() if name.lower() not in _OF_ONE_LINE
            ]
            return Answer(answer.status, headers, answer.read())
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()

    def _serve_elsewhere(self, line: _Line) -> None:
        self.elsewhere.append(dict(line.headers.items()))
        line.answer(made_up(200, "{}"))


# -- sockets ---------------------------------------------------------------------------------------------


class _Line(BaseHTTPRequestHandler):
    """A client's connection: requests come one after the other; each goes to the server's ``serve``."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server
    body: bytes

    def setup(self) -> None:
        super().setup()
        self.server.lines.add(self.connection)

    def finish(self) -> None:
        self.server.lines.discard(self.connection)
        super().finish()

    def _one(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            self.server.serve(self)
        except OSError:  # the client has gone, as it may
            self.close_connection = True

    def answer(self, answer: Answer) -> None:
        """Send an answer as it should be."""
        self.send(answer.head() + (b"" if self.command == "HEAD" else answer.body))

    def send(self, piece: bytes) -> None:
        self.connection.sendall(piece)

    def reset(self) -> None:
        """Make the end of the connection a reset, and bring it about."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESETS)
        self.close_connection = True

    def is_there_for(self, seconds: float) -> bool:
        """Wait so long; return whether the client was there all the time."""
        ready, _, _ = select.select([self.connection], [], [], seconds)
        if not ready:
            return True
        try:
            return bool(self.connection.recv(1, socket.MSG_PEEK))
        except OSError:
            return False

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


for _method in _METHODS:
    setattr(_Line, f"do_{_method}", _Line._one)


class _Server(socketserver.ThreadingTCPServer):
    """Listens on a port of its own; a thread for each connection ends with it at the latest."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, serve: Callable[[_Line], None]) -> None:
        super().__init__(("127.0.0.1", 0), _Line)
        self.serve = serve
        self.port: int = self.server_address[1]
        self.lines: set[socket.socket] = set()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        for line in list(self.lines):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self.server_close()

    def shutdown_request(self, request: Any) -> None:
        """Close without a farewell, which would come before a reset."""
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that go in the middle of a request."""
        import sys

        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


# -- faults that are more than another answer ------------------------------------------------------------


def _hold_up(line: _Line, _answer: Answer, lasts: Lasts) -> None:
    while lasts() and line.is_there_for(DRIP_S):
        pass


def _send_half(line: _Line, answer: Answer, _lasts: Lasts) -> None:
    line.send(answer.head() + answer.body[: len(answer.body) // 2])


def _send_huge(line: _Line, _answer: Answer, _lasts: Lasts) -> None:
    line.send(made_up(200, "").head(HUGE_BYTES))
    for block in huge_blocks():
        line.send(block)


def _send_bomb(line: _Line, _answer: Answer, _lasts: Lasts) -> None:
    bomb = gzip_bomb()
    line.send(made_up(200, "").with_header("Content-Encoding", "gzip").head(len(bomb)) + bomb)


def _drip(line: _Line, _answer: Answer, lasts: Lasts) -> None:
    line.send(made_up(200, "").head(_ENDLESS))
    while lasts() and line.is_there_for(DRIP_S):
        line.send(b" ")


def _drip_headers(line: _Line, _answer: Answer, lasts: Lasts) -> None:
    line.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while lasts() and line.is_there_for(DRIP_S):
        line.send(b"x")


_ACTS: Mapping[str, Callable[[_Line, Answer, Lasts], None]] = {
    "latency": _hold_up,
    "reset-after": lambda line, _answer, _lasts: line.reset(),
    "truncated": _send_half,
    "huge": _send_huge,
    "gzip-bomb": _send_bomb,
    "drip": _drip,
    "drip-headers": _drip_headers,
}
