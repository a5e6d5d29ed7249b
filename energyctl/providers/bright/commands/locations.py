"""``bright locations``, ``agreements`` and ``products``: what an account has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.providers.bright.client import connect
from energyctl.providers.bright.commands.arguments import Account, Email, Service, Ssn, Unchecked
from energyctl.providers.bright.finding import found_account, of_services, services
from energyctl.providers.bright.views import AGREEMENTS, PRICES, PRODUCTS, SERVICES

if TYPE_CHECKING:
    from energyctl.core.session import Session

locations = noun("Locations and their services.")
agreements = noun("Agreements of a service.")
products = noun("Products and prices of a service.")


def _as_it_came(session: Session) -> bool:
    """Whether the provider's own data is wished: by a query too, which must not depend on the format."""
    return session.out.format in ("json", "jsonl", "yaml") or bool(session.options.query)


@locations.command("list")
def list_locations(
    ctx: typer.Context,
    account: Account = None,
    ssn: Ssn = None,
    email: Email = None,
    unchecked: Unchecked = False,
) -> None:
    """List the services of an account with their ids and locations.

    Tables and tsv have a row for each service; json, jsonl and yaml carry the locations as they came.

    Examples:
    energyctl bright locations list --account A-500001
    energyctl bright locations list --account A-500001 -o json --query "[].services[].id"
    """
    session = session_of(ctx)
    client = connect(session)
    whose = found_account(client, account, ssn, email, unchecked=unchecked)
    if _as_it_came(session):
        session.out.rows(client.locations(whose, session.row_limit))
    else:
        session.out.rows([one.row() for one in services(client, whose)], SERVICES)


@agreements.command("list")
def list_agreements(
    ctx: typer.Context,
    account: Account = None,
    service: Service = None,
    ssn: Ssn = None,
    email: Email = None,
    unchecked: Unchecked = False,
) -> None:
    """List the agreements of a service, or of all services of the account.

    Examples:
    energyctl bright agreements list --account A-500001
    energyctl bright agreements list --account A-500001 --service SRV-500001-11 -o json
    """
    session = session_of(ctx)
    client = connect(session)
    whose = found_account(client, account, ssn, email, unchecked=unchecked)
    session.out.rows(of_services(client, "get_agreements", whose, service, "agreements"), AGREEMENTS)


@products.command("list")
def list_products(
    ctx: typer.Context,
    account: Account = None,
    service: Service = None,
    ssn: Ssn = None,
    email: Email = None,
    unchecked: Unchecked = False,
) -> None:
    """List the products of a service with their prices, or those of all services of the account.

    Tables and tsv have a row for each price; json, jsonl and yaml carry the products as they came.

    Examples:
    energyctl bright products list --account A-500001
    energyctl bright products list --account A-500001 --service SRV-500001-11 -o json
    """
    session = session_of(ctx)
    client = connect(session)
    whose = found_account(client, account, ssn, email, unchecked=unchecked)
    found = of_services(client, "get_products", whose, service, "products")
    if _as_it_came(session) or session.out.format == "ids":
        session.out.rows(found, PRODUCTS)
    else:
        session.out.rows(_prices(found), PRICES)


def _prices(found: Iterable[Any]) -> Iterator[Any]:
    for product in found:
        if not isinstance(product, Mapping):
            continue
        name = product.get("name") or product.get("id") or product.get("productId")
        listed = product.get("prices")
        for price in listed if isinstance(listed, list) and listed else [{}]:
            if isinstance(price, Mapping):
                yield {"product": name, "service_id": product.get("serviceId"), **price}
