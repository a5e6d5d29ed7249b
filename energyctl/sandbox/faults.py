"""Faults on demand.

What a spec such as ``rabot:429=2@POST /partner/v1/orders#3`` means, and which one strikes next.

How a fault is acted out on a connection lives in ``door``. Standard library only, so that the command line
can check specs before it starts anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from energyctl.sandbox.registry import GRPC, PROVIDERS

ValueKind = Literal["none", "seconds", "optional-seconds", "url", "grpc-status"]


@dataclass(frozen=True)
class Kind:
    """One kind of fault: the value it takes, and whether the provider does the work before it strikes."""

    value: ValueKind
    works_first: bool
    meaning: str


KINDS: dict[str, Kind] = {
    "latency": Kind("seconds", True, "wait so many seconds, then answer as usual"),
    "429": Kind("optional-seconds", False, "rate limit; the value becomes Retry-After"),
    "500": Kind("none", False, "internal error, nothing done"),
    "502-html": Kind("none", False, "a gateway's HTML page, nothing done"),
    "503": Kind("optional-seconds", False, "unavailable; the value becomes Retry-After"),
    "drop-before": Kind("none", False, "close the connection without doing anything"),
    "drop-after": Kind("none", True, "do the work, then close the connection without an answer"),
    "truncate": Kind("none", True, "do the work, send half of the announced body, then close"),
    "not-json": Kind("none", True, "do the work, answer 200 with plain text"),
    "html": Kind("none", True, "do the work, answer 200 with an HTML page"),
    "wrong-shape": Kind("none", True, "do the work, answer 200 with valid JSON of another shape"),
    "empty": Kind("none", True, "do the work, answer 200 with an empty body"),
    "expired-token": Kind("none", False, "401 as for an expired token"),
    "redirect": Kind("url", False, "302 to the URL, nothing done"),
    "slow": Kind("seconds", True, "do the work, then drip the body over so many seconds"),
    "grpc": Kind("grpc-status", False, "end a gRPC call with that status, nothing done"),
}

_GRAMMAR = "PROVIDER:KIND[=VALUE][@METHOD PATHPREFIX][#COUNT]"
_TAIL = re.compile(r"#(?P<count>[^#]*)$")
_FILTER = re.compile(r"@(?=\s*(?:/|\*|[A-Za-z]+(?:\s|$)))(?!.*@)")
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "*"})
_LONGEST_S = 600.0
_GRPC_METHOD = re.compile(r"[A-Za-z]+")
_GRPC_STATUSES = (
    "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
    "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
    "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
)  # fmt: skip


@dataclass
class Fault:
    """One fault in force. ``remaining`` is None when it strikes without end."""

    spec: str
    provider: str
    kind: str
    seconds: float | None = None
    url: str | None = None
    method: str | None = None
    prefix: str | None = None
    remaining: int | None = None
    status: str | None = None

    def matches(self, method: str, path: str, *, api: bool) -> bool:
        """Say whether a request is meant.

        Without a path only calls to the API proper are (not the token server).
        """
        if self.method not in {None, "*", method}:
            return False
        return api if self.prefix is None else path.startswith(self.prefix)

    def as_dict(self) -> dict[str, Any]:
        """Return the fault as the control server lists it."""
        return {
            "spec": self.spec,
            "provider": self.provider,
            "kind": self.kind,
            "value": next((each for each in (self.url, self.status) if each is not None), self.seconds),
            "method": self.method,
            "path": self.prefix,
            "remaining": self.remaining,
        }


def _bad(spec: str, why: str) -> ValueError:
    known = ", ".join(KINDS)
    return ValueError(f"Fault {spec!r}: {why}. The form is {_GRAMMAR}; kinds are {known}.")


def _seconds(spec: str, kind: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise _bad(spec, f"{kind} takes a number of seconds, not {text!r}") from None
    if not 0 <= value <= _LONGEST_S:
        raise _bad(spec, f"{kind} takes 0 to {_LONGEST_S:g} seconds, not {text!r}")
    return value


def _target(spec: str, text: str, *, grpc: bool) -> tuple[str | None, str | None]:
    """Read the part after ``@``: a method, a path prefix, or both; of gRPC the method's name alone."""
    words = text.split()
    written = words.pop(0) if words and not words[0].startswith("/") else None
    method = written.upper() if written is not None else None
    prefix = words.pop(0) if words else None
    if words or (method is None and prefix is None):
        raise _bad(spec, f"the filter {text!r} is not METHOD PATHPREFIX")
    if grpc and prefix is None and written is not None and _GRPC_METHOD.fullmatch(written):
        return written, "/"
    if method is not None and method not in _METHODS:
        raise _bad(spec, f"{method!r} is not an HTTP method")
    if prefix is not None and not prefix.startswith("/"):
        raise _bad(spec, f"the path {prefix!r} must begin with /")
    return (None if grpc else method), prefix


