"""The ``rabot`` group: a table of nouns and verbs, each in a module of its own."""

from __future__ import annotations

from energyctl.core.commandline import Entry, lazy_group

_HERE = "energyctl.providers.rabot.commands"

group = lazy_group(
    "rabot",
    """RABOT Energy: German dynamic tariffs.

    The way of a sale: tariffs list, quote, orders template, orders validate, orders create, orders wait. Then:
    contracts, invoices, metrics.

    Examples:
    energyctl rabot tariffs list
    energyctl rabot quote RabotSmart --postcode 10115 --kwh 3500
    energyctl rabot orders list --limit 10
    """,
    {
        "tariffs": Entry(f"{_HERE}.tariffs", "The tariffs that you may sell.", "tariffs"),
        "quote": Entry(f"{_HERE}.tariffs", "What a tariff costs at a postcode.", "quote"),
        "orders": Entry(f"{_HERE}.orders", "Prepare, check, create and follow orders."),
        "customers": Entry(f"{_HERE}.customers", "See, link and unlink customers."),
        "contracts": Entry(f"{_HERE}.contracts", "Contracts, their metrics, costs and working prices."),
        "documents": Entry(f"{_HERE}.documents", "List and download a contract's documents.", "documents"),
        "invoices": Entry(f"{_HERE}.documents", "List and download a contract's invoices.", "invoices"),
        "prices": Entry(f"{_HERE}.prices", "Day-ahead prices and their forecast."),
        "consumption-plan": Entry(f"{_HERE}.plans", "Submit a consumption plan."),
        "endpoints": Entry(f"{_HERE}.generic", "Which method and path each operation has.", "endpoints"),
        "spec": Entry(f"{_HERE}.generic", "Take paths from the provider's OpenAPI file.", "spec"),
        "call": Entry(f"{_HERE}.generic", "Run any operation, checked against the OpenAPI file.", "call"),
        "api": Entry(f"{_HERE}.api", "Any call with the profile's token."),
    },
)
