"""A partner's server in miniature whose every answer a test writes itself, for what the sandbox would never say."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.conftest import Run, run_with

TOKEN = "partner-access-token-1234567890"
SECRET = "planted-client-secret-0987654321"


@dataclass
class Reply:
    """What is answered: a JSON value or raw bytes."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def raw(self) -> bytes:
        """The bytes of the body."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Answer = Reply | Callable[[BaseHTTPRequestHandler], Reply]


class Partner:
    """Serves the given answers by path, and a token at /connect/token; remembers what was asked."""

    def __init__(self, **answers: Answer) -> None:
        self.answers: dict[str, Answer] = {}
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        self.add("/connect/token", Reply({"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"}))
        for name, answer in answers.items():
            self.add(f"/partner/v1/{name.replace('_', '/')}", answer)
        partner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path = self.path.split("?", 1)[0]
                partner.seen.append((self.command, self.path, dict(self.headers.items()), body))
                answer = partner.answers.get(path, Reply({"message": "unknown path"}, 404))
                reply = answer(self) if callable(answer) else answer
                self.send_response(reply.status)
                for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.raw)))
                self.end_headers()
                self.wfile.write(reply.raw)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        for method in ("GET", "POST", "PATCH", "DELETE"):
            setattr(Handler, f"do_{method}", Handler._serve)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def add(self, path: str, answer: Answer) -> None:
        """Set the answer to a path."""
        self.answers[path] = answer

    def paths(self) -> list[str]:
        """Return the paths asked for, in order, without the token's."""
        return [path for _, path, _, _ in self.seen if path != "/connect/token"]

    def client(self, env: dict[str, str], home: Path) -> Run:
        """Return the tool with a profile that speaks to this server."""
        config = home / "partner.yaml"
        config.write_text(
            f"profiles:\n  work:\n    rabot:\n      api_url: {self.url}\n      auth_url: {self.url}\n"
            "      client_id: acme\n      client_secret: env:PLANTED\n"
        )
        return run_with({**env, "ENERGYCTL_CONFIG": str(config), "PLANTED": SECRET}, home)

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
