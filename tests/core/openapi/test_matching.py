"""Matching: the operations of differently styled files, none of them wrongly."""

from __future__ import annotations

import itertools
import json
import random

import pytest

from energyctl.core.endpoints import Operation, by_name
from energyctl.core.errors import UsageProblem
from energyctl.core.openapi.assignment import assign
from energyctl.core.openapi.document import Document
from energyctl.core.openapi.matching import LEAST_SCORE, Match, match
from energyctl.core.openapi.reading import document_of
from energyctl.providers.emulate.operations import OPERATIONS as EMULATE
from energyctl.providers.rabot.operations import OPERATIONS as RABOT
from energyctl.sandbox.emulate import openapi, table
from tests.core.openapi import apis
from tests.core.openapi.apis import api, document

TABLE = by_name(
    [
        Operation("list_devices", "GET", "/v1/devices", tag="devices", summary="All devices"),
        Operation("get_device", "GET", "/v1/devices/{deviceId}", summary="One device"),
        Operation("rename_device", "PATCH", "/v1/devices/{deviceId}", summary="Set a device's name"),
        Operation("remove_device", "DELETE", "/v1/devices/{deviceId}", summary="Remove a device"),
        Operation(
            "get_usage", "GET", "/v1/devices/{deviceId}/usage", query=("from", "to", "resolution", "limit")
        ),
    ]
)


def found(file: Document, operations: dict[str, Operation] = TABLE, **more: object) -> dict[str, Match]:
    settings = {"chosen": {}, "left_out": set(), **more}
    return {one.operation_id: one for one in match(operations, file, **settings)}  # type: ignore[arg-type]


def served(matches: dict[str, Match]) -> dict[str, str]:
    return {name: str(one.spec_operation_id) for name, one in matches.items() if one.target is not None}


def test_the_sandbox_file_is_matched_whole() -> None:
    operations = table.operations()
    file = document_of(json.dumps(openapi.document(operations, "http://127.0.0.1:1/")), "api.json")
    matches = found(file, EMULATE)
    # The table of the sandbox knows which path of the one set does what one of the other does.
    there = {
        f"{one.places['default'].method} {one.places['default'].path}": one.places["other"]
        for one in operations
        if "default" in one.places
    }
    for one in matches.values():
        place = there[one.builtin]
        assert (one.operation_id, one.spec) == (one.operation_id, f"{place.method} {place.path}")
        assert one.how == ("confirmed" if one.spec == one.builtin else "moved")
    assert matches["get_consumption"].names == {
        "customerId": ("path", "customer_id"),
        "from": ("query", "start"),
        "to": ("query", "end"),
        "resolution": ("query", "resolution"),
    }
    assert matches["get_own_device"].names == {"deviceId": ("path", "asset_id")}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (apis.UNDER_PARTNERS, apis.UNDER_PARTNERS_EXPECTED),
        (apis.VERBS, apis.VERBS_EXPECTED),
        (apis.SINGULAR, apis.SINGULAR_EXPECTED),
        (apis.OWN_BESIDE, apis.OWN_BESIDE_EXPECTED),
    ],
    ids=["under partners", "verbs in paths", "singular, without ids", "own beside all"],
)
def test_differently_styled_files(lines: tuple[str, ...], expected: dict[str, str]) -> None:
    matches = found(api(*lines), EMULATE)
    assert served(matches) == expected
    assert {one.how for one in matches.values()} == {"moved", "absent"}


def test_the_order_of_a_file_and_of_the_table_does_not_matter() -> None:
    lines = list(apis.OWN_BESIDE)
    random.Random(5).shuffle(lines)
    turned = dict(reversed(EMULATE.items()))
    assert served(found(api(*lines), turned)) == apis.OWN_BESIDE_EXPECTED


def test_another_api_altogether_gives_next_to_nothing() -> None:
    file = api(*(f"{one.method} {one.path} {one.id}" for one in RABOT.values()))
    assert served(found(file, EMULATE)) == {"list_customers": "list_customers"}
    assert all(one.how == "confirmed" for one in found(file, dict(RABOT)).values())


@pytest.mark.parametrize(
    "line",
    [
        "POST /devices/{deviceId}/delete deleteDevice",
        "HEAD /devices listDevices",
        "GET /devices/{deviceId}/firmware getFirmware",
        "GET /devices/{deviceId}/state",
        "GET /devices/summary",
        "GET /devices/{deviceId}/notification-settings getNotificationSettings",
        "GET /invoices/{invoiceId} getInvoice",
        "POST /devices createDevice",
        "PATCH /devices/{deviceId}/firmware updateFirmware",
        "DELETE /devices/{deviceId}/schedule removeSchedule",
        "DELETE /customers/{customerId} removeCustomer",
        "GET /me/devices/{deviceId} getMyDevice",
    ],
)
def test_what_does_something_else_serves_nothing(line: str) -> None:
    assert served(found(api(line))) == {}


