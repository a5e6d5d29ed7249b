"""The schemas of a document as JSON Schema 2020-12, with the dialect of OpenAPI 3.0 translated."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from energyctl.core.openapi.document import Document, Located
from energyctl.core.openapi.problems import INVALID, REF_CIRCULAR, Flaw, Flawed, kind_of, shown, step, way_of


def _each(words: Sequence[str], schema: dict[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(words, schema)


_TYPES = ["array", "boolean", "integer", "null", "number", "object", "string"]
_MANY = ("allOf", "anyOf", "oneOf", "prefixItems")
_BY_NAME = ("properties", "patternProperties", "dependentSchemas")
_ONE = (
    *("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"),
    *("unevaluatedProperties", "unevaluatedItems"),
)
#: Those that speak of the very value that the schema around them speaks of.
_SAME_VALUE = frozenset({"allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"})
_COUNT = {"type": "integer", "minimum": 0}
_NAMES = {"type": "array", "items": {"type": "string"}}
_PLAIN: dict[str, Any] = {
    "type": {"anyOf": [{"enum": _TYPES}, {"type": "array", "items": {"enum": _TYPES}, "minItems": 1}]},
    "enum": {"type": "array"},
    "const": True,
    "multipleOf": {"type": "number", "exclusiveMinimum": 0},
    **_each(("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum"), {"type": "number"}),
    **_each(
        (
            *("maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties"),
            *("maxContains", "minContains"),
        ),
        _COUNT,
    ),
    "pattern": {"type": "string"},
    "uniqueItems": {"type": "boolean"},
    "required": _NAMES,
    "dependentRequired": {"type": "object", "additionalProperties": _NAMES},
    "format": {"type": "string"},
    "readOnly": {"type": "boolean"},
}
_WORDS = frozenset((*_ONE, *_MANY, *_BY_NAME, *_PLAIN))
_SCHEMA = {"$ref": "#"}
#: The metaschema of 2020-12 for the words that are kept, without its dynamic references: six times as quick.
META = {
    "type": ["object", "boolean"],
    "properties": {
        **_PLAIN,
        **_each(_ONE, _SCHEMA),
        **_each(_MANY, {"type": "array", "items": _SCHEMA, "minItems": 1}),
        **_each(_BY_NAME, {"type": "object", "additionalProperties": _SCHEMA}),
    },
}


class Bundle:
    """Schemas of a document translated, each once, with references among themselves.

    :param sends: for what the tool sends: what is read-only is then neither wanted nor allowed.
    """

    def __init__(self, document: Document, *, sends: bool) -> None:
        self.document = document
        self.sends = sends
        self.flaws: list[Flaw] = []
        self.defs: dict[str, Any] = {}
        #: The key in ``defs`` of each pointer that a reference leads to.
        self._keys: dict[str, str] = {}
        self._waiting: list[Located] = []
        #: Which pointers a pointer's schema asks for the same value, and the reference that does so.
        self._same: dict[str, dict[str, str]] = {}

    def of(self, place: Located) -> dict[str, Any]:
        """Return a schema that stands by itself.

        :raises Flawed: for the first flaw in what it reaches.
        """
        top = self.add(place)
        self.flaws.extend(self._circles())
        if self.flaws:
            raise Flawed(self.flaws[0])
        return {**(top if isinstance(top, dict) else {"allOf": [top]}), "$defs": self.defs}

    def add(self, place: Located) -> Any:
        """Translate a schema and all that it refers to; flaws are noted in ``flaws``."""
        top = self._translated(place, place.pointer)
        while self._waiting:
            one = self._waiting.pop()
            self.defs[self._keys[one.pointer]] = self._translated(one, one.pointer)
        return top

    def check(self, place: Located) -> None:
        """Translate a schema and note what is not a schema in it and in all that it refers to."""
        known = set(self.defs)
        top = self.add(place)
        self._check(top, place.pointer)
        for pointer, key in self._keys.items():
            if key not in known:
                self._check(self.defs[key], pointer)

    def finish(self) -> list[Flaw]:
        """Return all flaws that were noted, circles included."""
        return [*self.flaws, *self._circles()]

    def _check(self, schema: Any, pointer: str) -> None:
        for error in _of_schemas().iter_errors(schema):
            where = step(pointer, *(one for one in error.absolute_path))
            told = f"{shown(error.instance)} is not possible here: {_wanted(error)}"
            self.flaws.append(
                Flaw(INVALID, where, told, "Mend the schema, or tell the provider that it is wrong.")
            )

    # -- one schema ----------------------------------------------------------------------------------------

    def _translated(self, place: Located, owner: str | None, given: frozenset[str] = frozenset()) -> Any:
        """Translate a schema.

        :param owner: the pointer whose value this schema speaks of; None inside of another value.
        :param given: names that the schema around it, speaking of the same value, has as read-only.
        """
        node = place.node
        if isinstance(node, bool):
            return node
        if not isinstance(node, Mapping):
            self.flaws.append(
                Flaw(INVALID, place.pointer, f"{kind_of(node)} stands where a schema is wanted", "Mend it.")
            )
            return True
        if isinstance(node.get("$ref"), str):
            return self._referring(place, owner)
        read_only = given | self._read_only(node) if self.sends else given
        found = {
            name: self._word(name, Located(value, step(place.pointer, name)), owner, read_only)
            for name, value in node.items()
            if name in _WORDS
        }
        if self.sends and isinstance(found.get("required"), list):
            found["required"] = [one for one in found["required"] if one not in read_only]
        if isinstance(found.get("pattern"), str) and not _usable(found["pattern"]):
            del found["pattern"]  # of another dialect of regular expressions: it cannot be checked here
        if not self.document.is_3_0:
            return found
        _from_3_0(node, found)
        return _or_null(found) if node.get("nullable") is True else found

    def _word(self, name: str, value: Located, owner: str | None, read_only: frozenset[str]) -> Any:
        """Translate what stands under one word of a schema."""
        same = name in _SAME_VALUE
        keeps = owner if same else None
        if name in _ONE:
            return self._translated(value, keeps)
        if name in _MANY:
            return self._many(value, keeps, read_only if same else frozenset())
        if name in _BY_NAME:
            return self._by_name(name, value, keeps)
        return value.node

    def _many(self, place: Located, owner: str | None, read_only: frozenset[str]) -> Any:
        if not isinstance(place.node, list):
            return place.node
        return [
            self._translated(Located(one, step(place.pointer, number)), owner, read_only)
            for number, one in enumerate(place.node)
        ]

    def _by_name(self, name: str, place: Located, owner: str | None) -> Any:
        if not isinstance(place.node, Mapping):
            return place.node
        return {
            key: self._translated(Located(one, step(place.pointer, key)), owner)
            for key, one in place.node.items()
            if name != "patternProperties" or _usable(key)
        }

    def _referring(self, place: Located, owner: str | None) -> Any:
        ref = place.node["$ref"]
        try:
            target = self.document.target(ref, place.pointer)
        except Flawed as flawed:
            self.flaws.append(flawed.flaw)
            return True
        if owner is not None:
            self._same.setdefault(owner, {})[target.pointer] = step(place.pointer, "$ref")
        if target.pointer not in self._keys:
            self._keys[target.pointer] = str(len(self._keys))
            self._waiting.append(target)
        found: Any = {"$ref": f"#/$defs/{self._keys[target.pointer]}"}
        if self.document.is_3_0:  # what stands beside a reference does not count there
            return _or_null(found) if place.node.get("nullable") is True else found
        beside = {name: value for name, value in place.node.items() if name != "$ref"}
        more = self._translated(Located(beside, place.pointer), owner) if beside else {}
        return {**more, **found}

    def _read_only(self, node: Mapping[str, Any], depth: int = 0) -> frozenset[str]:
        """Return the names of properties that may not be sent, those of ``allOf`` included."""
        found: set[str] = set()
        properties = node.get("properties")
        for name, one in (properties if isinstance(properties, Mapping) else {}).items():
            target = self._target_or_nothing(one)
            if target.get("readOnly") is True or (isinstance(one, Mapping) and one.get("readOnly") is True):
                found.add(name)
        members = node.get("allOf")
        for one in members if isinstance(members, list) and depth < 8 else []:
            found |= self._read_only(self._target_or_nothing(one), depth + 1)
        return frozenset(found)

    def _target_or_nothing(self, node: Any) -> Mapping[str, Any]:
        try:
            found = self.document.resolved(Located(node, "")).node
        except Flawed:
            return {}
        return found if isinstance(found, Mapping) else {}

    # -- circles -------------------------------------------------------------------------------------------

    def _circles(self) -> Iterator[Flaw]:
        """Yield each circle of references that asks for one and the same value without end."""
        done: set[str] = set()
        for start in self._same:
            way: list[str] = []
            rest = [iter([start])]
            while rest:
                here = next(rest[-1], None)
                if here is None:
                    rest.pop()
                    if way:
                        done.add(way.pop())
                elif here in way:
                    circle = [*way[way.index(here) :], here]
                    yield Flaw(
                        REF_CIRCULAR,
                        self._same[way[-1]][here],
                        f"the references go in a circle that never arrives ({way_of(circle)})",
                        "One of them must say what it is; a tree goes on in properties or items.",
                    )
                elif here not in done:
                    way.append(here)
                    rest.append(iter(self._same.get(here, {})))


@cache
def _of_schemas() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(META)


def _from_3_0(node: Mapping[str, Any], found: dict[str, Any]) -> None:
    """Translate the bounds of OpenAPI 3.0, where "exclusive" is true or false."""
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(node.get(exclusive), bool):
            del found[exclusive]
            if node[exclusive] and bound in found:
                found[exclusive] = found.pop(bound)


def _or_null(found: dict[str, Any]) -> dict[str, Any]:
    """Let a schema of OpenAPI 3.0 take null as well."""
    if isinstance(found.get("type"), str):
        more = {"enum": [*found["enum"], None]} if isinstance(found.get("enum"), list) else {}
        return {**found, "type": [found["type"], "null"], **more}
    return {"anyOf": [found, {"type": "null"}]} if found else found


def _usable(pattern: str) -> bool:
    """Whether Python reads a regular expression of JavaScript's dialect, as far as can be told."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
    except (re.error, Warning, RecursionError, OverflowError):
        return False
    return True


def _wanted(error: Any) -> str:
    """Say what the metaschema wants at a place."""
    if error.validator == "anyOf":
        return f"a type is one of {', '.join(_TYPES)}, or a list of them"
    if error.validator == "enum":
        return f"one of {', '.join(error.validator_value)}"
    if error.validator == "type":
        kinds = error.validator_value
        names = [kinds] if isinstance(kinds, str) else kinds
        return f"{' or '.join(names)} is wanted"
    bounds = {"minimum": "at least 0", "exclusiveMinimum": "more than 0", "minItems": "at least one entry"}
    return f"{bounds.get(error.validator, 'something else')} is wanted"
