"""``rabot contracts list|costs|working-prices``."""

from __future__ import annotations

import pytest

from tests.conftest import Run, Sandbox
from tests.providers.rabot.conftest import Serve
from tests.providers.rabot.strict_server import wrapped

CUSTOMER, CONTRACT = "1000001", "400000001"


def test_contracts_have_the_providers_fields(run: Run, sandbox: Sandbox) -> None:
    done = run("rabot", "contracts", "list", CUSTOMER, "-o", "json")
    assert (done.code, done.err) == (0, "")
    assert done.json[0]["contractNumber"] == CONTRACT
    assert {"contractState", "deliveryAddress", "paragraph14AInfo", "accountingMethod"} <= set(done.json[0])
    row = run("rabot", "contracts", "list", CUSTOMER).rows[0]
    assert row["contractState"] == done.json[0]["contractState"]
    sent = sandbox.requests(path=f"/partner/v1/customers/{CUSTOMER}/contracts")[0]
    assert sent["query"] == [["offset", "0"], ["limit", "100"]]


@pytest.mark.parametrize("words", [("list", "42"), ("costs", CUSTOMER, "42"), ("working-prices", "42", "43")])
def test_an_unknown_customer_or_contract_is_not_found(run: Run, words: tuple[str, ...]) -> None:
    done = run("rabot", "contracts", *words)
    assert (done.code, done.out) == (3, "")
    assert "42" in done.err


def test_costs_have_a_row_for_each_component(run: Run) -> None:
    periods = run("rabot", "contracts", "costs", CUSTOMER, CONTRACT, "-o", "json").json
    rows = run("rabot", "contracts", "costs", CUSTOMER, CONTRACT).rows
    assert len(rows) == sum(len(one) - 1 for one in periods)
    fee = next(row for row in rows if row["component"] == "baseServiceFee")
    assert (fee["value"], fee["unit"]) == (str(periods[0]["baseServiceFee"]["value"]), "€/month")
    assert fee["validFrom"] == periods[0]["validFrom"]


def test_working_prices_are_those_of_today(run: Run, sandbox: Sandbox) -> None:
    done = run("rabot", "contracts", "working-prices", CUSTOMER, CONTRACT, "--tz", "site", "-o", "json")
    assert done.code == 0
    assert len(done.json) in (92, 96, 100)
    assert "VAT included" in done.err
    first = done.json[0]
    assert first["start"][10:19] == "T00:00:00"
    assert (first["unit"], first["currency"], first["status"]) == ("ct/kWh", "EUR", "complete")
    parts = first["components"]
    assert {"energyPrice", "procurementCosts", "gridFees", "leviesAndTaxes"} <= set(parts)
    (sent,) = sandbox.requests(
        path=f"/partner/v1/customers/{CUSTOMER}/contracts/{CONTRACT}/dayaheadworkingprice"
    )
    query = dict(sent["query"])
    assert set(query) == {"from", "to"}
    assert query["from"] == first["start"][:10] < query["to"]


def test_working_prices_are_drawn(run: Run) -> None:
    done = run("rabot", "contracts", "working-prices", CUSTOMER, CONTRACT, "--plot", "--tz", "site")
    assert done.code == 0
    assert "ct/kWh" in done.out
    assert "Europe/Berlin" in done.out


def test_working_prices_in_the_table_say_total_and_unit(run: Run) -> None:
    row = run("rabot", "contracts", "working-prices", CUSTOMER, CONTRACT, "--limit", "1").rows[0]
    assert float(row["workingPrice.total"]) > float(row["workingPrice.vat"]) > 0
    assert row["unit"] == "ct/kWh"


def test_components_of_components_have_rows_too(serve: Serve) -> None:
    euro, cent = {"main": "Euro", "per": "Month"}, {"main": "Cent", "per": "Kwh"}
    period = {
        "validFrom": "2026-01-01 00:00:00",
        "baseServiceFee": {"value": 4.9, "unit": euro},
        "workPriceComponents": {"serviceFee": {"value": 1.2, "unit": cent}, "deep": {"gridFee": 7.5}},
        "discounts": [{"value": 3, "unit": euro}],
        "savingsShare": None,
    }
    _, run = serve(costs=wrapped([period]))
    rows = run("rabot", "contracts", "costs", CUSTOMER, CONTRACT).rows
    assert [(row["component"], row["value"], row["unit"]) for row in rows] == [
        ("baseServiceFee", "4.9", "€/month"),
        ("workPriceComponents.serviceFee", "1.2", "ct/kWh"),
        ("workPriceComponents.deep.gridFee", "7.5", ""),
        ("discounts.0", "3", "€/month"),
        ("savingsShare", "", ""),
    ]
    assert {row["validFrom"] for row in rows} == {"2026-01-01 00:00:00"}
    assert run("rabot", "contracts", "costs", CUSTOMER, CONTRACT, "-o", "json").json == [period]


def test_the_chart_has_the_unit_of_the_answer(serve: Serve) -> None:
    prices = [
        {"timestamp": f"2026-11-21T00:{minute:02}:00+01:00", "workingPrice": {"total": 0.31 + minute / 100}}
        for minute in (0, 15)
    ]
    answer = {"unit": "EUR/kWh", "currency": "EUR", "priceData": prices}
    _, run = serve(working=wrapped(answer))
    words = ("rabot", "contracts", "working-prices", CUSTOMER, CONTRACT, "--day", "2026-11-21")
    assert run(*words).rows[0]["unit"] == "EUR/kWh"
    drawn = run(*words, "--plot")
    assert drawn.code == 0, drawn.err
    assert "EUR/kWh" in drawn.out
    assert "ct/kWh" not in drawn.out
