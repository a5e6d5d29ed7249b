"""Rules of locations with their services, and of a service's agreements, products and events (contract 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from energyctl.providers.bright.operations import RESOLUTIONS
from energyctl.providers.bright.verify.findings import Broken, NotBuilt, Rule, Skipped, Step
from energyctl.providers.bright.verify.organisation import Organisation
from energyctl.providers.bright.verify.shapes import (
    instant,
    is_number,
    is_text,
    kind_of,
    objects,
    repeated,
    shown,
    with_offset,
)

_REQUIRED = ("id", "type")
_TEXTS = ("status", "measurementId", "costId", "measurementResolution", "costResolution")
_LOCATIONS, _PRODUCTS = "get_locations", "get_products"


def locations_listed(org: Organisation) -> str:
    """Check: Get locations answers the locations of an account (contract 7.1)."""
    counts = [len(org.locations(account)) for account in org.opened]
    return f"{sum(counts)} locations"


def services_listed(org: Organisation) -> str | None:
    """Check: a location has its services as an array of objects (contract 7.1)."""
    count = 0
    for account in org.opened:
        for location in org.locations(account):
            services = location.get("services") if isinstance(location, Mapping) else None
            if not isinstance(services, list) or len(objects(services)) != len(services):
                raise Broken(
                    f"services is {kind_of(services)}", expected="an array of objects", heard=org.last
                )
            count += len(services)
    if not count:
        raise Skipped("the person's accounts have no services; verify with a customer who has some")
    return f"{count} services"


def services_are_whole(org: Organisation) -> None:
    """Check: a service has id and type, and texts where the contract has texts (contract 7.1)."""
    for service in org.listed:
        for name in _REQUIRED:
            if not service.text(name):
                raise _wrong(org, service.told, name, service.data.get(name), "a text that is not empty")
        for name in _TEXTS:
            value = service.data.get(name)
            if value is not None and not is_text(value):
                raise _wrong(org, service.told, name, value, "a text that is not empty")


def ids_unique(org: Organisation, name: str) -> None:
    """Check: the ids of services, their measurements and costs are globally unique (contract 7.1)."""
    twice = repeated(value for service in org.listed if (value := service.text(name)))
    if twice:
        raise Broken(
            f"{name} {', '.join(twice[:5])} more than once",
            expected="each once, across all locations and accounts",
            heard=org.last,
        )


def resolutions_known(org: Organisation) -> None:
    """Check: measurementResolution and costResolution are of the five words (contract 7.1, 8)."""
    for service in org.listed:
        for name in ("measurementResolution", "costResolution"):
            value = service.data.get(name)
            if value is not None and value not in RESOLUTIONS:
                raise _wrong(org, service.told, name, value, " | ".join(RESOLUTIONS))


def service_dates(org: Organisation) -> None:
    """Check: startDate and endDate are date-times with an offset; endDate is null while open (contract 7.1)."""
    for service in org.listed:
        for name in ("startDate", "endDate"):
            value = service.data.get(name)
            if value is not None and not with_offset(value):
                raise _wrong(org, service.told, name, value, "as 2023-10-20T15:30:30+02:00")
        start, end = (instant(service.data.get(name)) for name in ("startDate", "endDate"))
        if start is not None and end is not None and end < start:
            raise Broken(f"{service.told}: endDate is before startDate", heard=org.last)


def service_properties(org: Organisation) -> None:
    """Check: a service's properties are true or false (contract 7.1)."""
    for service in org.listed:
        properties = service.data.get("properties")
        if properties is None:
            continue
        if not isinstance(properties, Mapping):
            raise _wrong(org, service.told, "properties", properties, "an object")
        for name in ("showSpotPrice", "showCost", "realtimeMeasurements"):
            if not isinstance(properties.get(name, False), bool):
                raise _wrong(org, service.told, f"properties.{name}", properties[name], "true or false")


def _wrong(org: Organisation, whose: str, name: str, value: Any, expected: str) -> Broken:
    org.hear(_LOCATIONS, {"accountId": org.account})
    return Broken(f"{whose}: {name} is {shown(value)}", expected=expected, heard=org.last)


def of_each_service(org: Organisation, operation: str) -> str:
    """Check: an operation on a service answers for each service of the account (contract 7.2, 7.4)."""
    for service in org.services:
        found = org.data(operation, {"accountId": org.account, "serviceId": service.text("id") or ""})
        if not isinstance(found, list | Mapping):
            raise Broken(f"{service.told}: {kind_of(found)}", expected="an array", heard=org.last)
    return f"{len(org.services)} services"


def products_listed(org: Organisation) -> str:
    """Check: Get products answers an array of products for each service (contract 7.4)."""
    for service, found in _products(org):
        if not isinstance(found, list) or len(objects(found)) != len(found):
            raise Broken(f"{service}: {kind_of(found)}", expected="an array of objects", heard=org.last)
    return f"{len(org.services)} services"


def products_have_prices(org: Organisation) -> None:
    """Check: a product has an array of prices, which may be empty (contract 7.4)."""
    for service, found in _products(org):
        for product in objects(found):
            prices = product.get("prices")
            if not isinstance(prices, list) or len(objects(prices)) != len(prices):
                raise Broken(
                    f"{service}: prices is {kind_of(prices)}", expected="an array of objects", heard=org.last
                )


