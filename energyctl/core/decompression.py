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
    """Yield what pieces hold; ``bare_too``: some servers leave out the frame that "deflate" has by its definition."""
    squeezed = zlib.decompressobj(zlib.MAX_WBITS if bare_too else _GZIP)
    begun = False
    for piece in pieces:
        rest = piece
        while rest:
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
            rest = squeezed.unconsumed_tail
    if begun and not squeezed.eof:
        raise zlib.error("it is cut off")
