"""What the record knows of a write that has a key: the last one that may have had an effect, and whose it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from energyctl.core.journal import SENDING, UNKNOWN
from energyctl.core.outcomes import GOOD

if TYPE_CHECKING:
    from energyctl.core.profiles import Section
    from energyctl.core.session import Session


@dataclass(frozen=True)
class Former:
    """A former write: its number, when it was meant, how it ended, and what the provider told of it."""

    number: int
    at: str
    outcome: str
    result: Mapping[str, Any]
    profile: str
    #: The account that it was sent with, when that is another than the one in use.
    other_account: str | None


def sent_before(session: Session, section: Section, key: str) -> Former | None:
    """Return the last write with this key that happened or may have; None when there is none.

    Where another account has sent it last, one that this account has sent well comes first.

    :raises ConfigProblem: when the record cannot be read.
    """
    last: Former | None = None
    for entry in session.journal.entries(key=key, system=section.identity()):
        if entry["outcome"] not in GOOD | {UNKNOWN}:
            continue
        account = next((one.get("account") for one in entry["events"] if one["kind"] == SENDING), None)
        former = Former(
            number=int(entry["id"]),
            at=str(entry["at"]),
            outcome=entry["outcome"],
            result=entry["result"],
            profile=entry["profile"],
            other_account=None if account in (None, section.account()) else str(account),
        )
        if former.other_account is None and (last is None or former.outcome in GOOD):
            return former
        last = last or former
    return last