def prices_have_value_and_type(org: Organisation) -> None:
    """Check: a price has a number as value, 0 for spot, and a type (contract 7.4)."""
    for service, price in _prices(org):
        if not is_number(price.get("value")):
            raise Broken(
                f"{service}: value is {shown(price.get('value'))}", expected="a number", heard=org.last
            )
        if not is_text(price.get("type")):
            raise Broken(
                f"{service}: type is {shown(price.get('type'))}", expected="such as kWh", heard=org.last
            )


def prices_have_dates(org: Organisation) -> None:
    """Check: validFrom and validTo are date-times with an offset, in their order (contract 7.4)."""
    for service, price in _prices(org):
        for name in ("validFrom", "validTo"):
            value = price.get(name)
            if value is not None and not with_offset(value):
                raise Broken(
                    f"{service}: {name} is {shown(value)}", expected="with an offset", heard=org.last
                )
        begin, end = (instant(price.get(name)) for name in ("validFrom", "validTo"))
        if begin is not None and end is not None and end < begin:
            raise Broken(f"{service}: validTo is before validFrom", heard=org.last)


def _products(org: Organisation) -> Iterator[tuple[str, Any]]:
    for service in org.services:
        values = {"accountId": org.account, "serviceId": service.text("id") or ""}
        yield service.told, org.data(_PRODUCTS, values)


def _prices(org: Organisation) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for service, found in _products(org):
        for product in objects(found):
            for price in objects(product.get("prices")):
                yield f"{service}, price {price.get('name') or '?'}", price


def service_events(org: Organisation) -> str:
    """Check: Get service events answers for each service, when it is built (operation index 21)."""
    try:
        return of_each_service(org, "get_service_events")
    except NotBuilt as verdict:
        verdict.fix = "The Kit does not ask for it; build it to show events in the app."
        raise


def _unique(name: str) -> Rule:
    return Rule(
        f"{name.removesuffix('Id') or 'service'}_ids_unique".replace("id_ids", "service_ids"),
        partial(ids_unique, name=name),
        _LOCATIONS,
        "7.1",
        f"A service's {name} is globally unique",
        f"Give each service a {name} of its own.",
        needs=("services_listed",),
    )


STEPS = (
    Step(
        "locations",
        "Get locations",
        (
            Rule(
                "locations_listed",
                locations_listed,
                _LOCATIONS,
                "7.1",
                "The locations of an account come as a list",
                "Answer an array of locations.",
            ),
            Rule(
                "services_listed",
                services_listed,
                _LOCATIONS,
                "7.1",
                "A location has its services as an array",
                "Give each location services: […], with all services of the account.",
            ),
            Rule(
                "services_are_whole",
                services_are_whole,
                _LOCATIONS,
                "7.1",
                "A service has id and type, and texts that are not empty",
                "Leave out or null what a service does not have.",
                needs=("services_listed",),
            ),
            _unique("id"),
            _unique("measurementId"),
            _unique("costId"),
            Rule(
                "resolutions_known",
                resolutions_known,
                _LOCATIONS,
                "7.1, 8",
                "A service's resolutions are year, month, day, hour or 15min",
                "Name the smallest resolution that is available.",
                needs=("services_listed",),
            ),
            Rule(
                "service_dates",
                service_dates,
                _LOCATIONS,
                "7.1",
                "A service's startDate and endDate have an offset",
                "Write them as 2023-10-20T15:30:30+02:00; endDate null while open.",
                needs=("services_listed",),
            ),
            Rule(
                "service_properties",
                service_properties,
                _LOCATIONS,
                "7.1",
                "A service's properties are true or false",
                "Use booleans, not texts or numbers.",
                needs=("services_listed",),
            ),
        ),
        after=("account",),
    ),
    Step(
        "agreements",
        "Get agreements",
        (
            Rule(
                "agreements_answered",
                partial(of_each_service, operation="get_agreements"),
                "get_agreements",
                "7.2",
                "Agreements are answered for each service",
                "Answer an array, empty for a service without agreements.",
            ),
        ),
        after=("locations",),
    ),
)
PRODUCTS = Step(
    "products",
    "Get products",
    (
        Rule(
            "products_listed",
            products_listed,
            _PRODUCTS,
            "7.4",
            "Products come as an array for each service",
            "Answer an array, empty for a service without products.",
        ),
        Rule(
            "products_have_prices",
            products_have_prices,
            _PRODUCTS,
            "7.4",
            "A product has an array of prices",
            "Give each product prices: […]; Bright computes costs from them.",
        ),
        Rule(
            "prices_have_value_and_type",
            prices_have_value_and_type,
            _PRODUCTS,
            "7.4",
            "A price has a number as value, and a type",
            "Send value as a number, 0 for spotkWh.",
            needs=("products_have_prices",),
        ),
        Rule(
            "prices_have_dates",
            prices_have_dates,
            _PRODUCTS,
            "7.4",
            "A price's validFrom and validTo have an offset",
            "Write them in ISO 8601 with offset.",
            needs=("products_have_prices",),
        ),
    ),
    after=("locations",),
)
EVENTS = Step(
    "service-events",
    "Get service events",
    (
        Rule(
            "service_events_answered",
            service_events,
            "get_service_events",
            "index 21",
            "Events are answered for each service",
            "Answer an array, empty for a service without events.",
        ),
    ),
    after=("locations",),
)
