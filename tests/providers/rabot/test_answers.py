"""What the API may answer instead of an answer: each has its exit code and two useful lines."""

from __future__ import annotations

import json

import pytest

from energyctl.providers.rabot import answers
from tests.conftest import Run, Sandbox

TARIFFS = "/partner/v1/tariffs"
WHO = ("1000001", "400000001")
EVERY_READ = [
    ("tariffs", "list"),
    ("quote", "RabotSmart", "--postcode", "10115", "--kwh", "3500"),
    ("orders", "list"),
    ("orders", "show", "400000001"),
    ("customers", "list"),
    ("customers", "link"),
    ("contracts", "list", WHO[0]),
    ("contracts", "metrics", *WHO),
    ("contracts", "costs", *WHO),
    ("contracts", "working-prices", *WHO),
    ("documents", "list", *WHO),
    ("invoices", "list", *WHO),
    ("prices",),
    ("prices", "--forecast"),
]


@pytest.mark.parametrize("words", EVERY_READ, ids=" ".join)
def test_another_shape_is_never_taken_for_an_answer(
    run: Run, sandbox: Sandbox, words: tuple[str, ...]
) -> None:
    sandbox.fault("rabot:wrong-shape")
    done = run("rabot", *words, "-o", "json")
    assert (done.code, done.out) == (11, "")
    assert done.error["code"] == "bad_answer"
    assert done.error["operation"]


@pytest.mark.parametrize(
    ("fault", "code", "attempts"),
    [
        ("500", 10, 4),
        ("502-html", 10, 4),
        ("503", 10, 4),
        ("503=60", 10, 1),
        ("429=60", 7, 1),
        ("drop-before", 10, 4),
        ("truncate", 10, 4),
        ("html", 11, 1),
        ("not-json", 11, 1),
        ("empty", 11, 1),
        ("redirect=http://127.0.0.1:1/", 11, 1),
    ],
)
def test_every_trouble_has_its_code_and_two_lines(
    run: Run, sandbox: Sandbox, fault: str, code: int, attempts: int
) -> None:
    sandbox.fault(f"rabot:{fault}@GET {TARIFFS}")
    done = run("rabot", "tariffs", "list")
    assert (done.code, done.out) == (code, ""), done.err
    assert len(done.err.splitlines()) == 2, done.err
    assert "<" not in done.err
    assert len(sandbox.requests(path=TARIFFS)) == attempts


def test_trouble_that_passes_is_not_seen(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault(f"rabot:500@GET {TARIFFS}#2", f"rabot:drop-before@GET {TARIFFS}#1")
    done = run("rabot", "tariffs", "list", "-o", "json")
    assert (done.code, done.err, len(done.json)) == (0, "", 4)


def test_trouble_on_a_later_page_leaves_no_half_document(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault("rabot:html@GET /partner/v1/customers")
    done = run("rabot", "customers", "list", "-o", "json")
    assert (done.code, done.out) == (11, "")


def test_a_slow_answer_runs_into_the_time_limit(run: Run, sandbox: Sandbox) -> None:
    assert run("rabot", "tariffs", "list").code == 0
    sandbox.fault(f"rabot:slow=9@GET {TARIFFS}")
    done = run("rabot", "tariffs", "list", "--timeout", "0.2", "-o", "json")
    assert (done.code, done.error["code"]) == (10, "timeout")
    assert "--timeout" in done.error["hint"]


def test_a_rate_limit_is_waited_for_when_allowed(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault(f"rabot:429=1@GET {TARIFFS}#1")
    done = run("rabot", "tariffs", "list", "-o", "json", "--max-wait", "3")
    assert (done.code, len(done.json)) == (0, 4)
    assert "asks to wait" in done.err


@pytest.mark.parametrize(
    ("body", "inner", "expected"),
    [
        ([{"a": 1}], None, [{"a": 1}]),
        ({"data": {"a": 1}}, None, [{"a": 1}]),
        ({"data": [], "isSuccess": True}, None, []),
        ({"isSuccess": True}, "orders", []),
        ({"data": {"orders": [{"a": 1}], "totalCount": 1}}, "orders", [{"a": 1}]),
        ({"orders": [{"a": 1}]}, "orders", [{"a": 1}]),
        ({"data": [{"items": [{"a": 1}]}, {"items": [{"a": 2}]}]}, "items", [{"a": 1}, {"a": 2}]),
        ({"data": [{"a": 1}], "traceId": "unknown field"}, None, [{"a": 1}]),
    ],
)
def test_lists_in_every_form(body: object, inner: str | None, expected: list[object]) -> None:
    assert answers.a_list(body, inner) == expected


@pytest.mark.parametrize("body", [{"a": 1}, 1, "text", True, [1], ["a"], {"data": "text"}, {"data": [None]}])
@pytest.mark.parametrize("inner", [None, "orders"])
def test_what_is_no_list_is_not_understood(body: object, inner: str | None) -> None:
    with pytest.raises(answers.NotUnderstood):
        answers.a_list(body, inner)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error": [{"message": "m", "details": "d"}]}, "m (d)"),
        ({"error": [{"code": "validation-failed"}, {"message": "two"}]}, "validation-failed; two"),
        ({"error": {"message": "m"}}, "m"),
        ({"error": "invalid_client", "error_description": "no"}, "invalid_client: no"),
        ({"title": "T", "detail": "D"}, "D"),
        ({"message": "  "}, None),
        ({"error": [1, None, {}]}, None),
        (None, None),
        ([], None),
    ],
)
def test_errors_in_every_form(body: object, said: str | None) -> None:
    assert answers.error_message(body)[0] == said
    json.dumps(answers.error_message(body))
