"""One method per remote operation of Emulate. Answers are handed on as they came: their fields are not public."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import AuthenticationFailed, EnergyctlError, NotPermitted, UsageProblem
from energyctl.core.profiles import Section
from energyctl.core.restclient import RestClient
from energyctl.core.transport import Answer, Pairs, Request
from energyctl.core.wording import said_in
from energyctl.providers.emulate.operations import (
    OPERATIONS,
    RETAILER_API,
    SINGLE_CUSTOMER_API,
    is_of_a_customer,
    of_the_customer,
)
from energyctl.providers.emulate.settings import SETTINGS
from energyctl.providers.emulate.tokens import Tokens, api_of

if TYPE_CHECKING:
    from energyctl.core.session import Session


def connect(
    session: Session, *, customer: str | None = None, as_customer: str | None = None
) -> EmulateClient:
    """Make a client for the profile in force.

    :param customer: the one customer that the command is about, if it is about one.
    :param as_customer: whose token is to be used, through the Single Customer API.
    :raises UsageProblem: when a customer's token is to be used for somebody else.
    """
    section = session.profile.section(SETTINGS)
    tokens = Tokens(session, section)
    if as_customer == "" or customer == "":
        raise UsageProblem("The customer's id is empty.", hint="Name a customer.", provider="emulate")
    given_for = tokens.given_customer()
    if given_for is not None:
        if (as_customer or customer or given_for) != given_for:
            raise UsageProblem(
                f"emulate.token is one of customer {given_for} alone; the command is about {as_customer or customer}.",
                hint="Take emulate.token out of the way to sign with the profile's keys.",
                provider="emulate",
            )
        return EmulateClient(session, section, given_for)
    if as_customer is not None:
        if customer is not None and customer != as_customer:
            raise UsageProblem(
                f"--as-customer {as_customer} has a token for that customer alone; the command is about {customer}.",
                hint="Name the same customer in both places, or leave --as-customer out.",
                provider="emulate",
            )
        return EmulateClient(session, section, as_customer)
    if (
        customer is not None
        and not tokens.given
        and not tokens.has_key(RETAILER_API)
        and tokens.has_key(SINGLE_CUSTOMER_API)
    ):
        session.notice(f"Only the Single Customer key is there: going through it, as {customer}.")
        return EmulateClient(session, section, customer)
    return EmulateClient(session, section, None)


class EmulateClient(RestClient):
    """The Retailer API, or with a customer the Single Customer API with a token for that customer alone."""

    wrappers = (*RestClient.wrappers, "customer", "device", "settings", "facility")

    def __init__(self, session: Session, section: Section, customer: str | None) -> None:
        self.tokens = Tokens(session, section)
        #: Whose token is used; None for the retailer's, which sees every customer.
        self.customer = customer
        self._used: str | None = None
        #: One that was refused in this run, be it kept by an earlier run or signed by another process.
        self._refused: str | None = None
        super().__init__(
            session, section, OPERATIONS, address="api_url", authorize=self._token, read_error=error_message
        )

    @property
    def api(self) -> str:
        """Which of the two APIs is used."""
        return api_of(self.customer)

    def _token(self, _request: Request, rejected: str | None) -> str:
        self._used = self.tokens.get(self.customer, rejected or self._refused)
        if self.tokens.given:
            self._refuse_malformed(self._used)
        return self._used

    def _refuse_malformed(self, token: str) -> None:
        """Refuse a token from elsewhere that cannot be put into a header, or was pasted with more than itself.

        :raises AuthenticationFailed: naming what is wrong with it.
        """
        from energyctl.providers.emulate.checks import FAIL, examine, rows

        found = examine(self.session, self.tokens, token, self.api)
        if found[0].status == FAIL:
            raise AuthenticationFailed(
                f"emulate.token: {found[0].message}",
                hint=found[0].fix,
                code="token_malformed",
                provider="emulate",
                details={"checks": rows(found)},
            )

    def send(self, request: Request) -> Answer:
        """Send a request; a 403 for a token kept from an earlier run is answered by signing a new one, once.

        A refused call has had no effect, so that this holds for writes too.
        """
        try:
            answer = super().send(request)
        except (NotPermitted, AuthenticationFailed) as error:
            if error.http_status != 403 or self.tokens.given or self._used in self.tokens.fresh:
                raise self._diagnosed(error, request) from error
            self._refused = self._used
            try:
                answer = super().send(request)
            except (NotPermitted, AuthenticationFailed) as again:
                raise self._diagnosed(again, request) from again
        self.tokens.accepted(self.customer)
        return answer

    def _diagnosed(self, error: EnergyctlError, request: Request) -> EnergyctlError:
        """Put the six checks of contract 3.5 into a 403 (or 401), and name the one that fails."""
        if error.http_status not in (401, 403) or self._used is None:
            return error
        from energyctl.providers.emulate.checks import UNKNOWN, examine, failing, rows

        self.session.tokens.forget(self.tokens.key(self.customer), only=self._used)
        checks = examine(
            self.session, self.tokens, self._used, self.api, clock_ahead_s=self.rest.clock_ahead_s
        )
        guilty = failing(checks)
        details = {"checks": rows(checks), "answer": error.details}
        if not guilty:
            error.details = details
            unsure = next((one.message for one in checks if one.status == UNKNOWN), None)
            error.hint = (
                f"{unsure or 'The token and its key look right from here.'} What only the provider knows: "
                "energyctl doctor emulate --online"
            )
            if self.customer is None and is_of_a_customer(request.operation, request.path):
                error.hint = (
                    "This is the Single Customer API, which wants a customer's token: "
                    "ENERGYCTL_EMULATE_TOKEN=$(energyctl emulate token mint --customer ID)"
                )
            return error
        causes = "; ".join(one.message.rstrip(".") for one in guilty)
        sure = any(one.status == "fail" for one in guilty)
        return AuthenticationFailed(
            f"{error.message.rstrip('.')}. {'The cause' if sure else 'Most likely the cause'}: {causes}.",
            hint=guilty[0].fix,
            code="access_denied",
            provider="emulate",
            operation=error.operation,
            http_status=error.http_status,
            request_id=error.request_id,
            details=details,
            outcome=error.outcome,
        )

    # -- what is read -------------------------------------------------------------------------------------

    def _op(self, operation_id: str) -> str:
        return operation_id if self.customer is None else of_the_customer(operation_id)

    def retailer_wide(self, what: str) -> None:
        """Refuse a command about all customers under one customer's token.

        :raises UsageProblem: saying so.
        """
        if self.customer is not None:
            raise UsageProblem(
                f"A customer's token does not see {what}.",
                hint="Name the customer, or use the retailer's key.",
                provider="emulate",
            )

    def customers(self, limit: int | None = None) -> Iterator[Any]:
        """Yield all customers of the retailer."""
        self.retailer_wide("all customers")
        return self.many("list_customers", noun="customers", limit=limit, subject="the customers")

    def get_customer(self, customer: str) -> dict[str, Any]:
        """Return one customer."""
        return self.an_object(self._op("get_customer"), _ids(customer), subject=f"customer {customer}")

    def facilities(self, customer: str | None, limit: int | None = None) -> Iterator[Any]:
        """Yield the facilities of one customer, or of all."""
        if customer is None:
            self.retailer_wide("the facilities of all customers")
            return self.many("list_facilities", noun="facilities", limit=limit, subject="the facilities")
        return self.many(
            self._op("list_customer_facilities"),
            _ids(customer),
            noun="facilities",
            limit=limit,
            subject=f"the facilities of customer {customer}",
        )

    def devices(self, customer: str | None, limit: int | None = None) -> Iterator[Any]:
        """Yield the devices of one customer, or of all."""
        if customer is None:
            self.retailer_wide("the devices of all customers")
            return self.many("list_devices", noun="devices", limit=limit, subject="the devices")
        return self.many(
            self._op("list_customer_devices"),
            _ids(customer),
            noun="devices",
            limit=limit,
            subject=f"the devices of customer {customer}",
        )

    def device(self, customer: str, device: str) -> dict[str, Any]:
        """Return one device."""
        return self.an_object(
            self._op("get_device"), _ids(customer, device), subject=_called(customer, device)
        )

    def device_logs(self, customer: str, device: str, limit: int | None = None) -> Iterator[Any]:
        """Yield the logs of potential problems with a device."""
        return self.many(
            self._op("list_device_logs"),
            _ids(customer, device),
            noun="logs",
            limit=limit,
            subject=f"the logs of {_called(customer, device)}",
        )

    def all_spo_settings(self, customer: str) -> Any:
        """Return a customer's SPO settings, as they came."""
        return self.one(
            self._op("list_spo_settings"), _ids(customer), subject=f"the SPO settings of customer {customer}"
        )

    def spo_settings(self, customer: str, device: str) -> dict[str, Any]:
        """Return a device's SPO settings."""
        return self.an_object(
            self._op("get_spo_settings"),
            _ids(customer, device),
            subject=f"the SPO settings of {_called(customer, device)}",
        )

    def report(
        self, kind: str, customer: str, query: Pairs, limit: int | None, look: Callable[[Any], None]
    ) -> Iterator[Any]:
        """Yield the values of a customer's ``consumption`` or ``savings``.

        :param look: is shown each answer as it came.
        """
        return self.many(
            self._op(f"get_{kind}"),
            _ids(customer),
            noun="values",
            query=query,
            subject=f"the {kind} of customer {customer}",
            limit=limit,
            bounded=True,
            look=look,
        )

    # -- what is written ----------------------------------------------------------------------------------

    def rename_request(self, customer: str, device: str, name: str) -> Request:
        """Return the request that sets a device's ``custom_device_name`` (6.2)."""
        return self.request(
            self._op("rename_device"),
            _ids(customer, device),
            body={"custom_device_name": name},
            subject=_called(customer, device),
        )

    def remove_request(self, customer: str, device: str) -> Request:
        """Return the request that removes a device."""
        return self.request(
            self._op("remove_device"), _ids(customer, device), subject=_called(customer, device)
        )

    def spo_request(self, customer: str, device: str, body: Mapping[str, Any]) -> Request:
        """Return the request that sets the named SPO settings of a device."""
        return self.request(
            self._op("set_spo_settings"),
            _ids(customer, device),
            body=dict(body),
            subject=f"the SPO settings of {_called(customer, device)}",
        )

    def onboarding_request(self, customer: str, body: Mapping[str, Any] | None) -> Request:
        """Return the request that makes an address at which a customer signs in to a new device."""
        return self.request(
            self._op("create_onboarding_link"),
            _ids(customer),
            body=dict(body) if body else None,
            subject=f"an onboarding link for customer {customer}",
        )


def _ids(customer: str, device: str | None = None) -> dict[str, str]:
    return {"customerId": customer, **({"deviceId": device} if device is not None else {})}


def _called(customer: str, device: str) -> str:
    return f"device {device} of customer {customer}"


def error_message(body: Any) -> tuple[str | None, Any]:
    """Return message and details of an error body; its form is not public, so any usual one is read (8)."""
    return said_in(body), body or None
