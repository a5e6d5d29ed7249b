"""Personal numbers: checked, made 12 digits long as the Kit wants them (contract 6.1), and masked on screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from energyctl.core.errors import UsageProblem

#: Fields that hold a personal number.
_FIELDS = frozenset({"ssn", "personalnumber", "personal_number", "personnummer"})
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
        if len(compact) not in (11, 13):
            raise _refused(text, f"it has {sum(map(str.isdigit, given))} digits instead of 10 or 12")
        born = personnummer.get_birth_date(_as_personnummer(compact))
    except (ValidationError, ValueError, IndexError):
        raise _refused(text, "its first digits are no date of birth") from None
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


def masked_number(number: str) -> str:
    """Return a personal number with its last four digits hidden."""
    return f"{number[:8]}-****" if len(number) >= 12 else f"{number[:-4]}****"


def masked(data: Any) -> Any:
    """Return a copy of a JSON value with the personal numbers in it masked."""
    if isinstance(data, Mapping):
        return {
            key: masked_number(value)
            if isinstance(value, str) and value and str(key).lower() in _FIELDS
            else masked(value)
            for key, value in data.items()
        }
    return [masked(one) for one in data] if isinstance(data, list) else data
