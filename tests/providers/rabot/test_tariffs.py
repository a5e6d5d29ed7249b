"""``rabot tariffs list`` and ``rabot quote``."""

from __future__ import annotations

import csv
import io

import pytest
import yaml

from tests.conftest import Run, Sandbox

KEYS = ["RabotSmart", "RabotSmart24", "RabotFlexpower", "DEMO_Fix24"]
QUOTE = ("rabot", "quote", "RabotSmart", "--postcode", "10115", "--kwh", "3500")


def test_tariffs_have_the_providers_fields_in_every_format(run: Run) -> None:
    found = run("rabot", "tariffs", "list", "-o", "json")
    assert (found.code, found.err) == (0, "")
    assert [one["tariffKey"] for one in found.json] == KEYS
    assert set(found.json[0]) == {"tariffName", "tariffKey", "providerName"}
    assert run("rabot", "tariffs", "list", "-o", "ids").out.split() == KEYS
    assert run("rabot", "tariffs", "list").rows == [dict(one) for one in found.json]
    assert yaml.safe_load(run("rabot", "tariffs", "list", "-o", "yaml").out) == found.json
    as_csv = run("-o", "csv", "rabot", "tariffs", "list").out
    assert list(csv.DictReader(io.StringIO(as_csv))) == found.json


def test_the_effective_date_is_sent_as_a_date(run: Run, sandbox: Sandbox) -> None:
    done = run("rabot", "tariffs", "list", "--effective-date", "2023-12-31", "-o", "ids")
    assert done.code == 0
    assert "DEMO_Fix24" not in done.out.split()
    (sent,) = sandbox.requests(path="/partner/v1/tariffs")
    assert (sent["method"], sent["query"]) == ("GET", [["effectiveDate", "2023-12-31"]])


@pytest.mark.parametrize("day", ["2023-13-01", "tomorrowish", "31.12.2026", ""])
def test_a_day_that_is_none_is_refused_before_anything_is_sent(run: Run, sandbox: Sandbox, day: str) -> None:
    done = run("rabot", "tariffs", "list", "--effective-date", day)
    assert (done.code, done.out) == (2, "")
    assert "--effective-date" in done.err
    assert sandbox.requests() == []


def test_a_quote_sends_what_is_documented_and_no_more(run: Run, sandbox: Sandbox) -> None:
    assert run(*QUOTE).code == 0
    (sent,) = sandbox.requests(method="POST", path="/partner/v1/tariffs/RabotSmart/calculation")
    assert sent["json"] == {"yearlyConsumptionKwh": 3500, "zipCode": "10115"}
    assert sent["query"] == []
    assert sent["headers"]["Content-Type"] == "application/json"
    assert sent["headers"]["Accept"] == "application/json"
    assert sent["headers"]["Authorization"].startswith("Bearer ")


def test_every_option_of_a_quote_reaches_its_field(run: Run, sandbox: Sandbox) -> None:
    options = ("--smart-meter", "--no-ev", "--campaign", "rabot.home.2024")
    done = run(
        "rabot", "quote", "DEMO_Fix24", "--postcode", "01067", "--kwh", "2500.5", *options, "-o", "json"
    )
    assert done.code == 0, done.err
    (sent,) = sandbox.requests(path="/partner/v1/tariffs/DEMO_Fix24/calculation")
    assert sent["json"] == {
        "yearlyConsumptionKwh": 2500.5,
        "zipCode": "01067",
        "hasSmartMeter": True,
        "hasElectricVehicle": False,
        "campaignCode": "rabot.home.2024",
    }


def test_the_quote_in_json_is_the_providers_whole_answer(run: Run) -> None:
    found = run(*QUOTE, "-o", "json").json
    prices = found["priceComponents"]
    assert prices["unitPrice"]["unit"] == {"main": "Cent", "per": "Kwh"}
    expected = prices["unitPrice"]["value"] * prices["estimatedConsumption"]["value"] / 100
    assert prices["pricePerMonth"]["value"] == pytest.approx(
        expected + prices["basePricePerMonth"]["value"], abs=0.02
    )
    assert {"durationPeriod", "noticePeriod", "features", "yearlySavingsDetails"} <= set(found)


def test_a_person_reads_what_it_costs_and_on_which_terms(run: Run) -> None:
    done = run(*QUOTE, "-o", "table")
    found = run(*QUOTE, "-o", "json").json
    lines = {line[:22].strip(): line[22:].strip() for line in done.out.splitlines()}
    prices = found["priceComponents"]
    assert lines["You pay about"] == f"{prices['pricePerMonth']['value']:.2f} €/month"
    assert lines["Price per kWh"] == f"{prices['unitPrice']['value']:.2f} ct/kWh"
    assert lines["Base price"] == f"{prices['basePricePerMonth']['value']:.2f} €/month"
    assert lines["Runs for"] == "1 month"
    assert lines["Notice"] == "28 days"


def test_an_unknown_tariff_is_not_found(run: Run) -> None:
    done = run("rabot", "quote", "Nope", "--postcode", "10115", "--kwh", "3500")
    assert (done.code, done.out) == (3, "")
    first, second = done.err.splitlines()
    assert "Nope" in first
    assert "energyctl rabot tariffs list" in second


def test_a_key_is_one_part_of_the_path_whatever_it_holds(run: Run, sandbox: Sandbox) -> None:
    assert run("rabot", "quote", "a/b?c#d", "--postcode", "10115", "--kwh", "3500").code == 3
    (sent,) = sandbox.requests(method="POST", provider="rabot", status=404)  # type: ignore[arg-type]
    assert sent["path"] in (
        "/partner/v1/tariffs/a/b?c#d/calculation",
        "/partner/v1/tariffs/a%2Fb%3Fc%23d/calculation",
    )
    assert sent["query"] == []


@pytest.mark.parametrize(
    ("postcode", "kwh", "named"),
    [
        ("ABC", "3500", "--postcode"),
        ("1011", "3500", "--postcode"),
        ("\u0661\u0660\u0661\u0661\u0665", "3500", "--postcode"),
        ("10115", "0", "--kwh"),
        ("10115", "-1", "--kwh"),
        ("10115", "nan", "--kwh"),
        ("10115", "inf", "--kwh"),
        ("10115", "much", "--kwh"),
    ],
)
def test_a_senseless_quote_is_refused_before_anything_is_sent(
    run: Run, sandbox: Sandbox, postcode: str, kwh: str, named: str
) -> None:
    done = run("rabot", "quote", "RabotSmart", "--postcode", postcode, "--kwh", kwh)
    assert (done.code, done.out) == (2, "")
    assert named in done.err.splitlines()[0]
    assert len(done.err.splitlines()) == 2
    assert sandbox.requests() == []


def test_an_error_is_one_line_of_json_with_json(run: Run) -> None:
    done = run("rabot", "quote", "RabotSmart", "--postcode", "ABC", "--kwh", "3500", "-o", "json")
    assert done.code == 2
    assert len(done.err.splitlines()) == 1
    assert done.error["exit_code"] == 2
