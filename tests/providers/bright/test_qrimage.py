"""QR codes that come as images, read without an image library, and drawn as half blocks."""

from __future__ import annotations

import base64
import io
import json
import zlib
from typing import Any

import pytest
import segno

from energyctl.core.qr import half_blocks, modules_of
from energyctl.providers.bright.qrimage import NotReadable, image_of, modules_in

CONTENT = "bankid.67df3917-fa0d-44e5-b327-edcc928297f8.0." + "ab" * 32
GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6


def _written(content: str = CONTENT, **how: Any) -> bytes:
    out = io.BytesIO()
    segno.make(content, error="l", micro=False).save(out, kind="png", **how)
    return out.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


def _png(kind: int, depth: int, width: int, rows: list[bytes], *more: tuple[bytes, bytes]) -> bytes:
    header = width.to_bytes(4) + len(rows).to_bytes(4) + bytes([depth, kind, 0, 0, 0])
    packed = zlib.compress(b"".join(rows))
    chunks = [(b"IHDR", header), *more, (b"IDAT", packed[:50]), (b"IDAT", packed[50:]), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*one) for one in chunks)


def _filtered(row: bytes, above: bytes, step: int, kind: int) -> bytes:
    """Return a row as the filter of this kind writes it (PNG specification, section 9)."""
    out = bytearray([kind])
    for at, value in enumerate(row):
        a = row[at - step] if at >= step else 0
        c = above[at - step] if at >= step else 0
        b = above[at]
        nearest = min((a, b, c), key=lambda one: abs(a + b - c - one))
        out.append((value - (0, a, b, (a + b) // 2, nearest)[kind]) & 255)
    return bytes(out)


def _painted(kind: int, dark: bytes, light: bytes, scale: int, border: int) -> bytes:
    """Return the code in a colour type of 8 bits, every filter in turn."""
    modules, side = modules_of(CONTENT), b""
    side = light * border * scale
    lines = [side + b"".join((dark if one else light) * scale for one in row) + side for row in modules]
    width = len(lines[0]) // len(light)
    blank = [light * width] * (border * scale)
    plain = [*blank, *(line for line in lines for _ in range(scale)), *blank]
    above, rows = bytes(len(plain[0])), []
    for number, line in enumerate(plain):
        rows.append(_filtered(line, above, len(light), number % 5))
        above = line
    return _png(kind, 8, width, rows)


@pytest.mark.parametrize(
    "png",
    [
        _written(scale=6),
        _written(scale=1, border=0),
        _written(scale=3, border=1),
        _written(scale=5, dark="darkblue", light="white"),
        _written(scale=4, dark="#111", light=None),
        _painted(GREY, b"\x20", b"\xf0", 2, 4),
        _painted(RGB, b"\x00\x10\x40", b"\xff\xff\xf0", 2, 2),
        _painted(GREY_ALPHA, b"\x00\xff", b"\x00\x00", 1, 4),
        _painted(RGB_ALPHA, b"\x00\x00\x00\xff", b"\xff\xff\xff\xff", 2, 0),
    ],
)
def test_a_code_is_read_from_images_of_all_kinds(png: bytes) -> None:
    assert modules_in(png) == modules_of(CONTENT)


@pytest.mark.parametrize("content", ["A", "x" * 500, "0123" * 40])
def test_codes_of_all_sizes_are_read(content: str) -> None:
    assert modules_in(_written(content, scale=3)) == modules_of(content)


@pytest.mark.parametrize(
    "png",
    [
        b"",
        b"GIF89a",
        _written(scale=2)[:60],
        _written(scale=2)[:-40],
        _written(scale=2).replace(b"IDAT", b"ODAT"),
        _png(GREY, 8, 4, [b"\x00\xff\xff\xff\xff"] * 4),
        _png(GREY, 8, 4, [b"\x00\x00\xff\x00\xff"] * 4),
        _png(GREY, 8, 4, [b"\x09\x00\xff\x00\xff"] * 4),
        _png(GREY, 16, 1, [b"\x00\x00\x00"]),
        _png(PALETTE, 8, 2, [b"\x00\x07\x07"] * 2),
        _png(GREY, 8, 0, []),
        _png(GREY, 8, 21, [bytes(22)] * 21),
        _png(GREY, 8, 29, [b"\x00" + b"\x00" * 7 + b"\xff" * 15 + b"\x00" * 7] * 29),
        _png(RGB, 8, 2**31 - 1, [b"\x00"]),
    ],
)
def test_what_is_no_such_image_is_refused_and_nothing_worse(png: bytes) -> None:
    with pytest.raises(NotReadable):
        modules_in(png)


def test_an_image_is_found_in_every_form_of_answer() -> None:
    png = _written(scale=2)
    text = base64.b64encode(png).decode()
    for content in (
        png,
        text.encode(),
        f"{text[:70]}\n{text[70:]}\n".encode(),
        json.dumps(text).encode(),
        json.dumps({"format": "png", "data": {"image": text}}).encode(),
        f"data:image/png;base64,{text}".encode(),
    ):
        assert image_of(content) == png
    for wrong in (
        b"",
        b'"',
        b"{}",
        b"\xff\xfe",
        b"no image at all",
        b"bm9uZQ==",
        b'{"a": 1}',
        b"[" * 100_000,
    ):
        with pytest.raises(NotReadable):
            image_of(wrong)


def test_half_blocks_carry_every_module() -> None:
    """The drawing, read back block by block, is what segno made, with its quiet zone."""
    blocks = {"█": (False, False), "▀": (False, True), "▄": (True, False), " ": (True, True)}
    modules = modules_of(CONTENT)
    assert modules == [
        [bool(one) for one in row] for row in segno.make(CONTENT, error="l", micro=False).matrix
    ]
    for border in (1, 4):
        lines = half_blocks(modules, border, color=False)
        rows = [[blocks[char][half] for char in line] for line in lines for half in (0, 1)]
        size = len(modules) + 2 * border
        assert [row[border:-border] for row in rows[border : border + len(modules)]] == modules
        quiet = [*rows[:border], *rows[border + len(modules) : size]]
        assert not any(map(any, quiet))
        assert not any(any(row[:border] + row[-border:]) for row in rows[:size])
    coloured = half_blocks(modules, 4, color=True)
    assert all(line.startswith("\x1b[38;5;231;48;5;16m") and line.endswith("\x1b[0m") for line in coloured)
