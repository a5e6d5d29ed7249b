"""Lists of unknown envelope and paging, by themselves: whatever the pages, each row comes once and in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.errors import BadAnswer, ConfigProblem, Refused, Unreachable
from energyctl.core.listing import Page, Pinned, items_of, listed, told_besides
from energyctl.core.transport import Pairs
from tests.properties import examples

Answer = Callable[[dict[str, str]], Any]


class Server:
    """Pages of rows by query; counts what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.queries: list[dict[str, str]] = []

    def fetch(self, more: Pairs) -> Page:
        self.queries.append(dict(more))
        found = self.answer(dict(more))
        return found if isinstance(found, Page) else Page(found, {})

    def follow(self, address: str) -> Page:
        return self.fetch([("cursor", address.rpartition("=")[2])])

    def rows(self, **options: Any) -> list[Any]:
        return list(listed(self.fetch, self.follow, noun="devices", **options))


def _rows(count: int) -> list[dict[str, int]]:
    return [{"id": number} for number in range(count)]


def _styles(rows: list[Any], size: int) -> dict[str, Answer]:
    total = len(rows)
    pages = max(1, -(-total // size))

    def by_offset(query: dict[str, str]) -> Any:
        at = int(query.get("offset", 0))
        return {"items": rows[at : at + size], "total": total, "offset": at, "limit": size}

    def by_page(query: dict[str, str]) -> Any:
        page = int(query.get("page", 1))
        return {"data": rows[(page - 1) * size : page * size], "page": page, "total_pages": pages}

    def by_cursor(query: dict[str, str]) -> Any:
        at = int(query.get("cursor", 0))
        following = str(at + size) if at + size < total else None
        return {"devices": rows[at : at + size], "next_cursor": following}

    def by_link(query: dict[str, str]) -> Any:
        at = int(query.get("cursor", 0))
        headers = {"link": f'</x?cursor={at + size}>; rel="next"'} if at + size < total else {}
        return Page(rows[at : at + size], headers)

    def by_promise(query: dict[str, str]) -> Any:
        at = int(query.get("offset", 0))
        return {"rows": rows[at : at + size], "hasMore": at + size < total}

    return {"offset": by_offset, "page": by_page, "cursor": by_cursor, "link": by_link, "promise": by_promise}


@examples(60)
@given(
    st.integers(0, 60), st.integers(1, 25), st.sampled_from(["offset", "page", "cursor", "link", "promise"])
)
def test_every_row_comes_once_and_in_order(count: int, size: int, style: str) -> None:
    rows = _rows(count)
    server = Server(_styles(rows, size)[style])
    assert server.rows() == rows
    assert (
        len(server.queries) <= max(1, -(-count // size)) + 2
    )  # a bare page of a round length is asked about


@examples(40)
@given(st.integers(1, 60), st.integers(1, 25), st.integers(1, 70))
def test_a_limit_asks_for_no_more_pages_than_it_needs(count: int, size: int, limit: int) -> None:
    rows = _rows(count)
    server = Server(_styles(rows, size)["cursor"])
    assert server.rows(limit=limit) == rows[:limit]
    assert len(server.queries) == -(-min(limit, count) // size)


@examples(40)
@given(st.integers(0, 60), st.integers(1, 25), st.sampled_from(["offset", "page", "cursor"]))
def test_pinned_paging_reads_to_the_end(count: int, size: int, style: str) -> None:
    rows = _rows(count)

    def answer(query: dict[str, str]) -> Any:
        number = int(query.get("p", 3))  # pages count from 3, as pinned
        at = {
            "offset": int(query.get("o", 0)),
            "page": (number - 3) * size,
            "cursor": int(query.get("c", 0)),
        }[style]
        following = str(at + size) if at + size < count else None
        return {"list": rows[at : at + size], **({"next_c": following} if style == "cursor" else {})}

    name = {"offset": "o", "page": "p", "cursor": "c"}[style]
    server = Server(answer)
    pinned = Pinned(style, name, size_name="n", size=size, first=3)
    assert server.rows(pinned=pinned) == rows
    assert {query["n"] for query in server.queries} == {str(size)}


@pytest.mark.parametrize("style", ["offset", "page", "cursor"])
def test_pinned_paging_that_never_ends(style: str) -> None:
    server = Server(lambda _: {"items": _rows(5), "total": 99, "next_cursor": "x"})
    with pytest.raises(BadAnswer) as caught:
        server.rows(pinned=Pinned(style, style))
    assert caught.value.code == "paging_broken"


# -- pages that do not say anything ------------------------------------------------------------------------------


def test_a_bare_list_of_a_round_length_is_asked_about_and_a_bounded_one_is_not() -> None:
    rows = _rows(24)
    server = Server(lambda _: rows)
    assert server.rows() == rows
    assert len(server.queries) == 3  # by offset and by page: both ignored
    bounded = Server(lambda _: rows)
    assert bounded.rows(bounded=True) == rows
    assert len(bounded.queries) == 1
    odd = Server(lambda _: _rows(23))
    odd.rows()
    assert len(odd.queries) == 1


def test_a_failure_while_asking_on_is_only_told_when_rows_would_be_lost() -> None:
    def refuses(query: dict[str, str]) -> Any:
        if query:
            raise Refused("no such parameter")
        return _rows(20)

    assert Server(refuses).rows() == _rows(20)

    def breaks(query: dict[str, str]) -> Any:
        at = int(query.get("offset", 0))
        if at >= 40:
            raise Unreachable("down")
        return _rows(60)[at : at + 20]

    with pytest.raises(Unreachable):
        Server(breaks).rows()


def test_an_empty_page_is_the_end_even_when_more_is_promised() -> None:
    server = Server(lambda query: {"items": [] if query else _rows(3), "has_more": True})
    assert server.rows() == _rows(3)


# -- envelopes -----------------------------------------------------------------------------------------------------

ROWS = [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize(
    "body",
    [
        ROWS,
        {"devices": ROWS, "items": [{"x": 1}]},
        {"items": ROWS, "tags": ["a"]},
        {"data": ROWS},
        {"data": {"devices": ROWS}},
        {"data": {"anything": ROWS}},
        {"_embedded": {"whatever": ROWS}},
        {"fleet": ROWS, "total": 2},
        {"results": {"items": ROWS}},
        {"fleet": ROWS, "warnings": [], "errors": []},
    ],
)
def test_the_list_is_found(body: Any) -> None:
    assert items_of(body, "devices") == ROWS


@pytest.mark.parametrize("body", [None, [], {"devices": None}, {"items": None, "total": 0}, {"items": []}])
def test_nothing_is_an_empty_list(body: Any) -> None:
    assert items_of(body, "devices") == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "no list of devices"),
        ({"a": 1, "b": 2}, "fields: a, b"),
        ({"cars": ROWS, "pumps": ROWS}, "fields: cars, pumps"),
        ({"errors": [{"message": "backend down"}]}, "fields: errors"),
        ({"status": "error", "message": "backend down", "errors": []}, "fields: status, message, errors"),
        ({"Warnings": []}, "fields: Warnings"),
        ({"messages": [{"text": "later"}]}, "fields: messages"),
        ({"data": {"errors": ROWS}}, "fields: data"),
        ({"data": None, "errors": ROWS}, "fields: data, errors"),
        ("text", "A value came"),
        (7, "A value came"),
    ],
)
def test_a_list_that_cannot_be_told_is_not_guessed(body: Any, said: str) -> None:
    with pytest.raises(BadAnswer, match=said):
        items_of(body, "devices")


def test_errors_that_are_asked_for_are_a_list() -> None:
    assert items_of({"errors": ROWS}, "errors") == ROWS


def test_what_stands_beside_a_list() -> None:
    body = {
        "unit": "kWh",
        "n": 1.5,
        "total": 9,
        "page": 1,
        "limit": 5,
        "next": "x",
        "values": ROWS,
        "o": {},
        "e": None,
    }
    assert told_besides(body) == {"unit": "kWh", "n": 1.5}
    assert told_besides(ROWS) == {}


# -- what the profile pins -----------------------------------------------------------------------------------------


def test_reading_a_pin() -> None:
    assert Pinned.read(None, "x") is None
    assert Pinned.read({}, "x") is None
    found = Pinned.read({"style": "offset", "offset": "skip", "limit": "take", "size": 100}, "x")
    assert found == Pinned("offset", "skip", "take", 100, 1)
    assert Pinned.read({"style": "page", "first": 0}, "x") == Pinned("page", "page", "", None, 0)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"style": "pages"}, "style"),
        ({"size": 5}, "style"),
        ("offset", "style"),
        ({"style": "page", "size": "9"}, "size"),
        ({"style": "page", "first": -1}, "first"),
        ({"style": "page", "size": True}, "size"),
    ],
)
def test_a_pin_that_cannot_be(data: Any, said: str) -> None:
    with pytest.raises(ConfigProblem, match=f"emulate.paging.{said}") as caught:
        Pinned.read(data, "emulate.paging")
    assert caught.value.code == "paging_invalid"
