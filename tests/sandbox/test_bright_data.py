"""The sandbox's Organisation: accounts, users, services, series and invoices."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from energyctl.sandbox.bright import people
from energyctl.sandbox.bright.book import Book
from energyctl.sandbox.bright.catalog import Catalog
from energyctl.sandbox.bright.meter import Meter, amount, peak_w
from energyctl.sandbox.bright.people import People
from energyctl.sandbox.bright.stockholm import buckets, midnight, parse_instant
from tests.sandbox.bright_partner import FIRST, FIRST_SSN, bright, kit, problem, services

__all__ = ["bright", "kit"]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _series(kit: httpx.Client, what: str, series_id: str, start: date, end: date, resolution: str) -> Any:
    """Ask for the Swedish days from ``start`` until ``end``."""
    query = {
        "fromDate": f"{midnight(start):%Y-%m-%dT%H:%M:%S}.000Z",
        "toDate": f"{midnight(end):%Y-%m-%dT%H:%M:%S}.000Z",
        "resolution": resolution,
    }
    return kit.get(f"{FIRST}/{what}/{series_id}", params=query)


@pytest.mark.parametrize("seed", [1, 7])
def test_people_are_found_by_the_numbers_they_were_given(seed: int) -> None:
    everybody = People(seed)
    assert everybody.at(0).ssn == FIRST_SSN
    seen = set()
    for at in [*range(300), 24_106, 24_107, 24_108, 99_999, people.MOST - 1]:
        who = everybody.at(at)
        assert people.ssn_is_right(who.ssn)
        assert everybody.by_ssn(who.ssn) == who
        assert everybody.by_email(who.email.upper()) == who
        seen.add(who.ssn)
    assert len(seen) == 305
    wrong_digit = FIRST_SSN[:-1] + "3"
    assert everybody.by_ssn(wrong_digit) is None
    assert everybody.by_ssn("199902300017") is None


def test_every_account_has_one_owner_or_one_company_and_all_ids_are_unique() -> None:
    catalog = Catalog(200, 7)
    book = Book(catalog)
    ids: list[str] = []
    kinds = set()
    for at in range(catalog.count):
        account = catalog.account_at(at)
        first, *others = [role["role"] for role in book.roles(account)]
        assert first in {"owner", "company"}
        assert set(others) <= {"guest"}
        kinds.add(first)
        for service in catalog.services(account):
            ids += [service.service_id, service.measurement_id, service.cost_id]
    assert kinds == {"owner", "company"}
    assert len(ids) == len(set(ids))
    for at in range(catalog.count):
        who = catalog.people.at(at)
        visible = {
            each.account_id
            for each in map(catalog.account_at, range(catalog.count))
            if any(role["user"].get("ssn") == who.ssn for role in book.roles(each))
        }
        assert set(book.accounts_by_ssn(who.ssn)) == visible, at


def test_days_have_the_hours_of_the_swedish_clock_and_buckets_add_up() -> None:
    meter = Meter("test", "home", 12_000_000)
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 5, 1), 24)):
        start, end = midnight(day), midnight(day + timedelta(days=1))
        cut = list(buckets(start, end, "hour"))
        assert len(cut) == hours
        assert sum(amount(meter, *each) for each in cut) == amount(meter, start, end) > 0
    start, end = midnight(date(2026, 1, 1)), midnight(date(2027, 1, 1))
    months = list(buckets(start, end, "month"))
    assert len(months) == 12
    assert sum(amount(meter, *each) for each in months) == amount(meter, start, end)
    assert 0.8 < amount(meter, start, end) / meter.yearly < 1.2
    odd = midnight(date(2026, 1, 1)) + timedelta(minutes=7)
    assert amount(meter, start, odd) + amount(meter, odd, end) == amount(meter, start, end)
    watts, at = peak_w(meter, start, end)
    assert amount(meter, at, at + timedelta(minutes=15)) * 4 == watts


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2024-10-31T23:00:00.000Z", datetime(2024, 10, 31, 23, tzinfo=UTC)),
        ("2024-11-01T00:00:00+01:00", datetime(2024, 10, 31, 23, tzinfo=UTC)),
        ("2024-10-31T23:00:00", datetime(2024, 10, 31, 23, tzinfo=UTC)),
        ("2024-10-31T23:00:00.123456789Z", datetime(2024, 10, 31, 23, 0, 0, 123456, tzinfo=UTC)),
        ("2024-10-31", None),
        ("2024-13-01T00:00:00Z", None),
        ("yesterday", None),
    ],
)
def test_moments_are_read_as_the_contract_writes_them(text: str, meant: datetime | None) -> None:
    assert parse_instant(text) == meant


def test_search_finds_accounts_by_ssn_and_email(kit: httpx.Client, bright: dict[str, Any]) -> None:
    for person in bright["persons"]:
        wanted = [{"accountId": account} for account in person["accounts"]]
        assert kit.get("/accounts", params={"ssn": person["ssn"]}).json() == wanted
        assert kit.get("/accounts", params={"email": person["email"]}).json() == wanted
        for account in person["accounts"]:
            roles = kit.get(f"/accounts/{account}/user-roles").json()
            assert person["ssn"] in [role["user"].get("ssn") for role in roles]
    assert kit.get("/accounts", params={"ssn": "195001019990"}).json() == []
    assert kit.get("/accounts", params={"email": "nobody@example.org"}).json() == []
    for query in ({}, {"ssn": FIRST_SSN, "email": "a@b.se"}, {"ssn": "890408-0000"}, {"phone": "1"}):
        problem(kit.get("/accounts", params=query), 400)


def test_company_accounts_have_a_company_with_its_number(kit: httpx.Client) -> None:
    account = kit.get("/accounts/A-500005").json()
    first, *others = kit.get("/accounts/A-500005/user-roles").json()
    assert account["type"] == "company"
    assert first["role"] == "company"
    assert first["user"]["orgNumber"] == "559000-0047"
    assert "ssn" not in first["user"]
    assert [role["role"] for role in others] == ["guest"]
    assert kit.get("/accounts", params={"email": first["user"]["email"]}).json() == [
        {"accountId": "A-500005"}
    ]


def test_lists_come_in_pages(kit: httpx.Client) -> None:
    path = f"{FIRST}/user-roles"
    whole = kit.get(path).json()
    assert len(whole) == 2
    assert [kit.get(path, params={"page": n, "perPage": 1}).json() for n in (1, 2, 3)] == [
        whole[:1],
        whole[1:],
        [],
    ]
    for query in ({"page": 0}, {"perPage": 0}, {"perPage": 1001}, {"page": "x"}):
        problem(kit.get(path, params=query), 400)


def test_a_user_changes_only_what_is_named(kit: httpx.Client) -> None:
    before = kit.get(f"{FIRST}/user-roles").json()[0]["user"]
    changed = kit.patch(f"/users/{before['id']}", json={"email": "ny@example.org"})
    assert changed.json() == {**before, "email": "ny@example.org"}
    assert kit.get(f"{FIRST}/user-roles").json()[0]["user"] == changed.json()
    assert kit.get("/accounts", params={"email": "ny@example.org"}).json() == [{"accountId": "A-500001"}]
    assert kit.get("/accounts", params={"email": before["email"]}).json() == []
    path = f"/users/{before['id']}"
    for body in ({}, {"email": "x"}, {"phoneNumber": "070-1"}, {"language": "en"}):
        problem(kit.patch(path, json=body), 400)
    for user in ("2000000041", "3000000001", "9" * 5000, "x"):
        problem(kit.patch(f"/users/{user}", json={"email": "a@example.org"}), 404)


def test_an_owner_adds_a_guest(kit: httpx.Client) -> None:
    owner, guest = (role["user"]["id"] for role in kit.get(f"{FIRST}/user-roles").json())
    path = f"{FIRST}/user-roles"

    def body(user: dict[str, str], role: str = "guest", inviter: str = owner) -> dict[str, Any]:
        return {"userRole": {"role": role, "user": user}, "inviter": {"id": inviter}}

    added = kit.post(path, json=body({"email": "gast@example.org", "firstName": "Gäst"}))
    assert added.status_code == 201
    assert added.json()["role"] == "guest"
    assert kit.get(path).json()[-1] == added.json()
    assert kit.get("/accounts", params={"email": "gast@example.org"}).json() == [{"accountId": "A-500001"}]
    known = kit.get("/accounts/A-500003/user-roles").json()[0]["user"]
    assert kit.post(path, json=body({"email": known["email"]})).json()["user"] == known
    found = kit.get("/accounts", params={"ssn": known["ssn"]}).json()
    assert found == [{"accountId": "A-500003"}, {"accountId": "A-500001"}]
    problem(kit.post(path, json=body({"email": "gast@example.org"})), 409)
    problem(kit.post(path, json=body({"username": "x"}, role="owner")), 409)
    problem(kit.post(path, json=body({"username": "x"}, inviter=guest)), 403)
    problem(kit.post(path, json=body({"firstName": "x"})), 400)
    problem(kit.post(path, json={"userRole": {"role": "guest", "user": {"username": "x"}}}), 400)


def test_events_are_checked(kit: httpx.Client) -> None:
    event = {"type": "lastSeen", "accountId": "A-500001", "ssn": FIRST_SSN}
    taken = kit.post("/events", json=event)
    assert (taken.status_code, taken.content) == (204, b"")
    problem(kit.post("/events", json={**event, "type": "seen"}), 400)
    problem(kit.post("/events", json={**event, "accountId": "A-1"}), 404)
    problem(kit.post("/events", content=b"{", headers={"Content-Type": "application/json"}), 400)
    problem(kit.post("/events", data={"type": "lastSeen"}), 415)


def test_every_service_leads_to_its_data(kit: httpx.Client) -> None:
    found = services(kit)
    assert set(found) == {"consumption_trade", "consumption_grid", "production_trade", "waste"}
    assert found["waste"]["costId"].endswith(":waste")
    for service in found.values():
        agreement = kit.get(f"{FIRST}/agreements/{service['id']}").json()
        assert [each["startDate"] for each in agreement] == [service["startDate"]]
        prices = kit.get(f"{FIRST}/products/{service['id']}").json()[0]["prices"]
        assert all({"value", "type", "name", "validFrom", "validTo"} <= set(price) for price in prices)
        assert kit.get(f"{FIRST}/events/{service['id']}").json()[0]["serviceId"] == service["id"]
        for kind, name in (("measurements", "measurementId"), ("cost", "costId")):
            answer = _series(kit, kind, service[name], date(2026, 1, 1), date(2026, 3, 1), "month").json()
            assert [value["date"] for value in answer["values"]] == [
                "2025-12-31T23:00:00.000Z",
                "2026-01-31T23:00:00.000Z",
            ]
            assert answer["startDate"] == "2025-12-31T23:00:00.000Z"
            assert answer["endDate"] == "2026-02-28T23:00:00.000Z"
    places = kit.get(f"{FIRST}/locations").json()
    assert [each["endDate"] is None for each in places[1]["services"]] == [False, True, True]
    problem(kit.get(f"{FIRST}/products/SRV-500002-11"), 404)


def test_units_and_signs_are_kept_apart(kit: httpx.Client) -> None:
    found = services(kit)
    units = {
        "consumption_trade": {"kWh"}, "consumption_grid": {"kWh", "peakWatt"}, "production_trade": {"kWh"},
        "waste": {"kg", "m3"},
    }  # fmt: skip
    for kind, service in found.items():
        months = (date(2026, 5, 1), date(2026, 7, 1), "month")
        measured = _series(kit, "measurements", service["measurementId"], *months).json()["values"]
        assert all(set(value) == {"date", *units[kind]} for value in measured)
        assert all(value[unit] > 0 for value in measured for unit in units[kind] - {"peakWatt"})
        charged = _series(kit, "cost", service["costId"], *months).json()["values"]
        assert all((value["cost"] < 0) == (kind == "production_trade") for value in charged)
        for value in charged:
            assert math.isclose(value["cost"], sum(part["cost"] for part in value["parts"]), abs_tol=0.001)


def test_resolutions_that_do_not_exist_or_are_too_fine_are_refused(kit: httpx.Client) -> None:
    found = services(kit)
    week = (date(2026, 3, 1), date(2026, 3, 8))
    trade, waste = found["consumption_trade"], found["waste"]
    assert len(_series(kit, "measurements", trade["measurementId"], *week, "15min").json()["values"]) == 672
    for what, series_id, resolution in (
        ("cost", trade["costId"], "15min"),
        ("measurements", waste["measurementId"], "day"),
        ("measurements", trade["measurementId"], "week"),
        ("cost", trade["costId"], "Month"),
    ):
        problem(_series(kit, what, series_id, *week, resolution), 400)
    path = f"{FIRST}/cost/{trade['costId']}"
    right = {"fromDate": "2026-01-01T00:00:00", "toDate": "2026-02-01T00:00:00", "resolution": "day"}
    assert kit.get(path, params=right).status_code == 200
    for wrong in (
        {"fromDate": "2026-01-01"},
        {"toDate": "2026-01-01T00:00:00"},
        {"toDate": ""},
        {"until": "2026-01-01T00:00:00"},
    ):
        problem(kit.get(path, params={**right, **wrong}), 400)


def test_series_begin_with_the_service_and_end_with_the_data(kit: httpx.Client) -> None:
    service = services(kit)["production_trade"]
    begun = _moment(service["startDate"])
    year = (date(begun.year, 1, 1), date(begun.year + 1, 1, 1))
    answer = _series(kit, "measurements", service["measurementId"], *year, "month").json()
    assert _moment(answer["startDate"]) == begun
    first = _moment(answer["values"][0]["date"])
    assert first == midnight(begun.date().replace(day=1)) < begun
    today = datetime.now(UTC).date()
    future = (today - timedelta(days=40), today + timedelta(days=40))
    for resolution in ("day", "hour"):
        answer = _series(kit, "measurements", service["measurementId"], *future, resolution).json()
        end = _moment(answer["endDate"])
        assert end <= datetime.now(UTC)
        assert datetime.now(UTC) - end < timedelta(days=1, hours=2)
        assert _moment(answer["values"][-1]["date"]) < end
    ended = kit.get(f"{FIRST}/locations").json()[1]["services"][0]
    assert ended["status"] == "inactive"
    answer = _series(kit, "cost", ended["costId"], date(2026, 1, 1), date(2026, 3, 1), "month").json()
    assert answer["values"] == []
    assert answer["startDate"] == answer["endDate"]


def test_invoices_equal_the_costs_of_their_month(kit: httpx.Client) -> None:
    invoices = kit.get(f"{FIRST}/invoices").json()
    assert len(invoices) >= 14
    assert [each["state"] for each in invoices].count("new") == 1
    assert {each["state"] for each in invoices[:14]} == {"new", "paid", "overdue"}
    costs = {
        service["id"]: service["costId"]
        for place in kit.get(f"{FIRST}/locations").json()
        for service in place["services"]
    }
    for invoice in (invoices[0], invoices[13]):
        start, end = (_moment(invoice[name]).date() for name in ("periodStart", "periodEnd"))
        for line in invoice["lines"]:
            value = _series(kit, "cost", costs[line["serviceId"]], start, end, "month").json()["values"][0]
            assert value["cost"] == line["amount"]
        assert math.isclose(
            invoice["amount"], sum(line["amount"] for line in invoice["lines"]), abs_tol=0.001
        )


def test_invoices_are_chosen_by_half_open_dates(kit: httpx.Client) -> None:
    invoices = kit.get(f"{FIRST}/invoices").json()
    dates = [each["invoiceDate"] for each in invoices]
    assert dates == sorted(dates, key=_moment, reverse=True)
    chosen = kit.get(f"{FIRST}/invoices", params={"fromDate": dates[3], "toDate": dates[1]}).json()
    assert chosen == invoices[2:4]
    assert kit.get(f"{FIRST}/invoices", params={"fromDate": "2100-01-01T00:00:00Z"}).json() == []
    problem(kit.get(f"{FIRST}/invoices", params={"fromDate": "2026"}), 400)


def test_an_invoice_is_a_pdf_by_stream_and_by_a_short_lived_address(kit: httpx.Client) -> None:
    invoice = kit.get(f"{FIRST}/invoices").json()[1]["invoiceId"]
    stream = kit.get(f"{FIRST}/invoices/{invoice}/stream")
    assert stream.headers["Content-Type"] == "application/pdf"
    assert stream.content.startswith(b"%PDF-")
    assert stream.content.rstrip().endswith(b"%%EOF")
    url = kit.get(f"{FIRST}/invoices/{invoice}/url").json()["url"]
    assert httpx.get(url).content == stream.content
    problem(httpx.get(url.replace("expires=", "expires=9")), 403)
    for unknown in ("INV-500001-199001", "INV-500001-202613", "INV-500002-202601", "INV-500001-000001", "x"):
        problem(kit.get(f"{FIRST}/invoices/{unknown}/url"), 404)
