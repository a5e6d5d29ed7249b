"""How the RABOT API words its answers.

The envelope of objects and lists, and its error objects (contract 3.1 to 3.5).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from aiohttp import web

from energyctl.sandbox.shapes import Problem

VALIDATION = "validation-failed"
_UNAUTHORIZED = 401
_CODES = {
    400: VALIDATION,
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    415: "unsupported-media-type",
    429: "too-many-requests",
}


class ApiError(Exception):
    """A refusal: its status and the messages for the ``error`` array."""

    def __init__(self, status: int, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0].message)
        self.status = status
        self.problems = problems


def refuse(status: int, message: str, path: str = "") -> ApiError:
    """Make a refusal with one message."""
    return ApiError(status, [Problem(message, path)])


def invalid(problems: Sequence[Problem]) -> ApiError:
    """Make a 400 with all the messages."""
    return ApiError(400, problems)


def _json(answer: dict[str, Any], status: int = 200) -> web.Response:
    text = json.dumps(answer, ensure_ascii=False)
    return web.Response(text=text, content_type="application/json", charset="utf-8", status=status)


def ok(data: Any) -> web.Response:
    """Wrap an object, or an array where the contract has one in an object answer."""
    return _json({"isSuccess": True, "message": None, "error": None, "data": data})


def listing(items: Sequence[Any], *, more: bool, data: Any = None) -> web.Response:
    """Wrap one page of a list; ``data`` is given where the items stand inside an object."""
    return _json(
        {
            "isSuccess": True,
            "message": None,
            "error": None,
            "count": len(items),
            "hasMoreItems": more,
            "data": list(items) if data is None else data,
        }
    )


def error(status: int, problems: Iterable[Problem]) -> web.Response:
    """Word an error as the envelope does; ``details`` carries the path of the field concerned."""
    listed = [
        {
            "severity": "Error",
            "code": _CODES.get(status, "error"),
            "message": problem.message,
            "details": problem.path or None,
        }
        for problem in problems
    ]
    answer = _json(
        {"isSuccess": False, "message": listed[0]["message"], "error": listed, "data": None}, status
    )
    if status == _UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return answer


def http_error(_request: web.Request, status: int, message: str) -> web.Response:
    """Word an error that arose before or beside an operation (no such path, a fault)."""
    return error(status, [Problem(message, "")])


def unit_value(value: float, main: str, per: str | None, text: str) -> dict[str, Any]:
    """Return a UnitValue: the number, its unit, and how a German reader sees the unit."""
    return {"value": value, "unit": {"main": main, "per": per}, "unitText": text}


def cents_per_kwh(value: float) -> dict[str, Any]:
    """Return a work price."""
    return unit_value(value, "Cent", "Kwh", "ct/kWh")


def euro_per_month(value: float) -> dict[str, Any]:
    """Return a base price."""
    return unit_value(value, "Euro", "Month", "€/Monat")
