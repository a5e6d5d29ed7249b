"""Personal numbers: checked, made 12 digits long as the Kit wants them (contract 6.1), and masked on screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from energyctl.core.errors import UsageProblem

#: Fields that hold a personal number, without underscores.
_FIELDS = frozenset({"ssn", "personalnumber", "personnummer"})
_ORGANISATION = "orgnumber"
#: Length of a compact number without century, its sign included: YYMMDD-NNNN.
_WITHOUT_CENTURY = 11
#: What is added to the day of birth in a coordination number (samordningsnummer).
_COORDINATION = 60


def normalised(text: str, *, checked: bool = True) -> str:
    """Return a personnummer or samordningsnummer as 12 digits, YYYYMMDDNNNN.

    :param checked: whether the check digit must be right; anonymised test data often has a wrong one.
    :raises UsageProblem: when it is none.
    """
    from stdnum.exceptions import InvalidChecksum, ValidationError
    from stdnum.se import personnummer

    given = "".join(text.split())
    try:
        compact = personnummer.compact(given)
        if len(compact) not in (_WITHOUT_CENTURY, 13) or compact[-5] not in "-+":
            raise _refused(text, f"it has {sum(map(str.isdigit, given))} digits instead of 10 or 12")
        born = personnummer.get_birth_date(_as_personnummer(compact))
    except (ValidationError, ValueError, IndexError):
        raise _refused(text, "its first digits are no date of birth") from None
    if born > date.today():  # noqa: DTZ011 - a day of birth has no zone
        if len(compact) > _WITHOUT_CENTURY:
            raise _refused(text, "its date of birth is yet to come")
        born = born.replace(year=born.year - 100)
    digits = compact[:-5] + compact[-4:]
    if not digits.isascii() or not digits.isdigit():
        raise _refused(text, "it holds other signs than digits")
    day = digits[-6:-4]
    full = f"{born:%Y%m}{day}{digits[-4:]}"
    if checked:
        from stdnum import luhn

        try:
            luhn.validate(full[2:])
        except InvalidChecksum:
            raise UsageProblem(
                f"The personal number {masked_number(full)} has a wrong check digit.",
                hint="Correct it; for anonymised test data add --unchecked.",
                provider="bright",
            ) from None
    return full


def _as_personnummer(compact: str) -> str:
    """Return the number with the true day of birth, which a coordination number hides by adding 60."""
    at = len(compact) - 7
    day = int(compact[at : at + 2])
    return compact if day <= _COORDINATION else f"{compact[:at]}{day - _COORDINATION:02d}{compact[at + 2 :]}"


def _refused(text: str, why: str) -> UsageProblem:
    shown = text if len(text) < 8 else f"{text[:6]}…"
    return UsageProblem(
        f"'{shown}' is not a personal number: {why}.",
        hint="Write it as YYYYMMDDNNNN, YYYYMMDD-NNNN or YYMMDD-NNNN.",
        provider="bright",
    )


def assumes_century(text: str) -> bool:
    """Whether a number leaves its century to be guessed: ten digits."""
    return sum(map(str.isdigit, text)) == 10


def masked_number(number: str) -> str:
    """Return a personal number with its last four digits hidden."""
    return f"{number[:8]}-****" if len(number) >= 12 else f"{number[:-4]}****"


def masked(data: Any) -> Any:
    """Return a copy of a JSON value with the personal numbers in it masked."""
    if isinstance(data, Mapping):
        return {
            key: masked_number(str(value)) if _is_personal(str(key), value) else masked(value)
            for key, value in data.items()
        }
    return [masked(one) for one in data] if isinstance(data, list) else data


def _is_personal(key: str, value: Any) -> bool:
    """Whether a field holds a personal number; a sole trader's is also the number of the business."""
    if not isinstance(value, str | int) or isinstance(value, bool) or value == "":
        return False
    name = key.lower().replace("_", "")
    if name == _ORGANISATION:
        digits = "".join(filter(str.isdigit, str(value)))[-10:]
        return len(digits) == 10 and 1 <= int(digits[2:4]) <= 12  # an organisation's has 20 or more there
    return name in _FIELDS
