"""The sandbox's Organisation: parts not built, wrong variants that break one rule each, faults."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from energyctl.sandbox.control import SandboxFailed
from tests.sandbox.bright_partner import ERROR_FIELDS, FIRST, FIRST_SSN, bright, kit, problem, services

__all__ = ["bright", "kit"]

_BACK = "http://127.0.0.1:9/callback"
_MONTHS = {
    "fromDate": "2026-04-30T22:00:00.000Z",
    "toDate": "2026-06-30T22:00:00.000Z",
    "resolution": "month",
}
_LONGEST_DATE = 19


class Organisation:
    """One look at everything that a variant may spoil."""

    def __init__(self, kit: httpx.Client, refresh: Callable[[], httpx.Response]) -> None:
        self._kit = kit
        self.refused = kit.get("/accounts/A-1")
        self.unbuilt = kit.post("/events", json={"type": "lastSeen", "accountId": "A-500001"})
        self.refreshed = refresh()
        self.accounts = kit.get("/accounts", params={"ssn": FIRST_SSN}).json()
        self.readable = [
            kit.get(f"/accounts/{each['accountId']}").status_code == 200 for each in self.accounts
        ]
        self.roles = [role["role"] for role in kit.get(f"{FIRST}/user-roles").json()]
        self.places = [place["services"] for place in kit.get(f"{FIRST}/locations").json()]
        self.invoices = kit.get(f"{FIRST}/invoices").json()
        window = {"fromDate": "2026-03-01T00:00:00Z", "toDate": "2026-07-01T00:00:00Z"}
        self.some_invoices = kit.get(f"{FIRST}/invoices", params=window).json()
        invoice = f"{FIRST}/invoices/{self.invoices[0]['invoiceId']}"
        self.papers = [kit.get(f"{invoice}/stream"), kit.get(kit.get(f"{invoice}/url").json()["url"])]
        self.trade, self.sun = self._series("11"), self._series("13")
        self.odd = self._get("measurements/MEA-500001-11", resolution="week").status_code
        self.prices = kit.get(f"{FIRST}/products/SRV-500001-11").json()

    def _get(self, path: str, **more: str) -> httpx.Response:
        return self._kit.get(f"{FIRST}/{path}", params={**_MONTHS, **more})

    def _series(self, number: str) -> tuple[dict[str, Any], dict[str, Any]]:
        return (
            self._get(f"measurements/MEA-500001-{number}").json(),
            self._get(f"cost/COST-500001-{number}").json(),
        )

    def every_service(self, name: str) -> list[str]:
        return [
            each[name]
            for place in self.places
            for each in (place if isinstance(place, list) else place.values())
        ]

    def error(self) -> dict[str, Any]:
        """The refusal's body; an unspoilt one when it is no JSON, so that one fault counts once."""
        try:
            return dict(self.refused.json())
        except ValueError:
            return {**dict.fromkeys(ERROR_FIELDS, "x"), "status": 404}


def _unique(items: list[str]) -> bool:
    return len(items) == len(set(items))


KEPT: dict[str, Callable[[Organisation], bool]] = {
    "error_shape": lambda it: set(it.error()) == ERROR_FIELDS,
    "error_status_differs": lambda it: str(it.error()["status"]) == str(it.refused.status_code),
    "error_status_text": lambda it: isinstance(it.error()["status"], int),
    "html_error": lambda it: it.refused.headers["Content-Type"].startswith("application/json"),
    "not_built_is_404": lambda it: it.unbuilt.status_code == 501,
    "two_owners": lambda it: it.roles.count("owner") < 2,
    "no_owner": lambda it: "owner" in it.roles,
    "role_unknown": lambda it: set(it.roles) <= {"owner", "guest", "company"},
    "search_other_person": lambda it: all(it.readable),
    "duplicate_service_ids": lambda it: _unique(it.every_service("id")),
    "duplicate_measurement_ids": lambda it: _unique(it.every_service("measurementId")),
    "service_not_list": lambda it: all(isinstance(place, list) for place in it.places),
    "missing_product_prices": lambda it: all("prices" in product for product in it.prices),
    "swapped_edges": lambda it: len(it.some_invoices) <= 4,
    "one_invoice_only": lambda it: len(it.invoices) > 1,
    "invoice_pdf_is_html": lambda it: all(paper.content.startswith(b"%PDF") for paper in it.papers),
    "short_dates": lambda it: all(len(v["date"]) >= _LONGEST_DATE for v in it.trade[0]["values"]),
    "unknown_resolution_accepted": lambda it: it.odd == 400,
    "resolution_ignored": lambda it: all(len(s["values"]) < 10 for s in (*it.trade, *it.sun)),
    "inclusive_end": lambda it: all(s["values"][-1]["date"] < s["endDate"] for s in (*it.trade, *it.sun)),
    "wrong_units_negative_production": lambda it: all(v["kWh"] >= 0 for v in it.sun[0]["values"]),
    "positive_production_cost": lambda it: all(v["cost"] <= 0 for v in it.sun[1]["values"]),
    "cost_start_missing": lambda it: "startDate" in it.trade[1],
    "refresh_needs_person": lambda it: it.refreshed.status_code == 200,
}  # fmt: skip
_OF_TIME = {"serial_only", "slow"}


