"""Checking the parameters and the body of a call against an imported OpenAPI file, before anything is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from energyctl.core.openapi.document import Document, Located, Parameter, SpecOperation
from energyctl.core.openapi.findings import Problem, nearest, place_of, problems_of, unknown_field
from energyctl.core.openapi.patience import bounded
from energyctl.core.openapi.problems import Flawed, step
from energyctl.core.openapi.schemas import Bundle

if TYPE_CHECKING:
    from jsonschema import FormatChecker, ValidationError

_INTEGER = re.compile(r"[-+]?[0-9]{1,300}")
_SAME_VALUE = ("allOf", "anyOf", "oneOf")
_DEEPEST = 12
#: Of one body or parameter; nobody reads more.
_MOST_PROBLEMS = 1000


@bounded
def check_parameters(document: Document, operation: SpecOperation, given: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with the parameters of a call.

    :param given: name to value; a text, as the command line gives it, is first read as the schema's type.
    """
    known = {one.name: one for one in operation.parameters}
    found = []
    for name in given:
        if name not in known:
            near = nearest(name, known)
            listed = f"Parameters: {', '.join(known)}." if known else "It has no parameters."
            fix = f"Did you mean {near}?" if near else listed
            found.append(Problem(name, f"{name} is not a parameter of {operation.operation_id}", fix))
    for parameter in operation.parameters:
        if parameter.name in given:
            value = coerced(document, parameter.schema, given[parameter.name])
            errors = _errors(document, parameter.schema, value, sends=True)
            found.extend(problems_of(errors, parameter.name))
        elif parameter.required:
            found.append(
                Problem(
                    parameter.name,
                    f"{parameter.name} is missing",
                    f"Give it: --param {parameter.name}=VALUE",
                )
            )
    return found


@bounded
def check_body(
    document: Document, operation: SpecOperation, body: Any, *, partial: bool = False
) -> list[Problem]:
    """Return what is wrong with the body of a call; None stands for no body.

    :param partial: for a change of what was named alone: what is required at the top may be missing.
    """
    wanted = operation.request_body
    if wanted is None:
        return [] if body is None else [Problem("", "it takes no body", "Leave the body out.")]
    if body is None and not _takes_null(document, wanted.schema):
        return [Problem("", "it needs a body", "Give it with -d.")] if wanted.required else []
    if wanted.schema is None:
        kinds = ", ".join(wanted.media_types) or "nothing"
        return [Problem("", f"its body is not JSON but {kinds}", "This tool sends JSON alone.")]
    errors = [
        one
        for one in _errors(document, wanted.schema, body, sends=True)
        if not (partial and one.validator == "required" and not one.absolute_path)
    ]
    return [*problems_of(errors, ""), *_misspelt(document, [wanted.schema], body, ())]


def coerced(document: Document, schema: Located, value: Any) -> Any:
    """Read a text from the command line as the type that a schema wants; what cannot be read so stays text.

    So does what may be a text too and would be written otherwise as a number: 00123 is not 123.
    """
    if isinstance(value, list):
        return _listed(document, schema, value)
    if not isinstance(value, str):
        return value
    kinds = _kinds(document, schema)
    if kinds & {"integer", "number"}:
        number = int(value) if _INTEGER.fullmatch(value) else _number(value) if "number" in kinds else None
        if number is not None and ("string" not in kinds or _text(number) == value):
            return number
    if "boolean" in kinds and value in ("true", "false"):
        return value == "true"
    if "array" in kinds:
        as_json = value.lstrip().startswith("[")
        return _json_or_text(value) if as_json else _listed(document, schema, value.split(","))
    return _json_or_text(value) if "object" in kinds and value.lstrip().startswith("{") else value


def _listed(document: Document, schema: Located, values: list[Any]) -> list[Any]:
    place = document.resolved(schema)
    node = place.node if isinstance(place.node, Mapping) else {}
    items = Located(node.get("items", {}), step(place.pointer, "items"))
    return [coerced(document, items, one) for one in values]


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number - number == 0 and "_" not in text else None  # neither infinite nor NaN


def _kinds(document: Document, schema: Located, depth: int = 0) -> set[str]:
    """Return the types that a schema takes, alternatives included; empty when it does not say."""
    try:
        place = document.resolved(schema)
    except Flawed:
        return set()
    node = place.node
    if not isinstance(node, Mapping) or depth > _DEEPEST:
        return set()
    given = node.get("type")
    found = {given} if isinstance(given, str) else {one for one in given or [] if isinstance(one, str)}
    if document.is_3_0 and node.get("nullable") is True:
        found.add("null")
    for word in _SAME_VALUE:
        for number, one in enumerate(node.get(word) or []):
            found |= _kinds(document, Located(one, step(place.pointer, word, number)), depth + 1)
    return found


def _takes_null(document: Document, schema: Located | None) -> bool:
    return schema is not None and "null" in _kinds(document, schema)


# -- by the schema -------------------------------------------------------------------------------------------


