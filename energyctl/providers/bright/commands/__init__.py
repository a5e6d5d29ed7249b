"""The ``bright`` group: a table of nouns and verbs, each in a module of its own."""

from __future__ import annotations

from energyctl.core.commandline import Entry, lazy_group

_HERE = "energyctl.providers.bright.commands"

group = lazy_group(
    "bright",
    """Bright Kit: an energy company's own backend, called as Bright's app calls it.

    An account as the app sees it: accounts search, locations list, invoices list, measurements, cost. An integration
    proven step by step: verify. Most paths are only inferred, see endpoints list; correct them in the profile or with
    spec import FILE.

    Examples:
    energyctl bright accounts search --ssn 191212121212
    energyctl bright invoices list --account A-500001
    energyctl bright verify
    """,
    {
        "accounts": Entry(f"{_HERE}.accounts", "Find and show accounts."),
        "users": Entry(f"{_HERE}.users", "See, add and update the users of an account."),
        "locations": Entry(f"{_HERE}.locations", "Locations and their services.", "locations"),
        "agreements": Entry(f"{_HERE}.locations", "Agreements of a service.", "agreements"),
        "products": Entry(f"{_HERE}.locations", "Products and prices of a service.", "products"),
        "invoices": Entry(f"{_HERE}.invoices", "List invoices, and download them."),
        "measurements": Entry(f"{_HERE}.series", "What a service has measured.", "measurements"),
        "cost": Entry(f"{_HERE}.series", "What a service costs.", "cost"),
        "events": Entry(f"{_HERE}.events", "Report events, and see those of a service."),
        "bankid": Entry(f"{_HERE}.bankid", "Identify a person with BankID."),
        "openid": Entry(f"{_HERE}.openid", "Check the OpenID provider, and sign in."),
        "verify": Entry(f"{_HERE}.verify", "Verify the backend, step by step."),
        "endpoints": Entry(f"{_HERE}.generic", "Which method and path each operation has.", "endpoints"),
        "spec": Entry(f"{_HERE}.generic", "Take paths from the backend's OpenAPI file.", "spec"),
        "call": Entry(f"{_HERE}.generic", "Run any operation, checked against the OpenAPI file.", "call"),
        "api": Entry(f"{_HERE}.generic", "Any call with the profile's credentials.", "api"),
    },
)
