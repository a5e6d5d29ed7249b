"""Which fields hold what is known of a person, by their names and by what stands beside them; and check digits.

What is put in their place is made by ``pseudonyms``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

#: Kinds of personal values, and how their pseudonyms begin.
PREFIXES = {
    "person": "person", "title": "person", "firm": "org", "org": "org", "mail": "mail", "tel": "tel", "pnr": "pnr",
    "birth": "birth", "iban": "iban", "meter": "meter", "street": "addr", "house": "addr", "postcode": "addr",
    "address": "addr",
}  # fmt: skip
PERSONAL = frozenset(PREFIXES)
#: A name of something, which is replaced but not looked for in other texts.
TITLE = "title"
ADDRESS = "address"
#: A provider's own id; and a text in which words are no names: zones, states, names of tariffs.
ID, KEPT = "id", "kept"
#: The beginning of the kind of a message about a field: what it quotes is that field's value.
LABELLED = "quotes "
_BARE, _DEVICE, _PLACE = "bare", "device", "place"

_WORDS = re.compile(r"[^\W\d_a-zåäöüß]+(?![a-zåäöüß])|[^\W\d_a-zåäöüß]?[a-zåäöüß]+|\d+")
_LONGEST_NAME = 100
#: What a field is called, and a circuit ("Phone charger") is not.
_FIELD = re.compile(r"[/a-z][\w./\[\]-]*")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: A name that ends so tells something about the value, and not the value.
_ABOUT = _set(
    "status type verified confirmed count enabled consent language format required policy template pattern schema "
    "description at country kind valid allowed unit length hint help visible preference"
)
_NAME_WORDS = _set("name names title label")
_THINGS = _set(
    "tariff product circuit channel campaign provider bank plan model file document operation event profile operator "
    "supplier category feature component service agreement field column"
)
_PEOPLE = _set(
    "first last full given family sur fore middle maiden contact customer user person owner holder recipient payer "
    "tenant employee resident driver sender legal account guest inviter member"
)
_PERSON_ENDS = (
    "firstname", "lastname", "surname", "fullname", "givenname", "familyname", "forename", "middlename", "maidenname",
    "nickname", "username", "contactperson", "accountholder", "accountowner", "cardholder", "vorname", "nachname",
    "förnamn", "efternamn",
)  # fmt: skip
_FIRM_ENDS = ("businessname", "companyname", "organisationname", "organizationname")
_PHONES = _set("phone telephone cellphone mobilephone phonenumber msisdn fax telefon telefonnummer")
_PHONE_ENDS = _set("mobile mobil tel cell handy")
_PNR_WORDS = _set("ssn personnummer pnr samordningsnummer")
_PNR_ENDS = (
    "personalnumber", "personnumber", "personalidentitynumber", "personalidentifier", "personalid", "nationalid",
    "socialsecuritynumber", "coordinationnumber", "civicnumber", "nationalidentitynumber",
)  # fmt: skip
_ORG_ENDS = (
    "orgnumber", "orgno", "orgnr", "organisationnumber", "organizationnumber", "organisationsnummer", "companynumber",
    "companyregistrationnumber", "vatnumber", "vatid", "taxid", "taxnumber",
)  # fmt: skip
_BIRTH = _set("birth birthday birthdate dob born geburtsdatum födelsedatum")
_IBAN_ENDS = ("bankaccountnumber", "bankaccount", "clearingnumber", "bankgiro")
_METER_WORDS = _set("meter metering meterpoint gsrn malo melo mpan mprn")
_METER_ENDS = _set(
    "meter id ids number no nr serial identifier identification point gsrn malo melo lo location code mpan mprn"
)
_STREETS = _set("street streetname streetaddress road strasse straße gatuadress postaladdress")
_HOUSE_ENDS = ("housenumber", "housenr", "hausnummer")
_OTHER_ADDRESSES = _set("ip mac url web website host network bluetooth wifi zigbee base api target server")
_POSTCODE_ENDS = ("zip", "zipcode", "postalcode", "postcode", "postnummer", "plz", "postleitzahl")
_PLACES = _set(
    "city town locality village ort postort suburb district extension floor apartment municipality stairwell"
)
_KEPT_ENDS = _set(
    "timezone zone tz state status type kind model operation outcome code currency unit language country version "
    "firmware level mode severity format method provider environment profile area"
)
_ID_ENDS = _set("id ids identifier uuid guid key number no nr reference ref digest hash target serial batch")
_LABELS = ("field", "name", "key", "path", "property", "attribute", "setting", "claim")
_VALUES = _set("value before after old new from to current given")
_MESSAGES = _set("message fix hint problem")
#: Parts of a full name that are no names by themselves.
NO_NAMES = _set(
    "von vom van der den dem del della des und and och the for from with dit ter ten zum zur dos das bin ibn mac herr "
    "frau mrs miss prof ing med"
)
_KNOWN_BY = _set("person mail tel pnr birth")


@lru_cache(maxsize=4096)
def classified(name: str, parent: str = "") -> str:
    """Return the kind of a field by its name, such as ``mail`` for ``emailAddress``; "" for any other field.

    :param parent: the name of the field around it: ``number`` inside ``phone`` is a phone number.
    """
    if len(name) > _LONGEST_NAME or len(parent) > _LONGEST_NAME:
        return ""
    words = _split(name)
    kind = _kind(words)
    if kind in PERSONAL or not parent or not words:
        return kind
    around = [
        word if len(word) < 4 or word.endswith("ss") else word.removesuffix("s") for word in _split(parent)
    ]
    if "name" in around and words[-1] in _PEOPLE:
        return "person"
    inner = _kind([*around, *words])
    return inner if inner in PERSONAL or (kind == _BARE and inner) else kind


def _split(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)]


def _kind(words: list[str]) -> str:
    if not words or words[-1] in _ABOUT:
        return KEPT if words and words[-1] in _KEPT_ENDS else ""
    return _personal_kind(words) or _other_kind(words)


def _personal_kind(words: list[str]) -> str:
    """Return the kind of a field that holds a person's data whatever stands beside it."""
    there, last, joined = set(words), words[-1], "".join(words)
    single = joined.removesuffix("s") if last != "address" else joined
    found = ""
    if "email" in joined or "mail" in there or "mails" in there:
        found = "mail"
    elif (
        there & _PHONES or last in _PHONE_ENDS or joined.endswith(("mobilenumber", "phones", "phonenumbers"))
    ):
        found = "tel"
    elif there & _PNR_WORDS or single.endswith(_PNR_ENDS):
        found = "pnr"
    elif single.endswith(_ORG_ENDS):
        found = "org"
    elif there & _BIRTH:
        found = "birth"
    elif "iban" in there or "ibans" in there or single.endswith(_IBAN_ENDS):
        found = "iban"
    elif _is_meter(words, joined):
        found = "meter"
    elif single.endswith(_PERSON_ENDS) or (
        last in ("name", "names") and words[-2:-1] and words[-2] in _PEOPLE
    ):
        found = "person"
    elif single.endswith(_FIRM_ENDS):
        found = "firm"
    else:
        found = _address_kind(words, there, joined)
    return found


