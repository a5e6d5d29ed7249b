"""The forms in which a secret may come back: encoded, in lines, or cut off. What is shown in its place is not here."""

from __future__ import annotations

import json
import re
from binascii import b2a_base64
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

#: Of a longer secret so many signs from its beginning are as good as a secret.
TELLING = 12
_LONGER = 16
#: Shorter ones have no encoded form that is sure to be theirs.
_ENCODED_FROM = 8
_PEM = "-----"
_ESCAPE = re.compile(r"%[0-9A-F]{2}")


class Disguises:
    """All forms of some secrets, made once."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in _forms(secret)}
        self._whole = sorted(forms, key=len, reverse=True)
        self._beginnings: dict[str, list[str]] = {}
        for form in forms:
            if len(form) >= _LONGER and not form.startswith(_PEM):
                self._beginnings.setdefault(form[:TELLING], []).append(form)

    def without(self, text: str, instead: str) -> str:
        """Return a text with another one in the place of each form, and of each telling beginning of one."""
        for form in self._whole:
            if form in text:
                text = text.replace(form, instead)
        for beginning, forms in self._beginnings.items():
            if beginning in text:
                text = "".join(_cut(text, beginning, forms, instead))
        return text


def _cut(text: str, beginning: str, forms: list[str], instead: str) -> Iterator[str]:
    done = 0
    while (at := text.find(beginning, done)) >= 0:
        yield text[done:at]
        yield instead
        done = at + max(_common(text, at, form) for form in forms)
    yield text[done:]


def _common(text: str, at: int, form: str) -> int:
    """Return how many signs of a form stand at a place of a text."""
    count = TELLING
    while count < len(form) and text[at + count : at + count + 1] == form[count]:
        count += 1
    return count


def _forms(secret: str) -> Iterator[str]:
    yield secret
    lines = secret.replace("\\n", "\n").split("\n")
    pieces = [line.strip() for line in lines if len(line.strip()) >= TELLING and not line.startswith(_PEM)]
    for piece in {secret, *pieces}:
        yield piece
        yield from _escaped(piece)
        if len(piece) >= _ENCODED_FROM:
            yield from _in_base64(piece.encode("utf-8", "surrogatepass"))


def _escaped(text: str) -> Iterator[str]:
    as_json = [json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]]
    yield from as_json
    yield from (one.replace("/", "\\/") for one in as_json)
    yield text.translate(_IN_HTML)
    for encode in (quote, quote_plus, _wholly_quoted):
        quoted = encode(text, errors="replace")
        yield quoted
        yield _ESCAPE.sub(lambda match: match[0].lower(), quoted)


def _wholly_quoted(text: str, errors: str) -> str:
    return quote(text, safe="", errors=errors)


def _in_base64(raw: bytes) -> Iterator[str]:
    """Yield what of its base64 does not depend on its neighbours, for each place that it can begin at."""
    for before in range(3):
        encoded = b2a_base64(bytes(before) + raw, newline=False).decode()
        first, last = (0, 2, 3)[before], len(encoded)
        if rest := (before + len(raw)) % 3:
            last -= 4 - rest  # the padding, and a sign that the next byte has a part in
        yield encoded[first:last]
        yield encoded[first:last].translate(_URL_SAFE)


#: As ``html.escape``, whose import takes longer than all of this.
_IN_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})
_URL_SAFE = str.maketrans("+/", "-_")
