"""Bodies that should be JSON: what they hold, or in words what came instead."""

from __future__ import annotations

import json
import re
from typing import Any

#: Levels of nesting; nobody's data has as many, and whatever walks through it needs its room on the stack.
DEEPEST_ANSWER = 200
#: Of the encodings that a content type may name, those of plain letters; Python knows others that take their time.
_CHARSET = re.compile(
    r"charset\s*=\s*\"?((?:iso-?8859|latin|windows-125|cp125|utf-(?:16|32))[\w-]*)", re.IGNORECASE
)


class NotJson(ValueError):
    """Says in a person's words what came instead of JSON."""


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects lie inside each other in more than so many levels."""
    level = [value] if isinstance(value, dict | list) else []
    while level and levels:
        inner = (one.values() if isinstance(one, dict) else one for one in level)
        level = [one for several in inner for one in several if isinstance(one, dict | list)]
        levels -= 1
    return bool(level)


def _not_a_number(name: str) -> Any:
    raise ValueError(name)


def _text(content: bytes, content_type: str) -> str | None:
    """Return content as text: UTF-8, as JSON has to be, else what the server calls it; None when it is neither."""
    declared = _CHARSET.search(content_type)
    for charset in ("utf-8-sig", *([declared[1]] if declared else [])):
        try:
            text = content.decode(charset)
        except (UnicodeError, LookupError):
            continue
        if "\0" not in text:  # which JSON never has, and UTF-16 without a mark of its own shows as UTF-8
            return text
    return None


def parse_json(content: bytes, content_type: str, *, strict: bool = True) -> Any:
    """Return JSON content; raise ``NotJson`` with what it is instead.

    :param strict: whether bytes that are no text are refused; else they are replaced, for what people read alone.
    """
    whole = _text(content, content_type)
    text = content.decode("utf-8-sig", "replace") if whole is None else whole
    if not text.strip():
        raise NotJson("an empty body")
    try:
        found = json.loads(text, parse_constant=_not_a_number)
    except (ValueError, RecursionError):
        start = text.lstrip()[:200].lower()
        if "html" in content_type or start.startswith(("<!doctype html", "<html")):
            raise NotJson("an HTML page") from None
        if start[:1] in ("{", "["):
            raise NotJson("JSON that is broken or cut off") from None
        raise NotJson(f"{content_type.split(';', maxsplit=1)[0] or 'text'} instead of JSON") from None
    if whole is None and strict:
        raise NotJson("JSON that is not in UTF-8")
    if _is_deeper(found, DEEPEST_ANSWER):
        raise NotJson("JSON that is nested too deeply")
    return found
