"""The way to the service: targets that are refused, certificates, deadlines, statuses, tokens, and traces."""

from __future__ import annotations

import json
import socket
import ssl
from pathlib import Path

import pytest

from energyctl.core.errors import ConfigProblem, EnergyctlError
from energyctl.core.session import Session
from energyctl.providers.emporia.client import connect
from tests.conftest import Run, Sandbox, run_with
from tests.providers.emporia.fleet import OFFICE, Fleet, write_profile

LIST = ("emporia", "outlets", "list", "-o", "json")


def _with(env: dict[str, str], home: Path, sandbox: Sandbox, **keys: str) -> Run:
    password = sandbox.facts["credentials"]["emporia"]["password"]
    config = str(write_profile(home, sandbox, **keys))
    return run_with({**env, "ENERGYCTL_CONFIG": config, "TEST_PASSWORD": password}, home)


@pytest.mark.parametrize(
    ("target", "said", "code"),
    [
        ("partner.emporiaenergy.com:50051", "version 1", "version_gone"),
        ("plaintext://127.0.0.1:50051", "version 1", "version_gone"),
        ("plaintext://partner.emporiaenergy.com:50052", "clear text", "plaintext_refused"),
        ("plaintext://127.0.0.1.example.org:50052", "clear text", "plaintext_refused"),
        ("https://partner.emporiaenergy.com:50052", "not host:port", "configuration"),
        ("partner.emporiaenergy.com", "not host:port", "configuration"),
        (":50052", "not host:port", "configuration"),
        ("partner.emporiaenergy.com:99999", "not host:port", "configuration"),
        ("partner.emporiaenergy.com:٥٠٠٥٢", "not host:port", "configuration"),
        ("partner.emporiaenergy.com:50052/v2", "not host:port", "configuration"),
    ],
)
def test_a_target_that_cannot_be_right_is_refused(
    env: dict[str, str], home: Path, sandbox: Sandbox, target: str, said: str, code: str
) -> None:
    config = str(write_profile(home, sandbox, target=target))
    with pytest.raises(ConfigProblem) as caught:
        connect(Session(env={**env, "ENERGYCTL_CONFIG": config}))
    assert (caught.value.exit_code, caught.value.code) == (13, code)
    assert said in caught.value.message
    assert target in caught.value.message or "50051" in caught.value.message


def test_the_gone_port_is_refused_with_the_reason(env: dict[str, str], home: Path, sandbox: Sandbox) -> None:
    done = _with(env, home, sandbox, target="partner.emporiaenergy.com:50051")("emporia", "outlets", "list")
    assert (done.code, done.out) == (13, "")
    assert done.err.splitlines() == [
        "error: emporia.target names port 50051: that was version 1 of the API, in clear text, and it is gone.",
        "  Use port 50052, which speaks TLS.",
    ]


def test_a_sandbox_profile_cannot_lead_elsewhere(run: Run) -> None:
    done = run(*LIST, more={"ENERGYCTL_EMPORIA_TARGET": "partner.emporiaenergy.com:50052"})
    assert (done.code, done.error["code"]) == (13, "not_a_sandbox")


def test_plaintext_is_tried_on_this_machine(env: dict[str, str], home: Path, sandbox: Sandbox) -> None:
    target = sandbox.facts["urls"]["emporia_target"]
    done = _with(env, home, sandbox, target=f"plaintext://{target}", ca_file="")(*LIST)
    assert (done.code, done.error["code"]) == (10, "unavailable")


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), ("no certificate\n", "holds no certificate")]
)
def test_a_wrong_ca_file(
    env: dict[str, str], home: Path, sandbox: Sandbox, content: str | None, said: str
) -> None:
    if content is not None:
        (home / "ca.pem").write_text(content)
    done = _with(env, home, sandbox, ca_file=str(home / "ca.pem"))(*LIST)
    assert (done.code, done.out) == (13, "")
    assert said in done.error["message"]


def test_an_unknown_authority_is_told_in_two_lines(env: dict[str, str], home: Path, sandbox: Sandbox) -> None:
    done = _with(env, home, sandbox, ca_file="")("emporia", "outlets", "list")
    assert (done.code, done.out) == (10, "")
    first, second = done.err.splitlines()
    assert "its certificate is signed by an unknown authority" in first
    assert "ca_file" in second


