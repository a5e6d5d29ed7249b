"""The ways in which lists are paged. They differ on purpose, because a client has to cope with any."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

from energyctl.sandbox.emulate.answers import answer, refuse
from energyctl.sandbox.emulate.operations import Call

_CURSOR = re.compile(r"([0-9]{1,12}):([0-9]{1,3})")


def by_offset(call: Call, count: int, show: Callable[[int], Any]) -> web.Response:
    """Answer with ``offset`` and ``limit`` over positions 0 to ``count``, and say the total."""
    offset, limit = call.query["offset"], call.query["limit"]
    items = [show(at) for at in range(offset, min(offset + limit, count))]
    return answer({"items": items, "total": count, "offset": offset, "limit": limit})


def by_page(call: Call, count: int, show: Callable[[int], Any]) -> web.Response:
    """Answer with ``page`` (from 1) and ``page_size``, and say how many pages there are."""
    page, size = call.query["page"], call.query["page_size"]
    first = (page - 1) * size
    data = [show(at) for at in range(first, min(first + size, count))]
    return answer({"data": data, "page": page, "page_size": size, "total_pages": -(-count // size)})


def linked(call: Call, entries: Sequence[Any]) -> web.Response:
    """Answer with a bare array of ``per_page`` entries and a Link header to the next page, if there is one."""
    page, size = call.query["page"], call.query["per_page"]
    answered = answer(entries[(page - 1) * size : page * size])
    if page * size < len(entries):
        following = call.request.url.update_query({"page": page + 1, "per_page": size})
        answered.headers["Link"] = f'<{following}>; rel="next"'
    return answered


def cursor(at: int, slot: int) -> str:
    """Return the opaque mark of a place in the list of all devices."""
    return base64.urlsafe_b64encode(f"{at}:{slot}".encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[int, int]:
    """Read a mark back; 400 when it was not made here."""
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        plain = ""
    found = _CURSOR.fullmatch(plain)
    if found is None:
        raise refuse(400, "invalid_request", "cursor is not one that this server gave.", "cursor")
    return int(found[1]), int(found[2])
