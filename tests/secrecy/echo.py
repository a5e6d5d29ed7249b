"""Servers that say everything they were told and should not say: in messages, headers, addresses, pages, encoded.

They take any call, let the tool sign in, and then refuse what it asks in ever other ways.
"""

from __future__ import annotations

import base64
import itertools
import json
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from html import escape
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, quote_plus

import grpc

from energyctl.providers.emporia.wire import partner_api2_pb2 as pb
from tests.partner import Partner, Reply

ACCESS_TOKEN = "given/access+token=1234567890abcdefghij"
NEXT_REFRESH_TOKEN = "next/refresh+token=0987654321jihgfedcba"
GRPC_TOKEN = "given-grpc-token-1234567890-abcdefghij"
#: So many signs from a secret's beginning are too many.
TELLING = 12


@cache
def forms(secret: str) -> dict[str, str]:
    """Return a secret in the forms in which it must not show, by what each is."""
    raw = secret.encode()
    shown = {
        "as it is": secret,
        "quoted for addresses": quote(secret, safe=""),
        "quoted in part": quote(secret),
        "as JSON": json.dumps(secret)[1:-1],
        "as HTML": escape(secret),
        "in base64": base64.b64encode(raw).decode(),
        "in base64 for addresses": base64.urlsafe_b64encode(raw).decode().rstrip("="),
        "within base64": base64.b64encode(b"id:" + raw + b":xy").decode()[4:-8],
        "its beginning": secret[:TELLING],
    }
    lines = [line for line in secret.splitlines() if len(line) > 2 * TELLING and not line.startswith("-----")]
    if lines:
        del shown["its beginning"]  # the first line of a key is no secret
        shown |= {f"line {number}": line[:TELLING] for number, line in enumerate(lines) if number}
    return shown


