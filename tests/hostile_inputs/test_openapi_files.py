"""OpenAPI files that are meant to do harm: taken and bounded in what they cost, or refused."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.endpoints import Endpoints
from energyctl.core.errors import EnergyctlError
from energyctl.core.openapi import checks, patience
from energyctl.core.openapi.describing import fields_of, rows_of
from energyctl.core.openapi.document import Document
from energyctl.core.openapi.matching import match
from energyctl.core.openapi.paging import paging_of
from energyctl.core.openapi.reading import document_of, read_document
from energyctl.core.openapi.store import SpecStore
from energyctl.core.session import Session
from energyctl.providers.emulate.operations import OPERATIONS
from energyctl.providers.emulate.settings import SETTINGS
from tests.core.openapi.test_reading import SMALL
from tests.hostile_inputs.mutations import JSON, TEXTS, as_bytes, bomb, changed, spliced
from tests.hostile_inputs.promise import HOME, new_session, soon, taken_or_refused
from tests.properties import few

CONFIG = "profiles: {w: {emulate: {api_url: 'https://api.example.org/v1', retailer_id: 1}}}"
REFS = st.sampled_from(
    [
        "#", "#/", "#/paths", "#/components/schemas/Customer", "#/components/schemas/nowhere", "#/info/title",
        "other.yaml#/a", "http://127.0.0.1:1/x.json", "file:///etc/passwd", "../../etc/passwd", "#/a~2b", "#/%00",
        "#/components/schemas/" + "x" * 3000, "",
    ]
)  # fmt: skip
PATTERNS = st.sampled_from(
    [
        "^(a+)+$", "(a|a)*b", "(.*)*x", "[", "(?<n>a)", "\\p{L}", "a{99999999}", "(" * 150 + ")" * 150, "\\", "(?i)x",
        "^[0-9]{3}$", "", "\\u{1F600}", "(?P<a>.)(?P=a)", "[[:alpha:]]",
    ]
)  # fmt: skip
SCHEMAS = st.recursive(
    REFS.map(lambda ref: {"$ref": ref})
    | PATTERNS.map(lambda pattern: {"type": "string", "pattern": pattern})
    | st.fixed_dictionaries(
        {"type": st.sampled_from(["string", "integer", "array", "object", "null", "x", 5, []])}
    )
    | st.fixed_dictionaries({"enum": st.lists(JSON, max_size=3)})
    | JSON,
    lambda inner: (
        st.dictionaries(st.sampled_from(["allOf", "anyOf", "oneOf"]), st.lists(inner, max_size=3), max_size=2)
        | st.fixed_dictionaries({"properties": st.dictionaries(TEXTS, inner, max_size=3)})
        | st.fixed_dictionaries({"patternProperties": st.dictionaries(PATTERNS, inner, max_size=2)})
        | inner.map(lambda one: {"items": one, "not": one, "required": ["a"], "nullable": True})
    ),
    max_leaves=6,
)
PARTS = (
    SCHEMAS
    | REFS.map(lambda ref: {"$ref": ref})
    | st.fixed_dictionaries(
        {"name": TEXTS, "in": st.sampled_from(["path", "query", "header", "cookie", "body"])}
    )
    | JSON
)


@pytest.fixture(autouse=True)
def _a_short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LONGEST_S", 0.05)


def connected() -> tuple[Session, SpecStore]:
    (HOME / "config.yaml").write_text(CONFIG)
    session = new_session()
    return session, SpecStore(session, session.profile.section(SETTINGS), "/v1")


def use(document: Document, value: Any = None) -> None:
    """Do all that the tool ever does with a document that it has taken."""
    for operation in document.operations:
        paging_of(document, operation)
        given = {one.name: value if isinstance(value, str | list) else "1,2" for one in operation.parameters}
        for ask in (
            lambda operation=operation: rows_of(document, operation),
            lambda operation=operation, given=given: checks.check_parameters(document, operation, given),
            lambda operation=operation: checks.check_body(document, operation, value),
            lambda operation=operation: checks.check_body(document, operation, {"mode": "x", "a": value}),
            lambda operation=operation, given=given: checks.place_parameters(document, operation, given),
        ):
            taken_or_refused(ask, exits=(2,))
    matches = match(OPERATIONS, document, chosen={}, left_out=set())
    session, store = connected()
    taken_or_refused(lambda: store.keep(document, "api.yaml", matches), exits=(2, 13))
    assert store.load() is not None
    endpoints = Endpoints(session, store.section, OPERATIONS)
    for one in endpoints:
        assert one.path.startswith("/")


def read_and_use(text: str, name: str, value: Any = None) -> Any:
    found = taken_or_refused(lambda: document_of(text, name), exits=(2,))
    if isinstance(found, EnergyctlError):
        assert found.code.startswith("spec_")
        assert name in found.message
    else:
        use(found, value)
    return found


@few
@given(changed(SMALL, PARTS), JSON)
def test_whatever_a_part_is(raw: Any, value: Any) -> None:
    read_and_use(json.dumps(raw), "api.json", value)


@pytest.mark.parametrize("count", [1, 12])
def test_names_without_end_make_no_message_without_end(count: int) -> None:
    get = {"responses": {"200": {"$ref": "#/" + "y" * 5000}}}
    raw = {**SMALL, "paths": {f"/{'x' * 5000}{one}": {"get": get} for one in range(count)}}
    told = read_and_use(json.dumps(raw), "api.json")
    assert isinstance(told, EnergyctlError)
    assert "xxx…xxx" in told.message


@few
@given(spliced(json.dumps(SMALL, indent=1)), st.sampled_from(["api.json", "api.yaml"]))
def test_whatever_is_cut_or_put_in(text: str, name: str) -> None:
    read_and_use(text, name)


@few
@given(as_bytes(json.dumps(SMALL)))
def test_whatever_the_bytes_are(content: bytes) -> None:
    (HOME / "api.json").write_bytes(content)
    taken_or_refused(lambda: read_document(new_session(), str(HOME / "api.json")), exits=(2,))


def with_schemas(schemas: dict[str, Any], body: Any = None, **more: Any) -> dict[str, Any]:
    """A document with one operation, whose body is the first of some schemas unless another is given."""
    first = body or {"$ref": f"#/components/schemas/{next(iter(schemas), '')}"}
    media = {"application/json": {"schema": first}}
    operation = {
        "operationId": "putThing",
        "requestBody": {"required": True, "content": media},
        "responses": {"200": {"description": "", "content": media}},
        **more,
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1"},
        "paths": {"/things": {"put": operation}},
        "components": {"schemas": schemas},
    }


def doubling(word: str, levels: int = 40) -> dict[str, Any]:
    """Schemas each of which refers to the next one twice."""
    made: dict[str, Any] = {}
    for level in range(levels):
        inner = {"$ref": f"#/components/schemas/s{level + 1}"}
        made[f"s{level}"] = (
            {word: [inner, inner]} if word != "properties" else {word: {"a": inner, "b": inner}}
        )
    made[f"s{levels}"] = {"type": "object"}
    return made


@pytest.mark.parametrize("word", ["allOf", "anyOf", "oneOf", "properties"])
def test_references_that_multiply_are_bounded(word: str) -> None:
    document = document_of(json.dumps(with_schemas(doubling(word))), "api.json")
    (operation,) = document.operations
    assert operation.request_body is not None
    schema = operation.request_body.schema
    assert schema is not None
    deep: Any = 1
    for _ in range(20):
        deep = {"a": deep, "b": deep}
    with soon():
        for ask in (
            lambda: rows_of(document, operation),
            lambda: fields_of(document, schema),
            lambda: checks.check_body(document, operation, deep),
            lambda: checks.check_body(document, operation, "text"),
        ):
            found = taken_or_refused(ask, exits=(2,))
            assert isinstance(found, list) or found.code == "spec_too_large"


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "^(a+)+$"},
        {"type": "object", "patternProperties": {"^(a+)+$": {}}, "additionalProperties": False},
        {"type": "object", "propertyNames": {"pattern": "^(a|aa)+$"}},
        {"type": "array", "items": {"pattern": "(.*)*x$"}},
    ],
)
def test_a_pattern_that_tries_every_way_is_bounded(schema: dict[str, Any]) -> None:
    long = "a" * 60 + "!"
    name = {"name": "q", "in": "query", "schema": {"pattern": "^(a+)+$"}}
    document = document_of(json.dumps(with_schemas({"s": schema}, parameters=[name])), "api.json")
    (operation,) = document.operations
    value = {"string": long, "object": {long: 1}, "array": [long]}[schema["type"]]
    with soon():
        for ask in (
            lambda: checks.check_body(document, operation, value),
            lambda: checks.check_parameters(document, operation, {"q": long}),
        ):
            assert taken_or_refused(ask, exits=(2,)).code == "spec_too_large"
    assert checks.check_parameters(document, operation, {"q": "aaa"}) == []


@pytest.mark.parametrize(
    "text",
    [
        bomb() + "openapi: 3.0.0\npaths: {/a: *a39}",
        bomb(merge=True) + "openapi: 3.0.0\npaths: {/a: *a39}",
        "[" * 100_000,
        '{"a":' * 100_000,
        "- " * 100_000,
        json.dumps(with_schemas({"s": {"enum": ["v" * 20 + str(number) for number in range(50_000)]}})),
        json.dumps(
            {**with_schemas({}), "paths": {f"/p{n}": {"get": {"operationId": f"o{n}"}} for n in range(5000)}}
        ),
        json.dumps(
            with_schemas(
                {f"s{n}": {"allOf": [{"$ref": f"#/components/schemas/s{n + 1}"}]} for n in range(2000)}
                | {"s2000": {}}
            )
        ),
        json.dumps(
            with_schemas({f"s{n}": {"$ref": f"#/components/schemas/s{(n + 1) % 2000}"} for n in range(2000)})
        ),
        json.dumps(with_schemas({"s": {"allOf": [{"$ref": "#/components/schemas/s"}]}})),
    ],
    ids=range(10),
)
def test_what_would_take_for_ever_is_taken_or_refused_soon(text: str) -> None:
    with soon(60):
        taken_or_refused(lambda: document_of(text, "api.yaml"), exits=(2,))


@pytest.mark.parametrize(
    "name", ["../../x", "\x1b[2J", "a\r\nb", "a\0b", "\u202e", "x" * 5000, "-p", "", " ", "{a}", "'"]
)
def test_names_of_any_kind_stay_names(name: str) -> None:
    parameters = [
        {"name": name or "n", "in": place, "schema": {"type": "string"}} for place in ("query", "header")
    ]
    raw = with_schemas(
        {"s": {"properties": {name: {"enum": [name]}}}}, operationId=name, parameters=parameters
    )
    found = read_and_use(json.dumps(raw), "api.json", {name: "other"})
    assert isinstance(found, Document)
    moved = copy.deepcopy(raw)
    moved["paths"] = {f"/{name}": raw["paths"]["/things"]}
    read_and_use(json.dumps(moved), "api.json")
