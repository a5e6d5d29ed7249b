"""gRPC for providers that speak it: TLS, deadlines, retries of reads, a redacted trace, and errors in words.

No provider's method or field is known here; a provider hands in the messages and where its token comes from.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energyctl import __version__
from energyctl.core.errors import (
    BadAnswer,
    ConfigProblem,
    EnergyctlError,
    OutcomeUnknown,
    error_for_grpc_code,
)
from energyctl.core.inputs import expanded, read_bytes
from energyctl.core.interrupts import sleep
from energyctl.core.points import reached
from energyctl.core.transport import ATTEMPTS, backoff_s
from energyctl.core.wording import known_reason

if TYPE_CHECKING:
    import grpc

    from energyctl.core.session import Session

#: A fleet's answer is far above gRPC's own 4 MB; more than this is asked for in parts.
LARGEST_ANSWER = 256 * 1024 * 1024
#: Of a file of authorities; one with all that browsers trust has a quarter of a megabyte.
_LARGEST_AUTHORITY = 16 * 1024 * 1024
_LARGEST = f"{LARGEST_ANSWER // 1024 // 1024} MB"
PLAINTEXT = "plaintext://"
#: Where a server says how long to wait before the next attempt, in milliseconds.
_PUSHBACK = "grpc-retry-pushback-ms"
#: Codes after which a write cannot have happened.
_NOT_DONE = frozenset(
    {
        "INVALID_ARGUMENT",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "UNAUTHENTICATED",
        "FAILED_PRECONDITION",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "RESOURCE_EXHAUSTED",
    }
)
_LONGEST_TRACE = 4000


@dataclass
class Call:
    """One unary call: its method, its message, how its answer is read, and whether it changes anything."""

    method: str
    message: Any
    answer_type: Any
    reads: bool = True
    subject: str | None = None


class Rpc:
    """Unary calls to one service over TLS.

    :param path: of the service, such as ``/package.Service/``.
    :param before: called before every attempt, to count it against a budget.
    """

    def __init__(
        self,
        session: Session,
        *,
        provider: str,
        title: str,
        target: str,
        path: str,
        ca_file: str | None = None,
        before: Callable[[], None] = lambda: None,
    ) -> None:
        self.session = session
        self.provider = provider
        self.title = title
        self.target = target
        self.path = path
        self.ca_file = ca_file
        self.before = before
        self._channel: grpc.Channel | None = None

    def send(self, call: Call) -> Any:
        """Make a call and return its answer.

        :raises EnergyctlError: for every other end; a write that may have happened is ``OutcomeUnknown``.
        """
        waited = 0.0
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._once(call)
            except EnergyctlError as error:
                pause = self._pause(call, error, attempt, waited)
                if pause is None:
                    raise
                if error.retry_after_s is not None:
                    waited += pause
                    self.session.notice(f"{self.title} asks to wait; trying again in {pause:.0f} s.")
                sleep(pause)
        raise AssertionError("unreachable")  # pragma: no cover

    def _pause(self, call: Call, error: EnergyctlError, attempt: int, waited: float) -> float | None:
        """Return the seconds before the next attempt, None when there is none."""
        if not call.reads or attempt == ATTEMPTS:
            return None
        if error.retry_after_s is not None and error.grpc_code is not None:
            return error.retry_after_s if error.retry_after_s <= self.session.max_wait_s - waited else None
        return backoff_s(attempt, self.session) if error.grpc_code == "UNAVAILABLE" else None

    def _once(self, call: Call) -> Any:
        grpc = _grpc()
        self.before()
        self._trace(">", call.method, call.message)
        started = time.monotonic()
        unary = self._connected().unary_unary(
            f"{self.path}{call.method}",
            request_serializer=type(call.message).SerializeToString,
            response_deserializer=call.answer_type.FromString,
        )
        self.session.waiting()
        reached("request.built", counts=not call.reads)
        try:
            answer = unary(call.message, timeout=self.session.timeout_s)
        except grpc.RpcError as error:
            raise self._error(call, error) from None
        reached("answer.received", counts=not call.reads)
        self._trace("<", f"OK ({(time.monotonic() - started) * 1000:.0f} ms)", answer)
        return answer

    def _connected(self) -> grpc.Channel:
        if self._channel is None:
            grpc = _grpc()
            options = [
                ("grpc.max_receive_message_length", LARGEST_ANSWER),
                ("grpc.max_send_message_length", LARGEST_ANSWER),
                # servers by default end a connection that pings more often than every five minutes
                ("grpc.keepalive_time_ms", 330_000),
                ("grpc.keepalive_timeout_ms", 20_000),
                ("grpc.enable_retries", 0),
                ("grpc.primary_user_agent", f"energyctl/{__version__}"),
            ]
            if self.target.startswith(PLAINTEXT):
                self._channel = grpc.insecure_channel(self.target.removeprefix(PLAINTEXT), options=options)
            else:
                trusted = self._trusted()
                self._channel = grpc.secure_channel(
                    self.target, grpc.ssl_channel_credentials(root_certificates=trusted), options=options
                )
        return self._channel

    def _trusted(self) -> bytes | None:
        """Return the authorities to trust: the profile's file, else the system's, else gRPC's own."""
        if self.ca_file:
            path = expanded(self.ca_file)
            try:
                authority = read_bytes(path, _LARGEST_AUTHORITY) or b""
            except OSError as error:
                raise ConfigProblem(
                    f"{self.provider}.ca_file {path} cannot be read: {error.strerror or error}.",
                    hint="Check the path; the file holds the authority's certificate in PEM.",
                    provider=self.provider,
                ) from error
            if b"-----BEGIN CERTIFICATE-----" not in authority:
                raise ConfigProblem(
                    f"{self.provider}.ca_file {path} holds no certificate.",
                    hint="It must hold the authority's certificate in PEM: -----BEGIN CERTIFICATE-----.",
                    provider=self.provider,
                )
            return authority
        import ssl

        system = ssl.get_default_verify_paths().cafile
        try:
            return Path(system).read_bytes() if system else None
        except OSError:
            return None

    def close(self) -> None:
        """Close the connection."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    # -- errors -----------------------------------------------------------------------------------------

    def _error(self, call: Call, error: Any) -> EnergyctlError:
        code = str(getattr(error.code(), "name", "UNKNOWN"))
        said = self.session.redactor.text(" ".join(str(error.details() or "").split()))
        self._trace("<", f"{code}: {said}", None)
        name = call.subject or call.method
        facts: dict[str, Any] = {
            "provider": self.provider,
            "operation": call.method,
            "grpc_code": code,
            "retry_after_s": _asked_to_wait_s(error),
        }
        too_large = _is_too_large(code, said)
        if not call.reads and (too_large or code not in _NOT_DONE) and not _never_sent(code, said):
            why = (
                f"no answer within {self.session.timeout_s:g} s"
                if code == "DEADLINE_EXCEEDED"
                else f"an answer larger than {_LARGEST}"
                if too_large
                else _reason(said, code)
            )
            return OutcomeUnknown(
                f"{self.title} gave no clear answer to {name} ({why}); it may have happened.",
                hint="Do not repeat it blindly: see energyctl journal list, then look the device up.",
                **facts,
            )
        if too_large:
            return BadAnswer(
                f"{self.title}'s answer to {name} is larger than {_LARGEST}.",
                hint="Ask for less: fewer devices or a shorter time.",
                code="answer_too_large",
                **facts,
            )
        if _UNREADABLE in said:
            return BadAnswer(
                f"{self.title}'s answer to {name} cannot be read.",
                hint="It is not what the service's proto describes; is the target right? -v shows the call.",
                **facts,
            )
        kind, name_of_code = error_for_grpc_code(code)
        return kind(
            self._message(code, name, said),
            hint=_HINTS.get(code, "Try again; -v shows the call."),
            code=name_of_code,
            outcome=None
            if call.reads
            else "failed"
            if code in ("UNAVAILABLE", "DEADLINE_EXCEEDED")
            else "rejected",
            **facts,
        )

    def _message(self, code: str, name: str, said: str) -> str:
        reason = _reason(said, code)
        if code == "DEADLINE_EXCEEDED":
            return f"{self.title} did not answer {name} within {self.session.timeout_s:g} s."
        if code == "UNAVAILABLE":
            return f"{self.title} cannot be reached at {self.target}: {reason}."
        verb = {
            "UNAUTHENTICATED": "did not accept the credentials for",
            "PERMISSION_DENIED": "does not permit",
            "NOT_FOUND": "does not know",
            "RESOURCE_EXHAUSTED": "limits the rate of",
        }.get(code, "refused" if code in _NOT_DONE else "failed at")
        return f"{self.title} {verb} {name} ({code}): {reason.rstrip('.')}."

    # -- the trace -----------------------------------------------------------------------------------------

    def _trace(self, sign: str, what: str, message: Any) -> None:
        if not self.session.options.verbose:
            return
        lines = [f"{sign} {what}" if sign == "<" else f"{sign} {self.target}{self.path}{what}"]
        if message is not None:
            from energyctl.core.messages import as_dict

            text = str(self.session.redactor.data(as_dict(message)))
            lines.append(f"{sign} {text[:_LONGEST_TRACE]}{'…' if len(text) > _LONGEST_TRACE else ''}")
        self.session.say("\n".join(lines))


_HINTS = {
    "UNAUTHENTICATED": "Check the stored credentials: energyctl auth status, then energyctl auth login.",
    "PERMISSION_DENIED": "The account may not do this; ask the provider.",
    "NOT_FOUND": "Check the id.",
    "RESOURCE_EXHAUSTED": "Try again later; see energyctl limits.",
    "UNAVAILABLE": "Check the network, the target in the profile, and its certificate (ca_file).",
    "DEADLINE_EXCEEDED": "Try again, or allow more time with --timeout SECONDS.",
    "UNIMPLEMENTED": "The server does not know this method; is the target right?",
    "INVALID_ARGUMENT": "Mend what the message names and try again.",
    "INTERNAL": "The fault is on the provider's side; try again in a few minutes.",
}


#: What gRPC itself says of an answer that does not parse, and of a connection that never stood.
_UNREADABLE = "Exception deserializing response"
_NO_CONNECTION = ("failed to connect to all addresses", "dns resolution failed", "errors resolving ")


def _grpc() -> Any:
    """Import gRPC; its own log, which would stand between the lines for the user, is off unless asked for."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    import grpc

    return grpc


