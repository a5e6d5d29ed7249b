"""The OpenAPI 3.1 document of the Kit as this Organisation serves it, made from the table of operations.

What the operations answer is in ``schemas``. Paths and methods that the contract does not name bear ``x-standing``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from energyctl.sandbox.bright.operations import ROOT, Operation
from energyctl.sandbox.bright.schemas import ANSWERS, COMPONENTS, INFERRED, Schema, ref
from energyctl.sandbox.openapi import as_3_1

DOCUMENT_PATH = "/openapi.json"

_TEXT: Schema = {"type": "string"}
_WORD: Schema = {"type": "string", "minLength": 1}
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"

_DOCUMENTED = {"get_token", "refresh_token", "get_cost", "openid_configuration"}
"""The operations whose method and path the contract names."""

_SUMMARIES = {
    "authorize": "Oauth authorize, the browser's step",
    "get_token": "Oauth authorize, code for token",
    "refresh_token": "Oauth refresh token",
    "bankid_auth": "BankId auth",
    "bankid_sign": "BankId sign",
    "bankid_collect": "BankId collect",
    "bankid_cancel": "BankId cancel",
    "bankid_qr": "BankId QR code",
    "openid_configuration": "OpenId discovery",
    "openid_authorize": "OpenId, the browser's step",
    "openid_token": "OpenId, code for tokens",
    "openid_jwks": "OpenId, the keys of the id tokens",
    "openid_userinfo": "OpenId, who the user is",
    "search_accounts": "Search for account",
    "get_account": "Get account",
    "get_user_roles": "Get user roles for account",
    "add_user": "Add user to account",
    "update_user": "Update user",
    "report_event": "Report event",
    "get_locations": "Get locations",
    "get_agreements": "Get agreements",
    "get_products": "Get products",
    "get_service_events": "Get service events",
    "get_invoices": "Get account invoices",
    "get_invoice_url": "Get account invoice url",
    "get_invoice_stream": "Get account invoice stream",
    "get_measurements": "Get measurements for service",
    "get_cost": "Get cost for a service",
}
_REFUSALS = {
    "400": "The request is not valid.",
    "401": "Key, token or client is missing, unknown or expired.",
    "403": "The inviting user does not own the account.",
    "404": "There is no such thing.",
    "409": "That user is there already.",
    "415": "The body is not JSON.",
    "501": "The endpoint is not built.",
}
_NAMED_CODES = {"400", "401", "501"}
"""The codes that the contract names (section 1)."""

_AUTHORIZE = {
    "audience": False, "scope": False, "response_type": True, "client_id": True, "state": False,
    "redirect_uri": False, "connection": False,
}  # fmt: skip
"""The parameters of both browser's steps, and whether they are required (contract 4.1)."""


def _form(required: Mapping[str, Schema], optional: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "properties": {**required, **optional}, "required": list(required)}


_CODE = {"grant_type": {"const": "authorization_code"}, "code": _WORD}
_AGAIN = {"grant_type": {"const": "refresh_token"}, "refresh_token": _WORD}
_CLIENT = {"client_id": _WORD, "client_secret": _WORD}
_BODIES: dict[str, Schema] = {
    "get_token": _form({**_CODE, **_CLIENT}, {"redirect_uri": _TEXT}),
    "refresh_token": _form({**_AGAIN, "client_id": _WORD}, {"client_secret": _WORD, "scope": _TEXT}),
    "openid_token": {
        "anyOf": [
            _form({**_CODE, "redirect_uri": _WORD}, dict.fromkeys(_CLIENT, _TEXT)),
            _form(_AGAIN, dict.fromkeys([*_CLIENT, "scope"], _TEXT)),
        ]
    },
}
"""The bodies that operations read by themselves (contract 4.2, 4.3), as JSON or as a form."""

