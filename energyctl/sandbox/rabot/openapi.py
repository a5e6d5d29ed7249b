"""The OpenAPI 3.0.4 document of what the sandbox serves, made from the table of operations.

What the operations answer is in ``schemas``; what of it is not the contract's own word bears ``x-standing``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from energyctl import __version__
from energyctl.sandbox.rabot.clients import SCOPES
from energyctl.sandbox.rabot.operations import Operation
from energyctl.sandbox.rabot.schemas import ANSWERS, COMPONENTS, Schema, ref

DOCUMENT_PATH = "/partner/swagger/v1/swagger.json"

_INFERRED = {"x-standing": "inferred"}
_REFUSALS = {
    "400": "The request is not valid.",
    "401": "The access token is missing, unknown or expired.",
    "403": "A scope or role is missing.",
    "404": "There is no such thing that the caller sees.",
    "415": "The body is not JSON.",
}
_TOLD_BY_THE_CONTRACT = {"401", "getMetrics 400", "getMetrics 404"}
_IN_BODY_ONLY = {"createOrder"}
"""These name something in their body that may be unknown (404)."""

_PATH: dict[str, Schema] = {"fileId": {"type": "string", "format": "uuid"}}
"""The parts of paths that are more than a text."""


def _content(schema: Schema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _success(operation: Operation) -> dict[str, Any]:
    if operation.answer == "nothing":
        return {"description": "Done."}
    if operation.answer == "file":
        return {
            "description": "The file.",
            "headers": {"Content-Disposition": {"required": True, "schema": {"type": "string"}}},
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
            **_INFERRED,
        }
    return {"description": "Done.", "content": _content(ANSWERS[operation.id])}


def _refusal(operation: Operation, status: str) -> dict[str, Any]:
    told = {status, f"{operation.id} {status}"} & _TOLD_BY_THE_CONTRACT
    described = {"description": _REFUSALS[status], "content": _content(ref("ErrorAnswer"))}
    if status == "401":
        described["headers"] = {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}}
    return described if told else {**described, **_INFERRED}


def _refusals(operation: Operation) -> dict[str, Any]:
    possible = ["400", "401", "403"]
    if "{" in operation.path or operation.id in _IN_BODY_ONLY:
        possible.append("404")
    if operation.body is not None:
        possible.append("415")
    return {status: _refusal(operation, status) for status in possible}


def _described(operation: Operation) -> dict[str, Any]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": _PATH.get(name, {"type": "string"})}
        for name in re.findall(r"{(\w+)}", operation.path)
    ]
    in_query = [
        {
            "name": name,
            "in": "query",
            "required": shape.required,
            # An empty value counts as none.
            **({} if shape.required else {"allowEmptyValue": True}),
            "schema": shape.openapi(),
        }
        for name, shape in operation.query.items()
    ]
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": [*in_path, *in_query],
        "responses": {"200": _success(operation), **_refusals(operation)},
        "security": [{"oauth2": ["api:partner", *([operation.scope] if operation.scope else [])]}],
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": True,
            "content": _content(operation.body.openapi()),
        }
    return described


def document(operations: Sequence[Operation], url: str, token_url: str) -> dict[str, Any]:
    """Return the whole document; ``url`` is the host root."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.0.4",
        "info": {"title": "Partner API (sandbox)", "version": __version__},
        "servers": [{"url": url}],
        "paths": paths,
        "components": {
            "schemas": COMPONENTS,
            "securitySchemes": {
                "oauth2": {
                    "type": "oauth2",
                    "flows": {
                        "clientCredentials": {
                            "tokenUrl": token_url,
                            "scopes": dict.fromkeys(SCOPES, ""),
                        }
                    },
                }
            },
        },
    }
