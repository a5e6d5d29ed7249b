"""Many orders in one file: a row each, never twice, none lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Run, Sandbox, at_once, start, until
from tests.providers.rabot.orders_at_hand import an_order, jsonl, many_orders, posted

FORMS: dict[str, Callable[[Any], str]] = {
    "jsonl": jsonl,
    "json": json.dumps,
    "yaml": yaml.safe_dump,
    "documents": yaml.safe_dump_all,
}


def _create(run: Run, text: str, *more: str) -> Any:
    return run("rabot", "orders", "create", "-f", "-", "-o", "jsonl", *more, input=text)


def _rows(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_list_gives_a_row_for_each(run: Run, sandbox: Sandbox, form: str) -> None:
    orders = many_orders(3)
    done = _create(run, FORMS[form](orders))
    assert done.code == 0, done.err
    rows = _rows(done.out)
    assert [row["target"] for row in rows] == [one["userAccount"]["emailAddress"] for one in orders]
    assert {row["outcome"] for row in rows} == {"changed"}
    assert len({row["contractNumber"] for row in rows}) == 3
    assert [one["json"] for one in posted(sandbox)] == orders


def test_a_list_of_one_is_a_list(run: Run) -> None:
    done = run("rabot", "orders", "create", "-f", "-", "-o", "json", input=json.dumps(many_orders(1)))
    assert isinstance(done.json, list)


def test_the_second_run_sends_nothing_and_says_the_same_numbers(run: Run, sandbox: Sandbox) -> None:
    text = jsonl(many_orders(4))
    first = _rows(_create(run, text).out)
    again = _create(run, text)
    assert again.code == 0
    rows = _rows(again.out)
    assert {row["outcome"] for row in rows} == {"already"}
    assert [row["contractNumber"] for row in rows] == [row["contractNumber"] for row in first]
    assert [row["journal_id"] for row in rows] == [row["journal_id"] for row in first]
    assert len(posted(sandbox)) == 4


def test_an_order_that_stands_twice_in_the_file_is_sent_once(run: Run, sandbox: Sandbox) -> None:
    rows = _rows(_create(run, jsonl([an_order(), an_order()])).out)
    assert [row["outcome"] for row in rows] == ["changed", "already"]
    assert len(posted(sandbox)) == 1


def test_one_refused_order_does_not_stop_the_others(run: Run, sandbox: Sandbox) -> None:
    orders = many_orders(3)
    orders[1]["tariffKey"] = "RabotHome2024"
    done = _create(run, jsonl(orders))
    assert done.code == 12
    rows = _rows(done.out)
    assert [row["outcome"] for row in rows] == ["changed", "rejected", "changed"]
    assert "RabotHome2024" in rows[1]["message"]
    assert done.error["details"] == {"rejected": 1}
    again = _rows(_create(run, jsonl(orders)).out)
    assert [row["outcome"] for row in again] == ["already", "rejected", "already"]
    assert len(posted(sandbox)) == 4


def test_one_wrong_order_in_the_file_and_nothing_is_sent(run: Run, sandbox: Sandbox) -> None:
    orders = many_orders(3)
    del orders[2]["userAccount"]["emailAddress"]
    done = run("rabot", "orders", "create", "-f", "-", input=jsonl(orders))
    assert (done.code, done.out) == (2, "")
    assert "order 3, userAccount.emailAddress" in done.err
    assert sandbox.requests() == []


def test_an_answer_that_never_came_is_looked_up_and_the_rest_goes_on(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault("rabot:drop-before@POST /partner/v1/orders#1", "rabot:drop-after@POST /partner/v1/orders#1")
    done = _create(run, jsonl(many_orders(3)))
    assert done.code == 12
    assert [row["outcome"] for row in _rows(done.out)] == ["unknown", "changed", "changed"]
    assert len(posted(sandbox)) == 3
    again = _create(run, jsonl(many_orders(3)))
    assert again.code == 12
    assert [row["outcome"] for row in _rows(again.out)] == ["unknown", "already", "already"]
    assert len(posted(sandbox)) == 3


def test_a_refused_login_stops_the_list(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault("rabot:expired-token@POST /partner/v1/orders")
    done = _create(run, jsonl(many_orders(5)))
    assert done.code == 4
    assert len(posted(sandbox)) == 2  # once more with a fresh token, then no further
    sandbox.clear_faults()
    assert _create(run, jsonl(many_orders(5))).code == 0
    assert len([one for one in posted(sandbox) if one["status"] == 200]) == 5


def test_a_dry_run_shows_every_order(run: Run, sandbox: Sandbox) -> None:
    done = _create(run, jsonl(many_orders(3)), "--dry-run")
    assert done.code == 0
    assert [row["dry_run"] for row in _rows(done.out)] == [True] * 3
    assert sandbox.requests() == []


def test_rows_come_as_they_are_made(run: Run, sandbox: Sandbox, env: dict[str, str], home: Path) -> None:
    (home / "orders.jsonl").write_text(jsonl(many_orders(6)))
    sandbox.fault("rabot:latency=1@POST /partner/v1/orders")
    words = ("rabot", "orders", "create", "-f", "orders.jsonl", "-o", "jsonl")
    with start(
        *words, env={**env, **sandbox.env}, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        first = process.stdout.readline()
        sent_by_then = len(posted(sandbox))
        process.kill()
    assert json.loads(first)["outcome"] == "changed"
    assert sent_by_then < 6


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_run_goes_on_where_it_stopped(
    run: Run, sandbox: Sandbox, env: dict[str, str], home: Path, sign: signal.Signals
) -> None:
    orders = many_orders(30)
    (home / "orders.jsonl").write_text(jsonl(orders))
    sandbox.fault("rabot:latency=0.3@POST /partner/v1/orders")
    words = ("rabot", "orders", "create", "-f", "orders.jsonl", "-o", "jsonl")
    with start(
        *words, env={**env, **sandbox.env}, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        while len(posted(sandbox)) < 4 and process.poll() is None:
            time.sleep(0.02)
        os.kill(process.pid, sign)
        _out, err = process.communicate(timeout=60)
    if sign == signal.SIGTERM:
        assert process.returncode == 130
        assert b"Traceback" not in err
    sent = len(posted(sandbox))
    assert 4 <= sent < 30
    sandbox.clear_faults()
    until(lambda: all(one["status"] for one in posted(sandbox)))  # the server works on
    done = run(*words)
    assert done.code == 0, done.err
    rows = _rows(done.out)
    assert len(rows) == 30
    assert {row["outcome"] for row in rows} <= {"changed", "already"}
    assert sum(row["outcome"] == "already" for row in rows) >= 3
    counted = Counter(one["json"]["userAccount"]["emailAddress"] for one in posted(sandbox))
    assert counted == Counter(one["userAccount"]["emailAddress"] for one in orders)
    listed = run(
        "rabot", "orders", "list", "-o", "json", "--query", "[?contains(emailAddress, 'buyer')]"
    ).json
    assert Counter(one["emailAddress"] for one in listed) == counted
    assert {one["contractNumber"] for one in listed} == {row["contractNumber"] for row in rows}


def test_two_runs_of_one_list_send_each_order_once(run: Run, sandbox: Sandbox, home: Path) -> None:
    orders = many_orders(6)
    (home / "orders.jsonl").write_text(jsonl(orders))
    sandbox.fault("rabot:latency=0.15@POST /partner/v1/orders")
    words = ("rabot", "orders", "create", "-f", "orders.jsonl", "-o", "jsonl")
    pair = at_once(run, words, words)
    assert all(len(done.out.splitlines()) == 6 for done in pair), pair
    counted = Counter(one["json"]["userAccount"]["emailAddress"] for one in posted(sandbox))
    assert set(counted.values()) == {1}
    assert len(counted) == 6
    assert _create(run, jsonl(orders)).code == 0
    assert len(posted(sandbox)) == 6
