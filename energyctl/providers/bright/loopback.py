"""A web address on this machine to which a browser returns once after a sign-in. What it brings is judged elsewhere."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TextIO
from urllib.parse import parse_qsl, urlsplit

from energyctl.core.errors import ConfigProblem, EnergyctlError

if TYPE_CHECKING:
    from energyctl.core.session import Session

HOST, PATH = "127.0.0.1", "/callback"
_LARGEST_REQUEST = 32 * 1024
_SEND_LIMIT_S = 5.0
#: A browser must neither keep the page, whose address carries the code, nor tell its address to anybody.
_HEADERS = (
    "Content-Type: text/html; charset=utf-8",
    "Cache-Control: no-store",
    "Referrer-Policy: no-referrer",
    "Content-Security-Policy: default-src 'none'",
    "Connection: close",
)


class Late(Exception):
    """Nobody came back in time."""


class Listener:
    """Listens on 127.0.0.1 for one browser. Several connections may be open: browsers open some in advance."""

    def __init__(self, port: int | None = None) -> None:
        """Open a port: the given one, or any that is free.

        :raises ConfigProblem: when it cannot be had.
        """
        try:
            self._socket = socket.create_server((HOST, port or 0))
        except (OSError, OverflowError) as error:
            raise ConfigProblem(
                f"Port {port or 'on this machine'} cannot be listened on: {getattr(error, 'strerror', None) or error}.",
                hint="Free it, or change bright.redirect_port.",
                provider="bright",
                code="port_taken",
            ) from None
        self._heard: dict[socket.socket, bytes] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._socket, selectors.EVENT_READ)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for one in (*self._heard, self._socket):
            one.close()
        self._selector.close()

    @property
    def redirect_uri(self) -> str:
        """The address that the browser is to come back to."""
        return f"http://{HOST}:{self._socket.getsockname()[1]}{PATH}"

    def wait(
        self, until: float, judge: Callable[[dict[str, str]], str], keyboard: TextIO | None
    ) -> str | None:
        """Return what the judge makes of the address's parameters; None when Enter was pressed at the keyboard.

        The browser is shown a page that says how it went and holds nothing of what it brought.

        :param until: on the clock of ``time.monotonic``.
        :raises Late: when that time has come.
        :raises EnergyctlError: what the judge raises.
        """
        if keyboard is not None:
            self._selector.register(keyboard, selectors.EVENT_READ)
        try:
            while True:
                left = until - time.monotonic()
                if left <= 0:
                    raise Late
                for key, _ in self._selector.select(left):
                    if key.fileobj is keyboard:
                        return None
                    query = self._read(key.fileobj)
                    if query is not None:
                        return self._judged(query, judge)
        finally:
            if keyboard is not None:
                self._selector.unregister(keyboard)

    def _judged(
        self, found: tuple[socket.socket, dict[str, str]], judge: Callable[[dict[str, str]], str]
    ) -> str:
        connection, query = found
        try:
            result = judge(query)
        except EnergyctlError:
            self._answer(connection, "400 Bad Request", "Not signed in", "The terminal says what is wrong.")
            raise
        self._answer(
            connection, "200 OK", "Back at energyctl", "You can close this page; the terminal goes on."
        )
        return result

    def _read(self, source: Any) -> tuple[socket.socket, dict[str, str]] | None:
        """Take what has come; return the parameters when it is the whole request of a browser that comes back."""
        if source is self._socket:
            connection, _ = self._socket.accept()
            connection.settimeout(_SEND_LIMIT_S)
            self._heard[connection] = b""
            self._selector.register(connection, selectors.EVENT_READ)
            return None
        try:
            piece = source.recv(8192)
        except OSError:
            piece = b""
        self._heard[source] += piece
        head, end, _ = self._heard[source].partition(b"\r\n\r\n")
        if not piece or len(head) > _LARGEST_REQUEST:
            self._drop(source)
            return None
        if not end:
            return None
        words = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        query = _query_of(words[1]) if len(words) == 3 and words[0] == "GET" else None
        if query is None:
            self._answer(source, "404 Not Found", "Nothing here", "energyctl waits for a sign-in.")
            return None
        return source, query

    def _answer(self, connection: socket.socket, status: str, title: str, text: str) -> None:
        page = (
            f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
            f"<body><h1>{title}</h1><p>{text}</p></body></html>\n"
        )
        head = "\r\n".join((f"HTTP/1.1 {status}", *_HEADERS, f"Content-Length: {len(page)}", "", ""))
        try:
            connection.sendall((head + page).encode())
            connection.shutdown(socket.SHUT_WR)
        except OSError:  # the browser has gone; what it brought counts all the same
            pass
        self._drop(connection)

    def _drop(self, connection: socket.socket) -> None:
        self._selector.unregister(connection)
        del self._heard[connection]
        connection.close()


def _query_of(target: str) -> dict[str, str] | None:
    """Return the parameters of an address that a sign-in leads back to; None for any other."""
    try:
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True, max_num_fields=50))
    except ValueError:
        return None
    return query if parts.path == PATH and ("code" in query or "error" in query) else None


def pasted_query(address: str) -> dict[str, str] | None:
    """Return the parameters of an address that a person has pasted; None when it is not one to come back with."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return None
    return _query_of(f"{PATH}?{parts.query}") if parts.query else None


def open_in_browser(session: Session, address: str) -> bool:
    """Open an address where a person sits before a graphical screen; return whether that was possible.

    Without one a browser would take the terminal itself.
    """
    import sys

    graphical = sys.platform in ("darwin", "win32") or any(
        session.env.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )
    if not session.can_ask or not graphical:
        return False
    import webbrowser

    try:
        return webbrowser.open(address)
    except (webbrowser.Error, OSError):
        return False
