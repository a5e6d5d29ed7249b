"""``energyctl limits``: the call budgets of the profile's providers."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import typer

from energyctl.core.commandline import App, session_of
from energyctl.core.views import Column, View

app = App()

_VIEW = View(
    columns=(
        Column("Provider", "provider"),
        Column("Account", "account"),
        Column("Calls an hour", "calls_per_hour", right=True),
        Column("Used", "used", right=True),
        Column("Left", "left", right=True),
        Column("Next frees in s", "next_frees_in_s", right=True),
        Column("Next frees at", "next_frees_at"),
    ),
    id_path="provider",
    plural="call budgets",
)


@app.command("limits")
def show_limits(ctx: typer.Context) -> None:
    """Show the call budgets: used in the last hour, left, and when a call frees.

    They are counted on this machine, across all processes of this user.

    Examples:
    energyctl limits
    energyctl limits -o json
    """
    from datetime import timedelta

    from energyctl.commands.across.choosing import is_set_up
    from energyctl.core.times import rfc3339
    from energyctl.providers import PROVIDERS, settings_of

    session = session_of(ctx)

    def rows() -> Iterator[dict[str, Any]]:
        for name in PROVIDERS:
            if not is_set_up(session, name):
                continue
            tokens = import_module(f"energyctl.providers.{name}.tokens")
            if not hasattr(tokens, "budget"):
                continue
            budget = tokens.budget(session, session.profile.section(settings_of(name)))
            used = budget.used()
            frees = None if used.frees_in_s is None else session.now() + timedelta(seconds=used.frees_in_s)
            yield {
                "provider": name,
                "account": used.account,
                "calls_per_hour": used.limit,
                "used": used.used,
                "left": used.left,
                "next_frees_in_s": None if used.frees_in_s is None else round(used.frees_in_s, 1),
                "next_frees_at": None if frees is None else rfc3339(frees.replace(microsecond=0)),
            }

    session.out.rows(rows(), _VIEW)
