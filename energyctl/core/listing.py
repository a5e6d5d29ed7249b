"""Lists of a server whose envelope and paging are not known beforehand: found in the answer, or pinned.

A list may be bare or inside an object; it may go on by offset and limit, page and size, a cursor, or a Link header.
What a contract knows exactly is read by ``paging`` instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from energyctl.core.config import shown
from energyctl.core.errors import BadAnswer, ConfigProblem, EnergyctlError, NotFound, Refused
from energyctl.core.listnames import (
    CURSORS,
    INNER_PLACES,
    LAST_PAGES,
    LIMITS,
    LIST_NAMES,
    MORE,
    NEXT_LINKS,
    NOT_ROWS,
    OFFSETS,
    OTHER_NAMES,
    PAGES,
    PAGING,
    ROUND,
    SIZES,
    TOTALS,
)
from energyctl.core.transport import Pairs

_LINK = re.compile(r"<([^<>]*)>\s*;([^,<]*)")
#: Of a field that tells a row from others, such as ``deviceId``.
_ID = re.compile(r"^id$|I[dD]$|[_-]id$")
#: Of a value that may as well be a mark of any signs: a mark may begin with a slash, but has no question mark.
_ADDRESS = re.compile(r"https?://|/[^?]*\?|\?")
_OWN_STYLES = ("offset", "page", "cursor", "none")


class Page(NamedTuple):
    """One answer of a list: its body and headers."""

    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Pinned:
    """How a list is paged, as the profile or an OpenAPI file says: the style and the names of its parameters."""

    style: str
    #: Of the offset, page or cursor parameter.
    name: str = ""
    #: Of the size parameter; empty when there is none.
    size_name: str = ""
    size: int | None = None
    first: int = 1

    @classmethod
    def read(cls, data: Any, where: str) -> Pinned | None:
        """Read ``{style: offset, offset: skip, limit: take, size: 100}``; None when nothing is pinned.

        :raises ConfigProblem: for a style that there is not, or values of a wrong type.
        """
        if not data:
            return None
        style = data.get("style") if isinstance(data, Mapping) else None
        if style not in _OWN_STYLES:
            raise ConfigProblem(
                f"{where}.style is '{shown(style)}'.",
                hint=f"Use one of {', '.join(_OWN_STYLES)}.",
                code="paging_invalid",
            )
        size, first = data.get("size"), data.get("first")
        for name, number in (("size", size), ("first", first)):
            if number is not None and (not isinstance(number, int) or isinstance(number, bool) or number < 0):
                raise ConfigProblem(
                    f"{where}.{name} is '{shown(number)}', not a whole number.",
                    hint="Use digits.",
                    code="paging_invalid",
                )
        return cls(
            str(style),
            str(data.get(style) or style),
            str(data.get("size_name") or data.get("limit") or ""),
            size or None,
            1 if first is None else first,
        )


def listed(
    fetch: Callable[[Pairs], Page],
    follow: Callable[[str], Page],
    *,
    noun: str,
    pinned: Pinned | None = None,
    limit: int | None = None,
    bounded: bool = False,
) -> Iterator[Any]:
    """Yield the items of a list to its end, whatever its envelope and paging.

    :param fetch: asks with further query parameters.
    :param follow: asks at an address that the server named.
    :param noun: what is listed, such as ``devices``: the first name under which the list is looked for.
    :param limit: how many are wanted; None for all.
    :param bounded: whether the question itself bounds the list, as a range of time does; what says nothing of
        further pages then has none.
    :raises BadAnswer: for an answer without a list, and for paging that never ends.
    """
    given = 0
    pages = _pinned_pages(fetch, pinned, noun) if pinned else _found_pages(fetch, follow, noun, bounded)
    for items in pages:
        for item in items:
            yield item
            given += 1
            if limit is not None and given >= limit:
                return


def told_besides(body: Any) -> dict[str, Any]:
    """Return the plain values that stand beside a list in its envelope and are not about paging, such as a unit."""
    if not isinstance(body, Mapping):
        return {}
    paging = {*PAGING, *OFFSETS, *LIMITS, *SIZES}
    return {
        str(name): value
        for name, value in body.items()
        if name not in paging and isinstance(value, str | int | float)
    }


def items_of(body: Any, noun: str) -> list[Any]:
    """Return the list of an answer: bare, under a usual name, under the noun, or the only one there.

    :raises BadAnswer: when there is none, or several that could be meant.
    """
    if body is None:
        return []
    if isinstance(body, list):
        return body
    if not isinstance(body, Mapping):
        raise BadAnswer(
            f"A value came where a list of {noun} was expected.", hint="Add -v to see the answer."
        )
    names = (noun, noun.replace("-", "_"), *OTHER_NAMES.get(noun, ()), *LIST_NAMES)
    for place in (body, *(body[name] for name in ("data", "_embedded", "result", "results") if name in body)):
        if not isinstance(place, Mapping):
            continue
        for name in names:
            if isinstance(place.get(name), list):
                return list(place[name])
        rows = [value for name, value in place.items() if not _complains(name) and _are_rows(value)]
        if len(rows) == 1:
            return list(rows[0])
    empty = any(name in body and body[name] is None for name in names)
    if empty and not any(value for name, value in body.items() if _complains(name)):
        return []
    raise BadAnswer(
        f"The answer holds no list of {noun} that can be told apart (fields: {', '.join(map(str, list(body)[:8]))}).",
        hint="Add -v to see the answer; 'api' prints it as it came.",
    )


def _complains(name: object) -> bool:
    return str(name).lower() in NOT_ROWS


def _are_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) for one in value)


# -- pinned ------------------------------------------------------------------------------------------------


def _pinned_pages(fetch: Callable[[Pairs], Page], pinned: Pinned, noun: str) -> Iterator[list[Any]]:
    """Ask page by page; where nothing is told of further ones, until one is shorter than another.

    A first page that is short of the size asked for may be all there is, or what the server lowered the size to: it
    is asked on once.
    """
    size = [(pinned.size_name, str(pinned.size))] if pinned.size_name and pinned.size else []
    mark: str | None = {"offset": "0", "page": str(pinned.first)}.get(pinned.style)
    former: list[Any] = []
    offset, number, longest, sure = 0, pinned.first, 0, True
    while True:
        body, items = _turned(
            fetch, [*size, *([(pinned.name, mark)] if mark is not None else [])], former, noun, sure=sure
        )
        yield items
        if pinned.style == "none" or not items:
            return
        former = items
        offset += len(items)
        number += 1
        if pinned.style == "cursor":
            following = _cursor(body, pinned.name)
            if following is None:
                return
            if following == mark:
                raise _endless(noun)
            mark = following
            continue
        told = _promised(body, offset)
        is_full = pinned.size is None or len(items) >= pinned.size
        if told is False or (not told and not is_full and len(items) < longest):
            return
        sure = bool(told) or (is_full and not _names_no_next(body))
        longest = max(longest, len(items))
        mark = str(offset if pinned.style == "offset" else number)


def _turned(
    fetch: Callable[[Pairs], Page], query: Pairs, former: list[Any], noun: str, *, sure: bool
) -> tuple[Any, list[Any]]:
    """Return the body and the items of a page.

    :param sure: whether there must be such a page; else it has no items when it is refused, or the former one again.
    """
    try:
        body = fetch(query).body
    except (Refused, NotFound):
        if sure:
            raise
        return None, []
    items = items_of(body, noun)
    if items and _is_again(items, former):
        if sure:
            raise _endless(noun)
        return body, []
    return body, items


def _names_no_next(body: Any) -> bool:
    """Whether a place for the address of the next page is empty: at the end it is, and where it is never filled."""
    return any(name in place and place[name] is None for place in _places(body) for name in NEXT_LINKS)


def _cursor(body: Any, name: str) -> str | None:
    """Return the mark of the next page under any of its usual names, or the parameter's own."""
    for place in _places(body):
        for key in (*CURSORS, f"next_{name}", name):
            value = place.get(key)
            if isinstance(value, str) and value:
                return dict(parse_qsl(urlsplit(value).query)).get(name, value)
    return None


