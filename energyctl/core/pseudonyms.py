"""Stable pseudonyms for what is known of persons (``--redact``): by a field's name, by pattern, and by value.

Secrets are hidden by ``redact``; which streams and rows pass through here is decided by ``session`` and ``output``.
"""

from __future__ import annotations

import hmac
import os
import re
import threading
import unicodedata
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from energyctl.core.errors import ConfigProblem
from energyctl.core.files import create_private, private_directory, read_private
from energyctl.core.personal import (
    ADDRESS,
    ID,
    KEPT,
    LABELLED,
    NO_NAMES,
    PERSONAL,
    PREFIXES,
    TITLE,
    classified,
    fits,
    is_iban,
    is_personal_number,
    kinds_of,
    normal,
)

KEY_BYTES = 32
#: Values that are looked for in other texts; beyond, the oldest are forgotten, so that a long list stays small.
MOST_KNOWN = 50_000
_LONGEST_VALUE = 8  # words
_DEEPEST = 2_000
_MARK = 10  # hexadecimal digits: among 100,000 persons two share a pseudonym once in 200 runs of the dice
_DOMAIN = "@redacted.example"

_TOKEN = rf"(?:{'|'.join(sorted(set(PREFIXES.values())))})-[0-9a-f]{{{_MARK}}}(?![0-9a-z])(?:{re.escape(_DOMAIN)})?"
_UUID = r"(?<![0-9A-Za-z])[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![0-9A-Za-z])"
_AREAS = "Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific"
_ZONE = rf"\b(?:{_AREAS})/[A-Z][\w/+-]{{1,40}}"
_START, _END = r"(?<![0-9A-Za-z])(?<!\d[.,])", r"(?![0-9A-Za-z])(?![.,]\d)"
_PATTERNS = re.compile(
    rf"(?P<keep>{_TOKEN}|{_UUID}|\beyJ[\w-]{{5,}}\.[\w.-]+)"
    r"|(?P<mail>(?<![\w.+-])[\w.+-]++(?:'[\w.+-]++){0,3}+(?:@|%40)(?!redacted\.example)[\w-]++(?:\.[\w-]++)++)"
    rf"|(?P<melo>{_START}DE\d{{11}}[0-9A-Z]{{20}}{_END})"
    rf"|(?P<tel>(?<![\w+])(?:\+|%2[Bb])[1-9](?:[ \u00a0-]?\d){{7,14}}(?!\d))"
    rf"|(?P<meter>{_START}(?:57|64|70|73)\d{{16}}{_END})"
    rf"|(?P<pnr>{_START}(?:19|20)?\d{{6}}[-+]?\d{{4}}{_END})"
)
_IBAN = re.compile(
    r"(?<![0-9A-Za-z])[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,3})?(?![0-9A-Za-z])"
)
_MASKED_IBAN = re.compile(r"\b[A-Z]{2}\d{2}…[A-Z0-9]{2}\b")
_MAILBOX = re.compile(r"<[^<>\s@]{1,320}@[^<>\s]{1,255}>|\(no e-mail address\)")
_BEFORE_NAME = re.compile(r"[:;()\"<>\n]|\b(?:for|to|by|from)\s")
_HOLDER = re.compile(r"(?<=\baccount of )[^,;\n]{1,120}")
#: Names beside their values in texts: JSON and reprs, queries of addresses, and lines of a plan.
_PAIR = re.compile(
    r"(?P<q>\\{0,3}[\"'])(?P<key>[A-Za-z_][\w.-]{0,63})(?P=q)\s{0,4}:\s{0,4}"
    r"(?:(?P<v>\\{0,3}[\"'])(?P<text>(?:(?!(?P=v))(?:[^\\\"']++|\\.|[\"']))*)(?:(?P=v)|\Z)|(?P<digits>\d{2,40}))",
    re.DOTALL,
)
_QUERY = re.compile(r"(?<=[?&])(?P<key>[\w.%-]{1,64})=(?P<text>[^&#\s\"'<>]+)")
_LINE = re.compile(r"^ {2,4}(?P<key>[A-Za-z][\w. ]{0,30}): +(?P<text>\S.*)$", re.MULTILINE)
_PLAN_LABELS = {"customer": "person", "supply to": ADDRESS, "bill to": ADDRESS}
_QUOTED = re.compile(r"(?P<q>['\"])(?P<text>(?:(?!(?P=q)).)+)(?P=q)", re.DOTALL)
_WORD = re.compile(rf"(?P<keep>{_TOKEN}|{_UUID}|{_ZONE})|[^\W_]+")
_FIGURES = re.compile(r"[\d\s.,:;+\-/TZ%]*")
_ONE_TOKEN = re.compile(_TOKEN)
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})
_FOLDED = str.maketrans({"ø": "o", "æ": "ae", "đ": "d", "ł": "l"})


