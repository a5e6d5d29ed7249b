"""What each fault must end in: exit code and error code for reads and writes (design 3.3). How to judge is not here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.faults.commands import EMPORIA, Command
from tests.faults.relays.names import GRPC_FAULTS, HTTP_FAULTS, TLS_FAULTS

#: An exit code and, where the command fails, the error's code; None for any.
End = tuple[int, str | None]
GOOD: End = (0, None)

_TIMEOUT: End = (10, "timeout")
_NETWORK: End = (10, "network")
_DOWN: End = (10, "unavailable")
_BROKEN: End = (10, "provider_error")
_CONFUSED: End = (11, "bad_answer")
_LIMITED: End = (7, "rate_limited")
_NOT_KNOWN: End = (3, "not_found")
_CANCELLED: End = (10, "cancelled")
_REFUSED: End = (6, "refused")
_NO_ENTRY: End = (4, "authentication_failed")
_NO_PASSWORD: End = (4, "invalid_credentials")
UNKNOWN: End = (9, "outcome_unknown")


@dataclass(frozen=True)
class Fault:
    """A fault and how a command may end that meets it."""

    name: str
    #: How a command may end whose request for data, or for what a write needs beforehand, meets it.
    reads: frozenset[End]
    #: How a write may end that meets it; None: nobody can say whether it happened, so that it is unknown, unless a
    #: look at the server tells.
    writes: frozenset[End] | None
    #: Whether what is wrong lies in a good answer, so that the work may be seen to be done.
    in_answer: bool = False
    #: Whether the tool waits until a time-out.
    slow: bool = False
    #: Whether an answer is so large that memory must be looked at.
    large: bool = False
    #: Whether it befalls the whole server, and not a single request.
    everywhere: bool = False

    @property
    def refuses_credentials(self) -> bool:
        """Whether the write may come once more, with a fresh token."""
        return self.name in ("401", "status-UNAUTHENTICATED")


def _fault(name: str, reads: set[End], writes: set[End] | None = None, **more: bool) -> Fault:
    return Fault(name, frozenset(reads), None if writes is None else frozenset(writes), **more)


#: HTTP faults by name, and those of a certificate, which both transports meet.
HTTP: Mapping[str, Fault] = {
    one.name: one
    for one in (
        _fault("latency", {_TIMEOUT}, slow=True),
        _fault("401", {_NO_ENTRY}, {_NO_ENTRY}),
        _fault("429", {_LIMITED}, {_LIMITED}),
        _fault("429-retry-after", {_LIMITED}, {_LIMITED}),
        _fault("500", {_BROKEN}),
        _fault("502-html", {_DOWN}),
        _fault("503", {_DOWN}),
        _fault("reset-before", {_NETWORK}),
        _fault("reset-after", {_NETWORK}),
        _fault("truncated", {_NETWORK}),
        _fault("wrong-content-type", {GOOD}, in_answer=True),
        _fault("invalid-json", {_CONFUSED}, in_answer=True),
        _fault("wrong-shape", {GOOD, _CONFUSED, _NOT_KNOWN}, in_answer=True),
        _fault("wrong-shape-inside", {GOOD, _CONFUSED, _NOT_KNOWN}, in_answer=True),
        _fault("text-for-numbers", {GOOD, _CONFUSED}, in_answer=True),
        _fault("nulls", {GOOD, _CONFUSED, _NOT_KNOWN}, in_answer=True),
        _fault("empty", {_CONFUSED}, in_answer=True),
        _fault("huge", {(11, "answer_too_large")}, in_answer=True, large=True),
        _fault("drip", {_TIMEOUT}, slow=True),
        _fault("drip-headers", {_TIMEOUT}, slow=True),
        _fault("redirect", {(11, "redirected")}, {(11, "redirected")}),
        _fault("gzip-bomb", {(11, "answer_too_large")}, in_answer=True, large=True),
        _fault("refused", {_NETWORK}, {_NETWORK}, everywhere=True),
        *(_fault(name, {_NETWORK}, {_NETWORK}, everywhere=True) for name in TLS_FAULTS),
    )
}

#: gRPC faults by name.
GRPC: Mapping[str, Fault] = {
    one.name: one
    for one in (
        _fault("status-CANCELLED", {_CANCELLED}),
        _fault("status-UNKNOWN", {_BROKEN}),
        _fault("status-INVALID_ARGUMENT", {_REFUSED}, {_REFUSED}),
        _fault("status-DEADLINE_EXCEEDED", {_TIMEOUT}),
        _fault("status-NOT_FOUND", {_NOT_KNOWN}, {_NOT_KNOWN}),
        _fault("status-ALREADY_EXISTS", {(6, "conflict")}, {(6, "conflict")}),
        _fault("status-PERMISSION_DENIED", {(5, "not_permitted")}, {(5, "not_permitted")}),
        _fault("status-RESOURCE_EXHAUSTED", {_LIMITED}, {_LIMITED}),
        _fault("status-FAILED_PRECONDITION", {(6, "precondition_failed")}, {(6, "precondition_failed")}),
        _fault("status-ABORTED", {(6, "conflict")}),
        _fault("status-OUT_OF_RANGE", {_REFUSED}, {_REFUSED}),
        _fault("status-UNIMPLEMENTED", {(6, "not_built")}, {(6, "not_built")}),
        _fault("status-INTERNAL", {_BROKEN}),
        _fault("status-UNAVAILABLE", {_DOWN}),
        _fault("status-DATA_LOSS", {_CONFUSED}),
        # the second: of the sign-in, which is tried anew
        _fault("status-UNAUTHENTICATED", {_NO_ENTRY, _NO_PASSWORD}, {_NO_ENTRY, _NO_PASSWORD}),
        _fault("pushback", {_LIMITED}, {_LIMITED}),
        _fault("latency", {_TIMEOUT}, slow=True),
        _fault("reset-before", {_DOWN}),
        _fault("reset-after", {_DOWN}),
        _fault("half-closed", {_DOWN, _BROKEN}),
        _fault("oversize", {(11, "answer_too_large")}, in_answer=True, large=True),
        _fault("garbage", {_CONFUSED}, in_answer=True),
        _fault("empty-message", {GOOD, _NOT_KNOWN, _CONFUSED}, in_answer=True),
        _fault("refused", {_DOWN}, {_DOWN}, everywhere=True),
        *(_fault(name, {_DOWN}, {_DOWN}, everywhere=True) for name in TLS_FAULTS),
    )
}


def faults_of(server: str) -> Mapping[str, Fault]:
    """Return the faults that a server can have."""
    return GRPC if server == EMPORIA else HTTP


def known_to_the_relays() -> tuple[set[str], set[str]]:
    """Return the names of the HTTP and the gRPC faults that can be acted out."""
    return {*HTTP_FAULTS, *TLS_FAULTS}, {*GRPC_FAULTS, *TLS_FAULTS}


@dataclass(frozen=True)
class OtherEnd:
    """Another end that is right, too. Command (its title) and faults are patterns as of file names."""

    command: str
    faults: tuple[str, ...]
    ends: tuple[End, ...]
    reason: str

    def is_of(self, command: Command, fault: Fault) -> bool:
        """Whether it speaks of a command and a fault."""
        return fnmatchcase(command.title, self.command) and any(
            fnmatchcase(fault.name, one) for one in self.faults
        )


_IN_ROWS = "what goes wrong is the result: a row for each check"
_AS_IT_CAME = "any call hands on what came, as a text"
#: Where a command rightly ends in another way than its fault says.
OTHER_ENDS = (
    OtherEnd(
        "*s download",
        ("nulls", "wrong-shape*", "text-for-numbers"),
        ((12, "partly_failed"),),
        "a row for each document that cannot be asked for",
    ),
    OtherEnd("bright verify", ("*",), ((6, "verification_failed"),), _IN_ROWS),
    OtherEnd("bright openid", ("*",), ((6, None),), _IN_ROWS),
    OtherEnd("doctor", ("*",), (GOOD, (4, "check_failed"), (10, "check_failed")), _IN_ROWS),
    OtherEnd("* api*", ("invalid-json", "empty"), (GOOD,), _AS_IT_CAME),
    OtherEnd("* call*", ("invalid-json", "empty"), (GOOD,), _AS_IT_CAME),
    OtherEnd("*(cold)", ("401",), ((4, "invalid_client"),), "at the token server the client is refused"),
    OtherEnd("auth token", ("401",), ((4, "invalid_client"),), "at the token server the client is refused"),
    OtherEnd(
        "bright users add", ("wrong-shape-inside", "nulls"), ((2, "usage"),), "nobody is told as the owner"
    ),
    OtherEnd("*offboard*", ("redirect",), (_REFUSED,), "it ends by what is left, and removals were refused"),
    OtherEnd("*offboard*", ("nulls",), (_REFUSED,), "a device without an id is left, and told"),
)


def other_ends(command: Command, fault: Fault) -> Iterator[End]:
    """Yield the ends that are right for this command besides those of the fault."""
    for one in OTHER_ENDS:
        if one.is_of(command, fault):
            yield from one.ends
