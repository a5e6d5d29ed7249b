"""Answers that the sandbox never gives: every status, every envelope, every kind of paging, lies included."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from energyctl.core.errors import BadAnswer
from tests.providers.emulate.conftest import Odd, OddClient
from tests.providers.emulate.odd_server import Asked, Reply

LIST = ("emulate", "devices", "list", "C-1", "-o", "json")
DEVICES = "GET /v1/retailer/customers/C-1/devices"
ONE = "/v1/retailer/customers/C-1/devices/d1"
SPO = f"{ONE}/spo-settings"
HTML = Reply(b"<!doctype html><html>", 200, {"Content-Type": "text/html"})
ROWS = [{"id": f"d{number}", "kind": "car"} for number in range(1, 4)]


@pytest.mark.parametrize(
    ("answer", "code", "name", "said"),
    [
        (Reply({"error": {"type": "unauthorized", "message": "no"}}, 401), 4, "authentication_failed", "no"),
        (Reply(None, 403), 5, "not_permitted", "does not permit"),
        (Reply({"message": "not yours"}, 403), 5, "not_permitted", "not yours"),
        (Reply({"detail": "no such customer"}, 404), 3, "not_found", "only inferred"),
        (Reply(None, 405), 6, "refused", "only inferred"),
        (Reply(None, 501), 10, "not_built", "only inferred"),
        (Reply({"errors": [{"message": "busy"}]}, 409), 6, "conflict", "busy"),
        (Reply({"title": "bad", "detail": "limit is wrong"}, 422), 6, "refused", "limit is wrong"),
        (Reply(None, 429, {"Retry-After": "120"}), 7, "rate_limited", "limits the rate"),
        (Reply({"message": "sorry"}, 500), 10, "provider_error", "sorry"),
        (Reply(None, 302, {"Location": "https://elsewhere.example/"}), 11, "redirected", "redirected"),
        (Reply(drops=True), 10, "network", "closed without answering"),
        (HTML, 11, "bad_answer", "an HTML page"),
        (Reply(b""), 11, "bad_answer", "an empty body"),
        (Reply(b'[{"id": '), 11, "bad_answer", "broken or cut off"),
        (Reply("text"), 11, "bad_answer", "where a list of devices was expected"),
        (Reply({"a": 1}), 11, "bad_answer", "fields: a"),
        (Reply({"a": [{"x": 1}], "b": [{"y": 1}]}), 11, "bad_answer", "told apart"),
    ],
)
def test_a_read_that_ends_badly(odd: Odd, answer: Reply, code: int, name: str, said: str) -> None:
    _, run = odd({DEVICES: answer})
    done = run(*LIST)
    assert (done.code, done.out) == (code, "")
    assert (done.error["code"], said in done.error["message"]) == (name, True), done.error
    assert done.error["hint"]
    assert done.error["provider"] == "emulate"
    assert done.error["operation"] == "list_customer_devices"
    assert ("endpoints" in done.error["hint"]) is ("only inferred" in said)


@pytest.mark.parametrize(
    "answer",
    [
        ROWS,
        {"items": ROWS},
        {"data": ROWS},
        {"devices": ROWS},
        {"data": {"devices": ROWS, "count": 3}},
        {"_embedded": {"devices": ROWS}},
        {"things": ROWS, "status": "ok"},
        {"result": {"items": ROWS}},
        {"errors": [], "devices": ROWS},
        Reply(ROWS, 206),
    ],
)
def test_a_list_is_found_in_its_envelope(odd_client: OddClient, answer: Any) -> None:
    _, client = odd_client({DEVICES: answer})
    assert list(client.devices("C-1")) == ROWS


@pytest.mark.parametrize("answer", [[], {"items": []}, {"devices": None}, Reply(None, 204)])
def test_nothing_is_an_empty_list(odd: Odd, answer: Any) -> None:
    _, run = odd({DEVICES: answer})
    done = run(*LIST)
    assert (done.code, done.out) == (0, "[]\n")


ALL = [{"id": f"d{number}"} for number in range(45)]


def _slice(start: int, size: int = 20) -> list[dict[str, str]]:
    return ALL[start : start + size]


def _at(asked: Asked, name: str, first: int = 0) -> int:
    return int(asked.query.get(name, first))


def _following(at: int) -> str | None:
    return str(at + 20) if at < 40 else None


def _linked(asked: Asked) -> Reply:
    at = _at(asked, "p")
    first = f'<{asked.path}?p=0>; rel="first"'
    following = f', <{asked.path}?p={at + 20}>; rel="next"' if at < 40 else ""
    return Reply(_slice(at), headers={"Link": first + following})


PAGED = {
    "offset": lambda q: {"items": _slice(_at(q, "offset")), "total": 45, "offset": 0, "limit": 20},
    "skip and total": lambda q: {"data": _slice(_at(q, "skip")), "totalCount": 45, "skip": 0, "take": 20},
    "page": lambda q: {
        "data": _slice((_at(q, "page", 1) - 1) * 20),
        "page": _at(q, "page", 1),
        "page_size": 20,
        "total_pages": 3,
    },
    "page from nought": lambda q: {
        "rows": _slice(_at(q, "page") * 20),
        "page": _at(q, "page"),
        "totalPages": 3,
    },
    "page inside": lambda q: {
        "content": _slice(_at(q, "pageNumber") * 20),
        "page": {"pageNumber": _at(q, "pageNumber"), "totalPages": 3},
    },
    "cursor": lambda q: {"devices": _slice(_at(q, "cursor")), "next_cursor": _following(_at(q, "cursor"))},
    "token in meta": lambda q: {
        "data": _slice(_at(q, "page_token")),
        "meta": {"next_page_token": _following(_at(q, "page_token")) or ""},
    },
    "after and has_more": lambda q: {
        "data": _slice(_at(q, "after")),
        "page_info": {"endCursor": str(_at(q, "after") + 20), "hasNextPage": _at(q, "after") < 40},
    },
    "link in the body": lambda q: {
        "items": _slice(_at(q, "row")),
        "links": {"next": {"href": f"?row={_at(q, 'row') + 20}"} if _at(q, "row") < 40 else None},
    },
    "Link header": _linked,
    "bare, offset unsaid": lambda q: _slice(_at(q, "offset")),
    "bare, page unsaid": lambda q: _slice((_at(q, "page", 1) - 1) * 20),
}


@pytest.mark.parametrize("kind", PAGED)
def test_every_kind_of_paging_is_followed_to_the_end(odd_client: OddClient, kind: str) -> None:
    _, client = odd_client({DEVICES: PAGED[kind]})
    assert list(client.devices("C-1")) == ALL


ENDLESS = {
    "the same page for ever": lambda _: {"items": ALL[:20], "total": 99, "offset": 0, "limit": 20},
    "the same cursor for ever": lambda _: {"items": ALL[:20], "next_cursor": "x"},
    "the same link for ever": lambda q: Reply(ALL[:20], headers={"Link": f'<{q.path}>; rel="next"'}),
    "a page that never moves": lambda _: {"items": ALL[:20], "page": 1, "total_pages": 9},
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_paging_that_never_ends_is_noticed(odd_client: OddClient, kind: str) -> None:
    server, client = odd_client({DEVICES: ENDLESS[kind]})
    with pytest.raises(BadAnswer) as caught:
        list(client.devices("C-1"))
    assert (caught.value.code, caught.value.operation) == ("paging_broken", "list_customer_devices")
    assert len(server.asked) < 5
    assert list(client.devices("C-1", 5)) == ALL[:5]


LYING = {
    "a total that is too high": lambda q: {
        "items": _slice(_at(q, "offset")),
        "total": 99,
        "offset": 0,
        "limit": 20,
    },
    "more, but nothing comes": lambda q: {"items": _slice(_at(q, "offset")), "has_more": True},
    "parameters that are ignored": lambda _: ALL[:20],
    "parameters that are refused": lambda q: Reply({"message": "no"}, 400) if q.query else ALL[:20],
}


@pytest.mark.parametrize("kind", LYING)
def test_paging_that_promises_too_much_or_too_little(odd_client: OddClient, kind: str) -> None:
    _, client = odd_client({DEVICES: LYING[kind]})
    assert list(client.devices("C-1")) == (ALL[:20] if "parameters" in kind else ALL)


def test_a_token_never_follows_a_list_to_another_host(odd: Odd) -> None:
    other, _ = odd({})
    server, run = odd({})
    server.answers[DEVICES] = Reply(ROWS, headers={"Link": f'<{other.url}/x>; rel="next"'})
    done = run(*LIST)
    assert (done.code, done.error["code"]) == (11, "redirected")
    assert other.asked == []
    assert len(run(*LIST, "--limit", "3").json) == 3


def test_paging_can_be_pinned_in_the_profile(odd: Odd) -> None:
    answers = {DEVICES: lambda q: _slice(int(q.query.get("start", 0)), int(q.query.get("n", 7)))}
    paging = {"style": "offset", "offset": "start", "limit": "n", "size": 10}
    server, run = odd(answers, paging={"list_customer_devices": paging})
    done = run(*LIST)
    assert [one["id"] for one in done.json] == [one["id"] for one in ALL]
    assert [one.query for one in server.asked] == [
        {"start": str(at), "n": "10"} for at in (0, 10, 20, 30, 40)
    ]
    _, none = odd(answers, paging={"style": "none"})
    assert len(none(*LIST).json) == 7
    _, wrong = odd(answers, paging={"style": "pages"})
    refused = wrong(*LIST)
    assert (refused.code, refused.error["code"]) == (13, "paging_invalid")


ONE_THING = {"id": "d1", "a": 1}


# -- one thing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrapped", [ONE_THING, {"data": ONE_THING}, {"device": ONE_THING}, [ONE_THING]])
def test_one_thing_comes_out_of_its_wrapping(odd: Odd, wrapped: Any) -> None:
    _, run = odd({DEVICES: [{"id": "d1"}], f"GET {ONE}": wrapped})
    assert run("emulate", "devices", "show", "C-1", "d1", "-o", "json").json == {"id": "d1", "a": 1}


@pytest.mark.parametrize("odd_answer", [[], [{"id": 1}, {"id": 2}], "text", 7, Reply(b"null"), HTML])
def test_a_list_where_an_object_was_expected(odd: Odd, odd_answer: Any) -> None:
    _, run = odd({DEVICES: [{"id": "d1"}], f"GET {ONE}": odd_answer})
    done = run("emulate", "devices", "show", "C-1", "d1", "-o", "json")
    assert (done.code, done.out, done.error["operation"]) == (11, "", "get_device")


def test_settings_of_any_shape_are_shown(odd: Odd) -> None:
    base = "/v1/retailer/customers/C-1/spo-settings"
    devices = [{"id": "d1", "name": "Car"}, {"id": "d2", "labels": {"custom_device_name": "Pump"}}]
    shapes: list[Any] = [
        {"settings": [{"device": {"id": "d1"}, "on": True}, {"deviceId": "d2", "on": False}]},
        [{"id": "d1", "on": True}, {"id": "d2", "on": False}],
        {"of_each": [{"device_id": "d1", "on": True}, {"device_id": "d2", "on": False}], "plans": [{"x": 1}]},
    ]
    for shape in shapes:
        _, run = odd({DEVICES: devices, f"GET {base}": shape})
        rows = run("emulate", "spo", "show", "C-1").rows
        assert {("Car", "on", "true"), ("Pump", "on", "false")} <= {
            (row["device_name"], row["setting"], row["value"]) for row in rows
        }
    _, run = odd({DEVICES: Reply(None, 500), f"GET {base}": {"on": True, "deep": {"er": [1, 2]}}})
    done = run("emulate", "spo", "show", "C-1")
    assert (done.code, done.rows[0]["setting"]) == (0, "on")
    assert "names are missing" in done.err
    assert run("emulate", "spo", "show", "C-1", "-o", "json").json == {"on": True, "deep": {"er": [1, 2]}}


@pytest.mark.parametrize(
    ("answer", "rows"),
    [
        (
            {"enabled": True, "target": 80, "schedule": [{"from": "21:00", "to": "07:00"}]},
            {"enabled": "true", "target": "80", "schedule.0.from": "21:00", "schedule.0.to": "07:00"},
        ),
        ({"enabled": True, "exceptions": []}, {"enabled": "true", "exceptions": "[]"}),
        ({"enabled": True, "max_price": None}, {"enabled": "true", "max_price": ""}),
        ({"enabled": True, "values": [1, 2]}, {"enabled": "true", "values": "[1,2]"}),
        ({"data": {"settings": [{"id": "d1", "on": None}]}, "total": 1}, {"on": ""}),
        ({"settings": [{"id": "d1", "on": True}], "currency": "SEK"}, {"currency": "SEK", "on": "true"}),
        ([], {}),
        (Reply(None, 204), {}),
    ],
)
def test_no_setting_is_left_out_of_a_table(odd: Odd, answer: Any, rows: dict[str, str]) -> None:
    _, run = odd({DEVICES: [], "GET /v1/retailer/customers/C-1/spo-settings": answer})
    done = run("emulate", "spo", "show", "C-1", "-o", "tsv")
    assert (done.code, {row["setting"]: row["value"] for row in done.rows}) == (0, rows)


def test_a_report_that_is_no_list_is_shown_as_it_came(odd: Odd) -> None:
    _, run = odd({"GET /v1/retailer/customers/C-1/savings": {"total": 12.5, "currency": "SEK"}})
    done = run("emulate", "savings", "C-1", "-o", "json")
    assert (done.code, done.json) == (0, {"total": 12.5, "currency": "SEK"})
    assert run("emulate", "savings", "C-1", "--plot").code == 11


def test_a_report_in_pages(odd: Odd) -> None:
    hours = [{"start": f"2026-01-01T{hour:02}:00:00Z", "v": hour} for hour in range(24)]

    def answer(asked: Asked) -> Any:
        begin = int(asked.query.get("cursor", 0))
        return {
            "unit": "kWh",
            "values": hours[begin : begin + 10],
            "next_cursor": str(begin + 10) if begin < 20 else None,
        }

    server, run = odd({"GET /v1/retailer/customers/C-1/consumption": answer})
    done = run("emulate", "consumption", "C-1", "-o", "json")
    assert done.json == [{**one, "unit": "kWh"} for one in hours]
    assert all(one.query["resolution"] == "hour" for one in server.asked)
    server.answers["GET /v1/retailer/customers/C-1/consumption"] = hours
    server.asked.clear()
    assert len(run("emulate", "consumption", "C-1", "-o", "json").json) == 24
    assert len(server.asked) == 1  # the range bounds it; nothing is asked that would only be refused


@pytest.mark.parametrize(
    ("values", "unit", "said"),
    [
        ([{"price": 1.5, "kwh": 0.5}, {"price": 1.5, "kwh": 0.5}], "kWh", "all 2 values are 0.500 kWh"),
        ([{"energy": None}, {"energy": 0.5}], "kWh", "one value: 0.500 kWh"),
        ([{}, {"energy": 0.5, "to": 17}], "kWh", "one value: 0.500 kWh"),
        ([{"amount": 2, "unit": "Wh"}, {"amount": 2, "unit": "Wh"}], None, "all 2 values are 2 Wh"),
        ([{"amount": 2}, {"amount": 2}], None, "C-1: amount ("),
        ([{"consumption_cost": 1, "consumption_kwh": 2}, {"consumption_kwh": 2}], "kWh", "are 2 kWh"),
    ],
)
def test_the_number_of_a_report_is_drawn_and_no_other(
    odd: Odd, values: Any, unit: str | None, said: str
) -> None:
    hours = [{"start": f"2026-01-01T{hour:02}:00:00Z", **one} for hour, one in enumerate(values)]
    answer = {"values": hours, **({"unit": unit} if unit else {})}
    _, run = odd({"GET /v1/retailer/customers/C-1/consumption": answer})
    done = run("emulate", "consumption", "C-1", "--plot")
    assert (done.code, said in done.out) == (0, True), done.out + done.err


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([{"price": 1.5, "amount": 0.5}], "is not known: price, amount."),
        ([{"energy": None}], "no time and number"),
        ([{"energy": True, "to": 5}], "no time and number"),
        ([{"amount": 2, "unit": "Wh"}, {"amount": 2, "unit": "kWh"}], "several units: Wh, kWh."),
        ([{"energy": 1, "start": 1795300000}], "no time and number"),
        ([], "no consumption to draw"),
    ],
)
def test_what_is_not_known_to_be_the_number_is_not_drawn(odd: Odd, values: Any, said: str) -> None:
    hours = [{"start": "2026-01-01T00:00:00Z", **one} for one in values]
    _, run = odd({"GET /v1/retailer/customers/C-1/consumption": hours})
    done = run("emulate", "consumption", "C-1", "--plot")
    assert (done.code, done.out, said in done.err) == (2, "", True), done.err


@pytest.mark.parametrize("kind", ["consumption", "savings"])
def test_an_empty_time_is_none(odd: Odd, kind: str) -> None:
    server, run = odd({f"GET /v1/retailer/customers/C-1/{kind}": []})
    for option in ("--since", "--from", "--to", "--day"):
        assert run("emulate", kind, "C-1", option, "").code == 2, option
    assert server.asked == []


# -- writes ------------------------------------------------------------------------------------------------------

SET = ("emulate", "spo", "set", "C-1", "d1", "on:=true", "--yes", "-o", "json")


@pytest.mark.parametrize(
    ("answer", "takes_effect", "code", "outcome", "said"),
    [
        (Reply(None, 204), True, 0, "changed", ""),
        (Reply({"ok": True}), True, 0, "changed", ""),
        (HTML, True, 0, "changed", ""),
        (Reply(drops=True), True, 0, "changed", ""),
        (Reply(drops=True), False, 9, "unknown", "may have happened"),
        (Reply({"message": "oops"}, 500), False, 9, "unknown", "oops"),
        (Reply(None, 503), True, 0, "changed", ""),
        (Reply(None, 200), False, 6, "rejected", "on is false"),
        (Reply(None, 202), False, 9, "unknown", "Accepted for later"),
        (Reply({"error": "locked"}, 409), False, 6, "rejected", "locked"),
        (Reply({"error": {"message": "bad"}}, 422), False, 6, "rejected", "bad"),
        (Reply(None, 403), False, 5, "failed", "does not permit"),
        (Reply(None, 404), False, 3, "not_found", "only inferred"),
        (Reply(None, 429), False, 7, "failed", "limits the rate"),
    ],
)
def test_how_a_write_ends(
    odd: Odd, answer: Reply, takes_effect: bool, code: int, outcome: str, said: str
) -> None:
    state = {"on": False, "n": 1}

    def change(asked: Asked) -> Reply:
        if takes_effect:
            state.update(asked.body)
        return answer

    server, run = odd({DEVICES: [{"id": "d1"}], f"GET {SPO}": lambda _: dict(state), f"PATCH {SPO}": change})
    done = run(*SET)
    assert (done.code, done.json["outcome"]) == (code, outcome), done.err
    assert said in (done.json["message"] or "")
    assert len(server.asks("PATCH")) == 1
    if code:
        assert done.error["outcome"] == outcome
        assert done.error["hint"]


def test_a_server_that_replaces_what_was_to_be_changed_is_told_of(odd: Odd) -> None:
    state: dict[str, Any] = {"schedule": {"from": "21:00", "to": "07:00"}, "on": True}
    server, run = odd({DEVICES: [{"id": "d1"}], f"GET {SPO}": lambda _: dict(state)})
    server.answers[f"PATCH {SPO}"] = lambda asked: state.update(asked.body) or dict(state)
    done = run("emulate", "spo", "set", "C-1", "d1", "schedule.from=22:00", "--yes", "-o", "json")
    assert (done.code, done.json["outcome"]) == (0, "changed")
    assert done.json["message"] == "The provider also changed: schedule.to 07:00 -> gone."


def test_a_name_may_stand_among_labels(odd: Odd) -> None:
    device: dict[str, Any] = {"id": "d1", "labels": {"custom_device_name": "Old"}}
    server, run = odd({DEVICES: [device], f"GET {ONE}": device})

    def rename(asked: Asked) -> Reply:
        device["labels"]["custom_device_name"] = asked.body["custom_device_name"]
        return Reply(None, 204)

    server.answers[f"PATCH {ONE}"] = rename
    done = run("emulate", "devices", "rename", "C-1", "old", "New", "--yes", "-o", "json")
    assert (done.code, done.json["outcome"]) == (0, "changed")
    assert "rename C-1 d1 Old" in done.err
    server.answers[f"PATCH {ONE}"] = Reply({})
    ignored = run("emulate", "devices", "rename", "C-1", "d1", "Newer", "--yes", "-o", "json")
    assert (ignored.code, ignored.json["outcome"], "'New'" in ignored.json["message"]) == (
        6,
        "rejected",
        True,
    )


def test_a_link_is_found_wherever_it_stands(odd: Odd) -> None:
    route = "POST /v1/retailer/customers/C-1/onboarding-links"
    for answer, url in (
        ({"session": {"id": "x", "links": ["no", "https://a.example/1"]}}, "https://a.example/1"),
        ("https://a.example/2", "https://a.example/2"),
        (
            {"docs": "https://d.example/", "logo_url": "https://l.example/", "url": "https://a.example/3"},
            "https://a.example/3",
        ),
        (
            {
                "logo": {"self": "https://api.example/"},
                "x": {"info": "https://i.example/", "signInURL": "https://a.example/4"},
            },
            "https://a.example/4",
        ),
        ({"logo": {"href": "https://l.example/"}, "session": "https://a.example/5"}, "https://a.example/5"),
        ({"supportUrl": "https://h.example/"}, "https://h.example/"),
        ({"id": "x"}, None),
        (Reply(None, 204), None),
    ):
        _, run = odd({route: answer})
        done = run("emulate", "onboarding", "link", "C-1", "--yes", "-o", "json")
        assert (done.code, done.json["url"]) == (0, url)
        assert (done.json["message"] is None) is (url is not None)


def test_a_token_kept_from_before_that_is_refused_is_signed_anew_once(odd: Odd, home: Path) -> None:
    server, run = odd(
        {DEVICES: lambda asked: Reply(None, 403) if "stale" in asked.headers["Authorization"] else ROWS}
    )
    assert run(*LIST).code == 0
    (kept,) = (home / ".local/state/energyctl/tokens").glob("*.json")
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "value": "stale"}))
    server.asked.clear()
    assert run(*LIST).code == 0
    assert ["stale" in one.headers["Authorization"] for one in server.asked] == [True, False]
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "value": "stale"}))
    server.answers[DEVICES] = Reply(None, 403)
    server.asked.clear()
    done = run(*LIST)
    assert (done.code, len(server.asked), kept.exists()) == (5, 2, False)
