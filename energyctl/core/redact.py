"""The one filter that keeps secrets out of traces, errors and records. Their encoded forms are in ``disguises``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from energyctl.core.disguises import Disguises
    from energyctl.core.pseudonyms import Pseudonyms

HIDDEN = "[redacted]"

_SECRET_NAMES = re.compile(
    r"pass(word|phrase)|secret|token|api[-_]?key|authorization|cookie|credential|private[-_]?key|signature|^pin$|^sig$",
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
#: Names beside their values in texts that are no whole JSON any more, quotes escaped or not.
#: Possessive are repeats of single characters alone: of groups Python 3.11.0 to 3.11.4 matches them wrongly.
_PAIR = re.compile(
    r"""(?P<q>\\{0,3}["'])(?P<name>[\w.-]{1,64})(?P=q)(?P<mark>\s{0,4}:\s{0,4}(?P<v>\\{0,3}["']))"""
    r"""(?P<text>(?:(?!(?P=v))(?:[^\\"']++|\\.|["']))+)""",
    re.DOTALL,
)
_SHORTEST = 4


def is_secret_name(name: str) -> bool:
    """Whether a field or header of this name holds a secret."""
    return name.lower() not in _HARMLESS_NAMES and _SECRET_NAMES.search(name) is not None


class Redactor:
    """Hides known secrets wherever they stand, and unknown ones by the name of their field.

    :param shortened: filled with the IBANs by their shortened form, for those who must tell them apart.
    """

    def __init__(self, shortened: dict[str, str] | None = None) -> None:
        self._known: set[str] = set()
        #: Names of fields, in small letters, that are hidden in this run besides those of secrets.
        self._names: set[str] = set()
        #: Their forms, and of how many secrets they are.
        self._disguises: Disguises | None = None
        self._disguised = 0
        self._shortened = shortened
        self._people: Pseudonyms | None = None

    def showing(self, people: Pseudonyms) -> Redactor:
        """Return a filter that hides the same secrets and puts pseudonyms in the place of personal data."""
        other = Redactor(self._shortened)
        other._known, other._names, other._people = self._known, self._names, people
        return other

    def learn(self, secret: str) -> None:
        """Remember a secret so that it never shows again in this run, nor in what a crash would leave on disk."""
        if len(secret) >= _SHORTEST:
            if not self._known:
                _leave_no_core()
            self._known.add(secret)

    def hide(self, name: str) -> None:
        """Hide what stands in fields of this name from now on, also before it is known."""
        self._names.add(name.lower())

    def _is_hidden(self, name: str) -> bool:
        return name.lower() in self._names or is_secret_name(name)

    def text(self, text: str) -> str:
        """Return the text with known secrets, bearer tokens, secrets in addresses and IBANs hidden."""
        text = self._without_secrets(text)
        if self._people is not None:
            text = self._people.text(text)
        return _IBAN.sub(self._short_iban, text)

    def _short_iban(self, match: re.Match[str]) -> str:
        short = f"{match.group()[:4]}…{match.group()[-2:]}"
        if self._shortened is not None:
            self._shortened[short] = match.group()
        return short

    def _without_secrets(self, text: str) -> str:
        text = self.without_known(text)
        text = _PAIR.sub(self._hidden_pair, text)
        text = _BEARER.sub(lambda match: f"{match.group(1)} {HIDDEN}", text)
        text = _JWT.sub(HIDDEN, text)
        text = _IN_ADDRESS.sub(f"{HIDDEN}@", text)
        return _IN_QUERY.sub(
            lambda match: f"{match[1]}={HIDDEN}" if self._is_hidden(match[1]) else match[0], text
        )

    def without_known(self, text: str) -> str:
        """Return the text with the secrets hidden that were learnt, and nothing else."""
        return self._forms().without(text, HIDDEN) if self._known else text

    def _forms(self) -> Disguises:
        if self._disguises is None or self._disguised != len(self._known):
            from energyctl.core.disguises import Disguises

            known = tuple(self._known)
            self._disguises, self._disguised = Disguises(known), len(known)
        return self._disguises

    def data(self, data: Any) -> Any:
        """Return a copy of a JSON value with secrets hidden."""
        if self._people is None:
            return self._hidden(data, self.text)
        return self._people.data(self._hidden(data, self._without_secrets))

    def field(self, name: str, value: str) -> str:
        """Return the value of a named field of a form or a header, hidden when the name says so."""
        if self._is_hidden(name):
            return HIDDEN
        return self.text(value if self._people is None else self._people.field(name, value))

    def _hidden_pair(self, match: re.Match[str]) -> str:
        if not self._is_hidden(match["name"]):
            return match[0]
        return f"{match['q']}{match['name']}{match['q']}{match['mark']}{HIDDEN}"

    def _hidden(self, data: Any, text: Callable[[str], str]) -> Any:
        if isinstance(data, dict):
            return {
                key: HIDDEN
                if self._is_hidden(str(key)) and value not in (None, "")
                else self._hidden(value, text)
                for key, value in data.items()
            }
        if isinstance(data, list | tuple):
            return [self._hidden(value, text) for value in data]
        return text(data) if isinstance(data, str) else data

    def headers(self, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return headers with the values of the secret ones hidden."""
        return [(name, self.field(name, value)) for name, value in headers]


def _leave_no_core() -> None:
    """See that a crash leaves no image of the memory behind, where the system has such a limit."""
    try:
        import resource
    except ImportError:  # Windows
        return
    with suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
