"""Sends a request once and keeps whatever comes, errors too, with the time that it took. It judges nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import (
    AuthenticationFailed,
    ConfigProblem,
    EnergyctlError,
    Interrupted,
    OutcomeUnknown,
)
from energyctl.core.jsonbody import parse_json
from energyctl.core.transport import Request, Rest
from energyctl.core.wording import said_in, short

if TYPE_CHECKING:
    import httpx

#: After so many time-outs in a row nothing more is sent: a dead server would take an hour.
MOST_TIMEOUTS = 3


@dataclass(frozen=True)
class Heard:
    """A request and what came of it: an answer of any status, or the trouble that came instead."""

    request: Request
    status: int | None
    headers: Mapping[str, str]
    content: bytes
    seconds: float
    trouble: EnergyctlError | None = None
    #: Whether it was sent at all.
    sent: bool = True

    @property
    def ok(self) -> bool:
        """Whether the status is 200 to 299."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """Whether it is an answer of 4xx or 5xx."""
        return self.status is not None and self.status >= 400

    @property
    def timed_out(self) -> bool:
        """Whether no answer came in time, or none was waited for any more."""
        return self.trouble is not None and (self.trouble.code == "timeout" or not self.sent)

    def json(self) -> Any:
        """Return the body as JSON.

        :raises NotJson: saying what it is instead.
        """
        return parse_json(self.content, self.headers.get("content-type", ""))

    @property
    def label(self) -> str:
        """The request for people, without who the person is, or what opens a file to everybody."""
        if self.request.operation == "invoice_file":
            return f"{self.request.method} {self.request.path.partition('?')[0]}"
        personal = self.request.operation == "search_accounts"
        query = (f"{name}={'…' if personal else value}" for name, value in self.request.query)
        asked = "&".join(query)
        return f"{self.request.method} {self.request.path}" + (f"?{asked}" if asked else "")

    @property
    def told(self) -> str:
        """What came, in a few words."""
        if self.trouble is not None:
            return short(self.trouble.message)
        try:
            words = said_in(self.json()) if self.refused else None
        except ValueError as problem:
            words = str(problem)
        return f"status {self.status}" + (f": {short(words)}" if words else "")


class _Told(EnergyctlError):
    """An answer outside 200 to 299, on its way to who asked."""

    def __init__(self, answer: httpx.Response, content: bytes) -> None:
        super().__init__("refused")
        self.status = answer.status_code
        self.headers = answer.headers
        self.content = content


class Probe(Rest):
    """A transport without retries that hands on every answer as it came."""

    def __init__(self, *given: Any, **settings: Any) -> None:
        super().__init__(*given, **settings)
        self.heard: list[Heard] = []
        self._timeouts = 0
        #: Why there was no credential the last time that one was wanted.
        self.no_credential: EnergyctlError | None = None

    def ask(self, request: Request) -> Heard:
        """Send a request once; with a token that has expired meanwhile, once more with a fresh one.

        :raises AuthenticationFailed: when there is no credential, whatever the reason.
        :raises EnergyctlError: when nothing listens at the very first request.
        """
        if self._timeouts >= MOST_TIMEOUTS:
            silence = EnergyctlError(f"Not asked: {MOST_TIMEOUTS} requests in a row had no answer in time.")
            return Heard(request, None, {}, b"", 0.0, silence, sent=False)
        token = self._credential(request, None)
        heard = self._asked(request, token)
        if heard.status == 401 and token is not None:
            fresh = self._credential(request, token)
            if fresh != token:
                heard = self._asked(request, fresh)
        return heard

    def _credential(self, request: Request, rejected: str | None) -> str | None:
        """Return the credential; None when none is sent. That there is none is for the rules to tell."""
        try:
            found = self.authorize(request, rejected) if self.authorize else None
        except (ConfigProblem, Interrupted):
            raise
        except EnergyctlError as trouble:
            if not self.heard and _nobody_listens(trouble):
                raise
            self.no_credential = trouble
            raise AuthenticationFailed(
                trouble.message, hint=trouble.hint, provider=self.provider
            ) from trouble
        self.no_credential = None
        return found

    def _asked(self, request: Request, token: str | None) -> Heard:
        started = time.monotonic()
        try:
            answer = self._once(request, token)
            heard = Heard(request, answer.status, answer.headers, answer.content, time.monotonic() - started)
        except _Told as told:
            taken = time.monotonic() - started
            heard = Heard(request, told.status, told.headers, told.content, taken)
        except EnergyctlError as trouble:
            if not self.heard and _nobody_listens(trouble):
                raise
            heard = Heard(request, None, {}, b"", time.monotonic() - started, _timed(trouble))
        self._timeouts = self._timeouts + 1 if heard.timed_out else 0
        self.heard.append(heard)
        return heard

    def _refusal(self, request: Request, answer: httpx.Response, content: bytes) -> EnergyctlError:  # noqa: ARG002 - as in Rest
        return _Told(answer, content)


def _nobody_listens(trouble: EnergyctlError) -> bool:
    import httpx

    return isinstance(trouble.__cause__, httpx.ConnectError)


def _timed(trouble: EnergyctlError) -> EnergyctlError:
    """Return a write's trouble with the code that the same trouble of a read has."""
    import httpx

    if isinstance(trouble, OutcomeUnknown) and isinstance(trouble.__cause__, httpx.TimeoutException):
        trouble.code = "timeout"
    return trouble
