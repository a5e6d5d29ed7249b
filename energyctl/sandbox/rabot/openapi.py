"""The OpenAPI 3.0.4 document of what the sandbox serves, made from the table of operations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from energyctl import __version__
from energyctl.sandbox.rabot.operations import Operation

DOCUMENT_PATH = "/partner/swagger/v1/swagger.json"

_ERROR_ITEM = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "severity": {"type": "string", "enum": ["Error", "Warning", "Notice"]},
        "code": {"type": "string"},
        "message": {"type": "string"},
        "details": {"type": "string", "nullable": True},
    },
}
_COMMON: dict[str, Any] = {
    "isSuccess": {"type": "boolean"},
    "message": {"type": "string", "nullable": True},
    "error": {"type": "array", "nullable": True, "items": {"$ref": "#/components/schemas/ErrorItem"}},
}
_SCHEMAS: dict[str, Any] = {
    "ErrorItem": _ERROR_ITEM,
    "ObjectAnswer": {
        "type": "object",
        "properties": {**_COMMON, "data": {"nullable": True}},
    },
    "ListAnswer": {
        "type": "object",
        "properties": {
            **_COMMON,
            "count": {"type": "integer", "format": "int32"},
            "hasMoreItems": {"type": "boolean"},
            "data": {"type": "array", "items": {}},
        },
    },
    "BareAnswer": {"type": "object"},
}
_REFUSALS = {
    "400": "The request is not valid.",
    "401": "The access token is missing, unknown or expired.",
    "403": "A scope or role is missing.",
    "404": "There is no such thing that the caller sees.",
}


def _content(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _success(operation: Operation) -> dict[str, Any]:
    if operation.answer == "nothing":
        return {"description": "Done."}
    if operation.answer == "file":
        return {
            "description": "The file.",
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        }
    schema = {"object": "ObjectAnswer", "list": "ListAnswer", "bare": "BareAnswer"}[operation.answer]
    return {"description": "Done.", "content": _content(schema)}


def _described(operation: Operation) -> dict[str, Any]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", operation.path)
    ]
    in_query = [
        {"name": name, "in": "query", "required": shape.required, "schema": shape.openapi()}
        for name, shape in operation.query.items()
    ]
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": [*in_path, *in_query],
        "responses": {
            "200": _success(operation),
            **{
                status: {"description": text, "content": _content("ObjectAnswer")}
                for status, text in _REFUSALS.items()
            },
        },
        "security": [{"oauth2": ["api:partner", *([operation.scope] if operation.scope else [])]}],
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": operation.body.openapi()}},
        }
    return described


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.0.4",
        "info": {"title": "Partner API (sandbox)", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": _SCHEMAS,
            "securitySchemes": {
                "oauth2": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": "/connect/token", "scopes": {}}},
                }
            },
        },
    }
