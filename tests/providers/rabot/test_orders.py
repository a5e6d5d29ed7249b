"""``rabot orders template|validate|create`` for a single order, and ``list`` and ``show``."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.conftest import Run, Sandbox, run_with
from tests.providers.rabot.orders_at_hand import ORDERS, an_order, create, jsonl, many_orders, posted


@pytest.mark.parametrize(
    ("kind", "reason"),
    [*itertools.product(("private", "business"), ("new-delivery-location", "change-of-supplier"))],
)
def test_a_template_is_valid_and_can_be_ordered(run: Run, sandbox: Sandbox, kind: str, reason: str) -> None:
    template = run("rabot", "orders", "template", "--type", kind, "--reason", reason)
    assert (template.code, template.err) == (0, "")
    checked = run("rabot", "orders", "validate", "-f", "-", input=template.out)
    assert (checked.code, checked.out.splitlines()[1:]) == (0, [])
    done = run("rabot", "orders", "create", "-f", "-", "-o", "json", input=template.out)
    assert done.code == 0, done.err
    (sent,) = posted(sandbox)
    assert sent["json"] == yaml.safe_load(template.out)
    assert sent["json"]["contract"]["type"] == kind.title()
    assert sent["status"] == 200


def test_all_problems_are_told_at_once_with_their_places(run: Run, home: Path, sandbox: Sandbox) -> None:
    template = run("rabot", "orders", "template").out
    broken = template.replace('"01067"', '"0106"').replace("erika.mustermann@example.org", "erika@")
    broken = broken.replace('type: "Private"', 'type: "Personal"')
    (home / "order.yaml").write_text(broken)
    done = run("rabot", "orders", "validate", "-f", "order.yaml", "-o", "json")
    assert done.code == 2
    assert done.error["code"] == "order_invalid"
    paths = {one["path"]: one for one in done.json}
    assert {"userAccount.emailAddress", "contract.type", "contract.deliveryAddress.postCode"} <= set(paths)
    lines = broken.splitlines()
    assert '"0106"' in lines[paths["contract.deliveryAddress.postCode"]["line"] - 1]
    assert all(one["fix"] for one in done.json)
    assert sandbox.requests() == []


def test_an_invalid_order_is_not_sent(run: Run, sandbox: Sandbox) -> None:
    order = an_order()
    order["contract"]["deliveryDetails"]["moveInDate"] = "soon"
    done = run("rabot", "orders", "create", "-f", "-", input=json.dumps(order))
    assert (done.code, done.out) == (2, "")
    assert "contract.deliveryDetails.moveInDate" in done.err
    assert sandbox.requests() == []
    told = create(run, order)
    assert told.error["details"][0]["path"] == "contract.deliveryDetails.moveInDate"
    assert run("journal", "list", "-o", "json").json == []


def test_an_order_is_sent_once_and_its_numbers_are_kept(run: Run, sandbox: Sandbox) -> None:
    order = an_order(externalId="urn:acme:1")
    done = create(run, order)
    assert done.code == 0, done.err
    row = done.json
    assert (row["target"], row["outcome"], row["operation"]) == ("urn:acme:1", "changed", "create_order")
    assert row["contractNumber"].isdigit()
    assert f"energyctl rabot orders wait {row['contractNumber']}" in done.err
    (sent,) = posted(sandbox)
    assert (sent["json"], sent["query"]) == (order, [])
    shown = run("rabot", "orders", "show", row["contractNumber"], "-o", "json").json
    assert (shown["emailAddress"], shown["customerNumber"]) == ("erika@example.org", row["customerNumber"])
    told = run("journal", "show", str(row["journal_id"]), "-o", "json").json
    assert told["outcome"] == "changed"
    assert [event["kind"] for event in told["events"]] == ["sending", "result"]
    assert told["result"]["contractNumber"] == row["contractNumber"]
    assert told["result"]["customerNumber"] == row["customerNumber"]


def test_the_same_order_again_is_already_and_is_not_sent(run: Run, sandbox: Sandbox) -> None:
    first = create(run, an_order()).json
    again = create(run, {**an_order(), "offerDate": "2026-11-01"})
    assert (again.code, again.json["outcome"]) == (0, "already")
    assert again.json["contractNumber"] == first["contractNumber"]
    assert len(posted(sandbox)) == 1
    resent = create(run, an_order(), "--resend=all")
    assert (resent.code, resent.json["outcome"]) == (0, "changed")
    assert resent.json["contractNumber"] != first["contractNumber"]
    assert len(posted(sandbox)) == 2


def test_a_dry_run_shows_the_request_and_sends_nothing(run: Run, sandbox: Sandbox) -> None:
    order = an_order()
    order["userAccount"]["password"] = "Hush-hush-1"
    done = create(run, order, "--dry-run")
    assert done.code == 0, done.err
    request = done.json["request"]
    assert request["method"] == "POST"
    assert request["url"].endswith(ORDERS)
    assert request["body"]["contract"] == order["contract"]
    assert "Hush-hush-1" not in done.out + done.err
    assert sandbox.requests() == []
    assert run("journal", "list", "-o", "json").json == []


def test_a_dry_run_says_what_is_not_sent_again(run: Run, sandbox: Sandbox) -> None:
    assert create(run, an_order()).code == 0
    sandbox.forget_requests()
    told = create(run, [an_order(), an_order("other@example.org", "1ESY0000000002")], "--dry-run").json
    assert [(row.get("outcome"), row["request"] is None) for row in told] == [
        ("already", True),
        (None, False),
    ]
    assert "journal 1" in told[0]["message"]
    for more in (("--resend=all",), ("--resend=all", "-o", "table")):
        assert "POST" in create(run, an_order(), "--dry-run", *more).out
    words = ("rabot", "orders", "create", "-f", "-", "--dry-run", "-o", "json")
    elsewhere = {"ENERGYCTL_RABOT_CLIENT_ID": "another-partner"}
    other = run(*words, input=json.dumps(an_order()), more=elsewhere).json
    assert (other["outcome"], other["request"]) == ("rejected", None)
    assert sandbox.requests() == []


def test_a_dry_run_says_what_is_looked_up_first(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault("rabot:drop-before@POST /partner/v1/orders")
    assert create(run, an_order()).code == 9
    sandbox.forget_requests()
    told = create(run, an_order(), "--dry-run").json
    assert (told["outcome"], told["request"]) == ("unknown", None)
    assert create(run, an_order(), "--dry-run", "--resend").json["request"]["method"] == "POST"
    assert sandbox.requests() == []


def test_a_refusal_says_why_and_is_kept(run: Run, sandbox: Sandbox) -> None:
    order = {**an_order(), "tariffKey": "RabotHome2024"}  # no longer on offer
    done = create(run, order)
    assert done.code == 6
    assert done.json["outcome"] == "rejected"
    assert (done.error["http_status"], done.error["outcome"]) == (400, "rejected")
    assert "RabotHome2024" in done.error["message"]
    assert run("journal", "list", "-o", "json").json[0]["outcome"] == "rejected"
    assert create(run, order).code == 6  # a refused one may be tried again
    assert len(posted(sandbox)) == 2


@pytest.mark.parametrize("ending", ["yaml", "json"])
def test_yaml_and_json_say_the_same(run: Run, home: Path, sandbox: Sandbox, ending: str) -> None:
    order = an_order()
    text = json.dumps(order) if ending == "json" else yaml.safe_dump(order, sort_keys=False)
    (home / f"order.{ending}").write_text(text)
    assert run("rabot", "orders", "create", "-f", f"order.{ending}", "-o", "ids").out.strip().isdigit()
    assert posted(sandbox)[0]["json"] == order


def test_without_an_order_nothing_is_created(run: Run, sandbox: Sandbox) -> None:
    for text in ("", "[]", "# nothing\n"):
        done = run("rabot", "orders", "create", "-f", "-", input=text)
        assert done.code == 2, (text, done)
    assert run("rabot", "orders", "create", "-f", "missing.yaml").code == 2
    assert sandbox.requests() == []


# -- list and show ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    sandbox = Sandbox.start(tmp_path_factory.mktemp("crowded"), customers=260, seed=11)
    yield sandbox
    sandbox.stop()


@pytest.fixture
def crowd(crowded: Sandbox, env: dict[str, str], home: Path) -> Run:
    crowded.forget_requests()
    return run_with({**env, **crowded.env}, home)


def test_all_pages_are_read_once(crowd: Run, crowded: Sandbox) -> None:
    done = crowd("rabot", "orders", "list", "-o", "jsonl")
    assert done.code == 0, done.err
    numbers = [json.loads(line)["contractNumber"] for line in done.out.splitlines()]
    assert len(numbers) == len(set(numbers))
    asked = crowded.requests(method="GET", path=ORDERS)
    last = crowd("rabot", "api", "GET", "orders", "-f", f"offset={len(numbers) - 1}", "-f", "limit=1").json
    assert (last["count"], last["hasMoreItems"]) == (1, False)
    assert last["data"]["orders"][0]["contractNumber"] == numbers[-1]
    assert len(asked) == -(-len(numbers) // 100) > 2
    offsets = [dict(one["query"])["offset"] for one in asked]
    assert offsets == [str(100 * n) for n in range(len(asked))]
    assert crowd("rabot", "orders", "list", "-o", "json", "--query", "length(@)").json == len(numbers)


def test_a_limit_asks_for_no_more_than_it_shows(crowd: Run, crowded: Sandbox) -> None:
    assert len(crowd("rabot", "orders", "list", "--limit", "3").rows) == 3
    assert len(crowd("rabot", "orders", "list", "--limit", "150").rows) == 150
    asked = [tuple(map(tuple, one["query"])) for one in crowded.requests(method="GET", path=ORDERS)]
    assert asked == [
        (("offset", "0"), ("limit", "3")),
        (("offset", "0"), ("limit", "100")),
        (("offset", "100"), ("limit", "50")),
    ]


def test_orders_of_one_customer(run: Run, sandbox: Sandbox) -> None:
    mine = create(run, an_order()).json["customerNumber"]
    create(run, an_order("other@example.org", "1ESY0000000002"))
    found = run("rabot", "orders", "list", "--customer", mine, "-o", "json").json
    assert [one["customerNumber"] for one in found] == [mine]
    query = dict(sandbox.requests(method="GET", path=ORDERS)[0]["query"])
    assert query == {"filter.customerNumber": mine, "offset": "0", "limit": "100"}


def test_an_empty_filter_is_no_wish_for_everything(run: Run, sandbox: Sandbox) -> None:
    done = run("rabot", "orders", "list", "--customer", "")
    assert (done.code, done.out) == (2, "")
    assert sandbox.requests() == []


@pytest.mark.parametrize("number", ["999999999", "abc", "a/b", "%2e%2e"])
def test_an_unknown_order_is_not_found(run: Run, number: str) -> None:
    done = run("rabot", "orders", "show", number)
    assert (done.code, done.out) == (3, "")
    assert number in done.err


@pytest.mark.parametrize("number", ["", " ", ".", ".."])
def test_a_number_that_would_change_the_path_is_refused(run: Run, sandbox: Sandbox, number: str) -> None:
    done = run("rabot", "orders", "show", number)
    assert (done.code, done.out) == (2, "")
    assert sandbox.requests() == []


def test_many_orders_of_a_list_are_rows(run: Run) -> None:
    done = run("rabot", "orders", "create", "-f", "-", input=jsonl(many_orders(2)))
    assert [row["outcome"] for row in done.rows] == ["changed", "changed"]
    assert done.code == 0
