"""Commands that every REST provider has, made for one provider at a time: ``endpoints``, ``spec``, ``call``, ``api``.

What they need of a provider's client is the protocol here; nothing in this package names a provider.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from energyctl.core.endpoints import Endpoints
from energyctl.core.errors import ConfigProblem
from energyctl.core.profiles import Section
from energyctl.core.transport import Answer, Pairs, Request, Rest

if TYPE_CHECKING:
    from energyctl.core.openapi.store import SpecStore
    from energyctl.core.session import Session


class Client(Protocol):
    """What a provider's client offers to these commands."""

    session: Session
    section: Section
    title: str

    @property
    def endpoints(self) -> Endpoints:
        """The table of operations in force; it needs no address."""

    @property
    def rest(self) -> Rest:
        """The transport.

        :raises ConfigProblem: when the profile has no address.
        """

    def raw_request(self, method: str, path: str, query: Pairs, body: Any) -> Request:
        """Return the request of any call."""

    def send(self, request: Request) -> Answer:
        """Send a request and return its answer."""


Connect = Callable[["Session"], Client]


@dataclass(frozen=True)
class Acting:
    """How a provider's calls are made for somebody else: the option that names whom, and the client for it."""

    #: The annotation of the option, as a command's parameter has it.
    option: Any
    connect: Callable[[Session, str], Client]


def connected(session: Session, connect: Connect, acting: Acting | None, whom: str | None) -> Client:
    """Return the client of a command: for somebody else where one is named."""
    return connect(session) if acting is None or whom is None else acting.connect(session, whom)


def fit_acting(command: Callable[..., None], acting: Acting | None) -> None:
    """Give a command's parameter ``whom`` the provider's option, or take it away where there is none."""
    import inspect

    if acting is not None:
        command.__annotations__["whom"] = acting.option
        return
    del command.__annotations__["whom"]
    signature = inspect.signature(command, eval_str=True)  # Typer does not resolve a signature that was set
    kept = [one for name, one in signature.parameters.items() if name != "whom"]
    command.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]


def store_of(session: Session, client: Client) -> SpecStore:
    """Return where a client's imported OpenAPI file is kept; without an address its paths count from the root."""
    from urllib.parse import urlsplit

    from energyctl.core.openapi.store import SpecStore

    try:
        base_path = urlsplit(client.rest.base_url).path.rstrip("/")
    except ConfigProblem:
        base_path = ""
    return SpecStore(session, client.section, base_path)
