"""The arguments that Emulate's commands share: whose data, which device, and through whose token."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.errors import NotFound, UsageProblem
from energyctl.core.views import dig
from energyctl.providers.emulate.client import EmulateClient
from energyctl.providers.emulate.views import CUSTOMER_IDS, DEVICE_IDS, device_id, device_name

if TYPE_CHECKING:
    from energyctl.core.session import Session

Customer = Annotated[
    str | None,
    typer.Argument(metavar="[CUSTOMER]", help="The customer's id.", autocompletion=CUSTOMER_IDS.feed),
]
Device = Annotated[
    str | None,
    typer.Argument(
        metavar="DEVICE",
        help="The device's id, or its name when no other has it.",
        autocompletion=DEVICE_IDS.feed,
    ),
]
CustomerOption = Annotated[
    str | None,
    typer.Option("--customer", metavar="ID", help="Only this customer's.", autocompletion=CUSTOMER_IDS.feed),
]
AsCustomer = Annotated[
    str | None,
    typer.Option(
        "--as-customer",
        metavar="ID",
        help="Go through the Single Customer API, with a token for this customer alone.",
        autocompletion=CUSTOMER_IDS.feed,
    ),
]
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def one_customer(argument: str | None, option: str | None, as_customer: str | None) -> str | None:
    """Return the one customer that is named in any of the three places; None when none is.

    :raises UsageProblem: when two places name different ones.
    """
    named = list(dict.fromkeys(one for one in (argument, option, as_customer) if one is not None))
    if len(named) > 1:
        raise UsageProblem(
            f"Two different customers are named: {' and '.join(named)}.", hint="Name one.", provider="emulate"
        )
    return named[0] if named else None


def needed_customer(argument: str | None, as_customer: str | None) -> str:
    """Return the customer that a command cannot do without.

    :raises UsageProblem: when none is named.
    """
    found = one_customer(argument, None, as_customer)
    if found is None:
        raise UsageProblem(
            "Missing argument 'CUSTOMER'.", hint="Name the customer's id, or --as-customer ID."
        )
    return found


def shifted(as_customer: str | None, given: Sequence[str | None], *following: str) -> list[str]:
    """Return customer and what follows; with ``--as-customer`` the customer need not be named again.

    :param following: what the arguments after the customer are called, such as DEVICE.
    :raises UsageProblem: when an argument is missing.
    """
    words = [one for one in given if one is not None]
    if as_customer is not None and len(words) <= len(following) and words[:1] != [as_customer]:
        words = [as_customer, *words]
    if len(words) <= len(following):
        raise UsageProblem(
            f"Missing argument '{('CUSTOMER', *following)[len(words)]}'.",
            hint="The customer's devices: energyctl emulate devices list CUSTOMER",
            provider="emulate",
        )
    return words


def keep_ids(session: Session, devices: list[Any]) -> None:
    """Keep the devices seen for the shells' completion."""
    DEVICE_IDS.write(
        session, ((found, device_name(one) or "") for one in devices if (found := device_id(one)))
    )


def found_device(client: EmulateClient, customer: str, wished: str) -> str:
    """Return the id of the device meant, as ``device_among`` does; a UUID as it is usually written needs no list."""
    if _UUID.fullmatch(wished) and wished == wished.lower():
        return wished
    return device_among(list(client.devices(customer)), customer, wished)


def device_among(devices: list[Any], customer: str, wished: str) -> str:
    """Return the id of the device meant: an id as it is listed, a name when exactly one device has it.

    A UUID that is not listed stays as it is: what became of it, the provider tells.

    :raises NotFound: when the customer has no such device; the choices are named.
    :raises UsageProblem: when several have the name.
    """
    listed = [found for one in devices if (found := device_id(one))]
    if wished in listed:
        return wished
    if _UUID.fullmatch(wished):  # in which capitals mean nothing
        return next((one for one in listed if one.lower() == wished.lower()), wished)
    named = [one for one in devices if wished.casefold() in {name.casefold() for name in _names(one)}]
    ids = list(dict.fromkeys(found for one in named if (found := device_id(one))))
    if len(ids) == 1:
        return ids[0]
    told = (f"{device_name(one) or 'no name'}: {device_id(one)}" for one in (named or devices))
    choices = "; ".join(list(dict.fromkeys(told))[:10])
    if ids:
        raise UsageProblem(
            f"Customer {customer} has {len(ids)} devices called '{wished}'.", hint=choices, provider="emulate"
        )
    raise NotFound(
        f"Customer {customer} has no device '{wished}'.",
        hint=f"There are: {choices}" if choices else "The customer has no devices.",
        provider="emulate",
    )


def _names(row: Any) -> list[str]:
    """Return every name by which a person may call a device."""
    names = [device_name(row)] + [dig(row, name) for name in ("kind", "type", "model", "name")]
    return [one for one in names if isinstance(one, str)]
