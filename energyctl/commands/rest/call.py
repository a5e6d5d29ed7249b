"""``call``: any operation of an imported OpenAPI file, checked before it is sent, or one of the tool's own table."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.commands.rest import Acting, Client, Connect, connected, fit_acting, store_of
from energyctl.commands.rest.sending import carry_out
from energyctl.core.commandline import App, session_of
from energyctl.core.endpoints import SPEC, path_part
from energyctl.core.errors import UsageProblem
from energyctl.core.inputs import read_body
from energyctl.core.openapi import operations_list

if TYPE_CHECKING:
    from energyctl.core.openapi.document import Document, SpecOperation
    from energyctl.core.openapi.findings import Problem
    from energyctl.core.session import Session
    from energyctl.core.transport import Request

Given = dict[str, "str | list[str]"]

_HELP = """Run any operation: of the imported OpenAPI file, or of the tool's own table.

Parameters go where the file says, and they and the body are checked by it; every problem is told at once and nothing
is sent. Without a file the built-in operations run unchecked. What is not a read asks first and is journaled. The
answer is printed as it came, as JSON unless -o says otherwise.

Examples:
energyctl {provider} call {operation}
energyctl {provider} call "GET {path}" --param {query} -o yaml
"""


def call_app(
    connect: Connect,
    provider: str,
    *,
    operation: str,
    path: str,
    query: str = "limit=5",
    acting: Acting | None = None,
) -> App:
    """Make a provider's ``call`` command.

    :param acting: how calls are made for one customer alone, where the provider has that.
    :param operation: one of its operations that needs no parameters, for the examples.
    :param path: a path of its API that can be read, for the examples.
    :param query: a parameter that the path takes, for the examples.
    """
    app = App()

    def call_operation(
        ctx: typer.Context,
        wanted: str,
        parameters: Annotated[
            list[str] | None, typer.Option("--param", metavar="K=V", help="A parameter, wherever it goes.")
        ] = None,
        data: Annotated[
            str | None, typer.Option("-d", "--data", metavar="JSON|@FILE|-", help="The body.")
        ] = None,
        whom: str | None = None,
    ) -> None:
        session = session_of(ctx)
        session.usual_output = "json"
        given = _given(parameters or [])
        body = read_body(session, data) if data is not None else None
        client = connected(session, connect, acting, whom)
        carry_out(session, client, _request(session, client, wanted, given, body))

    call_operation.__doc__ = _HELP.format(provider=provider, operation=operation, path=path, query=query)
    call_operation.__annotations__["wanted"] = Annotated[
        str,
        typer.Argument(
            metavar="OPERATION",
            help='An operationId, "METHOD /path", or a built-in operation.',
            autocompletion=operations_list(provider).feed,
        ),
    ]
    fit_acting(call_operation, acting)  # takes the annotations as they are now
    app.command("call")(call_operation)
    return app


def _given(texts: list[str]) -> Given:
    found: Given = {}
    for text in texts:
        name, mark, value = text.partition("=")
        if not mark or not name:
            raise UsageProblem(f"--param '{text}' is not a parameter.", hint="Write it as name=value.")
        former = found.get(name)
        if former is None:
            found[name] = value
        else:
            found[name] = [*(former if isinstance(former, list) else [former]), value]
    return found


def _request(session: Session, client: Client, name: str, given: Given, body: Any) -> Request:
    """Return the request of an operation, checked as far as the imported file allows."""
    store = store_of(session, client)
    document = store.load()
    table = client.endpoints.operations
    name = next(
        (one.operation.id for one in client.endpoints if f"{one.method} {one.path}" == _spaced(name)), name
    )
    if name in table and (document is None or client.endpoints.of(name).source != SPEC):
        return _of_table(client, name, given, body)
    pins = store.pins()
    target = (
        document.operation(str(pins[name]["operationId"]) if name in pins else name) if document else None
    )
    if document is None or target is None:
        raise _unknown(client, name, document)
    served = next(
        (one for one, pin in pins.items() if pin["operationId"] == target.operation_id and one in table), None
    )
    known = {one.name for one in target.parameters}
    whole = {**{one: value for one, value in store.values().items() if one in known}, **given}
    return _of_spec(client, document, target, whole, body, operation=served, base_path=store.base_path)


def _spaced(name: str) -> str:
    """Return "METHOD /path" with the method in capitals and one space."""
    method, _, path = name.strip().partition(" ")
    return f"{method.upper()} {path.strip()}"


def _unknown(client: Client, name: str, document: Document | None) -> UsageProblem:
    known = list(client.endpoints.operations)
    if document is not None:
        known += [word for one in document.operations for word in (one.operation_id, one.label)]
    near = list(dict.fromkeys(get_close_matches(name, known, n=3)))
    provider = client.section.provider
    more = f"energyctl {provider} spec show" if document else f"energyctl {provider} endpoints list"
    return UsageProblem(
        f"There is no operation '{name}'.",
        hint=f"Did you mean {' or '.join(near)}? See: {more}" if near else f"See: {more}",
        code="operation_unknown",
        provider=provider,
    )


def _of_table(client: Client, name: str, given: Given, body: Any) -> Request:
    """Return the request of an operation of the tool's own table; only its path is known to be right."""
    operation = client.endpoints.operations[name]
    missing = [one for one in operation.parameters if one not in given]
    repeated = [one for one in operation.parameters if isinstance(given.get(one), list)]
    if missing or repeated:
        told = ", ".join(
            [f"{one} is missing" for one in missing] + [f"{one} is given twice" for one in repeated]
        )
        raise UsageProblem(
            f"{name}: {told}.",
            hint=f"Give {' '.join(f'--param {one}=VALUE' for one in (*missing, *repeated))}",
            code="parameters_wrong",
            provider=client.section.provider,
            operation=name,
        )
    if body is not None and operation.method in ("GET", "HEAD"):
        raise UsageProblem(f"{name} is a {operation.method}, which has no body.", hint="Leave -d out.")
    values = {one: str(given[one]) for one in operation.parameters}
    query = [
        (key, one)
        for key, value in given.items()
        if key not in values
        for one in (value if isinstance(value, list) else [value])
    ]
    return client.endpoints.request(name, values, query=query, body=body)