def kept_key(state_dir: Path) -> bytes:
    """Return this user's key, made when it is first asked for and readable by its owner alone.

    :raises ConfigProblem: when it can neither be read nor kept.
    """
    path = private_directory(state_dir) / "pseudonyms.key"
    if path.is_symlink():
        raise ConfigProblem(f"{path} is a symbolic link.", hint="Remove the link.", code="key_unusable")
    try:
        if not path.exists():
            with suppress(FileExistsError):  # another process has made it meanwhile
                create_private(path, os.urandom(KEY_BYTES))
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        key = read_private(path, state_dir)
    except OSError as error:
        raise ConfigProblem(
            f"{path} cannot be used: {error}", hint="Mend its permissions.", code="key_unusable"
        ) from error
    if len(key) != KEY_BYTES:
        raise ConfigProblem(
            f"{path} is damaged.", hint="Remove it; pseudonyms then begin anew.", code="key_unusable"
        )
    return key


class Pseudonyms:
    """Replaces what is known of persons; equal values get equal pseudonyms in every run with the same key."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._lock = threading.Lock()
        #: Folded words of a value to its pseudonym, the oldest first; and how many begin with a word.
        self._known: dict[tuple[str, ...], str] = {}
        self._first: dict[str, int] = {}
        #: Every value replaced by name in the data of a query.
        self._carried: dict[str | int, str] | None = None
        #: IBANs as ``redact`` shortens them, so that both forms get one pseudonym.
        self.masked: dict[str, str] = {}
        #: What ``once`` returned last, or another text without personal data.
        self.clean = ""

    # -- one value -------------------------------------------------------------------------------------

    def token(self, kind: str, value: str | int) -> str:
        """Return the pseudonym of a value of some kind; what is none of that kind is treated as text."""
        text = str(value)
        bare = text.strip()
        if not bare or bare == "[redacted]" or _ONE_TOKEN.fullmatch(bare):
            return text
        if not fits(kind, bare):
            return self.text(text)
        prefix, bare = PREFIXES[kind], self.masked.get(bare, bare)
        token = self._made(prefix, normal(prefix, bare))
        if self._carried is not None and (
            len(bare) > 1 if isinstance(value, str) and not bare.isdecimal() else len(bare) > 3
        ):
            self._carried[value if isinstance(value, int) else bare] = token
        self._remember(kind, bare, token)
        return token

    def _remember(self, kind: str, text: str, token: str) -> None:
        """Keep a value so that it is found in other texts; a name by each of its parts too."""
        if kind in (TITLE, "house"):
            return
        for spelt in (text,) if text.isascii() else (text, text.lower().translate(_SPELT)):
            words = tuple(_folded(word[0]) for word in _words(spelt))
            if not 0 < len(words) <= _LONGEST_VALUE:
                continue
            self._keep(words, token)
            if kind == "street" and len(words) > 1 and words[-1][0].isdigit():
                self._keep(words[:-1], token)
            if kind == "person" and len(words) > 1:
                for word in words:
                    if word not in NO_NAMES and word.isalpha():
                        self._keep((word,), self._made("person", word))

    def _made(self, prefix: str, text: str) -> str:
        message = f"{prefix}\0{text}".encode("utf-8", "surrogatepass")
        mark = hmac.digest(self._key, message, "sha256").hex()[:_MARK]
        return f"{prefix}-{mark}{_DOMAIN if prefix == 'mail' else ''}"

    def _keep(self, words: tuple[str, ...], token: str) -> None:
        figures = all(word.isdecimal() for word in words)
        if sum(map(len, words)) < (5 if figures else 3):
            return
        with self._lock:
            if self._known.pop(words, None) is None:
                self._first[words[0]] = self._first.get(words[0], 0) + 1
            self._known[words] = token
            if len(self._known) > MOST_KNOWN:
                oldest = next(iter(self._known))
                del self._known[oldest]
                left = self._first[oldest[0]] - 1
                if left:
                    self._first[oldest[0]] = left
                else:
                    del self._first[oldest[0]]

    # -- data ---------------------------------------------------------------------------------------------

    def for_query(self, data: Any) -> tuple[Any, dict[str | int, str]]:
        """Return data with pseudonyms, and the values that were replaced by name with what stands in their place."""
        carried: dict[str | int, str] = {}
        self._carried = carried
        shown, self._carried = self.data(data), None
        return shown, carried

    def data(self, data: Any) -> Any:
        """Return a copy of a JSON value with pseudonyms; its structure, numbers and nulls stay."""
        root = [data]
        later: list[tuple[Any, Any, str]] = []
        stack: list[tuple[Any, Any, str, str, int]] = [(root, 0, "", "", 0)]
        while stack:
            holder, at, name, kind, depth = stack.pop()
            value = holder[at]
            if depth > _DEEPEST:
                holder[at] = "[nested too deeply]"
            elif isinstance(value, Mapping):
                kinds = kinds_of(value, name)
                holder[at] = copy = {
                    self._column(key, index, value): one for index, (key, one) in enumerate(value.items())
                }
                for shown, key in zip(copy, value, strict=True):
                    stack.append((copy, shown, str(key), kinds.get(key, ""), depth + 1))
            elif isinstance(value, list | tuple):
                holder[at] = listed = list(value)
                stack.extend((listed, index, name, kind, depth + 1) for index in range(len(listed)))
            elif value is None or isinstance(value, bool | float):
                continue
            elif kind in PERSONAL:
                holder[at] = self.token(kind, value if isinstance(value, int) else str(value))
            else:
                later.append((holder, at, kind))
        for holder, at, kind in later:  # now all names of this row are known
            holder[at] = self._said(holder[at], kind)
        return root[0]

    def _column(self, key: Any, index: int, row: Mapping[Any, Any]) -> Any:
        """Return the name of a field, replaced only where it is an address or a number of a person."""
        if not isinstance(key, str) or key.isidentifier():
            return key
        shown = self._by_pattern(key, ids=True)
        return shown if shown == key or shown not in row else f"{shown}-{index}"

    def _said(self, value: Any, kind: str) -> Any:
        """Return a value that no name tells to be a person's."""
        if self._carried and kind not in (ID, KEPT) and isinstance(value, str | int):
            carried = self._carried.get(value.strip() if isinstance(value, str) else value)
            if carried is not None:
                return carried
        if isinstance(value, int):
            return value
        text = str(value)
        if kind.startswith(LABELLED):
            text = _QUOTED.sub(
                lambda match: (
                    f"{match['q']}{self.token(kind.removeprefix(LABELLED), match['text'])}{match['q']}"
                ),
                text,
            )
        if kind in (ID, KEPT):
            shown = self._by_pattern(text, ids=kind == ID)
            if kind == ID and shown == text:
                whole = self._known.get(tuple(_folded(word[0]) for word in _words(text)), "")
                shown = whole if whole.startswith(("mail-", "pnr-", "tel-")) else text
        else:
            shown = self.text(text)
        if kind == "device" and shown != text:
            shown = self.token(TITLE, text)
        return value if shown == str(value) else shown

    def field(self, name: str, value: str) -> str:
        """Return the value of a named field, such as a header or a field of a form."""
        kind = classified(name)
        return self.token(kind, value) if kind in PERSONAL else self.text(value)

    # -- text ----------------------------------------------------------------------------------------------

    def text(self, text: str) -> str:
        """Return a text with pseudonyms: by name, by pattern, and by what was replaced before in this run."""
        if _FIGURES.fullmatch(text):
            return self._by_pattern(text)
        text = _PAIR.sub(self._named_value, text)
        text = _QUERY.sub(self._named_value, text)
        text = _LINE.sub(self._named_value, text)
        text = "".join(self._mailboxes(text))
        text = _HOLDER.sub(lambda match: self.token("person", match[0]), text)
        return self._by_value(self._by_pattern(text))

    def once(self, text: str) -> str:
        """Return a text with pseudonyms, and one that went through here just before as it is."""
        if text == self.clean:
            return text
        self.clean = shown = self.text(text)
        return shown

    def _named_value(self, match: re.Match[str]) -> str:
        groups = match.groupdict()
        name = "text" if groups["text"] is not None else "digits"
        kind = classified(match["key"])
        if match.re is _LINE and kind not in PERSONAL:
            kind = _PLAN_LABELS.get(match["key"].lower(), "")
        if kind not in PERSONAL:
            return match[0]
        start, end = (one - match.start() for one in match.span(name))
        said = match[name] if match.re is not _QUERY else unquote_plus(match[name])
        parts = said.split(" -> ") if match.re is _LINE else [said]
        shown = " -> ".join(part if part == "(none)" else self.token(kind, part) for part in parts)
        return f"{match[0][:start]}{shown}{match[0][end:]}"

    def _mailboxes(self, text: str) -> Iterator[str]:
        """Yield the parts of a text, the names that stand before e-mail addresses replaced."""
        done = 0
        for found in _MAILBOX.finditer(text):
            begin = max(done, found.start() - 160)
            cuts = [match.end() for match in _BEFORE_NAME.finditer(text, begin, found.start())]
            name = text[(cuts[-1] if cuts else begin) : found.start()]
            bare = name.strip(" ,\t")
            if bare:
                yield text[done : found.start() - len(name)]
                for part in bare.split(","):
                    self.token("person", part.strip())
                yield name.replace(bare, self.token("person", bare), 1)
            else:
                yield text[done : found.start()]
            yield found[0]
            done = found.end()
        yield text[done:]

    def _by_pattern(self, text: str, *, ids: bool = False) -> str:
        """Replace what looks like a person's; in an id of a provider only what cannot be a mere number."""

        def replaced(match: re.Match[str]) -> str:
            kind, found = match.lastgroup or "keep", match[0]
            if kind == "keep":
                return found
            if kind == "pnr":
                kind = "" if ids and len(found) == 10 else is_personal_number(found)
            if not kind:
                return found
            return self.token("meter" if kind == "melo" else kind, found)

        if "…" in text:
            text = _MASKED_IBAN.sub(lambda match: self.token("iban", match[0]), text)
        return _PATTERNS.sub(replaced, _IBAN.sub(self._ibans, text))

    def _ibans(self, match: re.Match[str]) -> str:
        """Replace an IBAN, which may be followed by words that look like its next group."""
        found = match[0]
        ends = [len(found), *(at for at in range(len(found) - 1, 14, -1) if found[at] == " ")]
        for end in ends:
            if is_iban(found[:end]):
                return self.token("iban", found[:end]) + found[end:]
        return found

    def _by_value(self, text: str) -> str:
        """Replace values that were replaced by name in this run, however they are spelt and joined here."""
        if not self._known:
            return text
        spelt = text if text.isascii() else unicodedata.normalize("NFC", text)
        shown = "".join(self._parts(spelt))
        return text if shown == spelt else shown

    def _parts(self, text: str) -> Iterator[str]:
        words, window, done = _WORD.finditer(text), deque[re.Match[str]](), 0
        while True:
            while len(window) < _LONGEST_VALUE and (following := next(words, None)) is not None:
                window.append(following)
            if not window:
                break
            count, token = self._found(text, window)
            if token:
                yield text[done : window[0].start()]
                yield token
                done = window[count - 1].end()
            for _ in range(count):
                window.popleft()
        yield text[done:]

    def _found(self, text: str, window: deque[re.Match[str]]) -> tuple[int, str]:
        """Return how many words the longest known value has that stands here, and its pseudonym."""
        if window[0]["keep"]:
            return 1, ""
        first = _folded(window[0][0])
        stems = [first, first[:-1]] if len(first) > 4 and first.endswith("s") else [first]
        for stem in stems:  # "Annas" is Anna's
            if stem not in self._first:
                continue
            words, end, best = [stem], window[0].end(), (1, "")
            for count, word in enumerate(window, start=1):
                if count > 1:
                    gap = text[end : word.start()]
                    figures = words[-1].isdecimal() and word[0].isdecimal()
                    if word["keep"] or len(gap) > 3 or (figures and gap.strip(" -\u00a0")):
                        break
                    words.append(_folded(word[0]))
                    end = word.end()
                token = self._known.get(tuple(words), "")
                if token and not (words[-1].isdecimal() and re.match(r"[.,]\d", text[end : end + 2])):
                    best = count, token
            if best[1]:
                return best
        return 1, ""


def _words(text: str) -> Iterator[re.Match[str]]:
    return re.finditer(r"[^\W_]+", unicodedata.normalize("NFC", text))


def _folded(word: str) -> str:
    """Return a word as it is compared: without case and accents."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.casefold().translate(_FOLDED))
    return "".join(char for char in parts if not unicodedata.combining(char))
