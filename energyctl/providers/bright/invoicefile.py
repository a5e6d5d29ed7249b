"""Where an invoice's file lies, found in answers whose form is not documented (contract 7.3). No call is made here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from energyctl.core.text import harmless

#: Under which names an answer carries an address, before any other field that holds one.
NAMES = ("url", "href", "link", "invoiceUrl", "downloadUrl", "pdfUrl", "uri")
#: How base64 of a PDF begins; its letters and slashes look like a path.
_PDF_ITSELF = "JVBERi"
_DEEPEST = 8


def address_in(answer: Any, base_url: str) -> str | None:
    """Return the web address that an answer names; None when it names none.

    A whole address is taken from any field, one that is relative to the backend's only where an address belongs.
    """
    named = [answer.get(name) for name in NAMES] if isinstance(answer, Mapping) else [answer]
    for one in (*named, *texts(answer)):
        if isinstance(one, str) and one.startswith(("https://", "http://")) and harmless(one) == one:
            return one
    relative = (one for one in named if isinstance(one, str) and _is_relative(one))
    return next((urljoin(f"{base_url}/", one) for one in relative), None)


def texts(data: Any, depth: int = 0) -> Iterator[str]:
    """Yield the texts in a JSON value, the outer ones first."""
    if isinstance(data, str):
        yield data
        return
    inner = data.values() if isinstance(data, Mapping) else data if isinstance(data, list) else ()
    for one in sorted(inner, key=lambda each: not isinstance(each, str)):
        if depth < _DEEPEST:
            yield from texts(one, depth + 1)


def _is_relative(text: str) -> bool:
    if text.startswith(_PDF_ITSELF):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return not parts.scheme and "/" in parts.path and " " not in text and harmless(text) == text
