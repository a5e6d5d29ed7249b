"""Lists in pages: read to their end, no further than asked, and never in a circle."""

from __future__ import annotations

from itertools import islice

import pytest

from energyctl.core.errors import BadAnswer
from energyctl.core.paging import pages


class Server:
    """A list on a server: how many rows, the largest page it gives, and whether it says that there are more."""

    def __init__(self, rows: int, *, largest: int = 100, says: bool = True) -> None:
        self.rows = list(range(rows))
        self.largest = largest
        self.says = says
        self.asked: list[tuple[int, int]] = []

    def fetch(self, offset: int, size: int) -> tuple[list[int], bool | None]:
        """Answer one request."""
        self.asked.append((offset, size))
        found = self.rows[offset : offset + min(size, self.largest)]
        return found, (offset + len(found) < len(self.rows)) if self.says else None


@pytest.mark.parametrize("says", [True, False])
@pytest.mark.parametrize("largest", [1, 10, 50, 100])
@pytest.mark.parametrize("rows", [0, 1, 9, 10, 99, 100, 101, 250])
def test_every_row_comes_once(rows: int, largest: int, says: bool) -> None:
    if not says and largest < 10:
        return
    server = Server(rows, largest=largest, says=says)
    assert list(pages(server.fetch, size=100, default_size=10, limit=None)) == list(range(rows))
    assert len(server.asked) <= rows / largest + 2


@pytest.mark.parametrize(("limit", "asked"), [(3, [(0, 3)]), (100, [(0, 100)]), (150, [(0, 100), (100, 50)])])
def test_no_more_is_asked_for_than_wanted(limit: int, asked: list[tuple[int, int]]) -> None:
    server = Server(1000)
    assert list(pages(server.fetch, size=100, default_size=10, limit=limit)) == list(range(limit))
    assert server.asked == asked


def test_pages_are_fetched_as_they_are_read() -> None:
    server = Server(1000)
    assert list(islice(pages(server.fetch, size=100, default_size=10, limit=None), 150)) == list(range(150))
    assert len(server.asked) == 2


def test_a_server_that_gives_the_same_page_for_ever_is_left() -> None:
    with pytest.raises(BadAnswer) as refused:
        list(pages(lambda _offset, _size: ([1, 2], True), size=2, default_size=2, limit=None))
    assert refused.value.code == "paging_broken"
    assert (
        list(pages(lambda _offset, _size: (["x"] * 10, None), size=10, default_size=10, limit=None))
        == ["x"] * 10
    )
