"""What a search term can be, told by its form and check digits alone. How it is looked up is in ``searching``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from energyctl.core.errors import UsageProblem
from energyctl.core.personal import is_iban, is_personal_number

_LONGEST = 200
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_IBAN = re.compile(r"[A-Za-z]{2}\d{2}[A-Za-z0-9 ]+", re.ASCII)
_MELO = re.compile(r"DE\d{11}[0-9A-Z]{20}", re.ASCII | re.IGNORECASE)
_PERSONAL = re.compile(r"(?P<century>19|20)?\d\d(?P<month>\d\d)(?P<day>\d\d)(?P<sign>[-+]?)\d{4}", re.ASCII)
_PHONE = re.compile(r"\(?(?:\+|0)[\d\s()./-]+", re.ASCII)
_PHONE_DIGITS = range(7, 16)
_INVOICE = re.compile(r"(?:inv|invoice|faktura|rechnung|re|rg)[-_/#. ]?\d[\d-]{3,}", re.ASCII | re.IGNORECASE)
_DIGITS = re.compile(r"\d+", re.ASCII)
_MARKS = re.compile(r"[\d:/_#]")
#: How metering points of Denmark, Finland, Norway and Sweden begin: their GS1 prefixes.
_NORDIC = ("57", "64", "70", "73")
#: What two spellings of one phone number share: all but the country's code and the leading zero.
_PHONE_CORE = 7


class Kind(StrEnum):
    """What a term can be; the value is how it is called before people."""

    EMAIL = "e-mail address"
    PERSONAL = "personal number"
    PHONE = "phone number"
    UUID = "UUID"
    GSRN = "meter id (GSRN)"
    MALO = "market location (MaLo)"
    MELO = "metering location (MeLo)"
    NUMBER = "number"
    INVOICE = "invoice number"
    ID = "id"
    NAME = "name"


@dataclass(frozen=True)
class Term:
    """What is looked for, and what it can be."""

    text: str
    kinds: tuple[Kind, ...]
    #: Why it may be misspelt, such as a wrong check digit.
    doubt: str | None = None

    @property
    def shown(self) -> str:
        """The term as it may be shown: of a personal number the last four digits are hidden."""
        return f"{self.text[:-4]}****" if Kind.PERSONAL in self.kinds else self.text

    def called(self) -> str:
        """Return what the term is taken for, such as ``a name`` or ``an id or an invoice number``."""
        return " or ".join(f"{'an' if kind.value[0] in 'aeio' else 'a'} {kind.value}" for kind in self.kinds)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the term, for comparing names."""
        return tuple(self.text.casefold().split())

    def equals(self, value: object) -> bool:
        """Whether a provider's value is the term, but for case and blanks around."""
        return isinstance(value, str | int) and str(value).strip().casefold() == self.text.casefold()

    def begins_words_of(self, value: str) -> bool:
        """Whether every word of the term begins a word of the value: ``an sv`` of ``Anna Svensson``."""
        there = value.casefold().replace("-", " ").split()
        return all(any(one.startswith(word) for one in there) for word in self.words)

    def is_phone(self, value: object) -> bool:
        """Whether a value is the same phone number, whatever its spelling: ``0046 70…``, ``+4670…``, ``070…``."""
        ours, theirs = (_phone_core(str(one)) for one in (self.text, value))
        shorter, longer = sorted((ours, theirs), key=len)
        return len(shorter) >= _PHONE_CORE and longer.endswith(shorter)


def recognised(text: str) -> Term:
    """Return a term with all that it can be.

    :raises UsageProblem: when it is empty, too long, or an IBAN, which nobody can look up and nobody need see.
    """
    bare = " ".join(text.split())
    if not bare or not bare.isprintable() or len(bare) > _LONGEST:
        raise UsageProblem(
            "The term is empty." if not bare else "The term is no text of one line.",
            hint="Give an e-mail address, a name, a number or an id.",
        )
    if _MELO.fullmatch(bare):
        return Term(bare, (Kind.MELO,))
    if _IBAN.fullmatch(bare) and is_iban(bare):
        raise UsageProblem(
            "The term is an IBAN. No provider can look one up, so nobody was asked.",
            hint="Look for the customer's e-mail address, name or number.",
        )
    if _EMAIL.fullmatch(bare):
        return Term(bare, (Kind.EMAIL,))
    if _UUID.fullmatch(bare):
        return Term(bare, (Kind.UUID,))
    return _personal(bare) or _figures(bare) or _words(bare)


def _personal(bare: str) -> Term | None:
    """Read a personal number. One is never taken for another number too, for it is not to be sent about."""
    compact = bare.replace(" ", "")
    form = _PERSONAL.fullmatch(compact)
    if form is None or not (1 <= int(form["month"]) <= 12 and 1 <= int(form["day"]) % 60 <= 31):
        return None
    right = is_personal_number(compact) == "pnr"
    if not right and not form["century"] and not form["sign"]:
        return None  # ten digits that only look like a date of birth
    doubt = None if right else _doubt(Kind.PERSONAL)
    mobile = compact.startswith("0") and not form["sign"]
    return Term(compact, (Kind.PERSONAL, Kind.PHONE) if mobile else (Kind.PERSONAL,), doubt)


def _figures(bare: str) -> Term | None:
    if re.fullmatch(r"\d{18}", bare, re.ASCII) and (has_gsrn_digit(bare) or bare.startswith(_NORDIC)):
        return Term(bare, (Kind.GSRN,), None if has_gsrn_digit(bare) else _doubt(Kind.GSRN))
    if re.fullmatch(r"\d{11}", bare, re.ASCII) and (has_malo_digit(bare) or not bare.startswith("0")):
        kinds = (Kind.MALO, Kind.NUMBER)
        return Term(bare, kinds, None if has_malo_digit(bare) else _doubt(Kind.MALO))
    if _PHONE.fullmatch(bare) and sum(map(str.isdigit, bare)) in _PHONE_DIGITS:
        return Term(bare, (Kind.PHONE, Kind.NUMBER) if bare.isdigit() else (Kind.PHONE,))
    return Term(bare, (Kind.NUMBER,)) if _DIGITS.fullmatch(bare) else None


def _doubt(kind: Kind) -> str:
    return f"as a {kind} its check digit is wrong"


def _words(bare: str) -> Term:
    if " " in bare:
        return Term(bare, (Kind.NAME,))
    if _INVOICE.fullmatch(bare):
        return Term(bare, (Kind.ID, Kind.INVOICE))
    return Term(bare, (Kind.ID,) if _MARKS.search(bare) else (Kind.NAME,))


def has_gsrn_digit(digits: str) -> bool:
    """Whether the last of a GSRN's 18 digits fits the others (GS1: weights 3 and 1 from the left)."""
    total = sum(int(digit) * (3 - 2 * (place % 2)) for place, digit in enumerate(digits[:-1]))
    return (-total) % 10 == int(digits[-1])


def has_malo_digit(digits: str) -> bool:
    """Whether the last of a MaLo's 11 digits fits the others (BDEW: weights 1 and 2 from the left)."""
    total = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(digits[:-1]))
    return (-total) % 10 == int(digits[-1])


def _phone_core(text: str) -> str:
    return "".join(filter(str.isdigit, text.replace("(0)", ""))).lstrip("0")
