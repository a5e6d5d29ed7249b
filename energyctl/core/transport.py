"""HTTP for every REST provider: time-outs, retries of reads, a redacted trace, and errors in the user's words.

No provider's path or field is known here; a provider hands in how its errors read and where its token comes from.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from energyctl.core.deadline import Deadline
from energyctl.core.errors import (
    BadAnswer,
    EnergyctlError,
    OutcomeUnknown,
    Unreachable,
    UsageProblem,
    error_for_http_status,
)
from energyctl.core.exchange import (
    LARGEST_ANSWER,
    GarbledError,
    TooLargeError,
    TooSlowError,
    http_client,
    read_body,
)
from energyctl.core.interrupts import sleep
from energyctl.core.jsonbody import NotJson, parse_json
from energyctl.core.points import reached
from energyctl.core.trace import trace_answer, trace_request
from energyctl.core.wording import network_reason, refusal_hint, refusal_verb, retry_after_s, short

if TYPE_CHECKING:
    import httpx

    from energyctl.core.session import Session

ATTEMPTS = 4
LONGEST_BACKOFF_S = 8.0
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
#: RFC 9110, 15.4.4: the request was carried out, and what came of it stands at another address.
_DONE_ELSEWHERE = 303
_REQUEST_ID_HEADERS = ("x-request-id", "x-correlation-id", "request-id", "x-amzn-requestid", "traceparent")

Pairs = Sequence[tuple[str, str]]


@dataclass
class Request:
    """One call: what it is named in errors, what is sent, and whether it changes anything."""

    operation: str
    method: str
    path: str
    query: Pairs = ()
    body: Any = None
    form: Mapping[str, str] | None = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Whether it changes nothing, so that it may be repeated.
    reads: bool = True
    accept: str = "application/json"
    #: Put into messages, such as "order 123".
    subject: str | None = None

    @property
    def place(self) -> str:
        """Path and query as they stand behind the host's address, for people."""
        from urllib.parse import urlencode

        query = urlencode(list(self.query))
        return f"{self.path}?{query}" if query else self.path


