"""An end to answers whose status and headers drip in: a time-out for each read never sees them. Bodies are not here."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self


class Deadline:
    """Breaks a connection off when status and headers are not there so many seconds after the request was sent.

    ``trace`` is given to httpx as the request's extension of that name.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        #: The connection of the request.
        self.line: socket.socket | None = None
        self._timer: threading.Timer | None = None
        #: Whether it has broken the connection off.
        self.passed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def of(self, former: Deadline | None) -> Self:
        """Take over the connection of the request before, which this one may go on with."""
        self.line = former.line if former else None
        return self

    def trace(self, event: str, facts: Mapping[str, Any]) -> None:
        """Follow a request: keep its connection, and begin to count when all of it is sent."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self.line = facts["return_value"].get_extra_info("socket")
        elif event.endswith("receive_response_headers.started") and self._timer is None:
            self._timer = threading.Timer(self._seconds, self._break_off)
            self._timer.daemon = True
            self._timer.start()

    def _break_off(self) -> None:
        self.passed = True
        if self.line is not None:
            with suppress(OSError):  # it has gone by itself
                # not the TLS connection's own shutdown, which another thread is reading from
                socket.socket.shutdown(self.line, socket.SHUT_RDWR)
