"""The log of what clients sent, secrets masked, so that a test can assert exactly that."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

_KEPT = 10_000
_LARGEST_BODY = 64 * 1024
_MASK = "…"
_SECRET_FIELDS = frozenset(
    {
        "client_secret",
        "clientsecret",
        "password",
        "access_token",
        "auth_token",
        "client_assertion",
        "assertion",
        "token",
        "refresh_token",
        "code",
        "code_verifier",
    }
)
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key"})


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _MASK if str(key).lower() in _SECRET_FIELDS and inner is not None else _masked(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_masked(inner) for inner in value]
    return value


def _header(name: str, value: str) -> str:
    lowered = name.lower()
    if lowered not in _SECRET_HEADERS:
        return value
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {_MASK}" if space and "authorization" in lowered else _MASK


def _body(request: web.Request, raw: bytes) -> dict[str, Any]:
    """Return the body under the name of what it is: ``json``, ``form`` or ``text``; absent ones are None."""
    shown: dict[str, Any] = {"json": None, "form": None, "text": None}
    if not raw:
        return shown
    if len(raw) > _LARGEST_BODY:
        shown["text"] = f"{len(raw)} bytes, not kept"
        return shown
    text = raw.decode("utf-8", "replace")
    if request.content_type == "application/x-www-form-urlencoded":
        pairs = parse_qsl(text, keep_blank_values=True)
        shown["form"] = {key: _MASK if key.lower() in _SECRET_FIELDS else value for key, value in pairs}
        return shown
    try:
        shown["json"] = _masked(json.loads(text))
    except (ValueError, RecursionError):
        shown["text"] = text
    return shown


class RequestLog:
    """The last 10,000 requests, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._number = 0

    def add(self, provider: str, request: web.Request, raw: bytes) -> dict[str, Any]:
        """Note a request and return its entry.

        The entry's ``status`` and ``fault`` are filled in once they are known.

        ``status`` stays None when the connection was closed without an answer.
        """
        query = [
            [key, _MASK if key.lower() in _SECRET_FIELDS else value] for key, value in request.query.items()
        ]
        headers = {key: _header(key, value) for key, value in request.headers.items()}
        return self._note(provider, request.method, request.path, query, headers, _body(request, raw))

    def add_call(
        self,
        provider: str,
        path: str,
        metadata: Iterable[tuple[str, str]],
        message: Callable[[], Any],
        size: int,
    ) -> dict[str, Any]:
        """Note a gRPC call of ``size`` bytes, its message as JSON; ``status`` becomes the name of its status."""
        headers = {key: _header(key, value) for key, value in metadata}
        shown: dict[str, Any] = {"json": None, "form": None, "text": None}
        if size > _LARGEST_BODY:
            shown["text"] = f"{size} bytes, not kept"
        else:
            shown["json"] = _masked(message())
        return self._note(provider, "POST", path, [], headers, shown)

    def _note(
        self,
        provider: str,
        method: str,
        path: str,
        query: list[Any],
        headers: dict[str, str],
        body: dict[str, Any],
    ) -> dict[str, Any]:
        self._number += 1
        entry: dict[str, Any] = {
            "number": self._number,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "provider": provider,
            "method": method,
            "path": path,
            "query": query,
            "headers": headers,
            **body,
            "status": None,
            "fault": None,
        }
        self._entries.append(entry)
        return entry

    def listing(self) -> list[dict[str, Any]]:
        """All entries, oldest first."""
        return list(self._entries)

    def clear(self) -> None:
        """Forget all entries; the numbering goes on."""
        self._entries.clear()
