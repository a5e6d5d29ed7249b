"""``bright verify`` as it is typed: rows, JUnit, exit codes, what is asked and what is written."""

from __future__ import annotations

import stat
from collections import Counter
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from energyctl.providers.bright.verify.writing import GUEST
from tests.conftest import Run, Sandbox
from tests.partner import Reply
from tests.providers.bright.conftest import Elsewhere
from tests.providers.bright.other_kit import client_of
from tests.providers.bright.relay import BASE, MOVED, Relay
from tests.providers.bright.verifying import ACCOUNT, PERSON

FIELDS = [
    "step", "rule", "status", "title", "request", "expected", "found", "fix", "contract", "duration_ms",
]  # fmt: skip


@pytest.fixture
def key(sandbox: Sandbox) -> str:
    return str(sandbox.facts["credentials"]["bright"]["api_key"])


def test_the_sandbox_passes_with_reads_alone_and_says_so_to_people_and_build_servers(
    run: Run, sandbox: Sandbox, home: Path, key: str
) -> None:
    done = run("bright", "verify", "-o", "json", "--junit", home / "report.xml")
    assert done.code == 0, done.err
    rows = done.json
    assert [list(row) for row in rows] == [FIELDS] * len(rows)
    statuses = Counter(row["status"] for row in rows)
    assert set(statuses) == {"pass", "skipped"}
    assert done.err.splitlines()[-1] == (
        f"{len(rows)} rules: {statuses['pass']} pass, {statuses['skipped']} skipped."
    )
    root = ET.parse(home / "report.xml").getroot()
    cases = [(suite.get("name"), case.get("name")) for suite in root for case in suite.iter("testcase")]
    assert cases == [(row["step"], row["rule"]) for row in rows]
    assert (root.get("tests"), root.get("failures")) == (str(len(rows)), "0")
    assert int(root.get("skipped", "")) == statuses["skipped"] == len(root.findall(".//skipped"))
    assert key not in done.out + done.err + (home / "report.xml").read_text()
    assert PERSON not in done.out + done.err
    asked = sandbox.requests(provider="bright")
    assert {one["path"] for one in asked if one["method"] != "GET"} == {
        f"/kit/v1/bankid/{name}" for name in ("auth", "collect", "cancel")
    }


def test_a_broken_rule_is_told_to_people_to_scripts_and_to_build_servers(
    run: Run, sandbox: Sandbox, home: Path
) -> None:
    sandbox.post("/bright/variant", {"name": "two_owners"})
    done = run("bright", "verify", "--step", "users", "-o", "json", "--junit", home / "report.xml")
    assert done.code == 6
    assert done.error["code"] == "verification_failed"
    assert done.error["message"] == "1 of 6 rule fails: one_owner_or_company (users)."
    broken = [row for row in done.json if row["status"] == "fail"]
    assert [(row["rule"], row["contract"]) for row in broken] == [("one_owner_or_company", "6.3")]
    assert broken[0]["request"] == f"GET /accounts/{ACCOUNT}/user-roles"
    assert broken[0]["expected"] == "1 owner or 1 company"
    assert broken[0]["found"].startswith(f"account {ACCOUNT}: 2 owner, 0 company")
    assert broken[0]["fix"]
    failure = ET.parse(home / "report.xml").getroot().find(".//failure")
    assert failure is not None
    assert failure.get("message") == broken[0]["found"]
    done = run("bright", "verify", "--step", "users", "-o", "table")
    assert done.code == 6
    head, first, second, *_ = done.out.splitlines()
    assert head.split() == ["Step", "Rule", "Status", "Found", "Fix", "Contract"]
    assert first.split()[:3] == ["users", "users_listed", "pass"]
    assert second.split()[:2] == ["role_is_known", "pass"]
    assert "FAIL" in done.out
    assert done.err.splitlines() == [
        "6 rules: 5 pass, 1 fail.",
        "error: 1 of 6 rule fails: one_owner_or_company (users).",
        "  Each row says what was found, what was expected, and how to mend it.",
    ]


def test_limit_shortens_what_is_shown_not_what_is_verified(run: Run, sandbox: Sandbox) -> None:
    sandbox.post("/bright/variant", {"name": "error_shape"})
    done = run("bright", "verify", "--step", "account", "--limit", "1", "-o", "tsv")
    assert done.code == 6
    assert [row["rule"] for row in done.rows] == ["account_opens"]
    assert "errors_have_the_shape (errors)" in done.err


def test_another_base_path_and_corrected_endpoints_pass(
    env: dict[str, str], home: Path, sandbox: Sandbox, key: str
) -> None:
    with Relay(sandbox.facts["urls"]["bright"]) as relay:
        tool = client_of(relay.url, {**env, "KIT_KEY": key}, home, api_key="env:KIT_KEY", endpoints=MOVED)
        done = tool("bright", "verify", "--ssn", PERSON, "-o", "json")
        assert done.code == 0, done.err
    assert all(row["status"] in ("pass", "skipped") for row in done.json)
    requests = {row["rule"]: row["request"] for row in done.json if row["step"] in ("users", "cost")}
    assert requests["users_listed"] == f"GET /customers/{ACCOUNT}/people"
    assert requests["answered"].startswith("GET /billing/costs/COST-500001-")
    assert any(path.startswith(f"{BASE}/billing/costs/COST-500001-14:waste?") for path in relay.seen)


