"""Rules of accounts and their users (contract 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from energyctl.core.errors import BadAnswer
from energyctl.core.listing import items_of
from energyctl.providers.bright.finding import account_id
from energyctl.providers.bright.operations import PHONE_NUMBER, ROLES
from energyctl.providers.bright.verify.findings import Broken, Rule, Skipped, Step
from energyctl.providers.bright.verify.organisation import MOST_ACCOUNTS, REFUSED, Organisation
from energyctl.providers.bright.verify.shapes import is_text, kind_of, objects, shown

#: Nobody has this number or address: a birthday before personal numbers began, and a reserved domain.
_NOBODY = {"ssn": "180001010001", "email": "nobody@energyctl-verify.invalid"}
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*")
_USER_TEXTS = ("firstName", "lastName", "username", "ssn", "orgNumber")


def search_lists_accounts(org: Organisation) -> str | None:
    """Check: the search answers a list of account ids (contract 6.1)."""
    found = org.found
    if not found and org.wishes.account is None:
        raise Skipped("the person has no account; nothing more can be looked at")
    return f"{len(found)} found"


def unknown_person(org: Organisation) -> None:
    """Check: a person whom nobody knows has no accounts: an empty list or a refusal (contract 6.1)."""
    name = org.person[0][0]
    heard = org.hear("search_accounts", query=[(name, _NOBODY[name])])
    if heard.status is not None and 400 <= heard.status < 500:
        return
    found = org.json_of(heard)
    try:
        rows = items_of(found, "accounts")
    except BadAnswer:
        raise Broken(kind_of(found), expected="an empty list, or an error", heard=heard) from None
    if rows:
        raise Broken(f"{len(rows)} accounts of nobody", expected="an empty list, or an error", heard=heard)


def account_opens(org: Organisation) -> None:
    """Check: Get account answers with the account (contract 6.2)."""
    heard = org.hear("get_account", {"accountId": org.account})
    found = org.json_of(heard, known=False)
    if not isinstance(found, Mapping) and len(objects(found)) != 1:
        raise Broken(kind_of(found), expected="an object", heard=heard)


def account_is_the_one_asked_for(org: Organisation) -> None:
    """Check: Get account shows the account that was asked for (contract 6.2)."""
    heard = org.hear("get_account", {"accountId": org.account})
    found = org.json_of(heard, known=False)
    told = account_id(found)
    if told is None:
        raise Skipped("the account's own id stands under a name that the contract does not tell")
    if told != org.account:
        raise Broken(f"account {told}", expected=f"account {org.account}", heard=heard)


def found_accounts_open(org: Organisation) -> str | None:
    """Check: Every account that the search finds can be read (contract 6.1, 6.2)."""
    asked = org.found[:MOST_ACCOUNTS]
    for account in asked:
        heard = org.hear("get_account", {"accountId": account})
        if heard.timed_out:
            org.said(heard)
        if not heard.ok:
            raise Broken(f"{account}: {heard.told}", expected="every account found opens", heard=heard)
    return (
        f"{len(asked)} of {len(org.found)} opened" if len(asked) < len(org.found) else f"{len(asked)} opened"
    )


def users_listed(org: Organisation) -> None:
    """Check: Get user roles answers a bare array of objects (contract 6.3)."""
    for account in org.opened:
        found = org.data("get_user_roles", {"accountId": account})
        if not isinstance(found, list) or len(objects(found)) != len(found):
            raise Broken(kind_of(found), expected="an array of objects", heard=org.last)


def role_is_known(org: Organisation) -> None:
    """Check: a role is owner, guest or company (contract 6.3)."""
    for row in _roles(org):
        if row.get("role") not in ROLES:
            raise Broken(f"role {shown(row.get('role'))}", expected=" | ".join(ROLES), heard=org.last)


def one_owner_or_company(org: Organisation) -> None:
    """Check: an account has exactly one owner or one company, never both, and any number of guests (contract 6.3)."""
    for account in org.opened:
        roles = [row.get("role") for row in objects(org.roles(account))]
        owners, companies = roles.count("owner"), roles.count("company")
        if owners + companies != 1:
            raise Broken(
                f"account {account}: {owners} owner, {companies} company, {len(roles)} users",
                expected="1 owner or 1 company",
                heard=org.last,
            )


def users_are_whole(org: Organisation) -> None:
    """Check: a user has an id, and texts of the lengths that Bright takes (contract 6.3, 8.3)."""
    for row in _roles(org):
        user = row.get("user")
        if not isinstance(user, Mapping) or not is_text(user.get("id")):
            raise Broken(f"a user that is {kind_of(user)}", expected="an object with an id", heard=org.last)
        for name in _USER_TEXTS:
            if user.get(name) is not None and not is_text(user[name]):
                raise Broken(
                    f"user {user['id']}: {name} is empty or no text",
                    expected="a text that is not empty",
                    heard=org.last,
                )
        email = user.get("email")
        if email is not None and not is_text(email, 3):
            raise Broken(f"user {user['id']}: email is no text of 3 or more characters", heard=org.last)


def phones_are_e164(org: Organisation) -> None:
    """Check: a phone number is written in E.164, and a language as its code (contract 6.3)."""
    for row in _roles(org):
        user = row.get("user")
        fields = user if isinstance(user, Mapping) else {}
        for name, form, like in (
            ("phoneNumber", PHONE_NUMBER, "+46720000000"),
            ("language", _LANGUAGE, "en"),
        ):
            value = fields.get(name)
            if value is not None and not (isinstance(value, str) and form.fullmatch(value)):
                raise Broken(
                    f"user {fields.get('id')}: {name} is of another form",
                    expected=f'as "{like}"',
                    heard=org.last,
                )


def users_come_in_pages(org: Organisation) -> str | None:
    """Check: the users come in pages of the size asked for, 1 to 1000 (contract 6.3)."""
    values = {"accountId": org.account}
    everybody = org.roles(org.account)
    known = org.section.setting("parameters").value
    named = isinstance(known, Mapping) and {"page", "perPage"} <= set(known)
    first = org.hear("get_user_roles", values, [("page", "1"), ("perPage", "1")])
    if first.status in REFUSED and not named:
        raise Skipped(f"{first.told}; the names page and perPage are inferred, see bright.parameters")
    one = org.json_of(first)
    if len(everybody) > 1 and (not isinstance(one, list) or len(one) != 1):
        found = f"{len(one) if isinstance(one, list) else 'no list of'} users on a page of 1"
        if not named:
            raise Skipped(f"{found}; the names page and perPage are inferred, see bright.parameters")
        raise Broken(found, expected="1 user", heard=org.last)
    largest = org.data("get_user_roles", values, [("page", "1"), ("perPage", "1000")])
    if largest != everybody and len(everybody) <= 100:
        raise Broken("a page of 1000 shows others than no page", expected="the same users", heard=org.last)
    beyond = org.hear("get_user_roles", values, [("page", "1"), ("perPage", "1001")])
    if beyond.timed_out or (beyond.status is not None and beyond.status >= 500):
        org.said(beyond)
    return f"perPage=1001: status {beyond.status}"


def _roles(org: Organisation) -> Iterator[Mapping[str, Any]]:
    for account in org.opened:
        yield from objects(org.roles(account))


_ROLES, _ACCOUNT = "get_user_roles", "get_account"
STEPS = (
    Step(
        "search",
        "Search for account",
        (
            Rule(
                "search_lists_accounts",
                search_lists_accounts,
                "search_accounts",
                "6.1",
                "The search answers a list of account ids",
                "Answer an array, each with its accountId; correct a parameter's name in bright.parameters.",
            ),
            Rule(
                "unknown_person",
                unknown_person,
                "search_accounts",
                "6.1",
                "A person whom nobody knows has no accounts",
                "Answer [] or an error for an unknown person.",
            ),
        ),
        after=("sign-in",),
    ),
    Step(
        "account",
        "Get account",
        (
            Rule(
                "account_opens",
                account_opens,
                _ACCOUNT,
                "6.2",
                "Get account answers with the account",
                "Answer the account as an object.",
            ),
            Rule(
                "account_is_the_one_asked_for",
                account_is_the_one_asked_for,
                _ACCOUNT,
                "6.2",
                "Get account shows the account that was asked for",
                "Answer the account of the path.",
            ),
            Rule(
                "found_accounts_open",
                found_accounts_open,
                _ACCOUNT,
                "6.1, 6.2",
                "Every account that the search finds can be read",
                "Let the search find only accounts that Get account shows.",
            ),
        ),
        after=("search",),
    ),
    Step(
        "users",
        "Get user roles for account",
        (
            Rule(
                "users_listed",
                users_listed,
                _ROLES,
                "6.3",
                "The users come as a bare array of objects",
                "Answer [{role, user}, …] without an envelope.",
            ),
            Rule(
                "role_is_known",
                role_is_known,
                _ROLES,
                "6.3",
                "A role is owner, guest or company",
                "Use these three words.",
            ),
            Rule(
                "one_owner_or_company",
                one_owner_or_company,
                _ROLES,
                "6.3",
                "An account has exactly one owner or one company",
                "List one owner or one company; all others are guests.",
            ),
            Rule(
                "users_are_whole",
                users_are_whole,
                _ROLES,
                "6.3, 8.3",
                "A user has an id, and texts that are not empty",
                "Leave out what is not known instead of sending an empty text.",
            ),
            Rule(
                "phones_are_e164",
                phones_are_e164,
                _ROLES,
                "6.3",
                "A phone number is in E.164, a language is a code",
                "Write phoneNumber as +46720000000 and language as en.",
            ),
            Rule(
                "users_come_in_pages",
                users_come_in_pages,
                _ROLES,
                "6.3",
                "The users come in pages of the size asked for",
                "Honour page number and items per page, 1 to 1000.",
            ),
        ),
        after=("account",),
    ),
)
