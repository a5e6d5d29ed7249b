"""``emulate customers``: see customers, and offboard those who leave."""

from __future__ import annotations

from typing import Annotated

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.core.errors import UsageProblem
from energyctl.core.inputs import is_many, read_ids
from energyctl.core.views import dig
from energyctl.providers.emulate.client import connect
from energyctl.providers.emulate.commands.arguments import AsCustomer, Customer, needed_customer
from energyctl.providers.emulate.views import CUSTOMER_IDS, CUSTOMERS, customer_id

app = noun("See customers, and offboard those who leave.")


@app.command("list")
def list_customers(ctx: typer.Context) -> None:
    """List the customers of the retailer.

    Examples:
    energyctl emulate customers list --limit 10
    energyctl emulate customers list -o ids
    """
    session = session_of(ctx)
    rows = connect(session).customers(session.row_limit)
    session.out.rows(
        CUSTOMER_IDS.fed_by(
            session, rows, lambda row: (customer_id(row), dig(row, "name") or dig(row, "email"))
        ),
        CUSTOMERS,
    )


@app.command("show")
def show_customer(ctx: typer.Context, customer: Customer = None, as_customer: AsCustomer = None) -> None:
    """Show one customer.

    Examples:
    energyctl emulate customers show C-100001
    energyctl emulate customers show --as-customer C-100001 -o json
    """
    session = session_of(ctx)
    whose = needed_customer(customer, as_customer)
    session.out.one(connect(session, customer=whose, as_customer=as_customer).get_customer(whose), CUSTOMERS)


@app.command("offboard")
def offboard_customers(
    ctx: typer.Context,
    customers: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CUSTOMER...", help="Ids, or - for standard input.", autocompletion=CUSTOMER_IDS.feed
        ),
    ] = None,
    ids_file: Annotated[
        str | None, typer.Option("--ids-file", metavar="FILE", help="Ids, one a line.")
    ] = None,
    as_customer: AsCustomer = None,
) -> None:
    """Remove all devices of customers who left, and prove that they are gone.

    Devices that are gone already are not removed again: after an interruption, run the same command once more. On a
    terminal the customer's id (for several, their number) is typed to go on, unless --yes is given.

    Examples:
    energyctl emulate customers offboard C-100002 --dry-run
    energyctl emulate customers offboard C-100002 C-100003 --yes -o jsonl
    """
    from energyctl.providers.emulate.offboarding import offboard

    session = session_of(ctx)
    words = customers or ([as_customer] if as_customer and ids_file is None else [])
    if not words and ids_file is None:
        raise UsageProblem(
            "No customer was named.", hint="Give ids, --ids-file FILE, or - for standard input."
        )
    ids = read_ids(session, words, ids_file)
    many = is_many(words, ids_file)
    if as_customer is not None and ids != [as_customer]:
        raise UsageProblem(
            f"--as-customer {as_customer} has a token for that customer alone.",
            hint="Leave it out for others.",
        )
    one = ids[0] if len(ids) == 1 else None
    offboard(session, connect(session, customer=one, as_customer=as_customer), ids, many=many)
