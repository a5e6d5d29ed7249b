"""The order of ``--sort-by``: numbers by their size, then times by their instant, then other texts by the alphabet."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from energyctl.core.views import plain

#: What is a number to a person; 12E6 and nan, which a computer reads as numbers too, are names of something.
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}.*)?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def order_of(value: Any) -> tuple[int, Any]:
    """Return what a value is sorted by; digits in a text count as the number that they are, however long."""
    if isinstance(value, int | float) and value == value:  # noqa: PLR0124 - NaN is not
        return 0, value
    text = plain(value)
    if _NUMBER.fullmatch(text):
        return 0, Decimal(text)
    if _MOMENT.fullmatch(text):
        try:
            instant = datetime.fromisoformat(text.upper())
        except ValueError:
            return 2, text.casefold()
        # Compared many times: so the offset is reckoned once.
        return 1, (instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)) - _EPOCH
    return 2, text.casefold()
