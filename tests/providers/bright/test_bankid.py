"""BankID: orders through a real relay, the code that moves, hints in two languages, and every way an order can end."""

from __future__ import annotations

import base64
import re
import signal
import subprocess
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from energyctl.providers.bright.hints import Language, advice, failed_words, language_of, pending_words
from energyctl.providers.bright.screen import second_by_second
from energyctl.sandbox.bright.bankid import qr_content
from tests.conftest import Done, Run, Sandbox, start
from tests.providers.bright.browser import LIMIT_S, started, until
from tests.providers.bright.other_kit import Answer, OtherKit, client_of
from tests.providers.bright.phone import BANKID, USER, collects, decide, opened, orders

TOLVAN = {
    "personalNumber": "19121212-****",
    "name": "Tolvan Tolvansson",
    "givenName": "Tolvan",
    "surname": "Tolvansson",
}
QUICK = {"ENERGYCTL_POLL_S": "0"}


@pytest.fixture
def quick(run: Run) -> Run:
    """Runs that do not pause between two questions."""

    def quickly(*words: str, **more: Any) -> Done:
        return run(*words, **{**more, "more": {**QUICK, **more.get("more", {})}})

    return quickly


def _decided(sandbox: Sandbox, ended: Future[Done], decision: str, **more: str) -> Done:
    decide(sandbox, opened(sandbox), decision, **more)
    return ended.result(LIMIT_S)


# -- the code and the words --------------------------------------------------------------------------------------


def test_the_code_of_each_second_is_that_of_the_published_sample() -> None:
    token, secret = "67df3917-fa0d-44e5-b327-edcc928297f8", "d28db9a7-4cde-429e-a983-359be676944c"
    content = second_by_second(token, secret)
    first = "dc69358e712458a66a7525beef148ae8526b1c71610eff2c16cdffb4cdac9bf8"
    assert content(0) == f"bankid.{token}.0.{first}"
    assert [content(second) for second in range(40)] == [
        qr_content(token, secret, second) for second in range(40)
    ]


def test_every_documented_state_has_words_in_both_languages() -> None:
    pending = ("outstandingTransaction", "noClient", "started", "userMrtd", "userCallConfirm", "userSign")
    failed = (
        "expiredTransaction",
        "certificateErr",
        "userCancel",
        "cancelled",
        "startFailed",
        "userDeclinedCall",
        "notSupportedByUserApp",
        "transactionRiskBlocked",
    )
    codes = (
        "alreadyInProgress",
        "invalidParameters",
        "unauthorized",
        "notFound",
        "methodNotAllowed",
        "requestTimeout",
        "unsupportedMediaType",
        "internalError",
        "maintenance",
    )
    for language in Language:
        unknown = pending_words("somethingNew", language, scans=True)
        assert unknown == pending_words(None, language, scans=False)
        words = {pending_words(one, language, scans=True) for one in pending[1:]}
        assert len(words) == len(pending) - 1
        assert unknown not in words
        assert pending_words("noClient", language, scans=True) != pending_words(
            "noClient", language, scans=False
        )
        ends = {failed_words(one, language) for one in (*failed, "somethingNew")}
        assert len(ends) == len(failed) + 1
        assert len({advice(one, language) for one in codes}) == len(codes)
        assert advice("GenericError", language) is None
    for hint in (*pending, "somethingNew"):
        assert pending_words(hint, Language.SV, scans=True) != pending_words(hint, Language.EN, scans=True)
    for hint in (*failed, "somethingNew"):
        assert failed_words(hint, Language.SV) != failed_words(hint, Language.EN)


