"""The network at its worst: refusals, retries, time-outs, broken answers, redirects; and nothing secret in a trace."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from energyctl.core.jsonbody import NotJson, parse_json
from energyctl.core.session import Session
from energyctl.core.transport import backoff_s
from energyctl.core.wording import network_reason, refusal_hint, retry_after_s
from tests.conftest import Run, Sandbox
from tests.partner import SECRET, TOKEN, Partner, Reply

TARIFFS = ("rabot", "tariffs", "list", "-o", "json")
ORDERS = "/partner/v1/tariffs"


def _asked(sandbox: Sandbox) -> list[int | None]:
    return [one["status"] for one in sandbox.requests(path=ORDERS)]


# -- statuses ------------------------------------------------------------------------------------------------


def test_a_rate_limit_is_told_with_its_seconds(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault("rabot:429=17")
    done = run(*TARIFFS)
    assert (done.code, done.out) == (7, "")
    assert (done.error["code"], done.error["http_status"], done.error["retry_after_s"]) == (
        "rate_limited",
        429,
        17.0,
    )
    assert "17 s" in done.error["hint"]
    assert _asked(sandbox) == [429]


def test_a_rate_limit_is_waited_for_as_long_as_max_wait_allows(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault("rabot:429=1#2")
    before = time.monotonic()
    done = run(*TARIFFS, "--max-wait", "1.5")
    assert (done.code, _asked(sandbox)) == (7, [429, 429])
    assert time.monotonic() - before > 0.9
    sandbox.clear_faults()
    sandbox.fault("rabot:429=0#2")
    assert run(*TARIFFS).code == 0
    sandbox.fault("rabot:429#1")
    sandbox.forget_requests()
    without = run(*TARIFFS, "--max-wait", "5")
    assert (without.code, _asked(sandbox)) == (0, [429, 200])


@pytest.mark.parametrize(("status", "code"), [("500", "provider_error"), ("503", "unavailable")])
def test_a_failing_provider_is_asked_four_times(run: Run, sandbox: Sandbox, status: str, code: str) -> None:
    sandbox.fault(f"rabot:{status}")
    done = run(*TARIFFS)
    assert (done.code, done.out, done.error["code"], done.error["http_status"]) == (10, "", code, int(status))
    assert _asked(sandbox) == [int(status)] * 4
    sandbox.clear_faults()
    sandbox.forget_requests()
    sandbox.fault(f"rabot:{status}#3")
    again = run(*TARIFFS)
    assert (again.code, again.err, _asked(sandbox)) == (0, "", [int(status)] * 3 + [200])


def test_a_gateways_page_is_never_shown(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault("rabot:502-html")
    done = run(*TARIFFS[:3])
    assert done.code == 10
    assert len(done.err.splitlines()) == 2
    assert "<" not in done.err


@pytest.mark.parametrize(
    ("status", "exit_code", "code"),
    [
        (400, 6, "refused"),
        (403, 5, "not_permitted"),
        (404, 3, "not_found"),
        (409, 6, "conflict"),
        (410, 3, "gone"),
        (422, 6, "refused"),
        (501, 10, "not_built"),
        (302, 11, "redirected"),
    ],
)
def test_each_status_has_its_exit_code(
    env: dict[str, str], home: Path, status: int, exit_code: int, code: str
) -> None:
    reply = Reply({"message": "because"}, status, {"X-Request-Id": "req-7"})
    with Partner(tariffs=reply) as partner:
        done = partner.client(env, home)(*TARIFFS)
        assert (done.code, done.out) == (exit_code, "")
        error = done.error
        assert (error["code"], error["http_status"], error["request_id"]) == (code, status, "req-7")
        assert str(status) in error["message"]
        assert error["hint"]
        assert len(partner.paths()) == 1


# -- answers that make no sense ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("html", "an HTML page"),
        ("not-json", "text/plain instead of JSON"),
        ("empty", "an empty body"),
    ],
)
def test_an_answer_that_makes_no_sense(run: Run, sandbox: Sandbox, fault: str, said: str) -> None:
    sandbox.fault(f"rabot:{fault}@GET /partner/v1/orders/400000001")
    done = run("rabot", "orders", "show", "400000001", "-o", "json")
    assert (done.code, done.out, done.error["code"], done.error["http_status"]) == (11, "", "bad_answer", 200)
    assert said in done.error["message"]
    assert len(sandbox.requests(path="/partner/v1/orders/400000001")) == 1


@pytest.mark.parametrize("fault", ["drop-before", "drop-after", "truncate"])
def test_a_broken_connection_is_tried_again_for_reads(run: Run, sandbox: Sandbox, fault: str) -> None:
    sandbox.fault(f"rabot:{fault}")
    done = run(*TARIFFS)
    assert (done.code, done.out, done.error["code"], done.error["http_status"]) == (10, "", "network", None)
    assert len(_asked(sandbox)) == 4
    sandbox.clear_faults()
    sandbox.fault(f"rabot:{fault}#2")
    assert run(*TARIFFS).code == 0


def test_a_closed_port_names_the_place(env: dict[str, str], home: Path) -> None:
    with Partner() as partner:
        client = partner.client(env, home)
    done = client(*TARIFFS)
    assert (done.code, done.out, done.error["code"]) == (10, "", "network")
    assert partner.url.removeprefix("http://") in done.error["message"]
    assert "connection refused" in done.error["message"]


# -- time ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["latency=9", "slow=9"])
def test_no_answer_takes_longer_than_the_time_out(run: Run, sandbox: Sandbox, fault: str) -> None:
    run(*TARIFFS)
    sandbox.fault(f"rabot:{fault}")
    done = run(*TARIFFS, "--timeout", "0.3")
    assert (done.code, done.out, done.error["code"]) == (10, "", "timeout")
    assert "0.3 s" in done.error["message"]
    assert "--timeout" in done.error["hint"]


# -- tokens and hosts --------------------------------------------------------------------------------------------


def test_a_redirect_takes_no_token_elsewhere(run: Run, sandbox: Sandbox) -> None:
    with Partner(anywhere=Reply([])) as other:
        sandbox.fault(f"rabot:redirect={other.url}/partner/v1/anywhere")
        done = run(*TARIFFS)
        assert (done.code, done.out, done.error["code"]) == (11, "", "redirected")
        assert other.url in done.error["hint"]
        assert other.seen == []


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [(302, 11, "failed"), (303, 9, "unknown"), (307, 11, "failed"), (308, 11, "failed")],
)
def test_a_write_that_is_sent_to_see_another_address_may_have_happened(
    env: dict[str, str], home: Path, status: int, code: int, outcome: str
) -> None:
    with Partner(orders=Reply(None, status, {"Location": "/partner/v1/orders/7"})) as partner:
        done = partner.client(env, home)("rabot", "api", "POST", "orders", "--yes", "-o", "json")
        assert (done.code, done.json["outcome"]) == (code, outcome)
        assert (done.error["http_status"], done.error["outcome"]) == (status, outcome)
        assert partner.paths() == ["/partner/v1/orders"]
        read = partner.client(env, home)("rabot", "api", "GET", "orders", "-o", "json")
        assert (read.code, read.error["code"]) == (11, "redirected")


def test_an_expired_token_is_renewed_once_and_the_call_repeated_once(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault("rabot:expired-token#1")
    done = run(*TARIFFS)
    assert (done.code, done.err, _asked(sandbox)) == (0, "", [401, 200])
    assert len(sandbox.requests(path="/connect/token")) == 2
    sandbox.forget_requests()
    sandbox.fault("rabot:expired-token")
    refused = run(*TARIFFS)
    assert (refused.code, _asked(sandbox)) == (4, [401, 401])
    assert len(sandbox.requests(path="/connect/token")) == 1
    assert refused.error["http_status"] == 401


def test_no_proxy_stands_between_the_tool_and_this_machine(run: Run) -> None:
    nowhere = dict.fromkeys(("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    assert run(*TARIFFS, more=nowhere).code == 0


@pytest.mark.parametrize("field", ["api_url", "auth_url"])
def test_plain_http_to_another_machine_is_refused(env: dict[str, str], home: Path, field: str) -> None:
    with Partner(tariffs=Reply([])) as partner:
        client = partner.client(env, home)
        more = {f"ENERGYCTL_RABOT_{field}".upper(): "http://api.example.org"}
        done = client(*TARIFFS, more=more)
        assert (done.code, done.out, done.error["code"]) == (13, "", "plaintext_refused")
        assert partner.seen == []


@pytest.mark.parametrize(
    "address",
    [
        "https://joe:hush-hush@host/?a=b",
        "http://joe:hush-hush@h",
        "joe:hush-hush@h",
        "https://u:hush-hush@h:x",
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(
    env: dict[str, str], home: Path, address: str
) -> None:
    with Partner() as partner:
        done = partner.client(env, home)(*TARIFFS, more={"ENERGYCTL_RABOT_API_URL": address})
        assert done.code == 13
        assert "hush" not in done.err


def test_an_address_that_cannot_be_is_the_users_mistake(env: dict[str, str], home: Path) -> None:
    with Partner() as partner:
        done = partner.client(env, home)("rabot", "api", "GET", "a\tb", "-o", "json")
        assert (done.code, done.error["code"]) == (2, "usage")
        assert partner.paths() == []


# -- the trace ---------------------------------------------------------------------------------------------------


def test_a_trace_shows_requests_and_answers_and_no_secret(env: dict[str, str], home: Path) -> None:
    answer = Reply(
        {"token": "tok-abcdef", "iban": "DE89370400440532013000", "plain": "visible", "echo": TOKEN}
    )
    answer.headers = {"Set-Cookie": "sid=very-secret"}
    with Partner(orders=answer) as partner:
        call = ("rabot", "api", "GET", "orders", "-f", "access_token=tok-query", "-f", "page=2")
        done = partner.client(env, home)(*call, "-v")
        assert done.code == 0
        for secret in (SECRET, TOKEN, "tok-abcdef", "tok-query", "very-secret", "0044053201"):
            assert secret not in done.err, secret
        for shown in ("> GET ", "page=2", "> POST ", "/connect/token", "grant_type=client_credentials"):
            assert shown in done.err, shown
        assert "DE89…00" in done.err
        assert '"plain": "visible"' in done.err
        assert "authorization: [redacted]" in done.err.lower()
        assert "client_secret=[redacted]" in done.err


def test_secrets_stand_nowhere_but_in_the_token_cache(env: dict[str, str], home: Path) -> None:
    echo = Reply({"message": f"no {TOKEN} Bearer {TOKEN}", "error": {"detail": TOKEN}}, 400)
    with Partner(
        tariffs=echo, orders=echo, customers_7_link=Reply({"echo": TOKEN, "access_token": "zzzz-new"})
    ) as partner:
        client = partner.client(env, home)
        ends = [
            client(*TARIFFS, "-v"),
            client(*TARIFFS[:3]),
            client("rabot", "api", "POST", "orders", "-f", "password=pw-planted-1", "--yes", "-o", "json"),
            client("rabot", "api", "POST", "orders", "-f", "password=pw-planted-1", "--dry-run", "-v"),
            client("rabot", "api", "DELETE", "customers/7/link?token=pw-planted-2", "--yes", "-o", "table"),
            client("journal", "list", "-o", "json"),
            client("journal", "show", "1", "-o", "json"),
            client("config", "show", "--sources"),
            client("auth", "status", "-o", "json"),
        ]
        assert [end.code for end in ends] == [6, 6, 6, 0, 0, 0, 0, 0, 0]
        shown = "".join(end.err for end in ends) + "".join(end.out for end in ends if end is not ends[4])
        for secret in (SECRET, TOKEN, "pw-planted-1"):
            assert secret not in shown, secret
        state = home / ".local/state/energyctl"
        kept = b"".join(
            file.read_bytes() for file in state.rglob("*") if file.is_file() and file.parent.name != "tokens"
        )
        assert kept
        for secret in (SECRET, TOKEN, "pw-planted-1", "pw-planted-2", "zzzz-new"):
            assert secret.encode() not in kept, secret


# -- small parts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5", 5.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("nan", 0.0),
        ("", None),
        ("soon", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    assert retry_after_s(text) == seconds


def test_retry_after_has_an_end() -> None:
    assert retry_after_s("inf") == 1e9


@pytest.mark.parametrize("content", [b"[NaN]", b'{"a": ', b"[" * 100_000, b"9" * 5000])
def test_json_that_is_none(content: bytes) -> None:
    with pytest.raises(NotJson):
        parse_json(content, "application/json")


STREET = {"street": "Müllerstraße"}


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("utf-8", "application/json"),
        ("utf-8-sig", "application/json"),
        ("utf-8", "application/json; charset=iso-8859-1"),  # JSON has to be UTF-8, and nearly always is
        ("latin-1", "application/json; charset=iso-8859-1"),
        ("cp1252", 'application/json;Charset = "Windows-1252"'),
        ("utf-16", "application/json; charset=utf-16"),
    ],
)
def test_json_is_read_in_its_own_signs(encoding: str, content_type: str) -> None:
    content = json.dumps(STREET, ensure_ascii=False).encode(encoding)
    assert parse_json(content, content_type) == STREET


@pytest.mark.parametrize("encoding", ["utf-16le", "utf-16be", "utf-32le"])
def test_json_without_a_mark_of_its_order_is_read_as_declared(encoding: str) -> None:
    assert parse_json('{"city": "Bonn"}'.encode(encoding), f"application/json; charset={encoding}") == {
        "city": "Bonn"
    }


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", "; charset=no-such-one", "; charset=hex"])
def test_signs_that_cannot_be_told_are_not_replaced_by_others(charset: str) -> None:
    content = json.dumps(STREET, ensure_ascii=False).encode("latin-1")
    with pytest.raises(NotJson, match="JSON that is not in UTF-8"):
        parse_json(content, f"application/json{charset}")
    with pytest.raises(NotJson, match="an HTML page"):
        parse_json("<html>Müll".encode("latin-1"), f"text/html{charset}")
    assert parse_json(content, f"application/json{charset}", strict=False) == {
        "street": "M\ufffdllerstra\ufffde"
    }


def test_what_a_refusal_says_is_read_whatever_its_signs(env: dict[str, str], home: Path) -> None:
    said = '{"message": "Straße fehlt."}'.encode("latin-1")
    with Partner(tariffs=Reply(said, 400)) as partner:
        done = partner.client(env, home)(*TARIFFS)
    assert done.code == 6
    assert "Stra\ufffde fehlt" in done.error["message"]


def test_the_pause_grows_with_full_jitter_up_to_a_cap() -> None:
    session = Session(env={"ENERGYCTL_BACKOFF_S": "3"})
    for attempt, cap in ((1, 3.0), (2, 6.0), (3, 8.0), (9, 8.0)):
        pauses = [backoff_s(attempt, session) for _ in range(50)]
        assert max(pauses) <= cap
        assert min(pauses) < cap / 2 < max(pauses)
    assert backoff_s(1, Session(env={"ENERGYCTL_BACKOFF_S": "x"})) <= 0.5
    for odd in ("-1", "nan", "-inf"):
        assert 0 <= backoff_s(3, Session(env={"ENERGYCTL_BACKOFF_S": odd})) <= 8


def test_a_network_reason_is_short() -> None:
    assert (
        network_reason(OSError("[Errno 111] Connection refused"))
        == "nothing listens there (connection refused)"
    )
    assert network_reason(OSError()) == "OSError"
    assert len(network_reason(OSError("x" * 5000))) <= 300


@pytest.mark.parametrize(
    ("location", "told"),
    [
        (
            "https://x:secret@elsewhere.example:8443/login?ssn=191212121212#top",
            "https://elsewhere.example:8443/login",
        ),
        ("/login?next=1", "/login"),
        (None, "nowhere"),
        ("https://[broken", "no address"),
    ],
)
def test_a_redirect_is_told_without_what_its_query_carries(location: str | None, told: str) -> None:
    assert refusal_hint(302, None, location).startswith(f"It points to {told}; ")
