"""Names instead of three ids: which account, which service, which invoice is meant."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import BadAnswer, NotFound, UsageProblem
from energyctl.core.inputs import read_text
from energyctl.core.times import in_zone, parse_wire
from energyctl.core.zones import parse_zone
from energyctl.providers.bright.client import BrightClient
from energyctl.providers.bright.operations import ZONE
from energyctl.providers.bright.persons import assumes_century, masked_number, normalised
from energyctl.providers.bright.views import ACCOUNT_IDS, SERVICE_IDS

if TYPE_CHECKING:
    from energyctl.core.session import Session

_MOST_CHOICES = 12
_NAMES = ("name", "address", "street", "streetAddress", "label", "displayName")


@dataclass(frozen=True)
class Service:
    """A service with the location that it belongs to, both as they came."""

    location: Mapping[str, Any]
    data: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The service's id."""
        return str(self.data.get("id", ""))

    @property
    def title(self) -> str:
        """What a person calls it: its type and place."""
        return f"{self.data.get('type') or 'service'} at {location_name(self.location) or 'its location'}"

    @property
    def choice(self) -> str:
        """How it is offered among others: two contracts on one meter differ by their time alone."""
        ends = parse_wire(self.data.get("endDate"), parse_zone(ZONE))
        until = f", until {in_zone(ends, parse_zone(ZONE)):%Y-%m-%d}" if ends is not None else ""
        return f"{self.id} ({self.title}{until})"

    def row(self) -> dict[str, Any]:
        """Return the service as a row, with its location's name and id."""
        return {
            "location_name": location_name(self.location),
            "location_id": location_id(self.location),
            **self.data,
        }


def location_name(location: Mapping[str, Any]) -> str | None:
    """Return a location's name or address under any usual name; its fields are not documented (7.1)."""
    for name in _NAMES:
        value = location.get(name)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, Mapping):
            parts = [one for one in value.values() if isinstance(one, str) and one.strip()]
            if parts:
                return ", ".join(parts[:3])
    return None


def location_id(location: Mapping[str, Any]) -> str | None:
    """Return a location's id."""
    value = location.get("id", location.get("locationId"))
    return str(value) if isinstance(value, str | int) else None


def account_id(row: Any) -> str | None:
    """Return the account id of a row of a search: an object, or the bare id."""
    if isinstance(row, str | int) and not isinstance(row, bool):
        return str(row)
    if isinstance(row, Mapping):
        for name in ("accountId", "id", "account_id"):
            value = row.get(name)
            if isinstance(value, str | int) and not isinstance(value, bool):
                return str(value)
    return None


def named_account(account: str | None) -> str:
    """Return the account that is named, for what takes no person instead.

    :raises UsageProblem: when none is.
    """
    if account is None:
        raise UsageProblem("No account is named.", hint="Add --account ID.", provider="bright")
    return account


def found_account(
    client: BrightClient, account: str | None, ssn: str | None, email: str | None, *, unchecked: bool
) -> str:
    """Return the account that is named, or the only one of a person.

    :param unchecked: whether a personal number may have a wrong check digit.
    :raises UsageProblem: when nobody or both are named, or the person has several accounts.
    :raises NotFound: when the person has none.
    """
    if account is not None:
        if ssn is not None or email is not None:
            raise UsageProblem(
                "Both an account and a person are named.",
                hint="Give --account alone, or --ssn or --email alone.",
                provider="bright",
            )
        return account
    if ssn is None and email is None:
        raise UsageProblem(
            "No account is named.",
            hint="Add --account ID; or --ssn or --email of a person with one account.",
            provider="bright",
        )
    rows = search(client, ssn, email, unchecked=unchecked)
    ids = list(dict.fromkeys(found for one in rows if (found := account_id(one))))
    if not ids:
        raise NotFound(
            "The person has no account.",
            hint="Check the number or address, and the environment of the profile.",
            provider="bright",
            operation="search_accounts",
        )
    if len(ids) > 1:
        raise UsageProblem(
            f"The person has {len(ids)} accounts.",
            hint=f"Name one with --account: {', '.join(ids)}",
            provider="bright",
        )
    return ids[0]


def given_number(session: Session, text: str, *, unchecked: bool, reveal: bool = False) -> str:
    """Return a personal number as 12 digits, read from standard input for ``-``; it shows up in no trace or error.

    :param reveal: whether it may be shown after all.
    :raises UsageProblem: when it is none.
    """
    given = read_text(session, "-", "--ssn").strip() if text == "-" else text
    number = normalised(given, checked=not unchecked)
    if not reveal:
        session.redactor.learn(number)
    if assumes_century(given):
        session.notice(f"The personal number is taken as {number if reveal else masked_number(number)}.")
    return number