def _is_meter(words: list[str], joined: str) -> bool:
    paired = not {("ma", "lo"), ("me", "lo")}.isdisjoint(pairwise(words))
    named = paired or bool(_METER_WORDS.intersection(words)) or "marketlocation" in joined
    return named and words[-1] in _METER_ENDS


def _address_kind(words: list[str], there: set[str], joined: str) -> str:
    if joined.endswith(_HOUSE_ENDS):
        return "house"
    if there & _STREETS or ("address" in there and ("line" in there or words[-1].isdecimal())):
        return "street"
    if joined.endswith(_POSTCODE_ENDS) and words[-1] != "gzip":
        return "postcode"
    if words[-1] in ("address", "addresses") and not there & _OTHER_ADDRESSES:
        return ADDRESS
    return ""


def _other_kind(words: list[str]) -> str:
    last = words[-1]
    if last in _NAME_WORDS or "".join(words) == "displayname":
        if "device" in words:
            return _DEVICE
        if _THINGS.intersection(words):
            return KEPT
        return _BARE if len(words) == 1 or words[0] in ("display", "custom") else ""
    if last in _PLACES:
        return _PLACE
    if last in _KEPT_ENDS:
        return KEPT
    return ID if last in _ID_ENDS else ""


def kinds_of(row: Mapping[Any, Any], parent: str) -> dict[Any, str]:
    """Return the kinds of an object's fields, where they need their neighbours to be told."""
    kinds = {key: classified(str(key), parent) for key in row}
    given = {
        kind for key, kind in kinds.items() if row[key] not in (None, "") and not isinstance(row[key], bool)
    }
    personal = given & (PERSONAL - {"postcode", "house"})
    at_home = bool(given & {"street", "postcode", "house"})
    for key, kind in kinds.items():
        if kind == _BARE:
            kinds[key] = "" if not personal else "person" if personal & _KNOWN_BY else TITLE
        elif kind == _PLACE:
            kinds[key] = ADDRESS if at_home else ""
    labelled = next((label for name in _LABELS if (label := _labelled(row.get(name)))), "")
    if labelled:
        for key in row:
            if key in _VALUES:
                kinds[key] = labelled
            elif key in _MESSAGES:
                kinds[key] = f"{LABELLED}{labelled}"
    return kinds


