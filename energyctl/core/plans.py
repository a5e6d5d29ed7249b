"""What a dry run shows of writes: the exact request and the change, field by field. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from energyctl.core.outcomes import Result, Write
from energyctl.core.views import Column, View

if TYPE_CHECKING:
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
