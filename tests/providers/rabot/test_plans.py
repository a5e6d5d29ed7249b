"""``rabot consumption-plan submit``: checked, confirmed, journaled."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from tests.conftest import Run, Sandbox
from tests.providers.rabot.conftest import Serve
from tests.providers.rabot.strict_server import wrapped

WHO = ("1000001", "400000001")
PATH = "/partner/v1/customers/1000001/contracts/400000001/consumption/plans"
PLAN: dict[str, Any] = {
    "intervalBeginAt": "2026-12-01 00:00:00",
    "intervalEndAt": "2026-12-02 00:00:00",
    "amounts": [{"tz": f"2026-12-01 {hour:02}:00:00", "kwh": 0.25 * hour} for hour in range(24)],
}


def _submit(run: Run, plan: Any, *more: str, text: str | None = None) -> Any:
    words = ("rabot", "consumption-plan", "submit", *WHO, "-f", "-", "-o", "json", *more)
    return run(*words, input=json.dumps(plan) if text is None else text)


def test_a_plan_is_sent_as_it_stands_and_its_key_is_kept(run: Run, sandbox: Sandbox) -> None:
    done = _submit(run, PLAN)
    assert done.code == 0, done.err
    assert (done.json["outcome"], done.json["target"]) == ("changed", WHO[1])
    (sent,) = sandbox.requests(path=PATH)
    assert (sent["method"], sent["query"], sent["json"]) == ("POST", [], PLAN)
    told = run("journal", "show", str(done.json["journal_id"]), "-o", "json").json
    assert told["result"]["consumptionPlanKey"] == done.json["consumptionPlanKey"]


def test_yaml_with_bare_times_is_sent_as_text(run: Run, sandbox: Sandbox) -> None:
    text = yaml.safe_dump(PLAN).replace("'", "")
    assert _submit(run, None, text=text).code == 0
    sent = sandbox.requests(path=PATH)[0]["json"]
    assert sent["intervalBeginAt"] in ("2026-12-01T00:00:00", "2026-12-01 00:00:00")
    assert [one["kwh"] for one in sent["amounts"]] == [one["kwh"] for one in PLAN["amounts"]]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"amounts": []}, "amounts"),
        ({"amounts": [{"tz": "2026-12-01", "kwh": "1"}]}, "amounts[0].kwh"),
        ({"amounts": [{"tz": "soon", "kwh": 1}]}, "amounts[0].tz"),
        ({"amounts": [{"kwh": 1}]}, "amounts[0]"),
        ({"amounts": [{"tz": "2026-12-01 00:00:00", "kwh": True}]}, "amounts[0].kwh"),
        ({"intervalBeginAt": None}, "intervalBeginAt"),
        ({"intervalEndAt": "never"}, "intervalEndAt"),
        ({"surprise": 1}, "surprise"),
        ({"amounts": [{"tz": "2026-12-01 00:00", "kwh": float("inf")}]}, "infinite"),
    ],
)
def test_a_wrong_plan_is_not_sent(run: Run, sandbox: Sandbox, change: dict[str, Any], named: str) -> None:
    done = _submit(run, {**PLAN, **change})
    assert (done.code, done.out) == (2, "")
    assert named in done.error["message"]
    assert sandbox.requests() == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1]",
        "{",
        "a: [",
        json.dumps({**PLAN, "amounts": [{"tz": "2026-12-01 00:00", "kwh": float("nan")}]}),
    ],
)
def test_what_is_no_plan_is_refused(run: Run, sandbox: Sandbox, text: str) -> None:
    done = _submit(run, None, text=text)
    assert (done.code, done.out) == (2, "")
    assert sandbox.requests() == []


def test_all_problems_are_told_at_once(run: Run) -> None:
    done = _submit(run, {"amounts": [{"tz": "x", "kwh": 1}]})
    assert len(done.error["details"]) == 3


def test_a_dry_run_sends_nothing(run: Run, sandbox: Sandbox) -> None:
    done = _submit(run, PLAN, "--dry-run")
    assert done.json["request"]["body"] == PLAN
    assert sandbox.requests() == []


def test_outside_the_sandbox_it_asks(outside: Run, sandbox: Sandbox) -> None:
    assert _submit(outside, PLAN).code == 2
    assert sandbox.requests(method="POST", path=PATH) == []
    assert _submit(outside, PLAN, "--yes").code == 0


def test_without_an_answer_it_is_unknown(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault("rabot:html@POST /partner/v1/customers")
    done = _submit(run, PLAN)
    assert (done.code, done.json["outcome"]) == (9, "unknown")
    assert len(sandbox.requests(path=PATH)) == 1


def test_a_refusal_with_status_200_is_a_refusal(serve: Serve) -> None:
    why = {"severity": "Error", "code": "validation-failed", "message": "The plan overlaps another."}
    _, run = serve(plan={"isSuccess": False, "error": [why]})
    done = _submit(run, PLAN)
    assert (done.code, done.json["outcome"]) == (6, "rejected")
    assert "The plan overlaps another." in done.error["message"]
    assert run("journal", "list", "-o", "json").json[0]["outcome"] == "rejected"


@pytest.mark.parametrize("many", [True, False])
def test_of_an_answer_its_key_and_warnings_are_kept(serve: Serve, many: bool) -> None:
    told = {"consumptionPlanKey": "k-1", "withWarning": ["2026-12-01 03:00:00"]}
    made = {**told, "target": "elsewhere", "outcome": "failed", "other": 1}
    _, run = serve(plan=wrapped([made] if many else made))
    done = _submit(run, PLAN)
    assert (done.code, done.json["target"], done.json["outcome"]) == (0, WHO[1], "changed")
    assert {name: done.json[name] for name in told} == told
    assert "other" not in done.json
