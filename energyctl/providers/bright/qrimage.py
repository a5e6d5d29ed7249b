"""The modules of a QR code that came as a PNG image; drawing them is elsewhere. No image library is needed for that."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: How images of any kind begin: PNG, JPEG, GIF, WebP, SVG.
_IMAGES = (_SIGNATURE, b"\xff\xd8\xff", b"GIF8", b"RIFF", b"<svg", b"<?xml")
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8), 2: (8,), 3: (1, 2, 4, 8), 4: (8,), 6: (8,)}
_WITH_ALPHA = frozenset({4, 6})
_MOST_BYTES = 16 * 1024 * 1024
_FINDER = 7
_SMALLEST, _LARGEST = 21, 177


class NotReadable(ValueError):
    """The image is of another kind, or shows no QR code."""


def image_of(content: bytes) -> bytes:
    """Return the image of an answer: base64 as text or JSON (contract 5.1), as a data address, or the bare bytes.

    :raises NotReadable: when there is none in it.
    """
    if content.startswith(_IMAGES):
        return content
    try:
        text = content.decode("ascii").strip()
    except UnicodeDecodeError:
        raise NotReadable("it is no text") from None
    if text.startswith(('"', "{")):
        try:
            text = next(_texts(json.loads(text)), "")
        except (ValueError, RecursionError):
            raise NotReadable("it is broken JSON") from None
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        image = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise NotReadable("it is not base64") from None
    if not image.startswith(_IMAGES):
        raise NotReadable("it is no image")
    return image


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        yield from sorted((one for value in data.values() for one in _texts(value)), key=len, reverse=True)


def modules_in(png: bytes) -> list[list[bool]]:
    """Return the modules of the QR code that a PNG shows upright, true for dark.

    :raises NotReadable: for another kind of image, or one without such a code.
    """
    width, height, is_dark = _read(png)
    top = next((y for y in range(height) if any(is_dark(x, y) for x in range(width))), None)
    if top is None:
        raise NotReadable("nothing in it is dark")
    dark = [x for x in range(width) if is_dark(x, top)]
    left, right = dark[0], dark[-1]
    run = next((x for x in range(left, width) if not is_dark(x, top)), width) - left
    scale = run / _FINDER
    size = round((right - left + 1) / scale)
    if (
        scale < 1
        or not _SMALLEST <= size <= _LARGEST
        or (size - 17) % 4
        or top + round((size - 0.5) * scale) >= height
    ):
        raise NotReadable("it shows no QR code")
    places = [round((index + 0.5) * scale - 0.5) for index in range(size)]
    modules = [[is_dark(left + x, top + y) for x in places] for y in places]
    corners = ((0, 0), (0, size - _FINDER), (size - _FINDER, 0))
    if not all(_is_finder([row[x : x + _FINDER] for row in modules[y : y + _FINDER]]) for x, y in corners):
        raise NotReadable("it shows no QR code")
    return modules


def _is_finder(corner: list[list[bool]]) -> bool:
    """Whether a corner is a dark ring around a light one around a dark square."""
    middle = _FINDER // 2
    return all(
        corner[y][x] is (max(abs(x - middle), abs(y - middle)) != 2)
        for y in range(_FINDER)
        for x in range(_FINDER)
    )


def _read(png: bytes) -> tuple[int, int, Callable[[int, int], bool]]:
    """Return width, height, and what tells whether a pixel is dark."""
    parts: dict[bytes, bytes] = {}
    for name, data in _chunks(png):
        parts[name] = parts.get(name, b"") + data
    header = parts.get(b"IHDR", b"")
    if len(header) != 13:
        raise NotReadable("it has no header")
    width, height = int.from_bytes(header[:4]), int.from_bytes(header[4:8])
    depth, kind, interlaced = header[8], header[9], header[12]
    if depth not in _DEPTHS.get(kind, ()) or interlaced:
        raise NotReadable("its colours are stored in an unusual way")
    bits = depth * _CHANNELS[kind]
    row_bytes = (width * bits + 7) // 8
    size = (row_bytes + 1) * height
    if not width or not 0 < size <= _MOST_BYTES:
        raise NotReadable("its size makes no sense")
    rows = _unfiltered(_unpacked(parts.get(b"IDAT", b""), size), row_bytes, max(1, bits // 8))
    return width, height, _darkness(rows, depth, kind, parts.get(b"PLTE", b""))


def _darkness(rows: list[bytearray], depth: int, kind: int, palette: bytes) -> Callable[[int, int], bool]:
    """Return what tells whether the pixel at x, y is dark: nearer to black than to white, and opaque."""

    def sample(x: int, y: int) -> int:
        at = x * depth
        return rows[y][at // 8] >> (8 - depth - at % 8) & ((1 << depth) - 1)

    def of_grey(x: int, y: int) -> bool:
        return sample(x, y) * 2 < (1 << depth)

    def of_palette(x: int, y: int) -> bool:
        at = sample(x, y) * 3
        return sum(palette[at : at + 3]) < 383

    def of_channels(x: int, y: int) -> bool:
        pixel = rows[y][x * _CHANNELS[kind] : (x + 1) * _CHANNELS[kind]]
        colours = pixel[:-1] if kind in _WITH_ALPHA else pixel
        opaque = kind not in _WITH_ALPHA or pixel[-1] >= 128
        return opaque and sum(colours) * 2 < 255 * len(colours)

    return {0: of_grey, 3: of_palette}.get(kind, of_channels)


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not png.startswith(_SIGNATURE):
        raise NotReadable("it is no PNG")
    at = len(_SIGNATURE)
    while at + 8 <= len(png):
        size = int.from_bytes(png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        at += size + 12


def _unpacked(packed: bytes, size: int) -> bytes:
    try:
        found = zlib.decompressobj().decompress(packed, size)
    except zlib.error:
        raise NotReadable("it is broken") from None
    if len(found) != size:
        raise NotReadable("it is cut off")
    return found


def _unfiltered(raw: bytes, row_bytes: int, step: int) -> list[bytearray]:
    """Undo the filter of each row (PNG specification, section 9)."""
    rows: list[bytearray] = []
    above = bytearray(row_bytes)
    for start in range(0, len(raw), row_bytes + 1):
        kind, row = raw[start], bytearray(raw[start + 1 : start + 1 + row_bytes])
        if kind > 4:
            raise NotReadable("it is broken")
        if kind:
            for at in range(row_bytes):
                a = row[at - step] if at >= step else 0
                b = above[at]
                c = above[at - step] if at >= step else 0
                row[at] = (row[at] + (0, a, b, (a + b) // 2, _paeth(a, b, c))[kind]) & 255
        rows.append(row)
        above = row
    return rows


def _paeth(a: int, b: int, c: int) -> int:
    guess = a + b - c
    return min((a, b, c), key=lambda one: abs(guess - one))
