"""Faults on gRPC calls, and what the request log keeps of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest

from energyctl.providers.emporia.wire import partner_api2_pb2 as pb
from energyctl.sandbox.faults import parse_fault
from tests.sandbox.emporia_partner import DEADLINE_S, Partner


@pytest.fixture(scope="module")
def partner(sandbox: Any) -> Iterator[Partner]:
    found = Partner(sandbox.facts)
    yield found
    found.close()


@pytest.fixture
def fault(sandbox: Any) -> Iterator[Callable[..., None]]:
    sandbox.control("/reset")
    yield lambda *specs: sandbox.control("/faults", {"add": list(specs)})
    sandbox.control("/faults", {"clear": True})


def outcome(partner: Partner, method: str = "ListOutlets") -> str:
    try:
        partner.listed(method)
    except grpc.RpcError as error:
        return str(error.code().name)
    return "OK"


def settled(partner: Partner) -> None:
    """Call until it works: a channel may put one more call on the connection that was just cut."""
    assert "OK" in (outcome(partner) for _ in range(10))


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("429", "RESOURCE_EXHAUSTED"),
        ("500", "INTERNAL"),
        ("503", "UNAVAILABLE"),
        ("502-html", "UNAVAILABLE"),
        ("expired-token", "UNAUTHENTICATED"),
        ("grpc=ABORTED", "ABORTED"),
        ("grpc=UNIMPLEMENTED", "UNIMPLEMENTED"),
        ("drop-before", "UNAVAILABLE"),
        ("drop-after", "UNAVAILABLE"),
        ("not-json", "INTERNAL"),
        ("html", "INTERNAL"),
    ],
)
def test_each_kind_ends_one_call_with_its_status(
    partner: Partner, fault: Callable[..., None], kind: str, status: str
) -> None:
    fault(f"emporia:{kind}#1")
    assert outcome(partner) == status
    settled(partner)


def test_bytes_that_are_no_message_and_unknown_methods_are_refused(partner: Partner) -> None:
    service = "/emporiaenergy.partner_api_2.PartnerApi"
    for method, status in (
        ("ListOutlets", grpc.StatusCode.INTERNAL),
        ("Nope", grpc.StatusCode.UNIMPLEMENTED),
    ):
        with pytest.raises(grpc.RpcError) as caught:
            partner.channel.unary_unary(f"{service}/{method}")(b"\xff\xff", timeout=DEADLINE_S)
        assert caught.value.code() is status


def test_a_wait_is_said_as_pushback(partner: Partner, fault: Callable[..., None]) -> None:
    fault("emporia:429=1.5#1")
    with pytest.raises(grpc.RpcError) as caught:
        partner.listed("ListOutlets")
    assert dict(caught.value.trailing_metadata())["grpc-retry-pushback-ms"] == "1500"


def test_a_dropped_write_was_done_or_not(partner: Partner, fault: Callable[..., None]) -> None:
    outlet = partner.named("Dehumidifier").manufacturer_device_id
    fault("emporia:drop-before@UpdateOutlets#1")
    with pytest.raises(grpc.RpcError) as before:
        partner.outlets((outlet, False))
    settled(partner)
    assert partner.listed("ListOutlets", outlet)[0].on
    fault("emporia:drop-after@UpdateOutlets#1")
    with pytest.raises(grpc.RpcError) as after:
        partner.outlets((outlet, False))
    settled(partner)
    assert not partner.listed("ListOutlets", outlet)[0].on
    for caught in (before, after):
        # The sandbox's own words would mean that it only ended the call and kept the connection.
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert caught.value.details() != "Connection reset by peer"


def test_slow_answers_come_after_the_work_and_latency_before_it(
    partner: Partner, fault: Callable[..., None]
) -> None:
    outlet = partner.named("Dehumidifier").manufacturer_device_id
    request = pb.UpdateOutletsRequest(
        auth_token=partner.token, outlets=[pb.OutletSettings(manufacturer_device_id=outlet, on=False)]
    )
    for kind, on_afterwards in (("latency=30", True), ("slow=30", False)):
        fault(f"emporia:{kind}@UpdateOutlets#1")
        with pytest.raises(grpc.RpcError) as caught:
            partner.stub.UpdateOutlets(request, timeout=2)
        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert partner.listed("ListOutlets", outlet)[0].on is on_afterwards


def test_a_filter_names_the_method_and_the_login_is_spared_without_one(
    partner: Partner, fault: Callable[..., None]
) -> None:
    fault("emporia:503@ListBatteries", "emporia:500@/emporiaenergy.partner_api_2.PartnerApi/ListEV#1")
    assert [outcome(partner, each) for each in ("ListOutlets", "ListBatteries", "ListEVChargers")] == [
        "OK", "UNAVAILABLE", "INTERNAL",
    ]  # fmt: skip
    fault("emporia:503")
    assert partner.login()
    fault("emporia:429@Authenticate#1")
    with pytest.raises(grpc.RpcError) as caught:
        partner.login()
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("emporia:grpc", "needs a status, one of CANCELLED"),
        ("emporia:grpc=TEAPOT", "needs a status"),
        ("rabot:grpc=ABORTED", "rabot does not speak gRPC"),
        ("rabot:500@UpdateOutlets", "'UPDATEOUTLETS' is not an HTTP method"),
        ("emporia:500@Update Outlets", "not an HTTP method"),
    ],
)
def test_specs_are_checked(spec: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_fault(spec)


def test_a_spec_of_a_status_says_it(fault: Callable[..., None], sandbox: Any) -> None:
    fault("emporia:grpc=ABORTED@UpdateOutlets#2")
    (listed,) = sandbox.control("/faults", None, method="GET")["faults"]
    assert (listed["value"], listed["method"], listed["remaining"]) == ("ABORTED", "UpdateOutlets", 2)


def test_calls_are_logged_without_their_secrets(
    sandbox: Any, partner: Partner, fault: Callable[..., None]
) -> None:
    sandbox.control("/requests", None, method="DELETE")
    fault("emporia:drop-after@UpdateOutlets#1")
    token = partner.login()
    outlet = partner.named("Dehumidifier").manufacturer_device_id
    with pytest.raises(grpc.RpcError):
        partner.stub.ListOutlets(pb.ListDevicesRequest(auth_token="stolen"), timeout=DEADLINE_S)
    with pytest.raises(grpc.RpcError):
        partner.outlets((outlet, False))
    noted = sandbox.control("/requests", None, method="GET")["requests"]
    assert [(each["path"].rpartition("/")[2], each["status"], each["fault"]) for each in noted] == [
        ("Authenticate", "OK", None),
        ("GetDevices", "OK", None),
        ("ListOutlets", "UNAUTHENTICATED", None),
        ("UpdateOutlets", None, "drop-after"),
    ]
    assert noted[0]["json"] == {"partner_email": "partner@sandbox.example.com", "password": "…"}
    assert noted[3]["json"] == {"auth_token": "…", "outlets": [{"manufacturer_device_id": outlet}]}
    text = json.dumps(noted)
    assert not [
        secret
        for secret in (token, "stolen", sandbox.facts["credentials"]["emporia"]["password"])
        if secret in text
    ]
