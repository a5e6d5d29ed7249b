"""The token endpoint, scopes and expiry, and what the request log keeps of it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from energyctl.sandbox import control

FORM = {"grant_type": "client_credentials", "client_id": "sandbox-whitelabel"}


def _post(sandbox: Any, **more: Any) -> httpx.Response:
    return sandbox.anybody.post(f"{sandbox.facts['urls']['rabot_auth']}/connect/token", **more)


def test_a_token_has_exactly_three_fields_and_carries_the_scopes_asked_for(sandbox: Any) -> None:
    answer = sandbox.token_answer(scope="api:partner create:orders")
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"access_token", "token_type", "expires_in"}
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3599)
    claims = body["access_token"].split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(claims + "=="))["scope"] == ["api:partner", "create:orders"]


def test_basic_authentication_works_too(sandbox: Any) -> None:
    secret = sandbox.secret("sandbox-hems")
    answer = _post(sandbox, data={"grant_type": "client_credentials"}, auth=("sandbox-hems", secret))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({**FORM, "client_secret": "wrong"}, 401, "invalid_client"),
        ({**FORM, "client_id": "nobody", "client_secret": "x"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials"}, 401, "invalid_client"),
        ({**FORM, "client_secret": None, "scope": "api:everything"}, 400, "invalid_scope"),
        ({**FORM, "client_secret": None, "grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_id": "sandbox-whitelabel", "client_secret": None}, 400, "invalid_request"),
    ],
)
def test_token_errors(sandbox: Any, form: dict[str, Any], status: int, error: str) -> None:
    if form.get("client_secret", "") is None:
        form = {**form, "client_secret": sandbox.secret(form["client_id"])}
    answer = _post(sandbox, data=form)
    assert (answer.status_code, answer.json()) == (status, {"error": error})


def test_a_scope_that_is_not_the_clients_is_refused(sandbox: Any) -> None:
    assert sandbox.token_answer("sandbox-hems", "api:partner create:orders").json() == {
        "error": "invalid_scope"
    }
    assert sandbox.token_answer("sandbox-affiliate", "role:application").json() == {"error": "invalid_scope"}


def test_json_is_not_a_form(sandbox: Any) -> None:
    secret = sandbox.secret("sandbox-whitelabel")
    answer = _post(sandbox, json={**FORM, "client_secret": secret})
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


def test_missing_altered_and_foreign_tokens_get_401(sandbox: Any) -> None:
    url = sandbox.facts["urls"]["rabot"] + "/partner/v1/tariffs"
    token = sandbox.token_answer().json()["access_token"]
    head, claims, signature = token.split(".")
    richer = json.loads(base64.urlsafe_b64decode(claims + "=="))
    richer["exp"] += 9999
    forged = base64.urlsafe_b64encode(json.dumps(richer).encode()).rstrip(b"=").decode()
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    for header in (
        None,
        "Bearer",
        f"Basic {token}",
        "Bearer abc",
        f"Bearer {head}.{forged}.{signature}",
        f"Bearer {none}.{forged}.",
    ):
        answer = sandbox.anybody.get(url, headers={"Authorization": header} if header else {})
        assert answer.status_code == 401, header
        assert answer.json()["isSuccess"] is False
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert sandbox.anybody.get(url, headers={"Authorization": f"bearer {token}"}).status_code == 200


def test_a_token_expires(tmp_path: Path) -> None:
    facts = control.start(tmp_path, control.SandboxOptions(customers=1, token_ttl_s=1))
    try:
        rabot = facts["credentials"]["rabot"]
        form = {**FORM, "client_secret": rabot["client_secret"]}
        body = httpx.post(f"{facts['urls']['rabot_auth']}/connect/token", data=form).json()
        assert body["expires_in"] == 1
        statuses = []
        for _ in range(400):
            headers = {"Authorization": f"Bearer {body['access_token']}"}
            statuses.append(
                httpx.get(f"{facts['urls']['rabot']}/partner/v1/tariffs", headers=headers).status_code
            )
            if statuses[-1] == 401:
                break
        assert statuses[-1] == 401
    finally:
        control.stop(tmp_path)


def test_missing_scopes_get_403(sandbox: Any) -> None:
    only_role = sandbox.api(scope="role:application")
    assert only_role.get("/tariffs").status_code == 403
    reader = sandbox.api(scope="api:partner")
    answer = reader.post("/orders", json={})
    assert answer.status_code == 403
    assert "create:orders" in answer.json()["message"]
    assert reader.get("/customers/1000001/contracts").status_code == 403
    support = sandbox.api(scope="api:partner role:customer-support")
    assert support.get("/customers/1000001/contracts").status_code == 200
    assert support.get("/customers/1000001/contracts/400000001/metrics").status_code == 403
    full = sandbox.api(scope="api:partner role:application")
    assert full.get("/customers/1000001/contracts/400000001/metrics").status_code == 200


def test_reading_orders_needs_create_orders_only_when_told_so(sandbox: Any) -> None:
    reader = sandbox.api(scope="api:partner")
    assert reader.get("/orders").status_code == 200
    sandbox.control("/rabot/settings", {"orders_need_create_scope": True})
    try:
        assert reader.get("/orders").status_code == 403
        assert sandbox.api(scope="api:partner create:orders").get("/orders").status_code == 200
    finally:
        sandbox.control("/rabot/settings", {"orders_need_create_scope": False})


def test_the_log_shows_what_was_sent_without_secrets(sandbox: Any) -> None:
    api = sandbox.api()
    sandbox.control("/requests", method="DELETE")
    secret = sandbox.secret("sandbox-whitelabel")
    token = sandbox.token_answer(scope="api:partner").json()["access_token"]
    api.get("/customers", params=[("limit", "2"), ("filter.externalId", "ä b")])
    api.post("/orders", json={"userAccount": {"password": "geheim", "phoneNumber": "+49"}})
    asked, listed, ordered = sandbox.control("/requests", method="GET")["requests"]
    assert asked["form"] == {
        "grant_type": "client_credentials",
        "client_id": "sandbox-whitelabel",
        "client_secret": "…",
        "scope": "api:partner",
    }
    assert listed["query"] == [["limit", "2"], ["filter.externalId", "ä b"]]
    assert listed["headers"]["Authorization"] == "Bearer …"
    assert (ordered["method"], ordered["status"]) == ("POST", 400)
    assert ordered["json"] == {"userAccount": {"password": "…", "phoneNumber": "+49"}}
    everything = json.dumps([asked, listed, ordered])
    assert secret not in everything
    assert token not in everything
    assert "geheim" not in everything
