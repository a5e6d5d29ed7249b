"""``endpoints``: which method and path each operation has, and where that knowledge comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import typer

from energyctl.commands.rest import Connect
from energyctl.core.commandline import App, noun, session_of
from energyctl.core.openapi import operations_list
from energyctl.core.views import Column, View

if TYPE_CHECKING:
    from energyctl.core.endpoints import Endpoints

_VIEW = View(
    columns=(
        Column("Operation", "operation"),
        Column("Method", "method"),
        Column("Path", "path"),
        Column("Source", "source"),
        Column("What it does", "summary"),
        Column("Built in", "builtin", detail=True),
    ),
    id_path="operation",
    plural="operations",
)

_HELP = """List the operations with the method and path in force and where they come from.

The source is documented or inferred for the tool's own table, spec for an imported OpenAPI file, and profile for the
profile's own endpoints. Nothing is sent and no address is needed.

Examples:
energyctl {provider} endpoints list
energyctl {provider} endpoints list --query "[?source=='inferred'].operation"
"""


def endpoints_app(connect: Connect, provider: str) -> App:
    """Make a provider's ``endpoints`` group."""
    app = noun("Which method and path each operation has.")

    def list_endpoints(ctx: typer.Context) -> None:
        session = session_of(ctx)
        endpoints = connect(session).endpoints
        if not endpoints.pins:  # an imported file has its own names
            names = ((one.id, one.summary) for one in endpoints.operations.values())
            operations_list(provider).write(session, names)
        session.out.rows(_rows(endpoints), _VIEW)

    list_endpoints.__doc__ = _HELP.format(provider=provider)
    app.command("list")(list_endpoints)
    return app


def _rows(endpoints: Endpoints) -> Iterator[dict[str, Any]]:
    for endpoint in endpoints:
        operation = endpoint.operation
        moved = (endpoint.method, endpoint.path) != (operation.method, operation.path)
        yield {
            "operation": operation.id,
            "method": endpoint.method,
            "path": endpoint.path,
            "source": endpoint.source,
            "summary": operation.summary,
            "builtin": f"{operation.method} {operation.path}" if moved else None,
        }