def _errors(document: Document, schema: Located, value: Any, *, sends: bool) -> Iterator[ValidationError]:
    validator = _validator_class()(Bundle(document, sends=sends).of(schema), format_checker=_format_checker())
    found = list(islice(validator.iter_errors(value), _MOST_PROBLEMS))
    yield from sorted(found, key=lambda error: place_of(error.absolute_path))


@cache
def _validator_class() -> Any:
    from jsonschema import Draft202012Validator, ValidationError
    from jsonschema.validators import extend

    def read_only(_validator: Any, wanted: Any, _value: Any, _schema: Any) -> Iterator[ValidationError]:
        if wanted is True:
            yield ValidationError("read-only")

    return extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, {"readOnly": read_only}
    )


@cache
def _format_checker() -> FormatChecker:
    """Return the checker of those formats that can be checked without further packages."""
    from datetime import datetime, time
    from urllib.parse import urlsplit

    from jsonschema import FormatChecker

    checker = FormatChecker(["date", "email", "ipv4", "ipv6", "uuid"])

    @checker.checks("date-time", raises=ValueError)
    def _moment(value: Any) -> bool:
        if not isinstance(value, str):
            return True
        return value[4:5] == "-" and value[10:11] in "Tt" and datetime.fromisoformat(value).tzinfo is not None

    @checker.checks("time", raises=ValueError)
    def _time(value: Any) -> bool:
        return not isinstance(value, str) or (value[2:3] == ":" and bool(time.fromisoformat(value)))

    @checker.checks("uri", raises=ValueError)
    def _address(value: Any) -> bool:
        if not isinstance(value, str):
            return True
        return bool(urlsplit(value).scheme) and value.isprintable() and " " not in value

    @checker.checks("int32")
    def _of_32_bits(value: Any) -> bool:
        return not isinstance(value, int) or -(2**31) <= value < 2**31

    @checker.checks("int64")
    def _of_64_bits(value: Any) -> bool:
        return not isinstance(value, int) or -(2**63) <= value < 2**63

    return checker


# -- fields that the schema does not name ----------------------------------------------------------------------


def _misspelt(
    document: Document, schemas: Sequence[Located], value: Any, path: tuple[str | int, ...]
) -> Iterator[Problem]:
    """Yield fields that no schema names and whose name is nearly one that is named.

    Where a schema says itself what else is allowed, its word counts and nothing is guessed.
    """
    if len(path) > _DEEPEST:
        return
    parts = list(_parts(document, schemas))
    if isinstance(value, list):
        items = [
            Located(one.node["items"], step(one.pointer, "items")) for one in parts if "items" in one.node
        ]
        for number, one in enumerate(value if items else []):
            yield from _misspelt(document, items, one, (*path, number))
    if not isinstance(value, dict):
        return
    named: dict[str, list[Located]] = {}
    open_ended = False
    for part in parts:
        open_ended = open_ended or any(
            word in part.node
            for word in ("additionalProperties", "unevaluatedProperties", "patternProperties")
        )
        properties = part.node.get("properties")
        for name, one in (properties if isinstance(properties, Mapping) else {}).items():
            named.setdefault(name, []).append(Located(one, step(part.pointer, "properties", name)))
    free = [name for name in named if name not in value]
    for name, one in value.items():
        if name in named:
            yield from _misspelt(document, named[name], one, (*path, name))
        elif not open_ended and nearest(name, free):
            yield unknown_field(place_of(path), name, free)


def _parts(document: Document, schemas: Sequence[Located], depth: int = 0) -> Iterator[Located]:
    """Yield schemas and all that speak of the same value with them."""
    for schema in schemas:
        try:
            place = document.resolved(schema)
        except Flawed:
            continue
        if not isinstance(place.node, Mapping) or depth > _DEEPEST:
            continue
        yield place
        for word in _SAME_VALUE:
            inner = [
                Located(one, step(place.pointer, word, number))
                for number, one in enumerate(place.node.get(word) or [])
            ]
            yield from _parts(document, inner, depth + 1)


@bounded
def place_parameters(
    document: Document, operation: SpecOperation, given: Mapping[str, Any]
) -> dict[str, list[tuple[str, str]]]:
    """Return checked parameters by their place (path, query, header, cookie), written as the file's styles say."""
    found: dict[str, list[tuple[str, str]]] = {"path": [], "query": [], "header": [], "cookie": []}
    for parameter in operation.parameters:
        if parameter.name in given:
            value = coerced(document, parameter.schema, given[parameter.name])
            found[parameter.place].extend(_written(parameter, value))
    return found


def _written(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    name = parameter.name
    if parameter.style == "json":
        return [(name, json.dumps(value))]
    spread = parameter.explode and parameter.place == "query"
    if isinstance(value, list):
        texts = [_text(one) for one in value]
        glue = {"spaceDelimited": " ", "pipeDelimited": "|"}.get(parameter.style, ",")
        return [(name, one) for one in texts] if spread else [(name, glue.join(texts))]
    if isinstance(value, dict):
        deep = parameter.style == "deepObject"
        pairs = [(f"{name}[{key}]" if deep else key, _text(one)) for key, one in value.items()]
        return pairs if spread or deep else [(name, ",".join(part for pair in pairs for part in pair))]
    return [(name, _text(value))]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
