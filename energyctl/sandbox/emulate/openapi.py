"""The OpenAPI 3.1 documents of both sets of paths, made from the table that routes the requests.

The other set's pretends to be the provider's own file; the default set's says with ``x-standing`` what is inferred.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import yaml
from aiohttp import web

from energyctl.sandbox.emulate.api import path_schema
from energyctl.sandbox.emulate.operations import Operation, PathSet
from energyctl.sandbox.emulate.schemas import COMPONENTS, ref

YAML_PATH = "/openapi.yaml"
JSON_PATH = "/openapi.json"
DEFAULT_PATH = "/openapi-default.json"

_INFERRED = {"x-standing": "inferred"}
_DOCUMENTED = {"exampleBrp", "listOwnFacilities"}
"""The operations whose method and path the contract names (sections 1 and 6)."""

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
    "415": "The body is not JSON.",
}


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _parameters(operation: Operation, paths: PathSet) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", operation.places[paths].path)
    in_path = [{"name": name, "in": "path", "required": True, "schema": path_schema(name)} for name in names]
    in_query = [
        {
            "name": parameter.name_in(paths),
            "in": "query",
            "required": parameter.required,
            "description": parameter.summary,
            "schema": parameter.schema,
        }
        for parameter in operation.query
    ]
    return [*in_path, *in_query]


def _refusals(operation: Operation) -> dict[str, Any]:
    possible = [status for status in _REFUSALS if status != "415" or operation.body is not None]
    return {status: {"description": _REFUSALS[status], "content": _json(ref("Error"))} for status in possible}


def _described(operation: Operation, paths: PathSet) -> dict[str, Any]:
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
        **(_INFERRED if paths == "default" and operation.id not in _DOCUMENTED else {}),
        "security": [{"retailer_token" if operation.api == "retailer" else "customer_token": []}],
        "parameters": _parameters(operation, paths),
        "responses": {str(operation.status): done, **_refusals(operation)},
    }
    if operation.body is not None:
        described["requestBody"] = {"required": operation.body_required, "content": _json(operation.body)}
    return described


def document(operations: Sequence[Operation], url: str, paths: PathSet = "other") -> dict[str, Any]:
    """Return the whole document of a set of paths; ``url`` is the host root."""
    described: dict[str, dict[str, Any]] = {}
    for operation in operations:
        if paths in operation.places:
            place = operation.places[paths]
            described.setdefault(place.path, {})[place.method.lower()] = _described(operation, paths)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Retailer API", "version": "1.0.0"},
        "servers": [{"url": url}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": described,
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
    """Serve the other set's document as YAML and as JSON and the default set's as JSON, to anybody."""

    def text(request: web.Request) -> str:
        paths: PathSet = "default" if request.path == DEFAULT_PATH else "other"
        written = document(operations, str(request.url.origin()), paths)
        return json.dumps(written, ensure_ascii=False, indent=2)

    async def as_json(request: web.Request) -> web.Response:
        return web.Response(text=text(request), content_type="application/json")

    async def as_yaml(request: web.Request) -> web.Response:
        # Read back from its text, so that what two operations share is written out and not an alias.
        written = yaml.safe_dump(json.loads(text(request)), sort_keys=False, allow_unicode=True)
        return web.Response(text=written, content_type="application/yaml")

    app.router.add_get(YAML_PATH, as_yaml)
    app.router.add_get(JSON_PATH, as_json)
    app.router.add_get(DEFAULT_PATH, as_json)
