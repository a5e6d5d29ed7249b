"""What the operations answer and change, on both sets of paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.sandbox.emulate_partner import FIRST, RANGE, Partner

RETAILER = "/v1/retailer"
CUSTOMER = f"{RETAILER}/customers/{FIRST}"


@pytest.fixture(scope="module")
def partner(sandbox: Any) -> Iterator[Partner]:
    found = Partner(sandbox.facts)
    yield found
    found.close()


@pytest.fixture(autouse=True)
def as_at_the_beginning(sandbox: Any) -> None:
    sandbox.control("/reset")


def test_a_customer_is_the_same_under_all_four_roots(partner: Partner) -> None:
    devices = partner.devices()
    assert list(devices) == ["car", "charger", "heat_pump"]
    car = devices["car"]["id"]
    v1_range, v2_range = "from={from}&to={to}".format(**RANGE), "start={from}&end={to}".format(**RANGE)
    v1_range, v2_range = v1_range.replace("+", "%2B"), v2_range.replace("+", "%2B")
    for v1, v2 in (
        ("", ""),
        ("/facilities", "/sites"),
        ("/devices", "/assets"),
        (f"/devices/{car}", f"/assets/{car}"),
        (f"/devices/{car}/logs?page=2", f"/assets/{car}/problem-log?page=2"),
        ("/spo-settings", "/optimization"),
        (f"/devices/{car}/spo-settings", f"/assets/{car}/optimization"),
        (f"/consumption?{v1_range}", f"/reports/consumption?{v2_range}"),
        (f"/savings?{v1_range}&resolution=month", f"/reports/savings?{v2_range}&resolution=month"),
    ):
        answers = [
            partner.retailer.get(CUSTOMER + v1),
            partner.own.get(f"/v1/customer{v1}"),
            partner.retailer.get(f"/v2/retailer/end-customers/{FIRST}{v2}"),
            partner.own.get(f"/v2/self{v2}"),
        ]
        assert [answer.status_code for answer in answers] == [200] * 4, v1
        first, *others = (_still(answer.json()) for answer in answers)
        assert first
        assert all(other == first for other in others), v1


def _still(shown: Any) -> Any:
    """Return an answer without what changes while a test looks on."""
    if isinstance(shown, list):
        return [_still(each) for each in shown]
    return {name: value for name, value in shown.items() if name != "last_seen_at"}


def _by_offset(get: Callable[..., httpx.Response]) -> list[Any]:
    found: list[Any] = []
    while True:
        page = get("/customers", params={"offset": len(found), "limit": 7}).json()
        found += page["items"]
        if len(found) == page["total"]:
            return found
        assert page["limit"] == len(page["items"]) == 7


def _by_page(get: Callable[..., httpx.Response]) -> list[Any]:
    found: list[Any] = []
    for number in range(1, 8):
        page = get("/facilities", params={"page": number, "page_size": 7}).json()
        assert (page["page"], page["total_pages"]) == (number, 7)
        found += page["data"]
    return found


def _by_cursor(get: Callable[..., httpx.Response]) -> list[Any]:
    found: list[Any] = []
    query: dict[str, Any] = {"limit": 7}
    while True:
        page = get("/devices", params=query).json()
        found += page["devices"]
        if page["next_cursor"] is None:
            return found
        assert len(page["devices"]) == 7
        query["cursor"] = page["next_cursor"]


@pytest.mark.parametrize(
    ("walk", "path", "key"),
    [
        (_by_offset, "/customers", "items"),
        (_by_page, "/facilities", "data"),
        (_by_cursor, "/devices", "devices"),
    ],
)
def test_lists_are_paged_each_in_its_own_way_and_lose_nothing(
    partner: Partner, walk: Callable[..., list[Any]], path: str, key: str
) -> None:
    everything = partner.retailer.get(RETAILER + path, params={"limit": 200, "page_size": 200}).json()[key]
    walked = walk(lambda tail, **more: partner.retailer.get(RETAILER + tail, **more))
    assert _still(walked) == _still(everything)
    assert len({each["id"] for each in walked}) == len(walked) > 39


def test_a_device_removed_between_two_pages_moves_no_other(partner: Partner) -> None:
    everything = [device["id"] for device in _all_devices(partner)]
    first = partner.retailer.get(f"{RETAILER}/devices?limit=5").json()
    gone = first["devices"][1]
    path = f"{RETAILER}/customers/{gone['customer_id']}/devices/{gone['id']}"
    assert partner.retailer.delete(path).status_code == 204
    rest = partner.retailer.get(
        f"{RETAILER}/devices", params={"limit": 200, "cursor": first["next_cursor"]}
    ).json()
    assert [each["id"] for each in (*first["devices"], *rest["devices"])] == everything
    assert [device["id"] for device in _all_devices(partner)] == [
        each for each in everything if each != gone["id"]
    ]


def _all_devices(partner: Partner) -> list[dict[str, Any]]:
    return list(partner.retailer.get(f"{RETAILER}/devices?limit=200").json()["devices"])


def test_logs_lead_to_their_next_page_by_a_link(partner: Partner) -> None:
    path = f"{CUSTOMER}/devices/{partner.devices()['car']['id']}/logs"
    everything = partner.retailer.get(path, params={"per_page": 100})
    assert "Link" not in everything.headers
    walked: list[Any] = []
    answer = partner.retailer.get(path)
    assert len(answer.json()) == 25
    while True:
        walked += answer.json()
        if "next" not in answer.links:
            break
        answer = partner.retailer.get(answer.links["next"]["url"])
    assert walked == everything.json()
    assert len(walked) > 25


def test_the_fleet_has_offline_devices_and_customers_without_any(partner: Partner) -> None:
    devices = _all_devices(partner)
    assert {device["connected"] for device in devices} == {True, False}
    offline = next(device for device in devices if not device["connected"])
    path = f"{RETAILER}/customers/{offline['customer_id']}/devices/{offline['id']}/logs"
    last = partner.retailer.get(path).json()[0]
    assert (last["kind"], last["time"]) == ("device_offline", offline["last_seen_at"])
    assert partner.retailer.get(f"{RETAILER}/customers/C-100004/devices").json() == []


def test_a_name_stays_until_the_reset(sandbox: Any, partner: Partner) -> None:
    car = partner.devices()["car"]
    path = f"{CUSTOMER}/devices/{car['id']}"
    answer = partner.retailer.patch(path, json={"custom_device_name": "Åsas bil\t🚗"})
    assert _still(answer.json()) == _still({**car, "custom_device_name": "Åsas bil\t🚗"})
    other = partner.retailer.patch(
        f"/v2/retailer/end-customers/{FIRST}/assets/{car['id'].upper()}/custom-name",
        json={"custom_device_name": ""},
    )
    assert (other.status_code, partner.devices()["car"]["custom_device_name"]) == (200, "")
    own = partner.own.patch(f"/v1/customer/devices/{car['id']}", json={"custom_device_name": "Bil"})
    assert (own.status_code, partner.devices()["car"]["custom_device_name"]) == (200, "Bil")
    sandbox.control("/reset")
    assert partner.devices()["car"]["custom_device_name"] is None


def test_a_removed_device_is_gone_from_everywhere(sandbox: Any, partner: Partner) -> None:
    car = partner.devices()["car"]["id"]
    path = f"{CUSTOMER}/devices/{car}"
    assert partner.retailer.delete(path).status_code == 204
    refused = [
        partner.retailer.delete(path),
        partner.retailer.get(path),
        partner.retailer.get(f"{path}/logs"),
        partner.retailer.get(f"{path}/spo-settings"),
        partner.own.get(f"/v2/self/assets/{car}"),
    ]
    assert [(each.status_code, each.json()["error"]["type"]) for each in refused] == [(404, "not_found")] * 5
    assert list(partner.devices()) == ["charger", "heat_pump"]
    assert car not in {device["id"] for device in _all_devices(partner)}
    assert car not in partner.retailer.get(f"{CUSTOMER}/spo-settings").text
    sandbox.control("/reset")
    assert partner.retailer.get(path).status_code == 200


def test_settings_change_only_where_named(partner: Partner) -> None:
    devices = partner.devices()
    path = f"{CUSTOMER}/devices/{devices['car']['id']}/spo-settings"
    before = partner.retailer.get(path).json()
    change = {
        "target_soc_percent": 90,
        "departure_time": None,
        "schedule": {"weekends": {"allowed_to": "11:30"}},
    }
    after = partner.retailer.patch(path, json=change).json()
    expected = {**before, **change, "updated_at": after["updated_at"]}
    expected["schedule"] = {
        "weekdays": before["schedule"]["weekdays"],
        "weekends": {**before["schedule"]["weekends"], "allowed_to": "11:30"},
    }
    assert after == expected == partner.own.get(path.replace(CUSTOMER, "/v1/customer")).json()
    assert after["updated_at"] > before["updated_at"]
    other = f"/v2/self/assets/{devices['heat_pump']['id']}/optimization"
    put = partner.own.put(other, json={"hot_water": {"enabled": False}}).json()
    assert put["hot_water"]["enabled"] is False
    assert put["hot_water"]["min_temperature_c"] >= 40
    listed = partner.retailer.get(f"{CUSTOMER}/spo-settings").json()
    assert [each["device_kind"] for each in listed] == ["car", "charger", "heat_pump"]
    assert (listed[0], listed[2]) == (after, put)


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        ("car", {"target_soc_percent": 101}, "target_soc_percent"),
        ("car", {"target_soc_percent": 80.5}, "target_soc_percent"),
        ("car", {"target_soc_percent": "80"}, "target_soc_percent"),
        ("car", {"target_soc_percent": 10**400}, "target_soc_percent"),
        ("car", {"enabled": 1}, "enabled"),
        ("car", {"enabled": None}, "enabled"),
        ("car", {"mode": "cheap"}, "mode"),
        ("car", {"departure_time": "7:00"}, "departure_time"),
        ("car", {"departure_time": "07:00\n"}, "departure_time"),
        ("car", {"schedule": {"sundays": {}}}, "schedule.sundays"),
        ("car", {"schedule": {"weekdays": {"allowed_from": "24:00"}}}, "schedule.weekdays.allowed_from"),
        ("car", {"target_soc": 80}, "target_soc"),
        ("car", {"device_kind": "car"}, "device_kind"),
        ("car", {"comfort_min_c": 20}, "comfort_min_c"),
        ("car", {"min_soc_percent": 80, "target_soc_percent": 70}, "min_soc_percent"),
        ("heat_pump", {"comfort_max_c": 16}, "comfort_min_c"),
        ("heat_pump", {"hot_water": {"min_temperature_c": 39.9}}, "hot_water.min_temperature_c"),
        ("charger", {"max_current_amps": 5}, "max_current_amps"),
        ("charger", {"target_soc_percent": 80}, "target_soc_percent"),
    ],
)
def test_settings_that_make_no_sense_are_refused_whole(
    partner: Partner, kind: str, change: dict[str, Any], field: str
) -> None:
    path = f"{CUSTOMER}/devices/{partner.devices()[kind]['id']}/spo-settings"
    before = partner.retailer.get(path).json()
    answer = partner.retailer.patch(path, json={"enabled": not before["enabled"], **change})
    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (400, "invalid_request")
    assert [each["field"] for each in error["details"]] == [field]
    assert partner.retailer.get(path).json() == before


def test_bodies_that_are_none_are_refused(partner: Partner) -> None:
    path = f"{CUSTOMER}/devices/{partner.devices()['car']['id']}"
    json_type = {"Content-Type": "application/json"}
    for content, headers, status in (
        (b"", {}, 400),
        (b"{}", json_type, 400),
        (b"[]", json_type, 400),
        (b'{"custom_device_name": 7}', json_type, 400),
        (b'{"custom_device_name": null}', json_type, 400),
        (b'{"custom_device_name": "x", "name": "x"}', json_type, 400),
        (b'{"custom_device_name": "x"', json_type, 400),
        (b"[" * 100_000, json_type, 400),
        (b'{"custom_device_name": "\xff"}', json_type, 400),
        (b'{"custom_device_name": "x"}', {"Content-Type": "text/plain"}, 415),
    ):
        answer = partner.retailer.patch(path, content=content, headers=headers)
        assert answer.status_code == status, content[:40]
    assert partner.devices()["car"]["custom_device_name"] is None


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/customers?limit=201", "limit"),
        ("/customers?limit=0", "limit"),
        ("/customers?limit=ten", "limit"),
        ("/customers?offset=-1", "offset"),
        ("/customers?limit=1&limit=2", "limit"),
        ("/facilities?page=0", "page"),
        ("/devices?cursor=%C3%A5", "cursor"),
        ("/devices?cursor=MTI", "cursor"),
        (f"/customers/{FIRST}/devices/charger", "deviceId"),
        (f"/customers/{FIRST}/consumption?to=2026-01-01T00:00:00Z", "from"),
        (f"/customers/{FIRST}/consumption?from=2026-01-01&to=2026-01-02T00:00:00Z", "from"),
        (f"/customers/{FIRST}/savings?from=2026-01-01T00:00:00&to=2026-01-02T00:00:00Z", "from"),
        (f"/customers/{FIRST}/savings?from=2026-02-30T00:00:00Z&to=2026-03-02T00:00:00Z", "from"),
        (
            f"/customers/{FIRST}/savings?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z&resolution=week",
            "resolution",
        ),
        (f"/customers/{FIRST}/savings?from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z", None),
        (
            f"/customers/{FIRST}/savings?from=2024-01-01T00:00:00Z&to=2025-01-02T01:00:00Z&resolution=hour",
            None,
        ),
    ],
)
def test_bad_parameters_are_named(partner: Partner, path: str, field: str | None) -> None:
    answer = partner.retailer.get(RETAILER + path)
    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (400, "invalid_request")
    assert [each["field"] for each in error.get("details", [])] == ([field] if field else [])


def test_what_is_not_there_is_not_found(partner: Partner) -> None:
    nobody, nothing = "C-100041", "00000000-0000-4000-8000-000000000000"
    theirs = partner.retailer.get(f"{RETAILER}/customers/C-100002/devices").json()[0]["id"]
    for path in (
        f"{RETAILER}/customers/{nobody}",
        f"{RETAILER}/customers/100001",
        f"{RETAILER}/customers/C-0100001",
        f"{RETAILER}/customers/{nobody}/devices",
        f"{RETAILER}/customers/{nobody}/consumption?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z",
        f"{CUSTOMER}/devices/{nothing}",
        f"{CUSTOMER}/devices/{theirs}",
        f"{RETAILER}/nowhere",
    ):
        answer = partner.retailer.get(path)
        assert (answer.status_code, answer.json()["error"]["type"]) == (404, "not_found"), path
    wrong = partner.retailer.post(f"{RETAILER}/customers")
    assert (wrong.status_code, wrong.json()["error"]["type"]) == (405, "method_not_allowed")


def test_an_onboarding_link_is_made_for_the_customer(partner: Partner) -> None:
    path = f"{CUSTOMER}/onboarding-links"
    made = [partner.retailer.post(path), partner.retailer.post(path, json={"device_kind": "car"})]
    made.append(partner.own.post("/v1/customer/onboarding-links"))
    assert [each.status_code for each in made] == [201] * 3
    assert [each.json()["device_kind"] for each in made] == [None, "car", None]
    assert {each.json()["customer_id"] for each in made} == {FIRST}
    assert len({each.json()["url"] for each in made}) == 3
    assert partner.retailer.post(path, json={"device_kind": "boat"}).status_code == 400


def test_webhooks_come_and_go(sandbox: Any, partner: Partner) -> None:
    path = "/v2/retailer/webhooks"
    body = {"url": "https://hooks.example.org/emulate", "events": ["device.problem", "spo.changed"]}
    made = partner.retailer.post(path, json=body)
    assert made.status_code == 201
    assert {**made.json(), **body} == made.json()
    assert partner.retailer.get(path).json() == {"webhooks": [made.json()]}
    for bad in ({"url": "hooks.example.org"}, {"events": []}, {"events": ["device.exploded"]}, {"more": 1}):
        assert partner.retailer.post(path, json={**body, **bad}).status_code == 400, bad
    gone = [partner.retailer.delete(f"{path}/{made.json()['id']}").status_code for _ in range(2)]
    assert gone == [204, 404]
    partner.retailer.post(path, json=body)
    sandbox.control("/reset")
    assert partner.retailer.get(path).json() == {"webhooks": []}
