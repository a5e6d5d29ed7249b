"""Tariffs, calculations and orders: their rules, states and lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HOUR, DAY = 3600, 86_400
Make = Callable[..., dict[str, Any]]


def _problems(answer: httpx.Response) -> dict[str, str]:
    body = answer.json()
    assert answer.status_code == 400
    assert body["isSuccess"] is False
    assert body["data"] is None
    assert {each["code"] for each in body["error"]} == {"validation-failed"}
    return {each["details"]: each["message"] for each in body["error"]}


def test_tariffs_depend_on_the_effective_date(api: httpx.Client) -> None:
    now = api.get("/tariffs").json()
    assert now["isSuccess"] is True
    assert now["count"] == len(now["data"]) >= 4
    assert now["hasMoreItems"] is False
    assert all(set(each) == {"tariffName", "tariffKey", "providerName"} for each in now["data"])
    pairs = {(each["tariffKey"], each["tariffName"]) for each in now["data"]}
    assert {("RabotSmart", "rabot.smart"), ("DEMO_Fix24", "rabot.fix")} <= pairs

    def keys(day: str) -> set[str]:
        return {
            each["tariffKey"] for each in api.get("/tariffs", params={"effectiveDate": day}).json()["data"]
        }

    assert "DEMO_Fix24" not in keys("2023-12-31")
    assert "DEMO_Fix24" in keys("2024-01-01")
    assert "RabotHome2024" in keys("2025-06-30")
    assert "RabotHome2024" not in keys("2025-07-01")
    assert "effectiveDate" in _problems(api.get("/tariffs", params={"effectiveDate": "2024-02-30"}))


def _quote(api: httpx.Client, key: str = "RabotSmart", **more: Any) -> dict[str, Any]:
    answer = api.post(
        f"/tariffs/{key}/calculation", json={"yearlyConsumptionKwh": 3500, "zipCode": "10115", **more}
    )
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


def _value(quote: dict[str, Any], name: str) -> float:
    return float(quote["priceComponents"][name]["value"])


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    kwh=st.floats(0.1, 200_000),
    postcode=st.integers(0, 99_999).map("{:05d}".format),
    meter=st.booleans(),
    vehicle=st.booleans(),
    key=st.sampled_from(["RabotSmart", "RabotSmart24", "RabotFlexpower", "DEMO_Fix24"]),
)
def test_the_arithmetic_of_a_calculation_holds(
    api: httpx.Client, kwh: float, postcode: str, meter: bool, vehicle: bool, key: str
) -> None:
    quote = _quote(
        api, key, yearlyConsumptionKwh=kwh, zipCode=postcode, hasSmartMeter=meter, hasElectricVehicle=vehicle
    )
    work, used, base = (
        _value(quote, each) for each in ("estimatedWorkPrice", "estimatedConsumption", "basePricePerMonth")
    )
    assert used == pytest.approx(kwh / 12, abs=5e-5)
    assert _value(quote, "pricePerMonth") == pytest.approx(work / 100 * used + base, abs=1e-3)
    assert _value(quote, "unitPrice") == _value(quote, "effectiveWorkPrice")


def test_a_price_depends_on_place_meter_vehicle_and_campaign(api: httpx.Client) -> None:
    plain = _quote(api)
    assert plain == _quote(api)
    assert _value(plain, "unitPrice") != _value(_quote(api, zipCode="80331"), "unitPrice")
    smart = _quote(api, hasSmartMeter=True)
    assert _value(smart, "unitPrice") < _value(plain, "unitPrice")
    driving = _quote(api, hasSmartMeter=True, hasElectricVehicle=True)
    assert _value(driving, "unitPrice") < _value(smart, "unitPrice")
    campaign = _quote(api, campaignCode="rabot.home.2024")
    assert _value(plain, "baseServiceFee") - _value(campaign, "baseServiceFee") == pytest.approx(1.0)
    assert _quote(api, campaignCode="no.such.campaign") == plain


def test_a_calculation_has_the_documented_shape(api: httpx.Client) -> None:
    quote = _quote(api, "RabotFlexpower")
    components = quote["priceComponents"]
    assert components["unitPrice"]["unit"] == {"main": "Cent", "per": "Kwh"}
    assert components["pricePerMonth"]["unit"] == {"main": "Euro", "per": "Month"}
    assert components["pricePerMonth"]["unitText"] == "€/Monat"
    assert isinstance(quote["durationPeriod"]["value"], int)
    assert isinstance(quote["noticePeriod"]["value"], int)
    share = components["rabotShare"]
    assert share["totalPriceWithoutRabotShare"]["value"] + share["rabotShare"]["value"] == pytest.approx(
        _value(quote, "pricePerMonth"), abs=1e-3
    )
    assert _quote(api)["priceComponents"]["rabotShare"] is None


def test_a_bad_calculation_names_every_problem(api: httpx.Client) -> None:
    body = {"yearlyConsumptionKwh": "3500", "zipCode": "1011", "hasSmartMeter": 1, "colour": "red"}
    found = _problems(api.post("/tariffs/RabotSmart/calculation", json=body))
    assert set(found) == {"yearlyConsumptionKwh", "zipCode", "hasSmartMeter", "colour"}
    assert "must be a number, not a string" in found["yearlyConsumptionKwh"]
    assert set(_problems(api.post("/tariffs/RabotSmart/calculation", json={}))) == {
        "yearlyConsumptionKwh",
        "zipCode",
    }
    for bad in (0, -1, True):
        body = {"yearlyConsumptionKwh": bad, "zipCode": "10115"}
        assert "yearlyConsumptionKwh" in _problems(api.post("/tariffs/RabotSmart/calculation", json=body))
    answer = api.post("/tariffs/Nope/calculation", json={"yearlyConsumptionKwh": 1, "zipCode": "10115"})
    assert (answer.status_code, answer.json()["isSuccess"]) == (404, False)
    pairs = {"ZIPCODE": "10115", "yearlyconsumptionkwh": 3500}
    assert api.post("/tariffs/RabotSmart/calculation", json=pairs).status_code == 200


def test_what_is_not_json_is_refused(api: httpx.Client) -> None:
    path = "/tariffs/RabotSmart/calculation"
    json_type = {"Content-Type": "application/json"}
    assert api.post(path, content=b"{nope", headers=json_type).status_code == 400
    nan = b'{"yearlyConsumptionKwh": NaN, "zipCode": "10115"}'
    assert api.post(path, content=nan, headers=json_type).status_code == 400
    assert api.post(path, content=b"[]", headers=json_type).status_code == 400
    assert api.post(path, data={"zipCode": "10115"}).status_code == 415


def test_an_order_answers_bare_and_the_same_address_keeps_its_customer(
    api: httpx.Client, make_order: Make
) -> None:
    first = api.post("/orders", json=make_order("Twice@Example.org"))
    second = api.post("/orders", json=make_order("twice@example.org"))
    assert first.status_code == second.status_code == 200
    assert set(first.json()) == {"customerNumber", "contractNumber"}
    assert first.json()["customerNumber"] == second.json()["customerNumber"]
    assert first.json()["contractNumber"] != second.json()["contractNumber"]
    seeded = api.get("/customers", params={"limit": 1}).json()["data"][0]
    third = api.post("/orders", json=make_order(seeded["emailAddress"])).json()
    assert third["customerNumber"] == seeded["customerNumber"]


def test_all_that_is_wrong_with_an_order_is_told_at_once(api: httpx.Client, make_order: Make) -> None:
    order = make_order("wrong@example.org", meterNumber=None, moveInDate="01.02.2026", colour=1)
    order["userAccount"]["firstName"] = " "
    order["userAccount"]["gender"] = "female"
    order["contract"]["deliveryAddress"]["postCode"] = "1011"
    order["contract"]["bankDetails"]["iban"] = "DE89370400440532013001"
    order["contract"]["state"] = "Open"
    order["contract"]["transactionDateTime"] = "yesterday"
    del order["contract"]["deliveryAddress"]["city"]
    found = _problems(api.post("/orders", json=order))
    assert found["userAccount.firstName"] == "First name is required for non-business customers."
    assert set(found) == {
        "userAccount.firstName",
        "userAccount.gender",
        "contract.deliveryAddress.postCode",
        "contract.deliveryAddress.city",
        "contract.bankDetails.iban",
        "contract.state",
        "contract.transactionDateTime",
        "contract.deliveryDetails.meterNumber",
        "contract.deliveryDetails.moveInDate",
        "contract.deliveryDetails.colour",
    }
    assert "read-only" in found["contract.state"]
    assert "colour" in found["contract.deliveryDetails.colour"]


def test_rules_by_kind_of_customer_and_reason(api: httpx.Client, make_order: Make) -> None:
    business = make_order("firma@example.org")
    business["contract"]["type"] = "Business"
    assert set(_problems(api.post("/orders", json=business))) == {
        "userAccount.businessName", "contract.deliveryAddress.businessName",
    }  # fmt: skip
    business["userAccount"]["businessName"] = business["contract"]["deliveryAddress"]["businessName"] = (
        "Café Beispiel"
    )
    del business["userAccount"]["firstName"], business["contract"]["deliveryAddress"]["lastName"]
    assert api.post("/orders", json=business).status_code == 200

    personal = make_order("personal@example.org")
    personal["contract"]["type"] = "Personal"
    assert "Private, Business" in _problems(api.post("/orders", json=personal))["contract.type"]

    change = make_order("wechsel@example.org", moveInDate=None)
    change["contract"]["contractReason"] = "ChangeOfSupplier"
    assert set(_problems(api.post("/orders", json=change))) == {
        "contract.deliveryDetails.desiredTransitionDate"
    }
    change["contract"]["deliveryDetails"]["previousSelfCancelledDate"] = "2026-03-01"
    assert api.post("/orders", json=change).status_code == 200

    unknown = {**make_order("key@example.org"), "tariffKey": "Nope"}
    answer = api.post("/orders", json=unknown)
    assert (answer.status_code, answer.json()["error"][0]["details"]) == (404, "tariffKey")
    assert set(_problems(api.post("/orders", json={}))) == {"tariffKey", "userAccount", "contract"}


def _state(api: httpx.Client, number: str) -> dict[str, Any]:
    data = api.get(f"/orders/{number}").json()["data"]
    assert set(data) == {"order"}
    order: dict[str, Any] = data["order"]
    return order


def test_an_order_passes_through_its_states(sandbox: Any, api: httpx.Client, make_order: Make) -> None:
    placed = api.post("/orders", json=make_order("weg@example.org")).json()
    number, customer = placed["contractNumber"], placed["customerNumber"]

    def visible() -> bool:
        return api.get(f"/customers/{customer}/contracts").status_code == 200

    order = _state(api, number)
    assert (order["state"], order["deliveryState"], order["actualDateOfDelivery"]) == ("Open", None, None)
    assert order["contractSignedAt"] == order["contractSignatureDate"] == "2026-01-15 09:30:00"
    assert order["estimatedYearlyConsumption"] == order["previousYearConsumption"] == 3000
    assert order["deliveryAddress"]["title"] is None
    assert not visible()
    sandbox.control("/advance", {"seconds": HOUR - 60})
    assert _state(api, number)["state"] == "Open"
    sandbox.control("/advance", {"seconds": 60})
    order = _state(api, number)
    assert (order["state"], order["processingInfo"]) == ("Processing", "Exported to MaKo provider")
    assert order["deliveryState"]["state"] == "InChangeProcess"
    sandbox.control("/advance", {"seconds": DAY})
    order = _state(api, number)
    assert (order["state"], order["actualDateOfDelivery"]) == ("PendingDelivery", "2026-02-01")
    assert order["deliveryState"]["state"] == "DeliveryPending"
    assert visible()
    documents = f"/customers/{customer}/contracts/{number}/documents"
    kinds = [each["documentType"] for each in api.get(documents).json()["data"]["items"]]
    assert kinds == ["ContractConfirmation"]
    sandbox.control("/advance", {"seconds": 2 * DAY})
    assert _state(api, number)["deliveryState"]["state"] == "Delivery"
    kinds = [each["documentType"] for each in api.get(documents).json()["data"]["items"]]
    assert kinds == ["ContractConfirmation", "PrePayment"]
    sandbox.control("/advance", {"seconds": 60 * DAY})
    kinds = [each["documentType"] for each in api.get(documents).json()["data"]["items"]]
    assert (kinds.count("PrePayment"), kinds.count("Settlement")) == (3, 2)


@pytest.mark.parametrize(
    ("email", "state", "reason"),
    [
        ("a+reject@example.org", "Rejected", "InsufficientSolvency"),
        ("a+reject-duplicate@example.org", "Rejected", "Duplicate"),
        ("a+revoke@example.org", "Revoked", None),
        ("a+cancel@example.org", "Cancelled", None),
        ("a+rejected@example.org", "Delivery", None),
    ],
)
def test_marks_in_the_address_decide_the_outcome(
    sandbox: Any, api: httpx.Client, make_order: Make, email: str, state: str, reason: str | None
) -> None:
    number = api.post("/orders", json=make_order(email)).json()["contractNumber"]
    sandbox.control("/advance", {"seconds": 60 * DAY})
    order = _state(api, number)
    assert (order["state"], order["denialReason"]) == (state, reason)
    if state == "Rejected":
        assert order["deliveryState"]["state"] == "Denied"
        assert order["deliveryState"]["denialReason"] == reason
    if state == "Cancelled":
        assert order["endDateOfDelivery"] == "2027-02-01"


def test_without_a_meter_number_an_order_waits(sandbox: Any, api: httpx.Client, make_order: Make) -> None:
    order = make_order("zaehlerlos@example.org", meterNumber=None, maLoIdentifier="99987999749")
    number = api.post("/orders", json=order).json()["contractNumber"]
    sandbox.control("/advance", {"seconds": 90 * DAY})
    assert _state(api, number)["state"] == "Open"
    sandbox.control(f"/rabot/orders/{number}/state", {"state": "PendingDelivery"})
    sandbox.control("/advance", {"seconds": 2 * DAY})
    assert _state(api, number)["state"] == "Delivery"


def test_an_order_can_be_put_and_held(sandbox: Any, api: httpx.Client, make_order: Make) -> None:
    number = api.post("/orders", json=make_order("halt@example.org")).json()["contractNumber"]
    sandbox.control(f"/rabot/orders/{number}/state", {"state": "Processing", "hold": True})
    sandbox.control("/advance", {"seconds": 30 * DAY})
    assert _state(api, number)["state"] == "Processing"
    shown = sandbox.control(f"/rabot/orders/{number}/state", {"state": "Rejected", "denialReason": "Dunning"})
    assert (shown["order"]["state"], shown["order"]["denialReason"]) == ("Rejected", "Dunning")
    assert _state(api, number) == shown["order"]


def test_orders_are_paged_newest_last_and_filtered(api: httpx.Client, make_order: Make) -> None:
    placed = api.post("/orders", json=make_order("letzter@example.org")).json()
    seen: list[str] = []
    more = True
    while more:
        body = api.get("/orders", params={"OFFSET": len(seen), "limit": 7}).json()
        assert set(body["data"]) == {"orders"}
        assert body["count"] == len(body["data"]["orders"])
        seen += [order["contractNumber"] for order in body["data"]["orders"]]
        more = body["hasMoreItems"]
    assert len(seen) == len(set(seen))
    assert seen == sorted(seen)
    assert seen[-1] == placed["contractNumber"]
    assert len(seen) > 44  # 40 customers, 4 of them with a second contract
    for each in (seen[0], seen[-1]):
        assert _state(api, each)["contractNumber"] == each
    mine = api.get("/orders", params={"filter.customerNumber": placed["customerNumber"]}).json()
    assert [order["contractNumber"] for order in mine["data"]["orders"]] == [placed["contractNumber"]]
    assert api.get("/orders", params={"filter.customerNumber": "x"}).json()["data"] == {"orders": []}
    assert api.get("/orders/1").status_code == api.get("/orders/abc").status_code == 404


def test_a_partner_does_not_see_anothers_orders(sandbox: Any, api: httpx.Client, make_order: Make) -> None:
    affiliate = sandbox.api("sandbox-affiliate")
    number = affiliate.post("/orders", json=make_order("geworben@example.org")).json()["contractNumber"]
    assert affiliate.get(f"/orders/{number}").status_code == 200
    assert api.get(f"/orders/{number}").status_code == 404


def test_bad_paging_and_unknown_parameters(api: httpx.Client) -> None:
    found = _problems(api.get("/orders", params={"offset": "-1", "limit": "ten", "colour": "red"}))
    assert set(found) == {"offset", "limit", "colour"}
    assert "limit" in _problems(api.get("/orders", params={"limit": "0"}))
    assert len(api.get("/orders").json()["data"]["orders"]) == 10
    assert api.get("/orders", params={"limit": "5000"}).status_code == 200
