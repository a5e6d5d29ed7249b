"""An Organisation's backend in miniature that answers whatever a test wants, and notes what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit

from tests.conftest import Run, run_with


class Asked(NamedTuple):
    """A request as it came; ``body`` is that of JSON or of a form."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    content_type: str


#: Status and body of an answer; a body of bytes is sent as it is, any other as JSON.
Answer = tuple[int, Any]


class OtherKit:
    """A server with a function for each operation, named ``METHOD /path``."""

    def __init__(self, operations: dict[str, Callable[[Asked], Answer]]) -> None:
        self.operations = operations
        self.seen: list[Asked] = []
        kit = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                kind = self.headers.get("Content-Type", "")
                body = json.loads(raw) if "json" in kind else dict(parse_qsl(raw.decode()))
                asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), body, kind)
                kit.seen.append(asked)
                answer = kit.operations.get(f"{asked.method} {asked.path}", lambda _: (404, {}))
                status, given = answer(asked)
                content = given if isinstance(given, bytes) else json.dumps(given).encode()
                self.send_response(status)
                self.send_header(
                    "Content-Type", "text/plain" if isinstance(given, bytes) else "application/json"
                )
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def asked(self, operation: str) -> list[Asked]:
        """Return the requests of an operation."""
        return [one for one in self.seen if f"{one.method} {one.path}" == operation]


def client_of(url: str, env: dict[str, str], home: Path, **settings: str) -> Run:
    """Return what runs energyctl against a backend under its address, so that it takes it for a real one."""
    body = {"base_url": url, "client_id": "bright", "client_secret": "env:KIT_SECRET", **settings}
    config = home / "kit.yaml"
    lines = "".join(f"      {name}: {value}\n" for name, value in body.items())
    config.write_text(f"profiles:\n  work:\n    bright:\n{lines}")
    return run_with({"KIT_SECRET": "s3cret-of-the-kit", **env, "ENERGYCTL_CONFIG": str(config)}, home)