_OTHER_ANSWERS: dict[str, dict[str, Any]] = {
    "authorize": {"200": {"description": "A page to sign in on.", "content": {"text/html": {}}}},
    "get_invoice_stream": {
        "200": {
            "description": "The invoice.",
            "headers": {"Content-Disposition": {"required": True, "schema": _TEXT}},
            "content": {"application/pdf": {}},
        }
    },
    "report_event": {"204": {"description": "Noted."}},
}
_OTHER_ANSWERS["authorize"]["302"] = {
    "description": "Back to the client, with code and state or an error.",
    "headers": {"Location": {"required": True, "schema": {"type": "string", "format": "uri"}}},
}
_OTHER_ANSWERS["openid_authorize"] = _OTHER_ANSWERS["authorize"]


def _answers(operation: Operation) -> dict[str, Any]:
    if operation.id in _OTHER_ANSWERS:
        return dict(_OTHER_ANSWERS[operation.id])
    content = {_JSON: {"schema": ANSWERS[operation.id]}}
    if operation.id == "bankid_qr":
        content["text/plain"] = {"schema": _TEXT}
    return {str(operation.success): {"description": "Done.", "content": content}}


def _refusals(operation: Operation) -> dict[str, Any]:
    possible = ["400", "501"]
    if not operation.is_open or operation.id in {*_BODIES, "openid_userinfo"}:
        possible.append("401")
    if not operation.is_open and ("{" in operation.path or operation.id == "report_event"):
        possible.append("404")
    if operation.body is not None:
        possible.append("415")
    if operation.id == "add_user":
        possible += ["403", "409"]
    return {
        status: {
            "description": _REFUSALS[status],
            "content": {_JSON: {"schema": ref("Error")}},
            **({} if status in _NAMED_CODES else INFERRED),
        }
        for status in sorted(possible)
    }


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": _WORD}
        for name in re.findall(r"{(\w+)}", operation.path)
    ]
    if operation.id.endswith("authorize"):
        given = {name: (required, _TEXT) for name, required in _AUTHORIZE.items()}
    else:
        given = {
            name: (shape.required, as_3_1(shape.openapi())) for name, shape in (operation.query or {}).items()
        }
    in_query = [
        {"name": name, "in": "query", "required": required, "schema": schema}
        for name, (required, schema) in given.items()
    ]
    return [*in_path, *in_query]


def _described(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": _SUMMARIES[operation.id],
        **({} if operation.id in _DOCUMENTED else INFERRED),
        "security": [] if operation.is_open else [{"api_key": []}, {"access_token": []}],
        "parameters": _parameters(operation),
        "responses": {**_answers(operation), **_refusals(operation)},
    }
    if operation.id == "openid_userinfo":
        described["security"] = [{"access_token": []}]
    if operation.id in _BODIES:
        schema = {"schema": _BODIES[operation.id]}
        described["requestBody"] = {"required": True, "content": {_JSON: schema, _FORM: schema}}
    elif operation.body is not None:
        schema = {"schema": as_3_1(operation.body.openapi())}
        described["requestBody"] = {"required": True, "content": {_JSON: schema}}
    return described


def document(operations: Sequence[Operation], url: str, api_key_header: str) -> dict[str, Any]:
    """Return the whole document; ``url`` is the host root."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Bright Kit (sandbox)", "version": "1.0.0"},
        "servers": [{"url": url + ROOT}],
        "paths": paths,
        "components": {
            "schemas": COMPONENTS,
            "securitySchemes": {
                "api_key": {"type": "apiKey", "in": "header", "name": api_key_header, **INFERRED},
                "access_token": {"type": "http", "scheme": "bearer", **INFERRED},
            },
        },
    }


def add_route(app: web.Application, operations: Sequence[Operation], api_key_header: str) -> None:
    """Serve the document, to anybody."""

    async def as_json(request: web.Request) -> web.Response:
        written = document(operations, str(request.url.origin()), api_key_header)
        return web.Response(text=json.dumps(written, ensure_ascii=False), content_type=_JSON)

    app.router.add_get(DOCUMENT_PATH, as_json)
