"""Customers, consent, contracts, documents and who may see what."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from energyctl.sandbox import control
from tests.conftest import SLOWEST_START_S
from tests.sandbox.conftest import Running


def _all(api: httpx.Client, path: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        body = api.get(path, params={**query, "offset": len(found), "limit": 7}).json()
        assert body["count"] == len(body["data"])
        found += body["data"]
        if not body["hasMoreItems"]:
            return found


def test_each_client_sees_its_own_customers(sandbox: Any) -> None:
    whitelabel = _all(sandbox.api(), "/customers")
    numbers = [each["customerNumber"] for each in whitelabel]
    assert len(numbers) >= 40
    assert len(numbers) == len(set(numbers))
    assert all(each["relations"] == ["Owner"] for each in whitelabel)
    affiliate = _all(sandbox.api("sandbox-affiliate"), "/customers")
    assert affiliate
    assert all(each["relations"] == ["Affiliate"] for each in affiliate)
    third = _all(sandbox.api("sandbox-hems"), "/customers")
    assert third
    assert all("Linked" in each["relations"] for each in third)
    hidden = next(each for each in numbers if each not in {one["customerNumber"] for one in third})
    answer = sandbox.api("sandbox-hems").get(f"/customers/{hidden}/contracts")
    assert (answer.status_code, answer.json()["isSuccess"]) == (404, False)


def test_limit_is_cut_at_a_hundred_and_data_come_from_the_seed(sandbox: Any, tmp_path: Path) -> None:
    def first_pages(options: control.SandboxOptions, *offsets: int) -> list[dict[str, Any]]:
        place = tmp_path / str(options.seed)
        running = Running(place, control.start(place, options, wait_s=SLOWEST_START_S))
        try:
            return [
                running.api().get("/customers", params={"offset": offset, "limit": 100_000}).json()
                for offset in offsets
            ]
        finally:
            running.close()
            control.stop(place)

    few = sandbox.api().get("/customers").json()["data"]
    first, last = first_pages(control.SandboxOptions(customers=100_000, seed=7), 0, 99_850)
    assert (last["count"], last["hasMoreItems"]) == (100, True)
    assert first["data"][: len(few)] == few
    (others,) = first_pages(control.SandboxOptions(customers=40, seed=8), 0)
    assert others["data"] != few


def test_external_identifiers_find_their_customer(api: httpx.Client) -> None:
    known = next(each for each in _all(api, "/customers") if each["externalIdentifier"])
    assert _all(api, "/customers", **{"filter.externalId": known["externalIdentifier"]}) == [known]
    assert _all(api, "/customers", **{"filter.externalId": "urn:sandbox:customer:999"}) == []


def test_contracts_have_all_fields_and_a_tenth_of_the_customers_two(api: httpx.Client) -> None:
    contracts = _all(api, "/customers/1000010/contracts")
    assert len(contracts) == 2
    for contract in contracts:
        assert set(contract) == {
            "contractNumber", "name", "deliveryAddress", "billingAddress", "bankDetail", "contractState",
            "meterNumber", "meLoIdentifier", "maLoIdentifier", "tariffName", "actualDateOfDelivery",
            "endDateOfDelivery", "cancellationPeriod", "cancellationPeriodUnit", "durationPeriod",
            "durationPeriodUnit", "renewalPeriod", "renewalPeriodUnit", "expectedAnnualConsumptionInKwhPerYear",
            "accountingMethod", "distributionSystemOperatorCode", "distributionSystemOperatorName",
            "previousSupplierCode", "previousSupplierName", "paragraph14AInfo",
        }  # fmt: skip
        assert re.fullmatch(r"\d{11}", contract["maLoIdentifier"])
        assert len(contract["meLoIdentifier"]) == 33
    order = api.get(f"/orders/{contracts[0]['contractNumber']}").json()["data"]["order"]
    assert order["customerNumber"] == "1000010"
    assert order["meterNumber"] == contracts[0]["meterNumber"]


def _authorization(client: httpx.Client, **body: Any) -> str:
    answer = client.post("/customers/link", json=body)
    assert answer.status_code == 200
    assert set(answer.json()) == {"authorizationUrl"}
    return str(answer.json()["authorizationUrl"])


def _page_values(html: str) -> tuple[str, str]:
    email = re.search(r'name="emailAddress"[^>]*value="([^"]+)"', html)
    password = re.search(r"<code>([^<]+)</code>", html)
    assert email
    assert password
    return email[1], password[1]


def test_a_customer_logs_in_and_approves(sandbox: Any) -> None:
    hems = sandbox.api("sandbox-hems")
    before = {each["customerNumber"] for each in _all(hems, "/customers")}
    url = _authorization(
        hems,
        successUrl="https://app.example.org/done?step=2",
        customerNumberQueryParameterName="kunde",
        externalCustomerId="hems-17",
    )
    email, password = _page_values(sandbox.anybody.get(url).text)
    wrong = sandbox.anybody.post(url, data={"action": "approve", "emailAddress": email, "password": "wrong"})
    assert wrong.status_code == 200
    assert "is wrong" in wrong.text
    right = sandbox.anybody.post(url, data={"action": "approve", "emailAddress": email, "password": password})
    assert right.status_code == 302
    target = urlsplit(right.headers["Location"])
    assert (target.netloc, target.path) == ("app.example.org", "/done")
    query = dict(parse_qsl(target.query))
    assert query["step"] == "2"
    linked = query["kunde"]
    assert linked not in before
    customers = {each["customerNumber"]: each for each in _all(hems, "/customers")}
    assert set(customers) == before | {linked}
    assert list(customers) == sorted(customers)
    assert customers[linked]["externalIdentifier"] == "hems-17"
    assert customers[linked]["emailAddress"] == email
    found = hems.get("/customers", params={"filter.externalId": "hems-17"}).json()["data"]
    assert [each["customerNumber"] for each in found] == [linked]
    assert hems.get(f"/customers/{linked}/contracts").status_code == 200
    assert sandbox.anybody.get(url).status_code == 400

    gone = hems.delete(f"/customers/{linked}/link")
    assert (gone.status_code, gone.content) == (200, b"")
    assert {each["customerNumber"] for each in _all(hems, "/customers")} == before
    assert hems.delete(f"/customers/{linked}/link").status_code == 404
    assert sandbox.api().delete(f"/customers/{linked}/link").status_code == 404


def test_refusing_leads_to_the_failure_url(sandbox: Any) -> None:
    hems = sandbox.api("sandbox-hems")
    url = _authorization(hems, failureUrl="https://app.example.org/no")
    answer = sandbox.anybody.post(url, data={"action": "decline"})
    assert answer.headers["Location"] == (
        "https://app.example.org/no?error_description=The+authorization+was+denied+by+the+end+user."
        "&error_name=access_denied"
    )
    url = _authorization(hems, failureUrl=None)
    answer = sandbox.anybody.post(url, data={"action": "decline"})
    assert answer.status_code == 200
    assert "close this page" in answer.text


def test_a_link_ends_after_ten_minutes(sandbox: Any) -> None:
    url = _authorization(sandbox.api("sandbox-hems"))
    sandbox.control("/advance", {"seconds": 590})
    assert sandbox.anybody.get(url).status_code == 200
    sandbox.control("/advance", {"seconds": 10})
    assert sandbox.anybody.get(url).status_code == 400
    assert sandbox.anybody.get(url.replace("sandbox-hems", "sandbox-affiliate")).status_code == 400


def test_links_can_be_answered_through_the_control_server(sandbox: Any) -> None:
    hems = sandbox.api("sandbox-hems")
    sandbox.control("/rabot/link/decline-all")
    _authorization(hems, successUrl="https://a.example/")
    [pending] = sandbox.control("/rabot/links", method="GET")["pending"]
    assert pending["client_id"] == "sandbox-hems"
    [approved] = sandbox.control("/rabot/link/approve-all", {"customerNumber": "1000003"})["approved"]
    assert approved["redirect"] == "https://a.example/?customerNumber=1000003"
    assert hems.get("/customers/1000003/contracts").status_code == 200
    assert sandbox.control("/rabot/links", method="GET")["pending"] == []
    hems.delete("/customers/1000003/link")


@pytest.mark.parametrize("bad", ["/relative", "javascript:alert(1)", "javascript://x/%0aalert(1)", 7])
def test_a_link_request_is_checked(sandbox: Any, bad: Any) -> None:
    answer = sandbox.api("sandbox-hems").post("/customers/link", json={"successUrl": bad, "customerNo": "x"})
    assert answer.status_code == 400
    assert {each["details"] for each in answer.json()["error"]} == {"successUrl", "customerNo"}


def test_documents_are_listed_filtered_and_downloaded(api: httpx.Client) -> None:
    path = "/customers/1000001/contracts/400000001/documents"
    body = api.get(path).json()
    items = body["data"]["items"]
    assert body["count"] == len(items)
    assert {each["documentType"] for each in items} == {"ContractConfirmation", "PrePayment", "Settlement"}
    assert len({each["fileId"] for each in items}) == len(items)
    notices = api.get(path, params={"documentType": "prepayment"}).json()["data"]["items"]
    assert notices == [each for each in items if each["documentType"] == "PrePayment"]
    notice = notices[-1]
    assert re.fullmatch(r"\d{4}-\d{2}", notice["info"]["TargetMonths"][0])
    assert notice["lastDownloadedAt"] is None
    file = api.get(f"{path}/{notice['fileId']}")
    assert file.headers["Content-Type"] == "application/pdf"
    month = notice["info"]["TargetMonths"][0]
    assert file.headers["Content-Disposition"] == f'attachment; filename="PrePayment-400000001-{month}.pdf"'
    assert len(file.content) == notice["sizeInBytes"]
    assert file.content.startswith(b"%PDF-")
    text = b"".join(
        zlib.decompress(each) for each in re.findall(rb"stream\n(.*?)\nendstream", file.content, re.DOTALL)
    )
    for words in ("1000001", "400000001", "Abschlag (brutto)", "Umsatzsteuer 19 %", "EUR", "Zählernummer"):
        assert words.encode("latin-1").replace(b"(", rb"\(").replace(b")", rb"\)") in text, words
    again = api.get(path, params={"documentType": "PrePayment"}).json()["data"]["items"][-1]
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", again["lastDownloadedAt"])
    assert api.get(path, params={"documentType": "Invoice"}).status_code == 400
    assert api.get(f"{path}/00000000-0000-0000-0000-000000000000").status_code == 404


def test_documents_need_the_application_role_or_a_link(sandbox: Any) -> None:
    path = "/customers/1000001/contracts/400000001/documents"
    assert sandbox.api(scope="api:partner role:customer-support").get(path).status_code == 403
    assert sandbox.api("sandbox-hems").get(path).status_code == 200


def test_a_customer_of_an_affiliate_appears_with_the_confirmed_contract(
    sandbox: Any, make_order: Callable[..., dict[str, Any]]
) -> None:
    affiliate = sandbox.api("sandbox-affiliate")
    placed = affiliate.post("/orders", json=make_order("neu.geworben@example.org")).json()
    number = placed["customerNumber"]
    assert number not in {each["customerNumber"] for each in _all(affiliate, "/customers")}
    sandbox.control(f"/rabot/orders/{placed['contractNumber']}/state", {"state": "PendingDelivery"})
    shown = next(each for each in _all(affiliate, "/customers") if each["customerNumber"] == number)
    assert (shown["relations"], shown["externalIdentifier"]) == (["Affiliate"], "urn:test:1")
    assert sandbox.api().get(f"/customers/{number}/contracts").status_code == 404
    contracts = affiliate.get(f"/customers/{number}/contracts").json()["data"]
    assert [each["contractNumber"] for each in contracts] == [placed["contractNumber"]]
    sandbox.control(f"/rabot/orders/{placed['contractNumber']}/state", {"state": "Revoked"})
    assert affiliate.get(f"/customers/{number}/contracts").status_code == 404


def test_a_reset_forgets_what_clients_did_but_not_who_they_are(
    tmp_path: Path, make_order: Callable[..., dict[str, Any]]
) -> None:
    facts = control.start(tmp_path, control.SandboxOptions(customers=5, faults=["rabot:503#1"]))
    running = Running(tmp_path, facts)
    try:
        api = running.api()
        assert api.get("/orders").status_code == 503
        before = api.get("/orders", params={"limit": 100}).json()["count"]
        api.post("/orders", json=make_order("weg@example.org")).raise_for_status()
        assert api.get("/orders", params={"limit": 100}).json()["count"] == before + 1
        running.control("/reset")
        assert running.control("/requests", method="GET") == {"requests": []}
        assert api.get("/orders").status_code == 503
        assert api.get("/orders", params={"limit": 100}).json()["count"] == before
    finally:
        running.close()
        control.stop(tmp_path)
