"""Bodies that should be JSON: what they hold, or in words what came instead."""

from __future__ import annotations

import json
from typing import Any

#: Levels of nesting; nobody's data has as many, and whatever walks through it needs its room on the stack.
DEEPEST_ANSWER = 200


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


def parse_json(content: bytes, content_type: str) -> Any:
    """Return JSON content; raise ``NotJson`` with what it is instead."""
    text = content.decode("utf-8-sig", "replace")
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
    if _is_deeper(found, DEEPEST_ANSWER):
        raise NotJson("JSON that is nested too deeply")
    return found
