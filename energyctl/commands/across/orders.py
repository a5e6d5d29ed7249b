"""``energyctl orders``: the orders at all providers that take some."""

from __future__ import annotations

from typing import Annotated

import typer

from energyctl.commands.across.gathering import Provider, Raw, asked_modules, gather
from energyctl.core.across import OrderQuestion
from energyctl.core.commandline import noun, session_of
from energyctl.core.views import Column, View

app = noun("The orders at all providers that take some.")

ORDERS = View(
    columns=(
        Column("Provider", "provider"),
        Column("Order", "id"),
        Column("State", "state"),
        Column("Customer", "customer"),
        Column("Name", "name"),
        Column("Product", "product"),
        Column("Starts", "starts_on"),
        Column("Open it with", "command", detail=True),
    ),
    id_path="id",
    plural="orders",
)


@app.command("list")
def list_orders(
    ctx: typer.Context,
    customer: Annotated[
        str | None, typer.Option("--customer", metavar="NUMBER", help="Orders of one customer number.")
    ] = None,
    providers: Provider = None,
    raw: Raw = False,
) -> None:
    """List orders, each with the command that shows it.

    Examples:
    energyctl orders list --limit 20
    energyctl orders list --customer 1000001 -o json --raw
    """
    session = session_of(ctx)
    modules = asked_modules(session, providers, "orders")
    gather(session, modules, "orders", OrderQuestion(session.row_limit, customer), ORDERS, raw=raw)
