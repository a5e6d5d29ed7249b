"""How a list of an OpenAPI file is paged, told by the names of its query parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from energyctl.core.openapi.document import Document, Parameter, SpecOperation
from energyctl.core.openapi.problems import Flawed
from energyctl.core.openapi.words import split

_CURSORS = "cursor, page token, next token, continuation token, after, starting after, next cursor, marker"
_OFFSETS = "offset, skip, start index, from index, first result"
_PAGES = "page, page number, page index, page no, p"
_SIZES = "limit, page size, per page, size, take, max results, max items, top, count, items per page"
#: What is asked for at once when the file does not say how much there may be.
_USUAL_SIZE = 100


def paging_of(document: Document, operation: SpecOperation) -> dict[str, Any] | None:
    """Return how a list is paged: its style, the names of its parameters, and the size to ask for.

    ``{"style": "offset", "offset": "skip", "limit": "take", "size": 100}``, or with ``page`` and the number of the
    ``first``, or with ``cursor``; None when its parameters do not tell.
    """
    if operation.method != "GET":
        return None
    queries = [one for one in operation.parameters if one.place == "query"]
    size = _named(queries, _SIZES)
    sized = {} if size is None else {"limit": size.name, "size": _size(document, size)}
    if (cursor := _named(queries, _CURSORS)) is not None:
        return {"style": "cursor", "cursor": cursor.name, **sized}
    if (offset := _named(queries, _OFFSETS)) is not None:
        return {"style": "offset", "offset": offset.name, **sized}
    if (page := _named(queries, _PAGES)) is not None:
        first = schema_of(document, page).get("minimum", schema_of(document, page).get("default", 1))
        sized = {} if size is None else {"size_name": size.name, "size": sized["size"]}
        return {"style": "page", "page": page.name, **sized, "first": first if first in (0, 1) else 1}
    return None


def schema_of(document: Document, parameter: Parameter) -> Mapping[str, Any]:
    """Return the schema of a parameter with its references followed; empty when it is none."""
    try:
        found = document.resolved(parameter.schema).node
    except Flawed:
        return {}
    return found if isinstance(found, Mapping) else {}


def _named(queries: Sequence[Parameter], names: str) -> Parameter | None:
    """Return the parameter of the first of some names, however it is written."""
    for name in names.split(", "):
        for one in queries:
            if split(one.name) == name.split():
                return one
    return None


def _size(document: Document, parameter: Parameter) -> int:
    schema = schema_of(document, parameter)
    for word in ("maximum", "default"):
        value = schema.get(word)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 10_000:
            return value
    return _USUAL_SIZE