def _asked_to_wait_s(error: Any) -> float | None:
    """Return how long the server asks to wait before another attempt."""
    for key, value in error.trailing_metadata() or ():
        if key == _PUSHBACK and str(value).isdecimal():
            return int(value) / 1000
    return None


def _never_sent(code: str, said: str) -> bool:
    """Whether a call failed before a connection stood. What a server says of its own troubles is no such sign."""
    return code == "UNAVAILABLE" and said.lower().startswith(_NO_CONNECTION)


def _is_too_large(code: str, said: str) -> bool:
    """Whether an answer was too large to be taken; of a request the server says so, or gRPC before it is sent."""
    lowered = said.lower()
    of_request = "server:" in lowered or "sent message" in lowered
    return code == "RESOURCE_EXHAUSTED" and "message larger than max" in lowered and not of_request


#: What gRPC says of a connection that fails, where ``wording`` does not know it.
_SIGNS = (
    ("certificate_verify_failed", "its certificate is not trusted"),
    ("wrong_version_number", "it does not speak TLS there"),
    ("dns resolution failed", "the host name is not known"),
    ("errors resolving", "the host name is not known"),
    (_UNREADABLE.lower(), "its answer cannot be read"),
    ("connection reset", "the connection broke"),
    ("broken pipe", "the connection broke"),
    ("socket closed", "the connection broke"),
    ("stream removed", "the connection broke"),
)


def _reason(said: str, code: str) -> str:
    """Return why a call failed, in a few words: the server's own where it has refused the call."""
    lowered = said.lower()
    known = known_reason(said) or next((words for sign, words in _SIGNS if sign in lowered), None)
    return (known if known and code not in _NOT_DONE else said[:300] or code).rstrip(".")