def _of_spec(
    client: Client,
    document: Document,
    target: SpecOperation,
    given: Given,
    body: Any,
    *,
    operation: str | None,
    base_path: str,
) -> Request:
    """Return the request of an operation of the imported file.

    :param operation: the tool's own operation that it serves, if it serves one.
    :raises UsageProblem: with all that is wrong with parameters and body at once.
    """
    from energyctl.core.openapi import checks

    problems = [
        *checks.check_parameters(document, target, given),
        *checks.check_body(document, target, body, partial=target.method == "PATCH"),
    ]
    if problems:
        raise refused(client, target, problems)
    placed = checks.place_parameters(document, target, given)
    if placed["cookie"]:
        raise UsageProblem(
            f"{target.operation_id} takes {placed['cookie'][0][0]} as a cookie, which is not sent.",
            hint="Leave it out.",
            provider=client.section.provider,
        )
    path = target.relative_path(base_path)
    for name, value in placed["path"]:
        path = path.replace(f"{{{name}}}", path_part(name, value, client.section.provider))
    request = client.raw_request(target.method, path, placed["query"], body)
    request.headers = {**request.headers, **_headers(placed["header"])}
    request.operation = operation or target.operation_id
    return request


def _headers(given: list[tuple[str, str]]) -> dict[str, str]:
    for name, value in given:
        if not value.isascii() or not value.isprintable():
            raise UsageProblem(
                f"{name} goes into a header, which takes plain ASCII text alone.", hint="Give another value."
            )
    return dict(given)


def refused(client: Client, target: SpecOperation, problems: list[Problem]) -> UsageProblem:
    """Return the error that tells all problems of a request at once."""
    said = "; ".join(one.message for one in problems)
    fixes = list(dict.fromkeys(one.fix for one in problems))
    count = f"{len(problems)} problems: " if len(problems) > 1 else ""
    show = f"energyctl {client.section.provider} spec show {target.operation_id!r}"
    return UsageProblem(
        f"{target.operation_id}: {count}{said}. Nothing was sent.",
        hint=f"{' '.join(fixes[:5])} See: {show}",
        code="request_invalid",
        provider=client.section.provider,
        operation=target.operation_id,
        details=[{"path": one.path, "message": one.message, "fix": one.fix} for one in problems],
    )
