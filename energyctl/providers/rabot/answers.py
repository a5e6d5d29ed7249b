"""Reading RABOT's answers both ways where the contract's sources disagree: enveloped or bare, object or array."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from energyctl.core.jsonbody import NotJson
from energyctl.core.transport import Answer


class NotUnderstood(ValueError):
    """Says in a person's words what came instead of what was expected."""


class Unsuccessful(ValueError):
    """The envelope says ``isSuccess: false``."""

    def __init__(self, message: str | None, details: Any) -> None:
        super().__init__(message or "no reason given")
        self.message = message
        self.details = details


def is_envelope(body: Any) -> bool:
    """Whether a body is wrapped as in contract section 3.1."""
    return isinstance(body, Mapping) and ("isSuccess" in body or "data" in body)


def unwrapped(body: Any) -> Any:
    """Return what an answer carries, wrapped or bare.

    :raises Unsuccessful: when the envelope says so.
    """
    if not is_envelope(body):
        return body
    if body.get("isSuccess") is False:
        raise Unsuccessful(*error_message(body))
    return body.get("data")


def not_refused(answer: Answer) -> Answer:
    """Return an answer as it came, whatever its form.

    :raises Unsuccessful: when it has an envelope that says so.
    """
    try:
        unwrapped(answer.json())
    except NotJson:
        return answer
    return answer


def an_object(body: Any, inner: str | None = None, *, holds: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the one object of an answer; ``inner`` names the field that may hold it.

    :param holds: fields of which it must have one.
    :raises NotUnderstood: when there is none.
    """
    data = unwrapped(body)
    if inner and isinstance(data, Mapping) and isinstance(data.get(inner), Mapping):
        data = data[inner]
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, dict):
        raise NotUnderstood(f"{_kind(data)} where an object was expected")
    if holds and not any(name in data for name in holds):
        raise NotUnderstood(f"an object without '{holds[0]}'")
    return data


def an_object_or_nothing(body: Any, *, holds: tuple[str, ...]) -> dict[str, Any]:
    """Return the one object of an answer, an empty one when the answer carries nothing."""
    return {} if is_envelope(body) and not unwrapped(body) else an_object(body, holds=holds)


def a_list(body: Any, inner: str | None = None) -> list[Any]:
    """Return the items of a list answer: an array, an object that holds one, or a single object in the envelope.

    :raises NotUnderstood: when there are none of these.
    """
    data = unwrapped(body)
    if isinstance(data, Mapping):
        data = _items(data, inner) if inner else [data] if is_envelope(body) and data else data or None
    if data is None:
        return []
    if not isinstance(data, list):
        raise NotUnderstood(f"{_kind(data)} where a list was expected")
    if inner and data and all(isinstance(one, Mapping) and isinstance(one.get(inner), list) for one in data):
        data = [item for one in data for item in one[inner]]
    for item in data:
        if not isinstance(item, Mapping):
            raise NotUnderstood(f"{_kind(item)} where a row of a list was expected")
    return data


def _items(data: Mapping[str, Any], inner: str) -> Any:
    """Return the list that an object holds; one that only counts holds none."""
    if inner not in data and set(data) - {"totalCount"}:
        raise NotUnderstood(f"an object without '{inner}'")
    return data.get(inner)


def no_file(content: bytes, content_type: str) -> str | None:
    """Say in a person's words what came instead of a document's file; None when it may be one (4.13)."""
    kind = content_type.split(";", maxsplit=1)[0].strip().lower()
    if not content:
        return "an empty body"
    if content.startswith(b"%PDF") or not (kind.startswith("text/") or kind.endswith("json")):
        return None
    return "an HTML page" if kind == "text/html" else "JSON" if kind.endswith("json") else "a text"


def has_more(body: Any, offset: int, count: int) -> bool | None:
    """Whether a list goes on after ``count`` items from ``offset``; None when the answer does not say."""
    if not isinstance(body, Mapping):
        return None
    if isinstance(body.get("hasMoreItems"), bool):
        return bool(body["hasMoreItems"])
    data = body.get("data")
    total = data.get("totalCount") if isinstance(data, Mapping) else None
    if isinstance(total, int) and not isinstance(total, bool):
        return offset + count < total
    return None


def error_message(body: Any) -> tuple[str | None, Any]:
    """Return message and details of an error body: the envelope, OAuth's form, or problem details.

    An unknown body still gives what it has.
    """
    if not isinstance(body, Mapping):
        return None, None
    errors = body.get("error")
    if isinstance(errors, Mapping):
        errors = [errors]
    if isinstance(errors, list):
        texts = [text for one in errors if (text := _error_text(one))]
        if texts:
            return "; ".join(texts), errors
    if isinstance(errors, str) and errors:
        description = body.get("error_description")
        return f"{errors}: {description}" if isinstance(description, str) else errors, None
    for name in ("message", "detail", "title"):
        if isinstance(body.get(name), str) and body[name].strip():
            return body[name], body.get("errors") or errors
    return None, body.get("errors") or errors or None


def _error_text(error: Any) -> str | None:
    if isinstance(error, str):
        return error
    if not isinstance(error, Mapping):
        return None
    message, code, more = error.get("message"), error.get("code"), error.get("details")
    text = message if isinstance(message, str) and message else code if isinstance(code, str) else None
    if text and isinstance(more, str) and more and more != text:
        return f"{text} ({more})"
    return text


def _kind(value: Any) -> str:
    names = {
        dict: "an object",
        list: "a list",
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number",
    }
    return names.get(type(value), "nothing")