def test_the_certificate_holds_for_no_other_name(env: dict[str, str], home: Path, sandbox: Sandbox) -> None:
    authority = ssl.create_default_context(cafile=sandbox.facts["ca_file"])
    assert authority.get_ca_certs()
    port = sandbox.facts["urls"]["emporia_target"].rpartition(":")[2]
    done = _with(env, home, sandbox, target=f"127.0.0.2:{port}")(*LIST)
    assert (done.code, done.error["grpc_code"]) == (10, "UNAVAILABLE")


def test_nothing_listens(env: dict[str, str], home: Path, sandbox: Sandbox) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    run = _with(env, home, sandbox, target=f"127.0.0.1:{port}")
    done = run("emporia", "outlets", "list")
    assert (done.code, done.out) == (10, "")
    first, second = done.err.splitlines()
    assert "nothing listens there" in first
    assert second.startswith("  Check the network")
    # Before a connection stands nothing can have happened, so this is not "unknown".
    written = run("emporia", "call", "UpdateOutlets", "-d", "{}", "--yes", "-o", "json")
    assert (written.code, written.error["code"]) == (10, "unavailable")


def test_a_host_that_is_not_known(env: dict[str, str], home: Path, sandbox: Sandbox) -> None:
    done = _with(env, home, sandbox, target="no-such-host.invalid:50052")(*LIST)
    assert done.code == 10
    assert done.error["message"].endswith("the host name is not known.")


def test_a_read_that_takes_too_long(run: Run, sandbox: Sandbox, fleet: Fleet) -> None:
    sandbox.fault("emporia:latency=30@GetDevices")
    done = run("--timeout", "2", *LIST)
    assert (done.code, done.error["code"], done.error["grpc_code"]) == (10, "timeout", "DEADLINE_EXCEEDED")
    assert "within 2 s" in done.error["message"]
    assert fleet.calls() == ["Authenticate", "GetDevices"]


def test_a_write_that_takes_too_long_is_unknown(run: Run, sandbox: Sandbox, fleet: Fleet) -> None:
    sandbox.fault("emporia:latency=30@UpdateOutlets")
    done = run("--timeout", "2", "emporia", "outlets", "off", OFFICE, "-o", "json")
    assert (done.code, done.json["outcome"], done.error["outcome"]) == (9, "unknown", "unknown")
    assert "no answer within 2 s" in done.error["message"]
    assert f"outlets show {fleet.id(OFFICE)}" in done.error["hint"]
    assert len(fleet.calls("UpdateOutlets")) == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("CANCELLED", 10),
        ("UNKNOWN", 10),
        ("INVALID_ARGUMENT", 6),
        ("DEADLINE_EXCEEDED", 10),
        ("NOT_FOUND", 3),
        ("ALREADY_EXISTS", 6),
        ("PERMISSION_DENIED", 5),
        ("RESOURCE_EXHAUSTED", 7),
        ("FAILED_PRECONDITION", 6),
        ("ABORTED", 6),
        ("OUT_OF_RANGE", 6),
        ("UNIMPLEMENTED", 6),
        ("INTERNAL", 10),
        ("UNAVAILABLE", 10),
        ("DATA_LOSS", 11),
        ("UNAUTHENTICATED", 4),
    ],
)
def test_each_status_has_its_exit_code(
    session: Session, sandbox: Sandbox, fleet: Fleet, status: str, code: int
) -> None:
    sandbox.fault(f"emporia:grpc={status}@GetDevices")
    client = connect(session)
    with pytest.raises(EnergyctlError) as caught:
        client.devices()
    client.rpc.close()
    error = caught.value.as_dict()
    assert (error["exit_code"], error["grpc_code"], error["provider"]) == (code, status, "emporia")
    assert error["operation"] == "GetDevices"
    assert "http_status" not in error
    assert error["hint"]
    asked = {"UNAVAILABLE": 4, "UNAUTHENTICATED": 2}.get(status, 1)
    assert fleet.calls().count("GetDevices") == asked
    assert fleet.calls().count("Authenticate") == (2 if status == "UNAUTHENTICATED" else 1)


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        ("INVALID_ARGUMENT", 6, "rejected"),
        ("FAILED_PRECONDITION", 6, "rejected"),
        ("PERMISSION_DENIED", 5, "failed"),
        ("RESOURCE_EXHAUSTED", 7, "failed"),
        ("ABORTED", 9, "unknown"),
        ("UNAVAILABLE", 9, "unknown"),
        ("INTERNAL", 9, "unknown"),
        ("CANCELLED", 9, "unknown"),
    ],
)
def test_each_status_of_a_write_is_sent_once(
    run: Run, sandbox: Sandbox, fleet: Fleet, status: str, code: int, outcome: str
) -> None:
    sandbox.fault(f"emporia:grpc={status}@UpdateOutlets")
    done = run("emporia", "outlets", "off", OFFICE, "-o", "json")
    assert (done.code, done.json["outcome"], done.error["grpc_code"]) == (code, outcome, status)
    assert len(fleet.calls("UpdateOutlets")) == 1