def _labelled(name: Any) -> str:
    """Return the personal kind of the field that an object is about, such as ``{"field": "email", "before": …}``."""
    if not isinstance(name, str) or len(name) > _LONGEST_NAME or not _FIELD.fullmatch(name):
        return ""
    parts = [part for part in re.split(r"[./\[\]]+", name) if part and not part.isdecimal()]
    kind = classified(parts[-1]) if parts else ""
    return kind if kind in PERSONAL else ""


def fits(kind: str, text: str) -> bool:
    """Whether a value can be what its name says: "is required" below ``email`` is a message, not an address."""
    if kind == "mail":
        return not re.search(r"[\s,;<>]", text)
    if kind in ("person", "firm", TITLE, "street", "postcode", "house", ADDRESS):
        return True
    return any(char.isdigit() for char in text)


def normal(prefix: str, text: str) -> str:
    """Return what all spellings of one value have in common."""
    if prefix == "mail":
        return text.replace("%40", "@").casefold()
    if prefix == "tel":
        digits = re.sub(r"[^\d+]", "", text.replace("%2B", "+").replace("%2b", "+"))
        return f"+{digits[2:]}" if digits.startswith("00") else digits
    if prefix == "pnr":
        return re.sub(r"\D", "", text)[-10:] or text
    if prefix in ("iban", "meter", "org"):
        return re.sub(r"[\s-]", "", text).upper()
    return " ".join(text.split()).casefold()


# -- check digits ------------------------------------------------------------------------------------------------


def is_personal_number(text: str) -> str:
    """Return ``pnr`` for a Swedish personal or co-ordination number, ``org`` for an organisation's, else "".

    An organisation's number counts with its hyphen alone: without it is any number.
    """
    digits = re.sub(r"\D", "", text)[-10:]
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    if sum(value // 10 + value % 10 for value in doubled) % 10:
        return ""
    month, day = int(digits[2:4]), int(digits[4:6])
    if 1 <= month <= 12 and (1 <= day <= 31 or 61 <= day <= 91):
        return "pnr"
    return "org" if month >= 20 and re.fullmatch(r"\d{6}-\d{4}", text) else ""


def is_iban(text: str) -> bool:
    """Whether an IBAN's check digits fit; blanks and case do not matter."""
    compact = text.replace(" ", "").upper()
    if not 15 <= len(compact) <= 34 or not compact.isascii():
        return False
    return int("".join(str(int(letter, 36)) for letter in compact[4:] + compact[:4])) % 97 == 1
