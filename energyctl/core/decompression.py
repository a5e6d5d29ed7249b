"""Decompression in small pieces: a body of 1 MB may stand for 1 GB, which must be seen before it is in memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

#: What a client can undo.
ACCEPTED = "gzip, deflate"
_PIECE_BYTES = 1024 * 1024
_GZIP, _BARE = 16 + zlib.MAX_WBITS, -zlib.MAX_WBITS


def plain(pieces: Iterable[bytes], encodings: str) -> Iterator[bytes]:
    """Yield a body as it was before it was compressed, in pieces of 1 MB at most.

    :param encodings: the value of Content-Encoding; what it names besides gzip and deflate is left as it is.
    :raises zlib.error: for what cannot be decompressed, or is cut off.
    """
    for encoding in reversed([one.strip().lower() for one in encodings.split(",")]):
        if encoding in ("gzip", "x-gzip", "deflate"):
            pieces = _inflated(pieces, bare_too=encoding == "deflate")
    yield from pieces


def _inflated(pieces: Iterable[bytes], *, bare_too: bool) -> Iterator[bytes]:
    """Yield what pieces hold; ``bare_too``: some servers leave out the frame that "deflate" has by its definition.

    A gzip body may have several members, one after the other (RFC 1952, 2.2); zeros behind one are padding.
    """
    is_gzip = not bare_too
    squeezed = zlib.decompressobj(_GZIP if is_gzip else zlib.MAX_WBITS)
    begun = False
    for piece in pieces:
        yield b""  # whoever reads looks at the clock, however much stands for nothing
        rest = piece
        while rest:
            if squeezed.eof:
                rest = rest.lstrip(b"\0") if is_gzip else b""
                squeezed = zlib.decompressobj(_GZIP) if rest else squeezed
                continue
            try:
                told = squeezed.decompress(rest, _PIECE_BYTES)
            except zlib.error:
                if not bare_too or begun:
                    raise
                bare_too, squeezed = False, zlib.decompressobj(_BARE)
                continue
            begun = True
            if told:
                yield told
            rest = squeezed.unused_data if squeezed.eof else squeezed.unconsumed_tail
    if begun and not squeezed.eof:
        raise zlib.error("it is cut off")
