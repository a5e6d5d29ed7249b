"""Text from elsewhere made safe to show. Text from a server is data, never a command to the terminal."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

#: The marks that reorder, hide or join nothing visible, letters without a shape, and what Unicode calls deprecated,
#: tags, or no character.
_MARKS = (
    "\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufdd0-\ufdef"
    "\U000e0000-\U000e007f"
    + "".join(f"{chr(plane | 0xFFFE)}{chr(plane | 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
)
#: Joiners stay in the scripts that are written with them, and between the pictures that one is put together from.
_JOINING = "\u0600-\u109f\u1780-\u18af"
_PICTURES = "\u2190-\u2bff\U0001f000-\U0001faff"
_JOINER = "|".join(
    (
        f"\u200c(?<![{_JOINING}]\u200c)",
        f"\u200d(?<![{_JOINING}{_PICTURES}\ufe0f]\u200d)",
        f"\u200d(?<=[{_PICTURES}\ufe0f]\u200d)(?![{_PICTURES}])",
    )
)
_JOINERS = ("\u200c", "\u200d")
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
#: C0, which JSON escapes itself.
_CONTROLS = "\x00-\x1f"


@cache
def _unsafe(controls: str, *, with_joiners: bool) -> re.Pattern[str]:
    """Return what finds DEL, C1, marks, halves of surrogate pairs, and joiners that join nothing.

    It takes a millisecond or two to make, and most runs do without.
    """
    single = f"[{controls}\x7f-\x9f{_MARKS}\ud800-\udfff]"
    return re.compile(f"{single}|{_JOINER}" if with_joiners else single)


def _has_joiners(text: str) -> bool:
    return any(one in text for one in _JOINERS)


def _visible(match: re.Match[str]) -> str:
    char = match.group()
    if char in _NAMED:
        return _NAMED[char]
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def harmless(text: str) -> str:
    """Return the text with control, bidirectional and zero-width characters written as visible escapes."""
    if text.isascii() and text.isprintable():
        return text
    return _unsafe(_CONTROLS, with_joiners=_has_joiners(text)).sub(_visible, text)


def _in_json(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def json_harmless(document: str) -> str:
    """Return a JSON document of the same value in which nothing can move a terminal."""
    if document.isascii() and "\x7f" not in document:
        return document
    return _unsafe("", with_joiners=_has_joiners(document)).sub(_in_json, document)


def display_width(text: str) -> int:
    """Return the number of terminal columns that a text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_char_width, text))


def _char_width(char: str) -> int:
    kind = unicodedata.category(char)
    if kind in ("Mn", "Me", "Mc") or char == "\u200d" or "\u1160" <= char <= "\u11ff":
        return 0  # it stands on, or is part of, the character before
    return 2 if unicodedata.east_asian_width(char) in "WF" and kind != "Cn" else 1


def fit(text: str, width: int) -> str:
    """Cut a text to a number of terminal columns, saying so with an ellipsis."""
    if display_width(text) <= width:
        return text
    kept, used = [], 0
    for char in text:
        used += display_width(char)
        if used > width - 1:
            break
        kept.append(char)
    return "".join(kept) + "…"
