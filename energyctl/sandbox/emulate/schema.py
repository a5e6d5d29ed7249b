"""Checks values against the part of JSON Schema that the OpenAPI document uses, so that it cannot promise otherwise."""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from energyctl.sandbox.emulate.stockholm import parse_instant
from energyctl.sandbox.shapes import Problem, spoken

Schema = Mapping[str, Any]

REFERENCE = "#/components/schemas/"


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


_FORMATS: dict[str, tuple[Callable[[str], bool], str]] = {
    "date-time": (lambda text: parse_instant(text) is not None, "an RFC 3339 date-time with an offset"),
    "uuid": (_is_uuid, "a UUID"),
    "uri": (_is_url, "an absolute http or https URL"),
}
_TYPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "null": (lambda value: value is None, "null"),
    "boolean": (lambda value: isinstance(value, bool), "true or false"),
    "integer": (lambda value: _is_number(value) and value == int(value), "a whole number"),
    "number": (_is_number, "a number"),
    "string": (lambda value: isinstance(value, str), "a string"),
    "array": (lambda value: isinstance(value, list), "an array"),
    "object": (lambda value: isinstance(value, dict), "an object"),
}


class Checker:
    """Knows the document's named schemas."""

    def __init__(self, components: Mapping[str, Schema]) -> None:
        self._components = components

    def resolved(self, schema: Schema) -> Schema:
        """Return what a reference points to, or the schema itself."""
        while "$ref" in schema:
            schema = self._components[schema["$ref"].removeprefix(REFERENCE)]
        return schema

    def problems(self, schema: Schema, value: Any, path: str = "") -> list[Problem]:
        """Return all that is wrong with a JSON value; ``path`` names it in the messages."""
        schema = self.resolved(schema)
        name = path or "The body"
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if kinds and not any(_TYPES[kind][0](value) for kind in kinds):
            wanted = " or ".join(_TYPES[kind][1] for kind in kinds)
            found = f"{value}" if _is_number(value) else spoken(value)
            return [Problem(f"{name} must be {wanted}, not {found}.", path)]
        if "enum" in schema and value not in schema["enum"]:
            return [Problem(f"{name} must be one of {', '.join(schema['enum'])}.", path)]
        if isinstance(value, dict):
            return self._object(schema, value, path)
        if isinstance(value, list):
            item = schema.get("items", {})
            inner = [self.problems(item, each, f"{path}[{at}]") for at, each in enumerate(value)]
            found_inside = [problem for each in inner for problem in each]
            if len(value) < schema.get("minItems", 0):
                found_inside.append(Problem(f"{name} must have at least {schema['minItems']} item.", path))
            return found_inside
        return [Problem(f"{name} {words}.", path) for words in _wrong_with(schema, value)]

    def read(self, schema: Schema, text: str, path: str) -> tuple[Any, list[Problem]]:
        """Read a query parameter's text, which is a number where the schema says so."""
        if schema["type"] == "integer":
            if not re.fullmatch(r"[+-]?[0-9]{1,4000}", text):
                return None, [Problem(f"{path} must be a whole number.", path)]
            number = int(text)
            return number, self.problems(schema, number, path)
        return text, self.problems(schema, text, path)

    def _object(self, schema: Schema, value: dict[str, Any], path: str) -> list[Problem]:
        known: Mapping[str, Schema] = schema.get("properties", {})
        prefix = f"{path}." if path else ""
        found: list[Problem] = []
        for name, inner in value.items():
            if name in known:
                found += self.problems(known[name], inner, f"{prefix}{name}")
            elif schema.get("additionalProperties") is False:
                found.append(Problem(f"{prefix}{name} is not a known field.", f"{prefix}{name}"))
        found += [
            Problem(f"{prefix}{name} is required.", f"{prefix}{name}")
            for name in schema.get("required", ())
            if name not in value
        ]
        if len(value) < schema.get("minProperties", 0):
            found.append(Problem(f"{path or 'The body'} must name at least one field.", path))
        return found


def _wrong_with(schema: Schema, value: Any) -> list[str]:
    """Return what is wrong with a string or a number of the right type."""
    found = []
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"].replace("$", r"\Z"), value):
            found.append(f"must look like {schema['examples'][0]}")
        if "format" in schema and not _FORMATS[schema["format"]][0](value):
            found.append(f"must be {_FORMATS[schema['format']][1]}")
    elif _is_number(value):
        if "minimum" in schema and value < schema["minimum"]:
            found.append(f"must be at least {schema['minimum']:g}; it is {value}")
        if "maximum" in schema and value > schema["maximum"]:
            found.append(f"must be at most {schema['maximum']:g}; it is {value}")
    return found
