"""The faults by name with what each does on the wire, and what a relay has seen. How they are done is not here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: What each HTTP fault does. ``refused`` is not set at a relay: it is the address ``HttpRelay.refused``.
HTTP_MEANINGS: Mapping[str, str] = {
    "latency": "does the work, and does not answer until the client goes",
    "401": "401 with a JSON body, nothing done",
    "429": "429 without Retry-After, nothing done",
    "429-retry-after": "429 with Retry-After: 30, nothing done",
    "500": "500 with a JSON body, nothing done",
    "502-html": "a gateway's HTML page with 502, nothing done",
    "503": "503 without Retry-After, nothing done",
    "reset-before": "resets the connection, nothing done",
    "reset-after": "does the work, then resets the connection",
    "truncated": "does the work, sends half of the announced body, and closes",
    "wrong-content-type": "does the work, calls the answer text/plain",
    "invalid-json": "does the work, answers with JSON that breaks off, of the right length",
    "wrong-shape": "does the work, answers with an object for a list and a list for an object",
    "wrong-shape-inside": "does the work, swaps lists and objects in each field of the answer",
    "text-for-numbers": "does the work, answers with strings for all numbers",
    "nulls": "does the work, answers with null for every leaf",
    "empty": "does the work, answers with an empty body",
    "huge": "does the work, answers with 100 MB of JSON",
    "drip": "does the work, then sends a byte of the body now and then, without end",
    "drip-headers": "does the work, then sends a byte of the headers now and then, without end",
    "redirect": "302 to another host, nothing done",
    "gzip-bomb": "does the work, answers with 1 GB of white space, compressed to 1 MB",
    "refused": "nobody listens at the address",
}
HTTP_FAULTS = tuple(HTTP_MEANINGS)

GRPC_STATUSES = (
    "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
    "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
    "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
)  # fmt: skip

#: What each gRPC fault does. ``refused`` is not set at a relay: it is the target ``GrpcRelay.refused``.
GRPC_MEANINGS: Mapping[str, str] = {
    **{f"status-{name}": f"ends the call with {name}, nothing done" for name in GRPC_STATUSES},
    "pushback": "RESOURCE_EXHAUSTED that asks to wait 30 s, nothing done",
    "latency": "does the work, and does not answer until the client goes",
    "reset-before": "resets the connection, nothing done",
    "reset-after": "does the work, then resets the connection",
    "half-closed": "does the work, sends headers, and ends the stream without a message and a status",
    "oversize": "does the work, announces an answer larger than any client takes",
    "garbage": "does the work, answers with bytes that are no message",
    "empty-message": "does the work, answers with a message of no bytes",
    "refused": "nobody listens at the target",
}
GRPC_FAULTS = tuple(GRPC_MEANINGS)

#: What a gRPC relay can act out besides, but which costs seconds: not for every command.
GRPC_COSTLY_MEANINGS: Mapping[str, str] = {
    "gzip-bomb": "does the work, answers with 1 GB, compressed to 1 MB",
}

#: What is wrong with the certificate of ``tls_endpoint``; everything else about it is right.
TLS_MEANINGS: Mapping[str, str] = {
    "wrong-name": "the certificate is for another host",
    "expired": "the certificate ended yesterday",
    "unknown-authority": "nobody the client trusts has signed the certificate",
}
TLS_FAULTS = tuple(TLS_MEANINGS)

#: Faults that strike before the request reaches the server behind: nothing has been done.
BEFORE_THE_EFFECT = frozenset(
    {
        *TLS_FAULTS,
        *(f"status-{name}" for name in GRPC_STATUSES),
        "401", "429", "429-retry-after", "500", "502-html", "503", "reset-before", "redirect", "refused", "pushback",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """A request that reached a relay.

    ``name`` is ``POST /path`` without the query, or the method of a gRPC service. ``forwarded`` says whether the
    server behind got it, ``fault`` what befell it: None when it passed, or its answer had nothing the fault could
    spoil.
    """

    name: str
    writes: bool
    body: bytes
    headers: Mapping[str, str]
    forwarded: bool
    fault: str | None = None
