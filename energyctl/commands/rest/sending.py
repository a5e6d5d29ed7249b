"""Any call, once it is known: a read is printed as it came, everything else goes the way of every write."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from energyctl.commands.rest import Client
from energyctl.core.endpoints import METHODS
from energyctl.core.errors import UsageProblem
from energyctl.core.inputs import read_assignment, read_data
from energyctl.core.jsonbody import NotJson
from energyctl.core.outcomes import CHANGED, Result, Write
from energyctl.core.transport import Answer, Request
from energyctl.core.writes import Writes

if TYPE_CHECKING:
    from energyctl.core.session import Session


def carry_out(
    session: Session, client: Client, request: Request, send: Callable[[Request], Answer] | None = None
) -> None:
    """Print the answer of a read; plan, confirm, journal and send anything else.

    :param send: sends the request, when the client's own way is not the one wanted.
    """
    sending = send or client.send
    if request.reads:
        print_answer(session, sending(request))
        return

    def written() -> Result:
        answer = sending(request)
        return Result(CHANGED, {"http_status": answer.status, "answer": content(answer)})

    target = _target(session, request)
    write = Write(
        operation=f"{request.method} {request.path}",
        target=target,
        effect=f"{request.method} {target}",
        method=request.method,
        url=client.rest.url(request),
        body=request.body,
        send=written,
    )
    Writes(session, client.section).run([write], many=False)


def any_request(
    session: Session, client: Client, method: str, path: str, fields: list[str] | None, source: str | None
) -> Request:
    """Return the request of a method and a path that the user typed.

    :param fields: ``name=value`` and ``name:=JSON``: the query of a read, else fields of the body.
    :param source: where the body stands, a file or ``-``.
    :raises UsageProblem: for what must not be sent.
    """
    verb = checked_call(method, path)
    parameters = [read_assignment(one, "--field ") for one in fields or []]
    reads = verb in ("GET", "HEAD")
    if reads and source is not None:
        raise UsageProblem(f"A {verb} has no body.", hint="Leave --input out.")
    bare, _, inline = path.partition("?")
    query = _query(inline)
    body: Any = None
    if reads:
        query += [(name, _text(value)) for name, value in parameters]
    else:
        body = read_data(session, source, "--input") if source is not None else None
        if parameters:
            if body is not None and not isinstance(body, dict):
                raise UsageProblem(
                    "--field needs a body that is an object.", hint="Leave --field or --input out."
                )
            body = {**(body or {}), **dict(parameters)}
    return client.raw_request(verb, bare, query, body)


def checked_call(method: str, path: str) -> str:
    """Return the method in capitals.

    :raises UsageProblem: for another method than those that there are, and for a path that is a whole address or that
        an address would not carry to its end.
    """
    verb = method.upper()
    if verb not in METHODS:
        raise UsageProblem(f"'{method}' is not a method.", hint=f"Use one of {', '.join(METHODS)}.")
    if "://" in path or path.startswith("//"):
        raise UsageProblem(
            f"'{path}' is a whole address; the token goes to the profile's host alone.", hint="Give a path."
        )
    if "#" in path:
        raise UsageProblem(
            f"'{path}' has a #, at which an address ends; what follows would not be sent.",
            hint="Write %23 where a # is meant.",
        )
    return verb


def print_answer(session: Session, answer: Answer) -> None:
    """Print an answer as it came; a file as its bytes."""
    try:
        found = content(answer, "strict")
    except UnicodeDecodeError:  # a file
        session.out.file(answer.content)
    else:
        session.out.one(found)


def content(answer: Answer, undecodable: str = "replace") -> Any:
    """Return what an answer carries: its JSON, else its text, None for nothing."""
    if not answer.content:
        return None
    try:
        return answer.json()
    except NotJson:
        return answer.content.decode("utf-8", undecodable)


def _target(session: Session, request: Request) -> str:
    """Return what a call writes to: its path and its query, in which secrets are hidden as on record."""
    path, mark, query = request.place.partition("?")
    return path + session.redactor.text(mark + query)


def _query(text: str) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl

    return parse_qsl(text, keep_blank_values=True)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
