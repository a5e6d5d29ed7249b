"""The users of the accounts: the seeded ones, and what was changed or added since."""

from __future__ import annotations

from typing import Any

from energyctl.sandbox.bright import people
from energyctl.sandbox.bright.catalog import Account, Catalog, account_id
from energyctl.sandbox.bright.people import Person

_FIRST_PERSON, _FIRST_COMPANY, _FIRST_ADDED = 2_000_000_001, 3_000_000_001, 4_000_000_001
_OFFICE = "kontor"
_LONGEST_ID = 12
_ADDRESSES = ("email", "phoneNumber", "username")


class Book:
    """Answers who is who. Only changes are kept; a reset forgets them."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.reset()

    def reset(self) -> None:
        """Go back to the seeded users."""
        self._changed: dict[str, dict[str, str]] = {}
        self._added: dict[str, dict[str, Any]] = {}
        self._guests: dict[str, list[str]] = {}

    def roles(self, account: Account) -> list[dict[str, Any]]:
        """Return all users of an account with their roles, the account's owner first."""
        first = self._company(account) if account.company is not None else self.person(account.owner)
        users = [first, *(self.person(guest) for guest in account.guests)]
        added = (self.user(user_id) for user_id in self._guests.get(account.account_id, []))
        users += [user for user in added if user is not None]
        kinds = ["owner" if account.company is None else "company"]
        return [
            {"role": role, "user": user}
            for role, user in zip([*kinds, *["guest"] * (len(users) - 1)], users, strict=True)
        ]

    def person(self, person: Person) -> dict[str, Any]:
        """Return a seeded person as the Kit's user object."""
        return self._with_changes(
            {
                "id": str(_FIRST_PERSON + person.at),
                "firstName": person.first_name,
                "lastName": person.last_name,
                "email": person.email,
                "phoneNumber": person.phone,
                "language": person.language,
                "username": person.email.partition("@")[0],
                "ssn": person.ssn,
            }
        )

    def user(self, user_id: str) -> dict[str, Any] | None:
        """Return a user by id."""
        if user_id in self._added:
            return self._with_changes(self._added[user_id])
        if not (user_id.isascii() and user_id.isdigit() and len(user_id) <= _LONGEST_ID):
            return None
        number = int(user_id)
        if 0 <= number - _FIRST_PERSON < self.catalog.count:
            return self.person(self.catalog.people.at(number - _FIRST_PERSON))
        account = self.catalog.account(account_id(number - _FIRST_COMPANY))
        return None if account is None or account.company is None else self._company(account)

    def change(self, user_id: str, fields: dict[str, str]) -> dict[str, Any] | None:
        """Set a user's e-mail address or telephone number; None when there is no such user."""
        if self.user(user_id) is None:
            return None
        self._changed.setdefault(user_id, {}).update(fields)
        return self.user(user_id)

    def add_guest(self, account: Account, given: dict[str, Any]) -> dict[str, Any]:
        """Let one more user see an account and return the role.

        Somebody known by the e-mail address is taken for that person.
        """
        user = self.by_email(given["email"]) if "email" in given else None
        if user is None:
            user = {"id": str(_FIRST_ADDED + len(self._added)), **given}
            self._added[user["id"]] = user
        self._guests.setdefault(account.account_id, []).append(user["id"])
        return {"role": "guest", "user": user}

    def same_user(self, user: dict[str, Any], given: dict[str, Any]) -> bool:
        """Say whether a user goes by one of the given addresses."""
        return any(name in given and given[name] == user.get(name) for name in _ADDRESSES)

    def accounts_by_ssn(self, ssn: str) -> list[str]:
        """Return the accounts that the person with that personal number may see."""
        who = self.catalog.people.by_ssn(ssn)
        if who is None or who.at >= self.catalog.count:
            return []
        return self._accounts(str(_FIRST_PERSON + who.at))

    def accounts_by_email(self, email: str) -> list[str]:
        """Return the accounts that the user with that address may see."""
        found = self.by_email(email)
        return [] if found is None else self._accounts(str(found["id"]))

    def _accounts(self, user_id: str) -> list[str]:
        number, seeded = int(user_id), list[str]()
        if 0 <= number - _FIRST_PERSON < self.catalog.count:
            seeded = self.catalog.accounts_of(number - _FIRST_PERSON)
        elif _FIRST_COMPANY <= number < _FIRST_ADDED:
            seeded = [account_id(number - _FIRST_COMPANY)]
        shared = [account for account, users in self._guests.items() if user_id in users]
        return list(dict.fromkeys([*seeded, *shared]))

    def by_email(self, email: str) -> dict[str, Any] | None:
        """Return the user who goes by that address now."""
        wanted = email.lower()
        for user_id in (*self._changed, *self._added):
            user = self.user(user_id)
            if user is not None and str(user.get("email", "")).lower() == wanted:
                return user
        user = self._seeded_by_email(wanted)
        return user if user is not None and user["email"].lower() == wanted else None

    def _seeded_by_email(self, email: str) -> dict[str, Any] | None:
        person = self.catalog.people.by_email(email)
        if person is not None and person.at < self.catalog.count:
            return self.person(person)
        at = people.position_in(email)
        company = self.user(str(_FIRST_COMPANY + at)) if at is not None else None
        return company if company is not None and company["email"] == email else None

    def _company(self, account: Account) -> dict[str, Any]:
        return self._with_changes(
            {
                "id": str(_FIRST_COMPANY + account.at),
                "firstName": account.owner.first_name,
                "lastName": account.owner.last_name,
                "email": f"{_OFFICE}.{account.at + 1}@{people.MAIL_DOMAIN}",
                "phoneNumber": account.owner.phone,
                "language": "sv",
                "username": f"{_OFFICE}.{account.at + 1}",
                "orgNumber": people.org_number(account.at),
            }
        )

    def _with_changes(self, user: dict[str, Any]) -> dict[str, Any]:
        return {**user, **self._changed.get(str(user["id"]), {})}
