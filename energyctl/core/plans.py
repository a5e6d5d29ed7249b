"""What a dry run shows of writes: the exact request and the change, field by field. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from energyctl.core.former import sent_before
from energyctl.core.journal import UNKNOWN
from energyctl.core.outcomes import ALREADY, GOOD, REJECTED, Result, Write
from energyctl.core.views import Column, View

if TYPE_CHECKING:
    from energyctl.core.profiles import Section
    from energyctl.core.session import Session


def show_plan(session: Session, writes: Iterable[Write], *, many: bool) -> None:
    """Write a row for each write that would be sent: the request, redacted, and what it changes."""
    redact = session.redactor
    planned = list(writes)
    rows = (
        {
            "target": write.target,
            "operation": write.operation,
            "dry_run": True,
            "effect": write.effect,
            **_end_foreseen(write.settled),
            "request": {
                "method": write.method,
                "url": redact.text(write.url),
                "body": redact.data(write.body),
            }
            if write.settled is None
            else None,
            "changes": [
                {"field": one.field, "before": one.before, "after": one.after} for one in write.changes
            ],
        }
        for write in planned
    )
    view = View(
        columns=(
            Column("Target", "target"),
            Column("Would", "effect"),
            Column("Change", "changes", show=_changes_text),
            *((Column("Nothing is sent", "message"),) if any(one.settled for one in planned) else ()),
            Column("Request", "request.method"),
            Column("", "request.url"),
            *(() if many else (Column("Body", "request.body", show=_body_text),)),
        ),
        id_path="target",
        hidden=frozenset({"dry_run", "operation"}),
        plural="writes",
    )
    session.notice("Dry run: nothing is sent.")
    if many:
        session.out.rows(rows, view)
    else:
        session.out.one(next(rows), view)


def settled_before(
    session: Session, section: Section, writes: Iterable[Write], *, repeats: bool
) -> list[Write]:
    """Return writes as a dry run shows them: one with a key that the journal knows as sent would not be sent again.

    :param repeats: whether one without an answer is sent again when it is not found.
    """
    return [
        replace(one, settled=_told_before(session, section, one.key, repeats=repeats))
        if one.key and one.settled is None
        else one
        for one in writes
    ]


def _told_before(session: Session, section: Section, key: str, *, repeats: bool) -> Result | None:
    former = sent_before(session, section, key)
    if former is None:
        return None
    if former.other_account is not None:
        told = f"Sent before with the account {former.other_account} (journal {former.number})."
        return Result(REJECTED, message=told)
    if former.outcome in GOOD:
        return Result(ALREADY, message=f"Sent before (journal {former.number}).")
    told = f"Sent before without an answer (journal {former.number}); it would be looked up."
    return None if repeats else Result(UNKNOWN, message=told)


def _end_foreseen(settled: Result | None) -> dict[str, Any]:
    """Return what a dry run tells of a write that would not be sent."""
    return {} if settled is None else {"outcome": settled.outcome, "message": settled.message}


def plain_value(value: Any) -> str:
    """Return a value for people; nothing is ``(none)``."""
    from energyctl.core.views import plain

    return plain(value) or "(none)"


def _changes_text(changes: Any) -> str:
    return ", ".join(
        f"{one['field']} {plain_value(one['before'])} -> {plain_value(one['after'])}" for one in changes
    )


def _body_text(body: Any) -> str:
    import json

    return json.dumps(body, ensure_ascii=False)
