"""``rabot contracts list|costs|working-prices``."""

from __future__ import annotations

import pytest

from tests.conftest import Run, Sandbox

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
