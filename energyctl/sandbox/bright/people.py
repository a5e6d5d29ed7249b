"""Made-up Swedes: names, personal numbers with right check digits, addresses, telephone numbers.

Which of them has an account is not decided here.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from energyctl.sandbox.dice import dice

FIRST_SSN = "191212121212"
MAIL_DOMAIN = "kund.example.org"
SSN_DIGITS = 12

_NUMBERED = re.compile(rf"[^@]+\.(\d{{1,9}})@{re.escape(MAIL_DOMAIN)}", re.ASCII)

_FEMALE = (
    "Anna",
    "Elsa",
    "Karin",
    "Maja",
    "Astrid",
    "Ebba",
    "Åsa",
    "Linnéa",
    "Sara",
    "Fatima",
    "Ingrid",
    "Märta",
)
_MALE = ("Erik", "Lars", "Nils", "Oskar", "Björn", "Göran", "Ali", "Axel", "Sven", "Hugo", "Anders", "Åke")
_LAST = (
    "Andersson", "Johansson", "Karlsson", "Nilsson", "Lindström", "Bergström", "Öberg", "Åkesson", "Sjöberg",
    "Holm", "Ek", "Lindgren", "Hansen", "Nyström", "Hedlund", "Wallin", "Sandberg", "Söderlund",
)  # fmt: skip
_BUSINESSES = ("Bageri", "Snickeri", "Bil", "Trädgård", "Café", "Redovisning")
_STREETS = (
    "Storgatan",
    "Skolgatan",
    "Björkvägen",
    "Ringvägen",
    "Kyrkogatan",
    "Älvvägen",
    "Södra Vägen",
    "Åsgatan",
)
_CITIES = (
    ("111 20", "Stockholm"), ("411 03", "Göteborg"), ("753 20", "Uppsala"), ("722 11", "Västerås"),
    ("702 10", "Örebro"), ("582 22", "Linköping"), ("602 21", "Norrköping"), ("652 24", "Karlstad"),
)  # fmt: skip
_LANGUAGES = ("sv", "sv", "sv", "en")
_PLAIN = str.maketrans("åäöé", "aaoe")

_FIRST_BIRTH = date(1940, 1, 1)
_BIRTHS = (date(2006, 1, 1) - _FIRST_BIRTH).days
_STRIDE = 7919  # a prime that does not divide _BIRTHS: stepping by it meets every birthday once
_HIGHEST_SERIAL = 999
MOST = _BIRTHS * (_HIGHEST_SERIAL // 2)
"""So many people can be told apart by their personal numbers."""

# The numbers that the Swedish regulator keeps free for use in fiction: +46 70 174 06 05 to 99.
_FIRST_PHONE, _PHONES = 46_701_740_605, 95


@dataclass(frozen=True)
class Person:
    """One person; ``at`` is the position among all, from 0."""

    at: int
    first_name: str
    last_name: str
    ssn: str
    email: str
    phone: str
    language: str


def check_digit(digits: str) -> int:
    """Return the Luhn digit for these digits."""
    doubled = (int(digit) * (2 - number % 2) for number, digit in enumerate(reversed(digits)))
    return -sum(value // 10 + value % 10 for value in doubled) % 10


def ssn_is_right(ssn: str) -> bool:
    """Say whether this is a personal number of 12 digits: a day of the calendar and the right check digit."""
    if len(ssn) != SSN_DIGITS or not (ssn.isascii() and ssn.isdigit()):
        return False
    try:
        date.fromisoformat(f"{ssn[:4]}-{ssn[4:6]}-{ssn[6:8]}")
    except ValueError:
        return False
    return check_digit(ssn[2:11]) == int(ssn[11])


def plain(name: str) -> str:
    """Return a name as it stands in an e-mail address."""
    return name.lower().translate(_PLAIN)


def position_in(email: str) -> int | None:
    """Return the position that the number in one of our addresses stands for."""
    number = _NUMBERED.fullmatch(email.lower())
    at = int(number[1]) - 1 if number else -1
    return at if 0 <= at < MOST else None


def phone(at: int) -> str:
    """Return a telephone number in E.164."""
    return f"+{_FIRST_PHONE + at % _PHONES}"


class People:
    """Everybody, drawn anew from the seed when asked for.

    The first is the same for every seed: Tolvan Tolvansson, born 1912-12-12, personal number 191212121212.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._offset = dice("bright-births", seed).randrange(_BIRTHS)
        self.at = lru_cache(maxsize=2048)(self._at)

    def by_ssn(self, ssn: str) -> Person | None:
        """Return who has that personal number, wherever in the endless row of people that is."""
        if not ssn_is_right(ssn):
            return None
        if ssn == FIRST_SSN:
            return self.at(0)
        birth = date.fromisoformat(f"{ssn[:4]}-{ssn[4:6]}-{ssn[6:8]}")
        number = (birth - _FIRST_BIRTH).days
        if not 0 <= number < _BIRTHS:
            return None
        turn = (_HIGHEST_SERIAL - int(ssn[8:11])) // 2
        within = (number - self._offset) * pow(_STRIDE, -1, _BIRTHS) % _BIRTHS
        found = self.at(turn * _BIRTHS + within + 1)
        return found if found.ssn == ssn else None

    def by_email(self, email: str) -> Person | None:
        """Return who was given that address, by the number in it."""
        at = position_in(email)
        found = self.at(at) if at is not None else None
        return found if found is not None and found.email == email.lower() else None

    def _at(self, at: int) -> Person:
        if at == 0:
            first, last, ssn, language = "Tolvan", "Tolvansson", FIRST_SSN, "sv"
        else:
            thrown = dice("bright-person", self._seed, at)
            female = thrown.random() < 0.5
            first, last = thrown.choice(_FEMALE if female else _MALE), thrown.choice(_LAST)
            ssn, language = self._ssn(at, female=female), thrown.choice(_LANGUAGES)
        email = f"{plain(first)}.{plain(last)}.{at + 1}@{MAIL_DOMAIN}"
        return Person(at, first, last, ssn, email, phone(at), language)

    def _ssn(self, at: int, *, female: bool) -> str:
        # Birthday and serial number follow from the position, so that the way back needs no index.
        turn, within = divmod(at - 1, _BIRTHS)
        birth = _FIRST_BIRTH + timedelta(days=(within * _STRIDE + self._offset) % _BIRTHS)
        serial = _HIGHEST_SERIAL - 2 * turn - (1 if female else 0)
        digits = f"{birth:%Y%m%d}{serial:03d}"
        return f"{digits}{check_digit(digits[2:])}"


def address(thrown: random.Random) -> dict[str, Any]:
    """Return a postal address."""
    postcode, city = thrown.choice(_CITIES)
    street = f"{thrown.choice(_STREETS)} {thrown.randint(1, 90)}"
    return {"street": street, "postalCode": postcode, "city": city, "countryCode": "SE"}


def business(thrown: random.Random, last_name: str) -> str:
    """Return a company's name."""
    return f"{last_name}s {thrown.choice(_BUSINESSES)} AB"


def org_number(at: int) -> str:
    """Return a company's number as NNNNNN-NNNN with the right check digit."""
    digits = f"559{at % 10**6:06d}"
    return f"{digits[:6]}-{digits[6:]}{check_digit(digits)}"
