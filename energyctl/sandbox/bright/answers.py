"""How the Organisation words what it says: JSON answers, and errors in the Kit's strict shape (contract 1)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from aiohttp import web

from energyctl.sandbox.shapes import Problem

_NAMES = {
    400: ("ValidationError", "1000"),
    401: ("Unauthorized", "1001"),
    403: ("Forbidden", "1003"),
    404: ("NotFound", "1004"),
    405: ("MethodNotAllowed", "1005"),
    409: ("Conflict", "1009"),
    410: ("Gone", "1010"),
    413: ("PayloadTooLarge", "1013"),
    415: ("UnsupportedMediaType", "1015"),
    429: ("TooManyRequests", "1029"),
    500: ("InternalError", "1050"),
    501: ("NotImplemented", "1051"),
    503: ("ServiceUnavailable", "1053"),
}
_GENERIC = ("GenericError", "1056")
_BANKID_CODES = {
    400: "invalidParameters",
    401: "unauthorized",
    404: "notFound",
    405: "methodNotAllowed",
    415: "unsupportedMediaType",
    503: "maintenance",
}


class KitError(Exception):
    """A refusal. ``name`` and ``code`` (BankID's own word for it) are for those that a status does not tell."""

    def __init__(
        self, status: int, message: str, *, name: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.name = name
        self.code = code


def invalid(problems: Sequence[Problem]) -> KitError:
    """Make a 400 that names all problems."""
    return KitError(400, " ".join(problem.message for problem in problems))


def reply(data: Any, status: int = 200) -> web.Response:
    """Answer with JSON."""
    text = json.dumps(data, ensure_ascii=False)
    return web.Response(text=text, content_type="application/json", charset="utf-8", status=status)


def page(title: str, content: str, *, status: int = 200) -> web.Response:
    """Answer with a small page for people."""
    style = (
        "body{font-family:sans-serif;max-width:32em;margin:3em auto;padding:0 1em;line-height:1.5}"
        "label,input,select{display:block;width:100%;box-sizing:border-box}"
        "input,select{padding:.5em;margin-bottom:1em}button{padding:.6em 1.4em;margin-right:.6em}"
    )
    html = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{style}</style></head><body><h1>{escape(title)}</h1>{content}</body></html>\n"
    )
    return web.Response(text=html, content_type="text/html", status=status)


class Errors:
    """Words all errors of the Organisation.

    ``variant`` says which wrong variant is in force, ``bankid_form`` whether the relay of BankID answers with
    the Kit's shape (``kit``) or hands BankID's own through (``bankid``).
    """

    def __init__(self, variant: Callable[[], str | None], bankid_form: Callable[[], str]) -> None:
        self._variant = variant
        self._bankid_form = bankid_form

    def answer(self, refusal: KitError) -> web.Response:
        """Word a refusal."""
        name, key = _NAMES.get(refusal.status, _GENERIC)
        return self._worded(refusal.status, refusal.name or name, key, refusal.message)

    def bankid(self, refusal: KitError) -> web.Response:
        """Word a refusal of the BankID relay."""
        code = refusal.code or _BANKID_CODES.get(refusal.status, "internalError")
        if self._bankid_form() == "bankid":
            return reply({"errorCode": code, "details": refusal.message}, refusal.status)
        _, key = _NAMES.get(refusal.status, _GENERIC)
        return self._worded(refusal.status, code[0].upper() + code[1:], key, refusal.message)

    def http(self, _request: web.Request, status: int, message: str) -> web.Response:
        """Word an error that arose before or beside an operation (no such path, a fault)."""
        return self.answer(KitError(status, message))

    def _worded(self, status: int, name: str, key: str, message: str) -> web.Response:
        variant = self._variant()
        if variant == "html_error":
            return page(name, f"<p>{escape(message)}</p>", status=status)
        shown: dict[str, Any] = {
            "name": name,
            "message": message,
            "status": status,
            "error": True,
            "key": key,
            "uid": str(uuid.uuid4()),
        }
        if variant == "error_shape":
            del shown["uid"]
        elif variant == "error_status_differs":
            shown["status"] = 200
        elif variant == "error_status_text":
            shown["status"] = str(status)
        return reply(shown, status)
