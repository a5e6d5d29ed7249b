"""A server that is not the sandbox: its paths, envelopes and oddities are the test's own. It checks no token."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Reply:
    """What is answered: a JSON value, raw bytes, or nothing at all."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    #: Whether the connection is closed without an answer.
    drops: bool = False

    @property
    def raw(self) -> bytes:
        """The bytes of the body."""
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    #: The query as it was sent.
    raw_query: str
    headers: dict[str, str]
    body: Any


Answer = Reply | Callable[[Asked], Any] | Any


class OddServer:
    """Answers by "METHOD /path"; what is not a Reply or a function is the JSON of an answer of status 200."""

    def __init__(self, answers: dict[str, Answer] | None = None) -> None:
        self.answers: dict[str, Answer] = dict(answers or {})
        self.asked: list[Asked] = []
        odd = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                parts = urlsplit(self.path)
                body = json.loads(raw) if raw else None
                query = dict(parse_qsl(parts.query, keep_blank_values=True))
                asked = Asked(self.command, parts.path, query, parts.query, dict(self.headers.items()), body)
                odd.asked.append(asked)
                answer = odd.answers.get(f"{self.command} {parts.path}", Reply(None, 404))
                if callable(answer):
                    answer = answer(asked)
                reply = answer if isinstance(answer, Reply) else Reply(answer)
                if reply.drops:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response_only(reply.status)  # without a Date of its own
                for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                if reply.status != 204:
                    self.send_header("Content-Length", str(len(reply.raw)))
                self.end_headers()
                self.wfile.write(b"" if reply.status == 204 else reply.raw)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            setattr(Handler, f"do_{method}", Handler._serve)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def asks(self, method: str | None = None) -> list[str]:
        """Return the requests, or those of a method, as "METHOD /path"."""
        return [f"{one.method} {one.path}" for one in self.asked if method in (None, one.method)]

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
