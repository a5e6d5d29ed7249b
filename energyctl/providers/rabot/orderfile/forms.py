"""The written forms of single values: dates, numbers of the energy market and of banks, addresses.

Each function looks at one value and knows nothing of orders.
"""

from __future__ import annotations

import re
from datetime import date, datetime

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_GERMAN_DATE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_DATE_THEN_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ].*", re.DOTALL)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_EMAIL = re.compile(r"""[^@\s"'<>(),:;\[\]\\]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]""")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_EMAIL_MAX = 254

# Line ends, control characters and halves of surrogate pairs: nothing a person types into a form.
STRAY = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]")


def parse_date(text: str) -> date | None:
    """Return the day of a yyyy-mm-dd text that exists in the calendar, else None (contract rabot.md 3.7)."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def nearest_date(text: str) -> str | None:
    """Return the yyyy-mm-dd form of a date written as 31.12.2026 or with a time behind it."""
    if found := _GERMAN_DATE.fullmatch(text.strip()):
        text = f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}"
    elif found := _DATE_THEN_TIME.fullmatch(text.strip()):
        text = found[1]
    day = parse_date(text.strip())
    return day.isoformat() if day else None


def parse_moment(text: str) -> datetime | None:
    """Return the time of "yyyy-mm-dd hh:mm:ss" or its ISO form, with or without a zone, else None.

    Both forms are in the provider's own material (contract rabot.md 3.7).
    """
    if not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def is_email(text: str) -> bool:
    """Say whether the text has the form of one e-mail address; umlauts in it are allowed."""
    return (
        len(text) <= _EMAIL_MAX
        and _EMAIL.fullmatch(text) is not None
        and not text.startswith(".")
        and ".." not in text
        and ".@" not in text
    )


def is_phone(text: str) -> bool:
    """Say whether the text is a number in E.164 form, such as +4930123456."""
    return _PHONE.fullmatch(text) is not None


def is_bic(text: str) -> bool:
    """Say whether the text is a BIC of 8 or 11 characters of a country that has them."""
    if not _BIC.fullmatch(text):
        return False
    from stdnum import bic

    return bool(bic.is_valid(text))


def compact_iban(text: str) -> str:
    """Return an IBAN as it is sent: without white space, letters large."""
    return "".join(text.split()).upper()


def iban_problem(text: str) -> str | None:
    """Return what is wrong with an IBAN in words that do not repeat it, or None."""
    from stdnum import exceptions, iban

    compact = compact_iban(text)
    if not (compact.isascii() and compact.isalnum()):
        return "holds characters that no IBAN has"
    try:
        iban.validate(compact)
    except exceptions.InvalidChecksum:
        return "has check digits that do not fit: a digit is wrong, missing or out of place"
    except exceptions.InvalidComponent:
        return "begins with a country that has no IBAN, or has a wrong bank code"
    except exceptions.ValidationError:
        return "does not have the length or form its country uses"
    return None


def is_digits(text: str, count: int) -> bool:
    """Say whether the text is exactly ``count`` digits."""
    return len(text) == count and text.isascii() and text.isdigit()


def malo_check_digit(first_ten: str) -> int:
    """Return the 11th digit of a market location from its first ten (BDEW rule).

    Digits in odd places count once, digits in even places twice; the check digit fills up to the next ten.
    """
    digits = [int(digit) for digit in first_ten]
    return -(sum(digits[0::2]) + 2 * sum(digits[1::2])) % 10


def is_melo(text: str) -> bool:
    """Say whether the text has the form of a metering location: country and 31 letters or digits."""
    return re.fullmatch(r"[A-Z]{2}[0-9A-Z]{31}", text) is not None