def _promised(body: Any, received: int) -> bool | None:
    """Whether the answer says that there is more; None when it does not say."""
    for place in _places(body):
        for name in MORE:
            if isinstance(place.get(name), bool):
                return bool(place[name])
        total = _number(place, TOTALS)
        if total is not None:
            return received < total[1]
    return None


# -- found in the answers ------------------------------------------------------------------------------------


def _found_pages(
    fetch: Callable[[Pairs], Page],
    follow: Callable[[str], Page],
    noun: str,
    bounded: bool,
) -> Iterator[list[Any]]:
    page = fetch([])
    items = items_of(page.body, noun)
    yield items
    received, seen, number = len(items), set[str](), 1
    former = items
    while items:
        step = _next_step(page, received, number, len(items))
        if step is None:
            if number == 1 and not bounded and len(items) in ROUND and _says_nothing(page.body):
                yield from _unsaid_pages(fetch, items, noun)
            return
        kind, value = step
        if repr(value) in seen:
            raise _endless(noun)
        seen.add(repr(value))
        page = follow(value) if kind == "link" else fetch(value)
        items = items_of(page.body, noun)
        if items and items == former:
            raise _endless(noun)
        former = items
        received += len(items)
        number += 1
        yield items


def _next_step(page: Page, received: int, number: int, size: int) -> tuple[str, Any] | None:
    """Return how to ask for the following page: a link, or query parameters; None when this was the last."""
    link = _link_header(page.headers)
    if link is not None:
        return "link", link
    for place in _places(page.body):
        for name in NEXT_LINKS:
            value = place.get(name)
            value = value.get("href") if isinstance(value, Mapping) else value
            if isinstance(value, str) and value.startswith(("http://", "https://", "/", "?")):
                return "link", value
    for place in _places(page.body):
        for name, parameter in CURSORS.items():
            value = place.get(name)
            if name in ("after", "endCursor") and _promised(page.body, received) is not True:
                continue
            if isinstance(value, str) and _ADDRESS.match(value):
                return "link", value
            if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
                return "query", [(parameter, str(value))]
    return _counted_step(page.body, received, number, size)


