"""BankID as the Organisation relays it: an order, its states, and the person at its end (contract 5).

What is shown meanwhile is in ``screen``, the words for each state in ``hints``.
"""

from __future__ import annotations

import base64
import ipaddress
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from energyctl.core.errors import (
    BadAnswer,
    EnergyctlError,
    Interrupted,
    NotThereYet,
    Refused,
    UsageProblem,
)
from energyctl.core.transport import Request
from energyctl.providers.bright.client import BrightClient
from energyctl.providers.bright.hints import (
    BANKIDS_OWN,
    EXPIRED,
    UNTOUCHED,
    Language,
    advice,
    failed_words,
    pending_words,
)
from energyctl.providers.bright.loopback import open_in_browser
from energyctl.providers.bright.screen import Screen, second_by_second

if TYPE_CHECKING:
    from energyctl.core.session import Session

PENDING, FAILED, COMPLETE = "pending", "failed", "complete"
#: Contract 5.2: how often an order is asked for, and how much text may be signed (as base64).
POLL_S = 2.0
LONGEST_TEXT = 40_000
#: How often a new order is made for a person who has not started the app in time.
MOST_RENEWALS = 3
#: So long may the server take to cancel when everybody wants to leave.
CANCEL_WITHIN_S = 5.0
_SHORTEST_PAUSE_S = 0.02


@dataclass(frozen=True)
class Order:
    """An order as ``auth`` or ``sign`` answered it; ``begun`` is on the clock of ``time.monotonic``."""

    ref: str
    auto_start_token: str | None
    qr_token: str | None
    qr_secret: str | None
    begun: float

    @property
    def start_address(self) -> str | None:
        """The address that starts the BankID app on this very machine."""
        if self.auto_start_token is None:
            return None
        return f"bankid:///?autostarttoken={quote(self.auto_start_token)}&redirect=null"


@dataclass(frozen=True)
class State:
    """What ``collect`` answered: the status, the hint while there is one, and the data of a complete order."""

    status: str
    hint: str | None
    data: Mapping[str, Any] = field(default_factory=dict)


class BankId:
    """The relay's operations. Each may be repeated: an order that nobody takes up ends by itself."""

    def __init__(self, client: BrightClient, language: Language) -> None:
        self.client = client
        self.language = language

    def begin_request(self, ip: str, text: str | None) -> Request:
        """Return the request that makes an order: to identify, or with a text to sign it.

        :raises UsageProblem: when the text is empty or too long.
        """
        if text is None:
            return self.client.request("bankid_auth", body={"endUserIp": ip}, subject="the BankID order")
        shown = base64.b64encode(text.encode()).decode()
        if not text.strip() or len(shown) > LONGEST_TEXT:
            raise UsageProblem(
                "--sign takes a text of 1 to 30000 bytes.", hint="Give the text that the person is to see."
            )
        body = {"endUserIp": ip, "userVisibleData": shown}
        return self.client.request("bankid_sign", body=body, subject="the BankID order")

    def begin(self, ip: str, text: str | None) -> Order:
        """Make an order.

        :raises BadAnswer: when the answer lacks the order's reference.
        """
        answer = self._asked(self.begin_request(ip, text))
        begun = time.monotonic()
        ref, start, token, secret = (
            _text(answer, name) for name in ("orderRef", "autoStartToken", "qrStartToken", "qrStartSecret")
        )
        if ref is None:
            raise self._odd("the BankID order without an orderRef", "bankid_auth")
        for one in (start, token, secret):
            if one is not None:
                self.client.session.redactor.learn(one)
        return Order(ref, start, token, secret, begun)

    def collect(self, order: Order) -> State:
        """Return how an order stands.

        :raises BadAnswer: for a status that there is not, or a complete order that names no person.
        """
        answer = self._asked(self._about("bankid_collect", order, "the BankID order's state"))
        said, hint = (_text(answer, "status") or "").casefold(), _text(answer, "hintCode")
        status = COMPLETE if said == "completed" else said  # so the Kit's own pages write it (5.1)
        if status not in (PENDING, FAILED, COMPLETE):
            raise self._odd("the BankID order with a status that there is not", "bankid_collect")
        if status != COMPLETE:
            return State(status, hint)
        data = answer.get("completionData")
        user = data.get("user") if isinstance(data, Mapping) else None
        if (
            not isinstance(data, Mapping)
            or not isinstance(user, Mapping)
            or _text(user, "personalNumber") is None
        ):
            raise self._odd("the BankID order as complete, but without the person", "bankid_collect")
        return State(status, None, data)

    def cancel(self, order: Order) -> bool:
        """Cancel an order and return whether the server took it; it is given a few seconds to do so."""
        options = self.client.session.options
        options.timeout = min(self.client.session.timeout_s, CANCEL_WITHIN_S)
        self.client.rest.close()  # the next connection has the new limit
        request = self._about("bankid_cancel", order, "the BankID order's cancellation")
        request.reads = False
        try:
            self.client.send(request)
        except EnergyctlError:
            return False
        return True

    def qr_image(self, order: Order) -> bytes | None:
        """Return the image of the QR code as it came; None when the Organisation has not built it."""
        request = self.client.request(
            "bankid_qr", query=[("orderRef", order.ref)], subject="the BankID QR code"
        )
        request.accept = "text/plain, application/json;q=0.9, image/png;q=0.5"
        try:
            return self.client.send(request).content
        except EnergyctlError as error:
            if error.http_status in (404, 405, 501):
                return None
            raise

    def _about(self, operation: str, order: Order, subject: str) -> Request:
        return self.client.request(operation, body={"orderRef": order.ref}, subject=subject)

    def _asked(self, request: Request) -> Mapping[str, Any]:
        request.reads = True
        try:
            answer = self.client.body(request)
        except EnergyctlError as error:
            found = error.details if isinstance(error.details, Mapping) else {}
            code, name = _text(found, "errorCode"), _text(found, "name")
            if code is None and name is not None and name.casefold() in BANKIDS_OWN:
                code = name
            error.hint = advice(code, self.language) or error.hint
            raise
        if not isinstance(answer, Mapping):
            raise self._odd("a BankID call without an object", request.operation)
        return answer

    def _odd(self, what: str, operation: str) -> BadAnswer:
        return BadAnswer(
            f"{self.client.title} answered {what}.",
            hint="BankID's own answers are expected here. Add -v to see what came.",
            provider="bright",
            operation=operation,
        )


