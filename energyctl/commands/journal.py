"""``energyctl journal``: what was written, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.core.errors import UsageProblem
from energyctl.core.journal import beside
from energyctl.core.views import Column, View, plain

app = noun("See what was written, and what became of it.")

_WRITES = View(
    columns=(
        Column("Number", "id", right=True),
        Column("At", "at"),
        Column("Profile", "profile"),
        Column("Provider", "provider"),
        Column("Operation", "operation"),
        Column("Target", "target"),
        Column("Outcome", "outcome"),
        Column("Message", "message"),
    ),
    id_path="id",
    plural="writes",
)
_STORY = View(
    columns=(
        Column("Number", "id"),
        Column("At", "at"),
        Column("Who", "user"),
        Column("Profile", "profile"),
        Column("Provider", "provider"),
        Column("Environment", "environment"),
        Column("What", "effect"),
        Column("Target", "target"),
        Column("Outcome", "outcome"),
        Column("Meaning", "meaning"),
        Column(
            "Story", "events", show=lambda events: "\n".join(_event_line(one) for one in events), lines=True
        ),
        Column("Request digest", "digest"),
    ),
    id_path="id",
    hidden=frozenset({"key", "batch", "system", "result", "operation"}),
)
_MEANINGS = {
    "not_sent": "The intent was recorded, but the tool ended before anything was sent.",
    "unknown": "It was sent, or was about to be, and no answer came: it may have happened.",
    "changed": "It happened.",
    "already": "It was so before.",
    "rejected": "The provider refused it; it did not happen.",
    "failed": "It failed before it took effect.",
    "not_found": "The provider does not know the target.",
    "offline": "The device was not connected; it did not happen.",
}


@app.command("list")
def list_writes(
    ctx: typer.Context,
    outcome: Annotated[
        str | None,
        typer.Option("--outcome", metavar="OUTCOME", help="Only those: changed, unknown, not_sent, …"),
    ] = None,
    provider: Annotated[
        str | None, typer.Option("--provider", metavar="NAME", help="Only this provider.")
    ] = None,
) -> None:
    """List the writes of this user, newest first.

    Examples:
    energyctl journal list --limit 20
    energyctl journal list --outcome unknown -o json
    """
    session = session_of(ctx)
    if outcome is not None and outcome not in _MEANINGS:
        raise UsageProblem(
            f"There is no outcome '{outcome}'.", hint=f"Use one of: {', '.join(sorted(_MEANINGS))}."
        )

    def rows() -> Iterator[dict[str, Any]]:
        for entry in session.journal.entries():
            if outcome in (None, entry["outcome"]) and provider in (None, entry["provider"]):
                result = entry.pop("result")
                entry.pop("events")
                yield beside({**entry, "message": result.pop("message", None)}, result)

    session.out.rows(rows(), _WRITES)


@app.command("show")
def show_write(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="From: energyctl journal list")],
) -> None:
    """Tell the story of one write: intended, sent, answered, looked up.

    Examples:
    energyctl journal show 1
    energyctl journal list -o ids --limit 1 | xargs energyctl journal show -o json
    """
    session = session_of(ctx)
    entry = session.journal.entry(number)
    session.out.one({**entry, "meaning": _MEANINGS.get(entry["outcome"])}, _STORY)


def _event_line(event: dict[str, Any]) -> str:
    more = ", ".join(
        f"{name} {plain(value)}" for name, value in event.items() if name not in ("at", "kind") and value
    )
    return f"{event['at']} {event['kind']}{': ' + more if more else ''}"
