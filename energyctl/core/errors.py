"""The error tree, its exit codes, and the one place where HTTP and gRPC statuses become errors.

What an error looks like on stderr lives in ``output``; here is only what it is.
"""

from __future__ import annotations

from typing import Any, ClassVar


class EnergyctlError(Exception):
    """A failure told to the user: what failed, and what to do next.

    ``exit_code`` and ``code`` are part of the public contract.
    """

    exit_code: ClassVar[int] = 1
    default_code: ClassVar[str] = "unexpected"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        code: str | None = None,
        provider: str | None = None,
        operation: str | None = None,
        http_status: int | None = None,
        grpc_code: str | None = None,
        request_id: str | None = None,
        retry_after_s: float | None = None,
        outcome: str | None = None,
        details: Any = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or self.default_code
        self.provider = provider
        self.operation = operation
        self.http_status = http_status
        self.grpc_code = grpc_code
        self.request_id = request_id
        self.retry_after_s = retry_after_s
        self.outcome = outcome
        self.details = details

    def as_dict(self) -> dict[str, Any]:
        """Return the ``error`` object of the JSON form; the same keys for REST and gRPC."""
        answer: dict[str, Any] = {
            "code": self.code,
            "exit_code": self.exit_code,
            "message": self.message,
            "hint": self.hint,
            "provider": self.provider,
            "operation": self.operation,
        }
        if self.grpc_code is not None:
            answer["grpc_code"] = self.grpc_code
        else:
            answer["http_status"] = self.http_status
        answer["request_id"] = self.request_id
        answer["retry_after_s"] = self.retry_after_s
        answer["outcome"] = self.outcome
        answer["details"] = self.details
        return answer


class UsageProblem(EnergyctlError):
    """A wrong option, argument or input file."""

    exit_code = 2
    default_code = "usage"


class NotFound(EnergyctlError):
    """The provider does not know the thing asked for."""

    exit_code = 3
    default_code = "not_found"


class AuthenticationFailed(EnergyctlError):
    """No, wrong or expired credentials."""

    exit_code = 4
    default_code = "authentication_failed"


class NotPermitted(EnergyctlError):
    """The credentials are right, but a scope or role is missing."""

    exit_code = 5
    default_code = "not_permitted"


class Refused(EnergyctlError):
    """The provider understood and said no: validation, precondition, conflict."""

    exit_code = 6
    default_code = "refused"


class RateLimited(EnergyctlError):
    """The provider's rate limit, or the user's own call budget."""

    exit_code = 7
    default_code = "rate_limited"


class NotThereYet(EnergyctlError):
    """What was waited for did not come in time, or can no longer come."""

    exit_code = 8
    default_code = "not_there_yet"


class OutcomeUnknown(EnergyctlError):
    """A write that may have happened."""

    exit_code = 9
    default_code = "outcome_unknown"

    def __init__(self, message: str, **facts: Any) -> None:
        facts.setdefault("outcome", "unknown")
        super().__init__(message, **facts)


class Unreachable(EnergyctlError):
    """Network failure, time-out, or a provider that is down."""

    exit_code = 10
    default_code = "unavailable"


class BadAnswer(EnergyctlError):
    """The provider's answer cannot be understood."""

    exit_code = 11
    default_code = "bad_answer"


class PartlyFailed(EnergyctlError):
    """Part of a batch failed; the rows on stdout say which."""

    exit_code = 12
    default_code = "partly_failed"


class ConfigProblem(EnergyctlError):
    """The configuration, or where it points, is not usable."""

    exit_code = 13
    default_code = "configuration"


class Interrupted(EnergyctlError):
    """Ctrl-C, SIGTERM or a hang-up, or a question that was not answered with yes."""

    exit_code = 130
    default_code = "interrupted"


_BY_HTTP_STATUS: dict[int, tuple[type[EnergyctlError], str]] = {
    401: (AuthenticationFailed, "authentication_failed"),
    403: (NotPermitted, "not_permitted"),
    404: (NotFound, "not_found"),
    408: (Unreachable, "timeout"),
    410: (NotFound, "gone"),
    412: (Refused, "precondition_failed"),
    409: (Refused, "conflict"),
    425: (Unreachable, "too_early"),
    429: (RateLimited, "rate_limited"),
    501: (Unreachable, "not_built"),
    502: (Unreachable, "unavailable"),
    503: (Unreachable, "unavailable"),
    504: (Unreachable, "unavailable"),
}

_BY_GRPC_CODE: dict[str, tuple[type[EnergyctlError], str]] = {
    "INVALID_ARGUMENT": (Refused, "refused"),
    "FAILED_PRECONDITION": (Refused, "precondition_failed"),
    "OUT_OF_RANGE": (Refused, "refused"),
    "ALREADY_EXISTS": (Refused, "conflict"),
    "ABORTED": (Refused, "conflict"),
    "NOT_FOUND": (NotFound, "not_found"),
    "UNAUTHENTICATED": (AuthenticationFailed, "authentication_failed"),
    "PERMISSION_DENIED": (NotPermitted, "not_permitted"),
    "RESOURCE_EXHAUSTED": (RateLimited, "rate_limited"),
    "UNIMPLEMENTED": (Refused, "not_built"),
    "DEADLINE_EXCEEDED": (Unreachable, "timeout"),
    "UNAVAILABLE": (Unreachable, "unavailable"),
    "INTERNAL": (Unreachable, "provider_error"),
    "DATA_LOSS": (BadAnswer, "bad_answer"),
    "UNKNOWN": (Unreachable, "provider_error"),
    "CANCELLED": (Unreachable, "cancelled"),
}


_BY_HTTP_HUNDRED: dict[int, tuple[type[EnergyctlError], str]] = {
    3: (BadAnswer, "redirected"),
    4: (Refused, "refused"),
    5: (Unreachable, "provider_error"),
}


def error_for_http_status(status: int) -> tuple[type[EnergyctlError], str]:
    """Return the error class and code of an HTTP status outside 200-299."""
    by_hundred = _BY_HTTP_HUNDRED.get(status // 100, (BadAnswer, "bad_answer"))
    return _BY_HTTP_STATUS.get(status, by_hundred)


def error_for_grpc_code(name: str) -> tuple[type[EnergyctlError], str]:
    """Return the error class and code of a gRPC status code name such as ``UNAVAILABLE``."""
    return _BY_GRPC_CODE.get(name, (BadAnswer, "bad_answer"))
