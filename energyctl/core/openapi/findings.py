"""What is wrong with the parameters or the body of a call, in a person's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from energyctl.core.openapi.problems import kind_of, shown
from energyctl.core.redact import is_secret_name

ValidationError = Any  # of jsonschema, which is not imported here: its attributes are not typed
_KINDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a text",
}
_FORMATS = {
    "date": "a date such as 2026-03-29",
    "date-time": "a date-time with offset such as 2026-03-29T10:00:00+02:00",
    "time": "a time such as 07:00:00Z",
    "uuid": "a UUID such as 123e4567-e89b-12d3-a456-426614174000",
    "email": "an e-mail address",
    "uri": "an address such as https://example.org/x",
    "int32": "a whole number of 32 bits",
    "int64": "a whole number of 64 bits",
}
_BOUNDS = {
    "minimum": ("at least", ""),
    "maximum": ("at most", ""),
    "exclusiveMinimum": ("more than", ""),
    "exclusiveMaximum": ("less than", ""),
    "multipleOf": ("a multiple of", ""),
    "minLength": ("at least", " characters"),
    "maxLength": ("at most", " characters"),
    "minItems": ("at least", " entries"),
    "maxItems": ("at most", " entries"),
    "minProperties": ("at least", " fields"),
    "maxProperties": ("at most", " fields"),
}
#: What is wrong and how it is mended, by the word of the schema that was not met.
_OTHERS = {
    "pattern": ("is {value}, which does not have the form {wanted}", "Write it as {wanted}."),
    "readOnly": ("is read-only", "Leave it out."),
    "uniqueItems": ("has an entry twice", "Give each entry once."),
    "oneOf": ("fits several forms where exactly one may", "Leave out what tells of another form."),
}
_MOST_CHOICES = 12


@dataclass(frozen=True)
class Problem:
    """One thing wrong: where (``schedule.departure_time``), what, and how it is mended."""

    path: str
    message: str
    fix: str


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the name that was probably meant, however it is written."""
    plain = {one.lower().replace("_", "").replace("-", ""): one for one in known}
    near = get_close_matches(name.lower().replace("_", "").replace("-", ""), plain, n=1, cutoff=0.75)
    return plain[near[0]] if near else None


def place_of(path: Iterable[str | int], name: str = "") -> str:
    """Return a place in a body as a person writes it: ``days[0].start``."""
    text = name
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def problems_of(errors: Iterable[Any], name: str) -> Iterator[Problem]:
    """Yield the problems of a validation.

    :param name: of the whole, such as a parameter's; empty for a body.
    """
    for error in errors:
        yield from _of(error, name)


def _of(error: ValidationError, name: str) -> Iterator[Problem]:
    word = str(error.validator)
    if word in ("anyOf", "oneOf") and error.context:
        yield from _of_branches(error, name)
        return
    place = place_of(error.absolute_path, name)
    subject = place or "the body"
    if word == "required":
        missing = str(error.message.split("'")[1]) if "'" in error.message else ""
        for one in error.validator_value:
            if isinstance(error.instance, dict) and one not in error.instance and one == missing:
                where = f"{place}.{one}" if place else one
                yield Problem(where, f"{where} is missing", f"Give {where}.")
        return
    if word in ("additionalProperties", "unevaluatedProperties") and error.validator_value is False:
        yield from _of_unknown(error, place)
        return
    value = _value(error, place)
    yield Problem(place, *_words(error, word, subject, value))


def _value(error: ValidationError, place: str) -> str:
    """Return the value as it may be shown: not that of a field that holds a secret."""
    schema = error.schema if isinstance(error.schema, dict) else {}
    last = place.rpartition(".")[2]
    secret = schema.get("format") == "password" or schema.get("writeOnly") is True or is_secret_name(last)
    return kind_of(error.instance) if secret else shown(error.instance)