@dataclass
class Wait:
    """One person's way through BankID, however many orders it takes."""

    bankid: BankId
    screen: Screen
    #: This machine's or the person's address, and the text to sign.
    ip: str
    text: str | None
    #: Seconds in all.
    within_s: float
    #: Whether the app is to be started on this machine.
    starts_app: bool

    def __post_init__(self) -> None:
        self.session: Session = self.bankid.client.session
        self._poll_s = poll_s(self.session)
        self._ends_at = time.monotonic() + self.within_s
        self._has_image = True
        #: What was drawn last: the order, the second, and the hint.
        self._drawn: tuple[str, int, str | None] | None = None

    def person(self) -> Mapping[str, Any]:
        """Return the data of the completed order. Whatever else happens, no order is left open at the server.

        :raises Refused: when the person or BankID refuses.
        :raises NotThereYet: when the app is not started or used in time.
        :raises Interrupted: after Ctrl-C, when the order has been cancelled.
        """
        try:
            for renewals_left in range(MOST_RENEWALS, -1, -1):
                state, untouched = self._one_order()
                if state.status == COMPLETE:
                    return state.data
                may_renew = renewals_left and self.session.can_ask and time.monotonic() < self._ends_at
                if not (untouched and state.hint in EXPIRED and may_renew):
                    break
                self.screen.away()
                self.session.notice("Nobody started the BankID app in time; here is a new code.")
        finally:
            self.screen.close()
        raise self._ended(state)

    def _one_order(self) -> tuple[State, bool]:
        """Return how an order ended, and whether nobody had taken it up before."""
        order = self.bankid.begin(self.ip, self.text)
        try:
            self._announce(order)
            return self._until_ended(order)
        except KeyboardInterrupt:
            self.screen.away()
            done = (
                "was cancelled" if self.bankid.cancel(order) else "could not be cancelled and ends by itself"
            )
            raise Interrupted(f"Interrupted; the BankID order {done}.", provider="bright") from None
        except EnergyctlError:
            self.screen.away()
            self.bankid.cancel(order)
            raise

    def _announce(self, order: Order) -> None:
        client = self.bankid.client
        if client.section.is_sandbox:
            parts = urlsplit(client.rest.base_url)
            self.session.notice(
                f"No phone reaches the sandbox; decide at {parts.scheme}://{parts.netloc}/bankid-app/{order.ref}"
            )
        if self.starts_app:
            if order.start_address is None:
                self.session.say("The answer has no autoStartToken: the app cannot be started from here.")
            elif not open_in_browser(self.session, order.start_address):
                self.session.say(f"Open on this machine: {order.start_address}", secrets=True)

    def _until_ended(self, order: Order) -> tuple[State, bool]:
        hint: str | None = "outstandingTransaction"
        self._tell(hint)
        next_collect = order.begun + self._poll_s
        while True:
            self._draw(order, hint)
            now = time.monotonic()
            is_over = now >= self._ends_at
            if is_over or now >= next_collect:
                self._step_aside()
                state = self.bankid.collect(order)
                if state.status != PENDING:
                    return state, hint is None or hint in UNTOUCHED
                hint = state.hint
                self._tell(hint)
                next_collect = time.monotonic() + self._poll_s
            if is_over:
                raise NotThereYet(
                    f"BankID was not completed within {self.within_s:g} s.",
                    hint="Start again, or allow more time with --within SECONDS.",
                    provider="bright",
                    operation="bankid_collect",
                )
            self._pause(order, next_collect)

    def _tell(self, hint: str | None) -> None:
        self.screen.hint(pending_words(hint, self.bankid.language, scans=self.screen.animated))

    def _step_aside(self) -> None:
        """Take the drawing away where a trace is about to be written; it is drawn again below."""
        if self.session.options.verbose:
            self.screen.away()
            self._drawn = None

    def _pause(self, order: Order, next_collect: float) -> None:
        now = time.monotonic()
        until = min(next_collect, self._ends_at)
        if self.screen.animated:
            until = min(until, order.begun + int(now - order.begun) + 1)
        time.sleep(max(until - now, _SHORTEST_PAUSE_S))

    def _draw(self, order: Order, hint: str | None) -> None:
        """Draw what is due in this second: the code while it is to be scanned, and the hint."""
        due = (order.ref, int(time.monotonic() - order.begun), hint)
        if not self.screen.animated or due == self._drawn:
            return
        if hint is not None and hint not in UNTOUCHED:
            self.screen.draw_hint()
        elif order.qr_token is not None and order.qr_secret is not None:
            self.screen.draw_text(second_by_second(order.qr_token, order.qr_secret)(due[1]))
        else:
            self._draw_image(order)
        self._drawn = due

    def _draw_image(self, order: Order) -> None:
        """Draw the code that the backend makes; it is fetched every second (contract 5.1)."""
        self._step_aside()
        image = self.bankid.qr_image(order) if self._has_image else None
        if image is not None:
            self.screen.draw_image(image)
            return
        if self._has_image:
            self._has_image = False
            self.session.say("The backend gives no QR code; start the app on this machine with --open.")
        self.screen.draw_hint()

    def _ended(self, state: State) -> EnergyctlError:
        kind = NotThereYet if state.hint in EXPIRED else Refused
        return kind(
            f"BankID: {failed_words(state.hint, self.bankid.language)}",
            hint=f"BankID says {state.status}, {state.hint or 'without a hint'}. Start again when that is mended.",
            code="bankid_expired" if kind is NotThereYet else "bankid_failed",
            provider="bright",
            operation="bankid_collect",
            details={"status": state.status, "hintCode": state.hint},
        )


