"""Dice for made-up data: the same words give the same throws, at each start and on every machine."""

from __future__ import annotations

import random


def dice(*words: object) -> random.Random:
    """Return dice of their own for these words."""
    return random.Random(":".join(map(str, words)))  # noqa: S311 - sample data, nothing secret
