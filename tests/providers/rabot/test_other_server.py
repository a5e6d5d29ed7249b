"""Every command against a server written from the contract alone that answers in the other form of each conflict."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.providers.rabot.conftest import Serve
from tests.providers.rabot.orders_at_hand import an_order
from tests.providers.rabot.strict_server import Answer, Asked, as_json, wrapped

CONTRACT = ("7000001", "8000001")


TARIFF = {
    "tariffName": "rabot.fix",
    "tariffKey": "DEMO_Fix24",
    "providerName": "Rabot Energy",
    "new": {"a": 1},
}


def test_tariffs_as_one_object_with_an_unknown_field(serve: Serve) -> None:
    _, run = serve(tariffs=wrapped(TARIFF))
    done = run("rabot", "tariffs", "list", "--effective-date", "2026-12-01", "-o", "json")
    assert (done.code, done.json) == (0, [TARIFF])
    assert "rabot.fix" in run("rabot", "tariffs", "list", "-o", "table").out


@pytest.mark.parametrize("data", [None, []])
def test_nothing_is_an_empty_list(serve: Serve, data: Any) -> None:
    empty = wrapped(data)
    _, run = serve(
        tariffs=empty, orders=empty, customers=empty, contracts=empty, documents=empty, costs=empty
    )
    for words in (
        ("tariffs", "list"),
        ("orders", "list"),
        ("customers", "list"),
        ("contracts", "list", "7000001"),
        ("contracts", "costs", *CONTRACT),
        ("documents", "list", *CONTRACT),
    ):
        done = run("rabot", *words, "-o", "json")
        assert (done.code, done.out) == (0, "[]\n"), words


@pytest.mark.parametrize("data", [{"totalCount": 0}, {"orders": None}, {"orders": [], "totalCount": 0}, {}])
def test_no_orders_in_any_form(serve: Serve, data: Any) -> None:
    _, run = serve(orders=wrapped(data))
    assert run("rabot", "orders", "list", "-o", "json").out == "[]\n"


def _page(all_items: list[Any], largest: int, *, offset_counts: bool = True) -> Callable[[Asked], list[Any]]:
    def page(asked: Asked) -> list[Any]:
        start = int(asked.query.get("offset", 0)) if offset_counts else 0
        return all_items[start : start + min(largest, int(asked.query.get("limit", 10)))]

    return page


ORDERS = [{"contractNumber": str(8_000_000 + n), "state": "Denied", "more": n} for n in range(37)]


def test_orders_with_a_total_and_an_unknown_state(serve: Serve) -> None:
    page = _page(ORDERS, 10)
    server, run = serve(orders=lambda asked: as_json(wrapped({"orders": page(asked), "totalCount": 37})))
    done = run("rabot", "orders", "list", "--customer", "7000001", "-o", "json")
    assert done.json == ORDERS
    assert {one["filter.customerNumber"] for one in server.queries("orders")} == {"7000001"}
    assert "Denied" in run("rabot", "orders", "list", "-o", "table").out


def test_pages_of_ten_that_do_not_say_whether_there_are_more(serve: Serve) -> None:
    page = _page(ORDERS, 10)
    _, run = serve(customers=lambda asked: as_json(wrapped(page(asked), count=len(page(asked)))))
    assert run("rabot", "customers", "list", "-o", "json").json == ORDERS


def test_a_server_that_ignores_offset_and_says_nothing(serve: Serve) -> None:
    page = _page(ORDERS[:20], 100, offset_counts=False)
    _, run = serve(customers=lambda asked: as_json(wrapped(page(asked))))
    done = run("rabot", "customers", "list", "-o", "json")
    assert (done.code, done.json) == (0, ORDERS[:20])


def test_a_server_that_ignores_offset_and_promises_more(serve: Serve) -> None:
    page = _page(ORDERS, 10, offset_counts=False)
    _, run = serve(orders=lambda asked: as_json(wrapped({"orders": page(asked)}, hasMoreItems=True)))
    done = run("rabot", "orders", "list", "-o", "json")
    assert (done.code, done.out) == (11, "")
    assert "offset" in done.error["message"]
    assert len(run("rabot", "orders", "list", "--limit", "5", "-o", "json").json) == 5


@pytest.mark.parametrize(
    "made", [wrapped({"customerNumber": "7", "contractNumber": "8", "brandNew": 1}), {"contractNumber": 8}]
)
def test_an_order_answered_in_another_form(serve: Serve, made: Any) -> None:
    server, run = serve(create=made)
    order = an_order(
        externalId=None,
        transactionDateTime="2026-11-01 09:30:00",
        bankDetails={"iban": "DE89 3704 0044 0532 0130 00", "hasAcceptedDirectDebit": True, "bic": None},
    )
    done = run("rabot", "orders", "create", "-f", "-", "-o", "json", input=json.dumps(order))
    assert done.code == 0, done.err
    assert str(done.json["contractNumber"]) == "8"
    assert "brandNew" not in done.json
    assert server.asked[0].body["contract"]["bankDetails"]["iban"] == "DE89370400440532013000"
    assert server.scopes == ["api:partner create:orders"]


def test_every_template_is_as_documented(serve: Serve) -> None:
    server, run = serve(create={"customerNumber": "7", "contractNumber": "8"})
    for kind in ("private", "business"):
        for reason in ("new-delivery-location", "change-of-supplier"):
            text = run("rabot", "orders", "template", "--type", kind, "--reason", reason).out
            bare = "\n".join(
                line.replace("# ", "", 1) if line.lstrip().startswith("# ") else line
                for line in text.splitlines()
            )
            assert "bankDetails" in bare
            assert run("rabot", "orders", "create", "-f", "-", input=text).code == 0
    assert len(server.asked) == 4


def test_a_refusal_with_status_200(serve: Serve) -> None:
    no = {
        "isSuccess": False,
        "error": [{"severity": "Error", "code": "validation-failed", "message": "First name is required."}],
    }
    _, run = serve(create=no)
    done = run("rabot", "orders", "create", "-f", "-", "-o", "json", input=json.dumps(an_order()))
    assert (done.code, done.json["outcome"]) == (6, "rejected")
    assert "First name is required." in done.error["message"]


def test_relations_as_a_text_and_missing_names(serve: Serve) -> None:
    customer = {"customerNumber": "7000001", "emailAddress": "a@example.org", "relations": "Owner"}
    server, run = serve(customers=wrapped([customer], count=1, hasMoreItems=False))
    done = run("rabot", "customers", "list", "--external-id", "urn:x:1 & 2")
    assert done.rows[0]["relations"] == "Owner"
    assert server.queries("customers") == [
        {"filter.externalId": "urn:x:1 & 2", "offset": "0", "limit": "100"}
    ]


UNIT = {"value": 4.99, "unit": {"main": "Euro", "per": "Month"}, "unitText": "€/Monat"}


@pytest.mark.parametrize("many", [True, False])
def test_costs_as_an_object_or_an_array(serve: Serve, many: bool) -> None:
    period = {"validFrom": "2026-01-01T00:00:00Z", "baseServiceFee": UNIT, "brandNewFee": UNIT}
    _, run = serve(costs=wrapped([period] if many else period))
    assert run("rabot", "contracts", "costs", *CONTRACT, "-o", "json").json == [period]
    rows = run("rabot", "contracts", "costs", *CONTRACT).rows
    assert [(row["component"], row["value"], row["unit"]) for row in rows] == [
        ("baseServiceFee", "4.99", "€/month"),
        ("brandNewFee", "4.99", "€/month"),
    ]


DOCUMENT = {"fileId": "0d0c0b0a-0000-4000-8000-000000000001", "documentType": "SETTLEMENT", "name": "A"}


@pytest.mark.parametrize("data", [[{"items": [DOCUMENT]}, {"items": []}], {"items": [DOCUMENT]}, [DOCUMENT]])
def test_documents_in_three_forms(serve: Serve, data: Any) -> None:
    server, run = serve(documents=wrapped(data))
    assert run("rabot", "documents", "list", *CONTRACT, "--type", "settlement", "-o", "json").json == [
        DOCUMENT
    ]
    assert server.queries("documents") == [{"documentType": "Settlement"}]
    assert run("rabot", "invoices", "list", *CONTRACT, "-o", "json").json == [DOCUMENT]


STAMPS = {
    "space": "2026-11-02 {hour:02}:00:00",
    "no seconds": "2026-11-02 {hour:02}:00",
    "iso": "2026-11-02T{hour:02}:00:00",
    "offset": "2026-11-02T{hour:02}:00:00+01:00",
    ".net": "2026-11-02T{hour:02}:00:00.0000000+01:00",
}


@pytest.mark.parametrize("form", [*STAMPS, "utc"])
def test_times_in_every_form_mean_the_same(serve: Serve, form: str) -> None:
    if form == "utc":
        stamps = ["2026-11-01T23:00:00Z", *(f"2026-11-02T{hour:02}:00:00.0000000Z" for hour in range(23))]
    else:
        stamps = [STAMPS[form].format(hour=hour) for hour in range(24)]
    records = [{"moment": at, "value": n} for n, at in enumerate(stamps)]
    prices = {
        "pricesUnit": {"main": "Cent", "per": "Kwh"},
        "pricesKind": "Gross",
        "prices": [{"at": at, "price": n} for n, at in enumerate(stamps)],
    }
    _, run = serve(metrics=wrapped({"records": records}), prices=wrapped(prices))
    day = ("--day", "2026-11-02", "--tz", "site", "-o", "json")
    rows = run("rabot", "contracts", "metrics", *CONTRACT, "--interval", "hourly", *day).json
    priced = run("rabot", "prices", "--granularity", "hourly", *day).json
    for found, name in ((rows, "value"), (priced, "price")):
        assert [row["start"] for row in found] == [f"2026-11-02T{hour:02}:00:00+01:00" for hour in range(24)]
        assert [row[name] for row in found] == list(range(24))
        assert {row["status"] for row in found} == {"complete"}


@pytest.mark.parametrize(
    "hours",
    [range(23, -1, -1), [*range(12, 24), *range(12)], [(hour * 7) % 24 for hour in range(24)]],
    ids=["newest first", "the second half first", "shuffled"],
)
def test_a_series_that_does_not_come_in_order(serve: Serve, hours: Sequence[int]) -> None:
    stamps = [f"2026-11-02 {hour:02}:00:00" for hour in hours]
    _, run = serve(
        metrics=wrapped({"records": [{"moment": at, "value": 1} for at in stamps]}),
        prices=wrapped({"prices": [{"at": at, "price": 1} for at in stamps]}),
    )
    day = ("--day", "2026-11-02", "--tz", "site", "-o", "json")
    rows = run("rabot", "contracts", "metrics", *CONTRACT, "--interval", "hourly", *day).json
    priced = run("rabot", "prices", *day).json
    for found in (rows, priced):
        assert [row["start"][11:13] for row in found] == [f"{hour:02}" for hour in range(24)]
        assert {row["status"] for row in found} == {"complete"}


@pytest.mark.parametrize("data", [None, {"records": []}, {"records": None}, {"consideredDataPeriod": None}])
def test_a_contract_without_values_has_missing_rows(serve: Serve, data: Any) -> None:
    _, run = serve(metrics=wrapped(data))
    done = run(
        "rabot",
        "contracts",
        "metrics",
        *CONTRACT,
        "--interval",
        "hourly",
        "--day",
        "2026-10-25",
        "-o",
        "json",
    )
    assert done.code == 0, done.err
    assert [row["status"] for row in done.json] == ["missing"] * 25


def test_older_shorter_limits_are_kept_to(serve: Serve) -> None:
    from datetime import datetime, timedelta

    def metrics(asked: Asked) -> Answer:
        start, end = (datetime.fromisoformat(asked.query[name]) for name in ("Period.From", "Period.To"))
        if end - start > timedelta(hours=25):
            return as_json({"isSuccess": False, "error": [{"message": "The period is too long."}]}, 400)
        count = (end - start) // timedelta(minutes=15)
        found = [(start + timedelta(minutes=15 * n)).isoformat() for n in range(count)]
        return as_json(wrapped({"records": [{"moment": at, "value": 1} for at in found]}))

    _, run = serve(metrics=metrics)
    span = ("--from", "2026-10-23", "--to", "2026-10-30", "--interval", "QuarterHourly", "-o", "json")
    rows = run("rabot", "contracts", "metrics", *CONTRACT, *span).json
    assert len(rows) == 7 * 96 + 4
    assert {row["status"] for row in rows} == {"complete"}
    assert len({row["start"] for row in rows}) == len(rows)


def test_all_other_requests_are_as_documented(serve: Serve) -> None:
    price = {"prices": [], "pricesKind": "Net", "pricesUnit": {"main": "Cent", "per": "Kwh"}}
    plan = {
        "intervalBeginAt": "2026-12-01 00:00:00",
        "intervalEndAt": "2026-12-02 00:00:00",
        "amounts": [{"tz": "2026-12-01 00:00:00", "kwh": 1.5}],
    }
    server, run = serve(
        quote=wrapped({"name": "x", "priceComponents": {}}),
        order=wrapped({"order": ORDERS[0]}),
        link={"authorizationUrl": "https://auth.example/x"},
        customers=wrapped([]),
        unlink=lambda _asked: (200, "", b""),
        contracts=wrapped([{"contractNumber": "8000001"}], hasMoreItems=False),
        metrics=wrapped({"records": []}),
        working=wrapped({"priceData": []}),
        prices=wrapped(price),
        forecast=wrapped(price),
        plan=wrapped([{"withWarning": [], "consumptionPlanKey": "k"}], count=1),
    )
    every = [
        ("quote", "X", "--postcode", "01067", "--kwh", "2.5", "--no-smart-meter", "--ev", "--campaign", "c"),
        ("orders", "show", "8000000"),
        ("customers", "link", "--external-id", "e", "--success-url", "https://a", "--failure-url", "https://b",
         "--sign-up-url", "https://c", "--number-parameter", "n", "--auth-as", "rabot-charge"),
        ("customers", "link"),
        ("customers", "unlink", "7000001"),
        ("contracts", "list", "7000001"),
        *(("contracts", "metrics", *CONTRACT, "--interval", one) for one in ("Daily", "Weekly", "Monthly", "Yearly")),
        ("contracts", "metrics", *CONTRACT, "--metric", "co2saving", "--value-type", "combined", "--since", "7d"),
        ("contracts", "working-prices", *CONTRACT, "--day", "yesterday"),
        ("prices",),
        ("prices", "--from", "2026-10-20", "--to", "2026-10-27T12:00", "--granularity", "QuarterHourly"),
        ("prices", "--from", "tomorrow"),
        ("prices", "--forecast", "--from", "tomorrow", "--granularity", "hourly"),
    ]  # fmt: skip
    for words in every:
        done = run("rabot", *words)
        assert done.code == 0, (words, done.err)
    done = run(
        "rabot", "consumption-plan", "submit", *CONTRACT, "-f", "-", "-o", "ids", input=json.dumps(plan)
    )
    assert (done.code, done.out) == (0, "k\n")
    assert {one.name for one in server.asked} == {
        "quote", "order", "link", "unlink", "contracts", "metrics", "working", "prices", "forecast", "plan",
    }  # fmt: skip
    assert "create:orders" not in " ".join(server.scopes)
