"""The gRPC relay, seen by a plain client before a server in miniature: what each fault does to a call."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import pytest

from tests import tls
from tests.conftest import until
from tests.faults.relays.grpc import GrpcRelay
from tests.faults.relays.names import GRPC_FAULTS, GRPC_STATUSES, Seen

READ, WRITE = "/field.Meter/ListMeters", "/field.Meter/UpdateMeters"
#: More than any message here.
LARGEST = 256 * 1024 * 1024

#: Status of a call, and what the client says of it, of the faults that end it. A reset is noticed by
#: whatever the client does next: reading, or writing.
RESET = "reset by peer|Broken pipe"
ENDS = {
    **{f"status-{name}": (name, "the relay says so") for name in GRPC_STATUSES},
    "pushback": ("RESOURCE_EXHAUSTED", "too many calls"),
    "reset-before": ("UNAVAILABLE", RESET),
    "reset-after": ("UNAVAILABLE", RESET),
    "half-closed": ("UNKNOWN", "END_STREAM"),
    "oversize": ("RESOURCE_EXHAUSTED", "larger than max"),
}
ANSWERS = {"garbage": b"\xff" * 32, "empty-message": b""}
TOLD_APART = {"latency", "refused"}


@dataclass
class Behind:
    """The server behind: answers each call with its own request, or refuses it, and remembers it.

    Its ``workers`` begin when they are first needed and stay.
    """

    target: str = ""
    authority: bytes = b""
    asked: list[tuple[str, bytes]] = field(default_factory=list)
    refuses: bool = False
    workers: set[threading.Thread] = field(default_factory=set)


class Echo(grpc.GenericRpcHandler):
    def __init__(self, behind: Behind) -> None:
        self._behind = behind

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        def echo(request: bytes, call: grpc.ServicerContext) -> bytes:
            self._behind.asked.append((details.method, request))
            sent = dict(call.invocation_metadata())
            call.set_trailing_metadata((("x-heard", str(sent.get("x-say", ""))),))
            if self._behind.refuses:
                call.abort(grpc.StatusCode.FAILED_PRECONDITION, "it is locked")
            return b"echo " + request

        return grpc.unary_unary_rpc_method_handler(echo)


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    signer = tls.authority()
    certificate = tls.write_certificate(
        tmp_path_factory.mktemp("behind") / "server.pem", signer, ends_in_days=1
    )
    both = certificate.read_bytes()
    workers: set[threading.Thread] = set()
    behind = Behind(authority=tls.pem(signer[1]).encode(), workers=workers)
    with ThreadPoolExecutor(4, initializer=lambda: workers.add(threading.current_thread())) as pool:
        server = grpc.server(pool, handlers=[Echo(behind)])
        port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(both, both)]))
        behind.target = f"127.0.0.1:{port}"
        server.start()
        yield behind
        server.stop(0).wait()


@pytest.fixture(scope="module")
def _relay(_server: Behind) -> Iterator[GrpcRelay]:
    with GrpcRelay(_server.target, _server.authority) as made:
        yield made


@pytest.fixture
def behind(_server: Behind) -> Behind:
    _server.asked.clear()
    _server.refuses = False
    return _server


@pytest.fixture
def relay(_relay: GrpcRelay, behind: Behind) -> GrpcRelay:
    _relay.set(None)
    _relay.take()
    return _relay


@contextmanager
def client(target: str, ca_file: Path) -> Iterator[grpc.Channel]:
    trusted = grpc.ssl_channel_credentials(ca_file.read_bytes())
    limits = [("grpc.max_receive_message_length", LARGEST), ("grpc.enable_retries", 0)]
    with grpc.secure_channel(target, trusted, options=limits) as channel:
        yield channel


def ask(relay: GrpcRelay, method: str = WRITE, *, timeout_s: float = 20) -> bytes:
    with client(relay.target, relay.ca_file) as channel:
        return bytes(channel.unary_unary(method)(b"on", timeout=timeout_s))


def the_one(relay: GrpcRelay) -> Seen:
    (seen,) = relay.take()
    return seen


def test_without_a_fault_all_passes_unchanged(relay: GrpcRelay, behind: Behind) -> None:
    large = b"on" * 1_000_000
    with client(relay.target, relay.ca_file) as channel:
        told = channel.unary_unary(WRITE).with_call(large, metadata=(("x-say", "hello"),), timeout=20)
    assert told[0] == b"echo " + large
    assert ("x-heard", "hello") in [tuple(one) for one in told[1].trailing_metadata()]
    assert behind.asked == [(WRITE, large)]
    assert the_one(relay) == Seen("UpdateMeters", True, large, {"x-say": "hello"}, True, None)


def test_what_the_server_refuses_is_refused(relay: GrpcRelay, behind: Behind) -> None:
    behind.refuses = True
    with pytest.raises(grpc.RpcError) as caught:
        ask(relay)
    assert (caught.value.code().name, caught.value.details()) == ("FAILED_PRECONDITION", "it is locked")
    assert the_one(relay).fault is None


def test_no_fault_is_left_out() -> None:
    assert set(GRPC_FAULTS) == TOLD_APART | set(ENDS) | set(ANSWERS)


@pytest.mark.parametrize("fault", ENDS)
def test_a_call_that_fails(relay: GrpcRelay, behind: Behind, fault: str) -> None:
    relay.set(fault)
    with pytest.raises(grpc.RpcError) as caught:
        ask(relay)
    status, said = ENDS[fault]
    assert caught.value.code().name == status
    assert re.search(said, caught.value.details())
    asked_to_wait = dict(caught.value.trailing_metadata() or ()).get("grpc-retry-pushback-ms")
    assert asked_to_wait == ("30000" if fault == "pushback" else None)
    seen = the_one(relay)
    worked = fault in ("reset-after", "half-closed", "oversize")
    assert (seen.fault, seen.forwarded, len(behind.asked)) == (fault, worked, worked)


@pytest.mark.parametrize("fault", ANSWERS)
def test_another_answer(relay: GrpcRelay, behind: Behind, fault: str) -> None:
    relay.set(fault)
    assert ask(relay) == ANSWERS[fault]
    assert (the_one(relay).forwarded, len(behind.asked)) == (True, 1)


def test_an_answer_that_does_not_come(relay: GrpcRelay, behind: Behind) -> None:
    relay.set("latency")
    with pytest.raises(grpc.RpcError) as caught:
        ask(relay, timeout_s=1)
    assert caught.value.code().name == "DEADLINE_EXCEEDED"
    with client(relay.target, relay.ca_file) as channel:
        held_up = channel.unary_unary(WRITE).future(b"held up", timeout=60)
        until(lambda: (WRITE, b"held up") in behind.asked)
        relay.set(None)  # lets it go
        assert held_up.result() == b""


@pytest.mark.parametrize("fault", ["half-closed", "oversize", "garbage"])
def test_the_next_call_is_well_again(relay: GrpcRelay, fault: str) -> None:
    with client(relay.target, relay.ca_file) as channel:
        relay.set(fault)
        first = channel.unary_unary(WRITE).future(b"on", timeout=20)
        assert (first.exception() is None) == (fault == "garbage")
        relay.set(None)
        again = channel.unary_unary(READ)(b"on", timeout=20, wait_for_ready=True)
    assert again == b"echo on"


def test_a_fault_for_writes_alone(relay: GrpcRelay) -> None:
    relay.set("status-INTERNAL", only_writes=True)
    assert ask(relay, READ) == b"echo on"
    with pytest.raises(grpc.RpcError):
        ask(relay, WRITE)
    assert [(one.name, one.writes, one.fault) for one in relay.take()] == [
        ("ListMeters", False, None),
        ("UpdateMeters", True, "status-INTERNAL"),
    ]


def test_where_nobody_listens(relay: GrpcRelay) -> None:
    host, _, port = relay.refused.rpartition(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)))


@pytest.mark.parametrize("fault", ["refused", "no such fault"])
def test_what_cannot_be_set(relay: GrpcRelay, fault: str) -> None:
    with pytest.raises(ValueError, match="cannot be set"):
        relay.set(fault)


def test_nothing_is_left_of_a_relay(behind: Behind) -> None:
    before = set(threading.enumerate())
    with GrpcRelay(behind.target, behind.authority) as made:
        ask(made)
        place = made.ca_file.parent
        begun = set(threading.enumerate()) - before - behind.workers
        assert begun
    assert not place.exists()
    until(lambda: not begun & set(threading.enumerate()))


def test_a_fault_for_what_comes_after_a_write(relay: GrpcRelay) -> None:
    relay.set("status-INTERNAL", afterwards=True)
    assert ask(relay, READ) == ask(relay, WRITE) == b"echo on"
    with pytest.raises(grpc.RpcError):
        ask(relay, READ)
    assert [one.fault for one in relay.take()] == [None, None, "status-INTERNAL"]
