"""Lists that come in pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from energyctl.core.errors import BadAnswer


def pages(
    fetch: Callable[[int, int], tuple[list[Any], bool | None]],
    *,
    size: int,
    default_size: int,
    limit: int | None,
) -> Iterator[Any]:
    """Yield the items of an offset-and-limit list to its end.

    A server that does not say whether there are more is asked on until a page is short even of its default size,
    since it may have lowered the size asked for.

    :param fetch: takes offset and limit; returns the items and whether there are more, None when not said.
    :param size: how many to ask for at once.
    :param default_size: how many the server gives when it is not asked for a number.
    :param limit: how many are wanted in all; None for all.
    :raises BadAnswer: when the server promises more and gives the same page again.
    """
    offset, former = 0, None
    while limit is None or offset < limit:
        wanted = size if limit is None else min(size, limit - offset)
        items, more = fetch(offset, wanted)
        if items and items == former:
            if more is None:
                return
            raise BadAnswer(
                "The provider answers every page with the same rows: it does not follow 'offset'.",
                hint="Tell the provider; --limit N reads the first page alone.",
                code="paging_broken",
            )
        yield from items
        offset += len(items)
        if not items or more is False or (more is None and len(items) < min(wanted, default_size)):
            return
        former = items
