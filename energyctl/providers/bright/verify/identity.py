"""Rules of signing in: the OpenID discovery, the relay of BankID, and the data layer's credential."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from energyctl.core.errors import AuthenticationFailed, EnergyctlError
from energyctl.providers.bright.tokens import OAUTH
from energyctl.providers.bright.verify.findings import Broken, Rule, Skipped, Step
from energyctl.providers.bright.verify.organisation import Organisation
from energyctl.providers.bright.verify.shapes import is_text, shown

#: An address kept for documentation (RFC 5737), so that nobody's own is sent.
_END_USER_IP = "192.0.2.1"
_PENDING_HINTS = frozenset(
    {"outstandingTransaction", "noClient", "started", "userMrtd", "userCallConfirm", "userSign"}
)


def openid_discovery(org: Organisation) -> str | None:
    """Check: the OpenID provider publishes its configuration, complete (contract 2)."""
    from energyctl.providers.bright.openid import OpenId
    from energyctl.providers.bright.openidchecks import FAIL, findings

    if not org.section.setting("openid_url").value:
        raise Skipped("bright.openid_url is not set")
    openid = OpenId(org.session, org.section)
    try:
        provider = openid.found()
        wrong = [one for one in findings(openid, provider) if one["status"] == FAIL]
    except EnergyctlError as error:
        raise Broken(error.message, expected="the discovery document", fix=error.hint) from error
    if wrong:
        fixes = " ".join(str(one["fix"]) for one in wrong if one["fix"])
        raise Broken(" ".join(one["message"] for one in wrong), fix=fixes or None)
    return f"{provider.address}; in detail: energyctl bright openid"


def bankid_auth(org: Organisation) -> None:
    """Check: BankID auth begins an order and names it: orderRef and autoStartToken (contract 5)."""
    _order(org)


def bankid_collect(org: Organisation) -> str | None:
    """Check: BankID collect says that a new order is pending, with one of BankID's hints (contract 5.2)."""
    found = org.json_of(_collect(org))
    status = found.get("status") if isinstance(found, Mapping) else None
    if status != "pending":
        raise Broken(f"status {shown(status)}", expected='status "pending"', heard=org.last)
    hint = found.get("hintCode")
    if not is_text(hint):
        raise Broken(
            f"hintCode {shown(hint)}", expected=f"one of {', '.join(sorted(_PENDING_HINTS))}", heard=org.last
        )
    return None if hint in _PENDING_HINTS else f"the hint {shown(hint)} is not BankID's; taken for pending"


def bankid_cancel(org: Organisation) -> None:
    """Check: BankID cancel ends the order (contract 5.2)."""
    order = _order(org)
    heard = org.hear("bankid_cancel", body={"orderRef": order})
    org.said(heard)
    after = org.probe.ask(org.client.request("bankid_collect", body={"orderRef": order}))
    if after.timed_out:
        org.said(after)
    if not after.ok:
        return
    found = org.json_of(after)
    status = found.get("status") if isinstance(found, Mapping) else None
    if status != "failed":
        raise Broken(
            f"collect says status {shown(status)} afterwards", expected="failed, or an error", heard=heard
        )


def _order(org: Organisation) -> str:
    heard = org.hear("bankid_auth", body={"endUserIp": _END_USER_IP})
    found = org.json_of(heard)
    lacking = [
        one
        for one in ("orderRef", "autoStartToken")
        if not isinstance(found, Mapping) or not is_text(found.get(one))
    ]
    if lacking:
        raise Broken(
            f"without {' and '.join(lacking)}",
            expected="orderRef and autoStartToken",
            heard=heard,
            operation="bankid_auth",
        )
    return str(found["orderRef"])


def _collect(org: Organisation) -> Any:
    return org.hear("bankid_collect", body={"orderRef": _order(org)})


def signed_in(org: Organisation) -> str | None:
    """Check: the data layer accepts the credential (contract 2)."""
    try:
        if org.person:
            heard = org.hear("search_accounts", query=org.person)
        else:
            heard = org.hear("get_locations", {"accountId": org.candidates[0]})
    except AuthenticationFailed as error:
        raise Broken(error.message, expected="a credential", fix=error.hint) from error
    if heard.timed_out:
        org.said(heard)
    if heard.status in (401, 403):
        raise Broken(heard.told, expected="the credential is accepted", heard=heard)
    return f"auth: {org.client.tokens.mode}"


def refresh_without_person(org: Organisation) -> None:
    """Check: a refresh token gives a new access token with no person present (contract 2, 4.3)."""
    tokens = org.client.tokens
    if tokens.mode != OAUTH:
        raise Skipped("bright.auth is not oauth")
    kept = org.session.tokens.peek(tokens.key())
    try:
        org.session.tokens.get(tokens.key(), tokens.renewed, rejected=kept.value if kept else None)
    except EnergyctlError as error:
        raise Broken(error.message, expected="a new access token", fix=error.hint) from error


STEPS = (
    Step(
        "identity",
        "Signing a person in: OpenID or BankID",
        (
            Rule(
                "openid_discovery",
                openid_discovery,
                "openid_configuration",
                "2",
                "The OpenID configuration is published, complete",
                "Serve .well-known/openid-configuration below bright.openid_url.",
            ),
            Rule(
                "bankid_auth",
                bankid_auth,
                "bankid_auth",
                "5",
                "BankID auth answers with orderRef and autoStartToken",
                "Hand BankID's answer to auth through.",
            ),
            Rule(
                "bankid_collect",
                bankid_collect,
                "bankid_collect",
                "5.2",
                "BankID collect says that a new order is pending, with a hint",
                "Hand BankID's answer to collect through.",
                needs=("bankid_auth",),
            ),
            Rule(
                "bankid_cancel",
                bankid_cancel,
                "bankid_cancel",
                "5.2",
                "BankID cancel ends the order",
                "Relay cancel to BankID.",
                needs=("bankid_auth",),
            ),
        ),
        leads=False,
    ),
    Step(
        "sign-in",
        "Signing in to the data layer",
        (
            Rule(
                "refresh_without_person",
                refresh_without_person,
                "refresh_token",
                "2, 4.3",
                "A refresh token works without a person",
                "Let refresh tokens serve background jobs.",
            ),
            Rule(
                "signed_in",
                signed_in,
                None,
                "2",
                "The data layer accepts the credential",
                "Check bright.auth, the stored credential and bright.api_key_header.",
            ),
        ),
        leads=False,
    ),
)