def _words(error: ValidationError, word: str, subject: str, value: str) -> tuple[str, str]:
    """Return what is wrong and how it is mended."""
    wanted = error.validator_value
    if word in ("enum", "const"):
        return _of_choice(error, word, subject, value)
    if word in _BOUNDS:
        return _of_bound(error, word, subject, value)
    if word in ("type", "format"):
        kinds = [wanted] if isinstance(wanted, str) else list(wanted)
        if word == "type":
            said = " or ".join(_KINDS[one] for one in kinds if one != "null" or len(kinds) == 1)
        else:
            said = _FORMATS.get(str(wanted), f"of the form {wanted}")
        return f"{subject} is {value}, not {said}", f"Give {said}."
    what, fix = _OTHERS.get(word, ("is {value}, which is not allowed ({word})", "See: spec show OPERATION"))
    facts = {"value": value, "wanted": wanted, "word": word}
    return f"{subject} {what.format(**facts)}", fix.format(**facts)


def _of_choice(error: ValidationError, word: str, subject: str, value: str) -> tuple[str, str]:
    wanted = error.validator_value if word == "enum" else [error.validator_value]
    choices = [one if isinstance(one, str) else shown(one) for one in wanted if one is not None]
    near = nearest(str(error.instance), choices)
    listed = ", ".join(choices[:_MOST_CHOICES]) + (", …" if len(choices) > _MOST_CHOICES else "")
    said = f"one of {listed}" if len(choices) > 1 else f"only {listed}"
    return f"{subject} is {value}; {said}", f"Did you mean {near}?" if near else f"Give {said}."


def _of_bound(error: ValidationError, word: str, subject: str, value: str) -> tuple[str, str]:
    before, counted = _BOUNDS[word]
    wanted = error.validator_value
    said = f"{before} {shown(wanted)}{_many(counted, wanted)}"
    told = f"has {len(error.instance)}{_many(counted, len(error.instance))}" if counted else f"is {value}"
    return f"{subject} {told}; {said}", f"Give {said}."


def _many(counted: str, number: Any) -> str:
    return counted if not counted or number != 1 else counted.removesuffix("s").replace("entrie", "entry")


def _of_unknown(error: ValidationError, place: str) -> Iterator[Problem]:
    schema = error.schema if isinstance(error.schema, dict) else {}
    properties = schema.get("properties")
    known = [str(one) for one in properties] if isinstance(properties, dict) else []
    patterns = schema.get("patternProperties")
    for name in error.instance if isinstance(error.instance, dict) else ():
        if name not in known and not (isinstance(patterns, dict) and patterns):
            yield unknown_field(place, str(name), known)


def unknown_field(place: str, name: str, known: Iterable[str]) -> Problem:
    """Return the problem of a field that the schema does not have."""
    names = list(known)
    where = f"{place}.{name}" if place else name
    near = nearest(name, names)
    if near:
        fix = f"Did you mean {near}?"
    else:
        fix = f"Fields: {', '.join(names[:_MOST_CHOICES])}." if names else "Leave it out."
    return Problem(where, f"{where} is not a field", fix)


def _of_branches(error: ValidationError, name: str) -> Iterator[Problem]:
    """Yield the problems of the alternative that was probably meant; none is guessed where several may be."""
    branches: dict[Any, list[ValidationError]] = {}
    for one in error.context or []:
        branches.setdefault(one.relative_schema_path[0], []).append(one)
    fitting = [errors for errors in branches.values() if not any(map(_of_another_kind, errors))]
    if not fitting:  # null is hardly what was meant
        fitting = [errors for errors in branches.values() if errors[0].validator_value != "null"]
    if len(fitting) == 1:
        yield from problems_of(fitting[0], name)
        return
    subject = place_of(error.absolute_path, name)
    yield Problem(
        subject,
        f"{subject or 'the body'} fits none of the {len(branches)} forms that are allowed",
        "See: spec show OPERATION",
    )


def _of_another_kind(error: ValidationError) -> bool:
    """Whether an alternative is not for this kind of value, or not for what a field says that it is."""
    return error.validator in ("type", "const") and len(error.relative_path) <= 1
