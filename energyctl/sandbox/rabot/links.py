"""Pending requests for a customer's consent (contract 4.7).

Made by the API, answered on the auth host's page.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from energyctl.sandbox.clock import SandboxClock
from energyctl.sandbox.rabot.book import Book
from energyctl.sandbox.rabot.clients import Client

VALID_S = 600.0
"""How long a link can be used, in real seconds; skipping the sandbox clock counts too."""


@dataclass(frozen=True)
class LinkRequest:
    """One client's wish to be linked with whoever logs in."""

    state: str
    client: Client
    made_at: float
    success_url: str | None
    failure_url: str | None
    sign_up_url: str | None
    number_parameter: str
    external_id: str | None

    def approved_url(self, customer_number: int) -> str | None:
        """Return where consent leads, if anywhere."""
        if self.success_url is None:
            return None
        return _extended(self.success_url, {self.number_parameter: str(customer_number)})

    def declined_url(self) -> str | None:
        """Return where a refusal leads, if anywhere."""
        if self.failure_url is None:
            return None
        told = {
            "error_description": "The authorization was denied by the end user.",
            "error_name": "access_denied",
        }
        return _extended(self.failure_url, told)


class Links:
    """All pending link requests. ``password`` opens every customer's account on the sandbox's login page."""

    def __init__(self, book: Book, clock: SandboxClock) -> None:
        self.password = f"sandbox-{secrets.token_hex(3)}"
        self._book = book
        self._clock = clock
        self._pending: dict[str, LinkRequest] = {}

    def reset(self) -> None:
        """Forget all requests."""
        self._pending.clear()

    def ask(
        self,
        client: Client,
        *,
        success_url: str | None,
        failure_url: str | None,
        sign_up_url: str | None,
        number_parameter: str,
        external_id: str | None,
    ) -> LinkRequest:
        """Note a request and return it."""
        request = LinkRequest(
            state=secrets.token_urlsafe(24),
            client=client,
            made_at=self._now(),
            success_url=success_url,
            failure_url=failure_url,
            sign_up_url=sign_up_url,
            number_parameter=number_parameter,
            external_id=external_id,
        )
        self._pending[request.state] = request
        return request

    def pending(self) -> list[LinkRequest]:
        """Return the requests that can still be answered, oldest first."""
        now = self._now()
        for request in list(self._pending.values()):
            if now - request.made_at >= VALID_S:
                del self._pending[request.state]
        return list(self._pending.values())

    def find(self, client_id: str, state: str) -> LinkRequest | None:
        """Return the request of a link; None when it is unknown, answered or too old."""
        found = next((each for each in self.pending() if each.state == state), None)
        return found if found is not None and found.client.client_id == client_id else None

    def approve(self, request: LinkRequest, customer_number: int) -> str | None:
        """Link the customer with the client; return where the browser goes next."""
        self._pending.pop(request.state, None)
        self._book.link(request.client, customer_number, request.external_id)
        return request.approved_url(customer_number)

    def decline(self, request: LinkRequest) -> str | None:
        """Refuse; return where the browser goes next."""
        self._pending.pop(request.state, None)
        return request.declined_url()

    def _now(self) -> float:
        return time.monotonic() + self._clock.advanced_s


def _extended(url: str, more: dict[str, str]) -> str:
    parts = urlsplit(url)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *more.items()])
    return urlunsplit(parts._replace(query=query))
