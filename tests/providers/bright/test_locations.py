"""``bright locations|agreements|products list``, and how a service is found by name."""

from __future__ import annotations

import pytest

from tests.conftest import Run, Sandbox
from tests.providers.bright.conftest import ACCOUNT, Elsewhere, service

HOME = [f"SRV-500001-1{number}" for number in range(1, 5)]
COTTAGE = [f"SRV-500001-2{number}" for number in range(1, 4)]


def test_locations_are_services_for_people_and_as_they_came_for_programs(run: Run) -> None:
    words = ("bright", "locations", "list", *ACCOUNT)
    rows = run(*words).rows
    assert [row["id"] for row in rows] == [*HOME, *COTTAGE]
    assert {row["location_name"] for row in rows} == {"Hemma", "Sommarstugan"}
    assert rows[3]["costId"] == "COST-500001-14:waste"
    assert run(*words, "-o", "table").out.splitlines()[5].split()[-2:] == ["2021-03-03", "2022-09-01"]
    data = run(*words, "-o", "json").json
    assert [one["id"] for place in data for one in place["services"]] == [*HOME, *COTTAGE]
    assert run(*words, "--limit", "1", "-o", "json").json == data[:1]
    assert run(*words, "-o", "ids").out.split() == [*HOME, *COTTAGE]


@pytest.mark.parametrize(
    "wished", ["SRV-500001-14", "MEA-500001-14", "cost-500001-14:WASTE", "waste", "Waste at"]
)
def test_a_service_is_found_by_any_of_its_names(run: Run, wished: str) -> None:
    done = run("bright", "products", "list", *ACCOUNT, "--service", wished, "-o", "json")
    assert [one["id"] for one in done.json] == ["PRD-500001-14"]


@pytest.mark.parametrize(
    ("wished", "choices", "said"),
    [
        (
            "consumption_grid",
            ["SRV-500001-12", "SRV-500001-23"],
            "has 2 services that 'consumption_grid' fits",
        ),
        ("Hemma", HOME, "has 4 services that 'Hemma' fits"),
        (
            "consumption_trade at Sommarstugan",
            COTTAGE[:2],
            "SRV-500001-21 (consumption_trade at Sommarstugan, until 2022-09-01)",
        ),
        (None, [*HOME, *COTTAGE], "has 7 services"),
    ],
)
def test_ambiguity_lists_the_choices(run: Run, wished: str | None, choices: list[str], said: str) -> None:
    named = () if wished is None else ("--service", wished)
    done = run("bright", "measurements", *ACCOUNT, *named)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert [one for one in (*HOME, *COTTAGE) if one in done.err] == choices


def test_an_unknown_service_lists_those_there_are(run: Run) -> None:
    done = run("bright", "cost", *ACCOUNT, "--service", "district heating", "-o", "json")
    assert (done.code, done.error["code"]) == (3, "not_found")
    assert all(one in done.error["hint"] for one in (*HOME, *COTTAGE))


def test_agreements_and_products_of_one_service_or_all(run: Run, sandbox: Sandbox) -> None:
    agreements = run("bright", "agreements", "list", *ACCOUNT, "-o", "json").json
    assert [one["serviceId"] for one in agreements] == [*HOME, *COTTAGE]
    sandbox.forget_requests()
    assert (
        run("bright", "agreements", "list", *ACCOUNT, "--service", "waste", "-o", "ids").out
        == "AGR-500001-14\n"
    )
    assert [one["path"].split("A-500001/")[1] for one in sandbox.requests()] == [
        "locations",
        "agreements/SRV-500001-14",
    ]
    assert (
        run("bright", "products", "list", *ACCOUNT, "--service", "waste", "-o", "ids").out
        == "PRD-500001-14\n"
    )
    picked = ("--query", "[].services[].id | [:2]", "-o", "tsv", "--no-header")
    assert run("bright", "locations", "list", *ACCOUNT, *picked).out.split() == HOME[:2]
    prices = run("bright", "products", "list", *ACCOUNT, "--service", "waste").rows
    assert [(row["product"], row["name"], row["type"], row["value"]) for row in prices] == [
        ("Hushållsavfall 190 l", "weightFee", "kg", "2.9"),
        ("Hushållsavfall 190 l", "monthlyFee", "month", "118.0"),
    ]


def test_places_and_products_of_an_undocumented_form(elsewhere: Elsewhere) -> None:
    places = [
        {
            "locationId": 5,
            "address": {"street": "Storgatan 1", "city": "Kil", "geo": {"lat": 1}},
            "services": [service(1)],
        },
        {"services": [service(2, type=None, startDate="2023-10-20T13:30:30Z", endDate="soon"), "odd"]},
    ]
    elsewhere.add("/accounts/A-500001/locations", {"locations": places})
    elsewhere.add("/accounts/A-500001/products/S1", [{"productId": "P1"}, "odd"])
    elsewhere.add("/accounts/A-500001/products/S2", {"products": None})
    run = elsewhere.client()
    rows = run("bright", "locations", "list", *ACCOUNT).rows
    assert [(row["location_name"], row["location_id"], row["id"]) for row in rows] == [
        ("Storgatan 1, Kil", "5", "S1"),
        ("", "", "S2"),
    ]
    assert run("bright", "locations", "list", *ACCOUNT, "-o", "table").out.split()[-3:] == [
        "2023-10-20",
        "15:30",
        "soon",
    ]
    listed = run("bright", "products", "list", *ACCOUNT, "-o", "json").json
    assert listed == [{"serviceId": "S1", "productId": "P1"}, "odd"]
    assert [row["product"] for row in run("bright", "products", "list", *ACCOUNT).rows] == ["P1"]


def test_a_location_without_its_services_is_told(elsewhere: Elsewhere) -> None:
    elsewhere.add("/accounts/A-500001/locations", [{"id": "L1", "services": {"id": "S1"}}])
    done = elsewhere.client()("bright", "locations", "list", *ACCOUNT)
    assert (done.code, done.out) == (11, "")
    assert "without its list of services" in done.err


def test_many_services_are_not_all_told_in_a_hint(elsewhere: Elsewhere) -> None:
    elsewhere.add("/accounts/A-500001/locations", [{"id": "L1", "services": [service(n) for n in range(15)]}])
    done = elsewhere.client()("bright", "cost", *ACCOUNT)
    assert (done.code, "and 3 more" in done.err) == (2, True)


def test_a_service_without_its_id_is_told_and_nothing_is_asked_of_it(elsewhere: Elsewhere) -> None:
    elsewhere.add("/accounts/A-500001/locations", [{"id": "L1", "services": [service(id=None)]}])
    for noun in ("agreements", "products", "events"):
        done = elsewhere.client()("bright", noun, "list", *ACCOUNT, "-o", "json")
        assert (done.code, done.error["code"]) == (11, "bad_answer")
    assert {path for path, *_ in elsewhere.asked()} == {"/accounts/A-500001/locations"}


def test_ids_that_are_numbers_can_be_chosen(elsewhere: Elsewhere) -> None:
    both = [service(1, id=5, measurementId=51), service(2, id=6, measurementId=61)]
    elsewhere.add("/accounts/A-500001/locations", [{"id": "L1", "services": both}])
    elsewhere.add("/accounts/A-500001/agreements/6", [{"id": "AGR-6"}])
    run = elsewhere.client()
    assert "5 (consumption_trade" in run("bright", "cost", *ACCOUNT).err
    for word in ("6", "61"):
        done = run("bright", "agreements", "list", *ACCOUNT, "--service", word, "-o", "ids")
        assert (done.code, done.out) == (0, "AGR-6\n"), done.err
