"""Reading the JSON body of a request, whatever was sent in its place; what it must hold is the provider's business."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web


class NotJson(Exception):
    """A body that is not JSON; the text says why, without the body's own words."""


async def text_of(request: web.Request) -> str:
    """Return a body as text. NotJson: it is not in the character set that it says."""
    try:
        return await request.text()
    except (UnicodeDecodeError, LookupError):
        raise NotJson("it is not text in the character set that was named") from None


def parsed(text: str) -> Any:
    """Return what a text of JSON says. NotJson: it is something else, or nested without end."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except ValueError as problem:
        raise NotJson(str(problem)) from None
    except RecursionError:
        raise NotJson("it is nested too deep") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")
