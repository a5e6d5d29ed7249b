"""Made-up names, places, bank accounts and meters, drawn from dice the caller brings."""

from __future__ import annotations

import random
from typing import Any

_FEMALE = (
    "Anna",
    "Lena",
    "Marie",
    "Sofia",
    "Emma",
    "Mia",
    "Jana",
    "Katrin",
    "Ayşe",
    "Ingrid",
    "Paula",
    "Nele",
)
_MALE = ("Jonas", "Paul", "Felix", "Max", "Jürgen", "Björn", "Mehmet", "Lukas", "Theo", "Uwe", "Karl", "Sven")
_LAST = (
    "Müller",
    "Schmidt",
    "Weber",
    "Wagner",
    "Becker",
    "Schäfer",
    "Koch",
    "Richter",
    "Klein",
    "Wolf",
    "Schröder",
    "Neumann",
    "Yilmaz",
    "Krüger",
    "Hofmann",
    "Lange",
    "Jäger",
    "Vogel",
    "Brandt",
    "Groß",
    "Kühn",
    "Pohl",
)
_BUSINESS = ("Bäckerei", "Tischlerei", "Autohaus", "Gärtnerei", "Praxis", "Café")
_BUSINESSES = 0.1
_SHORTEST_IBAN, _LONGEST_IBAN = 15, 34
_STREETS = (
    "Hauptstraße",
    "Gartenweg",
    "Lindenallee",
    "Bahnhofstraße",
    "Am Markt",
    "Schillerstraße",
    "Mühlweg",
    "Ringstraße",
    "Goethestraße",
    "Birkenweg",
    "Kirchplatz",
    "Sonnenhang",
)
_CITIES = (
    ("10115", "Berlin"),
    ("12043", "Berlin"),
    ("20095", "Hamburg"),
    ("80331", "München"),
    ("50667", "Köln"),
    ("60311", "Frankfurt am Main"),
    ("70173", "Stuttgart"),
    ("40213", "Düsseldorf"),
    ("04109", "Leipzig"),
    ("01067", "Dresden"),
    ("28195", "Bremen"),
    ("30159", "Hannover"),
    ("90402", "Nürnberg"),
    ("79098", "Freiburg"),
    ("99084", "Erfurt"),
    ("18055", "Rostock"),
    ("24103", "Kiel"),
    ("55116", "Mainz"),
)
_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ş": "s"})
_BANKS = (("12345678", "SANDDEXX", "Sandbank Musterstadt"), ("87654321", "MUSTDEXX", "Volkskasse Muster"))


def plain(name: str) -> str:
    """Return a name as it stands in an e-mail address."""
    return name.lower().translate(_PLAIN)


def person(dice: random.Random) -> dict[str, Any]:
    """Return a name: firstName, lastName, businessName (of one in ten), gender."""
    female = dice.choice((True, False))
    last = dice.choice(_LAST)
    business = f"{dice.choice(_BUSINESS)} {last}" if dice.random() < _BUSINESSES else None
    return {
        "firstName": dice.choice(_FEMALE if female else _MALE),
        "lastName": last,
        "businessName": business,
        "gender": "Female" if female else "Male",
    }


def address(dice: random.Random, who: dict[str, Any]) -> dict[str, Any]:
    """Return a postal address of that person, with all of the contract's fields."""
    postcode, city = dice.choice(_CITIES)
    return {
        "title": None,
        **who,
        "extension": dice.choice((None, None, None, "Hinterhaus", "2. OG")),
        "streetName": dice.choice(_STREETS),
        "houseNumber": f"{dice.randint(1, 120)}{dice.choice(('', '', '', 'a', 'b'))}",
        "city": city,
        "postCode": postcode,
        "countryCode": "DE",
    }


def bank_details(dice: random.Random, who: dict[str, Any]) -> dict[str, Any]:
    """Return a bank account with a right IBAN at a bank that does not exist."""
    code, bic, name = dice.choice(_BANKS)
    account = f"{code}{dice.randrange(10**10):010d}"
    check = 98 - int(f"{account}131400") % 97
    return {
        "accountHolder": f"{who['firstName']} {who['lastName']}",
        "iban": f"DE{check:02d}{account}",
        "bic": bic,
        "bankName": name,
        "hasAcceptedDirectDebit": True,
    }


def iban_is_right(iban: str) -> bool:
    """Say whether an IBAN's check digits fit; blanks do not matter."""
    compact = iban.replace(" ", "").upper()
    if not (
        _SHORTEST_IBAN <= len(compact) <= _LONGEST_IBAN
        and compact.isalnum()
        and compact.isascii()
        and compact[:2].isalpha()
    ):
        return False
    return int("".join(str(int(letter, 36)) for letter in compact[4:] + compact[:4])) % 97 == 1


def market_location(dice: random.Random) -> str:
    """Return a MaLo number of 11 digits, the last one being the check digit."""
    digits = [dice.randint(1, 9), *(dice.randrange(10) for _ in range(9))]
    total = sum(digits[::2]) + 2 * sum(digits[1::2])
    return "".join(map(str, digits)) + str(-total % 10)


def meter_number(dice: random.Random) -> str:
    """Return a meter's number."""
    return f"1ESY{dice.randrange(10**10):010d}"


def metering_location(dice: random.Random, postcode: str) -> str:
    """Return a MeLo number of 33 characters."""
    return f"DE000{dice.randrange(10**3, 10**6):06d}{postcode}SANDBOX{dice.randrange(10**10):010d}"
