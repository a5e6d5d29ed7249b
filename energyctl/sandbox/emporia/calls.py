"""The gRPC port: every call through it is logged and may meet a fault on its way.

What a call means is the service's business.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import grpc
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError, Message

from energyctl.sandbox.emporia.certificates import Certificates
from energyctl.sandbox.faults import KINDS, Fault, Faults
from energyctl.sandbox.requestlog import RequestLog

_log = logging.getLogger(__name__)
_UNLIMITED = -1
_GRACE_S = 0.5
_STATUSES = {
    "429": (grpc.StatusCode.RESOURCE_EXHAUSTED, "Too many requests."),
    "500": (grpc.StatusCode.INTERNAL, "An unexpected error occurred."),
    "502-html": (grpc.StatusCode.UNAVAILABLE, "Received http2 header with status: 502"),
    "503": (grpc.StatusCode.UNAVAILABLE, "The service is temporarily unavailable."),
    "expired-token": (grpc.StatusCode.UNAUTHENTICATED, "The auth token has expired."),
    "redirect": (grpc.StatusCode.UNKNOWN, "Received http2 header with status: 302"),
}
_INSTEAD = {
    "not-json": b"OK, thank you",
    "html": b"<!DOCTYPE html>\n<html><body><h1>We will be back shortly</h1></body></html>\n",
    "wrong-shape": b"\xa2\x06\x0aunexpected",  # field 100, which no message has
    "empty": b"",
}


class Refusal(Exception):
    """How a call ends instead of with an answer."""

    def __init__(self, status: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True)
class Method:
    """One unary method: the message it takes, and what answers it."""

    request: type[Message]
    answer: Callable[[Any], Awaitable[Message]]


class CallPort:
    """A port with TLS in front of one service's methods. ``login`` is the one that faults without a filter spare."""

    def __init__(
        self,
        provider: str,
        service: str,
        methods: Mapping[str, Method],
        *,
        login: str,
        faults: Faults,
        log: RequestLog,
    ) -> None:
        self._provider = provider
        self._service = service
        self._methods = methods
        self._login = login
        self._faults = faults
        self._log = log
        self._server: Any = None
        self.port = 0

    async def start(self, host: str, certificates: Certificates) -> None:
        """Listen on a port the system chooses; ``port`` says which."""
        self._server = grpc.aio.server(
            options=[
                ("grpc.max_send_message_length", _UNLIMITED),
                ("grpc.max_receive_message_length", _UNLIMITED),
                ("grpc.so_reuseport", 0),
            ]
        )
        handlers: dict[str, Any] = {
            name: grpc.unary_unary_rpc_method_handler(self._through(name, method), response_serializer=_bytes)
            for name, method in self._methods.items()
        }
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(self._service, handlers),)
        )
        credentials = grpc.ssl_server_credentials([(certificates.server_key, certificates.server)])
        shown = f"[{host}]" if ":" in host else host
        self.port = self._server.add_secure_port(f"{shown}:0", credentials)
        await self._server.start()

    async def stop(self) -> None:
        """Close the port; calls under way have half a second to end."""
        if self._server is not None:
            await self._server.stop(_GRACE_S)

    def _through(self, name: str, method: Method) -> Any:
        path = f"/{self._service}/{name}"

        async def call(raw: bytes, context: Any) -> Message | bytes:
            try:
                request = method.request.FromString(raw)
            except DecodeError:
                return await _ended(context, grpc.StatusCode.INTERNAL, "The request is not a message.")
            metadata = [
                (key, value) for key, value in context.invocation_metadata() if isinstance(value, str)
            ]
            entry = self._log.add_call(self._provider, path, metadata, lambda: _as_json(request), len(raw))
            strike = self._faults.take(self._provider, name, path, api=name != self._login)
            if strike.delay_s:
                resets = self._faults.resets
                await asyncio.sleep(strike.delay_s)
                if resets != self._faults.resets:
                    return await _ended(context, grpc.StatusCode.UNAVAILABLE, "The sandbox was reset.")
            fault = strike.fault
            if fault is not None:
                entry["fault"] = fault.kind
                if not KINDS[fault.kind].works_first:
                    return await self._instead(fault, context, entry)
            try:
                answer: Message | bytes = await method.answer(request)
            except Refusal as refusal:
                entry["status"] = refusal.status.name
                return await _ended(context, refusal.status, refusal.message)
            except Exception:  # noqa: BLE001 - whatever goes wrong inside is the provider's INTERNAL
                _log.exception("%s failed", name)
                entry["status"] = grpc.StatusCode.INTERNAL.name
                return await _ended(context, grpc.StatusCode.INTERNAL, "An unexpected error occurred.")
            if fault is not None:
                answer = await self._spoilt(fault, answer, context)
            entry["status"] = grpc.StatusCode.OK.name
            return answer

        return call

    async def _instead(self, fault: Fault, context: Any, entry: dict[str, Any]) -> bytes:
        """End a call without doing the work."""
        if fault.kind == "drop-before":
            return await self._hang_up(context)
        if fault.status is not None:
            status, message = grpc.StatusCode[fault.status], f"The sandbox was told to answer {fault.status}."
        else:
            status, message = _STATUSES[fault.kind]
        entry["status"] = status.name
        pushback: tuple[tuple[str, str], ...] = ()
        if fault.kind in {"429", "503"} and fault.seconds is not None:
            pushback = (("grpc-retry-pushback-ms", f"{fault.seconds * 1000:.0f}"),)
        return await _ended(context, status, message, pushback)

    async def _spoilt(self, fault: Fault, answer: Message | bytes, context: Any) -> bytes:
        """Spoil the answer of work that was done."""
        if fault.kind == "drop-after":
            return await self._hang_up(context)
        whole = _bytes(answer)
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds or 0.0)
            return whole
        return whole[: len(whole) // 2] if fault.kind == "truncate" else _INSTEAD[fault.kind]

    async def _hang_up(self, context: Any) -> bytes:
        """Cut the connection the call came on, and with it all other calls on it."""
        if not _cut(context.peer(), self.port):
            _log.warning("The connection of %s cannot be cut here; the call ends instead.", context.peer())
        return await _ended(context, grpc.StatusCode.UNAVAILABLE, "Connection reset by peer")


def _bytes(answer: Message | bytes) -> bytes:
    return answer if isinstance(answer, bytes) else answer.SerializeToString()


def _as_json(message: Message) -> dict[str, Any]:
    return MessageToDict(message, preserving_proto_field_name=True)


async def _ended(
    context: Any, status: grpc.StatusCode, message: str, metadata: tuple[tuple[str, str], ...] = ()
) -> bytes:
    """End the call with a status; this raises, and never returns."""
    await context.abort(status, message, metadata)
    raise AssertionError("abort raises")


def _cut(peer: str, port: int) -> bool:
    """Shut the accepted socket of a peer such as ``ipv4:127.0.0.1:41234``; False when it is not found.

    gRPC has no call for it, but its sockets are file descriptors of this process like any others.
    """
    remote = int(unquote(peer).rpartition(":")[2])
    try:
        handles = [int(entry.name) for entry in Path("/dev/fd").iterdir()]
    except OSError:
        return False
    for handle in handles:
        with suppress(OSError):
            copy = socket.socket(fileno=os.dup(handle))
            with copy:
                if copy.getsockname()[1:2] == (port,) and copy.getpeername()[1:2] == (remote,):
                    copy.shutdown(socket.SHUT_RDWR)
                    return True
    return False
