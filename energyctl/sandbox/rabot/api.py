"""Serves the table of operations under ``/partner/v1``.

Token, scope, query and body are checked here, once for all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import web

from energyctl.sandbox.bodies import NotJson, parsed, text_of
from energyctl.sandbox.rabot.answers import ApiError, error, invalid, refuse
from energyctl.sandbox.rabot.clients import Caller, Clients
from energyctl.sandbox.rabot.openapi import DOCUMENT_PATH, document
from energyctl.sandbox.rabot.operations import Call, Operation
from energyctl.sandbox.shapes import Problem, Record, check_query

_BASE_SCOPE = "api:partner"


def add_routes(
    app: web.Application, clients: Clients, operations: Sequence[Operation], token_url: Callable[[], str]
) -> None:
    """Put all operations and the OpenAPI document behind an application's router.

    ``token_url`` gives the place of the other host where tokens are had, known once that host listens.
    """
    for operation in operations:
        app.router.add_route(operation.method, operation.path, _served(operation, clients))

    async def openapi(request: web.Request) -> web.Response:
        return web.json_response(document(operations, str(request.url.origin()), token_url()))

    app.router.add_get(DOCUMENT_PATH, openapi)


def _served(operation: Operation, clients: Clients) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(request: web.Request) -> web.Response:
        try:
            caller = _caller(request, clients)
            _need_scopes(caller, _BASE_SCOPE, operation.scope)
            query, problems = check_query(operation.query, request.query.items())
            body, more = await _body(request, operation)
            if problems or more:
                raise invalid([*problems, *more])
            return await operation.run(Call(caller, request.match_info, query, body))
        except ApiError as refusal:
            return error(refusal.status, refusal.problems)

    return handler


def _caller(request: web.Request, clients: Clients) -> Caller:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    caller = clients.verify(token.strip()) if scheme.lower() == "bearer" else None
    if caller is None:
        raise refuse(401, "The access token is missing, unknown or expired.")
    return caller


def _need_scopes(caller: Caller, *scopes: str | None) -> None:
    for scope in scopes:
        if scope is not None and scope not in caller.scopes:
            raise refuse(403, f"The access token lacks the scope {scope}.")


async def _body(request: web.Request, operation: Operation) -> tuple[dict[str, Any], list[Problem]]:
    try:
        text = await text_of(request)
    except NotJson as problem:
        raise refuse(400, f"The request body is not JSON: {problem}.") from None
    if operation.body is None:
        return ({}, [Problem("This operation takes no request body.", "")]) if text.strip() else ({}, [])
    if request.content_type != "application/json":
        raise refuse(415, f"The content type must be application/json, not {request.content_type}.")
    try:
        found = parsed(text)
    except NotJson as problem:
        raise refuse(400, f"The request body is not JSON: {problem}.") from None
    if operation.check_body is not None:
        return operation.check_body(found)
    if not isinstance(operation.body, Record):
        raise TypeError("A body is described by a record.")
    return operation.body.check_body(found)
