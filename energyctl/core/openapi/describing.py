"""Schemas in words: what an operation takes and answers with, as flat rows for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from energyctl.core.errors import UsageProblem
from energyctl.core.openapi.document import Document, Located, SpecOperation
from energyctl.core.openapi.patience import bounded
from energyctl.core.openapi.problems import TOO_LARGE, Flawed, step

_DEEPEST = 6
_MOST_CHOICES = 20
_MOST_ROWS = 20_000
_LIMITS = (
    ("minimum", "at least"),
    ("exclusiveMinimum", "more than"),
    ("maximum", "at most"),
    ("exclusiveMaximum", "less than"),
    ("multipleOf", "a multiple of"),
    ("minLength", "characters from"),
    ("maxLength", "characters up to"),
    ("minItems", "entries from"),
    ("maxItems", "entries up to"),
    ("pattern", "of the form"),
    ("const", "only"),
    ("default", "default"),
)


@dataclass(frozen=True)
class Field:
    """One field of a body or one parameter: its name with its place, its type, and what is allowed."""

    name: str
    type: str
    required: bool
    allowed: str
    description: str


@bounded
def rows_of(document: Document, operation: SpecOperation) -> list[dict[str, Any]]:
    """Return what an operation takes and answers with: parameters, the fields of its body, those of a good answer.

    :raises UsageProblem: ``spec_too_large`` when that takes too long to find out, or is more than anybody reads.
    """
    found = list(islice(_rows(document, operation), _MOST_ROWS + 1))
    if len(found) > _MOST_ROWS:
        raise UsageProblem(
            f"{operation.operation_id} has more than {_MOST_ROWS:,} fields, all references followed.",
            hint="Look into the file itself.",
            code=TOO_LARGE,
        )
    return found


def _rows(document: Document, operation: SpecOperation) -> Iterator[dict[str, Any]]:
    for one in operation.parameters:
        for field in _fields(document, one.schema, one.name, required=one.required, seen=()):
            described = field.description or (one.description if field.name == one.name else "")
            yield _row(one.place, field, described)
    body = operation.request_body
    if body is not None and body.schema is not None:
        for field in _fields(document, body.schema, "", required=body.required, seen=()):
            yield _row("body", field, field.description)
    elif body is not None:
        kinds = ", ".join(body.media_types)
        yield _row("body", Field("", kinds, body.required, "", body.description), body.description)
    for status, response in operation.responses.items():
        shown = response.schema if status.startswith("2") else None  # what refusals look like says little
        found = list(_fields(document, shown, "", required=True, seen=())) if shown else []
        for field in found or [Field("", "", required=False, allowed="", description="")]:
            yield _row(status, field, field.description or (response.description if not field.name else ""))


def _row(place: str, field: Field, description: str) -> dict[str, Any]:
    return {
        "in": place,
        "name": field.name or None,
        "type": field.type or None,
        "required": field.required,
        "allowed": field.allowed or None,
        "description": description or None,
    }


@bounded
def fields_of(document: Document, schema: Located) -> list[Field]:
    """Return the fields of a schema, however deep; a recursion ends where it begins again.

    :raises UsageProblem: ``spec_too_large`` when that takes too long to find out.
    """
    return list(_fields(document, schema, "", required=True, seen=()))


def _fields(
    document: Document, schema: Located, name: str, *, required: bool, seen: tuple[str, ...]
) -> Iterator[Field]:
    parts = list(_parts(document, schema, seen))
    if not parts:
        yield Field(name, "any", required, "", "")
        return
    merged: dict[str, Any] = {}
    for part in reversed(parts):
        merged.update(part.node)
    kind, items = _kind(document, merged, parts)
    described = str(merged.get("description") or merged.get("title") or "").strip()
    if name or kind != "object":
        yield Field(name, kind, required, _allowed(merged), " ".join(described.split()))
    if len(seen) >= _DEEPEST:
        return
    inner = (*seen, *(part.pointer for part in parts))
    wanted = {one for part in parts for one in part.node.get("required") or [] if isinstance(one, str)}
    for part in parts:
        properties = part.node.get("properties")
        for key, value in (properties if isinstance(properties, Mapping) else {}).items():
            place = Located(value, step(part.pointer, "properties", key))
            where = f"{name}.{key}" if name else str(key)
            yield from _fields(document, place, where, required=key in wanted, seen=inner)
    if items is not None and kind.endswith("objects"):
        found = _fields(document, items, f"{name}[]", required=False, seen=inner)
        yield from (field for field in found if field.name != f"{name}[]")


def _parts(document: Document, schema: Located, seen: tuple[str, ...]) -> Iterator[Located]:
    """Yield a schema and those that speak of the same value with it, but none that is being shown already."""
    try:
        place = document.resolved(schema)
    except Flawed:
        return
    if not isinstance(place.node, Mapping) or place.pointer in seen or len(seen) > 4 * _DEEPEST:
        return
    if place.node is not schema.node and isinstance(schema.node, Mapping):
        beside = {key: value for key, value in schema.node.items() if key != "$ref"}
        place = Located({**place.node, **beside}, place.pointer)
    yield place
    for word in ("allOf", "anyOf", "oneOf"):
        listed = place.node.get(word)
        for number, one in enumerate(listed if isinstance(listed, list) else []):
            inner = Located(one, step(place.pointer, word, number))
            yield from _parts(document, inner, (*seen, place.pointer))


def _kind(document: Document, merged: Mapping[str, Any], parts: list[Located]) -> tuple[str, Located | None]:
    given = merged.get("type")
    kinds = [given] if isinstance(given, str) else [str(one) for one in given or []]
    kinds += ["null"] if merged.get("nullable") is True and kinds else []
    if not kinds:
        kinds = ["object"] if "properties" in merged else ["array"] if "items" in merged else ["any"]
    form = merged.get("format")
    items = None
    if "array" in kinds:
        holder = next((one for one in parts if "items" in one.node), None)
        if holder is not None:
            items = Located(holder.node["items"], step(holder.pointer, "items"))
            inner = _inner_kind(document, items)
            kinds = [f"list of {inner}s" if one == "array" and inner else one for one in kinds]
            return kinds[0], items
    text = " or ".join(kinds)
    return (f"{text} ({form})" if form else text), items


def _inner_kind(document: Document, items: Located) -> str:
    try:
        node = document.resolved(items).node
    except Flawed:
        return ""
    if not isinstance(node, Mapping):
        return ""
    if "properties" in node or "allOf" in node:
        return "object"
    given = node.get("type")
    return given if isinstance(given, str) else ""


def _allowed(merged: Mapping[str, Any]) -> str:
    told = []
    choices = merged.get("enum")
    if isinstance(choices, list):
        shown = [one if isinstance(one, str) else json.dumps(one) for one in choices[:_MOST_CHOICES]]
        told.append(f"{', '.join(shown)}{', …' if len(choices) > _MOST_CHOICES else ''}")
    for word, said in _LIMITS:
        if word in merged:
            value = merged[word]
            told.append(f"{said} {value if isinstance(value, str) else json.dumps(value)}")
    if merged.get("readOnly") is True:
        told.append("read-only")
    return "; ".join(told)
