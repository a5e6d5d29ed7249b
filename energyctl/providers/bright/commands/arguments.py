"""The options that Bright's commands share: which account, which service, whose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.providers.bright.persons import masked
from energyctl.providers.bright.views import ACCOUNT_IDS, SERVICE_IDS

if TYPE_CHECKING:
    from energyctl.core.session import Session

Account = Annotated[
    str | None,
    typer.Option("--account", metavar="ID", help="The account.", autocompletion=ACCOUNT_IDS.feed),
]
Service = Annotated[
    str | None,
    typer.Option(
        "--service",
        metavar="ID|TYPE",
        help="The service: its id, measurement or cost id, type or place.",
        autocompletion=SERVICE_IDS.feed,
    ),
]
Ssn = Annotated[
    str | None,
    typer.Option(
        "--ssn",
        metavar="NUMBER",
        help="The account of the person with this personal number; - reads it from stdin.",
    ),
]
Email = Annotated[
    str | None,
    typer.Option("--email", metavar="ADDRESS", help="The account of the person with this e-mail address."),
]
Unchecked = Annotated[
    bool,
    typer.Option("--unchecked", help="Take a personal number with a wrong check digit, as test data has."),
]
Reveal = Annotated[bool, typer.Option("--reveal", help="Show personal numbers whole in tables, tsv and csv.")]


def for_people(session: Session, rows: Iterator[Any] | list[Any], *, reveal: bool) -> Iterator[Any]:
    """Yield rows with personal numbers masked in what people read; json, jsonl and yaml carry the provider's data."""
    hide = not reveal and session.out.format in ("table", "tsv", "csv")
    return (masked(row) if hide else row for row in rows)