def _counted_step(body: Any, received: int, number: int, size: int) -> tuple[str, Any] | None:
    for place in _places(body):
        page_number, last = _number(place, PAGES), _number(place, LAST_PAGES)
        if page_number is not None and (last is not None or _promised(body, received)):
            first = page_number[1] - (number - 1)
            if last is not None and page_number[1] - first + 1 >= last[1]:
                return None
            own_size = _number(place, SIZES)
            sized = [(own_size[0], str(own_size[1]))] if own_size and own_size[0] != page_number[0] else []
            return "query", [(page_number[0], str(page_number[1] + 1)), *sized]
    if not _promised(body, received):
        return None
    for place in _places(body):
        offset = _number(place, OFFSETS)
        if offset is not None:
            own_limit = _number(place, LIMITS)
            return "query", [
                (offset[0], str(received)),
                *([(own_limit[0], str(own_limit[1]))] if own_limit else []),
            ]
    return "query", [("offset", str(received)), ("limit", str(size))]


def _says_nothing(body: Any) -> bool:
    """Whether an answer tells nothing of paging, not even that it is at its end."""
    return not any(PAGING.intersection(place) for place in _places(body))


def _unsaid_pages(fetch: Callable[[Pairs], Page], first: list[Any], noun: str) -> Iterator[list[Any]]:
    """Ask on after a bare list whose length looks like a full page: nothing is silently cut at the first page.

    A server without such parameters answers with the same rows or refuses, and that is the end. Pages may be counted
    from 0 or from 1: when page 2 is another one than the first, page 1 tells which.
    """
    size = len(first)

    def asked(style: str, number: int) -> list[Any] | None:
        by_offset = [("offset", str((number - 1) * size)), ("limit", str(size))]
        try:
            return items_of(fetch(by_offset if style == "offset" else [("page", str(number))]).body, noun)
        except (Refused, NotFound):
            return None

    for style in ("offset", "page"):
        former, number = first, 2
        try:
            items = asked(style, number)
        except EnergyctlError:
            continue
        if items is not None and _is_again(items, first):
            continue  # these parameters are ignored
        if style == "page" and (begun := asked(style, 1)) and not _is_again(begun, first):
            items, number = begun, 1
        if items is None:
            continue
        while items and not any(_is_again(items, one) for one in (former, first)):
            yield items
            if len(items) < size:
                return
            former, number = items, number + 1
            items = asked(style, number)
        return


def _is_again(items: list[Any], former: list[Any]) -> bool:
    """Whether it is the same page; by the ids of its rows where each has its own, since values may have changed."""
    return items == former or ((ids := _ids(items)) is not None and ids == _ids(former))


def _ids(rows: list[Any]) -> list[tuple[str, ...]] | None:
    found = [
        tuple(
            str(value)
            for name, value in row.items()
            if _ID.search(str(name)) and isinstance(value, str | int)
        )
        if isinstance(row, Mapping)
        else ()
        for row in rows
    ]
    return found if rows and all(found) and len(set(found)) == len(found) else None


def _places(body: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of an answer in which paging may be told, the outermost first."""
    if not isinstance(body, Mapping):
        return
    yield body
    for name in INNER_PLACES:
        inner = body.get(name)
        if isinstance(inner, Mapping):
            yield inner
    data = body.get("data")
    if isinstance(data, Mapping):
        yield data


def _number(place: Mapping[str, Any], names: tuple[str, ...]) -> tuple[str, int] | None:
    for name in names:
        value = place.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return name, value
    return None


def _link_header(headers: Mapping[str, str]) -> str | None:
    for address, parameters in _LINK.findall(headers.get("link", "")):
        if re.search(r"rel\s*=\s*\"?[^\";]*\bnext\b", parameters):
            return str(address)
    return None


def _endless(noun: str) -> BadAnswer:
    return BadAnswer(
        f"The provider gives the same page of {noun} again and again.",
        hint="Pin its paging in the profile or with spec import, or read the first page alone with --limit N.",
        code="paging_broken",
    )
