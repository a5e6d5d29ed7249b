"""The data layer's operations on accounts and users (contract 6 and 8.3)."""

from __future__ import annotations

from typing import Any

from energyctl.sandbox.bright.answers import KitError
from energyctl.sandbox.bright.book import Book
from energyctl.sandbox.bright.catalog import Account
from energyctl.sandbox.bright.operations import EMAIL, PAGING, PHONE, Call, Operation
from energyctl.sandbox.bright.people import SSN_DIGITS
from energyctl.sandbox.bright.stockholm import local, midnight
from energyctl.sandbox.shapes import Choice, Record, Text

_WORD = Text(pattern=r"[\s\S]+", rule="not empty")
_SSN = Text(pattern=r"\d{" + str(SSN_DIGITS) + "}", rule="a personal number of 12 digits without a hyphen")
_USER = Record(
    required=True,
    fields={
        "firstName": _WORD,
        "lastName": _WORD,
        "email": EMAIL,
        "phoneNumber": PHONE,
        "language": _WORD,
        "username": _WORD,
        "ssn": _SSN,
        "orgNumber": _WORD,
    },
)
_ROLE = Record(
    required=True,
    fields={"role": Choice(words=("owner", "guest", "company"), required=True), "user": _USER},
)
_ADD_USER = Record(
    fields={"userRole": _ROLE, "inviter": Record(fields={"id": _WORD.must()}, required=True)},
)
_EVENT = Record(
    fields={
        "type": Choice(words=("lastSeen", "accountCreated", "accountDeleted"), required=True),
        "accountId": _WORD.must(),
        "userId": _WORD,
        "email": EMAIL,
        "username": _WORD,
        "ssn": _WORD,
    },
)


class Accounts:
    """Search, profile, users and events."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def operations(self) -> list[Operation]:
        """Return the table's part."""
        roles = "/accounts/{accountId}/user-roles"
        contact = Record(fields={"email": EMAIL, "phoneNumber": PHONE}, least=1)
        return [
            Operation("search_accounts", "GET", "/accounts", self._search, {"ssn": _SSN, "email": EMAIL}),
            Operation("get_account", "GET", "/accounts/{accountId}", self._show),
            Operation("get_user_roles", "GET", roles, self._roles, PAGING, paged=True),
            Operation("add_user", "POST", roles, self._add, body=_ADD_USER, success=201),
            Operation("update_user", "PATCH", "/users/{userId}", self._update, body=contact),
            Operation("report_event", "POST", "/events", self._event, body=_EVENT, success=204),
        ]

    def account(self, call: Call) -> Account:
        """Return the account that a call's path names."""
        return self._known(call.path["accountId"])

    def _known(self, account_id: str) -> Account:
        found = self._book.catalog.account(account_id)
        if found is None:
            raise KitError(404, f"There is no account {account_id}.", name="AccountNotFound")
        return found

    async def _search(self, call: Call) -> list[dict[str, str]]:
        if len(call.query) != 1:
            raise KitError(400, "Give either ssn or email.")
        if "ssn" in call.query:
            found = self._book.accounts_by_ssn(call.query["ssn"])
        else:
            found = self._book.accounts_by_email(call.query["email"])
        return [{"accountId": account_id} for account_id in found]

    async def _show(self, call: Call) -> dict[str, Any]:
        account = self.account(call)
        return {
            "accountId": account.account_id,
            "type": "private" if account.company is None else "company",
            "name": account.company or f"{account.owner.first_name} {account.owner.last_name}",
            "status": "active",
            "address": account.address,
            "createdDate": local(midnight(account.since)),
        }

    async def _roles(self, call: Call) -> list[dict[str, Any]]:
        return self._book.roles(self.account(call))

    async def _add(self, call: Call) -> dict[str, Any]:
        account = self.account(call)
        given, inviter = call.body["userRole"], call.body["inviter"]["id"]
        present = self._book.roles(account)
        if present[0]["user"]["id"] != inviter:
            raise KitError(403, f"User {inviter} does not own account {account.account_id}.")
        if given["role"] != "guest":
            raise KitError(409, "The account has its owner already; only a guest can be added.")
        if not given["user"].keys() & {"email", "phoneNumber", "username"}:
            raise KitError(400, "userRole.user needs a phoneNumber, an email or a username.")
        if any(self._book.same_user(each["user"], given["user"]) for each in present):
            raise KitError(409, "That user can see the account already.")
        return self._book.add_guest(account, given["user"])

    async def _update(self, call: Call) -> dict[str, Any]:
        user_id = call.path["userId"]
        changed = self._book.change(user_id, call.body)
        if changed is None:
            raise KitError(404, f"There is no user {user_id}.", name="UserNotFound")
        return changed

    async def _event(self, call: Call) -> None:
        self._known(call.body["accountId"])
