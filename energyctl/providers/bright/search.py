"""What ``energyctl find`` can ask of a Kit: accounts by id, and by personal number or e-mail address (contract 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import EnergyctlError
from energyctl.core.searching import Depth, Hit, Lookup, failed_for_good, the_one
from energyctl.core.terms import Kind, Term
from energyctl.core.views import dig
from energyctl.providers.bright.client import BrightClient, connect
from energyctl.providers.bright.finding import account_id
from energyctl.providers.bright.persons import masked_number, normalised

if TYPE_CHECKING:
    from energyctl.core.session import Session

_NAMES = ("name", "displayName", "customerName", "owner.name")
#: Accounts of one person whose name is asked for.
_NAMED = 5


def lookups(session: Session, _depth: Depth) -> tuple[Lookup, ...]:
    """Return the lookups; nothing is asked before one is used."""
    search = _Search(session)
    one = "1 call, and 1 for the name of each account"
    return (
        Lookup("accounts by personal number", frozenset({Kind.PERSONAL}), one, search.by_number),
        Lookup("accounts by e-mail address", frozenset({Kind.EMAIL}), one, search.by_mail),
        Lookup("accounts by id", frozenset({Kind.ID, Kind.NUMBER, Kind.UUID}), "1 call", search.by_id),
    )


class _Search:
    def __init__(self, session: Session) -> None:
        self.session = session
        self._client: BrightClient | None = None

    @property
    def client(self) -> BrightClient:
        if self._client is None:
            self._client = connect(self.session)
        return self._client

    def by_number(self, term: Term) -> Iterator[Hit]:
        number = normalised(term.text, checked=False)
        self.session.redactor.learn(number)
        rows = the_one(lambda: self.client.search(ssn=number)) or ()
        yield from self._accounts(rows, {"ssn": masked_number(number)})

    def by_mail(self, term: Term) -> Iterator[Hit]:
        rows = the_one(lambda: self.client.search(email=term.text)) or ()
        yield from self._accounts(rows, {"email": term.text})

    def by_id(self, term: Term) -> Iterator[Hit]:
        found = the_one(lambda: self.client.account(term.text))
        if isinstance(found, Mapping):
            own = account_id(found) or term.text
            yield _account(own, found, {"accountId": own})

    def _accounts(self, rows: Any, match: Mapping[str, Any]) -> Iterator[Hit]:
        ids = list(dict.fromkeys(found for row in rows if (found := account_id(row))))
        for number, own in enumerate(ids):
            yield _account(own, self._details(own) if number < _NAMED else {}, match)

    def _details(self, account: str) -> Mapping[str, Any]:
        """Return an account for its name; an account that cannot be read is found all the same."""
        try:
            return self.client.account(account)
        except EnergyctlError as error:
            if failed_for_good(error):
                raise
            return {}


def _account(own: str, row: Mapping[str, Any], match: Mapping[str, Any]) -> Hit:
    name = next((value for path in _NAMES if isinstance(value := dig(row, path), str) and value), None)
    return Hit("account", own, name, match, ("bright", "accounts", "show", own), exact=True, data=row)
