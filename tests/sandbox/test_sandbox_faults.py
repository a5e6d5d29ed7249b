"""Fault specs, and what each kind does to a connection."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyctl.sandbox.faults import KINDS, Faults, parse_fault
from tests.conftest import until


def test_a_full_spec_is_read() -> None:
    fault = parse_fault("rabot:429=2@POST /partner/v1/orders#3")
    assert (fault.kind, fault.seconds, fault.method, fault.prefix, fault.remaining) == (
        "429", 2.0, "POST", "/partner/v1/orders", 3,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("rabot:429", ("429", None, None, None, None, None)),
        ("rabot:500@/connect", ("500", None, None, None, "/connect", None)),
        ("rabot:drop-after@post", ("drop-after", None, None, "POST", None, None)),
        (
            "rabot:redirect=http://u@127.0.0.1:9/x#1",
            ("redirect", None, "http://u@127.0.0.1:9/x", None, None, 1),
        ),
        ("rabot:redirect=http://h/@GET /a", ("redirect", None, "http://h/", "GET", "/a", None)),
        ("rabot:latency=0.5#2", ("latency", 0.5, None, None, None, 2)),
    ],
)
def test_parts_may_be_left_out(spec: str, expected: tuple[Any, ...]) -> None:
    fault = parse_fault(spec)
    assert (fault.kind, fault.seconds, fault.url, fault.method, fault.prefix, fault.remaining) == expected


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("429", "no colon"),
        ("acme:429", "unknown provider 'acme'; known: .*rabot"),
        ("rabot:418", "unknown kind '418'.*kinds are latency, 429, 500, 502-html"),
        ("rabot:latency", "needs seconds"),
        ("rabot:latency=soon", "number of seconds"),
        ("rabot:latency=nan", "0 to 600"),
        ("rabot:slow=-1", "0 to 600"),
        ("rabot:500=3", "takes no value"),
        ("rabot:redirect", "needs a URL"),
        ("rabot:500#0", "above 0"),
        ("rabot:500#many", "above 0"),
        ("rabot:500@", "METHOD PATHPREFIX"),
        ("rabot:500@FETCH /x", "not an HTTP method"),
        ("rabot:500@GET /x extra", "METHOD PATHPREFIX"),
    ],
)
def test_bad_specs_say_what_is_wrong(spec: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_fault(spec)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_with_the_known_kinds(text: str) -> None:
    try:
        fault = parse_fault(f"rabot:{text}")
    except ValueError as problem:
        told = str(problem)
    else:
        told = f"drop-before and {fault.kind}" if fault.kind in KINDS else "an unknown kind was let through"
    assert "drop-before" in told


def test_counts_run_out_latencies_add_up_and_the_first_other_fault_strikes() -> None:
    faults = Faults(["rabot:latency=1#1", "rabot:latency=0.5", "rabot:500#1", "rabot:503"])
    first, second = (faults.take("rabot", "GET", "/partner/v1/x", api=True) for _ in range(2))
    assert (first.delay_s, first.fault and first.fault.kind) == (1.5, "500")
    assert (second.delay_s, second.fault and second.fault.kind) == (0.5, "503")
    assert faults.take("bright", "GET", "/partner/v1/x", api=True).fault is None
    faults.reset()
    assert [each["remaining"] for each in faults.listing()] == [1, None, 1, None]


@pytest.fixture
def fault(sandbox: Any) -> Iterator[Callable[[str], None]]:
    yield lambda *specs: sandbox.control("/faults", {"add": list(specs)})
    sandbox.control("/faults", {"clear": True})


def test_statuses(api: httpx.Client, fault: Callable[..., None]) -> None:
    fault("rabot:429=2#1", "rabot:429#1", "rabot:503=1#1", "rabot:500#1", "rabot:expired-token#1")
    answers = [api.get("/tariffs") for _ in range(6)]
    assert [each.status_code for each in answers] == [429, 429, 503, 500, 401, 200]
    assert [each.headers.get("Retry-After") for each in answers] == ["2", None, "1", None, None, None]
    for each in answers[:5]:
        assert each.json()["isSuccess"] is False
        assert each.json()["error"][0]["severity"] == "Error"


def test_answers_that_are_not_what_they_should_be(api: httpx.Client, fault: Callable[..., None]) -> None:
    fault("rabot:502-html#1", "rabot:not-json#1", "rabot:html#1", "rabot:wrong-shape#1", "rabot:empty#1")
    gateway, text, page, shape, empty = (api.get("/tariffs") for _ in range(5))
    assert gateway.status_code == 502
    assert gateway.text.startswith("<!DOCTYPE html>")
    assert (text.status_code, text.headers["Content-Type"].split(";")[0]) == (200, "text/plain")
    assert (page.status_code, page.headers["Content-Type"].split(";")[0]) == (200, "text/html")
    assert shape.status_code == 200
    assert "data" not in shape.json()
    assert (empty.status_code, empty.content) == (200, b"")


def test_a_redirect_leads_elsewhere(api: httpx.Client, fault: Callable[..., None]) -> None:
    fault("rabot:redirect=http://127.0.0.1:1/evil#1")
    answer = api.get("/tariffs")
    assert (answer.status_code, answer.headers["Location"]) == (302, "http://127.0.0.1:1/evil")


def test_a_truncated_body_breaks_off(api: httpx.Client, fault: Callable[..., None]) -> None:
    whole = api.get("/tariffs")
    fault("rabot:truncate#1")
    with api.stream("GET", "/tariffs") as answer:
        assert answer.headers["Content-Length"] == whole.headers["Content-Length"]
        got: list[bytes] = []
        with pytest.raises(httpx.RemoteProtocolError):
            got.extend(answer.iter_raw())
    assert b"".join(got) == whole.content[: len(whole.content) // 2]


def test_latency_and_slow_take_their_time_and_deliver_everything(
    api: httpx.Client, fault: Callable[..., None]
) -> None:
    whole = api.get("/tariffs").content
    fault("rabot:latency=0.2#1")
    begun = time.perf_counter()
    assert api.get("/tariffs").content == whole
    assert time.perf_counter() - begun >= 0.2
    fault("rabot:slow=0.3#1")
    begun = time.perf_counter()
    with api.stream("GET", "/tariffs") as answer:
        pieces = list(answer.iter_raw())
    assert time.perf_counter() - begun >= 0.3
    assert len(pieces) > 3
    assert b"".join(pieces) == whole


def test_dropping_before_does_nothing_and_dropping_after_did_it(
    sandbox: Any, api: httpx.Client, fault: Callable[..., None], make_order: Callable[..., dict[str, Any]]
) -> None:
    def orders_of(email: str) -> int:
        found = api.get("/orders", params={"limit": 100}).json()["data"]["orders"]
        return sum(order["emailAddress"] == email for order in found)

    for kind, email, expected in (
        ("drop-before", "drop.before@example.org", 0),
        ("drop-after", "drop.after@example.org", 1),
        ("truncate", "drop.truncate@example.org", 1),
        ("500", "drop.500@example.org", 0),
    ):
        sandbox.control("/requests", method="DELETE")
        fault(f"rabot:{kind}@POST /partner/v1/orders#1")
        try:
            status: int | None = api.post("/orders", json=make_order(email)).status_code
        except httpx.RemoteProtocolError:
            status = None
        assert status == (500 if kind == "500" else None)
        assert orders_of(email) == expected, kind
        first = sandbox.control("/requests", method="GET")["requests"][0]
        assert (first["path"], first["fault"]) == ("/partner/v1/orders", kind)
        assert first["status"] == {"truncate": 200, "500": 500}.get(kind)


def test_a_fault_without_filter_spares_the_token_server(sandbox: Any, fault: Callable[..., None]) -> None:
    fault("rabot:500")
    assert sandbox.token_answer().status_code == 200
    fault("rabot:503=4@POST /connect")
    answer = sandbox.token_answer()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "4")


def test_faults_are_listed_counted_down_and_a_bad_one_changes_nothing(
    sandbox: Any, api: httpx.Client
) -> None:
    sandbox.control("/faults", {"clear": True, "add": ["rabot:500#2"]})
    api.get("/tariffs")
    listed = sandbox.control("/faults", method="GET")["faults"]
    assert [(each["spec"], each["remaining"]) for each in listed] == [("rabot:500#2", 1)]
    with pytest.raises(Exception, match="unknown kind"):
        sandbox.control("/faults", {"clear": True, "add": ["rabot:nonsense"]})
    assert sandbox.control("/faults", method="GET")["faults"] == listed
    assert sandbox.control("/faults", {"clear": True}) == {"faults": []}


def test_what_a_latency_holds_up_does_nothing_after_a_reset(
    sandbox: Any, api: httpx.Client, fault: Callable[..., None], make_order: Callable[..., dict[str, Any]]
) -> None:
    sandbox.control("/requests", method="DELETE")
    fault("rabot:latency=2@POST /partner/v1/orders")
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(api.post, "/orders", json=make_order("late@example.org"))
        until(lambda: sandbox.control("/requests", method="GET")["requests"])
        sandbox.control("/reset")
        with pytest.raises(httpx.RemoteProtocolError):
            late.result()
    orders = api.get("/orders", params={"limit": 100}).json()["data"]["orders"]
    assert "late@example.org" not in {order["emailAddress"] for order in orders}
