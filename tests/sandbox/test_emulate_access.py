"""Who gets in: tokens, keys, the sets of paths, and faults on the way."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from energyctl.sandbox.control import SandboxFailed
from energyctl.sandbox.emulate import tokens
from energyctl.sandbox.emulate.keys import KeyBook, make_private_key
from tests.sandbox.emulate_partner import FIRST, Partner

ALL = "/v1/retailer/example-brp"
OWN = "/v1/customer/facilities"
CARS = f"/v1/retailer/customers/{FIRST}/devices"


@pytest.fixture(scope="module")
def partner(sandbox: Any) -> Iterator[Partner]:
    found = Partner(sandbox.facts)
    yield found
    found.close()


@pytest.fixture(autouse=True)
def as_at_the_beginning(sandbox: Any) -> Iterator[None]:
    yield
    sandbox.control("/reset")


@pytest.fixture(scope="module")
def stranger() -> rsa.RSAPrivateKey:
    return make_private_key()


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _signed_with_the_public_key(partner: Partner) -> str:
    private = serialization.load_pem_private_key(partner.keys["retailer"].encode(), None)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(partner.claims())}"
    digest = hmac.digest(public, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def test_tokens_of_either_api_are_let_in(partner: Partner) -> None:
    soon = int(time.time()) + 60
    for more in (
        {},
        {"exp": soon},
        {"aud": ["https://elsewhere.example/", partner.credentials["audience"]]},
        {"iat": soon + 3600, "sub": 7, "jti": 7, "customer": "K-900001", "more": {}},
    ):
        assert partner.status(ALL, partner.token(**more)) == 200, more
    for customer in (FIRST, "C-100040"):
        assert partner.status(OWN, partner.token("single-customer", customer=customer, exp=soon)) == 200
    named = jwt.encode(partner.claims(), partner.keys["retailer"], "RS256", headers={"kid": "of our own"})
    assert partner.status(ALL, named) == 200


def test_whatever_is_wrong_with_a_token_the_answer_is_one_and_the_same(
    sandbox: Any, partner: Partner, stranger: rsa.RSAPrivateKey
) -> None:
    def made(**body: Any) -> str:
        return str(sandbox.control("/emulate/keys", body)["private_key"])

    of_43, staging = (
        made(retailer_id=43, api="retailer"),
        made(retailer_id=42, api="retailer", environment="staging"),
    )
    past, soon = int(time.time()) - 1, int(time.time()) + 60
    head, _, signature = partner.token().split(".")
    for_all = {
        "another key": partner.token(key=stranger),
        "the key of the other API": partner.token(key=partner.keys["single-customer"]),
        "the key of another retailer": partner.token(key=of_43),
        "a key of another environment": partner.token(key=staging),
        "the id of another retailer": partner.token(retailer=43),
        "the id of nobody": partner.token(retailer=99),
        "the id as text": partner.token(retailer="42"),
        "true as the id": partner.token(retailer=True),
        "no id": partner.token(retailer=None),
        "another audience": partner.token(aud="https://api.stage.emulate.network/"),
        "the audience without its slash": partner.token(aud="https://api.emulate.network"),
        "no audience": partner.token(aud=None),
        "expired": partner.token(exp=past),
        "an expiry that is none": partner.token(exp="soon"),
        "an infinite expiry": partner.token(exp=float("inf")),
        "an expiry that is too large to count": partner.token(exp=10**400),
        "not yet": partner.token(nbf=soon),
        "RS512": partner.token(algorithm="RS512"),
        "PS256": partner.token(algorithm="PS256"),
        "HS256": partner.token(key="k" * 64, algorithm="HS256"),
        "HS256 with the public key": _signed_with_the_public_key(partner),
        "no signature": f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(partner.claims())}.",
        "another payload": f"{head}.{_part(partner.claims(more=1))}.{signature}",
        "no JWT": "abc",
        "empty parts": "..",
        "a payload that is no object": f"{head}.{_part([42])}.{signature}",
        "a payload without a bottom": f"{head}.{base64.b64encode(b'[' * 4000).decode()}.{signature}",
    }
    for_one = {
        "no customer": partner.token("single-customer"),
        "a customer as a number": partner.token("single-customer", customer=100_001),
        "the customer of another retailer": partner.token("single-customer", customer="K-900001"),
        "nobody": partner.token("single-customer", customer="C-100041"),
        "nearly a customer": partner.token("single-customer", customer=" C-100001"),
        "the key of the retailer API": partner.token(customer=FIRST),
        "expired": partner.token("single-customer", customer=FIRST, exp=past),
    }
    answers = {}
    for path, cases in ((ALL, for_all), (OWN, for_one)):
        for what, token in cases.items():
            answer = partner.anybody.get(path, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 403, what
            answers[what] = answer.text
    assert set(answers.values()) == {'{"error": {"type": "access_denied", "message": "Access denied."}}'}


def test_a_header_that_carries_no_token_is_told_from_a_wrong_token(partner: Partner) -> None:
    token = partner.token()
    for header in (None, "", token, f"Basic {token}", "Bearer", f"Bearer {token} {token}"):
        given = {} if header is None else {"Authorization": header}
        answer = partner.anybody.get(ALL, headers=given)
        assert (answer.status_code, answer.json()["error"]["type"]) == (401, "unauthorized"), header
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_remembered_token_still_ends_and_few_are_remembered(
    monkeypatch: pytest.MonkeyPatch, stranger: rsa.RSAPrivateKey
) -> None:
    book = KeyBook()
    book.register(stranger, 42, "retailer")
    gate = tokens.Gate(book, lambda retailer, customer: False)
    monkeypatch.setattr(tokens, "_KEPT", 2)
    ends = int(time.time()) + 60

    def token(number: int) -> str:
        return jwt.encode(
            {"aud": tokens.AUDIENCE, "retailer": 42, "n": number, "exp": ends}, stranger, "RS256"
        )

    assert [gate.caller(token(number), "retailer") for number in range(3)] == [tokens.Caller(42)] * 3
    assert len(gate._verified) == 2
    assert gate.caller(token(2), "single-customer") is None
    monkeypatch.setattr(tokens.time, "time", lambda: ends - 0.1)
    assert gate.caller(token(2), "retailer") == tokens.Caller(42)
    monkeypatch.setattr(tokens.time, "time", lambda: ends)
    assert gate.caller(token(2), "retailer") is None


def test_two_retailers_see_nothing_of_each_other(sandbox: Any, partner: Partner) -> None:
    made = sandbox.control("/emulate/keys", {"retailer_id": 43, "api": "retailer", "name": "second"})
    assert (made["name"], made["environment"], made["retailer_id"]) == ("second", "sandbox", 43)
    other = partner.client(partner.token(key=made["private_key"], retailer=43))
    theirs, ours = (
        {customer["id"]: customer for customer in client.get("/v1/retailer/customers").json()["items"]}
        for client in (other, partner.retailer)
    )
    assert list(theirs) == [f"K-{number}" for number in range(900_001, 900_005)]
    assert list(ours) == [f"C-{number}" for number in range(100_001, 100_041)]
    for client, stranger in ((other, FIRST), (partner.retailer, "K-900001")):
        answer = client.get(f"/v1/retailer/customers/{stranger}")
        assert (answer.status_code, answer.json()["error"]["type"]) == (404, "not_found")
    ids = [
        {device["id"] for device in client.get("/v1/retailer/devices?limit=200").json()["devices"]}
        for client in (other, partner.retailer)
    ]
    assert all(ids)
    assert not ids[0] & ids[1]


def test_the_key_book_lists_public_keys_and_the_facts_the_first_two(sandbox: Any, partner: Partner) -> None:
    made = sandbox.control(
        "/emulate/keys", {"retailer_id": 42, "api": "single-customer", "environment": "production"}
    )
    listed = sandbox.control("/emulate/keys", method="GET")["keys"]
    assert listed[:2] == partner.credentials["keys"]
    assert listed[-1] == {name: value for name, value in made.items() if name != "private_key"}
    assert "PRIVATE" not in json.dumps(listed)
    for pem, entry in zip(
        (*partner.keys.values(), made["private_key"]), (*listed[:2], listed[-1]), strict=True
    ):
        public = serialization.load_pem_private_key(pem.encode(), None).public_key()
        assert isinstance(public, rsa.RSAPublicKey)
        assert public.key_size == 2048
        der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        digest = base64.b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")
        assert entry["fingerprint"] == f"SHA256:{digest}"
    assert [entry["api"] for entry in listed[:2]] == ["retailer", "single-customer"]
    assert partner.keys["retailer"].startswith("-----BEGIN PRIVATE KEY-----")
    assert partner.keys["single-customer"].startswith("-----BEGIN RSA PRIVATE KEY-----")


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("keys", {"api": "retailer"}, '"retailer_id" must be one of 42, 43'),
        ("keys", {"retailer_id": 42, "api": "brp"}, '"api" must be one of retailer, single-customer'),
        ("keys", {"retailer_id": 42, "api": "retailer", "environment": "x"}, '"environment" must be one of'),
        ("keys", {"retailer_id": 42, "api": "retailer", "size": 1}, "The fields are"),
        ("paths", {"serve": "none"}, "one of default, other, both"),
        ("paths", {}, "one of default, other, both"),
    ],
)
def test_bad_control_requests_are_explained(
    sandbox: Any, path: str, body: dict[str, Any], words: str
) -> None:
    with pytest.raises(SandboxFailed, match=words):
        sandbox.control(f"/emulate/{path}", body)


def test_one_set_of_paths_can_be_switched_off(sandbox: Any, partner: Partner) -> None:
    def served() -> tuple[int, ...]:
        paths = ("/v1/retailer/customers", "/v2/retailer/end-customers", ALL)
        return tuple(partner.retailer.get(path).status_code for path in paths)

    assert served() == (200, 200, 200)
    sandbox.control("/emulate/paths", {"serve": "default"})
    assert served() == (200, 404, 200)
    sandbox.control("/emulate/paths", {"serve": "other"})
    assert served() == (404, 200, 200)
    sandbox.control("/reset")
    assert served() == (200, 200, 200)


def test_faults_strike_before_or_after_the_work(sandbox: Any, partner: Partner) -> None:
    car = f"{CARS}/{partner.devices()['car']['id']}"
    rename = {"custom_device_name": "Röda bilen"}
    for kind, name in (("drop-before", None), ("drop-after", "Röda bilen")):
        sandbox.control("/faults", {"add": [f"emulate:{kind}@PATCH /v1/retailer/customers#1"]})
        with pytest.raises(httpx.RemoteProtocolError):
            partner.retailer.patch(car, json=rename)
        assert partner.retailer.get(car).json()["custom_device_name"] == name
    for kind, status, error in (
        ("429=3", 429, "too_many_requests"),
        ("500", 500, "internal_error"),
        ("expired-token", 403, "access_denied"),
    ):
        sandbox.control("/faults", {"add": [f"emulate:{kind}#1"]})
        answer = partner.retailer.get(car)
        assert (answer.status_code, answer.json()["error"]["type"]) == (status, error)
        assert answer.headers.get("Retry-After") == ("3" if status == 429 else None)
    sandbox.control("/faults", {"add": ["emulate:500"]})
    assert partner.anybody.get(partner.credentials["openapi_url"]).status_code == 200
