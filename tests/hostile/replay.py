"""The recorded answers as servers that say them again, whole or spoiled."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import httpx
import jwt

from energyctl.core.rpc import Call
from tests.hostile.harness import Ended, execute
from tests.hostile.recording import Exchange, moment, recorded

JSON = "application/json"


@cache
def surroundings() -> dict[str, str]:
    """Return an environment whose profile is complete, and whose addresses lead nowhere."""
    home = Path(tempfile.mkdtemp(prefix="energyctl-hostile-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    claims = {"aud": "https://api.emulate.network/", "retailer": 42, "iat": 0, "exp": 2**33}
    config = home / "config.yaml"
    config.write_text(
        "profiles:\n  sandbox:\n"
        "    rabot: {environment: sandbox, client_id: acme, client_secret: 'env:SECRET'}\n"
        "    emporia: {environment: sandbox, email: ops@example.com, password: 'env:SECRET'}\n"
        "    emulate: {environment: sandbox, retailer_id: 42, token: 'env:TOKEN'}\n"
        "    bright: {environment: sandbox, auth: api-key, api_key: 'env:SECRET', client_id: bright,"
        " client_secret: 'env:SECRET'}\n"
    )
    nowhere = "http://127.0.0.1:9"
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "ENERGYCTL_CONFIG": str(config),
        "ENERGYCTL_STATE_DIR": str(home / "state"),
        "ENERGYCTL_BACKOFF_S": "0",
        "ENERGYCTL_SANDBOX_RABOT_URL": nowhere,
        "ENERGYCTL_SANDBOX_RABOT_AUTH_URL": nowhere,
        "ENERGYCTL_SANDBOX_EMULATE_URL": nowhere,
        "ENERGYCTL_SANDBOX_BRIGHT_URL": f"{nowhere}/kit/v1",
        "ENERGYCTL_SANDBOX_EMPORIA_TARGET": "127.0.0.1:9",
        "TOKEN": jwt.encode(claims, "no server looks at it: 32 letters", "HS256"),
        "SECRET": "planted-secret-0123456789",
    }


class Replay:
    """Says what was recorded: to each request its answers in their order, and the last one again and again.

    :param words: the command whose answers come first; after them those of all others.
    :param instead: answers that take the place of others.
    """

    def __init__(self, words: tuple[str, ...], instead: Sequence[tuple[Exchange, Exchange]] = ()) -> None:
        own = recorded().get(words)
        others = [one for each in recorded().values() for one in each.exchanges]
        self._answers: dict[str, list[Exchange]] = {}
        for one in own.exchanges if own else []:
            said = next((other for former, other in instead if former is one), one)
            self._answers.setdefault(one.request, []).append(said)
        for one in others:
            self._answers.setdefault(one.request, [one])

    def _next(self, request: str) -> Exchange:
        known = self._answers.get(request)
        if known is None:
            return Exchange(request, 404, JSON, body={"message": "There is no such thing."})
        return known.pop(0) if len(known) > 1 else known[0]

    def server(self, request: httpx.Request) -> tuple[int, str, bytes]:
        """Answer a request over HTTP."""
        found = self._next(f"{request.method} {request.url.path}")
        return found.status, found.kind, found.content

    def service(self, call: Call) -> bytes:
        """Answer a call of gRPC."""
        return self._next(call.method).content

    def run(self, words: Sequence[str], *options: str, terminal: bool = False) -> Ended:
        """Run a command with these answers, and nothing kept from others."""
        with tempfile.TemporaryDirectory() as state:
            return execute(
                [*words, *options],
                env={**surroundings(), "ENERGYCTL_STATE_DIR": state},
                moment=moment(),
                server=self.server,
                service=self.service,
                terminal=terminal,
            )
