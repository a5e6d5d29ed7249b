"""The OpenAPI 3.1 document of the other set of paths, made from the table that routes the requests."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import yaml
from aiohttp import web

from energyctl.sandbox.emulate.api import path_schema
from energyctl.sandbox.emulate.operations import Operation
from energyctl.sandbox.emulate.schemas import COMPONENTS, ref

YAML_PATH = "/openapi.yaml"
JSON_PATH = "/openapi.json"

_TAGS = {
    "onboarding": "Onboarding of new devices",
    "facilities": "Facilities, that is places with a meter",
    "devices": "Electric vehicles, chargers, heat pumps and the like",
    "optimization": "Spot price optimization",
    "customers": "Customers of the retailer",
    "reporting": "Reports about devices",
    "notifications": "Webhooks for notifications of events",
    "miscellaneous": "Not needed in typical use",
    "legacy": "Deprecated, to be removed",
}
_REFUSALS = {
    "400": "The request is not valid.",
    "401": "The Authorization header is missing or malformed.",
    "403": "Access denied.",
    "404": "There is no such thing.",
}


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", operation.places["other"].path)
    in_path = [{"name": name, "in": "path", "required": True, "schema": path_schema(name)} for name in names]
    in_query = [
        {
            "name": parameter.name_in("other"),
            "in": "query",
            "required": parameter.required,
            "description": parameter.summary,
            "schema": parameter.schema,
        }
        for parameter in operation.query
    ]
    return [*in_path, *in_query]


def _described(operation: Operation) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if operation.answer is not None:
        done["content"] = _json(operation.answer)
    if operation.headers:
        done["headers"] = {
            name: {"description": text, "schema": {"type": "string"}}
            for name, text in operation.headers.items()
        }
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        **({"tags": [operation.tag]} if operation.tag else {}),
        "security": [{"retailer_token" if operation.api == "retailer" else "customer_token": []}],
        "parameters": _parameters(operation),
        "responses": {
            str(operation.status): done,
            **{
                status: {"description": text, "content": _json(ref("Error"))}
                for status, text in _REFUSALS.items()
            },
        },
    }
    if operation.body is not None:
        described["requestBody"] = {"required": operation.body_required, "content": _json(operation.body)}
    return described


def document(operations: Sequence[Operation], url: str) -> dict[str, Any]:
    """Return the whole document; ``url`` is the host root."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        place = operation.places["other"]
        paths.setdefault(place.path, {})[place.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Retailer API", "version": "1.0.0"},
        "servers": [{"url": url}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": COMPONENTS,
            "securitySchemes": {
                name: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": text}
                for name, text in (
                    ("retailer_token", "Signed with a Retailer API key"),
                    ("customer_token", "Signed with a Single Customer API key, for one customer"),
                )
            },
        },
    }


def add_routes(app: web.Application, operations: Sequence[Operation]) -> None:
    """Serve the document as YAML and as JSON, to anybody."""

    def text(request: web.Request) -> str:
        return json.dumps(document(operations, str(request.url.origin())), ensure_ascii=False, indent=2)

    async def as_json(request: web.Request) -> web.Response:
        return web.Response(text=text(request), content_type="application/json")

    async def as_yaml(request: web.Request) -> web.Response:
        # Read back from its text, so that what two operations share is written out and not an alias.
        written = yaml.safe_dump(json.loads(text(request)), sort_keys=False, allow_unicode=True)
        return web.Response(text=written, content_type="application/yaml")

    app.router.add_get(YAML_PATH, as_yaml)
    app.router.add_get(JSON_PATH, as_json)
