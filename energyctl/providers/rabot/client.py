"""One method per remote operation of RABOT. Data is yielded as it came; paging and scopes are settled inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from energyctl.core.endpoints import matches
from energyctl.core.errors import EnergyctlError, NotPermitted, Refused, UsageProblem
from energyctl.core.paging import pages
from energyctl.core.profiles import Section
from energyctl.core.restclient import RestClient
from energyctl.core.transport import Answer, Pairs, Request, Rest
from energyctl.providers.rabot import answers
from energyctl.providers.rabot.operations import API, OPERATIONS, READ, READ_ORDERS, Operation
from energyctl.providers.rabot.settings import SETTINGS
from energyctl.providers.rabot.tokens import ScopeRefused, Tokens

if TYPE_CHECKING:
    from energyctl.core.session import Session

PAGE_SIZE = 100
#: Contract section 3.6: what a page holds when nothing is asked for.
DEFAULT_PAGE_SIZE = 10

_T = TypeVar("_T")
#: Scope sets to ask for a token with, tried in order.
Ladder = tuple[tuple[str, ...], ...]


def connect(session: Session) -> RabotClient:
    """Make a client for the profile in force.

    :raises ConfigProblem: when the profile lacks what RABOT needs.
    """
    client = connect_later(session)
    client.check()
    return client


def connect_later(session: Session) -> RabotClient:
    """Make a client that misses an address or a client id only when it sends something."""
    return RabotClient(session, session.profile.section(SETTINGS))


class RabotClient(RestClient):
    """The partner API of contract section 4."""

    def __init__(self, session: Session, section: Section) -> None:
        super().__init__(session, section, OPERATIONS, address="api_url")
        self._scopes: tuple[str, ...] = ()
        #: Which of an operation's scope sets has worked in this run.
        self._rungs: dict[Ladder, int] = {}
        #: Operations of which a list without paging did not come to its end.
        self.cut_short: set[str] = set()

    def check(self) -> None:
        """Look whether all is there that a call needs, before anything is asked of the user.

        :raises ConfigProblem: when the profile lacks something.
        """
        assert self.rest
        assert self.tokens

    @cached_property
    def tokens(self) -> Tokens:
        """Where its tokens come from.

        :raises ConfigProblem: when the profile lacks the address or the client id.
        """
        return Tokens(self.session, self.section)

    @cached_property
    def rest(self) -> Rest:
        """The transport; the address may be written with the path that all operations begin with.

        :raises ConfigProblem: when the profile has no address.
        """
        return Rest(
            self.session,
            provider="rabot",
            title=SETTINGS.title,
            base_url=self.section.url("api_url").removesuffix(API),
            authorize=lambda _request, rejected: self.tokens.get(self._scopes, rejected),
            read_error=answers.error_message,
        )

    # -- tariffs --------------------------------------------------------------------------------------------

    def tariffs(self, effective_date: str | None = None) -> list[Any]:
        """Return the tariffs that this client may sell (4.1)."""
        query = [("effectiveDate", effective_date)] if effective_date is not None else []
        return self._list("list_tariffs", query=query)

    def calculate(self, tariff_key: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return the price of a tariff at a postcode (4.2). Gross, including 19 % VAT."""
        return self._object(
            "calculate_price",
            {"tariffKey": tariff_key},
            body=body,
            holds=("priceComponents",),
            subject=f"a price for tariff '{tariff_key}'",
        )

    # -- orders ---------------------------------------------------------------------------------------------

    def create_order_request(self, body: dict[str, Any]) -> Request:
        """Return the request that would create an order (4.3); ``create_order`` sends it."""
        return self.request("create_order", body=body, subject="the order")

    def create_order(self, request: Request) -> dict[str, Any]:
        """Send an order once and return ``customerNumber`` and ``contractNumber``.

        :raises OutcomeUnknown: when no answer, or none that names the contract, came.
        """

        def understand(answer: Answer) -> dict[str, Any]:
            made = answers.an_object(answer.json())
            if not isinstance(made.get("contractNumber"), str | int):
                raise answers.NotUnderstood("an answer without a contractNumber")
            return made

        return self._understood(OPERATIONS["create_order"], request, understand)

    def orders(self, customer_number: str | None = None, limit: int | None = None) -> Iterator[Any]:
        """Yield orders from the API and the web funnel alike (4.4)."""
        query = _filter("filter.customerNumber", customer_number, "--customer")
        return self._paged("list_orders", query=query, inner="orders", limit=limit)

    def order(self, contract_number: str) -> dict[str, Any]:
        """Return one order (4.5)."""
        return self._object(
            "get_order",
            {"contractNumber": contract_number},
            inner="order",
            holds=("contractNumber",),
            subject=f"order {contract_number}",
        )

    # -- customers ------------------------------------------------------------------------------------------

    def customers(self, external_id: str | None = None, limit: int | None = None) -> Iterator[Any]:
        """Yield the customers that this client may see (4.6)."""
        query = _filter("filter.externalId", external_id, "--external-id")
        return self._paged("list_customers", query=query, limit=limit)

    def link_request(self, body: dict[str, Any]) -> Request:
        """Return the request of a linking address (4.7). It changes nothing until the customer agrees.

        :raises UsageProblem: for an empty id, by which nobody would be found again.
        """
        _refuse_empty(body.get("externalCustomerId"), "--external-id")
        request = self.request("link_customer", body=body, subject="a linking address")
        request.reads = True
        return request

    def link_customer(self, request: Request) -> dict[str, Any]:
        """Ask for a linking address, valid for 10 minutes."""

        def understand(answer: Answer) -> dict[str, Any]:
            made = answers.an_object(answer.json())
            if not isinstance(made.get("authorizationUrl"), str):
                raise answers.NotUnderstood("an answer without an authorizationUrl")
            return made

        return self._understood(OPERATIONS["link_customer"], request, understand)

    def unlink_request(self, customer_number: str) -> Request:
        """Return the request that would end a link (4.8)."""
        return self.request(
            "unlink_customer",
            {"customerNumber": customer_number},
            subject=f"customer {customer_number}",
        )

    def unlink(self, request: Request) -> None:
        """End a link (4.8). An answer needs no body; one that there is must not say that it failed.

        :raises OutcomeUnknown: when no answer, or none of RABOT's, came.
        """

        def understand(answer: Answer) -> None:
            if answer.content.strip():
                answers.unwrapped(answer.json())

        self._understood(OPERATIONS["unlink_customer"], request, understand)

    # -- contracts ------------------------------------------------------------------------------------------

    def contracts(self, customer_number: str, limit: int | None = None) -> Iterator[Any]:
        """Yield a customer's confirmed contracts (4.9)."""
        return self._paged(
            "list_contracts",
            {"customerNumber": customer_number},
            limit=limit,
            subject=f"the contracts of customer {customer_number}",
        )

    def metrics(self, customer: str, contract: str, query: Pairs) -> dict[str, Any]:
        """Return one answer of metrics (4.10); the caller keeps to the interval's longest period."""
        operation = OPERATIONS["get_metrics"]
        request = self.request(
            operation.id, _contract(customer, contract), query=query, subject=_called(contract)
        )
        holds = ("records", "numberOfEntries", "consideredDataPeriod")
        return self._understood(
            operation, request, lambda answer: answers.an_object_or_nothing(answer.json(), holds=holds)
        )

    def costs(self, customer: str, contract: str) -> list[Any]:
        """Return the cost components of a dynamic tariff (4.11)."""
        return self._list("get_costs", _contract(customer, contract), subject=_called(contract))

    def working_prices(self, customer: str, contract: str, query: Pairs) -> dict[str, Any]:
        """Return working prices in steps of 15 minutes, ct/kWh including VAT (4.17)."""
        return self._object(
            "get_working_prices",
            _contract(customer, contract),
            query=query,
            holds=("priceData",),
            subject=_called(contract),
        )

    def documents(self, customer: str, contract: str, document_type: str | None = None) -> list[Any]:
        """Return the documents of a contract (4.12)."""
        query = [("documentType", document_type)] if document_type else []
        return self._list(
            "list_documents",
            _contract(customer, contract),
            query=query,
            inner="items",
            subject=_called(contract),
        )

    def document(self, customer: str, contract: str, file_id: str) -> Answer:
        """Return the bytes of a document (4.13)."""
        operation = OPERATIONS["download_document"]
        request = self.request(
            operation.id, {**_contract(customer, contract), "fileId": file_id}, subject=f"document {file_id}"
        )
        request.accept = "application/pdf, application/octet-stream, */*"

        def understand(answer: Answer) -> Answer:
            if what := answers.no_file(answer.content, answer.headers.get("content-type", "")):
                raise answers.NotUnderstood(f"{what} instead of a file")
            return answer

        return self._understood(operation, request, understand)

    def plan_request(self, customer: str, contract: str, body: Any) -> Request:
        """Return the request that would submit a consumption plan (4.14)."""
        return self.request(
            "submit_consumption_plan",
            _contract(customer, contract),
            body=body,
            subject=_called(contract),
        )

    def submit_plan(self, request: Request) -> dict[str, Any]:
        """Submit a consumption plan and return what the answer tells of it: its key, and the times with a warning.

        :raises OutcomeUnknown: when no answer, or none that makes sense, came.
        """

        def understand(answer: Answer) -> dict[str, Any]:
            return next(iter(answers.a_list(answer.json())), {})

        return self._understood(OPERATIONS["submit_consumption_plan"], request, understand)

    # -- prices ---------------------------------------------------------------------------------------------

    def prices(self, query: Pairs, *, forecast: bool = False) -> dict[str, Any]:
        """Return day-ahead prices (4.15) or their forecast (4.16)."""
        operation_id = "forecast_day_ahead_prices" if forecast else "list_day_ahead_prices"
        return self._object(operation_id, query=query, holds=("prices",), subject="the day-ahead prices")

    # -- any call -------------------------------------------------------------------------------------------

    def raw_request(self, method: str, path: str, query: Pairs, body: Any) -> Request:
        """Return the request of any call; ``path`` may leave out ``/partner/v1``."""
        full = path if path.startswith("/") else f"/{path}"
        if not full.startswith(("/partner/", "/hems/", "/api/")):
            full = API + full
        return Request("api", method, full, query=query, body=body, reads=method in ("GET", "HEAD"))

    def send(self, request: Request, scopes: Ladder | None = None) -> Answer:
        """Send a request and return the bare answer.

        That a known write was refused is told by the envelope too, and then raised like any other refusal.

        :param scopes: scope sets to ask with; by default those that the operation is known to need.
        """
        operation = OPERATIONS.get(request.operation)
        ladder = scopes or (operation.scopes if operation else self.scopes_at(request))
        called = Operation(request.operation, request.method, request.path, scopes=ladder)
        writes = operation is not None and not request.reads
        return self._understood(called, request, answers.not_refused if writes else lambda answer: answer)

    def scopes_at(self, request: Request) -> Ladder:
        """Return the scope sets of whatever operation is at a request's method and path."""
        for endpoint in self.endpoints:
            if endpoint.method == request.method and matches(endpoint.path, request.path):
                return OPERATIONS[endpoint.operation.id].scopes
        return READ

    # -- inside ---------------------------------------------------------------------------------------------

    def _object(
        self,
        operation_id: str,
        parameters: dict[str, str] | None = None,
        *,
        query: Pairs = (),
        body: Any = None,
        inner: str | None = None,
        holds: tuple[str, ...] = (),
        subject: str | None = None,
    ) -> dict[str, Any]:
        operation = OPERATIONS[operation_id]
        request = self.request(operation.id, parameters or {}, query=query, body=body, subject=subject)
        return self._understood(
            operation, request, lambda answer: answers.an_object(answer.json(), inner, holds=holds)
        )

    def _list(
        self,
        operation_id: str,
        parameters: dict[str, str] | None = None,
        *,
        query: Pairs = (),
        inner: str | None = None,
        subject: str | None = None,
    ) -> list[Any]:
        operation = OPERATIONS[operation_id]
        request = self.request(operation.id, parameters or {}, query=query, subject=subject)

        def understand(answer: Answer) -> list[Any]:
            body = answer.json()
            items = answers.a_list(body, inner)
            if answers.has_more(body, 0, len(items)):
                self.cut_short.add(operation.id)
                self.session.say(
                    f"warning: RABOT Energy has more of the list for {request.subject or request.path} than it gave, "
                    "and no way to ask for the rest."
                )
            return items

        return self._understood(operation, request, understand)

    def _paged(
        self,
        operation_id: str,
        parameters: dict[str, str] | None = None,
        *,
        query: Pairs = (),
        inner: str | None = None,
        limit: int | None = None,
        subject: str | None = None,
    ) -> Iterator[Any]:
        operation = OPERATIONS[operation_id]

        def fetch(offset: int, size: int) -> tuple[list[Any], bool | None]:
            paging = [*query, ("offset", str(offset)), ("limit", str(size))]
            request = self.request(operation.id, parameters or {}, query=paging, subject=subject)

            def understand(answer: Answer) -> tuple[list[Any], bool | None]:
                body = answer.json()
                items = answers.a_list(body, inner)
                return items, answers.has_more(body, offset, len(items))

            return self._understood(operation, request, understand)

        return pages(fetch, size=PAGE_SIZE, default_size=DEFAULT_PAGE_SIZE, limit=limit)

    def _understood(self, operation: Operation, request: Request, understand: Callable[[Answer], _T]) -> _T:
        """Send with the first scope set that works, and read the answer; every misfit becomes a clear error."""
        answer = self._with_scopes(operation, request)
        try:
            return understand(answer)
        except answers.Unsuccessful as refusal:
            raise Refused(
                f"RABOT Energy refused {request.subject or request.path}: {refusal}",
                hint="Mend what the message names and try again.",
                provider="rabot",
                operation=operation.id,
                http_status=answer.status,
                details=refusal.details,
                outcome=None if request.reads else "rejected",
            ) from None
        except ValueError as problem:  # NotUnderstood and NotJson
            raise self.rest.not_understood(request, answer, str(problem)) from None

    def _with_scopes(self, operation: Operation, request: Request) -> Answer:
        refusal: EnergyctlError | None = None
        for scopes in operation.scopes[self._rungs.get(operation.scopes, 0) :]:
            self._scopes = scopes
            try:
                answer = self.rest.call(request)
            except ScopeRefused as error:
                refusal = refusal or error
            except NotPermitted as error:
                if operation.scopes is READ_ORDERS and scopes != operation.scopes[-1]:
                    refusal = error
                    continue
                raise self._explained(error, scopes, refusal) from error
            else:
                self._rungs[operation.scopes] = operation.scopes.index(scopes)
                return answer
        assert refusal is not None
        raise refusal

    def _explained(
        self, error: NotPermitted, scopes: tuple[str, ...], refusal: EnergyctlError | None
    ) -> EnergyctlError:
        """Say which scopes were in force when the API said 403."""
        error.hint = f"The token had the scopes {', '.join(scopes)}."
        if isinstance(refusal, ScopeRefused):
            error.hint += (
                f" {refusal.message} A linked customer's data needs no role: energyctl rabot customers link"
            )
        else:
            error.hint += " Check with RABOT what the client may do."
        return error


def _filter(name: str, value: str | None, option: str) -> list[tuple[str, str]]:
    """Return a filter as a query; an empty one, such as an unset variable gives, would mean everything."""
    _refuse_empty(value, option)
    return [] if value is None else [(name, value)]


def _refuse_empty(value: str | None, option: str) -> None:
    if value is not None and not value.strip():
        raise UsageProblem(f"{option} is empty.", hint="Give a value, or leave the option out.")


def _contract(customer: str, contract: str) -> dict[str, str]:
    return {"customerNumber": customer, "contractNumber": contract}


def _called(contract: str) -> str:
    return f"contract {contract}"
