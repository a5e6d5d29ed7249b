"""stdin, stdout and stderr made fit for any text and any reader: one that closes, stops, has gone, or cannot wait."""

from __future__ import annotations

import codecs
import io
import os
import sys
from contextlib import suppress
from typing import TextIO


class _Spoken(io.TextIOWrapper):
    """Words that may get lost: what is being done is not left half done because nobody hears of it."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


def prepare() -> None:
    """Make stdout and stderr carry any text: UTF-8 in pipes, replacement signs where a terminal cannot.

    Streams that the caller closed lead nowhere, and so does what is said on stderr when nobody can hear it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            _make_fit(stream)
    if isinstance(sys.stderr, io.TextIOWrapper):
        former = sys.stderr
        sys.stderr = _Spoken(
            former.buffer, encoding=former.encoding, errors=former.errors, line_buffering=True
        )
        _kept.append(former)  # with it the descriptor would be closed


def _make_fit(stream: io.TextIOWrapper) -> None:
    place = stream.fileno()
    if hasattr(os, "get_blocking") and not os.get_blocking(place):
        os.set_blocking(place, True)  # whoever shares it has made it so; we wait for the reader
    if not stream.writable():
        return
    if stream.isatty():
        codecs.register_error(_SHOWN, _plainer)
        stream.reconfigure(errors=_SHOWN)
    else:
        # Line by line: who reads a slow list sees each row when it comes.
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)


def _plainer(error: UnicodeError) -> tuple[str | bytes, int]:
    """Give a terminal without a sign another one of that width, where it is one of ours; elsewhere its escape."""
    if isinstance(error, UnicodeEncodeError) and (plain := _PLAINER.get(error.object[error.start])):
        return plain, error.start + 1
    return codecs.backslashreplace_errors(error)


_SHOWN = "energyctl.shown"
_PLAINER = {"…": "~", "\N{EN DASH}": "-", "→": ">", "·": "."}
_kept: list[io.TextIOWrapper] = []


def window(stream: TextIO) -> os.terminal_size:
    """Return the size of the window that a stream writes to, as the terminal tells it; 80 by 24 where none does."""
    try:
        columns, lines = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        columns, lines = 0, 0
    return os.terminal_size((columns or 80, lines or 24))


def carries(stream: TextIO, signs: str) -> bool:
    """Tell whether a stream's encoding has these signs."""
    try:
        signs.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def drop_output() -> None:
    """Let what is still on its way to stdout go nowhere, so that the end of the process need not wait for it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