def test_a_refused_key_a_missing_one_and_a_silent_host_end_differently(
    env: dict[str, str], home: Path, sandbox: Sandbox
) -> None:
    wrong = {**env, "KIT_KEY": "wrong-key-of-nobody"}
    base = sandbox.facts["urls"]["bright"]
    tool = client_of(base, wrong, home, api_key="env:KIT_KEY")
    done = tool("bright", "verify", "--account", ACCOUNT, "-o", "json")
    assert done.code == 4
    assert {row["status"] for row in done.json if row["step"] == "cost"} == {"skipped"}
    assert [row["rule"] for row in done.json if row["status"] == "fail"] == ["signed_in"]
    assert "wrong-key-of-nobody" not in done.out + done.err
    done = client_of("http://127.0.0.1:9", wrong, home, api_key="env:KIT_KEY")(
        "bright", "verify", "--account", ACCOUNT, "-o", "json"
    )
    assert (done.code, done.out, done.error["code"]) == (10, "", "network")
    by_oauth = {"auth": "oauth", "refresh_token": "env:KIT_KEY"}
    done = client_of("http://127.0.0.1:9", wrong, home, **by_oauth)(
        "bright", "verify", "--account", ACCOUNT, "-o", "json"
    )
    assert (done.code, done.out, done.error["code"]) == (10, "", "network")
    done = client_of(base, env, home, api_key="env:NOT_THERE")("bright", "verify", "--account", ACCOUNT)
    assert (done.code, done.out) == (13, "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Nobody is named"),
        (("--ssn", PERSON, "--email", "a@example.org"), "in two ways"),
        (("--account", ACCOUNT, "--step", "mesurements"), "Did you mean measurements?"),
        (("--account", ACCOUNT, "--step", "add-guest"), "Add --write-steps"),
        (("--account", ACCOUNT, "--write-steps"), "Add --yes"),
        (("--account", ACCOUNT, "--junit", "nowhere/report.xml"), "no such directory"),
        (("--ssn", "19121212"), "not a personal number"),
        (("--email", "nonsense"), "not an address"),
    ],
)
def test_what_is_typed_wrong_is_said_before_anything_is_asked(
    words: tuple[str, ...], told: str, env: dict[str, str], home: Path, sandbox: Sandbox, key: str
) -> None:
    base = sandbox.facts["urls"]["bright"]
    done = client_of(base, {**env, "KIT_KEY": key}, home, api_key="env:KIT_KEY")("bright", "verify", *words)
    assert done.code == 2
    assert told in done.err
    assert sandbox.requests(provider="bright") == []


def test_write_steps_are_said_beforehand_journalled_and_may_be_repeated(run: Run, sandbox: Sandbox) -> None:
    before = _owner(sandbox, run)
    for _ in range(2):  # the second time the test guest is there already
        done = run("bright", "verify", "--write-steps", "--step", "add-guest", "--step", "update-user",
                   "--step", "report-event", "-o", "json")  # fmt: skip
        assert done.code == 0, done.err
        assert done.err.startswith("--write-steps: the owner's phone number is set to what it is, a guest")
        rows = {row["rule"]: row for row in done.json}
        assert {row["status"] for row in rows.values()} == {"pass"}
    assert "still there" in rows["guest_added"]["found"]
    assert _owner(sandbox, run) == before
    written = [
        (one["method"], one["path"]) for one in sandbox.requests() if one["method"] in ("POST", "PATCH")
    ]
    assert [one for one in written if "bankid" not in one[1]] == 2 * [
        ("PATCH", f"/kit/v1/users/{before['user']['id']}"),
        ("POST", f"/kit/v1/accounts/{ACCOUNT}/user-roles"),
        ("POST", "/kit/v1/events"),
    ]
    journal = run("journal", "list", "-o", "json").json
    assert Counter(one["operation"] for one in journal) == {
        "update_user": 2, "add_user": 2, "report_event": 2,
    }  # fmt: skip


