"""Checking parameters and bodies: what is told, in a person's words, and what is let through."""

from __future__ import annotations

from typing import Any

import pytest

from energyctl.core.openapi import checks
from energyctl.core.openapi.document import Document, SpecOperation
from tests.core.openapi.apis import document

SETTINGS: dict[str, Any] = {
    "type": "object",
    "required": ["enabled", "device"],
    "properties": {
        "enabled": {"type": "boolean"},
        "mode": {"type": "string", "enum": ["smart", "eco", "off"]},
        "target_soc_percent": {"type": "integer", "minimum": 10, "maximum": 100},
        "power_kw": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5},
        "name": {"type": "string", "minLength": 2, "maxLength": 5, "pattern": "^[a-z]+$"},
        "since": {"type": "string", "format": "date"},
        "at": {"type": "string", "format": "date-time"},
        "owner": {"type": "string", "format": "email"},
        "callback": {"type": "string", "format": "uri"},
        "device": {"type": "string", "format": "uuid"},
        "count": {"type": "integer", "format": "int32"},
        "id": {"type": "string", "readOnly": True},
        "api_key": {"type": "string", "maxLength": 3},
        "pin": {"type": "string", "format": "password", "pattern": "^x$"},
        "days": {
            "type": "array",
            "maxItems": 2,
            "uniqueItems": True,
            "items": {"type": "object", "properties": {"start": {"type": "string"}}},
        },
        "limit": {"oneOf": [{"type": "integer", "maximum": 5}, {"type": "string", "enum": ["none"]}]},
        "strict": {"type": "object", "additionalProperties": False, "properties": {"colour": {}}},
        "open": {"type": "object", "additionalProperties": True, "properties": {"colour": {}}},
    },
}
RIGHT = {"enabled": True, "device": "123e4567-e89b-12d3-a456-426614174000"}


def with_body(
    schema: Any, *, required: bool = True, version: str = "3.1.0"
) -> tuple[Document, SpecOperation]:
    body = {"required": required, "content": {"application/json": {"schema": schema}}}
    file = document({"/x": {"post": {"requestBody": body}}}, openapi=version)
    return file, file.operations[0]


def told(body: Any, schema: Any = SETTINGS, *, partial: bool = False, version: str = "3.1.0") -> list[str]:
    file, operation = with_body(schema, version=version)
    return [one.message for one in checks.check_body(file, operation, body, partial=partial)]


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ({"enabled": "yes"}, "enabled is 'yes', not true or false"),
        ({"mode": "smrt"}, "mode is 'smrt'; one of smart, eco, off"),
        ({"target_soc_percent": 140}, "target_soc_percent is 140; at most 100"),
        ({"target_soc_percent": 5}, "target_soc_percent is 5; at least 10"),
        ({"target_soc_percent": 50.5}, "target_soc_percent is 50.5, not a whole number"),
        ({"target_soc_percent": None}, "target_soc_percent is null, not a whole number"),
        ({"power_kw": 0}, "power_kw is 0; more than 0"),
        ({"power_kw": 0.7}, "power_kw is 0.7; a multiple of 0.5"),
        ({"name": "a"}, "name has 1 character; at least 2 characters"),
        ({"name": "abcdef"}, "name has 6 characters; at most 5 characters"),
        ({"name": "AB"}, "name is 'AB', which does not have the form ^[a-z]+$"),
        ({"since": "29.3.2026"}, "since is '29.3.2026', not a date such as 2026-03-29"),
        (
            {"at": "2026-03-29T10:00:00"},
            "at is '2026-03-29T10:00:00', not a date-time with offset such as 2026-03-29T10:00:00+02:00",
        ),
        ({"owner": "nobody"}, "owner is 'nobody', not an e-mail address"),
        (
            {"callback": "example.org"},
            "callback is 'example.org', not an address such as https://example.org/x",
        ),
        ({"count": 2**31}, "count is 2147483648, not a whole number of 32 bits"),
        ({"id": "1"}, "id is read-only"),
        ({"api_key": "s3cret"}, "api_key has 6 characters; at most 3 characters"),
        ({"pin": "1234"}, "pin is a text, which does not have the form ^x$"),
        ({"days": [{}, {"start": 7}]}, "days[1].start is 7, not a text"),
        ({"days": [{}, {}]}, "days has an entry twice"),
        ({"days": [{}, {"start": "a"}, {"start": "b"}]}, "days has 3 entries; at most 2 entries"),
        ({"days": [{"strat": "x"}]}, "days[0].strat is not a field"),
        ({"limit": 9}, "limit is 9; at most 5"),
        ({"limit": []}, "limit fits none of the 2 forms that are allowed"),
        ({"strict": {"anything": 1}}, "strict.anything is not a field"),
        ({"targetSocPercent": 50}, "targetSocPercent is not a field"),
    ],
)
def test_one_problem_is_told_in_words(field: dict[str, Any], message: str) -> None:
    assert told({**RIGHT, **field}) == [message]


