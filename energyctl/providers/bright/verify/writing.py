"""The steps that change something at the Organisation, only with --write-steps: each through ``core.writes``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from energyctl.core.errors import EnergyctlError, Interrupted, OutcomeUnknown
from energyctl.core.outcomes import CHANGED, REJECTED, Result, Write
from energyctl.core.transport import Request
from energyctl.core.writes import Writes
from energyctl.providers.bright.verify.findings import Broken, Rule, Skipped, Step
from energyctl.providers.bright.verify.organisation import REFUSED, Organisation
from energyctl.providers.bright.verify.probe import Heard
from energyctl.providers.bright.verify.shapes import is_text, objects, shown

#: Clearly no customer: a reserved domain, and a name that says what it is.
GUEST = {
    "firstName": "Energyctl",
    "lastName": "Verify Test Guest",
    "email": "energyctl-verify-guest@example.org",
}


class _Quiet(Writes):
    """Writes whose outcome becomes a finding instead of rows of its own."""

    def report(
        self, rows: Iterator[dict[str, Any]], planned: list[Write], failures: list[Result], *, many: bool
    ) -> None:
        """Carry everything out; what failed is in the answers."""
        del planned, failures, many
        for _ in rows:
            continue


def _owner(org: Organisation) -> Mapping[str, Any]:
    for row in objects(org.roles(org.account)):
        user = row.get("user")
        if row.get("role") in ("owner", "company") and isinstance(user, Mapping) and is_text(user.get("id")):
            return user
    raise Skipped("the account shows no owner with an id", operation="get_user_roles")


def _sent(org: Organisation, request: Request, target: str, effect: str) -> Heard:
    """Send a write on its one path and return what came; asked before and journalled.

    :raises Skipped: when it was not confirmed.
    """
    answers: list[Heard] = []

    def send() -> Result:
        heard = org.probe.ask(request)
        answers.append(heard)
        if heard.trouble is not None and heard.sent:
            raise OutcomeUnknown(heard.told, provider="bright", operation=request.operation)
        return Result(CHANGED if heard.ok else REJECTED, {"http_status": heard.status}, heard.told)

    write = Write(
        operation=request.operation,
        target=target,
        effect=effect,
        method=request.method,
        url=org.probe.url(request),
        body=request.body,
        send=send,
        how_to_look=f"Read it: energyctl bright users list --account {target}",
    )
    try:
        _Quiet(org.session, org.section).run([write], many=True)
    except Interrupted as no:
        if no.code != "not_confirmed":
            raise
        raise Skipped("not confirmed; nothing was sent") from None
    except EnergyctlError:
        if not answers:
            raise
    org.last = answers[0]
    return answers[0]


def _taken(org: Organisation, heard: Heard) -> None:
    """Pass an accepted write; one that is not understood cannot be judged, its form not being documented."""
    if heard.status in REFUSED:
        raise Skipped(f"{heard.told}; the body's form is only inferred", heard=heard)
    org.said(heard)


def update_user(org: Organisation) -> str:
    """Check: Update user takes a phone number, here the one that the user has (contract 6.5)."""
    user = _owner(org)
    phone = user.get("phoneNumber")
    if not is_text(phone):
        raise Skipped("the owner has no phoneNumber that could be set again")
    request = org.client.update_user_request(str(user["id"]), {"phoneNumber": phone})
    _taken(org, _sent(org, request, org.account, "set the owner's phone number to what it is"))
    again = org.probe.ask(org.client.request("get_user_roles", {"accountId": org.account}))
    phones = [
        one["user"].get("phoneNumber")
        for one in objects(org.json_of(again))
        if isinstance(one.get("user"), Mapping) and one["user"].get("id") == user["id"]
    ]
    if not phones or any(one != phone for one in phones):
        raise Broken("the number reads differently afterwards", expected="the same number", heard=again)
    return "set to the number it was"


def add_guest(org: Organisation) -> str:
    """Check: Add user to account adds a guest, whom the owner invites (contract 6.4)."""
    body = {"userRole": {"role": "guest", "user": GUEST}, "inviter": {"id": str(_owner(org)["id"])}}
    request = org.client.add_user_request(org.account, body)
    effect = f"add the test guest {GUEST['email']} to account {org.account}; it stays there"
    heard = _sent(org, request, org.account, effect)
    if heard.status == 409:
        return "the test guest of a former run is still there (status 409)"
    _taken(org, heard)
    again = org.probe.ask(org.client.request("get_user_roles", {"accountId": org.account}))
    found = [
        one.get("role")
        for one in objects(org.json_of(again))
        if isinstance(one.get("user"), Mapping) and one["user"].get("email") == GUEST["email"]
    ]
    if "guest" not in found:
        told = (
            f"the guest is listed as {', '.join(map(shown, found))}" if found else "the guest is not listed"
        )
        raise Broken(f"{told} afterwards", expected="the role guest", heard=again)
    if len(found) > 1:
        return f"{GUEST['email']} was added again and is listed {len(found)} times; remove it when you like"
    return f"{GUEST['email']} was added; remove it when you like"


def report_event(org: Organisation) -> None:
    """Check: Report event takes lastSeen (contract 8.3)."""
    user = _owner(org)
    body = {"type": "lastSeen", "accountId": org.account, "userId": str(user["id"])}
    request = org.client.event_request(body)
    _taken(org, _sent(org, request, org.account, f"report lastSeen of account {org.account}"))


STEPS = tuple(
    Step(
        name,
        title,
        (Rule(rule, check, operation, section, told, fix),),
        after=("users",),
        writes=True,
        leads=False,
    )
    for name, title, rule, check, operation, section, told, fix in (
        (
            "update-user",
            "Update user",
            "user_updated",
            update_user,
            "update_user",
            "6.5",
            "A user's phone number can be set",
            "Take phoneNumber and email, and change only what is named.",
        ),
        (
            "add-guest",
            "Add user to account",
            "guest_added",
            add_guest,
            "add_user",
            "6.4",
            "An owner can add a guest",
            "Take {userRole, inviter} and list the guest afterwards.",
        ),
        (
            "report-event",
            "Report event",
            "event_taken",
            report_event,
            "report_event",
            "8.3",
            "The event lastSeen is taken",
            "Answer 2xx to an event.",
        ),
    )
)
