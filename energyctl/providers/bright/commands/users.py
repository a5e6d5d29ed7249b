"""``bright users``: the users of an account, their roles and contact data."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.core.errors import EnergyctlError, UsageProblem
from energyctl.core.journal import UNKNOWN
from energyctl.core.outcomes import ALREADY, CHANGED, NOT_FOUND, Change, Result, Write
from energyctl.core.writes import Writes
from energyctl.providers.bright.client import BrightClient, connect
from energyctl.providers.bright.commands.arguments import Account, Email, Reveal, Ssn, Unchecked, for_people
from energyctl.providers.bright.finding import found_account, given_address, named_account
from energyctl.providers.bright.operations import PHONE_NUMBER, ROLES
from energyctl.providers.bright.views import USERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

app = noun("See, add and update the users of an account.")

#: Contract section 2: a replica may be minutes behind. That the body's fields are inferred is the other reason.
_LAGS = "a backend may lag by minutes, or know the fields by other names."

NewPhone = Annotated[
    str | None, typer.Option("--phone", metavar="NUMBER", help="Phone number, E.164: +46701234567.")
]
NewEmail = Annotated[str | None, typer.Option("--new-email", metavar="ADDRESS", help="E-mail address.")]


@app.command("list")
def list_users(
    ctx: typer.Context,
    account: Account = None,
    ssn: Ssn = None,
    email: Email = None,
    unchecked: Unchecked = False,
    reveal: Reveal = False,
) -> None:
    """List the users of an account with their roles: one owner or company, any number of guests.

    Examples:
    energyctl bright users list --account A-500001
    energyctl bright users list --account A-500001 -o json
    """
    session = session_of(ctx)
    client = connect(session)
    whose = found_account(client, account, ssn, email, unchecked=unchecked)
    session.out.rows(for_people(session, client.user_roles(whose, session.row_limit), reveal=reveal), USERS)


@app.command("add")
def add_user(
    ctx: typer.Context,
    account: Account = None,
    inviter: Annotated[
        str | None,
        typer.Option("--inviter", metavar="USER", help="Id of the user who invites [default: the owner]."),
    ] = None,
    role: Annotated[
        str,
        typer.Option(
            "--role", metavar="ROLE", help="guest, owner or company.", autocompletion=lambda: list(ROLES)
        ),
    ] = "guest",
    phone: NewPhone = None,
    new_email: NewEmail = None,
    username: Annotated[str | None, typer.Option("--username", metavar="NAME", help="User name.")] = None,
) -> None:
    """Add a user to an account, known by phone number, e-mail address or user name.

    Examples:
    energyctl bright users add --account A-500001 --new-email guest@example.org --dry-run
    energyctl bright users add --account A-500001 --phone +46701234567 --yes
    """
    session = session_of(ctx)
    if role not in ROLES:
        raise UsageProblem(f"--role '{role}' is not a role.", hint=f"Use one of {', '.join(ROLES)}.")
    user = _contact(phone=phone, email=new_email, username=username)
    if not user:
        raise UsageProblem("The new user is not named.", hint="Give --phone, --new-email or --username.")
    client = connect(session)
    whose = named_account(account)
    users = list(client.user_roles(whose))
    inviting = inviter or _owner(users)
    if inviting is None:
        raise UsageProblem(
            f"Account {whose} shows no owner to invite.", hint="Name the inviting user: --inviter ID"
        )
    body = {"userRole": {"role": role, "user": user}, "inviter": {"id": inviting}}
    request = client.add_user_request(whose, body)
    known, other_role = _known(users, user, role)

    def listed(_meant_at: str = "") -> Result | None:
        found, _ = _known(client.user_roles(whose), user, role)
        return Result(CHANGED, {"user_id": _user_id(found), "role": found.get("role")}) if found else None

    def send() -> Result:
        answer = client.body(request)
        try:
            done = listed()
        except EnergyctlError as problem:
            return Result(CHANGED, {"answer": answer}, f"Accepted; reading it back failed: {problem.message}")
        return done or Result(
            UNKNOWN,
            {"answer": answer},
            f"Accepted, but the list of users does not show it as {role}: {_LAGS}",
        )

    write = Write(
        operation=request.operation,
        target=whose,
        effect=f"add a {role} to account {whose}",
        method=request.method,
        url=client.rest.url(request),
        body=body,
        send=send,
        story=[(name, str(value)) for name, value in user.items()],
        changes=[Change("role", other_role, role)] if known is None and other_role is not None else [],
        look_up=listed,
        how_to_look=f"See the users: energyctl bright users list --account {shlex.quote(whose)}",
        settled=Result(
            ALREADY, {"user_id": _user_id(known), "role": known.get("role")}, "The account has this user."
        )
        if known
        else None,
    )
    Writes(session, client.section).run([write], many=False)


@app.command("update")
def update_user(
    ctx: typer.Context,
    user: Annotated[str, typer.Argument(metavar="USER", help="The user's id, as users list shows it.")],
    account: Account = None,
    phone: NewPhone = None,
    new_email: NewEmail = None,
) -> None:
    """Update a user's phone number or e-mail address; only what is named is sent.

    With --account the present values are shown, and read back afterwards.

    Examples:
    energyctl bright users update 2000000001 --account A-500001 --phone +46701234567 --dry-run
    energyctl bright users update 2000000001 --account A-500001 --phone +46701234567 --yes
    """
    session = session_of(ctx)
    body = _contact(phone=phone, email=new_email, username=None)
    if not body:
        raise UsageProblem("Nothing to update was named.", hint="Give --phone or --new-email.")
    client = connect(session)
    Writes(session, client.section).run([_updating(client, user, account, body)], many=False)


def _updating(client: BrightClient, user: str, account: str | None, body: dict[str, str]) -> Write:
    request = client.update_user_request(user, body)
    former = _now(client, account, user) if account is not None else None
    changes = [Change(name, former.get(name), value) for name, value in body.items()] if former else []
    settled = None
    if account is not None and former is None:
        settled = Result(NOT_FOUND, message=f"Account {account} has no user {user}.")
    elif former is not None and _fits(former, body):
        settled = Result(ALREADY, {"user_id": user, **body})

    def read_back(_meant_at: str = "") -> Result | None:
        if account is None:
            return None
        now = _now(client, account, user) or {}
        undo = _undo(user, account, former, body)
        return Result(CHANGED, {"user_id": user, **body}, undo=undo) if _fits(now, body) else None

    def send() -> Result:
        answer = client.body(request)
        if account is None:
            return Result(
                CHANGED, {"user_id": user, "answer": answer}, "Accepted; --account ID would read it back."
            )
        try:
            done = read_back()
        except EnergyctlError as problem:
            return Result(CHANGED, {"user_id": user}, f"Accepted; reading it back failed: {problem.message}")
        return done or Result(
            UNKNOWN, {"user_id": user}, f"Accepted, but reading it back shows other values: {_LAGS}"
        )

    return Write(
        operation=request.operation,
        target=user,
        effect=f"update {' and '.join(body)} of user {user}",
        method=request.method,
        url=client.rest.url(request),
        body=body,
        send=send,
        changes=changes,
        look_up=read_back if account is not None else None,
        how_to_look=f"See it with: energyctl bright users list --account {shlex.quote(account or 'ID')}",
        settled=settled,
    )


def _contact(*, phone: str | None, email: str | None, username: str | None) -> dict[str, str]:
    """Return the named contact data, checked.

    :raises UsageProblem: for a phone number that is not E.164, or an address that is none.
    """
    if phone is not None and PHONE_NUMBER.fullmatch(phone) is None:
        raise UsageProblem(f"--phone '{phone}' is not a number in E.164.", hint="Write it as +46701234567.")
    if email is not None:
        email = given_address(email, "--new-email")
    if username is not None and not username.strip():
        raise UsageProblem("--username is empty.", hint="Give a name, or leave it out.")
    pairs = (("phoneNumber", phone), ("email", email), ("username", username))
    return {name: value for name, value in pairs if value is not None}


def _person(row: Any) -> Mapping[str, Any]:
    inner = row.get("user") if isinstance(row, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}


def _user_id(row: Any) -> str | None:
    found = _person(row).get("id")
    return str(found) if isinstance(found, str | int) else None


def _owner(users: Sequence[Any]) -> str | None:
    owners = (one for one in users if isinstance(one, Mapping) and one.get("role") in ("owner", "company"))
    return next((_user_id(one) for one in owners), None)


def _known(
    users: Iterable[Any], contact: Mapping[str, str], role: str
) -> tuple[Mapping[str, Any] | None, str | None]:
    """Return the user with this contact data in this role, and the role in which there is such a user otherwise."""
    other_role = None
    for one in users:
        if not _fits(_person(one), contact):
            continue
        told = one.get("role")
        if not isinstance(told, str) or told.casefold() == role:  # what the list does not tell is not missed
            return one, None
        other_role = told
    return None, other_role


def _fits(person: Mapping[str, Any], contact: Mapping[str, str]) -> bool:
    """Whether a user has this contact data; a server may write an address in small letters."""
    return all(_is_said(person.get(name), value) for name, value in contact.items())


def _is_said(found: Any, value: str) -> bool:
    is_one = isinstance(found, str | int) and not isinstance(found, bool)
    return is_one and str(found).casefold() == value.casefold()


def _now(client: BrightClient, account: str, user: str) -> dict[str, Any] | None:
    return next((dict(_person(one)) for one in client.user_roles(account) if _user_id(one) == user), None)


def _undo(user: str, account: str, former: Mapping[str, Any] | None, body: Mapping[str, str]) -> str | None:
    options = {"phoneNumber": "--phone", "email": "--new-email"}
    if former is None or any(not former.get(name) for name in body):
        return None
    words = " ".join(f"{options[name]} {shlex.quote(str(former[name]))}" for name in body)
    return f"energyctl bright users update {shlex.quote(user)} --account {shlex.quote(account)} {words}"
