"""Text from elsewhere made safe to show. Text from a server is data, never a command to the terminal."""

from __future__ import annotations

import re
import unicodedata

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
#: Control characters (C0, DEL, C1), marks, halves of surrogate pairs, and joiners that join nothing.
_UNSAFE = re.compile(f"[\x00-\x1f\x7f-\x9f{_MARKS}\ud800-\udfff]|{_JOINER}")
_UNSAFE_BUT_JOINERS = re.compile(f"[\x00-\x1f\x7f-\x9f{_MARKS}\ud800-\udfff]")
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
#: What JSON leaves as it is, though a terminal may act on it.
_UNSAFE_IN_JSON = re.compile(f"[\x7f-\x9f{_MARKS}\ud800-\udfff]|{_JOINER}")
_UNSAFE_IN_JSON_BUT_JOINERS = re.compile(f"[\x7f-\x9f{_MARKS}\ud800-\udfff]")


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
    unsafe = _UNSAFE if any(one in text for one in _JOINERS) else _UNSAFE_BUT_JOINERS  # the latter is quicker
    return unsafe.sub(_visible, text)


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
    has_joiner = any(one in document for one in _JOINERS)
    return (_UNSAFE_IN_JSON if has_joiner else _UNSAFE_IN_JSON_BUT_JOINERS).sub(_in_json, document)


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
