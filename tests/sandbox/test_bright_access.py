"""The sandbox's Organisation: the API key, OAuth, OpenID and the relay of BankID."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import time
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import segno
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from energyctl.sandbox.bright.answers import KitError
from energyctl.sandbox.bright.bankid import BankId, qr_content
from energyctl.sandbox.bright.book import Book
from energyctl.sandbox.bright.catalog import Catalog
from energyctl.sandbox.bright.settings import SettingsDesk
from energyctl.sandbox.control import SandboxFailed
from tests.sandbox.bright_partner import FIRST, FIRST_SSN, bright, kit, problem

__all__ = ["bright", "kit"]

_BACK = "http://127.0.0.1:9/callback"


@pytest.fixture
def bare(sandbox: Any, bright: dict[str, Any]) -> Iterator[httpx.Client]:
    """A client without any credentials."""
    with httpx.Client(base_url=sandbox.facts["urls"]["bright"]) as client:
        yield client


def _told(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 302, answer.text
    place = urlsplit(answer.headers["Location"])
    assert place._replace(query="").geturl() == _BACK
    return {name: value[0] for name, value in parse_qs(place.query).items()}


def _authorize(client: httpx.Client, path: str = "/auth/authorize", **more: str) -> httpx.Response:
    query = {
        "response_type": "code",
        "client_id": "bright",
        "redirect_uri": _BACK,
        "state": "s1",
        "approve": "1",
    }
    return client.get(path, params={**query, **more})


def _exchange(bright: dict[str, Any], code: str, **more: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "client_id": bright["client_id"],
        "client_secret": bright["client_secret"],
        "code": code,
        "redirect_uri": _BACK,
        **more,
    }


def _renew(bright: dict[str, Any], token: str, **more: str) -> dict[str, str]:
    return {"grant_type": "refresh_token", "client_id": bright["client_id"], "refresh_token": token, **more}


def _tokens(bare: httpx.Client, bright: dict[str, Any], **more: str) -> dict[str, Any]:
    code = _told(_authorize(bare, **more))["code"]
    return bare.post("/auth/authorize", json=_exchange(bright, code)).json()


def test_the_data_layer_takes_the_key_or_a_token(bare: httpx.Client, bright: dict[str, Any]) -> None:
    token = _tokens(bare, bright)["access_token"]
    for headers, status in (
        ({"X-Api-Key": bright["api_key"]}, 200),
        ({"Authorization": f"Bearer {token}"}, 200),
        ({"Authorization": f"bearer {token}", "X-Api-Key": "wrong"}, 200),
        ({}, 401),
        ({"X-Api-Key": "wrong"}, 401),
        ({"Authorization": f"Bearer {token}x"}, 401),
        ({"Authorization": f"Basic {token}"}, 401),
    ):
        answer = bare.get(FIRST, headers=headers)
        assert answer.status_code == status
        if status == 401:
            problem(answer, 401)


def test_unknown_paths_and_methods_have_the_strict_error_shape(kit: httpx.Client) -> None:
    problem(kit.get("/nowhere"), 404)
    problem(kit.get(str(kit.base_url.copy_with(path="/nowhere"))), 404)
    refused = kit.delete(FIRST)
    problem(refused, 405)
    assert refused.headers["Allow"] == "GET"


def test_sign_in_shows_a_page_whose_buttons_lead_back(bare: httpx.Client) -> None:
    query = {"response_type": "code", "client_id": "bright", "redirect_uri": _BACK, "state": '"><s>'}
    shown = bare.get("/auth/authorize", params=query)
    assert shown.headers["Content-Type"].startswith("text/html")
    assert 'name="approve" value="1"' in shown.text
    assert "<s>" not in shown.text
    assert _told(_authorize(bare, approve="0")) == {"error": "access_denied", "state": "s1"}
    assert set(_told(_authorize(bare))) == {"code", "state"}
    assert _told(_authorize(bare, response_type="token"))["error"] == "unsupported_response_type"
    assert _told(_authorize(bare, code_challenge="x"))["error"] == "invalid_request"
    for wrong in ({"client_id": "other"}, {"redirect_uri": "http://example.org/"}, {"redirect_uri": "x://y"}):
        problem(_authorize(bare, **wrong), 400)
    problem(_authorize(bare, login_hint="nobody@example.org"), 400)


def test_a_code_becomes_tokens_once(bare: httpx.Client, bright: dict[str, Any]) -> None:
    code = _told(_authorize(bare, scope="a b"))["code"]
    problem(bare.post("/auth/authorize", data=_exchange(bright, code, client_secret="wrong")), 401)
    answer = bare.post("/auth/authorize", data=_exchange(bright, code))
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(answer.json()) == {"access_token", "token_type", "expires_in", "scope", "refresh_token"}
    assert answer.json()["scope"] == "a b"
    problem(bare.post("/auth/authorize", data=_exchange(bright, code)), 400)
    for wrong in ({"grant_type": "password"}, {"client_secret": ""}, {"redirect_uri": f"{_BACK}/other"}):
        code = _told(_authorize(bare))["code"]
        problem(bare.post("/auth/authorize", json=_exchange(bright, code, **wrong)), 400)
    problem(bare.post("/auth/authorize", content=b"{]", headers={"Content-Type": "application/json"}), 400)
    problem(bare.post("/auth/authorize", json=["x"]), 400)


def test_a_code_asked_for_with_a_challenge_needs_its_verifier(
    bare: httpx.Client, bright: dict[str, Any]
) -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636, appendix B
    for given, status in (({}, 400), ({"code_verifier": "x" * 43}, 400), ({"code_verifier": verifier}, 200)):
        told = _told(_authorize(bare, code_challenge=challenge, code_challenge_method="S256"))
        assert (
            bare.post("/auth/authorize", json=_exchange(bright, told["code"], **given)).status_code == status
        )


def test_refresh_tokens_rotate_and_need_no_person(bare: httpx.Client, bright: dict[str, Any]) -> None:
    first = _tokens(bare, bright, scope="a b")["refresh_token"]
    renewed = bare.request("GET", "/auth/refresh_token", json=_renew(bright, first, scope="a")).json()
    assert renewed["scope"] == "a"
    assert bare.get(FIRST, headers={"Authorization": f"Bearer {renewed['access_token']}"}).status_code == 200
    problem(bare.request("GET", "/auth/refresh_token", json=_renew(bright, first)), 401)
    second = renewed["refresh_token"]
    assert second != first
    problem(bare.get("/auth/refresh_token", params=_renew(bright, second, scope="c")), 400)
    problem(bare.get("/auth/refresh_token", params=_renew(bright, second, client_secret="x")), 401)
    problem(bare.get("/auth/refresh_token", params=_renew(bright, "")), 400)
    assert bare.get("/auth/refresh_token", params=_renew(bright, second)).status_code == 200


def test_refresh_follows_its_settings(bare: httpx.Client, bright: dict[str, Any], sandbox: Any) -> None:
    sandbox.control("/bright/settings", {"refresh_rotates": False, "query_only_refresh": True})
    token = _tokens(bare, bright)["refresh_token"]
    problem(bare.request("GET", "/auth/refresh_token", json=_renew(bright, token)), 400)
    for _ in range(2):
        assert "refresh_token" not in bare.get("/auth/refresh_token", params=_renew(bright, token)).json()
    sandbox.control("/bright/settings", {"token_ttl_s": 0, "refresh_ttl_s": 0})
    expired = _tokens(bare, bright)
    assert expired["expires_in"] == 0
    problem(bare.get(FIRST, headers={"Authorization": f"Bearer {expired['access_token']}"}), 401)
    problem(bare.get("/auth/refresh_token", params=_renew(bright, expired["refresh_token"])), 401)


def _part(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.parametrize("root", ["/kit/v1", ""])
def test_openid_signs_a_user_in(bare: httpx.Client, bright: dict[str, Any], root: str) -> None:
    issuer = str(bare.base_url.copy_with(path=root)).rstrip("/")
    found = bare.get(f"{issuer}/.well-known/openid-configuration").json()
    assert found["issuer"] == issuer
    person = bright["persons"][1]
    asked = {"scope": "openid email profile offline_access", "nonce": "n1", "login_hint": person["email"]}
    code = _told(_authorize(bare, found["authorization_endpoint"], **asked))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": _BACK}
    client = (bright["client_id"], bright["client_secret"])
    problem(bare.post(found["token_endpoint"], data=form, auth=("bright", "wrong")), 401)
    answer = bare.post(found["token_endpoint"], data=form, auth=client).json()
    signed, _, signature = answer["id_token"].rpartition(".")
    header, claims = (json.loads(_part(part)) for part in signed.split("."))
    key = next(each for each in bare.get(found["jwks_uri"]).json()["keys"] if each["kid"] == header["kid"])
    numbers = rsa.RSAPublicNumbers(*(int.from_bytes(_part(key[name])) for name in ("e", "n")))
    numbers.public_key().verify(_part(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (issuer, "bright", "n1")
    assert claims["iat"] <= time.time() < claims["exp"]
    half = hashlib.sha256(answer["access_token"].encode()).digest()[:16]
    assert _part(claims["at_hash"]) == half
    bearer = {"Authorization": f"Bearer {answer['access_token']}"}
    about = bare.get(found["userinfo_endpoint"], headers=bearer).json()
    assert (about["sub"], about["email"], about["name"]) == (claims["sub"], person["email"], person["name"])
    again = {"grant_type": "refresh_token", "refresh_token": answer["refresh_token"], "client_id": client[0]}
    renewed = bare.post(found["token_endpoint"], data={**again, "client_secret": client[1]})
    assert renewed.json()["refresh_token"] != answer["refresh_token"]
    problem(bare.get(found["userinfo_endpoint"]), 401)
    assert _told(_authorize(bare, found["authorization_endpoint"]))["error"] == "invalid_scope"


def test_qr_codes_are_those_of_bankids_published_sample() -> None:
    token, secret = "67df3917-fa0d-44e5-b327-edcc928297f8", "d28db9a7-4cde-429e-a983-359be676944c"
    code = "dc69358e712458a66a7525beef148ae8526b1c71610eff2c16cdffb4cdac9bf8"
    assert qr_content(token, secret, 0) == f"bankid.{token}.0.{code}"


def _begin(client: httpx.Client, **more: Any) -> dict[str, Any]:
    return client.post("/bankid/auth", json={"endUserIp": "192.0.2.1", **more}).json()


def _collect(client: httpx.Client, order: dict[str, Any]) -> dict[str, Any]:
    return client.post("/bankid/collect", json={"orderRef": order["orderRef"]}).json()


def test_a_person_signs_in_with_the_pretended_app(bare: httpx.Client, sandbox: Any) -> None:
    order = _begin(bare)
    assert set(order) == {"orderRef", "autoStartToken", "qrStartToken", "qrStartSecret"}
    assert _collect(bare, order)["hintCode"] == "outstandingTransaction"
    (listed,) = sandbox.control("/bright/bankid", method="GET")["orders"]
    assert listed["orderRef"] == order["orderRef"]
    assert "Approve" in bare.get(listed["url"]).text
    assert _collect(bare, order)["hintCode"] == "userSign"
    problem(bare.post(listed["url"], data={"decision": "maybe"}), 400)
    assert bare.post(listed["url"], data={"decision": "approve", "ssn": FIRST_SSN}).status_code == 200
    done = _collect(bare, order)
    assert done["status"] == "complete"
    assert done["completionData"]["user"] == {
        "personalNumber": FIRST_SSN,
        "name": "Tolvan Tolvansson",
        "givenName": "Tolvan",
        "surname": "Tolvansson",
    }
    assert done["completionData"]["device"]["ipAddress"] == "192.0.2.1"
    assert sandbox.control("/bright/bankid", method="GET")["orders"] == []
    problem(bare.post(listed["url"], params={"decision": "decline"}), 409)
    problem(bare.get(listed["url"] + "0"), 404)


def test_the_control_server_decides_with_any_hint(bare: httpx.Client, sandbox: Any) -> None:
    order = _begin(bare)
    decide = f"/bright/bankid/{order['orderRef']}/decide"
    sandbox.control(decide, {"decision": "pending", "hint": "somethingNew"})
    assert _collect(bare, order) == {
        "orderRef": order["orderRef"],
        "status": "pending",
        "hintCode": "somethingNew",
    }
    with pytest.raises(SandboxFailed, match="check digit"):
        sandbox.control(decide, {"decision": "approve", "ssn": "191212121213"})
    with pytest.raises(SandboxFailed, match="approve, decline or pending"):
        sandbox.control(decide, {"decision": "maybe"})
    sandbox.control(decide, {"decision": "decline", "hint": "certificateErr"})
    assert _collect(bare, order)["hintCode"] == "certificateErr"
    stranger = _begin(bare)
    done = sandbox.control(
        f"/bright/bankid/{stranger['orderRef']}/decide", {"decision": "approve", "ssn": "195001019990"}
    )
    assert done["completionData"]["user"]["name"] == "Okänd Person"


def test_orders_go_through_by_themselves_when_set_so(bare: httpx.Client, sandbox: Any) -> None:
    sandbox.control("/bright/settings", {"bankid_approves_after_s": 0.3, "qr": "image"})
    order = bare.post("/bankid/sign", json={"endUserIp": "::1", "userVisibleData": "SGVq"}).json()
    assert set(order) == {"orderRef", "autoStartToken"}
    answers, end = [_collect(bare, order)], time.monotonic() + 10
    while answers[-1]["status"] == "pending" and time.monotonic() < end:
        answers.append(_collect(bare, order))
    assert answers[-1]["status"] == "complete"
    steps = ["outstandingTransaction", "started", "userSign"]
    hints = [steps.index(each["hintCode"]) for each in answers[:-1]]
    assert hints == sorted(hints)


def test_qr_images_hold_the_code_of_their_second(bare: httpx.Client) -> None:
    begun = time.monotonic()
    order = _begin(bare)
    query = {"orderRef": order["orderRef"]}
    as_json = bare.get("/bankid/qr", params=query, headers={"Accept": "application/json"})
    as_text = bare.get("/bankid/qr", params=query, headers={"Accept": "text/plain"})
    assert as_text.headers["Content-Type"].startswith("text/plain")
    possible = set()
    for second in range(int(time.monotonic() - begun) + 1):
        drawn = io.BytesIO()
        content = qr_content(order["qrStartToken"], order["qrStartSecret"], second)
        segno.make(content, micro=False).save(drawn, kind="png", scale=6)
        possible.add(drawn.getvalue())
    assert {base64.b64decode(as_json.json()), base64.b64decode(as_text.text)} <= possible


def test_wrong_bankid_requests_are_refused_in_both_forms(bare: httpx.Client, sandbox: Any) -> None:
    unknown = {"orderRef": str(uuid.uuid4())}
    wrong = (
        ("/bankid/auth", {}),
        ("/bankid/auth", {"endUserIp": "x"}),
        ("/bankid/auth", {"endUserIp": "::1", "userVisibleData": "å"}),
        ("/bankid/auth", {"endUserIp": "::1", "requirement": {"personalNumber": "191212121213"}}),
        ("/bankid/sign", {"endUserIp": "::1"}),
        ("/bankid/collect", unknown),
        ("/bankid/cancel", unknown),
        ("/bankid/collect", {"orderRef": "x"}),
    )
    for path, body in wrong:
        assert problem(bare.post(path, json=body), 400)["name"] == "InvalidParameters"
    problem(bare.get("/bankid/qr", params=unknown), 400)
    sandbox.control("/bright/settings", {"bankid_errors": "bankid"})
    answer = bare.post("/bankid/collect", json=unknown)
    assert (answer.status_code, answer.json()) == (
        400,
        {"errorCode": "invalidParameters", "details": "No such order"},
    )


def test_a_second_order_for_one_person_ends_both(bare: httpx.Client) -> None:
    asked = {"requirement": {"personalNumber": FIRST_SSN}}
    first = _begin(bare, **asked)
    body = {"endUserIp": "::1", **asked}
    assert problem(bare.post("/bankid/auth", json=body), 400)["name"] == "AlreadyInProgress"
    assert _collect(bare, first)["hintCode"] == "cancelled"
    third = _begin(bare, **asked)
    assert bare.post("/bankid/cancel", json={"orderRef": third["orderRef"]}).json() == {}
    problem(bare.post("/bankid/collect", json={"orderRef": third["orderRef"]}), 400)


def test_orders_expire() -> None:
    present = 1000.0
    orders = BankId(Book(Catalog(3, 7)), SettingsDesk(60), clock=lambda: present)
    unnamed, named = orders.begin("auth", "::1", None), orders.begin("auth", "::1", FIRST_SSN)
    opened = orders.begin("auth", "::1", None)
    orders.open(opened)
    present += 30.5
    assert orders.collected(orders.find(unnamed.ref))["hintCode"] == "startFailed"
    assert orders.collected(orders.find(named.ref))["hintCode"] == "expiredTransaction"
    assert orders.pending() == [opened]
    present += 150
    assert orders.collected(orders.find(opened.ref))["hintCode"] == "expiredTransaction"
    present += 181
    with pytest.raises(KitError, match="No such order"):
        orders.find(opened.ref)
