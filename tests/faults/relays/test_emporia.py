"""Emporia's client before a relay: ends of a call that no sandbox can bring about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from energyctl.core.rpc import _is_too_large, _reason
from tests.conftest import Run, Sandbox, run_with
from tests.faults.relays.grpc import GrpcRelay
from tests.faults.relays.tls import tls_endpoint
from tests.providers.emporia.fleet import OFFICE, PUMP, Fleet, journal, write_profile

OFF = ("--timeout", "20", "-o", "json", "emporia", "outlets", "off")


@pytest.fixture
def relay(sandbox: Sandbox) -> Iterator[GrpcRelay]:
    authority = Path(sandbox.facts["ca_file"]).read_bytes()
    with GrpcRelay(sandbox.facts["urls"]["emporia_target"], authority) as made:
        yield made


@pytest.fixture
def through(relay: GrpcRelay, env: dict[str, str], home: Path, sandbox: Sandbox) -> Run:
    """Run the tool with a profile that takes the relay for the service."""
    config = write_profile(home, sandbox, target=relay.target, ca_file=str(relay.ca_file))
    password = sandbox.facts["credentials"]["emporia"]["password"]
    return run_with({**env, "ENERGYCTL_CONFIG": str(config), "TEST_PASSWORD": password}, home)


def updates(relay: GrpcRelay) -> int:
    return sum(one.writes for one in relay.take())


@pytest.mark.parametrize("fault", ["oversize", "garbage", "half-closed"])
def test_a_change_whose_answer_cannot_be_taken_may_have_happened(
    relay: GrpcRelay, through: Run, sandbox: Sandbox, fault: str
) -> None:
    fleet = Fleet(sandbox)
    relay.set(fault, only_writes=True)
    done = through(*OFF, OFFICE, "--yes")
    assert (done.code, done.json["outcome"], done.error["outcome"]) == (9, "unknown", "unknown")
    assert f"outlets show {fleet.id(OFFICE)}" in done.error["hint"]
    assert [one["outcome"] for one in journal(through)] == ["unknown"]
    assert updates(relay) == 1
    assert fleet.now(OFFICE)["on"] is False


@pytest.mark.parametrize(
    ("fault", "outcome", "code"),
    [("status-PERMISSION_DENIED", "failed", 5), ("status-INVALID_ARGUMENT", "rejected", 12)],
)
def test_the_error_of_many_tells_the_outcome_of_its_rows(
    relay: GrpcRelay, through: Run, fault: str, outcome: str, code: int
) -> None:
    relay.set(fault, only_writes=True)
    done = through(*OFF, OFFICE, PUMP, "--yes")
    assert ([one["outcome"] for one in done.json], done.code) == ([outcome] * 2, code)
    assert done.error["outcome"] == (None if code == 12 else outcome)
    assert updates(relay) == 1


def test_a_device_that_has_gone_from_the_list_may_have_changed_before(relay: GrpcRelay, through: Run) -> None:
    relay.set("empty-message", only_writes=True, afterwards=True)
    done = through(*OFF, OFFICE, "--yes")
    assert (done.code, done.json["outcome"], done.error["outcome"]) == (9, "unknown", "unknown")
    assert "no longer lists it" in done.json["message"]
    assert [one["outcome"] for one in journal(through)] == ["unknown"]
    assert [one.name for one in relay.take() if one.fault] == ["UpdateOutlets", "ListOutlets", "GetDevices"]


def test_a_device_whose_settings_are_not_told_is_left_alone(
    sandbox: Sandbox, relay: GrpcRelay, through: Run
) -> None:
    with GrpcRelay(
        relay.target, relay.ca_file.read_bytes(), writes=lambda name: name == "ListOutlets"
    ) as mute:
        mute.set("empty-message", only_writes=True)
        more = {"ENERGYCTL_EMPORIA_TARGET": mute.target, "ENERGYCTL_EMPORIA_CA_FILE": str(mute.ca_file)}
        done = through("emporia", "outlets", "off", OFFICE, "--yes", more=more)
    assert done.code == 6
    message, hint = done.err.splitlines()
    assert "does not tell its settings" in message
    assert hint == f"  Look again: energyctl emporia outlets show {Fleet(sandbox).id(OFFICE)}"
    assert updates(relay) == 0


def test_a_call_without_an_end_is_told_without_the_librarys_words(relay: GrpcRelay, through: Run) -> None:
    relay.set("half-closed")
    done = through("-o", "json", "emporia", "outlets", "list")
    assert (done.code, done.out) == (10, "")
    assert done.error["message"] == "Emporia failed at the sign-in (UNKNOWN): the connection broke."


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("wrong-name", "its certificate is for another name"),
        ("expired", "its certificate has expired"),
        ("unknown-authority", "its certificate is signed by an unknown authority"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_said(
    sandbox: Sandbox, through: Run, kind: str, words: str
) -> None:
    with tls_endpoint(kind, sandbox.facts["urls"]["emporia_target"]) as endpoint:
        more = {
            "ENERGYCTL_EMPORIA_TARGET": endpoint.target,
            "ENERGYCTL_EMPORIA_CA_FILE": str(endpoint.ca_file),
        }
        done = through(*OFF, OFFICE, "--yes", more=more)
    assert (done.code, done.error["code"], done.out) == (10, "unavailable", "")
    assert done.error["message"] == f"Emporia cannot be reached at {endpoint.target}: {words}."


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("FAILED_PRECONDITION", "The charger says: connection refused"),
        ("UNAVAILABLE", "nothing listens there (connection refused)"),
    ],
)
def test_the_servers_own_words_are_told_where_it_refuses(code: str, told: str) -> None:
    assert _reason("The charger says: connection refused.", code) == told


@pytest.mark.parametrize(
    "said",
    [
        "recvmsg:Connection reset by peer",
        "sendmsg: Broken pipe (32)",
        "Stream removed (sendmsg: Broken pipe (32))",
        "Socket closed",
    ],
)
def test_a_connection_that_breaks_is_told_in_the_same_words(said: str) -> None:
    assert _reason(said, "UNAVAILABLE") == "the connection broke"


def test_an_answer_that_swells_is_taken_up_to_the_limit(relay: GrpcRelay, through: Run) -> None:
    relay.set("gzip-bomb")
    done = through("-o", "json", "emporia", "outlets", "list")
    assert (done.code, done.error["code"], done.out) == (11, "answer_too_large", "")
    assert "larger than 256 MB" in done.error["message"]


@pytest.mark.parametrize(
    ("said", "of_the_answer"),
    [
        ("Stream removed (CLIENT: Received message larger than max (2147483647 vs. 268435456))", True),
        ("Received message larger than max (5000000 vs. 4194304)", True),
        ("Decompressed message larger than max", True),
        ("SERVER: Received message larger than max (5000000 vs. 4194304)", False),
        ("CLIENT: Sent message larger than max (300000000 vs. 268435456)", False),
        ("too many calls", False),
    ],
)
def test_which_message_was_too_large(said: str, of_the_answer: bool) -> None:
    assert _is_too_large("RESOURCE_EXHAUSTED", said) is of_the_answer
