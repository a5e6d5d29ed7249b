"""What is wrong with an OpenAPI file: each place as a JSON pointer, all of one kind told at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from energyctl.core.errors import UsageProblem

INVALID, TOO_LARGE, VERSION = "spec_invalid", "spec_too_large", "spec_version"
REF_BROKEN, REF_CIRCULAR = "spec_ref_broken", "spec_ref_circular"
#: The order in which kinds are told: what is told first may be the cause of the others.
_KINDS = (VERSION, TOO_LARGE, INVALID, REF_BROKEN, REF_CIRCULAR)
MOST_TOLD = 10
_LONGEST_SHOWN, _LONGEST_MESSAGE, _STEPS_SHOWN = 60, 3600, 5


@dataclass(frozen=True)
class Flaw:
    """One thing wrong with a file: its kind, where it is, what it is, and how it is mended."""

    code: str
    where: str
    message: str
    fix: str


class Flawed(Exception):
    """Carries a flaw to whoever collects them."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.message)
        self.flaw = flaw


def problem_of(flaws: Iterable[Flaw], source: str) -> UsageProblem | None:
    """Return the error that tells the flaws of the first kind, at most ten; None without flaws."""
    found = list(dict.fromkeys(flaws))
    for code in _KINDS:
        kind = [flaw for flaw in found if flaw.code == code]
        if kind:
            return _told(kind, source)
    return None


def _told(flaws: list[Flaw], source: str) -> UsageProblem:
    shown = flaws[:MOST_TOLD]
    most = _LONGEST_MESSAGE // (2 * len(shown))
    said = "; ".join(
        ": ".join(_shortened(text, most) for text in (flaw.where, flaw.message) if text) for flaw in shown
    )
    more = len(flaws) - len(shown)
    many = f"{len(flaws)} problems: " if len(flaws) > 1 else ""
    return UsageProblem(
        f"{source}: {many}{said}{f'; and {more} more' if more else ''}.",
        hint=" ".join(dict.fromkeys(flaw.fix for flaw in shown)),
        code=flaws[0].code,
        details=[{"where": flaw.where, "message": flaw.message, "fix": flaw.fix} for flaw in shown],
    )


def _shortened(text: str, most: int) -> str:
    """Return a text without the middle of a very long one; names and values in a file may have any length."""
    return text if len(text) <= most else f"{text[: most // 2 - 1]}…{text[-most // 2 :]}"


def step(pointer: str, *names: str | int) -> str:
    """Return the JSON pointer of something inside a place."""
    return pointer + "".join(f"/{str(name).replace('~', '~0').replace('/', '~1')}" for name in names)


def way_of(pointers: Sequence[str]) -> str:
    """Return the way that references go, as it stands in a message: of a long one the beginning and the end."""
    told = [*pointers[:_STEPS_SHOWN], "…", pointers[-1]] if len(pointers) > _STEPS_SHOWN + 1 else pointers
    return " -> ".join(told)


def kind_of(value: Any) -> str:
    """Name a JSON value's type as a person would."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object"


def shown(value: Any) -> str:
    """Return a value as it stands in a message, cut when it is long."""
    if isinstance(value, str):
        text = f"'{value}'"
    elif value is None or isinstance(value, bool | int | float):
        text = json.dumps(value)
    else:
        return kind_of(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
