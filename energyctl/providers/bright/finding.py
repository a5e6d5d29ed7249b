"""Names instead of three ids: which account, which service, which invoice is meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import BadAnswer, NotFound, UsageProblem
from energyctl.providers.bright.client import BrightClient
from energyctl.providers.bright.persons import normalised
from energyctl.providers.bright.views import ACCOUNT_IDS, SERVICE_IDS

if TYPE_CHECKING:
    from energyctl.core.session import Session

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


def found_account(
    client: BrightClient, account: str | None, ssn: str | None, email: str | None, *, checked: bool = True
) -> str:
    """Return the account that is named, or the only one of a person.

    :raises UsageProblem: when nobody is named, or the person has several accounts.
    :raises NotFound: when the person has none.
    """
    if account is not None:
        return account
    if ssn is None and email is None:
        raise UsageProblem(
            "No account is named.",
            hint="Add --account ID; or --ssn or --email of a person with one account.",
            provider="bright",
        )
    rows = search(client, ssn, email, checked=checked)
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


def search(client: BrightClient, ssn: str | None, email: str | None, *, checked: bool = True) -> list[Any]:
    """Return the accounts of a person by personal number or e-mail address (6.1).

    :raises UsageProblem: when neither or both are given, or it is none.
    """
    if (ssn is None) == (email is None):
        raise UsageProblem(
            "Name the person by --ssn or by --email.", hint="One of the two.", provider="bright"
        )
    if ssn is not None:
        return client.search(ssn=normalised(ssn, checked=checked))
    address = (email or "").strip()
    if len(address) < 3 or "@" not in address[1:-1]:
        raise UsageProblem(
            f"--email '{address}' is not an address.", hint="Write it as name@host.", provider="bright"
        )
    return client.search(email=address)


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
    SERVICE_IDS.write(session, ((one.id, one.title) for one in found))
    ACCOUNT_IDS.write(session, [(account, "")])


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
    choices = "; ".join(f"{one.id} ({one.title})" for one in (fitting or usable)[:12])
    if not fitting:
        what = f"no service '{wished}'" if wished is not None else "no service"
        also = f" with a {needs}" if needs else ""
        raise NotFound(
            f"Account {account} has {what}{also}.",
            hint=f"There are: {choices}" if choices else "See: energyctl bright locations list",
            provider="bright",
            operation="get_locations",
        )
    what = (
        f"'{wished}' fits {len(fitting)} services"
        if wished is not None
        else f"It has {len(fitting)} services"
    )
    raise UsageProblem(
        f"Account {account}: {what}.", hint=f"Choose with --service: {choices}", provider="bright"
    )


def _words(service: Service) -> set[str]:
    words = [service.data.get(name) for name in ("id", "measurementId", "costId", "type")]
    words += [location_name(service.location), service.title]
    return {one.casefold() for one in words if isinstance(one, str) and one}
