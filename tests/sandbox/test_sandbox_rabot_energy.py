"""Prices, metrics, costs and consumption plans: they agree with each other, also on the days the clock changes."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

BERLIN = ZoneInfo("Europe/Berlin")
CONTRACT = "/customers/1000001/contracts/400000001"
SPRING, AUTUMN = ("2026-03-29", "2026-03-30"), ("2025-10-26", "2025-10-27")


def _prices(
    api: httpx.Client, start: str, end: str, granularity: str = "QuarterHourly"
) -> list[dict[str, Any]]:
    answer = api.get(
        "/day-ahead-prices/limited", params={"from": start, "to": end, "granularity": granularity}
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json()["data"]["prices"])


def _metrics(
    api: httpx.Client, metric: str, interval: str, start: str, end: str, **more: str
) -> dict[str, Any]:
    params = {"period.from": start, "period.to": end, "interval": interval, "metricType": metric, **more}
    answer = api.get(f"{CONTRACT}/metrics", params=params)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


def _days_ahead(days: int) -> str:
    return (datetime.now(BERLIN).date() + timedelta(days=days)).isoformat()


@pytest.mark.parametrize(
    ("day", "quarters"), [(SPRING, 92), (AUTUMN, 100), (("2026-06-01", "2026-06-02"), 96)]
)
def test_days_have_their_real_length_and_an_hour_is_the_mean_of_its_quarters(
    api: httpx.Client, day: tuple[str, str], quarters: int
) -> None:
    fine, coarse = _prices(api, *day), _prices(api, *day, "Hourly")
    assert (len(fine), len(coarse)) == (quarters, quarters // 4)
    for at, hour in enumerate(coarse):
        assert hour["at"] == fine[4 * at]["at"]
        mean = sum(Decimal(str(each["price"])) for each in fine[4 * at : 4 * at + 4]) / 4
        assert Decimal(str(hour["price"])) == mean
    repeated = {at for at, count in Counter(each["at"] for each in fine).items() if count == 2}
    assert len(repeated) == (4 if quarters == 100 else 0)
    assert not any(each["at"].startswith("2026-03-29 02:") for each in fine)


def test_the_curve_has_the_shape_of_a_real_day_and_summers_go_negative(api: httpx.Client) -> None:
    sums: dict[tuple[str, str], list[float]] = {}
    lowest = []
    for month, season in (("2026-01", "winter"), ("2026-06", "summer")):
        for first in range(1, 29, 2):
            found = _prices(api, f"{month}-{first:02d}", f"{month}-{first + 2:02d}", "Hourly")
            lowest.append((season, min(each["price"] for each in found)))
            for each in found:
                sums.setdefault((season, each["at"][11:13]), []).append(each["price"])
    mean = {key: fmean(values) for key, values in sums.items()}
    assert mean["winter", "03"] < mean["winter", "08"]
    assert mean["winter", "03"] < mean["winter", "19"]
    assert mean["summer", "13"] < mean["summer", "08"] - 3
    assert mean["summer", "13"] < mean["summer", "19"] - 5
    assert (mean["summer", "13"] - mean["summer", "19"]) < (mean["winter", "13"] - mean["winter", "19"])
    assert any(price < 0 for season, price in lowest if season == "summer")


def test_day_ahead_limits_and_defaults(api: httpx.Client) -> None:
    def status(**query: str) -> int:
        return api.get("/day-ahead-prices/limited", params=query).status_code

    assert status(**{"from": "2026-01-01", "to": "2026-01-03 00:00:01"}) == 400
    assert status(**{"from": "2026-01-02", "to": "2026-01-01"}) == 400
    assert status(**{"from": "2026-13-01"}) == 400
    assert status(granularity="Daily") == 400
    # Two days of the wall clock are 49 hours when one of them has 25, and still two days.
    assert len(_prices(api, "2025-10-25", "2025-10-27", "Hourly")) == 49
    body = api.get("/day-ahead-prices/limited").json()["data"]
    assert (body["pricesKind"], body["pricesUnit"]) == ("Net", {"main": "Cent", "per": "Kwh"})
    now = datetime.now(BERLIN)
    assert abs(datetime.fromisoformat(body["prices"][0]["at"]).replace(tzinfo=BERLIN) - now) < timedelta(
        minutes=17
    )
    assert _prices(api, "2026-05-01T00:00:00Z", "2026-05-01T00:15:00Z")[0]["at"] == "2026-05-01 02:00:00"
    assert _prices(api, _days_ahead(3), _days_ahead(4)) == []


def test_the_forecast_reaches_from_tomorrow_to_the_eighth_day(api: httpx.Client) -> None:
    answer = api.get(
        "/day-ahead-prices/forecast",
        params={"from": _days_ahead(-1), "to": _days_ahead(20), "granularity": "hourly"},
    )
    days = {each["at"][:10] for each in answer.json()["data"]["prices"]}
    assert days == {_days_ahead(each) for each in range(1, 9)}
    plain = api.get("/day-ahead-prices/forecast").json()["data"]["prices"]
    assert len(plain) == 192


@pytest.mark.parametrize("metric", ["Consumption", "TotalCost", "Saving", "Co2Saving"])
@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_sums_agree_exactly_across_intervals(api: httpx.Client, metric: str, day: tuple[str, str]) -> None:
    def exact(interval: str) -> Decimal:
        return sum(
            (Decimal(str(each["value"])) for each in _metrics(api, metric, interval, *day)["records"]),
            Decimal(0),
        )

    daily = exact("Daily")
    assert daily != 0
    assert exact("QuarterHourly") == exact("Hourly") == daily
    assert Decimal(str(_metrics(api, metric, "Daily", *day)["totalValue"])) == daily


def test_months_add_up_to_the_year_and_the_year_to_the_contract(api: httpx.Client) -> None:
    months = _metrics(api, "Consumption", "Monthly", "2025-01-01", "2026-01-01")
    [year] = _metrics(api, "Consumption", "Yearly", "2025-01-01", "2026-01-01")["records"]
    assert len(months["records"]) == months["numberOfEntries"] == 12
    assert sum(Decimal(str(each["value"])) for each in months["records"]) == Decimal(str(year["value"]))
    contract = api.get("/customers/1000001/contracts").json()["data"][0]
    assert year["value"] == pytest.approx(contract["expectedAnnualConsumptionInKwhPerYear"], rel=0.05)
    weeks = _metrics(api, "Consumption", "Weekly", "2025-01-06", "2025-02-03")["records"]
    assert [each["moment"] for each in weeks] == [f"2025-01-{day:02d} 00:00:00" for day in (6, 13, 20, 27)]


def test_cost_is_consumption_times_working_price(api: httpx.Client) -> None:
    day = ("2026-02-10", "2026-02-11")
    used, prices, costs = (
        _metrics(api, metric, "QuarterHourly", *day)["records"]
        for metric in ("Consumption", "WorkingPrice", "TotalCost")
    )
    assert len(used) == len(prices) == len(costs) == 96
    for one, price, cost in zip(used, prices, costs, strict=True):
        assert one["moment"] == price["moment"] == cost["moment"]
        assert cost["value"] == pytest.approx(one["value"] * price["value"] / 100, abs=1e-6)
        assert (one["valueRelevanceType"], one["valueState"]) == ("Actual", "Final")


def test_working_prices_follow_the_exchange_and_add_up(api: httpx.Client) -> None:
    today, tomorrow = _days_ahead(0), _days_ahead(1)
    answer = api.get(f"{CONTRACT}/dayaheadworkingprice", params={"from": today, "to": tomorrow})
    data = answer.json()["data"]
    exchange = _prices(api, today, tomorrow)
    assert (data["currency"], data["unit"], data["customerNumber"]) == ("EUR", "ct/kWh", "1000001")
    assert len(data["priceData"]) == len(exchange)
    metric = _metrics(api, "WorkingPrice", "QuarterHourly", today, tomorrow)["records"]
    for each, spot, record in zip(data["priceData"], exchange, metric, strict=True):
        assert each["timestamp"] == spot["at"] == record["moment"]
        parts = each["components"]
        assert parts["energyPrice"]["spotPrice"] == pytest.approx(spot["price"] * 1.19, abs=1e-4)
        for part in parts.values():
            if len(part) > 2:
                inner = sum(Decimal(str(value)) for name, value in part.items() if name != "total")
                assert inner == Decimal(str(part["total"]))
        total = sum(Decimal(str(part["total"])) for part in parts.values())
        assert total == Decimal(str(each["workingPrice"]["total"])) == Decimal(str(record["value"]))
        assert each["workingPrice"]["vat"] == pytest.approx(float(total) * 19 / 119, abs=1e-4)


def test_working_prices_know_only_yesterday_to_tomorrow(api: httpx.Client) -> None:
    path = f"{CONTRACT}/dayaheadworkingprice"
    for start, end, expected in ((-1, 2, 200), (-2, 0, 400), (0, 3, 400), (1, 1, 400)):
        params = {"from": _days_ahead(start), "to": _days_ahead(end)}
        assert api.get(path, params=params).status_code == expected, (start, end)
    answer = api.get(path, params={"from": _days_ahead(0)})
    assert (answer.status_code, answer.json()["error"][0]["details"]) == (400, "to")


@pytest.mark.parametrize(
    ("interval", "fits", "too_long"),
    [
        ("QuarterHourly", "2026-01-04", "2026-01-05"),
        ("Hourly", "2026-01-06", "2026-01-07"),
        ("Daily", "2026-03-01", "2026-03-02"),
        ("Weekly", "2027-01-01", "2027-01-02"),
        ("Monthly", "2041-01-01", "2041-01-02"),
        ("Yearly", "2076-01-01", "2076-01-02"),
    ],
)
def test_metrics_limit_the_period(api: httpx.Client, interval: str, fits: str, too_long: str) -> None:
    def status(end: str) -> int:
        params = {"Period.From": "2026-01-01", "Period.To": end, "Interval": interval}
        return api.get(f"{CONTRACT}/metrics", params=params).status_code

    assert (status(fits), status(too_long)) == (200, 400)


def test_no_data_is_an_empty_answer_and_the_unknown_is_404(api: httpx.Client) -> None:
    for data in (
        api.get(f"{CONTRACT}/metrics").json()["data"],
        _metrics(api, "Consumption", "Daily", "2015-01-01", "2015-02-01"),
        _metrics(api, "Consumption", "Daily", _days_ahead(1), _days_ahead(2)),
    ):
        assert (data["consideredDataPeriod"], data["records"], data["numberOfEntries"]) == (None, [], 0)
    assert api.get("/customers/1/contracts/400000001/metrics").status_code == 404
    assert api.get("/customers/1000001/contracts/400000002/metrics").status_code == 404
    assert api.get("/customers/x/contracts/y/metrics").status_code == 404
    assert api.get(f"{CONTRACT}/metrics", params={"metricType": "Profit"}).status_code == 400


def test_forecast_and_actual_meet_at_midnight(api: httpx.Client) -> None:
    span = (_days_ahead(-1), _days_ahead(1))
    actual = _metrics(api, "Consumption", "Hourly", *span)["records"]
    forecast = _metrics(api, "Consumption", "Hourly", *span, valueType="Forecast")["records"]
    combined = _metrics(api, "Consumption", "Hourly", *span, valueType="Combined")["records"]
    assert {each["moment"][:10] for each in actual} == {_days_ahead(-1)}
    assert {each["moment"][:10] for each in forecast} == {_days_ahead(0)}
    assert {each["valueRelevanceType"] for each in forecast} == {"Forecast"}
    assert combined == actual + forecast


def test_costs_are_listed_from_each_year_on_and_only_for_dynamic_tariffs(api: httpx.Client) -> None:
    parts = api.get(f"{CONTRACT}/costs").json()["data"]
    assert [each["validFrom"] for each in parts][1:3] == ["2024-01-01 00:00:00", "2025-01-01 00:00:00"]
    for name in (
        "baseServiceFee",
        "meteringFee",
        "expectedEnergyCost",
        "kwkgFee",
        "exchangeFee",
        "estimatedConsumption",
    ):
        assert set(parts[0][name]) == {"value", "unit", "unitText"}
    customers = api.get("/customers", params={"limit": 100}).json()["data"]
    for customer in customers:
        path = f"/customers/{customer['customerNumber']}/contracts"
        for contract in api.get(path).json()["data"]:
            listed = api.get(f"{path}/{contract['contractNumber']}/costs").json()["data"]
            assert bool(listed) == (contract["tariffName"] != "rabot.fix")


def test_consumption_plans_are_checked(api: httpx.Client) -> None:
    path = f"{CONTRACT}/consumption/plans"
    plan = {
        "amounts": [{"tz": "2026-03-01T00:00:00Z", "kwh": 1.5}, {"tz": "2026-03-09 00:00:00", "kwh": 2}],
        "intervalBeginAt": "2026-03-01 00:00:00",
        "intervalEndAt": "2026-03-02 00:00:00",
    }
    body = api.post(path, json=plan).json()
    assert body["count"] == 1
    assert body["data"][0]["withWarning"] == ["2026-03-09 00:00:00"]
    assert len(body["data"][0]["consumptionPlanKey"]) == 36
    bad = {
        "amounts": [{"tz": "soon", "kwh": "1"}],
        "intervalBeginAt": "2026-03-02",
        "intervalEndAt": "2026-03-01",
    }
    found = {each["details"] for each in api.post(path, json=bad).json()["error"]}
    assert found == {"amounts[0].tz", "amounts[0].kwh", "intervalEndAt"}
    assert api.post(path, json={"amounts": []}).status_code == 400
    assert api.post(path, json={}).status_code == 400


def test_the_openapi_document_describes_the_seventeen_operations(sandbox: Any) -> None:
    answer = sandbox.anybody.get(sandbox.facts["urls"]["rabot"] + "/partner/swagger/v1/swagger.json")
    assert answer.status_code == 200
    document = answer.json()
    assert document["openapi"] == "3.0.4"
    operations = [
        (path, method, each)
        for path, methods in document["paths"].items()
        for method, each in methods.items()
    ]
    assert len(operations) == 17
    assert len({each["operationId"] for _, _, each in operations}) == 17
    order = document["paths"]["/partner/v1/orders"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    assert order["additionalProperties"] is False
    assert order["properties"]["contract"]["properties"]["type"]["enum"] == ["Private", "Business"]
    # What the document promises is there: with a token, no documented GET without parameters is unknown.
    api = sandbox.api()
    fill = {"customerNumber": "1000001", "contractNumber": "400000001", "tariffKey": "RabotSmart"}
    for path, method, each in operations:
        if (
            method == "get"
            and "{fileId}" not in path
            and not any(p["required"] and p["in"] == "query" for p in each["parameters"])
        ):
            url = sandbox.facts["urls"]["rabot"] + path.format(**fill)
            assert api.get(url).status_code == 200, path


def test_wrong_paths_and_methods_are_worded_as_errors(api: httpx.Client) -> None:
    missing, wrong = api.get("/nothing"), api.put("/tariffs")
    assert (missing.status_code, missing.json()["error"][0]["code"]) == (404, "not-found")
    assert (wrong.status_code, wrong.json()["isSuccess"]) == (405, False)
    assert "GET" in wrong.headers["Allow"]