@dataclass
class Answer:
    """An answer with a status of 200 to 299."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    request: Request

    def json(self) -> Any:
        """Return the body as JSON.

        :raises BadAnswer: when it is HTML, empty, cut off or not JSON.
        """
        return parse_json(self.content, self.headers.get("content-type", ""))


class Rest:
    """Calls to one host of one provider.

    Retries: reads and token requests only, on network errors, 408, 425, 429 and 5xx but 501, at most four attempts
    with full jitter. ``Retry-After`` is honoured while the waits for it stay within ``--max-wait``; a longer one
    means giving up at once. A 401 asks ``authorize`` for a fresh token once and repeats the call, writes too: a
    refused call has had no effect.
    """

    def __init__(
        self,
        session: Session,
        *,
        provider: str,
        title: str,
        base_url: str,
        authorize: Callable[[Request, str | None], str] | None = None,
        header: Callable[[str], tuple[str, str]] = lambda token: ("Authorization", f"Bearer {token}"),
        read_error: Callable[[Any], tuple[str | None, Any]] = lambda _body: (None, None),
    ) -> None:
        self.session = session
        self.provider = provider
        self.title = title
        self.base_url = base_url
        self.authorize = authorize
        self.header = header
        self.read_error = read_error
        self._client: httpx.Client | None = None
        self._deadline: Deadline | None = None
        #: Seconds that this machine's clock is ahead of the server's, as last seen.
        self.clock_ahead_s: float | None = None

    # -- what commands use -------------------------------------------------------------------------

    def call(self, request: Request) -> Answer:
        """Send a request and return its answer.

        :raises EnergyctlError: for every other end; a write that may have happened is ``OutcomeUnknown``.
        """
        token = self.authorize(request, None) if self.authorize else None
        try:
            return self._with_retries(request, token)
        except EnergyctlError as error:
            if error.http_status != 401 or self.authorize is None or token is None:
                raise
        return self._with_retries(request, self.authorize(request, token))

    def json(self, request: Request) -> Any:
        """Send a request and return the JSON of its answer.

        :raises BadAnswer: for a read whose answer is not JSON.
        :raises OutcomeUnknown: for a write whose answer is not JSON.
        """
        answer = self.call(request)
        try:
            return answer.json()
        except NotJson as problem:
            raise self.not_understood(request, answer, str(problem)) from None

    def not_understood(self, request: Request, answer: Answer, what: str) -> EnergyctlError:
        """Make the error for an answer of status 2xx that makes no sense."""
        facts = self._facts(request, answer.status, answer.headers)
        if request.reads:
            return BadAnswer(
                f"{self.title} answered {self._name(request)} with {what}.",
                hint=f"Is {self.base_url} the right address? Add -v to see the answer.",
                **facts,
            )
        return OutcomeUnknown(
            f"{self.title} accepted {self._name(request)} but answered with {what}; it may have happened.",
            hint="Do not repeat it blindly: see energyctl journal list, then look the thing up.",
            **facts,
        )

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def url(self, request: Request) -> str:
        """Return the full address of a request, for people."""
        return f"{self.base_url}{request.place}"

    # -- one call, perhaps several attempts ----------------------------------------------------------

    def _with_retries(self, request: Request, token: str | None) -> Answer:
        waited = 0.0
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._once(request, token)
            except EnergyctlError as error:
                pause = self._pause(request, error, attempt, waited)
                if pause is None:
                    raise
                if error.http_status == 429 or error.retry_after_s is not None:
                    waited += pause
                    self.session.notice(f"{self.title} asks to wait; trying again in {pause:.0f} s.")
                sleep(pause)
        raise AssertionError("unreachable")  # pragma: no cover

    def _pause(self, request: Request, error: EnergyctlError, attempt: int, waited: float) -> float | None:
        """Return the seconds to wait before another attempt, or None for no other."""
        retried = error.http_status in _RETRIED if error.http_status else error.code in ("timeout", "network")
        if not request.reads or not retried or attempt == ATTEMPTS:
            return None
        left = self.session.max_wait_s - waited
        if error.retry_after_s is not None:
            return error.retry_after_s if error.retry_after_s <= left else None
        pause = backoff_s(attempt, self.session)
        if error.http_status == 429:
            return pause if pause <= left else None
        return pause

    def _once(self, request: Request, token: str | None) -> Answer:
        import httpx

        client = self._connected()
        deadline = self._deadline = Deadline(self.session.timeout_s).of(self._deadline)
        headers = {"Accept": request.accept, **request.headers}
        if token is not None:
            name, value = self.header(token)
            headers[name] = value
        try:
            outgoing = client.build_request(
                request.method,
                f"{self.base_url}{request.path}",
                params=list(request.query) or None,
                json=request.body,
                data=request.form,
                content=request.content,
                headers=headers,
                extensions={"trace": deadline.trace},
            )
        except httpx.InvalidURL as error:
            raise UsageProblem(
                f"'{short(request.path)}' is not a path: {error}",
                hint="Give a path without control characters.",
            ) from None
        if self.session.options.verbose:
            trace_request(self.session, outgoing)
        started = time.monotonic()
        try:
            self.session.waiting()
            reached("request.built", counts=not request.reads)
            with deadline:
                answer = client.send(outgoing, stream=True)
            try:
                content = read_body(answer, started + self.session.timeout_s)
            finally:
                answer.close()
            reached("answer.received", counts=not request.reads)
        except (httpx.HTTPError, TooLargeError, TooSlowError, GarbledError) as error:
            raise self._trouble(request, error, cut_off=deadline.passed) from error
        if self.session.options.verbose:
            trace_answer(self.session, answer, content, time.monotonic() - started)
        self._measure_clock(answer.headers.get("date"))
        if 200 <= answer.status_code < 300:
            return Answer(answer.status_code, answer.headers, content, request)
        raise self._refusal(request, answer, content)

    def _connected(self) -> httpx.Client:
        if self._client is None:
            self._client = http_client(self.base_url, self.session.timeout_s)
        return self._client

    # -- errors --------------------------------------------------------------------------------------

    def _name(self, request: Request) -> str:
        return request.subject or f"{request.method} {request.path}"

    def _facts(self, request: Request, status: int | None, headers: Mapping[str, str]) -> dict[str, Any]:
        return {
            "provider": self.provider,
            "operation": request.operation,
            "http_status": status,
            "request_id": next((headers[name] for name in _REQUEST_ID_HEADERS if headers.get(name)), None),
        }

    def _trouble(self, request: Request, error: Exception, *, cut_off: bool) -> EnergyctlError:
        """Make the error of an exchange that brought no whole answer; ``cut_off``: we broke it off ourselves."""
        import httpx

        if isinstance(error, TooLargeError):
            return self._too_large(request)
        if isinstance(error, GarbledError):
            return self._garbled(request)
        if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
            return self._time_out(request, sent=False)
        if cut_off or isinstance(error, TooSlowError | httpx.TimeoutException):
            return self._time_out(request, sent=True)
        facts = self._facts(request, None, {})
        host = httpx.URL(self.base_url)
        place = f"{host.host}:{host.port}" if host.port else host.host
        if isinstance(error, httpx.ConnectError):
            return Unreachable(
                f"{self.title} cannot be reached at {place}: {network_reason(error)}.",
                hint="Check the network, the address in the profile and any proxy or VPN.",
                code="network",
                outcome=None if request.reads else "failed",
                **facts,
            )
        return self._maybe_happened(request, "no answer: the connection broke", facts) or Unreachable(
            f"The connection to {self.title} ({place}) broke during {self._name(request)}: {network_reason(error)}.",
            hint="Try again in a moment.",
            code="network",
            **facts,
        )

    def _time_out(self, request: Request, *, sent: bool) -> EnergyctlError:
        facts = self._facts(request, None, {})
        limit = f"{self.session.timeout_s:g} s"
        if sent:
            unknown = self._maybe_happened(request, f"no answer within {limit}", facts)
            if unknown:
                return unknown
        return Unreachable(
            f"{self.title} did not answer {self._name(request)} within {limit}.",
            hint="Try again, or allow more time with --timeout SECONDS.",
            code="timeout",
            outcome=None if request.reads else "failed",
            **facts,
        )

    def _too_large(self, request: Request) -> EnergyctlError:
        facts = self._facts(request, None, {})
        size = f"more than {LARGEST_ANSWER // 1024 // 1024} MB"
        return self._maybe_happened(request, f"an answer of {size}", facts) or BadAnswer(
            f"{self.title} answered {self._name(request)} with {size}.",
            hint="Ask for less: a shorter range or --limit.",
            code="answer_too_large",
            **facts,
        )

    def _garbled(self, request: Request) -> EnergyctlError:
        facts = self._facts(request, None, {})
        return self._maybe_happened(request, "an answer that cannot be decompressed", facts) or BadAnswer(
            f"{self.title} answered {self._name(request)} with a body that cannot be decompressed.",
            hint="Try again; if it stays so, tell the provider.",
            **facts,
        )

    def _maybe_happened(self, request: Request, what: str, facts: dict[str, Any]) -> EnergyctlError | None:
        if request.reads:
            return None
        return OutcomeUnknown(
            f"{self.title} gave {what} to {self._name(request)}; it may have happened.",
            hint="Do not repeat it blindly: see energyctl journal list, then look the thing up.",
            **facts,
        )

    def _refusal(self, request: Request, answer: httpx.Response, content: bytes) -> EnergyctlError:
        """Make the error of an answer whose status is not 2xx."""
        status = answer.status_code
        facts = self._facts(request, status, answer.headers)
        message, details = None, None
        try:
            content_type = answer.headers.get("content-type", "")
            message, details = self.read_error(parse_json(content, content_type, strict=False))
        except NotJson as problem:
            if content.strip():
                details = {"body": str(problem)}
        kind, code = error_for_http_status(status)
        said = f": {short(self._told(message))}" if message else "."
        if said.endswith(("..", ":")):
            said = said[:-1]
        failed = status >= 500 and status != 501
        if not request.reads and (failed or status == _DONE_ELSEWHERE):
            how = "failed" if failed else "pointed elsewhere"
            return OutcomeUnknown(
                f"{self.title} {how} with status {status} during {self._name(request)}; it may have happened{said}",
                hint="Do not repeat it blindly: see energyctl journal list, then look the thing up.",
                details=details,
                **facts,
            )
        facts["retry_after_s"] = retry_after_s(answer.headers.get("retry-after"))
        return kind(
            f"{refusal_verb(self.title, status)} {self._name(request)} (status {status}){said}",
            hint=refusal_hint(status, facts["retry_after_s"], self._told(answer.headers.get("location", ""))),
            code=code,
            details=details,
            outcome=None if request.reads else "rejected",
            **facts,
        )

    def _told(self, text: str) -> str:
        """Return what a server said without the secrets that it repeats; it may stand in a row as in an error."""
        return self.session.redactor.text(text)

    def _measure_clock(self, date: str | None) -> None:
        if date:
            from email.utils import parsedate_to_datetime

            try:
                self.clock_ahead_s = time.time() - parsedate_to_datetime(date).timestamp()
            except (ValueError, OverflowError):
                return


def backoff_s(attempt: int, session: Session) -> float:
    """Return the pause before the next attempt: exponential with full jitter.

    ``ENERGYCTL_BACKOFF_S`` sets the first pause's upper bound (default 0.5; 0 for none).
    """
    import random

    try:
        base = max(0.0, float(session.env.get("ENERGYCTL_BACKOFF_S", "0.5")))
    except ValueError:
        base = 0.5
    return random.uniform(0, min(LONGEST_BACKOFF_S, base * 2 ** (attempt - 1)))  # noqa: S311 - no secret