def test_a_write_without_an_answer_fails_its_rule_and_is_on_record(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault("bright:drop-after@PATCH /kit/v1/users")
    sandbox.post("/bright/settings", {"not_built": ["report_event"]})
    words = ("--write-steps", "--step", "update-user", "--step", "report-event")
    done = run("bright", "verify", *words, "-o", "json")
    assert done.code == 6
    rows = {row["rule"]: row for row in done.json}
    assert (rows["user_updated"]["status"], rows["event_taken"]["status"]) == ("fail", "not_built")
    assert "may have happened" in rows["user_updated"]["found"]
    assert len(sandbox.requests(method="PATCH")) == 1
    journal = run("journal", "list", "-o", "json").json
    assert {one["operation"]: one["outcome"] for one in journal} == {
        "update_user": "unknown", "report_event": "rejected",
    }  # fmt: skip


def _owner(sandbox: Sandbox, run: Run) -> dict[str, Any]:
    users = run("bright", "users", "list", "--account", ACCOUNT, "-o", "json").json
    return dict(next(one for one in users if one["role"] == "owner"))


def test_the_junit_file_is_replaced_whole(run: Run, home: Path) -> None:
    (home / "report.xml").write_text("a former report that is much longer than nothing" * 1000)
    done = run("bright", "verify", "--step", "identity", "--junit", home / "report.xml", "-o", "ids")
    assert done.code == 0, done.err
    assert done.out.splitlines() == ["openid_discovery", "bankid_auth", "bankid_collect", "bankid_cancel"]
    assert len(ET.parse(home / "report.xml").getroot().findall(".//testcase")) == 4
    assert stat.S_IMODE((home / "report.xml").stat().st_mode) == 0o600


def test_a_personal_number_may_be_read(run: Run, sandbox: Sandbox) -> None:
    done = run("bright", "verify", "--ssn", "-", "--step", "search", "-o", "ids", input="19121212-1212\n")
    assert (done.code, done.out.split()) == (0, ["search_lists_accounts", "unknown_person"]), done.err
    assert ["ssn", PERSON] in sandbox.requests(path="/kit/v1/accounts")[0]["query"]


@pytest.mark.parametrize(
    ("answer", "status", "code", "said"),
    [
        ({"token": "x"}, 200, 11, "without an access_token"),
        ({"message": "closed"}, 503, 10, "status 503"),
        ({"message": "the token was revoked"}, 401, 4, "was revoked"),
    ],
)
def test_a_token_endpoint_that_fails_is_a_finding_and_not_the_end(
    elsewhere: Elsewhere, home: Path, answer: Any, status: int, code: int, said: str
) -> None:
    elsewhere.add("/auth/refresh_token", answer, status)
    (home / "refresh").write_text("refresh-token-1234567890\n")
    (home / "refresh").chmod(0o600)
    run = elsewhere.client(auth="oauth", refresh_token=f"file:{home / 'refresh'}")
    done = run("bright", "verify", "--email", "a@example.org", "--junit", home / "report.xml", "-o", "json")
    assert (done.code, said in done.error["message"]) == (code, True), done.err
    rows = {row["rule"]: row for row in done.json}
    assert {name for name, row in rows.items() if row["status"] == "fail"} == {
        "refresh_without_person",
        "signed_in",
    }
    assert (rows["bankid_auth"]["status"], said in rows["bankid_auth"]["found"]) == ("skipped", True)
    assert len(ET.parse(home / "report.xml").getroot().findall(".//testcase")) == len(done.json)


@pytest.mark.parametrize(
    ("role", "times", "status", "said"),
    [
        ("guest", 1, "pass", "was added;"),
        ("guest", 2, "pass", "listed 2 times"),
        ("owner", 1, "fail", 'listed as "owner"'),
        ("guest", 0, "fail", "not listed"),
    ],
)
def test_a_guest_that_is_listed_twice_is_not_missing(
    elsewhere: Elsewhere, role: str, times: int, status: str, said: str
) -> None:
    owner = {"role": "owner", "user": {"id": "1"}}
    guest = {"role": role, "user": {"id": "2", **GUEST}}

    def roles(request: BaseHTTPRequestHandler) -> Reply:
        if request.command == "POST":
            return Reply({}, 201)
        return Reply([owner, *[guest] * times] if elsewhere.asked("POST") else [owner])

    elsewhere.add(f"/accounts/{ACCOUNT}/user-roles", roles)
    elsewhere.add(f"/accounts/{ACCOUNT}", {"accountId": ACCOUNT})
    words = ("--account", ACCOUNT, "--step", "add-guest", "--write-steps", "--yes", "-o", "json")
    done = elsewhere.client()("bright", "verify", *words)
    (row,) = [one for one in done.json if one["rule"] == "guest_added"]
    assert (row["status"], said in row["found"]) == (status, True), row


@pytest.mark.parametrize(("later", "status"), [("+46701234567", "pass"), ("+46700000000", "fail")])
def test_a_user_of_two_roles_is_updated_when_both_show_the_number(
    elsewhere: Elsewhere, later: str, status: str
) -> None:
    owner = {"role": "owner", "user": {"id": "1", "phoneNumber": "+46701234567"}}
    guest = {"role": "guest", "user": {"id": "1", "phoneNumber": later}}
    elsewhere.add(f"/accounts/{ACCOUNT}/user-roles", [owner, guest])
    elsewhere.add(f"/accounts/{ACCOUNT}", {"accountId": ACCOUNT})
    elsewhere.add("/users/1", {})
    words = ("--account", ACCOUNT, "--step", "update-user", "--write-steps", "--yes", "-o", "json")
    done = elsewhere.client()("bright", "verify", *words)
    (row,) = [one for one in done.json if one["rule"] == "user_updated"]
    assert row["status"] == status, row