@pytest.mark.parametrize("fault", ["not-json", "html", "truncate"])
def test_an_answer_that_is_no_message(run: Run, sandbox: Sandbox, fault: str) -> None:
    sandbox.fault(f"emporia:{fault}@GetDevices")
    done = run("emporia", "devices", "list")
    assert (done.code, done.out) == (11, "")
    assert "answer to the device list cannot be read" in done.err
    assert len(done.err.splitlines()) == 2


def test_what_is_unavailable_twice_is_asked_for_again(run: Run, sandbox: Sandbox, fleet: Fleet) -> None:
    sandbox.fault("emporia:503@GetDevices#2")
    done = run("emporia", "devices", "list", "-o", "ids")
    assert (done.code, len(done.out.split()), done.err) == (0, 24, "")
    assert fleet.calls() == ["Authenticate", *["GetDevices"] * 3]


@pytest.mark.parametrize(("most", "code", "asked"), [("0", 7, 1), ("5", 0, 2)])
def test_a_rate_limit_that_names_its_end_is_waited_for(
    run: Run, sandbox: Sandbox, fleet: Fleet, most: str, code: int, asked: int
) -> None:
    sandbox.fault("emporia:429=0.2@GetDevices#1")
    done = run("emporia", "devices", "list", "-o", "json", "--max-wait", most)
    assert (done.code, len(fleet.calls("GetDevices"))) == (code, asked)
    if code:
        assert done.error["retry_after_s"] == 0.2


def test_an_expired_token_is_asked_for_anew_once(run: Run, sandbox: Sandbox, fleet: Fleet) -> None:
    assert run(*LIST).code == 0
    sandbox.post("/emporia/tokens/expire", {})
    sandbox.forget_requests()
    done = run(*LIST)
    assert (done.code, done.err) == (0, "")
    assert fleet.calls() == ["ListOutlets", "Authenticate", "ListOutlets"]


def test_a_write_is_repeated_after_a_fresh_token(run: Run, sandbox: Sandbox, fleet: Fleet) -> None:
    sandbox.fault("emporia:expired-token@UpdateOutlets#1")
    done = run("emporia", "outlets", "off", OFFICE, "-o", "json")
    assert (done.code, done.json["outcome"]) == (0, "changed")
    assert fleet.calls()[-3:] == ["UpdateOutlets", "Authenticate", "UpdateOutlets"]


def test_an_answer_above_four_megabytes(run: Run, fleet: Fleet) -> None:
    times = {"start_epoch_seconds": 1760000000, "end_epoch_seconds": 1760000000 + 20 * 86400}
    ask = {
        "manufacturer_device_ids": [fleet.id("Main panel")],
        "scale": "Minutes",
        "channels": "ALL",
        **times,
    }
    done = run("emporia", "call", "GetUsageData", "-d", json.dumps(ask), "-o", "json", "--query",
               "device_usages[0].channel_usages[].length(usages)")  # fmt: skip
    assert (done.code, done.json) == (0, [20 * 1440 + 1] * 19)
    assert sum(done.json) * 8 + done.json[0] * 5 > 4 * 1024 * 1024


def test_a_trace_tells_all_but_secrets(real: Run, sandbox: Sandbox, env: dict[str, str]) -> None:
    done = real("-v", *LIST)
    assert done.code == 0
    methods = [line.rpartition("/")[2] for line in done.err.splitlines() if line.startswith("> 127.")]
    assert methods == ["Authenticate", "GetDevices", "ListOutlets"]
    kept = "".join(
        path.read_text(errors="replace") for path in Path(env["XDG_STATE_HOME"]).rglob("*") if path.is_file()
    )
    password = sandbox.facts["credentials"]["emporia"]["password"]
    token = real("auth", "token", "emporia").out.strip()
    assert len(token) > 20
    assert token in kept
    assert token not in done.err + done.out
    assert password not in done.err + done.out + kept
    assert "[redacted]" in done.err