@pytest.mark.parametrize(
    "body",
    [
        RIGHT,
        {**RIGHT, "something_new": 1},
        {**RIGHT, "open": {"color": 1}},
        {**RIGHT, "at": "2026-03-29T10:00:00.5Z", "since": "2026-03-29", "callback": "app:open"},
        {**RIGHT, "power_kw": 3, "limit": "none", "days": []},
    ],
)
def test_what_is_right_or_not_described_is_let_through(body: dict[str, Any]) -> None:
    assert told(body) == []


def test_all_problems_are_told_with_their_fix() -> None:
    file, operation = with_body(SETTINGS)
    body = {"mode": "smrt", "enabld": True, "days": [{"strat": "x"}]}
    found = {one.path: (one.message, one.fix) for one in checks.check_body(file, operation, body)}
    assert found == {
        "enabled": ("enabled is missing", "Give enabled."),
        "device": ("device is missing", "Give device."),
        "mode": ("mode is 'smrt'; one of smart, eco, off", "Did you mean smart?"),
        "enabld": ("enabld is not a field", "Did you mean enabled?"),
        "days[0].strat": ("days[0].strat is not a field", "Did you mean start?"),
    }


def test_a_part_needs_not_be_whole_but_right() -> None:
    inner = {"type": "object", "required": ["a"]}
    schema = {"type": "object", "required": ["one"], "properties": {"two": inner}}
    assert told({"two": {}}, schema, partial=True) == ["two.a is missing"]
    assert told({"two": {}}, schema) == ["one is missing", "two.a is missing"]


@pytest.mark.parametrize(
    ("schema", "body", "expected"),
    [
        ({"type": "integer", "minimum": 5, "exclusiveMinimum": True}, 5, ["the body is 5; more than 5"]),
        ({"type": "integer", "maximum": 5, "exclusiveMaximum": False}, 5, []),
        ({"type": "string", "nullable": True}, None, []),
        ({"type": "string"}, None, ["it needs a body"]),
        ({"type": "string", "enum": ["a"], "nullable": True}, None, []),
        ({"allOf": [{"type": "string"}], "nullable": True}, 5, ["the body is 5, not a text"]),
        ({"type": "object", "properties": {"a": {"$ref": "#/x", "nullable": True}}}, {"a": None}, []),
        ({"type": "object", "properties": {"a": {"type": "integer", "example": "x"}}}, {"a": 1}, []),
    ],
)
def test_the_dialect_of_3_0(schema: Any, body: Any, expected: list[str]) -> None:
    content = {"application/json": {"schema": schema}}
    more = {"openapi": "3.0.3", "x": {"type": "string"}}
    file = document({"/x": {"post": {"requestBody": {"required": True, "content": content}}}}, **more)
    problems = checks.check_body(file, file.operations[0], body)
    assert [one.message for one in problems] == expected


def test_read_only_fields_are_neither_wanted_nor_allowed() -> None:
    base = {"type": "object", "properties": {"id": {"type": "string", "readOnly": True}, "name": {}}}
    schema = {"allOf": [base, {"type": "object", "required": ["id", "name"]}]}
    assert told({}, schema) == ["name is missing"]
    assert told({"name": 1, "id": "x"}, schema) == ["id is read-only"]


@pytest.mark.parametrize(
    ("node", "body", "expected"),
    [
        ({}, {"a": 1}, ["it takes no body"]),
        ({}, None, []),
        ({"requestBody": {"content": {"application/json": {}}}}, None, []),
        ({"requestBody": {"content": {"application/vnd.x+json; v=1": {}}}}, {"a": 1}, []),
        (
            {"requestBody": {"content": {"multipart/form-data": {}}}},
            {"a": 1},
            ["its body is not JSON but multipart/form-data"],
        ),
    ],
)
def test_whether_there_is_a_body(node: dict[str, Any], body: Any, expected: list[str]) -> None:
    file = document({"/x": {"post": node}})
    assert [one.message for one in checks.check_body(file, file.operations[0], body)] == expected


PARAMETERS = [
    {"name": "customerId", "in": "path", "required": True, "schema": {"type": "string"}},
    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 50}},
    {"name": "ratio", "in": "query", "schema": {"type": "number"}},
    {"name": "deep", "in": "query", "schema": {"type": "boolean"}},
    {"name": "kinds", "in": "query", "schema": {"type": "array", "items": {"enum": ["car", "pump"]}}},
    {
        "name": "ids",
        "in": "query",
        "explode": False,
        "schema": {"type": "array", "items": {"type": "integer"}},
    },
    {"name": "filter", "in": "query", "style": "deepObject", "schema": {"type": "object"}},
    {"name": "X-Zone", "in": "header", "schema": {"type": ["string", "null"], "minLength": 3}},
    {"name": "Authorization", "in": "header", "required": True, "schema": {"type": "string"}},
    {"name": "q", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}},
]


