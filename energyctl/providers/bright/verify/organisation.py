"""The Organisation as the rules see it: each answer is asked for once and kept. Nothing is judged here.

What cannot be had is raised as a verdict that names the operation, so that one fault is told once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import BadAnswer
from energyctl.core.jsonbody import NotJson
from energyctl.core.listing import items_of
from energyctl.core.transport import Pairs, Request
from energyctl.providers.bright.finding import account_id
from energyctl.providers.bright.verify.findings import Broken, NotBuilt, Skipped
from energyctl.providers.bright.verify.probe import Heard, Probe

if TYPE_CHECKING:
    from energyctl.core.session import Session
    from energyctl.providers.bright.client import BrightClient

#: So many of a person's accounts are looked at.
MOST_ACCOUNTS = 20
#: So many services are asked for their agreements and products.
MOST_SERVICES = 50
#: What a path or method that is not there is answered with.
NOT_THERE = (404, 405)
#: What a query or body is answered with that the server does not understand.
REFUSED = (400, 415, 422)


@dataclass(frozen=True)
class Wishes:
    """What is verified: whose data, and how."""

    ssn: str | None = None
    email: str | None = None
    account: str | None = None
    write_steps: bool = False
    #: Requests at a time when they are sent as Bright sends them after a login.
    parallel: int = 8


@dataclass(frozen=True)
class Service:
    """A service of an account, as it came."""

    account: str
    data: Mapping[str, Any] = field(hash=False)

    def text(self, name: str) -> str | None:
        """Return a field when it is a text that is not empty."""
        value = self.data.get(name)
        return value if isinstance(value, str) and value else None

    @property
    def told(self) -> str:
        """How it is called in findings."""
        return f"service {self.text('id') or '?'} ({self.text('type') or 'no type'})"


class Organisation:
    """A backend under examination."""

    def __init__(self, session: Session, client: BrightClient, wishes: Wishes) -> None:
        self.session = session
        self.client = client
        self.section = client.section
        self.wishes = wishes
        tokens = client.tokens
        signed = tokens.mode != "none"
        self.probe = Probe(
            session,
            provider="bright",
            title="The Organisation",
            base_url=self.section.url("base_url"),
            authorize=(lambda _request, rejected: tokens.get(rejected)) if signed else None,
            header=tokens.header,
        )
        self._answers: dict[Any, Heard] = {}
        #: Answers of 404 and 405 where account and ids are known to be right.
        self.not_there: list[Heard] = []
        #: The answer that was looked at last.
        self.last: Heard | None = None

    def close(self) -> None:
        """Close the connections."""
        self.probe.close()

    # -- asking ---------------------------------------------------------------------------------------------

    def hear(
        self,
        operation: str,
        values: Mapping[str, str] | None = None,
        query: Pairs = (),
        *,
        body: Any = None,
        accept: str | None = None,
    ) -> Heard:
        """Return the answer of an operation, whatever it is; of one that was asked before, the former one."""
        request = self.client.request(operation, values, query=query, body=body)
        if accept is not None:
            request.accept = accept
        key = (request.method, request.path, tuple(request.query), repr(body), accept)
        if key not in self._answers:
            self._answers[key] = self.probe.ask(request)
        self.last = self._answers[key]
        return self.last

    def said(self, heard: Heard, *, known: bool = True) -> Heard:
        """Return an answer of status 2xx; anything else is a verdict.

        :param known: whether account and ids are right for certain, so that a 404 cannot be about them.
        """
        facts: dict[str, Any] = {"heard": heard, "operation": heard.request.operation}
        if heard.timed_out:
            raise Skipped(f"{heard.told.rstrip('.')}; see answers_in_time", **facts)
        if heard.status == 501:
            raise NotBuilt("status 501: not built", **facts)
        if heard.status in NOT_THERE and known:
            if heard not in self.not_there:
                self.not_there.append(heard)
            raise Skipped(f"{heard.told}; see not_built_is_501", **facts)
        if not heard.ok:
            raise Broken(heard.told, expected="status 200", **facts)
        return heard

    def json_of(self, heard: Heard, *, known: bool = True) -> Any:
        """Return the JSON of an answer of status 2xx; anything else is a verdict."""
        self.said(heard, known=known)
        try:
            return heard.json()
        except NotJson as problem:
            raise Broken(
                f"status {heard.status} with {problem}",
                expected="JSON",
                heard=heard,
                operation=heard.request.operation,
            ) from None

    def data(
        self,
        operation: str,
        values: Mapping[str, str] | None = None,
        query: Pairs = (),
    ) -> Any:
        """Return the JSON that an operation answers; anything else is a verdict."""
        heard = self.hear(operation, values, query)
        known = "accountId" not in (values or {}) or self.is_known
        self.last = heard
        return self.json_of(heard, known=known)

    def rows(
        self, operation: str, noun: str, values: Mapping[str, str] | None = None, query: Pairs = ()
    ) -> list[Any]:
        """Return the list that an operation answers, bare or in an envelope."""
        found = self.data(operation, values, query)
        try:
            return items_of(found, noun)
        except BadAnswer:
            kind = "an object" if isinstance(found, Mapping) else type(found).__name__
            raise Broken(
                f"{kind} without a list of {noun}",
                expected=f"a list of {noun}",
                heard=self.last,
                operation=operation,
            ) from None

    def path(self, operation: str) -> str:
        """Return method and path template in force."""
        endpoint = self.client.endpoints.of(operation)
        return f"{endpoint.method} {endpoint.path}"

    def raw(self, path: str) -> Heard:
        """Return the answer to a GET that is no operation's."""
        self.last = self.probe.ask(Request("api", "GET", path))
        return self.last

    # -- what is known of the person ------------------------------------------------------------------------

    @property
    def person(self) -> list[tuple[str, str]]:
        """The query that searches for the person."""
        if self.wishes.ssn is not None:
            return [("ssn", self.wishes.ssn)]
        return [("email", self.wishes.email)] if self.wishes.email is not None else []

    @cached_property
    def found(self) -> list[str]:
        """The account ids that the search finds."""
        if not self.person:
            raise Skipped("--account names the account; nobody is searched for (add --ssn or --email)")
        rows = self.rows("search_accounts", "accounts", query=self.person)
        ids = [account_id(row) for row in rows]
        if rows and not all(ids):
            raise Skipped(
                "the accounts come under a name that the contract does not tell; name one with --account",
                heard=self.last,
                operation="search_accounts",
            )
        return list(dict.fromkeys(one for one in ids if one is not None))

    @property
    def is_nobody(self) -> bool:
        """Whether the search has found no account of the person."""
        return self.wishes.account is None and vars(self).get("found") == []

    @property
    def candidates(self) -> list[str]:
        """The accounts that may be looked at: the named one, or those found."""
        if self.wishes.account is not None:
            return [self.wishes.account]
        if not self.found:
            raise Skipped("the person has no account", operation="search_accounts")
        return self.found[:MOST_ACCOUNTS]

    @cached_property
    def opened(self) -> list[str]:
        """The accounts that Get account shows; all of them when it is not built."""
        answers = {one: self.hear("get_account", {"accountId": one}) for one in self.candidates}
        good = [one for one, heard in answers.items() if heard.ok]
        if good or self.wishes.account is not None or all(one.status == 501 for one in answers.values()):
            return good or list(answers)
        first = next(iter(answers.values()))
        self.said(first, known=False)
        raise AssertionError(first.told)  # pragma: no cover - ``said`` raises for what is not ok

    @property
    def account(self) -> str:
        """The account whose data is examined."""
        return self.opened[0]

    @property
    def is_known(self) -> bool:
        """Whether the account's id is right for certain."""
        return self.wishes.account is None or self.hear("get_account", {"accountId": self.account}).ok

    def roles(self, account: str) -> list[Any]:
        """Return the users of an account with their roles."""
        return self.rows("get_user_roles", "users", {"accountId": account})

    def locations(self, account: str) -> list[Any]:
        """Return the locations of an account."""
        return self.rows("get_locations", "locations", {"accountId": account})

    @cached_property
    def listed(self) -> list[Service]:
        """The services of all accounts seen, in their order."""
        found = []
        for account in self.opened:
            for location in self.locations(account):
                services = location.get("services") if isinstance(location, Mapping) else None
                inside = services if isinstance(services, list) else []
                found += [Service(account, one) for one in inside if isinstance(one, Mapping)]
        return found

    @cached_property
    def services(self) -> list[Service]:
        """The services of the examined account that have an id, each id once."""
        kept: dict[str, Service] = {}
        for one in self.listed:
            if one.account == self.account and (name := one.text("id")):
                kept.setdefault(name, one)
        if not kept:
            raise Skipped("no services are listed for the account", operation="get_locations")
        return list(kept.values())[:MOST_SERVICES]
