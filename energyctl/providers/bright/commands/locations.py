"""``bright locations``, ``agreements`` and ``products``: what an account has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.providers.bright.client import BrightClient, connect
from energyctl.providers.bright.commands.arguments import Account, Email, Service, Ssn
from energyctl.providers.bright.finding import found_account, found_service, services
from energyctl.providers.bright.views import AGREEMENTS, PRICES, PRODUCTS, SERVICES

if TYPE_CHECKING:
    from energyctl.core.session import Session

locations = noun("Locations and their services.")
agreements = noun("Agreements of a service.")
products = noun("Products and prices of a service.")


def _as_it_came(session: Session) -> bool:
    return session.out.format in ("json", "jsonl", "yaml")


@locations.command("list")
def list_locations(ctx: typer.Context, account: Account = None, ssn: Ssn = None, email: Email = None) -> None:
    """List the services of an account with their ids and locations.

    Tables and tsv have a row for each service; json, jsonl and yaml carry the locations as they came.

    Examples:
    energyctl bright locations list --account A-500001
    energyctl bright locations list --account A-500001 -o json --query "[].services[].id"
    """
    session = session_of(ctx)
    client = connect(session)
    whose = found_account(client, account, ssn, email)
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
) -> None:
    """List the agreements of a service, or of all services of the account.

    Examples:
    energyctl bright agreements list --account A-500001
    energyctl bright agreements list --account A-500001 --service SRV-500001-11 -o json
    """
    session = session_of(ctx)
    client = connect(session)
    whose = found_account(client, account, ssn, email)
    session.out.rows(_of_services(client, "get_agreements", whose, service, "agreements"), AGREEMENTS)


@products.command("list")
def list_products(
    ctx: typer.Context,
    account: Account = None,
    service: Service = None,
    ssn: Ssn = None,
    email: Email = None,
) -> None:
    """List the products of a service with their prices, or those of all services of the account.

    Tables and tsv have a row for each price; json, jsonl and yaml carry the products as they came.

    Examples:
    energyctl bright products list --account A-500001
    energyctl bright products list --account A-500001 --service SRV-500001-11 -o json
    """
    session = session_of(ctx)
    client = connect(session)
    whose = found_account(client, account, ssn, email)
    found = _of_services(client, "get_products", whose, service, "products")
    if _as_it_came(session):
        session.out.rows(found, PRODUCTS)
    else:
        session.out.rows(_prices(found), PRICES)


def _of_services(
    client: BrightClient, operation_id: str, account: str, service: str | None, noun_: str
) -> Iterator[Any]:
    """Yield what is keyed by service id, for one service or all, with the service's id where rows lack it."""
    chosen = [found_service(client, account, service)] if service is not None else services(client, account)
    for one in chosen:
        for row in client.of_service(operation_id, account, one.id, noun_):
            yield row if service is not None or not isinstance(row, Mapping) else {"serviceId": one.id, **row}


def _prices(found: Iterator[Any]) -> Iterator[Any]:
    for product in found:
        if not isinstance(product, Mapping):
            continue
        name = product.get("name") or product.get("id") or product.get("productId")
        listed = product.get("prices")
        for price in listed if isinstance(listed, list) and listed else [{}]:
            if isinstance(price, Mapping):
                yield {"product": name, "service_id": product.get("serviceId"), **price}
