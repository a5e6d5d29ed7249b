"""What text may not hold when a terminal or a spreadsheet gets it; written without a look at how it is prevented."""

from __future__ import annotations

import re
import unicodedata

_REORDERING = ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI")
_HIDING = "\u200b\u200e\u200f\u061c\u2060\ufeff\u180e\ufff9\ufffa\ufffb\u3164\u115f\u1160\uffa0"
#: Read by people as a number, and by a spreadsheet too.
_NUMBER = re.compile(r"[+-](\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)
_PHONE = re.compile(r"[+-][\d ]*", re.ASCII)


def acting(text: str, *, but: str = "\n") -> set[str]:
    """Return what is in a text that a terminal acts on, or that reorders or hides what stands there."""
    return {
        char
        for char in set(text) - set(but)
        if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(char) in _REORDERING
        or char in _HIDING
        or 0xE0000 <= ord(char) < 0xE0080
    }


def live(cell: str) -> bool:
    """Whether a spreadsheet would compute a cell instead of showing it."""
    bare = unicodedata.normalize("NFKC", cell).lstrip()
    if cell.startswith(("\t", "\r")) or bare.startswith(("=", "@")):
        return True
    return bare.startswith(("+", "-")) and not (_NUMBER.fullmatch(cell) or _PHONE.fullmatch(cell))
