"""energyctl run inside the test's own process, with answers that a test hands in: thousands of odd runs in a minute.

A run goes through the command line, the client and the output; only the wire is not there. What a process adds, its
signals and exit, is not seen here.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unittest.mock import patch

import httpx

from energyctl.__main__ import _dispatch, _tell
from energyctl.core.errors import EnergyctlError
from energyctl.core.limits import Budget
from energyctl.core.rpc import Call, Rpc
from energyctl.core.session import Session

#: A command that asks more often than this goes round in circles.
MOST_CALLS = 200


class Stream(io.StringIO):
    """A stream whose bytes can be written too; perhaps a terminal."""

    def __init__(self, *, terminal: bool = False) -> None:
        super().__init__(newline="")
        self.terminal = terminal
        self.buffer = io.BytesIO()

    def isatty(self) -> bool:
        return self.terminal


class StoppedSession(Session):
    """A session at a moment that a test names."""

    def __init__(self, moment: datetime, **streams: Any) -> None:
        super().__init__(**streams)
        self._moment = moment

    def now(self) -> datetime:
        return self._moment


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    code: int
    out: str
    err: str
    error: EnergyctlError | None


#: Answers a request with status, content type and content.
Server = Callable[[httpx.Request], tuple[int, str, bytes]]
#: Answers a call of gRPC with the bytes of its message.
Service = Callable[[Call], bytes]


def execute(
    words: Sequence[str],
    *,
    env: Mapping[str, str],
    moment: datetime,
    server: Server,
    service: Service,
    terminal: bool = False,
) -> Ended:
    """Run a command; whatever is no ``EnergyctlError`` goes through to the test."""
    streams = {"stdin": Stream(), "stdout": Stream(terminal=terminal), "stderr": Stream()}
    session = StoppedSession(moment, env=env, **streams)
    calls = 0

    def counted() -> None:
        nonlocal calls
        calls += 1
        assert calls <= MOST_CALLS, f"{' '.join(words)} asks without end"

    def send(_client: httpx.Client, request: httpx.Request, **_: Any) -> httpx.Response:
        counted()
        status, kind, content = server(request)
        return spoken(request, status, kind, content)

    def once(_rpc: Rpc, call: Call) -> Any:
        counted()
        return call.answer_type.FromString(service(call))

    with (
        patch.object(httpx.Client, "send", send),
        patch.object(Rpc, "_once", once),
        patch.object(Budget, "take", lambda _budget: None),
    ):
        code, error = ended(words, session)
    return Ended(code, streams["stdout"].getvalue(), streams["stderr"].getvalue(), error)


def spoken(request: httpx.Request, status: int, kind: str, content: bytes) -> httpx.Response:
    """Return an answer whose body is still to be read."""
    body = httpx.ByteStream(content)
    return httpx.Response(status, headers={"Content-Type": kind}, stream=body, request=request)


def ended(words: Sequence[str], session: Session) -> tuple[int, EnergyctlError | None]:
    """Run a command as the entry does, to its exit code; a bug is not made a message of."""
    try:
        return _dispatch(list(words), session), None
    except EnergyctlError as error:
        return _tell(error, session), error
