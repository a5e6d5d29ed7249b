"""A server that is not the sandbox, for any RABOT test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run, run_with
from tests.providers.rabot.strict_server import CLIENT, SECRET, StrictServer

Serve = Callable[..., tuple[StrictServer, Run]]


@pytest.fixture
def serve(env: dict[str, str], home: Path) -> Iterator[Serve]:
    """Start a server with the given answers; at the end nothing undocumented may have been sent to it."""
    with ExitStack() as stack:
        servers: list[StrictServer] = []

        def start(**answers: Any) -> tuple[StrictServer, Run]:
            server = stack.enter_context(StrictServer(**answers))
            servers.append(server)
            config = home / "other.yaml"
            config.write_text(
                "profiles:\n  other:\n    confirm: never\n    rabot:\n"
                f"      api_url: {server.url}\n      auth_url: {server.url}\n"
                f"      client_id: {CLIENT}\n      client_secret: env:OTHER_SECRET\n"
            )
            more = {"ENERGYCTL_CONFIG": str(config), "OTHER_SECRET": SECRET}
            return server, run_with({**env, **more}, home)

        yield start
        assert [one for server in servers for one in server.violations] == []
