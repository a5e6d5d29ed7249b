"""One method per operation of the Kit, as Bright's app calls it. Answers are handed on as they came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import BadAnswer, EnergyctlError
from energyctl.core.profiles import Section
from energyctl.core.restclient import RestClient
from energyctl.core.transport import Answer, Request
from energyctl.core.wording import said_in, short
from energyctl.providers.bright.operations import OPERATIONS
from energyctl.providers.bright.settings import SETTINGS
from energyctl.providers.bright.tokens import API_KEY, NONE, Tokens

if TYPE_CHECKING:
    from datetime import datetime

    from energyctl.core.session import Session


def connect(session: Session) -> BrightClient:
    """Make a client for the profile in force.

    :raises ConfigProblem: when the profile lacks what the backend needs.
    """
    return BrightClient(session, session.profile.section(SETTINGS))


class BrightClient(RestClient):
    """An Organisation's backend, called as Bright calls it."""

    wrappers = (*RestClient.wrappers, "account", "user", "invoice")

    def __init__(self, session: Session, section: Section) -> None:
        self.tokens = Tokens(session, section)
        open_door = self.tokens.mode == NONE
        super().__init__(
            session,
            section,
            OPERATIONS,
            address="base_url",
            authorize=None if open_door else lambda _request, rejected: self.tokens.get(rejected),
            header=self.tokens.header,
            read_error=error_message,
        )

    def explained(self, error: EnergyctlError, request: Request) -> EnergyctlError:
        """Say of a 501 that the operation is not built (section 0), and of a 401 what may be wrong."""
        if error.http_status == 501:
            said, _ = error_message(error.details)
            error.message = f"The Organisation has not built {request.operation} (status 501)" + (
                f": {short(said)}" if said else "."
            )
            error.hint = "An Organisation may leave parts of the Kit out; ask it whether this one is to come."
        if error.http_status == 401 and self.tokens.mode == API_KEY:
            error.hint = (
                "Check the key (energyctl auth status bright) and the header that carries it, whose name is only "
                f"inferred: bright.api_key_header is {self.section.text('api_key_header')}."
            )
        if error.http_status == 401 and self.tokens.mode == NONE:
            error.hint = "No credential was sent, since bright.auth is none: set it to api-key or oauth."
        return error

    # -- accounts and users -------------------------------------------------------------------------------

    def search(self, *, ssn: str | None = None, email: str | None = None) -> list[Any]:
        """Return the accounts of a person (6.1).

        :param ssn: a personnummer of 12 digits, without hyphen.
        """
        query = [("ssn", ssn)] if ssn is not None else [("email", email or "")]
        return list(
            self.many("search_accounts", noun="accountIds", query=query, subject="the accounts of the person")
        )

    def account(self, account: str) -> dict[str, Any]:
        """Return one account (6.2)."""
        return self.an_object("get_account", {"accountId": account}, subject=f"account {account}")

    def user_roles(self, account: str, limit: int | None = None) -> Iterator[Any]:
        """Yield the users of an account with their roles (6.3)."""
        subject = f"the users of account {account}"
        return self.many("get_user_roles", {"accountId": account}, noun="users", subject=subject, limit=limit)

    def add_user_request(self, account: str, body: Mapping[str, Any]) -> Request:
        """Return the request that adds a user to an account (6.4)."""
        return self.request(
            "add_user", {"accountId": account}, body=dict(body), subject=f"a user for account {account}"
        )

    def update_user_request(self, user: str, body: Mapping[str, Any]) -> Request:
        """Return the request that updates a user's contact data (6.5)."""
        return self.request("update_user", {"userId": user}, body=dict(body), subject=f"user {user}")

    # -- what an account has ------------------------------------------------------------------------------

    def locations(self, account: str, limit: int | None = None) -> Iterator[Any]:
        """Yield the locations of an account, each with its services (7.1)."""
        subject = f"the locations of account {account}"
        return self.many(
            "get_locations", {"accountId": account}, noun="locations", subject=subject, limit=limit
        )

    def of_service(self, operation_id: str, account: str, service: str, noun: str) -> Iterator[Any]:
        """Yield the agreements, products or events of a service (7.2, 7.4)."""
        return self.many(
            operation_id,
            {"accountId": account, "serviceId": service},
            noun=noun,
            subject=f"the {noun} of service {service}",
        )

    def invoices(
        self, account: str, start: datetime | None, end: datetime | None, limit: int | None = None
    ) -> Iterator[Any]:
        """Yield the invoices of an account (7.3); the end is not included."""
        query = [
            *([("fromDate", instant(start))] if start is not None else []),
            *([("toDate", instant(end))] if end is not None else []),
        ]
        return self.many(
            "get_invoices",
            {"accountId": account},
            noun="invoices",
            query=query,
            subject=f"the invoices of account {account}",
            limit=limit,
        )

    def invoice_url(self, account: str, invoice: str) -> Any:
        """Return the answer that carries an invoice's address (7.3): JSON, or the address as text."""
        values = {"accountId": account, "invoiceId": invoice}
        request = self.request("get_invoice_url", values, subject=f"the address of invoice {invoice}")
        answer = self.send(request)
        text = answer.content.decode("utf-8", "replace").strip()
        if text.startswith(("https://", "http://")):
            return text
        return self.unwrapped(self._json(request, answer))

    def invoice_stream(self, account: str, invoice: str) -> Answer:
        """Return an invoice's file (7.3)."""
        request = self.request(
            "get_invoice_stream", {"accountId": account, "invoiceId": invoice}, subject=f"invoice {invoice}"
        )
        request.accept = "application/pdf, application/octet-stream, application/json;q=0.5, */*;q=0.1"
        return self.send(request)

    # -- series -------------------------------------------------------------------------------------------

    def measurements(
        self, account: str, measurement: str, start: datetime, end: datetime, resolution: str
    ) -> dict[str, Any]:
        """Return the measurements of a service (8.2); the end is not included."""
        values = {"accountId": account, "measurementId": measurement}
        return self._series(
            "get_measurements", values, start, end, resolution, f"the measurements {measurement}"
        )

    def cost(
        self, account: str, cost: str, start: datetime, end: datetime, resolution: str
    ) -> dict[str, Any]:
        """Return the cost of a service (8.1); the end is not included."""
        values = {"accountId": account, "costId": cost}
        return self._series("get_cost", values, start, end, resolution, f"the cost {cost}")

    def _series(
        self,
        operation_id: str,
        values: dict[str, str],
        start: datetime,
        end: datetime,
        resolution: str,
        subject: str,
    ) -> dict[str, Any]:
        query = [("toDate", instant(end)), ("fromDate", instant(start)), ("resolution", resolution)]
        body = self.an_object(operation_id, values, query=query, subject=subject)
        if not isinstance(body.get("values"), list):
            raise BadAnswer(
                f"{self.title} answered {subject} without the list 'values'.",
                hint="The contract wants startDate, endDate, resolution and values. Add -v to see the answer.",
                provider="bright",
                operation=operation_id,
            )
        return body

    # -- events -------------------------------------------------------------------------------------------

    def event_request(self, body: Mapping[str, Any]) -> Request:
        """Return the request that reports an event (8.3)."""
        return self.request("report_event", body=dict(body), subject=f"the event {body.get('type')}")


def instant(moment: datetime) -> str:
    """Return an instant as the Kit's queries write it: ``2024-10-31T23:00:00.000Z`` (section 8)."""
    from datetime import UTC

    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def error_message(body: Any) -> tuple[str | None, Any]:
    """Return message and details of the Kit's strict error shape (section 1), of BankID's, or of any other."""
    if isinstance(body, Mapping) and isinstance(body.get("message"), str):
        name, key = body.get("name"), body.get("key")
        marks = ", ".join(str(one) for one in (name, key) if isinstance(one, str | int) and str(one))
        return body["message"] + (f" ({marks})" if marks else ""), dict(body)
    if isinstance(body, Mapping) and isinstance(
        body.get("errorCode"), str
    ):  # BankID's own, handed through (5.2)
        said = body.get("details")
        return f"{said} ({body['errorCode']})" if isinstance(said, str) else body["errorCode"], dict(body)
    return said_in(body), body or None
