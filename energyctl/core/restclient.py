"""What the clients of REST providers have in common: operations by id, one thing or a list, and any other call.

A provider's client adds where its token comes from, one method for each operation, and what its answers mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from energyctl.core.endpoints import Endpoints, Operation
from energyctl.core.errors import BadAnswer, EnergyctlError, UsageProblem
from energyctl.core.jsonbody import NotJson
from energyctl.core.listing import Page, Pinned, listed
from energyctl.core.profiles import Section
from energyctl.core.transport import Answer, Pairs, Request, Rest

if TYPE_CHECKING:
    from energyctl.core.session import Session

#: Fields of which an answer may consist that wraps one thing.
_WRAPPERS = ("data", "item", "result")
_PIN_IT = "Pin the paging in the profile, or read the first page alone with --limit N."


class RestClient:
    """Calls to one REST provider under one profile."""

    #: Names of resources whose single answer may be wrapped under them.
    wrappers: tuple[str, ...] = _WRAPPERS

    def __init__(
        self,
        session: Session,
        section: Section,
        operations: Mapping[str, Operation],
        *,
        address: str,
        authorize: Callable[[Request, str | None], str] | None = None,
        header: Callable[[str], tuple[str, str]] | None = None,
        read_error: Callable[[Any], tuple[str | None, Any]] = lambda _body: (None, None),
    ) -> None:
        self.session = session
        self.section = section
        self.title = section.settings.title
        self.endpoints = Endpoints(session, section, operations)
        self._address = address
        self._settings: dict[str, Any] = {"authorize": authorize, "read_error": read_error}
        if header is not None:
            self._settings["header"] = header
        self._rest: Rest | None = None

    @property
    def rest(self) -> Rest:
        """The transport, made when something is first sent: a table of endpoints needs no address.

        :raises ConfigProblem: when the profile has no address.
        """
        if self._rest is None:
            self._rest = Rest(
                self.session,
                provider=self.section.provider,
                title=self.title,
                base_url=self.section.url(self._address),
                **self._settings,
            )
        return self._rest

    # -- operations by id ---------------------------------------------------------------------------------

    def request(
        self,
        operation_id: str,
        values: Mapping[str, str] | None = None,
        *,
        query: Pairs = (),
        body: Any = None,
        subject: str | None = None,
    ) -> Request:
        """Return the request of an operation at the endpoint in force; nothing is sent."""
        return self.endpoints.request(operation_id, values, query=query, body=body, subject=subject)

    def send(self, request: Request) -> Answer:
        """Send a request and return the bare answer.

        :raises EnergyctlError: for every other end; that of an inferred endpoint says so, and that of getting a token
            says nothing of the operation.
        """
        rest = self.rest  # without an address there is nothing to announce
        if request.operation in self.endpoints.operations:
            self.endpoints.announce(request.operation)
        try:
            return rest.call(request)
        except EnergyctlError as error:
            if error.operation not in (None, request.operation):
                raise  # it is of the token that the operation wanted
            raise self.endpoints.explained(self.explained(error, request), request.operation) from error

    def explained(self, error: EnergyctlError, _request: Request) -> EnergyctlError:
        """Return an error with what the provider's client knows about it."""
        return error

    def body(self, request: Request) -> Any:
        """Send a request and return the JSON of its answer; None for an empty one.

        :raises BadAnswer: for a read whose answer is not JSON.
        :raises OutcomeUnknown: for a write whose answer is not JSON.
        """
        return self._json(request, self.send(request))

    def _json(self, request: Request, answer: Answer) -> Any:
        if not answer.content.strip() and (answer.status == 204 or not request.reads):
            return None
        try:
            return answer.json()
        except NotJson as problem:
            raise self.rest.not_understood(request, answer, str(problem)) from None

    def one(
        self,
        operation_id: str,
        values: Mapping[str, str] | None = None,
        *,
        query: Pairs = (),
        subject: str | None = None,
    ) -> Any:
        """Return one thing, without an object that only wraps it."""
        request = self.request(operation_id, values, query=query, subject=subject)
        return self.unwrapped(self.body(request))

    def an_object(
        self,
        operation_id: str,
        values: Mapping[str, str] | None = None,
        *,
        query: Pairs = (),
        subject: str | None = None,
    ) -> dict[str, Any]:
        """Return one object.

        :raises BadAnswer: when something else comes.
        """
        thing = self.one(operation_id, values, query=query, subject=subject)
        if isinstance(thing, list) and len(thing) == 1:
            thing = thing[0]
        if not isinstance(thing, dict):
            kind = "a list" if isinstance(thing, list) else "nothing" if thing is None else "a bare value"
            raise BadAnswer(
                f"{self.title} answered {subject or operation_id} with {kind} where an object was expected.",
                hint="Add -v to see the answer, or tell where it is with spec import.",
                provider=self.section.provider,
                operation=operation_id,
            )
        return thing

    def unwrapped(self, body: Any) -> Any:
        """Return what a body carries when it consists of one field that only wraps it."""
        if isinstance(body, Mapping) and len(body) == 1:
            name, inner = next(iter(body.items()))
            if name in self.wrappers and isinstance(inner, Mapping):
                return inner
        return body

    def many(
        self,
        operation_id: str,
        values: Mapping[str, str] | None = None,
        *,
        noun: str,
        query: Pairs = (),
        subject: str | None = None,
        limit: int | None = None,
        bounded: bool = False,
        look: Callable[[Any], None] = lambda _body: None,
    ) -> Iterator[Any]:
        """Yield the rows of a list, whatever its envelope and paging; as pinned by the profile or an OpenAPI file.

        :param bounded: whether the query bounds the list, so that it only has further pages when it says so.
        :param look: is shown each answer before its rows are taken out.
        """

        def fetch(more: Pairs) -> Page:
            request = self.request(operation_id, values, query=query, subject=subject)
            named = {name for name, _ in more}
            request.query = [*(pair for pair in request.query if pair[0] not in named), *more]
            return page(request)

        def follow(address: str) -> Page:
            request = self.request(operation_id, values, query=query, subject=subject)
            request.path, request.query = self._inside(address, request), ()
            return page(request)

        is_first = True

        def page(request: Request) -> Page:
            nonlocal is_first
            try:
                answer = self.send(request)
            except UsageProblem:
                if is_first:
                    raise
                raise self._no_address(request) from None  # too long for one
            is_first = False
            body = self._json(request, answer)
            look(body)
            return Page(body, answer.headers)

        try:
            pinned = self._pinned(operation_id)
            yield from listed(fetch, follow, noun=noun, pinned=pinned, limit=limit, bounded=bounded)
        except BadAnswer as error:
            error.provider, error.operation = (
                error.provider or self.section.provider,
                error.operation or operation_id,
            )
            raise

    def _pinned(self, operation_id: str) -> Pinned | None:
        provider = self.section.provider
        if any(field.name == "paging" for field in self.section.settings.fields):
            wished = self.section.setting("paging").value
            if isinstance(wished, Mapping):
                own = wished.get(operation_id, wished if "style" in wished else None)
                if own:
                    return Pinned.read(own, f"{provider}.paging")
        if self.endpoints.of(operation_id).source == "spec":
            return Pinned.read(
                dict(self.endpoints.pins.get("paging") or {}).get(operation_id), f"{provider} spec"
            )
        return None

    def _no_address(self, request: Request) -> BadAnswer:
        return BadAnswer(
            f"{self.title} continues the list at what is no address.",
            hint=_PIN_IT,
            provider=self.section.provider,
            operation=request.operation,
        )

    def _inside(self, address: str, request: Request) -> str:
        """Return the path of the next page's address with its query as it was given, every sign of which may count.

        Nothing but these is taken from it: the page is asked for at the profile's own address, and a token never
        follows it to another host, nor from https to http.

        :raises BadAnswer: when it leads elsewhere, or is no address.
        """
        here, there = urlsplit(self.rest.base_url), _split(address)
        if there is None:
            raise self._no_address(request)
        if there.netloc and _host(there) != _host(here):
            host = there.netloc.rpartition("@")[2]
            raise BadAnswer(
                f"{self.title} continues the list at another host ({host}); credentials are not sent there.",
                hint=_PIN_IT,
                provider=self.section.provider,
                operation=request.operation,
                code="redirected",
            )
        path = there.path or request.path
        if here.path and (path == here.path or path.startswith(here.path + "/")):
            path = path[len(here.path) :]
        return (path if path.startswith("/") else f"/{path}") + (f"?{there.query}" if there.query else "")

    # -- any call -----------------------------------------------------------------------------------------

    def raw_request(self, method: str, path: str, query: Pairs, body: Any) -> Request:
        """Return the request of any call."""
        full = path if path.startswith("/") else f"/{path}"
        return Request("api", method, full, query=query, body=body, reads=method in ("GET", "HEAD"))


def _split(address: str) -> SplitResult | None:
    """Return the parts of an address; None when it is none."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts if address.isprintable() else None


def _host(parts: SplitResult) -> tuple[str | None, int | None]:
    """Return host and port of an address; no port stands for the scheme's own."""
    return parts.hostname, None if parts.port == {"https": 443, "http": 80}.get(parts.scheme) else parts.port
