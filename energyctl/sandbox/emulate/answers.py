"""How the sandbox's Emulate words its answers: JSON, and errors, of which the contract knows only the 403."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from energyctl.sandbox.shapes import Problem

_TYPES = {
    400: "invalid_request",
    401: "unauthorized",
    403: "access_denied",
    404: "not_found",
    405: "method_not_allowed",
    413: "request_too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
    503: "unavailable",
}
DENIED = "Access denied."


class ApiError(Exception):
    """A refusal: its status, its error type, and what is wrong."""

    def __init__(self, status: int, kind: str, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0].message)
        self.status = status
        self.kind = kind
        self.problems = problems


def refuse(status: int, kind: str, message: str, path: str = "") -> ApiError:
    """Make a refusal with one message."""
    return ApiError(status, kind, [Problem(message, path)])


def invalid(problems: Sequence[Problem]) -> ApiError:
    """Make a 400 with all the messages."""
    return ApiError(400, "invalid_request", problems)


def answer(data: Any, status: int = 200) -> web.Response:
    """Return JSON."""
    text = json.dumps(data, ensure_ascii=False)
    return web.Response(text=text, content_type="application/json", charset="utf-8", status=status)


def error(refusal: ApiError) -> web.Response:
    """Word a refusal; ``details`` names the fields concerned."""
    body: dict[str, Any] = {"type": refusal.kind, "message": refusal.problems[0].message}
    details = [{"field": each.path, "message": each.message} for each in refusal.problems if each.path]
    if details:
        body["details"] = details
    worded = answer({"error": body}, refusal.status)
    if refusal.status == 401:
        worded.headers["WWW-Authenticate"] = "Bearer"
    return worded


def http_error(_request: web.Request, status: int, message: str) -> web.Response:
    """Word an error that arose before or beside an operation: no such path, a fault.

    An expired token is a 403 here like every refused token (contract 3.5).
    """
    if status == 401:
        return error(refuse(403, "access_denied", DENIED))
    return error(refuse(status, _TYPES.get(status, "internal_error"), message))
