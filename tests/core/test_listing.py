"""Lists of unknown envelope and paging, by themselves: whatever the pages, each row comes once and in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.errors import BadAnswer, ConfigProblem, EnergyctlError, NotFound, Refused, Unreachable
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


def _capped(rows: list[Any], cap: int) -> Answer:
    """Pages of at most so many rows, whatever is asked for; they say nothing of paging."""

    def answer(query: dict[str, str]) -> Any:
        size = min(int(query["n"]), cap)
        at = int(query["o"]) if "o" in query else (int(query["p"]) - 1) * size
        return rows[at : at + size]

    return answer


@pytest.mark.parametrize("style", ["offset", "page"])
@pytest.mark.parametrize(("count", "asks"), [(120, 3), (100, 3), (50, 2), (30, 2), (0, 1)])
def test_a_server_that_caps_the_pinned_size_is_read_to_the_end(style: str, count: int, asks: int) -> None:
    server = Server(_capped(_rows(count), 50))
    assert server.rows(pinned=Pinned(style, style[0], size_name="n", size=100)) == _rows(count)
    assert len(server.queries) == asks


@pytest.mark.parametrize("size", [None, 20])
@pytest.mark.parametrize("is_told", [True, False])
def test_a_refusal_after_a_page_that_names_no_next_one_is_the_end(size: int | None, is_told: bool) -> None:
    def answer(query: dict[str, str]) -> Any:
        at = (int(query["page"]) - 1) * 20
        if at >= 40:
            raise NotFound("no such page")
        return {"results": _rows(40)[at : at + 20], "next": "/devices?page=2" if is_told and not at else None}

    assert Server(answer).rows(pinned=Pinned("page", "page", size=size)) == _rows(40)


@pytest.mark.parametrize("error", [NotFound("no such page"), Refused("beyond the end")])
def test_a_refusal_after_a_short_page_is_the_end_and_after_a_full_one_an_error(
    error: EnergyctlError,
) -> None:
    def answer(query: dict[str, str]) -> Any:
        if query["page"] == "1":
            return _rows(30)
        raise error

    assert Server(answer).rows(pinned=Pinned("page", "page", "n", 100)) == _rows(30)
    with pytest.raises(type(error)):
        Server(answer).rows(pinned=Pinned("page", "page", "n", 30))


def test_a_server_that_gives_its_short_page_again_has_no_other() -> None:
    server = Server(lambda _: _rows(30))
    assert server.rows(pinned=Pinned("offset", "offset", "n", 100)) == _rows(30)
    assert len(server.queries) == 2
    with pytest.raises(BadAnswer):
        Server(lambda _: _rows(30)).rows(pinned=Pinned("offset", "offset", "n", 30))
    calls = iter(range(3))
    alive = Server(lambda _: [{"id": 1, "socPercent": next(calls)}])
    assert alive.rows(pinned=Pinned("offset", "offset", "n", 100)) == [{"id": 1, "socPercent": 0}]


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


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("count", [20, 40, 50, 60, 70])
@pytest.mark.parametrize("beyond", [[], NotFound("no such page"), Refused("no such page")])
def test_pages_that_say_nothing_may_be_counted_from_0_or_from_1(first: int, count: int, beyond: Any) -> None:
    rows = _rows(count)

    def answer(query: dict[str, str]) -> Any:
        at = (int(query.get("page", first)) - first) * 20
        if at >= count and beyond:
            raise beyond
        return rows[at : at + 20]

    assert Server(answer).rows() == rows


def test_a_first_page_whose_values_change_is_told_by_the_rows_that_have_not() -> None:
    asked: list[str] = []

    def answer(query: dict[str, str]) -> Any:
        asked.append(query.get("page", ""))
        at = (int(query.get("page", 1)) - 1) * 20
        return [{"id": at, "calls": len(asked)}, *_rows(40)[at + 1 : at + 20]] if at < 40 else []

    assert [row["id"] for row in Server(answer).rows()] == list(range(40))


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

    def does_not_say_where_it_begins(query: dict[str, str]) -> Any:
        if query.get("page") == "1":
            raise Unreachable("down")
        return _rows(40)[20:] if "page" in query else _rows(20)

    with pytest.raises(Unreachable):
        Server(does_not_say_where_it_begins).rows()


def test_a_refused_page_ends_a_list_that_says_nothing() -> None:
    def answer(query: dict[str, str]) -> Any:
        if (at := int(query.get("offset", 0))) >= 40:
            raise NotFound("beyond the end")
        if "page" in query:
            at = int(query["page"]) * 20 - 20
        return _rows(40)[at : at + 20]

    assert Server(answer).rows() == _rows(40)


def test_an_empty_page_is_the_end_even_when_more_is_promised() -> None:
    server = Server(lambda query: {"items": [] if query else _rows(3), "has_more": True})
    assert server.rows() == _rows(3)


@pytest.mark.parametrize("name", ["next_page", "nextPage", "next_cursor", "next_token", "next"])
@pytest.mark.parametrize("start", ["https://h/x", "/x", ""])
def test_an_address_is_a_link_whatever_its_name(name: str, start: str) -> None:
    followed: list[str] = []

    def follow(address: str) -> Page:
        followed.append(address)
        return Page({"devices": _rows(4)[2:], name: None}, {})

    first = Page({"devices": _rows(2), name: f"{start}?page=2"}, {})
    assert list(listed(lambda _: first, follow, noun="devices")) == _rows(4)
    assert followed == [f"{start}?page=2"]


def test_rows_are_the_same_page_when_each_has_its_id_again() -> None:
    def pages(*rows: Any) -> list[Any]:
        given = iter([list(one) for one in rows])
        server = Server(lambda _: next(given, []))
        return [len(server.rows(pinned=Pinned("page", "page", "n", 9))), len(server.queries)]

    def device(owner: str, device: str, more: int) -> dict[str, Any]:
        return {"customerId": owner, "device_id": device, "valid": True, "n": more}

    same = [device("A", "1", 0), device("A", "2", 0)]
    assert pages(same, [device("A", "1", 1), device("A", "2", 1)]) == [2, 2]
    assert pages(same, [device("A", "3", 0), device("A", "4", 0)]) == [4, 3]
    readings = [
        {"customerId": "A", "n": 1},
        {"customerId": "A", "n": 2},
    ]  # whose id tells no row from another
    assert pages(readings, [{"customerId": "A", "n": 3}, {"customerId": "A", "n": 4}]) == [4, 3]
    assert pages(["a", "b"], ["c", "d"], ["c", "d"]) == [4, 3]


def test_a_mark_that_begins_with_a_slash_is_no_address() -> None:
    rows = _rows(4)
    server = Server(
        lambda query: {"items": rows[2:] if query else rows[:2], "next_cursor": None if query else "/wAA="}
    )
    assert server.rows() == rows
    assert server.queries == [{}, {"cursor": "/wAA="}]


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


@pytest.mark.parametrize("name", ["messages", "warnings"])
def test_logs_may_be_called_what_elsewhere_is_a_complaint(name: str) -> None:
    assert items_of({"device": "car", name: ROWS}, "logs") == ROWS
    with pytest.raises(BadAnswer):
        items_of({"errors": ROWS}, "logs")


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
