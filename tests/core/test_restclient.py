"""What the clients of REST providers share, in this process against a real socket."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from energyctl.core.endpoints import INFERRED, Operation, by_name
from energyctl.core.errors import BadAnswer, ConfigProblem, NotFound, OutcomeUnknown
from energyctl.core.restclient import RestClient
from energyctl.core.session import Session
from energyctl.core.transport import Answer, Request, Rest
from energyctl.providers.emulate.settings import SETTINGS
from tests.providers.emulate.odd_server import OddServer, Reply

TABLE = by_name(
    [
        Operation("list_things", "GET", "/things"),
        Operation("get_thing", "GET", "/things/{thingId}", INFERRED),
        Operation("make_thing", "POST", "/things", INFERRED),
    ]
)
Make = Callable[..., RestClient]


@pytest.fixture
def server() -> Iterator[OddServer]:
    """A server whose answers the test sets."""
    with OddServer() as odd:
        yield odd


@pytest.fixture
def make(tmp_path: Path, server: OddServer) -> Iterator[Make]:
    """Make a client; its address may have a path of its own."""
    made: list[RestClient] = []

    def build(path: str = "", **section: Any) -> RestClient:
        config = tmp_path / "c.yaml"
        config.write_text(
            yaml.safe_dump({"profiles": {"p": {"emulate": {"api_url": server.url + path, **section}}}})
        )
        env = {
            "ENERGYCTL_CONFIG": str(config),
            "ENERGYCTL_STATE_DIR": str(tmp_path / "s"),
            "ENERGYCTL_BACKOFF_S": "0",
        }
        session = Session(stdin=io.StringIO(), stdout=io.StringIO(), stderr=io.StringIO(), env=env)
        made.append(RestClient(session, session.profile.section(SETTINGS), TABLE, address="api_url"))
        return made[-1]

    yield build
    for one in made:
        one.rest.close()


def _things(client: RestClient, **options: Any) -> list[Any]:
    return list(client.many("list_things", noun="things", **options))


def test_the_table_needs_no_address(tmp_path: Path) -> None:
    said = io.StringIO()
    session = Session(
        stderr=said,
        env={"ENERGYCTL_CONFIG": str(tmp_path / "c.yaml"), "ENERGYCTL_STATE_DIR": str(tmp_path)},
    )
    (tmp_path / "c.yaml").write_text("profiles: {p: {emulate: {retailer_id: 1}}}")
    client = RestClient(session, session.profile.section(SETTINGS), TABLE, address="api_url")
    assert len(list(client.endpoints)) == 3
    with pytest.raises(ConfigProblem):
        client.one("get_thing", {"thingId": "1"})
    assert said.getvalue() == ""  # nothing is inferred about a server that nobody has named


@pytest.mark.parametrize(
    ("body", "inner"),
    [
        ({"data": {"a": 1}}, {"a": 1}),
        ({"item": {"a": 1}}, {"a": 1}),
        ({"data": {"a": 1}, "more": 2}, {"data": {"a": 1}, "more": 2}),
        ({"data": [1]}, {"data": [1]}),
        ({"thing": {"a": 1}}, {"thing": {"a": 1}}),
    ],
)
def test_only_a_wrapping_is_taken_away(make: Make, server: OddServer, body: Any, inner: Any) -> None:
    server.answers["GET /things/1"] = body
    assert make().one("get_thing", {"thingId": "1"}) == inner


def test_an_object_where_one_is_expected(make: Make, server: OddServer) -> None:
    client = make()
    for answer, said in (([1, 2], "a list"), (Reply(b"null"), "nothing"), (Reply(b"7"), "a bare value")):
        server.answers["GET /things/1"] = answer
        with pytest.raises(BadAnswer, match=f"with {said} where an object") as caught:
            client.an_object("get_thing", {"thingId": "1"}, subject="thing 1")
        assert (caught.value.operation, caught.value.provider) == ("get_thing", "emulate")
    server.answers["GET /things/1"] = [{"a": 1}]
    assert client.an_object("get_thing", {"thingId": "1"}) == {"a": 1}


@pytest.mark.parametrize(
    "following",
    [
        "{url}/base/things?from=2",
        "/base/things?from=2",
        "?from=2",
        "/things?from=2",
        "//{host}/base/things?from=2",
    ],
)
def test_the_next_address_may_be_whole_or_partial(make: Make, server: OddServer, following: str) -> None:
    address = following.format(url=server.url, host=server.url.partition("//")[2])

    def answer(asked: Any) -> Any:
        if asked.query:
            return [{"id": 2}]
        return Reply([{"id": 1}], headers={"Link": f'<{address}>; rel="next"'})

    server.answers["GET /base/things"] = answer
    assert _things(make("/base")) == [{"id": 1}, {"id": 2}]
    assert [one.query for one in server.asked] == [{}, {"from": "2"}]


@pytest.mark.parametrize("query", ["cursor=%A4%FFx", "cursor=a+b/c%3D&flag", "a=1&&b=%2B%20", "from=%C3%A5"])
def test_the_query_of_the_next_address_is_sent_as_it_was_given(
    make: Make, server: OddServer, query: str
) -> None:
    server.answers["GET /things"] = lambda asked: (
        [{"id": 2}] if asked.query else Reply([{"id": 1}], headers={"Link": f'<?{query}>; rel="next"'})
    )
    assert _things(make()) == [{"id": 1}, {"id": 2}]
    assert [one.raw_query for one in server.asked] == ["", query]


@pytest.mark.parametrize(
    "host", ["//elsewhere.example/x", "https://elsewhere.example/x", "http://127.0.0.1:1/x"]
)
def test_another_host_is_never_asked(make: Make, server: OddServer, host: str) -> None:
    server.answers["GET /things"] = {"items": [{"id": 1}], "next": host}
    rows = make().many("list_things", noun="things")
    assert next(rows) == {"id": 1}
    with pytest.raises(BadAnswer) as caught:
        next(rows)
    assert caught.value.code == "redirected"
    assert len(server.asked) == 1


@pytest.mark.parametrize("mark", ["next", "next_cursor"])
def test_what_is_too_long_for_an_address_is_the_answers_fault(
    make: Make, server: OddServer, mark: str
) -> None:
    server.answers["GET /things"] = {"items": [{"id": 1}], mark: "/things?from=" + "x" * 70_000}
    with pytest.raises(BadAnswer, match="at what is no address") as caught:
        _things(make())
    assert (caught.value.operation, len(server.asked)) == ("list_things", 1)


def test_a_host_in_capitals_is_the_same(make: Make, server: OddServer) -> None:
    port = server.url.rpartition(":")[2]
    server.answers["GET /things"] = lambda asked: (
        [{"id": 2}]
        if asked.query
        else {"items": [{"id": 1}], "next": f"http://LOCALHOST:{port}/things?page=2"}
    )
    assert _things(make(api_url=f"http://localhost:{port}")) == [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize(
    ("base", "address", "is_here"),
    [
        ("https://api.example", "https://API.example:443/x?a", True),
        ("https://api.example:443", "https://api.example/x?a", True),
        (
            "https://api.example",
            "http://api.example/x?a",
            True,
        ),  # by a server behind a proxy; https stays https
        ("https://api.example:8443", "https://api.example:8443/x?a", True),
        ("https://api.example:8443", "https://api.example/x?a", False),
        ("https://api.example", "https://api.example:8443/x?a", False),
        ("https://api.example", "https://api.example@elsewhere.example/x?a", False),
        ("https://api.example", "https://api.example:port/x?a", None),
        ("https://api.example", "https://[api.example/x?a", None),
        ("https://api.example", "https://api.example/x?a=\\u0001", None),
        ("https://api.example", "?a=\\ud800", None),
    ],
)
def test_what_counts_as_the_same_host(
    make: Make, monkeypatch: pytest.MonkeyPatch, base: str, address: str, is_here: bool | None
) -> None:
    asked: list[str] = []

    def call(rest: Rest, request: Request) -> Answer:
        asked.append(rest.url(request))
        return Answer(
            200,
            {},
            b'[{"id": 2}]' if asked[1:] else f'{{"items": [{{"id": 1}}], "next": "{address}"}}'.encode(),
            request,
        )

    monkeypatch.setattr(Rest, "call", call)
    client = make(api_url=base)
    if is_here:
        assert _things(client) == [{"id": 1}, {"id": 2}]
        assert asked == [f"{base}/things", f"{base}/x?a"]
        return
    with pytest.raises(BadAnswer) as caught:
        _things(client)
    assert caught.value.code == ("bad_answer" if is_here is None else "redirected")
    assert asked == [f"{base}/things"]


def test_each_answer_is_shown_before_its_rows_come(make: Make, server: OddServer) -> None:
    server.answers["GET /things"] = lambda asked: {
        "unit": "kWh",
        "items": [{"id": asked.query.get("cursor", "0")}],
        "next_cursor": None if asked.query else "1",
    }
    seen: list[Any] = []
    rows = make().many("list_things", noun="things", look=seen.append)
    next(rows)
    assert [one["unit"] for one in seen] == ["kWh"]
    assert [one["id"] for one in rows] == ["1"]
    assert len(seen) == 2


def test_the_query_of_a_list_stays_with_every_page(make: Make, server: OddServer) -> None:
    server.answers["GET /things"] = lambda asked: {
        "items": [{"id": asked.query.get("page", "1")}],
        "page": int(asked.query.get("page", 1)),
        "total_pages": 3,
    }
    assert [one["id"] for one in _things(make(), query=[("kind", "car"), ("page", "1")])] == ["1", "2", "3"]
    assert {one.query["kind"] for one in server.asked} == {"car"}


def test_a_write_without_a_body_in_its_answer_is_done_and_with_html_unknown(
    make: Make, server: OddServer
) -> None:
    client = make()
    server.answers["POST /things"] = Reply(None, 200)
    assert client.body(client.request("make_thing", body={"a": 1})) is None
    server.answers["POST /things"] = Reply(b"<html>", headers={"Content-Type": "text/html"})
    with pytest.raises(OutcomeUnknown):
        client.body(client.request("make_thing", body={"a": 1}))
    assert [one.body for one in server.asked] == [{"a": 1}, {"a": 1}]


def test_a_missing_path_that_is_inferred_is_explained(make: Make) -> None:
    client = make()
    with pytest.raises(NotFound) as caught:
        client.one("get_thing", {"thingId": "1"})
    assert "only inferred" in caught.value.message
    with pytest.raises(NotFound) as caught:
        client.one("list_things")
    assert "inferred" not in caught.value.message
    raw = client.raw_request("GET", "things", [("a", "b")], None)
    assert (raw.path, raw.reads, raw.operation) == ("/things", True, "api")
