"""The one filter that keeps secrets out of traces, errors and records."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

HIDDEN = "[redacted]"

_SECRET_NAMES = re.compile(
    r"pass(word|phrase)|secret|token|api[-_]?key|authorization|cookie|credential|private[-_]?key|signature|^pin$",
    re.IGNORECASE,
)
#: Names that match the pattern above and say nothing secret.
_HARMLESS_NAMES = frozenset(
    {"token_type", "expires_in", "tokenttl", "token_ttl", "tokenendpoint", "token_endpoint"}
)
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)?")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_IN_QUERY = re.compile(r"(?<=[?&])([^=&#?\s]+)=([^&#\s\"']+)")
_IN_ADDRESS = re.compile(r"(?<=://)[^/\s]+@")
_SHORTEST = 4


def is_secret_name(name: str) -> bool:
    """Whether a field or header of this name holds a secret."""
    return name.lower() not in _HARMLESS_NAMES and _SECRET_NAMES.search(name) is not None


class Redactor:
    """Hides known secrets wherever they stand, and unknown ones by the name of their field."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def learn(self, secret: str) -> None:
        """Remember a secret so that it never shows again in this run."""
        if len(secret) >= _SHORTEST:
            self._known.add(secret)

    def text(self, text: str) -> str:
        """Return the text with known secrets, bearer tokens, secrets in addresses and IBANs hidden."""
        for secret in sorted(self._known, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        text = _BEARER.sub(lambda match: f"{match.group(1)} {HIDDEN}", text)
        text = _JWT.sub(HIDDEN, text)
        text = _IN_ADDRESS.sub(f"{HIDDEN}@", text)
        text = _IN_QUERY.sub(
            lambda match: f"{match[1]}={HIDDEN}" if is_secret_name(match[1]) else match[0], text
        )
        return _IBAN.sub(lambda match: f"{match.group()[:4]}…{match.group()[-2:]}", text)

    def data(self, data: Any) -> Any:
        """Return a copy of a JSON value with secrets hidden."""
        if isinstance(data, dict):
            return {
                key: HIDDEN if is_secret_name(str(key)) and value not in (None, "") else self.data(value)
                for key, value in data.items()
            }
        if isinstance(data, list | tuple):
            return [self.data(value) for value in data]
        return self.text(data) if isinstance(data, str) else data

    def headers(self, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return headers with the values of the secret ones hidden."""
        return [(name, HIDDEN if is_secret_name(name) else self.text(value)) for name, value in headers]