def _counted(spec: str, rest: str) -> tuple[str, int | None]:
    """Take the count off the end."""
    tail = _TAIL.search(rest)
    if tail is None:
        return rest, None
    if not tail["count"].isdigit() or int(tail["count"]) == 0:
        raise _bad(spec, f"the count {tail['count']!r} is not a number above 0")
    return rest[: tail.start()], int(tail["count"])


def _filtered(spec: str, rest: str, *, grpc: bool) -> tuple[str, str | None, str | None]:
    """Take the filter off the end: what remains, the method, the path prefix."""
    # A URL may hold an @ of its own, so a filter begins at the last one that a method or a path follows.
    found = _FILTER.search(rest)
    if found is not None:
        return rest[: found.start()], *_target(spec, rest[found.end() :], grpc=grpc)
    if "=" not in rest and "@" in rest:
        raise _bad(spec, "the filter after @ is not METHOD PATHPREFIX")
    return rest, None, None


def _valued(spec: str, name: str, value: str | None) -> tuple[float | None, str | None]:
    """Read a kind's value: seconds, or a URL or status."""
    takes = KINDS[name].value
    if takes == "none":
        if value is not None:
            raise _bad(spec, f"{name} takes no value")
        return None, None
    if takes == "url":
        if not value:
            raise _bad(spec, f"{name} needs a URL, as in {name}=http://127.0.0.1:1/")
        return None, value
    if takes == "grpc-status":
        if value not in _GRPC_STATUSES:
            raise _bad(spec, f"{name} needs a status, one of {', '.join(_GRPC_STATUSES)}")
        return None, value
    if value is None:
        if takes == "seconds":
            raise _bad(spec, f"{name} needs seconds, as in {name}=2")
        return None, None
    return _seconds(spec, name, value), None


def parse_fault(spec: str, providers: Iterable[str] = tuple(PROVIDERS)) -> Fault:
    """Read one spec; ValueError says what is wrong with it and names the known kinds."""
    provider, colon, rest = spec.partition(":")
    names = sorted(providers)
    if not colon:
        raise _bad(spec, "there is no colon after the provider")
    if provider not in names:
        raise _bad(spec, f"unknown provider {provider!r}; known: {', '.join(names)}")
    rest, remaining = _counted(spec, rest)
    grpc = provider in GRPC
    head, method, prefix = _filtered(spec, rest, grpc=grpc)
    name, equals, value = head.partition("=")
    if name not in KINDS:
        raise _bad(spec, f"unknown kind {name!r}")
    takes = KINDS[name].value
    if takes == "grpc-status" and not grpc:
        raise _bad(spec, f"{provider} does not speak gRPC")
    seconds, text = _valued(spec, name, value if equals else None)
    url, status = (None, text) if takes == "grpc-status" else (text, None)
    return Fault(spec, provider, name, seconds, url, method, prefix, remaining, status)


@dataclass(frozen=True)
class Strike:
    """What befalls one request: a delay, and at most one fault besides."""

    delay_s: float = 0.0
    fault: Fault | None = None


class Faults:
    """The faults in force. Those given at start come back on reset; those added later do not.

    ``resets`` counts the resets: a request that a latency held up over one belongs to data that are gone, and does
    no work.
    """

    def __init__(self, specs: Iterable[str] = ()) -> None:
        self.resets = 0
        self._at_start = tuple(specs)
        self._active = [parse_fault(spec) for spec in self._at_start]

    def add(self, specs: Iterable[str]) -> None:
        """Put further faults in force, behind the present ones. ValueError leaves everything as it was."""
        self._active.extend([parse_fault(spec) for spec in specs])

    def clear(self) -> None:
        """Lift all faults."""
        self._active.clear()

    def reset(self) -> None:
        """Go back to the faults given at start, with their full counts."""
        self.resets += 1
        self._active = [parse_fault(spec) for spec in self._at_start]

    def snapshot(self) -> list[Fault]:
        """Return the faults in force, to be given back to ``restore``."""
        return list(self._active)

    def restore(self, before: list[Fault]) -> None:
        """Put a snapshot in force again."""
        self._active = list(before)

    def take(self, provider: str, method: str, path: str, *, api: bool) -> Strike:
        """Say what befalls this request, and count it.

        All latencies add up; of the others the first one strikes.
        """
        delay, chosen = 0.0, None
        for fault in list(self._active):
            if fault.provider != provider or not fault.matches(method, path, api=api):
                continue
            if fault.kind == "latency":
                delay += fault.seconds or 0.0
            elif chosen is None:
                chosen = fault
            else:
                continue
            self._count(fault)
        return Strike(delay, chosen)

    def _count(self, fault: Fault) -> None:
        if fault.remaining is None:
            return
        fault.remaining -= 1
        if fault.remaining == 0:
            self._active.remove(fault)

    def listing(self) -> list[dict[str, Any]]:
        """Return the faults in force, oldest first."""
        return [fault.as_dict() for fault in self._active]
