"""Answers to be spoilt: what a real one becomes, and bodies that are too large. What is sent how is not here."""

from __future__ import annotations

import functools
import json
import operator
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

Header = tuple[str, str]

HUGE_BYTES = 100 * 1024 * 1024
_BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """An HTTP answer before it is sent. Its headers lack those that say how long it is."""

    status: int
    headers: Sequence[Header]
    body: bytes

    def head(self, length: int | None = None) -> bytes:
        """Return status line and headers, which announce a length: the body's, unless told."""
        phrase = HTTPStatus(self.status).phrase if self.status in set(HTTPStatus) else ""
        lines = [f"HTTP/1.1 {self.status} {phrase}", *(f"{name}: {value}" for name, value in self.headers)]
        if self.status not in (204, 304):
            lines.append(f"Content-Length: {len(self.body) if length is None else length}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def with_header(self, name: str, value: str) -> Answer:
        """Return the same answer with one header replaced or added."""
        others = [one for one in self.headers if one[0].lower() != name.lower()]
        return replace(self, headers=[*others, (name, value)])


def made_up(status: int, body: str, content_type: str = "application/json", *more: Header) -> Answer:
    """Return an answer that no server behind has given."""
    return Answer(status, [("Content-Type", content_type), *more], body.encode())


#: What is answered without asking the server behind.
MADE_UP: Mapping[str, Answer] = {
    "401": made_up(401, '{"message": "the access token is invalid"}'),
    "429": made_up(429, '{"message": "too many requests"}'),
    "429-retry-after": made_up(429, '{"message": "too many requests"}', "application/json", ("Retry-After", "30")),
    "500": made_up(500, '{"message": "internal error"}'),
    "502-html": made_up(
        502, "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>", "text/html; charset=utf-8"
    ),
    "503": made_up(503, '{"message": "service unavailable"}'),
}  # fmt: skip


# -- real answers, spoilt --------------------------------------------------------------------------------


def _of_leaves(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: walk(one) for key, one in value.items()}
        if isinstance(value, list):
            return [walk(one) for one in value]
        return change(value)

    return walk


def _number_as_text(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _swapped(value: Any) -> Any:
    if isinstance(value, list):
        return {str(place): one for place, one in enumerate(value)}
    return [value] if isinstance(value, dict) else value


def _swapped_inside(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _swapped(_swapped_inside(one)) for key, one in value.items()}
    if isinstance(value, list):
        return [_swapped_inside(one) for one in value]
    return value


def _spoilt_data(change: Callable[[Any], Any]) -> Callable[[Answer], Answer | None]:
    def spoil(answer: Answer) -> Answer | None:
        try:
            data = json.loads(answer.body)
        except ValueError:
            return None
        spoilt = change(data)
        return None if spoilt == data else replace(answer, body=json.dumps(spoilt).encode())

    return spoil


def _broken_off(answer: Answer) -> Answer | None:
    try:
        json.loads(answer.body)
    except ValueError:
        return None
    return replace(answer, body=answer.body.rstrip()[:-1] + b',"')


#: What becomes of a real answer: None when it holds nothing that this could spoil.
SPOILT: Mapping[str, Callable[[Answer], Answer | None]] = {
    "wrong-content-type": lambda answer: answer.with_header("Content-Type", "text/plain") if answer.body else None,
    "invalid-json": _broken_off,
    "wrong-shape": _spoilt_data(_swapped),
    "wrong-shape-inside": _spoilt_data(_swapped_inside),
    "text-for-numbers": _spoilt_data(_of_leaves(_number_as_text)),
    "nulls": _spoilt_data(_of_leaves(lambda _value: None)),
    "empty": lambda answer: replace(answer, body=b"") if answer.body else None,
}  # fmt: skip


# -- too large -------------------------------------------------------------------------------------------


def huge_blocks() -> Sequence[bytes]:
    """Return a JSON array of ``HUGE_BYTES`` in blocks of one size, nearly all of them the same one."""
    begin, end = b'{"id": 1, "value": "', b'"},'
    block = begin + b"x" * (_BLOCK_BYTES - len(begin + end)) + end
    first = b"[" + begin + block[len(begin) + 1 :]
    return [first, *[block] * (HUGE_BYTES // _BLOCK_BYTES - 2), block[: -len(b",")] + b"]"]


@functools.cache
def gzip_bomb(doublings: int = 10, name: bytes = b"") -> bytes:
    """Return a megabyte of JSON white space, doubled so many times (1 GB by default) and compressed.

    :param name: what the compressed data say they are, without a zero byte.
    """
    block = b" " * _BLOCK_BYTES
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    # A block flushed in full needs nothing that came before it, so that it can be repeated as it is.
    squeezed = squeeze.compress(block) + squeeze.flush(zlib.Z_FULL_FLUSH)
    end = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS).flush()
    head = b"\x1f\x8b\x08\x08" + bytes(6) + name + b"\0"
    return (
        head
        + squeezed * 2**doublings
        + end
        + struct.pack("<II", _check(block, doublings), len(block) << doublings)
    )


def _check(block: bytes, doublings: int) -> int:
    """Return the CRC-32 of a block that is doubled so many times, without going through it all.

    What one block makes of the sum before it is linear but for a constant; so it is of two blocks, of four, ...
    """
    constant = zlib.crc32(block)
    columns = [zlib.crc32(block, 1 << bit) ^ constant for bit in range(32)]

    def linear(value: int) -> int:
        return functools.reduce(operator.xor, (one for bit, one in enumerate(columns) if value >> bit & 1), 0)

    for _ in range(doublings):
        constant ^= linear(constant)
        columns = [linear(one) for one in columns]
    return constant