def given_address(text: str, option: str = "--email") -> str:
    """Return an e-mail address.

    :raises UsageProblem: when it is none.
    """
    address = text.strip()
    if len(address) < 3 or "@" not in address[1:-1]:
        raise UsageProblem(
            f"{option} '{address}' is not an address.", hint="Write it as name@host.", provider="bright"
        )
    return address


def search(
    client: BrightClient, ssn: str | None, email: str | None, *, unchecked: bool, reveal: bool = False
) -> list[Any]:
    """Return the accounts of a person by personal number or e-mail address (6.1).

    :raises UsageProblem: when neither or both are given, or it is none.
    """
    if (ssn is None) == (email is None):
        raise UsageProblem(
            "Name the person by --ssn or by --email.", hint="One of the two.", provider="bright"
        )
    if ssn is not None:
        number = given_number(client.session, ssn, unchecked=unchecked, reveal=reveal)
        return client.search(ssn=number)
    return client.search(email=given_address(email or ""))


def account_rows(session: Session, found: Iterable[Any]) -> list[Any]:
    """Return the accounts that a search found as objects, bare ids too, and keep the ids for completion."""
    rows = [row if isinstance(row, dict) else {"accountId": row} for row in found]
    ACCOUNT_IDS.add(session, ((own, "") for row in rows if (own := account_id(row))))
    return rows


def services(client: BrightClient, account: str) -> list[Service]:
    """Return the services of an account with their locations.

    :raises BadAnswer: when a location has no list of services.
    """
    found = []
    for location in client.locations(account):
        listed = location.get("services") if isinstance(location, Mapping) else None
        if not isinstance(listed, list):
            raise BadAnswer(
                f"A location of account {account} comes without its list of services.",
                hint="The contract wants services[] in each location (7.1). Add -v to see the answer.",
                provider="bright",
                operation="get_locations",
            )
        found += [Service(location, one) for one in listed if isinstance(one, Mapping)]
    keep(client.session, account, found)
    return found


def keep(session: Session, account: str, found: Iterable[Service]) -> None:
    """Keep ids seen for the shells' completion."""
    SERVICE_IDS.add(session, ((one.id, one.title) for one in found))
    ACCOUNT_IDS.add(session, [(account, "")])


def of_services(
    client: BrightClient, operation_id: str, account: str, service: str | None, noun: str
) -> Iterator[Any]:
    """Yield what is keyed by service id, for one service or all, with the service's id where rows lack it."""
    chosen = [found_service(client, account, service)] if service is not None else services(client, account)
    for one in chosen:
        if not isinstance(one.data.get("id"), str | int):
            raise BadAnswer(
                f"A service of account {account} comes without its id.",
                hint="The contract wants an id in each service (7.1). Add -v to see the answer.",
                provider="bright",
                operation="get_locations",
            )
        for row in client.of_service(operation_id, account, one.id, noun):
            yield row if service is not None or not isinstance(row, Mapping) else {"serviceId": one.id, **row}


def found_service(
    client: BrightClient, account: str, wished: str | None, needs: str | None = None
) -> Service:
    """Return the service that is meant: by id, measurement id, cost id or type; the only one when none is named.

    :param needs: a field that it must have, such as ``measurementId``.
    :raises UsageProblem: when several fit; the choices are listed.
    :raises NotFound: when none does.
    """
    everything = services(client, account)
    usable = [one for one in everything if needs is None or one.data.get(needs)]
    word = (wished or "").casefold()
    exact = [one for one in usable if word in _words(one)]
    near = exact or [one for one in usable if any(word in each for each in _words(one))]
    fitting = near if wished is not None else usable
    if len(fitting) == 1:
        return fitting[0]
    listed = fitting or usable
    choices = "; ".join(one.choice for one in listed[:_MOST_CHOICES])
    if len(listed) > _MOST_CHOICES:
        choices += (
            f"; and {len(listed) - _MOST_CHOICES} more: energyctl bright locations list "
            f"--account {shlex.quote(account)}"
        )
    if not fitting:
        what = f"no service '{wished}'" if wished is not None else "no service"
        also = f" with a {needs}" if needs and not (wished is not None and usable == everything) else ""
        raise NotFound(
            f"Account {account} has {what}{also}.",
            hint=f"There are: {choices}"
            if choices
            else f"See: energyctl bright locations list --account {shlex.quote(account)}",
            provider="bright",
            operation="get_locations",
        )
    what = f"{len(fitting)} services" + (f" that '{wished}' fits" if wished is not None else "")
    raise UsageProblem(
        f"Account {account} has {what}.", hint=f"Choose with --service: {choices}", provider="bright"
    )


def _words(service: Service) -> set[str]:
    words = [service.data.get(name) for name in ("id", "measurementId", "costId", "type")]
    words += [location_name(service.location), service.title]
    told = (str(one) for one in words if isinstance(one, str | int) and not isinstance(one, bool))
    return {one.casefold() for one in told if one}
