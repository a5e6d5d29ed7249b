"""Renaming, removing and setting: what is sent, what is read back, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.errors import UsageProblem
from energyctl.providers.emulate.assignments import (
    changes,
    check_kinds,
    leaves,
    nested,
    side_effects,
    strangers,
    unmet,
)
from tests.conftest import Run, Sandbox
from tests.properties import examples
from tests.providers.emulate.conftest import Odd
from tests.providers.emulate.odd_server import Asked, Reply

ANNA = "C-100001"
SET = ("emulate", "spo", "set", ANNA, "car")


def _ids(run: Run) -> dict[str, str]:
    return {one["kind"]: one["id"] for one in run("emulate", "devices", "list", ANNA, "-o", "json").json}


# -- rename and remove -----------------------------------------------------------------------------------------


def test_rename_reads_back_and_says_how_to_put_it_back(run: Run, sandbox: Sandbox) -> None:
    first = run("emulate", "devices", "rename", ANNA, "car", "Annas bil", "-o", "json")
    car = first.json["device_id"]
    assert (first.code, first.json["outcome"], first.json["custom_device_name"]) == (
        0,
        "changed",
        "Annas bil",
    )
    second = run("emulate", "devices", "rename", ANNA, "annas BIL", "it's", "-o", "json")
    assert f"energyctl emulate devices rename {ANNA} {car} 'Annas bil'" in second.err
    sandbox.forget_requests()
    again = run("emulate", "devices", "rename", ANNA, car, "it's", "-o", "json")
    assert (again.code, again.json["outcome"], sandbox.requests(method="PATCH")) == (0, "already", [])
    dry = run("emulate", "devices", "rename", ANNA, car, "x", "--dry-run", "-o", "json")
    assert dry.json["changes"] == [{"field": "custom_device_name", "before": "it's", "after": "x"}]
    assert dry.json["request"]["body"] == {"custom_device_name": "x"}
    assert sandbox.requests(method="PATCH") == []
    assert run("emulate", "devices", "rename", ANNA, car, " ").code == 2


def test_removed_devices_are_gone_and_each_is_removed_once(run: Run, sandbox: Sandbox) -> None:
    ids = _ids(run)
    done = run("emulate", "devices", "remove", ANNA, "car", ids["charger"], "car", "-o", "json")
    assert [(row["target"], row["outcome"]) for row in done.json] == [
        (ids["car"], "changed"),
        (ids["charger"], "changed"),
    ]
    assert len(sandbox.requests(method="DELETE")) == 2
    gone = run("emulate", "devices", "remove", ANNA, ids["car"], ids["heat_pump"], "-o", "json")
    assert (gone.code, [row["outcome"] for row in gone.json]) == (12, ["not_found", "changed"])
    unknown = run("emulate", "devices", "remove", ANNA, ids["car"])
    assert unknown.code == 3
    assert len(sandbox.requests(method="DELETE")) == 3
    listed = run("journal", "list", "-o", "json").json
    assert [row["operation"] for row in listed] == ["remove_device"] * 3


# -- settings ----------------------------------------------------------------------------------------------------


def test_only_what_was_named_is_sent(run: Run, sandbox: Sandbox, home: Path) -> None:
    (home / "o.yaml").write_text("mode: max_savings\nschedule:\n  weekends: {allowed_from: '19:00'}\n")
    done = run(
        *SET, "-f", "o.yaml", "target_soc_percent:=90", "schedule.weekdays.allowed_to=06:00", "-o", "json"
    )
    assert (done.code, done.json["outcome"]) == (0, "changed")
    (sent,) = sandbox.requests(method="PATCH")
    assert sent["json"] == {
        "mode": "max_savings",
        "schedule": {"weekends": {"allowed_from": "19:00"}, "weekdays": {"allowed_to": "06:00"}},
        "target_soc_percent": 90,
    }
    now = run("emulate", "spo", "show", ANNA, "car", "-o", "json").json
    assert now["schedule"]["weekdays"] == {"allowed_from": "21:00", "allowed_to": "06:00"}
    undo = done.err.split("To put it back: energyctl ")[1].splitlines()[0]
    import shlex

    back = run(*shlex.split(undo))
    assert back.code == 0
    was = run("emulate", "spo", "show", ANNA, "car", "-o", "json").json
    assert {**was, "updated_at": None} == {
        **now,
        "updated_at": None,
        "mode": "balanced",
        "target_soc_percent": 80,
        "schedule": {
            "weekdays": {"allowed_from": "21:00", "allowed_to": "07:00"},
            "weekends": {"allowed_from": "20:00", "allowed_to": "10:00"},
        },
    }


def test_what_is_so_already_is_not_sent_and_a_dry_run_sends_nothing(run: Run, sandbox: Sandbox) -> None:
    done = run(*SET, "target_soc_percent:=80", "-o", "json")
    assert (done.code, done.json["outcome"], done.json["journal_id"]) == (0, "already", None)
    dry = run(*SET, "target_soc_percent:=85", "departure_time:=null", "--dry-run", "-o", "json")
    assert dry.json["changes"] == [
        {"field": "target_soc_percent", "before": 80, "after": 85},
        {"field": "departure_time", "before": "07:00", "after": None},
    ]
    assert sandbox.requests(method="PATCH") == []


@pytest.mark.parametrize(
    ("words", "given_text", "said"),
    [
        (("target_soc_percent=90",), "", "target_soc_percent:=90"),
        (("enabled=True",), "", "enabled:=true"),
        (("foo",), "", "name:=JSON"),
        (("a:=",), "", "not JSON"),
        (("a:=NaN",), "", "not JSON"),
        ((".a=1",), "", "not a setting's name"),
        (("a..b=1",), "", "not a setting's name"),
        (("a=1", "a.b=2"), "", "already has a value"),
        ((), "", "No setting was named"),
        (("-f", "-"), "[1]", "does not hold an object"),
        (("-f", "-"), "a: [", "neither JSON nor YAML"),
        (("-f", "-"), "a: .nan", "JSON cannot carry"),
        (("-f", "nowhere.json"), "", "nowhere.json"),
    ],
)
def test_what_spo_set_refuses_to_send(
    run: Run, sandbox: Sandbox, words: tuple[str, ...], given_text: str, said: str
) -> None:
    done = run(*SET, *words, input=given_text)
    assert (done.code, done.out, said in done.err) == (2, "", True)
    assert sandbox.requests(method="PATCH") == []


def test_what_the_provider_refuses_is_told_in_its_words(run: Run) -> None:
    done = run(*SET, "targt_soc_percent:=90", "-o", "json")
    assert (done.code, done.json["outcome"]) == (6, "rejected")
    assert "did you mean 'target_soc_percent'?" in done.err
    assert "targt_soc_percent is not a known field" in done.error["message"]
    listed = run("journal", "list", "-o", "json").json
    assert (listed[0]["outcome"], listed[0]["operation"]) == ("rejected", "set_spo_settings")


# -- at an odd server ------------------------------------------------------------------------------------------

CAR = "609a3eca-517f-4188-93e0-dc7fc07b439b"
ALL = "/v1/retailer/customers/C-1/devices"
ONE = f"{ALL}/{CAR}"
SPO = f"{ONE}/spo-settings"


def test_a_device_that_is_listed_twice_is_one(odd: Odd) -> None:
    there = [{"id": CAR, "kind": "car"}, {"id": CAR, "kind": "car"}, {"id": "c", "kind": "charger"}]

    def remove(_: Asked) -> Reply:
        there[:2] = []
        return Reply(None, 204)

    server, run = odd({f"GET {ALL}": lambda _: there, f"GET {ONE}": there[0], f"DELETE {ONE}": remove})
    assert run("emulate", "devices", "show", "C-1", "car", "-o", "json").json == there[0]
    unknown = run("emulate", "devices", "show", "C-1", "boat", "-o", "json")
    assert (unknown.code, unknown.error["hint"].count(CAR)) == (3, 1)
    dry = run("emulate", "customers", "offboard", "C-1", "--dry-run", "-o", "json").json
    assert len(dry["changes"]) == 2
    assert run("emulate", "devices", "remove", "C-1", "car", "--yes").code == 0
    assert server.asks("DELETE") == [f"DELETE {ONE}"]


@pytest.mark.parametrize("written", [str, str.upper])
@pytest.mark.parametrize("listed", [str, str.upper])
def test_the_capitals_of_a_uuid_mean_nothing(odd: Odd, written: Any, listed: Any) -> None:
    there = [{"id": listed(CAR), "kind": "car"}]

    def remove(_: Asked) -> Reply:
        there.clear()
        return Reply(None, 204)

    _, run = odd({f"GET {ALL}": lambda _: there, f"DELETE {ALL}/{listed(CAR)}": remove})
    done = run("emulate", "devices", "remove", "C-1", written(CAR), written(CAR), "--yes", "-o", "json")
    assert (done.code, [row["outcome"] for row in done.json]) == (0, ["changed"]), done.err
    gone = run("emulate", "devices", "remove", "C-1", written(CAR), "--yes", "-o", "json")
    assert (gone.code, gone.json["outcome"]) == (3, "not_found")


@pytest.mark.parametrize(
    ("path", "former", "wished", "words", "said"),
    [
        (
            ONE,
            {"custom_device_name": "Old"},
            {"custom_device_name": "Anna"},
            ("devices", "rename", "C-1", CAR, "Anna"),
            "Accepted, but the device shows 'Old'.",
        ),
        (SPO, {"soc": 70}, {"soc": 80}, ("spo", "set", "C-1", CAR, "soc:=80"), "Accepted, but soc is 70."),
    ],
    ids=["a name", "a setting"],
)
def test_what_is_told_of_the_state_is_what_was_judged(
    odd: Odd, path: str, former: Any, wished: Any, words: tuple[str, ...], said: str
) -> None:
    """What was set arrives a little later: a second read would say that it is there, and that this is wrong."""
    answers = iter([former, former])
    server, run = odd({f"GET {path}": lambda _: next(answers, wished), f"PATCH {path}": Reply({})})
    done = run("emulate", *words, "--yes", "-o", "json")
    assert (done.code, done.json["outcome"], done.json["message"]) == (6, "rejected", said)
    assert server.asks() == [f"GET {path}", f"PATCH {path}", f"GET {path}"]


def test_what_was_accepted_for_later_and_not_read_back_may_still_happen(odd: Odd) -> None:
    states = iter([{"id": CAR, "custom_device_name": "Old"}])
    _, run = odd({f"GET {ONE}": lambda _: next(states, Reply(None, 500)), f"PATCH {ONE}": Reply(None, 202)})
    done = run("emulate", "devices", "rename", "C-1", CAR, "New", "--yes", "-o", "json")
    assert (done.code, done.json["outcome"]) == (9, "unknown")
    assert done.json["message"].startswith("Accepted for later (status 202); reading it back failed: ")


def test_what_was_null_is_put_back_and_what_was_not_there_is_named(odd: Odd) -> None:
    state: dict[str, Any] = {"soc": 70, "until": None}

    def change(asked: Asked) -> Reply:
        state.update(asked.body)
        return Reply({})

    _, run = odd({f"GET {SPO}": lambda _: dict(state), f"PATCH {SPO}": change})
    words = ("emulate", "spo", "set", "C-1", CAR, "--yes", "-o", "json")
    done = run(*words, "soc:=80", "until=2027-01-01", "boost:=true")
    assert (done.code, done.json["outcome"]) == (0, "changed")
    assert f"To put it back: energyctl emulate spo set C-1 {CAR} soc:=70 until:=null\n" in done.err
    assert done.json["message"] == "Not there before, so that no command puts it back: boost."
    assert run(*words, "soc:=70", "until:=null").json["message"] is None
    assert state == {"soc": 70, "until": None, "boost": True}
    new = run(*words, "pause:=true")
    assert (new.code, "To put it back" in new.err, "pause" in new.json["message"]) == (0, False, True)


# -- onboarding --------------------------------------------------------------------------------------------------


def test_an_onboarding_link(run: Run, sandbox: Sandbox) -> None:
    done = run("emulate", "onboarding", "link", ANNA, "--field", "device_kind=car", "--qr", "-o", "json")
    assert (done.code, done.json["outcome"]) == (0, "changed")
    assert done.json["url"] == done.json["answer"]["url"]
    assert done.json["url"].startswith("https://")
    assert len([line for line in done.err.splitlines() if "█" in line]) > 15
    assert sandbox.requests(method="POST")[0]["json"] == {"device_kind": "car"}
    assert run("emulate", "onboarding", "link", ANNA, "-o", "ids").out.startswith("https://")
    bare = sandbox.requests(method="POST")[1]
    assert (bare["json"], bare["text"]) == (None, None)
    dry = run("emulate", "onboarding", "link", ANNA, "--dry-run", "-o", "json")
    assert dry.json["request"]["url"].endswith("/onboarding-links")
    assert len(sandbox.requests(method="POST")) == 2
    wrong = run("emulate", "onboarding", "link", ANNA, "--field", "device_kind=boat", "-o", "json")
    assert (wrong.code, "device_kind must be one of" in wrong.error["message"]) == (6, True)


# -- assignments by themselves -----------------------------------------------------------------------------------

_NAMES = st.text("abc", min_size=1, max_size=3)
_VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text("xy", max_size=2)
    | st.lists(st.integers(), max_size=2)
)
_OBJECTS = st.recursive(
    st.dictionaries(_NAMES, _VALUES, max_size=3),
    lambda inner: st.dictionaries(_NAMES, _VALUES | inner, max_size=3),
    max_leaves=6,
)


@examples(80)
@given(_OBJECTS)
def test_leaves_make_the_object_again(body: dict[str, Any]) -> None:
    pairs = list(leaves(body))
    assert nested(pairs) == body
    assert changes(body, body) == []
    assert side_effects(body, body, {}) == []
    assert strangers(body, body) == []


@examples(80)
@given(_OBJECTS, _OBJECTS)
def test_changes_are_what_is_wished_and_not_so(current: dict[str, Any], wished: dict[str, Any]) -> None:
    found = {one.field: one.after for one in changes(current, wished)}
    have, want = dict(leaves(current)), dict(leaves(wished))
    assert (
        found.items() <= want.items() if all(_hashable(v) for v in want.values()) else set(found) <= set(want)
    )
    for path in set(want) - set(found):
        assert json.dumps(have.get(path, wished)) == json.dumps(want[path]) or want[path] == {}


def _hashable(value: Any) -> bool:
    return not isinstance(value, list | dict)


def test_true_is_not_one_and_a_text_is_not_a_number() -> None:
    assert [one.field for one in changes({"a": 1, "b": "1"}, {"a": True, "b": 1})] == ["a", "b"]
    with pytest.raises(UsageProblem, match="a is a number now") as caught:
        check_kinds({"a": 1}, [("a", "2")])
    assert "a:=2" in str(caught.value.hint)
    check_kinds({"a": "x", "b": None}, [("a", "2"), ("b", "2"), ("c", "2")])


@pytest.mark.parametrize(
    ("now", "is_met"),
    [
        (65, True),
        (65.0, True),
        ("65", True),
        ("65.0", True),
        (64, False),
        ("much", False),
        (10**400, False),
        (None, False),
        (True, False),
    ],
)
def test_a_number_is_in_force_however_the_provider_writes_it(now: Any, is_met: bool) -> None:
    assert (unmet({"target_soc_percent": now}, {"target_soc_percent": 65}) == []) is is_met


@pytest.mark.parametrize(
    ("now", "is_met"), [({"soc": 1}, True), ({"until": None}, True), ({"until": 0}, False)]
)
def test_a_null_is_in_force_also_when_the_provider_does_not_write_it(
    odd: Odd, now: dict[str, Any], is_met: bool
) -> None:
    answers = iter([{"soc": 1, "until": "2027-01-01"}])
    _, run = odd({f"GET {SPO}": lambda _: next(answers, now), f"PATCH {SPO}": Reply({})})
    done = run("emulate", "spo", "set", "C-1", CAR, "until:=null", "--yes", "-o", "json")
    assert (done.code, done.json["outcome"]) == ((0, "changed") if is_met else (6, "rejected"))


def test_side_effects_are_what_went_with_it() -> None:
    before = {"s": {"from": 1, "to": 2}, "other": 1, "updated_at": "x"}
    after = {"s": {"from": 5}, "other": 7, "updated_at": "y"}
    found = side_effects(before, after, {"s": {"from": 5}})
    assert [(one.field, one.before) for one in found] == [("s.to", 2)]
    assert [one.field for one in side_effects(before, {}, {"other": 1})] == ["s.from", "s.to", "updated_at"]