def listing() -> tuple[Document, SpecOperation]:
    file = document({"/c/{customerId}/{undeclared}": {"get": {"parameters": PARAMETERS}}})
    return file, file.operations[0]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"limit": "50", "ratio": "0.5", "deep": "true", "kinds": "car,pump", "ids": "[1, 2]"}, []),
        ({"kinds": ["car", "pump"], "X-Zone": "abc", "filter": '{"a": 1}'}, []),
        ({"ids": ["1", "2"]}, []),
        ({"limit": ["1", "2"]}, ["limit is a list, not a whole number"]),
        ({"limit": "51"}, ["limit is 51; at most 50"]),
        ({"limit": "many"}, ["limit is 'many', not a whole number"]),
        ({"limit": "5.5"}, ["limit is '5.5', not a whole number"]),
        ({"ratio": "nan"}, ["ratio is 'nan', not a number"]),
        ({"deep": "yes"}, ["deep is 'yes', not true or false"]),
        ({"kinds": "car,boat"}, ["kinds[1] is 'boat'; one of car, pump"]),
        ({"ids": "1,x"}, ["ids[1] is 'x', not a whole number"]),
        ({"filter": "a"}, ["filter is 'a', not an object"]),
        ({"X-Zone": "a"}, ["X-Zone has 1 character; at least 3 characters"]),
        ({"limt": "5"}, ["limt is not a parameter of GET /c/{customerId}/{undeclared}"]),
    ],
)
def test_parameters_are_read_as_their_type_and_checked(given: dict[str, Any], expected: list[str]) -> None:
    file, operation = listing()
    found = checks.check_parameters(file, operation, {"customerId": "007", "undeclared": "x", **given})
    assert [one.message for one in found] == expected


def test_missing_and_misspelt_parameters() -> None:
    file, operation = listing()
    found = checks.check_parameters(file, operation, {"customer_id": "1"})
    assert [(one.message, one.fix) for one in found] == [
        ("customer_id is not a parameter of GET /c/{customerId}/{undeclared}", "Did you mean customerId?"),
        ("customerId is missing", "Give it: --param customerId=VALUE"),
        ("undeclared is missing", "Give it: --param undeclared=VALUE"),
    ]


def test_parameters_are_written_as_the_file_says() -> None:
    file, operation = listing()
    given = {
        "customerId": "007",
        "deep": "true",
        "kinds": "car,pump",
        "ids": ["1", "2"],
        "filter": '{"a": 1, "b": "c"}',
        "X-Zone": "abc",
        "q": '{"a": [1]}',
    }
    assert checks.place_parameters(file, operation, given) == {
        "path": [("customerId", "007")],
        "query": [
            ("deep", "true"),
            ("kinds", "car"),
            ("kinds", "pump"),
            ("ids", "1,2"),
            ("filter[a]", "1"),
            ("filter[b]", "c"),
            ("q", '{"a": [1]}'),
        ],
        "header": [("X-Zone", "abc")],
        "cookie": [],
    }


@pytest.mark.parametrize(
    "schema",
    [{"type": ["string", "integer"]}, {"oneOf": [{"type": "number"}, {"type": "string"}]}],
)
@pytest.mark.parametrize("text", ["00123", "1e3", "+7", "1.50", "12"])
def test_what_may_be_a_text_is_written_as_it_was_given(schema: dict[str, Any], text: str) -> None:
    either = {"name": "meterId", "in": "path", "required": True, "schema": schema}
    several = {"name": "ids", "in": "query", "schema": {"type": "array", "items": schema}}
    file = document({"/meters/{meterId}": {"get": {"parameters": [either, several]}}})
    given = {"meterId": text, "ids": [text]}
    assert checks.check_parameters(file, file.operations[0], given) == []
    placed = checks.place_parameters(file, file.operations[0], given)
    assert (placed["path"], placed["query"]) == ([("meterId", text)], [("ids", text)])


def test_a_number_that_is_written_alike_is_checked_as_one() -> None:
    schema = {"oneOf": [{"type": "integer", "maximum": 5}, {"type": "string", "enum": ["none"]}]}
    file = document({"/x": {"get": {"parameters": [{"name": "limit", "in": "query", "schema": schema}]}}})
    ends = [checks.check_parameters(file, file.operations[0], {"limit": text}) for text in ("none", "5", "6")]
    assert [len(found) for found in ends] == [0, 0, 1]
