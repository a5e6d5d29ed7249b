"""A gRPC relay that passes calls on to a sandbox, and acts one fault out on the connection when told to."""

from __future__ import annotations

import dataclasses
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import grpc

from tests import tls
from tests.faults.relays.bodies import gzip_bomb
from tests.faults.relays.ledger import Lasts, Ledger
from tests.faults.relays.names import GRPC_COSTLY_MEANINGS, GRPC_FAULTS
from tests.faults.relays.tls import Change, Front, nobody

_LONGEST_WORK_S = 60.0
_LARGEST_MESSAGE = 64 * 1024 * 1024
#: Calls that can be held up at the same time.
_AT_ONCE = 16
#: What an answer announces that is larger than any client takes.
_OVERSIZE_BYTES = 0x7FFFFFFF
_PUSHBACK = ("grpc-retry-pushback-ms", "30000")
#: Metadata that each connection makes for itself.
_OF_ONE_LINE = ("grpc-", "user-agent", "content-type", "te", ":")

_Metadata = Mapping[str, str | bytes]


class GrpcRelay:
    """Stands before a gRPC server and passes unary calls on unchanged, until a fault is set.

    :param upstream: host and port of the server behind, which speaks TLS.
    :param ca_pem: the authority of its certificate.
    :param writes: whether a method, by its name, changes anything.
    """

    def __init__(
        self,
        upstream: str,
        ca_pem: bytes,
        *,
        writes: Callable[[str], bool] = lambda name: name.startswith("Update"),
    ) -> None:
        self._upstream = upstream
        self._ca_pem = ca_pem
        self._writes = writes
        self._ledger = Ledger({*GRPC_FAULTS, *GRPC_COSTLY_MEANINGS} - {"refused"})
        self.set, self.take = self._ledger.set, self._ledger.take
        self._ends = ExitStack()
        self._marks = {name: secrets.token_hex().encode() for name in _BY_FRAMES}
        #: Where it listens, and the authority of its certificate.
        self.target = ""
        self.ca_file = Path()
        #: A target like ``target`` at which nobody listens, for as long as the relay lives.
        self.refused = ""

    def __enter__(self) -> Self:
        trusted = grpc.ssl_channel_credentials(root_certificates=self._ca_pem)
        limits = [("grpc.max_receive_message_length", _LARGEST_MESSAGE)]
        self._channel = self._ends.enter_context(grpc.secure_channel(self._upstream, trusted, options=limits))
        pool = self._ends.enter_context(ThreadPoolExecutor(_AT_ONCE))
        server = grpc.server(pool, handlers=[_Handler(self._serve)], options=limits)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        self._ends.callback(lambda: server.stop(0).wait())
        place = Path(self._ends.enter_context(tempfile.TemporaryDirectory()))
        authority = tls.authority()
        certificate = tls.write_certificate(place / "server.pem", authority, ends_in_days=1)
        self.ca_file = place / "authority.pem"
        self.ca_file.write_text(tls.pem(authority[1]))
        self._front = self._ends.enter_context(Front(certificate, ("127.0.0.1", port), change=self._change))
        self.target = f"127.0.0.1:{self._front.port}"
        self.refused = self._ends.enter_context(nobody())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.set(None)
        self._ends.close()

    # -- one call ----------------------------------------------------------------------------------------

    def _serve(self, method: str, request: bytes, call: grpc.ServicerContext) -> bytes:
        name = method.rpartition("/")[2]
        metadata = {
            key: value for key, value in call.invocation_metadata() if not key.startswith(_OF_ONE_LINE)
        }
        headers = {key: str(value) for key, value in metadata.items()}
        seen, lasts = self._ledger.note(name, request, headers, writes=self._writes(name))
        if not seen.forwarded:
            self._refuse(seen.fault or "", call)
            return b""
        answer = self._from_behind(method, request, metadata, call)
        return answer if seen.fault is None else self._act(seen.fault, lasts, call)

    def _refuse(self, fault: str, call: grpc.ServicerContext) -> None:
        """Act out a fault that leaves the server behind alone."""
        if fault == "reset-before":
            self._reset(call)
            return
        if fault == "pushback":
            call.set_trailing_metadata((_PUSHBACK,))
            call.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "too many calls")
        call.abort(grpc.StatusCode[fault.removeprefix("status-")], "the relay says so")

    def _act(self, fault: str, lasts: Lasts, call: grpc.ServicerContext) -> bytes:
        """Act out a fault whose call has been worked on."""
        match fault:
            case "latency":
                call.add_callback(self._wake)
                with self._ledger.changed:
                    self._ledger.changed.wait_for(lambda: not lasts() or not call.is_active())
            case "reset-after":
                self._reset(call)
            case "garbage":
                return b"\xff" * 32
            case "half-closed" | "oversize":
                return self._marks[fault]
            case "gzip-bomb":
                call.set_compression(grpc.Compression.Gzip)
                call.disable_next_message_compression()
                return gzip_bomb(name=self._marks[fault])
        return b""

    def _wake(self) -> None:
        with self._ledger.changed:
            self._ledger.changed.notify_all()

    def _reset(self, call: grpc.ServicerContext) -> None:
        self._front.reset(int(call.peer().rpartition(":")[2]))

    def _from_behind(
        self, method: str, request: bytes, metadata: _Metadata, call: grpc.ServicerContext
    ) -> bytes:
        forward = self._channel.unary_unary(method)
        try:
            answer, told = forward.with_call(
                request, timeout=_LONGEST_WORK_S, metadata=tuple(metadata.items())
            )
        except grpc.RpcError as error:
            call.set_trailing_metadata(error.trailing_metadata() or ())
            call.abort(error.code(), error.details())
        call.set_trailing_metadata(told.trailing_metadata() or ())
        return answer

    def _change(self) -> Change:
        return _Frames({mark: _BY_FRAMES[name] for name, mark in self._marks.items()}).change


