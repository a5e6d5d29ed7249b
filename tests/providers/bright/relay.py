"""A backend at another base path with two operations elsewhere: it hands everything on to the sandbox's."""

from __future__ import annotations

import re
import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

BASE = "/energy/api/v3"
#: The corrected endpoints, as a profile writes them.
MOVED = (
    '{get_user_roles: "GET /customers/{accountId}/people", '
    'get_cost: "GET /billing/costs/{costId}?account={accountId}"}'
)
_BACK = (
    (re.compile(r"^/customers/([^/?]+)/people"), r"/accounts/\1/user-roles"),
    (re.compile(r"^/billing/costs/([^/?]+)\?account=([^&]+)&"), r"/accounts/\2/cost/\1?"),
    (re.compile(r"^/billing/costs/([^/?]+)\?(.*)&account=([^&]+)"), r"/accounts/\3/cost/\1?\2"),
)
_FORMER = re.compile(r"^/accounts/[^/]+/(user-roles|cost)")


class Relay:
    """Answers at ``url``; ``seen`` has the paths that were asked for."""

    def __init__(self, kit: str) -> None:
        target = urlsplit(kit)
        self.seen: list[str] = []
        relay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body in one packet

            def _hand_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                relay.seen.append(self.path)
                path = self.path.removeprefix(BASE)
                if path == self.path or _FORMER.match(path):
                    path = "/nowhere"
                for form, back in _BACK:
                    path = form.sub(back, path)
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                onward = HTTPConnection(str(target.hostname), target.port, timeout=30)
                onward.request(self.command, target.path + path, body or None, headers)
                answer = onward.getresponse()
                content = answer.read()
                onward.close()
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        for method in ("GET", "POST", "PATCH"):
            setattr(Handler, f"do_{method}", Handler._hand_on)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}{BASE}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
