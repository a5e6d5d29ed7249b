"""The OpenAPI documents that the sandbox publishes, read as a client would: operations, schemas and what breaks them.

Nothing here knows how the sandbox checks a request; that a document and its server agree is for the tests to see.
"""

from __future__ import annotations

import copy
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker

_JSON = "application/json"
_METHODS = ("get", "post", "put", "patch", "delete")
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_FORMATS = FormatChecker(())


@_FORMATS.checks("date", raises=ValueError)
def _date(value: object) -> bool:
    return not isinstance(value, str) or date.fromisoformat(value).isoformat() == value


@_FORMATS.checks("date-time", raises=ValueError)
def _moment(value: object) -> bool:
    return not isinstance(value, str) or bool(_RFC_3339.fullmatch(value) and datetime.fromisoformat(value))


@_FORMATS.checks("uuid", raises=ValueError)
def _uuid(value: object) -> bool:
    return not isinstance(value, str) or str(uuid.UUID(value)) == value


@_FORMATS.checks("uri", raises=ValueError)
def _uri(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme and urlsplit(value).netloc)


def raised(schema: Any) -> Any:
    """Return a schema of OpenAPI 3.0 in the words of JSON Schema 2020-12."""
    if isinstance(schema, list):
        return [raised(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: raised(inner) for name, inner in schema.items() if name != "nullable"}
    if found.get("exclusiveMinimum") is True:
        found["exclusiveMinimum"] = found.pop("minimum")
    return {"anyOf": [found, {"type": "null"}]} if schema.get("nullable") is True else found


@dataclass(frozen=True)
class Parameter:
    name: str
    place: str
    required: bool
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Described:
    """One operation of a document."""

    id: str
    method: str
    path: str
    node: Mapping[str, Any]

    @property
    def label(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> list[Parameter]:
        return [
            Parameter(each["name"], each["in"], each["required"], each["schema"])
            for each in self.node["parameters"]
        ]

    @property
    def query(self) -> list[Parameter]:
        return [each for each in self.parameters if each.place == "query"]

    @property
    def body(self) -> Any:
        """The schema of the JSON body, None without one."""
        return self.node["requestBody"]["content"][_JSON]["schema"] if "requestBody" in self.node else None

    @property
    def takes_a_form_too(self) -> bool:
        return len(self.node["requestBody"]["content"]) > 1

    @property
    def is_open(self) -> bool:
        return not self.node["security"]

    @property
    def successes(self) -> set[int]:
        return {int(status) for status in self.node["responses"] if int(status) < 400}


class Published:
    """A document and its operations, its schemas raised to JSON Schema 2020-12 where it is of 3.0."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raised(raw) if str(raw["openapi"]).startswith("3.0") else raw
        self._validators: dict[str, Draft202012Validator] = {}
        self.base: str = self.raw["servers"][0]["url"]

    @cached_property
    def operations(self) -> dict[str, Described]:
        found = [
            Described(node["operationId"], method.upper(), path, node)
            for path, methods in self.raw["paths"].items()
            for method, node in methods.items()
            if method in _METHODS
        ]
        return {each.id: each for each in found}

    def resolved(self, schema: Any) -> Any:
        while "$ref" in schema:
            schema = self.raw["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return schema

    def validator(self, schema: Any) -> Draft202012Validator:
        # Kept, because each looks through the whole document for what may be referred to.
        key = json.dumps(schema)
        if key not in self._validators:
            whole = {"allOf": [schema], "components": self.raw["components"]}
            self._validators[key] = Draft202012Validator(whole, format_checker=_FORMATS)
        return self._validators[key]

    def problems(self, schema: Any, value: Any) -> list[str]:
        """What a schema has against a value, unknown fields included, as ``place: message``."""
        found = self.validator(schema).iter_errors(value)
        return [
            *(f"{error.json_path}: {error.message[:200]}" for error in found),
            *(f"{name} is not in the document" for name in self._unknown(schema, value, "$")),
        ]

    def _unknown(self, schema: Any, value: Any, path: str) -> Iterator[str]:
        schema = self.resolved(schema)
        for each in [*schema.get("anyOf", ()), *schema.get("allOf", ())]:
            inner = self.resolved(each)
            if value is not None and inner.get("type") != "null":
                yield from self._unknown(inner, value, path)
        if isinstance(value, list) and "items" in schema:
            for at, each in enumerate(value):
                yield from self._unknown(schema["items"], each, f"{path}[{at}]")
        if isinstance(value, dict):
            for name, each in value.items():
                if name in schema.get("properties", {}):
                    yield from self._unknown(schema["properties"][name], each, f"{path}.{name}")
                elif "properties" in schema:
                    yield f"{path}.{name}"


@dataclass(frozen=True)
class Broken:
    """A value that its schema forbids, and in words what is wrong with it."""

    what: str
    value: Any


_OF_TYPE: dict[str, Any] = {
    "string": "x",
    "number": 7.5,
    "boolean": True,
    "object": {},
    "null": None,
}
_BEYOND = ("beyond 32 bits", "beyond a double")
"""Broken by a format that a validator of JSON Schema does not know."""
_NEVER: dict[str, str] = {
    "date": "2026-02-30",
    "date-time": "2026-02-30T00:00:00Z",
    "uuid": "not-a-uuid",
    "uri": "not a uri",
}


def broken_values(published: Published, schema: Any) -> Iterator[Broken]:
    """Give values that a schema of one value forbids: of every other type, and just beside each of its bounds."""
    schema = published.resolved(schema)
    validator = published.validator(schema)
    tried = [Broken(f"of type {name}", value) for name, value in _OF_TYPE.items()]
    for each in _alternatives(published, schema):
        tried += [Broken(what, value) for word, what, value in _beside(each) if word in each]
    for each in tried:
        if each.what in _BEYOND or not validator.is_valid(each.value):
            yield each


def _beside(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Give a schema's word, what breaks it, and such a value."""
    form = schema.get("format", "")
    yield from ((word, "an unknown word", "Nope") for word in ("enum", "const"))
    yield "minimum", "below the minimum", schema.get("minimum", 0) - 1
    yield "exclusiveMinimum", "at the bound", schema.get("exclusiveMinimum")
    yield "maximum", "above the maximum", schema.get("maximum", 0) + 1
    yield from (("pattern", "against the pattern", text) for text in ("", "\t", "?", "0"))
    yield "minLength", "empty", ""
    yield "minItems", "empty", []
    if form in _NEVER:
        yield "format", f"not a {form}", _NEVER[form]
    if form == "int32":
        yield "format", _BEYOND[0], 2**31
    if form in {"int32", "double"}:
        yield "format", _BEYOND[1], 10**400


def _alternatives(published: Published, schema: Any) -> list[Any]:
    inner = [published.resolved(each) for each in (*schema.get("anyOf", ()), *schema.get("allOf", ()))]
    return [schema, *(deep for each in inner for deep in _alternatives(published, each))]


def broken_bodies(published: Published, schema: Any, body: Any) -> Iterator[Broken]:
    """Give bodies that differ from a right one in one place, and that the schema forbids."""
    validator = published.validator(schema)
    for each in _broken(published, schema, body, ""):
        # JSON Schema has no words for these.
        if each.what.endswith((*_BEYOND, "read-only")) or not validator.is_valid(each.value):
            yield each


def _broken(published: Published, schema: Any, body: Any, path: str) -> Iterator[Broken]:
    for alternative in _alternatives(published, published.resolved(schema)):
        if isinstance(body, dict) and "properties" in alternative:
            yield from _broken_object(published, alternative, body, path)
        if isinstance(body, list) and body and "items" in alternative:
            name = f"{path}[0]"
            for each in broken_values(published, alternative["items"]):
                yield Broken(f"{name} {each.what}", [each.value, *body[1:]])
            for each in _broken(published, alternative["items"], body[0], name):
                yield Broken(each.what, [each.value, *body[1:]])


def _broken_object(published: Published, schema: Any, body: dict[str, Any], path: str) -> Iterator[Broken]:
    def at(name: str) -> str:
        return f"{path}.{name}" if path else name

    for name in schema.get("required", ()):
        yield Broken(f"{at(name)} missing", {key: value for key, value in body.items() if key != name})
    if schema.get("additionalProperties") is False:
        yield Broken(f"{at('surprise')} unknown", {**body, "surprise": 1})
    if schema.get("minProperties"):
        yield Broken(f"{path or 'the body'} empty", {})
    for name, inner in schema["properties"].items():
        # What is read-only is refused wherever it is sent.
        if inner.get("readOnly") or any(each.get("readOnly") for each in inner.get("anyOf", ())):
            yield Broken(f"{at(name)} read-only", {**body, name: "x"})
            continue
        for each in broken_values(published, inner):
            yield Broken(f"{at(name)} {each.what}", {**copy.deepcopy(body), name: each.value})
        if name in body:
            for each in _broken(published, inner, body[name], at(name)):
                yield Broken(each.what, {**body, name: each.value})