class Echo(Partner):
    """An HTTP server for all providers, which repeats whatever of some secrets a request carries."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        self._secrets = [*secrets]
        #: The tokens that clients have signed themselves.
        self.signed: list[str] = []
        self.signs_in = True
        self._turn = itertools.count()
        self._refusals: tuple[Callable[[list[str], BaseHTTPRequestHandler], Reply], ...] = (
            self._problem, self._unauthorized, self._validation, self._redirect, self._page, self._broken,
            self._conflict, self._headers, self._busy, self._forbidden,
        )  # fmt: skip
        self.answers = _Every(self._answer)

    def _answer(self, request: BaseHTTPRequestHandler) -> Reply:
        path = request.path.partition("?")[0]
        told = self._told(request)
        if self.signs_in and path == "/connect/token":
            return Reply(
                {"access_token": ACCESS_TOKEN, "expires_in": 3600, "debug": _said(told)},
                headers=_in_headers(told),
            )
        if self.signs_in and path.endswith("/auth/refresh_token"):
            given = {"access_token": ACCESS_TOKEN, "refresh_token": NEXT_REFRESH_TOKEN, "debug": _said(told)}
            return Reply(json.dumps(given).encode(), headers={"Content-Type": "text/plain"})
        return self._refusals[next(self._turn) % len(self._refusals)](told, request)

    def _told(self, request: BaseHTTPRequestHandler) -> list[str]:
        """Return the secrets that a request carries, in whatever form."""
        token = (request.headers.get("Authorization") or "").removeprefix("Bearer ")
        if token.startswith("eyJ") and token not in self.signed:
            self.signed.append(token)
        carried = f"{request.path} {request.headers} {self.seen[-1][3].decode()}"
        return [one for one in [*self._secrets, *self.signed] if any(form in carried for form in _sent(one))]

    def _problem(self, told: list[str], _: BaseHTTPRequestHandler) -> Reply:
        body = {"message": _said(told), "error": "invalid_request", "error_description": _said(told)}
        return Reply(body, 400, _in_headers(told))

    def _unauthorized(self, told: list[str], _: BaseHTTPRequestHandler) -> Reply:
        return Reply({"title": _said(told), "detail": [_said(told)]}, 401, _in_headers(told))

    def _forbidden(self, told: list[str], _: BaseHTTPRequestHandler) -> Reply:
        return Reply({"error": {"message": json.dumps({"given": _said(told)})}}, 403)

    def _validation(self, told: list[str], _: BaseHTTPRequestHandler) -> Reply:
        errors = {
            "name": [f"'{one}' is not valid" for one in told],
            "deep": {"er": [{"input": _said(told)}]},
        }
        return Reply(
            {"errors": errors, "detail": [{"loc": ["body"], "msg": _said(told), "input": told}]}, 422
        )

    def _redirect(self, told: list[str], _: BaseHTTPRequestHandler) -> Reply:
        query = "&".join(f"x{number}={quote(one, safe='')}" for number, one in enumerate(told))
        place = f"https://elsewhere.example/{quote(_on_a_line(told)[0])}?{query}"
        return Reply(b"", 302, {"Location": place})

    def _page(self, told: list[str], _: BaseHTTPRequestHandler) -> Reply:
        return Reply(f"<html><pre>{escape(_said(told))}</pre>".encode(), 502, {"Content-Type": "text/html"})

    def _broken(self, told: list[str], _: BaseHTTPRequestHandler) -> Reply:
        cut = json.dumps({"access_token": "never seen before", "said": _said(told)})[:-2]
        return Reply(cut.encode(), 200, {"Content-Type": "application/json"})

    def _conflict(self, told: list[str], request: BaseHTTPRequestHandler) -> Reply:
        request.responses = {409: (_on_a_line(told)[0], "")}  # type: ignore[dict-item]
        return Reply(_said(told).encode(), 409, {"Content-Type": "text/plain"})

    def _headers(self, told: list[str], _: BaseHTTPRequestHandler) -> Reply:
        return Reply(b"", 200, _in_headers(told))

    def _busy(self, told: list[str], _: BaseHTTPRequestHandler) -> Reply:
        return Reply({"message": _said(told)}, 429, {"Retry-After": "3600", **_in_headers(told)})


def _said(told: list[str]) -> str:
    """Return all forms of secrets, as a gossip would tell them."""
    return " | ".join(form for secret in told for form in forms(secret).values())


def _on_a_line(told: list[str]) -> list[str]:
    return [one for one in told if "\n" not in one and one.isascii()] or ["nothing"]


def _sent(secret: str) -> tuple[str, ...]:
    return secret, quote_plus(secret), json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]


def _in_headers(told: list[str]) -> dict[str, str]:
    single = _on_a_line(told)
    return {
        "X-Request-Id": single[0],
        "X-Debug": " ".join(single),
        "Set-Cookie": f"session={single[-1]}",
        "WWW-Authenticate": f'Bearer error="invalid", error_description="{single[0]} was not accepted"',
    }


class _Every(dict[str, Any]):
    """The same answer for every path."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self._answer = answer

    def get(self, _path: str, _default: Any = None) -> Any:
        return self._answer


class GrpcEcho:
    """A gRPC server of the same kind, in clear text on this machine."""

    _CODES = ("INVALID_ARGUMENT", "UNAUTHENTICATED", "INTERNAL", "PERMISSION_DENIED", "UNKNOWN", "NOT_FOUND")

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [*secrets]
        self.signs_in = True
        self._turn = itertools.count()
        self._server = grpc.server(ThreadPoolExecutor(4), handlers=[_Handler(self._answer)])
        self.target = f"plaintext://127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop(None).wait()

    def _answer(self, method: str, message: bytes, context: grpc.ServicerContext) -> bytes:
        if self.signs_in and method.endswith("/Authenticate"):
            return bytes(pb.AuthenticationResponse(auth_token=GRPC_TOKEN).SerializeToString())
        with self._lock:
            code = self._CODES[next(self._turn) % len(self._CODES)]
        told = [one for one in self._secrets if one.encode() in message]
        context.set_trailing_metadata((("x-debug", " ".join(_on_a_line(told))),))
        context.abort(getattr(grpc.StatusCode, code), _said(told))
        raise AssertionError("abort raises")


class _Handler(grpc.GenericRpcHandler):
    def __init__(self, answer: Callable[[str, bytes, grpc.ServicerContext], bytes]) -> None:
        self._answer = answer

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        method = handler_call_details.method
        return grpc.unary_unary_rpc_method_handler(
            lambda message, context: self._answer(method, message, context)
        )
