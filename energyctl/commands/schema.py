"""``energyctl schema``: the JSON Schema of the rows that a command computes. It is declared in ``schemas``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.commandline import App, Group, session_of
from energyctl.core.errors import UsageProblem
from energyctl.core.views import Column, View
from energyctl.providers import PROVIDERS

if TYPE_CHECKING:
    from energyctl.core.rowschema import Printed

app = App()

ERRORS = "errors"
_VIEW = View(
    columns=(Column("Command", "command"), Column("Prints", "prints"), Column("Fields", "fields")),
    id_path="command",
    plural="schemas",
)


def _first_words() -> list[str]:
    from energyctl.app import TABLE

    return [*TABLE, ERRORS]


@app.command("schema")
def print_schema(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[COMMAND...]", help=f"The command's words; or {ERRORS}.", autocompletion=_first_words
        ),
    ] = None,
) -> None:
    """Print the JSON Schema (2020-12) of one row of a command's result; without a command, list what each prints.

    It describes the rows that energyctl computes itself: each element of -o json's array, each line of -o jsonl, or
    the one object. They keep their names and meanings. Of a provider's own data it says only that.

    Examples:
    energyctl schema emporia usage
    energyctl schema rabot orders create -o yaml
    energyctl schema errors --query properties.error.required
    energyctl schema -o tsv
    """
    session = session_of(ctx)
    if not words:
        session.out.rows(_contents(), _VIEW)
        return
    root = ctx.find_root().command
    assert isinstance(root, Group)
    schema = _schema_of(root, tuple(words))
    if session.options.output in (None, "table", "tsv", "json") and not session.options.query:
        session.out.text(json.dumps(schema, indent=2, ensure_ascii=False))
    else:
        session.usual_output = "json"
        session.out.one(schema)


def declared() -> dict[str, Printed]:
    """Return what each command prints, by its words."""
    from energyctl.commands.schemas import REST, SCHEMAS

    found: dict[str, Printed] = {}
    for name, place in PROVIDERS.items():
        if place.commands is None or find_spec(f"energyctl.providers.{name}.schemas") is None:
            continue
        own: dict[str, Printed] = import_module(f"energyctl.providers.{name}.schemas").SCHEMAS
        shared = REST if find_spec(f"energyctl.providers.{name}.operations") else {}
        found |= {f"{name} {words}": printed for words, printed in {**shared, **own}.items()}
    return found | SCHEMAS


def _contents() -> Iterator[dict[str, Any]]:
    for words, printed in declared().items():
        fields = dict.fromkeys(field.name for rows in printed.rows for field in rows.fields)
        yield {"command": words, "prints": printed.source.value, "fields": list(fields)}


def _schema_of(root: Group, words: tuple[str, ...]) -> dict[str, Any]:
    from energyctl.core.rowschema import computed, error_row

    if words == (ERRORS,):
        return computed(error_row()).as_schema("energyctl errors")
    name = " ".join(words)
    known = declared()
    if name not in known:
        from energyctl.commands.help import checked_path

        checked_path(root, words)
        below = [one for one in known if one.startswith(f"{name} ")]
        raise UsageProblem(
            f"'{name}' is a group.",
            hint=f"Name one of its commands: {', '.join(below)}." if below else "See: energyctl schema",
        )
    return known[name].as_schema(f"energyctl {name}")
