"""What ``energyctl doctor`` asks of Emulate: the six checks of contract 3.5 on the real token, and one real call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import AuthenticationFailed, EnergyctlError, NotPermitted, Unreachable
from energyctl.core.health.findings import of_error
from energyctl.core.health.network import clock_finding
from energyctl.core.profiles import Section
from energyctl.providers.emulate.checks import FAIL, PASS, UNKNOWN, Check, examine, failing
from energyctl.providers.emulate.client import EmulateClient
from energyctl.providers.emulate.operations import OPERATIONS, RETAILER_API, SINGLE_CUSTOMER_API
from energyctl.providers.emulate.tokens import KEY_FIELDS, Tokens, api_of

if TYPE_CHECKING:
    from energyctl.core.session import Session


def checks(
    session: Session, section: Section, *, online: bool, customer: str | None
) -> Iterator[dict[str, Any]]:
    """Yield the checks as rows.

    :param customer: whose token is to be examined; None for the retailer's.
    """
    tokens = Tokens(session, section)
    customer = customer or tokens.given_customer()
    api = api_of(customer)
    if customer is None and not tokens.has_key(RETAILER_API) and tokens.has_key(SINGLE_CUSTOMER_API):
        yield _row(
            "key",
            PASS,
            "Only the Single Customer key is set.",
            "Examine a customer's token: --as-customer ID",
        )
        return
    try:
        token = tokens.get(customer)
    except EnergyctlError as error:
        yield _row("token", FAIL, error.message, error.hint)
        return
    field = "token" if tokens.given else KEY_FIELDS[api]
    yield _row(
        "token",
        PASS,
        f"Taken from emulate.{field}." if tokens.given else f"Signed with emulate.{field}.",
        None,
    )
    client = EmulateClient(session, section, customer)
    answer: EnergyctlError | None = None
    if online:
        answer = _tried(client)
    found = examine(session, tokens, token, api, clock_ahead_s=client.rest.clock_ahead_s if online else None)
    yield from (_row(*row) for row in _told(found, answer, online=online))
    if online:
        yield from _door(client, answer)


def _tried(client: EmulateClient) -> EnergyctlError | None:
    """Make the one call whose path is documented for the API; return what went wrong."""
    operation = "test_route" if client.customer is None else "list_own_facilities"
    assert OPERATIONS[operation].standing == "documented"
    try:
        client.rest.call(client.request(operation, subject="the test call"))
    except EnergyctlError as error:
        return error
    client.tokens.accepted(client.customer, from_cache=True)
    return None


def _told(
    found: list[Check], answer: EnergyctlError | None, *, online: bool
) -> Iterator[tuple[str, str, str, str | None]]:
    """Yield the six checks; what only the provider knows is settled by whether it let the call in."""
    accepted = online and answer is None
    refused = online and answer is not None and answer.http_status == 403
    guilty = {one.check for one in failing(found)}
    for one in found:
        if one.status == UNKNOWN and accepted:
            yield one.check, PASS, "The provider accepted the token.", None
        elif one.status == FAIL and accepted:
            yield one.check, PASS, f"{one.message.rstrip('.')}; the provider accepted it all the same.", None
        elif one.status == UNKNOWN and refused and one.check in guilty:
            told = f"{one.message.rstrip('.')}. The provider refuses the token and all else is right."
            yield one.check, FAIL, told, one.fix
        else:
            yield one.check, one.status, one.message, one.fix


def _door(client: EmulateClient, answer: EnergyctlError | None) -> Iterator[dict[str, Any]]:
    ahead = client.rest.clock_ahead_s
    if ahead is not None:
        clock = clock_finding(ahead)
        yield _row(clock.check, clock.status, clock.message, clock.fix)
    if answer is None:
        yield _row("call", PASS, "The provider let the test call in.", None)
    elif answer.http_status == 404:
        told = "The path of the test call is not there, so that it tells nothing of the token."
        yield _row(
            "call", UNKNOWN, told, "Try a command, such as: energyctl emulate customers list --limit 1"
        )
    elif isinstance(answer, NotPermitted | AuthenticationFailed):
        yield _row("call", FAIL, answer.message, "See the checks above: one of them is the cause.")
    elif isinstance(answer, Unreachable):
        yield _row("network", FAIL, answer.message, answer.hint)
    else:
        found = of_error("call", answer)
        yield {**found.as_row(), "kind": found.kind}


def _row(check: str, status: str, message: str, fix: str | None) -> dict[str, Any]:
    return {"check": check, "status": status, "message": message, "fix": fix}
