"""``emulate facilities``: the places with a meter."""

from __future__ import annotations

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.providers.emulate.client import connect
from energyctl.providers.emulate.commands.arguments import (
    AsCustomer,
    Customer,
    CustomerOption,
    one_customer,
)
from energyctl.providers.emulate.views import FACILITIES

app = noun("The places with a meter.")


@app.command("list")
def list_facilities(
    ctx: typer.Context,
    customer: Customer = None,
    of_customer: CustomerOption = None,
    as_customer: AsCustomer = None,
) -> None:
    """List the facilities of one customer, or of all.

    Examples:
    energyctl emulate facilities list --customer C-100001
    energyctl emulate facilities list --as-customer C-100001 -o json
    """
    session = session_of(ctx)
    whose = one_customer(customer, of_customer, as_customer)
    client = connect(session, customer=whose, as_customer=as_customer)
    session.out.rows(client.facilities(whose, session.row_limit), FACILITIES)
