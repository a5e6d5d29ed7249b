"""Another Organisation's backend: another base path, corrected endpoints, parameters and paging."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import Run
from tests.partner import Reply
from tests.providers.bright.conftest import ACCOUNT, Elsewhere, service

MONTH = {
    "startDate": "2024-10-31T23:00:00.000Z",
    "endDate": "2024-11-30T23:00:00.000Z",
    "resolution": "month",
    "values": [{"date": "2024-10-31T23:00:00.000Z", "kWh": 5, "cost": 7}],
}
NOVEMBER = ("--from", "2024-11-01", "--to", "2024-12-01", "--tz", "site", "--resolution", "month")
CORRECTED = (
    '{get_locations: "POST /places/of/{accountId}", get_measurements: '
    '"GET /meters/{measurementId}/readings?account={accountId}"}'
)


@pytest.fixture
def corrected(elsewhere: Elsewhere) -> Elsewhere:
    """A backend whose locations and measurements lie elsewhere than the table has them."""
    elsewhere.add("/places/of/A-500001", [{"id": "L1", "name": "Home", "services": [service()]}])
    elsewhere.add("/meters/M1/readings", MONTH)
    elsewhere.add("/accounts", [{"accountId": "A-500001"}])
    elsewhere.add("/accounts/A-500001", {"account": {"accountId": "A-500001"}})
    elsewhere.add("/accounts/A-500001/user-roles", [{"role": "owner", "user": {"id": "1"}}])
    elsewhere.add("/accounts/A-500001/cost/C1", MONTH)
    elsewhere.add("/accounts/A-500001/invoices", [{"invoiceId": "I1", "invoiceDate": "2024-12-01"}])
    elsewhere.add("/accounts/A-500001/invoices/I1/stream", b"%PDF-1.7 %%EOF")
    for noun in ("agreements", "products", "events"):
        elsewhere.add(f"/accounts/A-500001/{noun}/S1", [{"id": f"{noun}-1"}])
    return elsewhere


def test_every_read_works_there(corrected: Elsewhere) -> None:
    run = corrected.client(endpoints=CORRECTED)
    expected: list[tuple[tuple[str, ...], str, str]] = [
        (("accounts", "search", "--email", "a@example.org"), "A-500001", "/accounts"),
        (("accounts", "show", "A-500001"), "A-500001", "/accounts/A-500001"),
        (("users", "list", *ACCOUNT), "1", "/accounts/A-500001/user-roles"),
        (("locations", "list", *ACCOUNT), "S1", "/places/of/A-500001"),
        (("agreements", "list", *ACCOUNT), "agreements-1", "/accounts/A-500001/agreements/S1"),
        (("products", "list", *ACCOUNT), "products-1", "/accounts/A-500001/products/S1"),
        (("events", "list", *ACCOUNT), "events-1", "/accounts/A-500001/events/S1"),
        (("invoices", "list", *ACCOUNT), "I1", "/accounts/A-500001/invoices"),
        (("measurements", *ACCOUNT, *NOVEMBER), "2024-11-01T00:00:00+01:00", "/meters/M1/readings"),
        (
            ("cost", "--email", "a@example.org", *NOVEMBER),
            "2024-11-01T00:00:00+01:00",
            "/accounts/A-500001/cost/C1",
        ),
    ]
    for words, ids, path in expected:
        done = run("bright", *words, "-o", "ids")
        assert (done.code, done.out.split()) == (0, [ids]), (words, done.err)
        assert corrected.asked()[-1][0] == path
    readings = next(query for path, query, _, _ in corrected.asked() if path == "/meters/M1/readings")
    assert readings == {
        "account": "A-500001",
        "toDate": "2024-11-30T23:00:00.000Z",
        "fromDate": "2024-10-31T23:00:00.000Z",
        "resolution": "month",
    }
    assert run("bright", "invoices", "download", *ACCOUNT, "--latest", "--to", "-").out == "%PDF-1.7 %%EOF"


def test_an_inferred_path_is_announced_and_a_corrected_or_documented_one_is_not(corrected: Elsewhere) -> None:
    run = corrected.client(endpoints=CORRECTED)
    assert run("bright", "locations", "list", *ACCOUNT).err == ""
    assert run("bright", "measurements", *ACCOUNT, *NOVEMBER).err == ""
    assert run("bright", "cost", *ACCOUNT, *NOVEMBER).err == ""
    told = run("bright", "agreements", "list", *ACCOUNT).err
    assert told.count("agreements/{serviceId} is inferred, not documented by Bright Kit") == 1
    assert run("bright", "agreements", "list", *ACCOUNT, "-q").err == ""
    listed = {row["operation"]: row for row in run("bright", "endpoints", "list", "-o", "json").json}
    assert {name: listed[name]["source"] for name in ("get_locations", "get_cost", "get_account")} == {
        "get_locations": "profile",
        "get_cost": "documented",
        "get_account": "inferred",
    }


def test_nothing_inferred_is_announced_in_the_sandbox(run: Run) -> None:
    assert run("bright", "agreements", "list", *ACCOUNT, "--service", "waste").err == ""


def test_a_wrong_path_says_how_to_correct_it(corrected: Elsewhere) -> None:
    done = corrected.client()("bright", "locations", "list", *ACCOUNT, "-o", "json")
    assert (done.code, done.error["http_status"]) == (3, 404)
    assert "only inferred and may be another one" in done.error["message"]
    assert "bright.endpoints: {get_locations:" in done.error["hint"]


def test_query_parameters_have_the_profiles_names(corrected: Elsewhere) -> None:
    names = "{fromDate: from, toDate: until, resolution: step, email: mail}"
    run = corrected.client(endpoints=CORRECTED, parameters=names)
    assert run("bright", "cost", "--email", "a@example.org", *NOVEMBER).code == 0
    queries = [query for _, query, _, _ in corrected.asked()]
    assert queries[0] == {"mail": "a@example.org"}
    assert set(queries[-1]) == {"from", "until", "step"}


@pytest.mark.parametrize(
    "endpoints",
    [
        '{get_location: "GET /places"}',
        '{get_locations: "FETCH /places"}',
        '{get_locations: "GET /places/{userId}"}',
        '{get_locations: "GET places"}',
    ],
)
def test_a_correction_that_cannot_be_is_told_before_anything_is_sent(
    elsewhere: Elsewhere, endpoints: str
) -> None:
    done = elsewhere.client(endpoints=endpoints)("bright", "locations", "list", *ACCOUNT)
    assert (done.code, done.out, elsewhere.asked()) == (13, "", [])
    assert "bright.endpoints.get_location" in done.err


USERS = [{"role": "guest", "user": {"id": str(number)}} for number in range(230)]


def _pages(page_name: str, size_name: str, default: int) -> Any:
    def answer(request: BaseHTTPRequestHandler) -> Reply:
        query = {name: int(values[0]) for name, values in parse_qs(urlsplit(request.path).query).items()}
        size = query.get(size_name, default)
        first = (query.get(page_name, 1) - 1) * size
        return Reply(USERS[first : first + size])

    return answer


@pytest.mark.parametrize(
    ("names", "settings", "requests"),
    [
        (("page", "perPage", 100), {}, None),
        (("page", "limit", 100), {}, None),
        (("sida", "antal", 37), {"paging": "{style: page, page: sida, size_name: antal, size: 50}"}, 5),
        (("page", "perPage", 1000), {}, 1),
    ],
)
def test_a_bare_list_is_read_to_its_end(
    elsewhere: Elsewhere, names: tuple[str, str, int], settings: dict[str, str], requests: int | None
) -> None:
    """Contract 6.3: pages of 100 unless asked otherwise, by parameters whose names are not known."""
    elsewhere.add("/accounts/A-500001/user-roles", _pages(*names))
    done = elsewhere.client(**settings)("bright", "users", "list", *ACCOUNT, "-o", "ids")
    assert (done.code, done.out.split()) == (0, [str(number) for number in range(230)]), done.err
    assert requests is None or len(elsewhere.asked()) == requests


def test_a_limit_reads_no_further_page(elsewhere: Elsewhere) -> None:
    elsewhere.add("/accounts/A-500001/user-roles", _pages("page", "perPage", 100))
    done = elsewhere.client()("bright", "users", "list", *ACCOUNT, "-o", "ids", "--limit", "3")
    assert (done.out.split(), len(elsewhere.asked())) == (["0", "1", "2"], 1)


def test_a_server_that_says_nothing_of_pages_and_gives_all_is_not_asked_for_ever(
    elsewhere: Elsewhere,
) -> None:
    elsewhere.add("/accounts/A-500001/user-roles", USERS[:100])
    done = elsewhere.client()("bright", "users", "list", *ACCOUNT, "-o", "ids")
    assert (done.code, len(done.out.split())) == (0, 100)
    assert len(elsewhere.asked()) <= 3