@pytest.fixture
def refresh(kit: httpx.Client, bright: dict[str, Any]) -> Callable[[], httpx.Response]:
    """Use a refresh token, without a person, from one call to the next."""
    query = {"response_type": "code", "client_id": "bright", "redirect_uri": _BACK, "approve": "1"}
    back = kit.get("/auth/authorize", params=query).headers["Location"]
    client = {"client_id": "bright", "client_secret": bright["client_secret"]}
    code = {"grant_type": "authorization_code", "code": back.partition("code=")[2], "redirect_uri": _BACK}
    held = kit.post("/auth/authorize", json={**client, **code}).json()

    def again() -> httpx.Response:
        token = {"grant_type": "refresh_token", "refresh_token": held["refresh_token"]}
        answer = kit.get("/auth/refresh_token", params={**client, **token})
        if answer.status_code == 200:
            held.update(answer.json())
        return answer

    return again


def test_each_variant_breaks_its_own_rule_and_no_other(
    kit: httpx.Client, sandbox: Any, refresh: Callable[[], httpx.Response]
) -> None:
    listed = sandbox.control("/bright/variants", method="GET")
    assert listed["active"] is None
    assert {each["name"] for each in listed["variants"]} == {*KEPT, *_OF_TIME}
    assert all(each["rule"] and each["wrong"] for each in listed["variants"])
    sandbox.control("/bright/settings", {"not_built": ["report_event"]})
    for name in (None, *KEPT):
        sandbox.control("/bright/variant", {"name": name})
        seen = Organisation(kit, refresh)
        broken = {rule for rule, kept in KEPT.items() if not kept(seen)}
        assert broken == ({name} if name else set()), name


def test_reset_brings_the_right_server_back(kit: httpx.Client, sandbox: Any) -> None:
    sandbox.control("/bright/variant", {"name": "html_error"})
    sandbox.control("/bright/settings", {"not_built": ["get_account"], "qr": "image"})
    assert kit.get("/nowhere").text.startswith("<!DOCTYPE html>")
    sandbox.control("/reset", {})
    problem(kit.get("/nowhere"), 404)
    assert kit.get(FIRST).status_code == 200
    settings = sandbox.control("/bright/settings", method="GET")
    assert (settings["not_built"], settings["qr"]) == ([], "secret")


def test_parts_that_are_not_built_answer_501(kit: httpx.Client, sandbox: Any) -> None:
    sandbox.control("/bright/settings", {"not_built": ["get_agreements", "bankid_qr"]})
    service = services(kit)["waste"]["id"]
    problem(kit.get(f"{FIRST}/agreements/{service}"), 501)
    problem(kit.get("/bankid/qr"), 501)
    assert kit.get(f"{FIRST}/products/{service}").status_code == 200
    sandbox.control("/bright/settings", {"not_built": []})
    assert kit.get(f"{FIRST}/agreements/{service}").status_code == 200
    sandbox.control("/bright/variant", {"name": "not_built_is_404"})
    problem(kit.get(f"{FIRST}/events/{service}"), 404)


def test_a_serial_server_refuses_what_comes_together(kit: httpx.Client, sandbox: Any) -> None:
    def together() -> list[int]:
        with ThreadPoolExecutor(4) as pool:
            return sorted(answer.status_code for answer in pool.map(kit.get, [FIRST] * 4))

    assert together() == [200] * 4
    sandbox.control("/bright/variant", {"name": "serial_only"})
    assert any(429 in together() for _ in range(5))
    assert kit.get(FIRST).status_code == 200


def test_a_slow_server_takes_the_time_that_is_set(kit: httpx.Client, sandbox: Any) -> None:
    sandbox.control("/bright/variant", {"name": "slow"})
    with pytest.raises(httpx.ReadTimeout):
        kit.get(FIRST, timeout=httpx.Timeout(20, read=0.3))
    sandbox.control("/bright/settings", {"slow_s": 0})
    assert kit.get(FIRST).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/bright/settings", {"qr": "both"}, "secret, image"),
        ("/bright/settings", {"speed": 1}, "Unknown setting 'speed'"),
        ("/bright/settings", {"not_built": ["x"]}, "list of operations: authorize"),
        ("/bright/settings", {"slow_s": -1}, "0 to 600 seconds"),
        ("/bright/settings", {"refresh_rotates": 1}, "true or false"),
        ("/bright/variant", {"name": "x"}, "Unknown variant 'x'"),
        ("/bright/variant", {}, 'Give "name"'),
        ("/bright/bankid/x/decide", {"decision": "approve"}, "No such order"),
        ("/bright/bankid/x/decide", {"answer": "yes"}, "Unknown field"),
    ],
)
def test_wrong_control_requests_are_explained(
    sandbox: Any, path: str, body: dict[str, Any], words: str
) -> None:
    with pytest.raises(SandboxFailed, match=words):
        sandbox.control(path, body)


def test_faults_strike_the_kit_in_its_own_words(kit: httpx.Client, sandbox: Any) -> None:
    sandbox.control("/faults", {"add": ["bright:429=7#1", "bright:drop-after@PATCH /kit/v1/users#1"]})
    refused = kit.get(FIRST)
    assert problem(refused, 429)["name"] == "TooManyRequests"
    assert refused.headers["Retry-After"] == "7"
    user = kit.get(f"{FIRST}/user-roles").json()[0]["user"]["id"]
    with pytest.raises(httpx.RemoteProtocolError):
        kit.patch(f"/users/{user}", json={"email": "kvar@example.org"})
    assert kit.get(f"{FIRST}/user-roles").json()[0]["user"]["email"] == "kvar@example.org"