@pytest.mark.parametrize(
    ("env", "wished", "language"),
    [
        ({}, None, "en"),
        ({"LANG": "sv_SE.UTF-8"}, None, "sv"),
        ({"LANG": "sv_SE.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, None, "en"),
        ({"LC_ALL": "sv", "LANG": "de_DE"}, None, "sv"),
        ({"LC_ALL": "C.UTF-8", "LANG": "sv_SE"}, None, "en"),
        ({"LANG": "svn_XX"}, None, "en"),
        ({"LANG": "sv_SE"}, Language.EN, "en"),
    ],
)
def test_the_language_is_the_wished_one_or_the_locales(
    env: dict[str, str], wished: Language | None, language: str
) -> None:
    assert language_of(env, wished) == language


# -- a person identified -----------------------------------------------------------------------------------------


def test_a_person_is_identified(quick: Run, sandbox: Sandbox) -> None:
    ended = started(quick, *BANKID, "-o", "json", "-v")
    ref = opened(sandbox)
    for hint in ("started", "userSign", "somethingNew"):
        decide(sandbox, ref, "pending", hint=hint)
        sandbox.forget_requests()
        until(lambda: len(sandbox.requests(path="/kit/v1/bankid/collect")) > 1)
    done = _decided(sandbox, ended, "approve")
    assert (done.code, done.json) == (0, TOLVAN)
    told = [line for line in done.err.splitlines() if line[:1] not in ("<", ">", "")]
    assert told[-4:] == [
        "Start the BankID app.",
        "The app has started and looks for a BankID.",
        "Check what the BankID app shows, and enter the security code there.",
        "BankID is at work.",
    ]
    assert '"endUserIp": "127.0.0.1"' in done.err
    assert not re.search(r'"(autoStartToken|qrStartToken|qrStartSecret)": "[0-9a-f]', done.err)
    assert orders(sandbox) == []


def test_what_is_told_of_a_person_is_chosen(quick: Run, sandbox: Sandbox) -> None:
    sandbox.post("/bright/settings", {"bankid_approves_after_s": 0.05})
    revealed = quick(*BANKID, "--reveal")
    assert revealed.rows == [{**TOLVAN, "personalNumber": "191212121212"}]
    full = quick(*BANKID, "--full", "-o", "json", "--ip", "192.0.2.7", "--sign", "-", input="Tala är silver")
    assert full.json["user"] == TOLVAN
    assert full.json["device"]["ipAddress"] == "192.0.2.7"
    assert base64.b64decode(full.json["signature"]).startswith(b"sandbox signature")
    (signed,) = sandbox.requests(path="/kit/v1/bankid/sign")
    assert signed["json"] == {
        "endUserIp": "192.0.2.7",
        "userVisibleData": base64.b64encode("Tala är silver".encode()).decode(),
    }
    opened = quick(*BANKID, "--open", "-q")
    assert re.fullmatch(
        r"Open on this machine: bankid:///\?autostarttoken=[0-9a-f-]{36}&redirect=null\n", opened.err
    )


def test_the_persons_accounts_can_be_the_result(quick: Run, sandbox: Sandbox) -> None:
    nils = sandbox.facts["credentials"]["bright"]["persons"][1]
    ended = started(quick, *BANKID, "--then", "search", "-o", "ids", "--language", "sv")
    done = _decided(sandbox, ended, "approve", ssn=nils["ssn"])
    assert (done.code, done.out.split()) == (0, nils["accounts"])
    assert f"Identified: {nils['name']}, {nils['ssn'][:8]}-****." in done.err
    assert "Starta BankID-appen." in done.err
    assert nils["ssn"] not in done.err


@pytest.mark.parametrize(
    ("hint", "code", "said"),
    [
        ("userCancel", 6, "The person cancelled in the BankID app."),
        ("certificateErr", 6, "blocked or too old"),
        ("somethingNew", 6, "BankID did not complete it."),
        ("startFailed", 8, "in time"),
        ("expiredTransaction", 8, "not used in time"),
    ],
)
def test_an_order_that_fails(quick: Run, sandbox: Sandbox, hint: str, code: int, said: str) -> None:
    done = _decided(sandbox, started(quick, *BANKID, "-o", "json"), "decline", hint=hint)
    assert (done.code, said in done.error["message"], done.out) == (code, True, "")
    assert done.error["details"] == {"status": "failed", "hintCode": hint}
    assert len(sandbox.requests(path="/kit/v1/bankid/auth")) == 1


def test_a_dry_run_and_wrong_options_send_nothing(quick: Run, sandbox: Sandbox) -> None:
    shown = quick(*BANKID, "--sign", "Hej", "--dry-run", "-o", "json")
    assert shown.json["request"]["body"] == {"endUserIp": "127.0.0.1", "userVisibleData": "SGVq"}
    for words, said in (
        (["--ip", "somewhere"], "not an IP address"),
        (["--sign", " "], "1 to 30000"),
        (["--sign", "x" * 30_001], "1 to 30000"),
        (["--within", "nan"], "number of seconds"),
        (["--language", "de"], "de"),
    ):
        done = quick(*BANKID, *words)
        assert (done.code, said in done.err) == (2, True), done.err
    assert sandbox.requests(provider="bright") == []


def test_no_order_is_left_open(quick: Run, sandbox: Sandbox) -> None:
    late = quick(*BANKID, "--within", "1", "-o", "json")
    assert (late.code, "within 1 s" in late.error["message"], orders(sandbox)) == (8, True, [])
    sandbox.fault("bright:not-json@POST /kit/v1/bankid/collect")
    odd = quick(*BANKID, "-o", "json")
    assert (odd.code, orders(sandbox)) == (11, [])


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_cancels_at_the_server(
    env: dict[str, str], sandbox: Sandbox, stop: signal.Signals
) -> None:
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with start(*BANKID, env={**env, **sandbox.env}, **pipes) as process:
        opened(sandbox)
        until(lambda: process.stderr.readline().startswith(b"Start the BankID app"))
        process.send_signal(stop)
        out, err = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, out) == (130, b"")
    assert err.decode() == "error: Interrupted; the BankID order was cancelled.\n"
    assert orders(sandbox) == []


# -- what other servers answer -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ((200, {"status": "completed", "completionData": {"user": USER}}), 0, "19890408-****"),
        ((200, {"status": "COMPLETE", "completionData": {"user": USER}}), 0, "A B"),
        ((200, {"status": "complete"}), 11, "without the person"),
        ((200, {"status": "complete", "completionData": {"user": {"personalNumber": 1}}}), 11, "the person"),
        ((200, {"status": "asleep"}), 11, "a status that there is not"),
        ((200, {"status": ["pending"]}), 11, "a status that there is not"),
        ((200, []), 11, "without an object"),
        ((200, {"status": "failed"}), 6, "did not complete"),
        ((200, {"status": "failed", "hintCode": {"odd": 1}}), 6, "did not complete"),
        ((400, {"errorCode": "alreadyInProgress", "details": "Order in progress"}), 6, "Order in progress"),
        ((400, {"errorCode": "invalidParameters"}), 6, "invalidParameters"),
        ((503, {"errorCode": "maintenance", "details": "Back soon"}), 10, "Back soon (maintenance)"),
        ((501, {"name": "NotImplemented", "message": "no", "status": 501}), 10, "no (NotImplemented)"),
    ],
)
def test_every_answer_to_collect(
    env: dict[str, str], home: Path, answer: Answer, code: int, said: str
) -> None:
    with OtherKit(collects(answer)) as kit:
        done = client_of(kit.url, {**env, **QUICK}, home, auth="none")("bright", "bankid", "-o", "json")
        cancelled = len(kit.asked("POST /bankid/cancel"))
    assert done.code == code, done.err
    assert said in (done.out if code == 0 else done.error["message"])
    ended = code == 0 or done.error["code"] == "bankid_failed"
    assert cancelled == (not ended)
    if answer[0] in (400, 503):
        assert done.error["hint"] == advice(answer[1]["errorCode"], Language.EN)


