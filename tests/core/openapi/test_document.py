"""Documents, their operations, how their lists are paged, and what they look like in words."""

from __future__ import annotations

from typing import Any

import pytest

from energyctl.core.openapi.describing import rows_of
from energyctl.core.openapi.document import server_path
from energyctl.core.openapi.paging import paging_of
from tests.core.openapi.apis import api, document

OK = {"responses": {"200": {"description": "ok"}}}


@pytest.mark.parametrize(
    ("servers", "path"),
    [
        ([{"url": "https://api.example.org/v1/"}], "/v1"),
        ([{"url": "https://api.example.org"}], ""),
        ([{"url": "/base"}], "/base"),
        ([{"url": "base"}], "/base"),
        ([{"url": "https://{host}/v1"}], ""),
        ([{"url": "https://[bad/v1"}], ""),
        ([{"url": 5}], ""),
        ([], None),
        ("x", None),
        (None, None),
    ],
)
def test_the_path_of_the_server(servers: Any, path: str | None) -> None:
    assert server_path(servers) == path


def test_a_server_of_its_own_wins() -> None:
    own = [{"url": "https://other.example.org/v9"}]
    file = document(
        {"/a": {"get": OK}, "/b": {"get": {**OK, "servers": own}}, "/c": {"servers": own, "get": OK}},
        servers=[{"url": "https://api.example.org/v1"}],
    )
    assert [one.full_path for one in file.operations] == ["/v1/a", "/v9/b", "/v9/c"]
    assert [one.relative_path("/v1") for one in file.operations] == ["/a", "/v9/b", "/v9/c"]


def test_an_operation_is_known_by_its_id_and_by_method_and_path() -> None:
    file = api(
        "GET /a listA",
        "GET /b twice",
        "POST /b twice",
        "GET /c",
        servers=[{"url": "https://x.example.org/v1"}],
    )
    assert [one.operation_id for one in file.operations] == ["listA", "GET /b", "POST /b", "GET /c"]
    for name in ("listA", "GET /a", "get /a", "GET /v1/a"):
        assert file.operation(name) is file.operations[0]
    assert file.operation("twice") is None
    assert file.operation("GET /d") is None


def test_parameters_of_path_and_operation_are_merged() -> None:
    shared = {"name": "kind", "in": "query", "schema": {"type": "string"}}
    own = {"name": "kind", "in": "query", "required": True, "schema": {"type": "integer"}}
    other = {"name": "X-Trace", "in": "header", "schema": {"type": "string"}, "style": "simple"}
    file = document(
        {
            "/a/{id}": {
                "parameters": [shared, {"$ref": "#/components/parameters/Trace"}],
                "get": {**OK, "parameters": [own]},
                "post": OK,
            }
        },
        components={"parameters": {"Trace": other}},
    )
    get, post = file.operations
    assert [(one.place, one.name, one.required) for one in get.parameters] == [
        ("query", "kind", True),
        ("header", "X-Trace", False),
        ("path", "id", True),
    ]
    assert [one.required for one in post.parameters] == [False, False, True]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("offset&limit", {"style": "offset", "offset": "offset", "limit": "limit", "size": 100}),
        ("skip&take&kind", {"style": "offset", "offset": "skip", "limit": "take", "size": 100}),
        (
            "page&pageSize",
            {"style": "page", "page": "page", "size_name": "pageSize", "size": 100, "first": 1},
        ),
        ("pageNumber", {"style": "page", "page": "pageNumber", "first": 1}),
        ("cursor&limit", {"style": "cursor", "cursor": "cursor", "limit": "limit", "size": 100}),
        (
            "page_token&max_results",
            {"style": "cursor", "cursor": "page_token", "limit": "max_results", "size": 100},
        ),
        ("limit&kind", None),
        ("from&to", None),
    ],
)
def test_how_a_list_is_paged(query: str, expected: dict[str, Any] | None) -> None:
    file = api(f"GET /a?{query}", f"POST /a?{query}")
    assert paging_of(file, file.operations[0]) == expected
    assert paging_of(file, file.operations[1]) is None


@pytest.mark.parametrize(
    ("schema", "size"),
    [({"maximum": 250, "default": 20}, 250), ({"default": 20}, 20), ({"maximum": 10**9}, 100), (True, 100)],
)
def test_the_size_of_a_page(schema: Any, size: int) -> None:
    parameters = [
        {"name": "page", "in": "query", "schema": {"$ref": "#/components/schemas/Page"}},
        {"name": "size", "in": "query", "schema": schema},
    ]
    file = document(
        {"/a": {"get": {"parameters": parameters}}},
        components={"schemas": {"Page": {"type": "integer", "minimum": 0}}},
    )
    told = paging_of(file, file.operations[0])
    assert told == {"style": "page", "page": "page", "size_name": "size", "size": size, "first": 0}


def test_an_operation_in_words() -> None:
    schemas = {
        "Base": {
            "type": "object",
            "required": ["id"],
            "properties": {"id": {"type": "string", "readOnly": True}},
        },
        "Node": {
            "allOf": [
                {"$ref": "#/components/schemas/Base"},
                {
                    "type": "object",
                    "required": ["mode"],
                    "properties": {
                        "mode": {"type": "string", "enum": ["a", "b"], "description": "How\nit runs."},
                        "amps": {"type": ["integer", "null"], "minimum": 6, "maximum": 32, "default": 16},
                        "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
                        "slots": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": {"at": {"format": "time", "type": "string"}},
                            },
                        },
                        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
                        "any": {},
                    },
                },
            ]
        },
    }
    file = document(
        {
            "/n/{id}": {
                "put": {
                    "requestBody": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}}
                    },
                    "responses": {"204": {"description": "Done."}, "404": {"description": "Gone."}},
                }
            }
        },
        components={"schemas": schemas},
    )
    rows = [tuple(row.values()) for row in rows_of(file, file.operations[0])]
    assert rows == [
        ("path", "id", "string", True, None, None),
        ("body", "id", "string", True, "read-only", None),
        ("body", "mode", "string", True, "a, b", "How it runs."),
        ("body", "amps", "integer or null", False, "at least 6; at most 32; default 16", None),
        ("body", "children", "list of objects", False, None, None),
        ("body", "slots", "list of objects", False, None, None),
        ("body", "slots[].at", "string (time)", False, None, None),
        ("body", "tags", "list of strings", False, "entries up to 3", None),
        ("body", "any", "any", False, None, None),
        ("204", None, None, False, None, "Done."),
        ("404", None, None, False, None, "Gone."),
    ]