class _Handler(grpc.GenericRpcHandler):
    """Takes every method, as bytes."""

    def __init__(self, serve: Callable[[str, bytes, grpc.ServicerContext], bytes]) -> None:
        self._serve = serve

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        return grpc.unary_unary_rpc_method_handler(
            lambda request, call: self._serve(details.method, request, call)
        )


# -- faults that no gRPC library can make ----------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class _Frame:
    """A frame of HTTP/2 (RFC 9113, section 4.1)."""

    kind: int
    flags: int
    stream: bytes
    payload: bytes

    @property
    def raw(self) -> bytes:
        return len(self.payload).to_bytes(3) + bytes((self.kind, self.flags)) + self.stream + self.payload


_HEAD_BYTES = 9
_DATA, _END_STREAM = 0, 1


def _end_without_status(frame: _Frame) -> _Frame:
    """End the stream where the message should be: the status, which follows, comes too late."""
    return dataclasses.replace(frame, flags=_END_STREAM, payload=b"")


def _announce_more(frame: _Frame) -> _Frame:
    """Announce a message of another length than comes: byte 0 says whether it is compressed, then four its length."""
    payload = frame.payload[:1] + _OVERSIZE_BYTES.to_bytes(4) + frame.payload[5:]
    return dataclasses.replace(frame, payload=payload)


def _say_compressed(frame: _Frame) -> _Frame:
    return dataclasses.replace(frame, payload=b"\1" + frame.payload[1:])


#: What becomes of the frame that holds the answer.
_BY_FRAMES: Mapping[str, Callable[[_Frame], _Frame]] = {
    "half-closed": _end_without_status,
    "oversize": _announce_more,
    "gzip-bomb": _say_compressed,
}


class _Frames:
    """The frames of one connection's answers; one that holds a mark is changed, all others stay as they are."""

    def __init__(self, marks: Mapping[bytes, Callable[[_Frame], _Frame]]) -> None:
        self._marks = marks
        self._heard = b""

    def change(self, piece: bytes) -> bytes:
        """Take a piece of the answers; return what the client gets for it."""
        self._heard += piece
        return b"".join(self._changed(frame).raw for frame in self._whole())

    def _changed(self, frame: _Frame) -> _Frame:
        changes = (
            change for mark, change in self._marks.items() if frame.kind == _DATA and mark in frame.payload
        )
        change = next(changes, None)
        return change(frame) if change else frame

    def _whole(self) -> Iterator[_Frame]:
        while len(self._heard) >= _HEAD_BYTES:
            end = _HEAD_BYTES + int.from_bytes(self._heard[:3])
            if len(self._heard) < end:
                return
            head, payload, self._heard = (
                self._heard[:_HEAD_BYTES],
                self._heard[_HEAD_BYTES:end],
                self._heard[end:],
            )
            yield _Frame(head[3], head[4], head[5:], payload)