@pytest.mark.parametrize("answer", [(200, {}), (200, {"orderRef": 7}), (200, b"ok"), (500, {})])
def test_an_order_that_is_not_made(env: dict[str, str], home: Path, answer: Answer) -> None:
    with OtherKit({"POST /bankid/auth": lambda _: answer}) as kit:
        done = client_of(kit.url, env, home, auth="none")("bright", "bankid", "-o", "json")
    assert done.code == (10 if answer[0] == 500 else 11), done.err
    assert done.error["operation"] == "bankid_auth"


@pytest.mark.parametrize(
    ("status", "name", "hint"),
    [
        (401, "Unauthorized", "bright.auth is none"),
        (404, "NotFound", "bright.endpoints"),
        (405, "MethodNotAllowed", "bright.endpoints"),
        (500, "InternalError", None),
        (400, "AlreadyInProgress", advice("alreadyInProgress", Language.EN)),
        (503, "Maintenance", advice("maintenance", Language.EN)),
    ],
)
def test_an_error_of_the_relay_itself_is_not_taken_for_bankids(
    env: dict[str, str], home: Path, status: int, name: str, hint: str | None
) -> None:
    body = {"name": name, "message": "No valid API key.", "status": status}
    with OtherKit({"POST /bankid/auth": lambda _: (status, body)}) as kit:
        done = client_of(kit.url, env, home, auth="none")("bright", "bankid", "-o", "json")
    told = done.error["hint"] or ""
    assert hint is None or hint in told
    assert (
        told in [advice(one, Language.EN) for one in ("unauthorized", "notFound", "internalError")]
    ) is False


def test_an_order_is_asked_for_once_more_when_the_time_is_over(env: dict[str, str], home: Path) -> None:
    with OtherKit(collects((200, {"status": "complete", "completionData": {"user": USER}}))) as kit:
        run = client_of(kit.url, {**env, "ENERGYCTL_POLL_S": "60"}, home, auth="none")
        done = run("bright", "bankid", "--within", "1", "-o", "json")
        asked = [one.path for one in kit.seen]
    assert (done.code, asked) == (0, ["/bankid/auth", "/bankid/collect"]), done.err


def test_the_accounts_are_those_of_a_search_and_no_trace_shows_the_number(
    env: dict[str, str], home: Path
) -> None:
    given = {"status": "complete", "completionData": {"user": USER}}
    operations = {**collects((200, given)), "GET /accounts": lambda _: (200, ["A-1"])}
    with OtherKit(operations) as kit:
        run = client_of(kit.url, {**env, **QUICK}, home, auth="none")
        done = run("bright", "bankid", "--then", "search", "-o", "json", "-v")
        searched = run("bright", "accounts", "search", "--email", "a@example.org", "-o", "json")
        revealed = run("bright", "bankid", "--reveal", "-o", "json", "-v")
        asked = kit.asked("GET /accounts")[0].query
    assert done.json == searched.json == [{"accountId": "A-1"}]
    assert asked == {"ssn": USER["personalNumber"]}
    assert USER["personalNumber"] not in done.out + done.err
    assert '"name": "A B"' in done.err
    assert USER["personalNumber"] in revealed.err