def poll_s(session: Session) -> float:
    """Return the seconds between two questions for an order's state; ``ENERGYCTL_POLL_S`` sets them."""
    try:
        return max(0.0, min(float(session.env.get("ENERGYCTL_POLL_S", POLL_S)), 60.0))
    except ValueError:
        return POLL_S


def end_user_ip(client: BrightClient, wished: str | None) -> str:
    """Return the person's address: the wished one, else this machine's own on the way to the server.

    :raises UsageProblem: when the wished one is none, or there is no way to the server to see it on.
    """
    if wished is not None:
        try:
            return str(ipaddress.ip_address(wished.strip()))
        except ValueError:
            raise UsageProblem(f"--ip '{wished}' is not an IP address.", hint="Write 192.0.2.7.") from None
    import socket

    parts = urlsplit(client.rest.base_url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_DGRAM)
        family, kind, protocol, _, place = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.connect(place)  # of a datagram socket: nothing is sent
            return str(probe.getsockname()[0]).partition("%")[0]
    except OSError:
        raise UsageProblem(
            "This machine's own address cannot be found out.", hint="Give the person's with --ip ADDRESS."
        ) from None


def _text(data: Mapping[str, Any], name: str) -> str | None:
    """Return a text that is there, not empty, and of signs that can be shown and sent."""
    value = data.get(name)
    return value if isinstance(value, str) and value.strip() and value.isprintable() else None
