"""Compressed bodies come out whole, in small pieces, and a bomb costs no memory."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from energyctl.core.decompression import plain
from tests.faults.relays.bodies import gzip_bomb

BODY = b'{"id": 1, "text": "' + bytes(range(32, 127)) * 40_000 + b'"}'


def _in_pieces(body: bytes, size: int = 7_000) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


def _bare(body: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeeze.compress(body) + squeeze.flush()


@pytest.mark.parametrize(
    ("encodings", "body"),
    [
        ("", BODY),
        ("identity", BODY),
        ("gzip", gzip.compress(BODY)),
        ("GZIP", gzip.compress(BODY)),
        ("deflate", zlib.compress(BODY)),
        ("deflate", _bare(BODY)),
        ("deflate, gzip", gzip.compress(zlib.compress(BODY))),
        ("gzip", gzip.compress(BODY[:3000]) + gzip.compress(b"") + gzip.compress(BODY[3000:])),
        ("gzip", b"".join(gzip.compress(BODY[at : at + 50_000]) for at in range(0, len(BODY), 50_000))),
        ("gzip", gzip.compress(BODY) + bytes(20_000)),
        ("gzip", b""),
    ],
)
def test_a_body_comes_out_as_it_went_in(encodings: str, body: bytes) -> None:
    pieces = list(plain(_in_pieces(body), encodings))
    assert b"".join(pieces) == (BODY if body else b"")
    assert all(len(piece) <= 1024 * 1024 for piece in pieces)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"{}"),
        ("deflate", b"{}"),
        ("deflate", b"\xff" * 20),
        ("gzip", gzip.compress(BODY)[:-1]),
        ("deflate", zlib.compress(BODY)[:-100]),
        ("deflate", _bare(BODY)[:1000]),
        ("gzip", gzip.compress(BODY) + b"and more"),
        ("gzip", gzip.compress(BODY) + gzip.compress(BODY)[:-1]),
    ],
)
def test_what_is_cut_off_or_not_compressed_is_no_body(encoding: str, body: bytes) -> None:
    with pytest.raises(zlib.error):
        list(plain(_in_pieces(body), encoding))


def test_a_bomb_is_seen_before_it_is_in_memory() -> None:
    bomb = gzip_bomb()
    tracemalloc.start()
    size = 0
    for piece in plain(_in_pieces(bomb, 65_536), "gzip"):
        size += len(piece)
        if size > 64 * 1024 * 1024:
            break
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 64 * 1024 * 1024
    assert most < 8 * 1024 * 1024


def test_a_bomb_in_the_second_member_is_seen_too() -> None:
    sizes = (len(piece) for piece in plain([gzip.compress(BODY) + gzip_bomb()], "gzip"))
    assert max(next(sizes) for _ in range(70)) <= 1024 * 1024


@pytest.mark.parametrize("encodings", ["gzip", "deflate, gzip"])
def test_what_stands_for_nothing_still_lets_the_reader_look_at_the_clock(encodings: str) -> None:
    def endless() -> Iterator[bytes]:
        yield gzip.compress(zlib.compress(BODY) if "deflate" in encodings else BODY)
        while True:
            yield gzip.compress(b"") * 20
            yield bytes(1000)

    pieces = plain(endless(), encodings)
    assert b"".join(next(pieces) for _ in range(100)) == BODY