def test_the_same_path_is_confirmed_whatever_its_placeholders_are_called() -> None:
    file = api("GET /v1/devices/{id} somethingElse", "GET /v2/devices/{deviceId} getDevice")
    one = found(file)["get_device"]
    assert (one.how, one.spec, one.score) == ("confirmed", "GET /v1/devices/{id}", 1.0)
    assert one.names == {"deviceId": ("path", "id")}


def test_the_servers_path_and_the_address_count() -> None:
    servers = [{"url": "https://api.example.org/v1/"}]
    file = api("GET /devices listThem", servers=servers)
    assert found(file)["list_devices"].how == "confirmed"
    assert found(file, base_path="/v1")["list_devices"].how == "moved"
    short = {"list_devices": Operation("list_devices", "GET", "/devices")}
    assert found(file, short, base_path="/v1")["list_devices"].how == "confirmed"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("PUT /things/devices/{id}/name setDeviceName", "rename_device"),
        ("POST /devices/{id}/rename renameDevice", "rename_device"),
        ("DELETE /v3/devices/{id} dropIt", "remove_device"),
        ("GET /v3/devices/{id} readIt", "get_device"),
    ],
)
def test_other_methods_of_change_serve_but_for_less(line: str, expected: str) -> None:
    matches = found(api(line))
    assert list(served(matches)) == [expected]
    assert LEAST_SCORE <= matches[expected].score <= 1


def test_two_nearly_equal_ones_are_ambiguous() -> None:
    file = api("GET /v2/devices", "GET /v3/devices")
    one = found(file)["list_devices"]
    assert (one.how, one.target) == ("ambiguous", None)
    assert [target.path for target in one.candidates] == ["/v2/devices", "/v3/devices"]
    chosen = found(file, chosen={"list_devices": "GET /v3/devices"})["list_devices"]
    assert (chosen.how, chosen.spec) == ("chosen", "GET /v3/devices")


@pytest.mark.parametrize("marked", [{"deprecated": True}, {"tags": ["legacy"]}])
def test_an_outdated_one_gives_way(marked: dict[str, object]) -> None:
    node = {"responses": {"200": {"description": "ok"}}}
    file = document({"/v2/devices": {"get": {**node, **marked}}, "/v3/devices": {"get": node}})
    one = found(file)["list_devices"]
    assert (one.how, one.spec) == ("moved", "GET /v3/devices")


def test_parameters_are_found_in_path_and_query() -> None:
    file = api("GET /usage?device_id*&fromDate*&toDate*&granularity&page_size getDeviceUsage")
    one = found(file)["get_usage"]
    assert one.names == {
        "deviceId": ("query", "device_id"),
        "from": ("query", "fromDate"),
        "to": ("query", "toDate"),
        "resolution": ("query", "granularity"),
    }


def test_a_path_that_wants_more_says_so() -> None:
    one = found(api("GET /tenants/{tenant}/devices/{deviceId} getDevice"))["get_device"]
    assert one.how == "moved"
    assert one.wanting == ("tenant",)
    assert "wants {tenant}" in one.why
    given = found(api("GET /tenants/{tenant}/devices/{deviceId} getDevice"), values={"tenant": "acme"})
    assert given["get_device"].wanting == ()


def test_left_out_and_chosen() -> None:
    file = api("GET /v2/devices listDevices", "GET /v2/odd odd")
    matches = found(file, left_out={"list_devices"}, chosen={"get_usage": "odd"})
    assert matches["list_devices"].how == "left_out"
    assert (matches["get_usage"].how, matches["get_usage"].spec) == ("chosen", "GET /v2/odd")
    assert matches["get_device"].how == "absent"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"chosen": {"list_device": "x"}}, "list_devices"),
        ({"left_out": {"nothing_at_all"}}, "They are"),
        ({"chosen": {"list_devices": "listDevice"}}, "listDevices"),
        ({"chosen": {"list_devices": "DELETE /v2/devices/{id}"}}, "A read stays a read"),
        ({"chosen": {"remove_device": "listDevices"}}, "a removal a removal"),
    ],
)
def test_a_choice_that_cannot_be(more: dict[str, object], told: str) -> None:
    file = api("GET /v2/devices listDevices", "DELETE /v2/devices/{id} removeDevice")
    with pytest.raises(UsageProblem) as caught:
        found(file, **more)
    assert told in str(caught.value.hint)


def test_the_best_assignment_is_found() -> None:
    dice = random.Random(11)
    for _ in range(60):
        rows, columns = dice.randint(1, 4), dice.randint(1, 5)
        worth = [[dice.choice([0.0, dice.random()]) for _ in range(columns)] for _ in range(rows)]
        chosen = assign(worth)
        taken = [one for one in chosen if one is not None]
        assert len(taken) == len(set(taken))
        total = sum(worth[row][column] for row, column in enumerate(chosen) if column is not None)
        ways = itertools.product([None, *range(columns)], repeat=rows)
        best = max(
            sum(worth[row][column] for row, column in enumerate(way) if column is not None)
            for way in ways
            if len({one for one in way if one is not None}) == sum(one is not None for one in way)
        )
        assert total == pytest.approx(best)
