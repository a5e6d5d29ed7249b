"""Where each operation goes, by the tool's own table, an imported file and the profile."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.endpoints import (
    INFERRED,
    Endpoints,
    Operation,
    by_name,
    matches,
    path_part,
    pins_file,
    placeholders,
)
from energyctl.core.errors import ConfigProblem, NotFound, Refused, UsageProblem
from energyctl.core.session import Session
from energyctl.providers.emulate.settings import SETTINGS
from tests.properties import examples

TABLE = by_name(
    [
        Operation("list_things", "GET", "/things"),
        Operation("get_thing", "GET", "/things/{thingId}", INFERRED),
        Operation("remove_part", "DELETE", "/things/{thingId}/parts/{partId}", INFERRED),
        Operation("price", "POST", "/price", computes=True),
    ]
)


def _endpoints(
    tmp_path: Path, pins: dict[str, Any] | None = None, **section: Any
) -> tuple[Endpoints, Session]:
    config = tmp_path / "c.yaml"
    kept = {"api_url": "https://api.example", **section}
    config.write_text(yaml.safe_dump({"profiles": {"p": {"emulate": kept}}}))
    session = Session(
        stdin=io.StringIO(),
        stdout=io.StringIO(),
        stderr=io.StringIO(),
        env={"ENERGYCTL_CONFIG": str(config), "ENERGYCTL_STATE_DIR": str(tmp_path / "state")},
    )
    found = session.profile.section(SETTINGS)
    if pins is not None:
        place = pins_file(session, found)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(pins))
    return Endpoints(session, found, TABLE), session


def test_the_table_is_in_force_by_itself(tmp_path: Path) -> None:
    endpoints, _ = _endpoints(tmp_path)
    assert [(one.operation.id, one.method, one.path, one.source) for one in endpoints][1] == (
        "get_thing",
        "GET",
        "/things/{thingId}",
        "inferred",
    )
    request = endpoints.request("remove_part", {"thingId": "a b", "partId": "ü/x"}, query=[("q", "1")])
    assert (request.method, request.path) == ("DELETE", "/things/a%20b/parts/%C3%BC%2Fx")
    assert (request.reads, list(request.query)) == (False, [("q", "1")])
    assert endpoints.request("price").reads
    assert TABLE["price"].parameters == ()


def test_the_imported_file_moves_and_the_profile_has_the_last_word(tmp_path: Path) -> None:
    pins = {
        "pins": {
            "list_things": {"method": "POST", "path": "/v2/list", "operationId": "l", "names": {}},
            "get_thing": {
                "method": "GET",
                "path": "/v2/items/{item}",
                "operationId": "g",
                "names": {"thingId": ["path", "item"], "from": ["query", "start"]},
            },
            "remove_part": {
                "method": "DELETE",
                "path": "/v2/parts",
                "operationId": "r",
                "names": {"partId": ["query", "part"]},
            },
        }
    }
    endpoints, _ = _endpoints(tmp_path, pins, endpoints={"list_things": "put /v3/all"})
    moved = endpoints.request("get_thing", {"thingId": "7"}, query=[("from", "x"), ("to", "y")])
    assert (moved.path, list(moved.query)) == ("/v2/items/7", [("start", "x"), ("to", "y")])
    assert endpoints.of("get_thing").source == "spec"
    queried = endpoints.request("remove_part", {"thingId": "1", "partId": "2"})
    assert (queried.method, queried.path, list(queried.query)) == ("DELETE", "/v2/parts", [("part", "2")])
    assert (endpoints.of("list_things").method, endpoints.of("list_things").source) == ("PUT", "profile")


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"pins": 3}', '{"pins": {"get_thing": 5}}', '{"pins": {"get_thing": {}}}']
)
def test_a_damaged_record_of_an_import_leaves_the_table_in_force(tmp_path: Path, content: str) -> None:
    _, session = _endpoints(tmp_path)
    section = session.profile.section(SETTINGS)
    place = pins_file(session, section)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(content)
    assert Endpoints(session, section, TABLE).of("get_thing").path == "/things/{thingId}"


def test_the_profile_may_put_a_parameter_into_the_query_and_rename_others(tmp_path: Path) -> None:
    corrected = {"get_thing": "/thing?ref={thingId}"}
    endpoints, _ = _endpoints(tmp_path, endpoints=corrected, parameters={"from": "since"})
    request = endpoints.request("get_thing", {"thingId": "a&b"}, query=[("from", "x")])
    assert (request.method, request.path) == ("GET", "/thing")
    assert list(request.query) == [("ref", "a&b"), ("since", "x")]


def test_the_profile_may_fix_parameters_of_the_query(tmp_path: Path) -> None:
    corrected = {
        "get_thing": "/thing?ref={thingId}&include=parts&v=2&include=a%26b&all",
        "list_things": "/x?n=1",
    }
    endpoints, _ = _endpoints(tmp_path, endpoints=corrected, parameters={"version": "v"})
    fixed = [("include", "parts"), ("v", "2"), ("include", "a&b"), ("all", "")]
    assert list(endpoints.request("get_thing", {"thingId": "7"}).query) == [*fixed, ("ref", "7")]
    assert endpoints.request("list_things").path == "/x"
    asked = endpoints.request("get_thing", {"thingId": "7"}, query=[("version", "3"), ("from", "x")])
    kept = [pair for pair in fixed if pair[0] != "v"]
    assert list(asked.query) == [*kept, ("ref", "7"), ("v", "3"), ("from", "x")]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("get_thin", "/x", "Did you mean get_thing?"),
        ("zzz", "/x", "endpoints list"),
        ("get_thing", "x", "not a method and a path"),
        ("get_thing", "GET //host/x", "not a method and a path"),
        ("get_thing", "GET /x#y", "not a method and a path"),
        ("get_thing", "TAKE /x", "'TAKE' is not a method"),
        ("get_thing", "/x/{partId}", "{partId} is not a parameter"),
        ("get_thing", "/x?p={partId}", "{partId} is not a parameter"),
        ("get_thing", "/x?p=a-{thingId}", "'p=a-{thingId}' is neither one parameter nor a fixed value"),
        ("get_thing", "/x?{thingId}", "'{thingId}=' is neither one parameter nor a fixed value"),
    ],
)
def test_a_wrong_correction_is_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(ConfigProblem) as caught:
        _endpoints(tmp_path, endpoints={name: text})
    assert caught.value.code == "endpoint_invalid"
    assert f"emulate.endpoints.{name}" in caught.value.message
    assert said in f"{caught.value.message} {caught.value.hint}"


def test_a_path_that_wants_what_the_command_does_not_have(tmp_path: Path) -> None:
    pin = {"method": "GET", "path": "/v2/{region}/{thingId}", "operationId": "g", "names": {}}
    pins = {"pins": {"get_thing": pin}}
    endpoints, _ = _endpoints(tmp_path, pins)
    with pytest.raises(ConfigProblem, match="wants 'region'"):
        endpoints.request("get_thing", {"thingId": "1"})


def test_what_is_only_inferred_is_said_once(tmp_path: Path) -> None:
    endpoints, session = _endpoints(tmp_path)
    for _ in range(2):
        endpoints.announce("get_thing")
        endpoints.announce("list_things")
    assert session.stderr.getvalue().splitlines() == [  # type: ignore[attr-defined]
        "note: GET /things/{thingId} is inferred, not documented by Emulate."
    ]


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_missing_path_may_be_the_tools_mistake(tmp_path: Path, status: int) -> None:
    endpoints, _ = _endpoints(tmp_path)
    kind = NotFound if status == 404 else Refused
    told = endpoints.explained(kind("Not there.", hint="Check the id.", http_status=status), "get_thing")
    assert "The path of get_thing (GET /things/{thingId}) is only inferred" in told.message
    assert 'emulate.endpoints: {get_thing: "METHOD /path"}' in str(told.hint)
    assert "energyctl emulate spec import FILE" in str(told.hint)
    documented = endpoints.explained(kind("Not there.", http_status=status), "list_things")
    assert documented.message == "Not there."
    other = endpoints.explained(kind("No.", http_status=409), "get_thing")
    assert other.message == "No."


@examples(80)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12))
def test_a_value_stays_one_part_of_the_path(value: str) -> None:
    try:
        part = path_part("id", value, "emulate")
    except UsageProblem:
        assert value.strip(". ") == ""
        return
    assert unquote(part) == value
    assert not set(part) & set("/?#\\ \n")
    assert part.strip(".") != ""
    assert matches("/a/{id}/b", f"/a/{part}/b")


def test_templates() -> None:
    assert placeholders("/a/{b}/c/{d}") == ("b", "d")
    assert matches("/a/{b}", "/a/x")
    assert not matches("/a/{b}", "/a/x/y")
    assert not matches("/a/b", "/a/c")
