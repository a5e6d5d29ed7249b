"""Serves the table of operations: key or token, query and body are checked here, once for all."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import web

from energyctl.sandbox.bodies import NotJson, parsed, text_of
from energyctl.sandbox.bright.answers import Errors, KitError, invalid, reply
from energyctl.sandbox.bright.grants import Grants
from energyctl.sandbox.bright.operations import Call, Operation, cut
from energyctl.sandbox.bright.settings import SettingsDesk
from energyctl.sandbox.bright.variants import UNBUILT_UNLESS_SET, Variants
from energyctl.sandbox.shapes import Problem, check_query

API_KEY_HEADER = "X-Api-Key"
_HELD_S = 0.03
"""So long does ``serial_only`` keep its one place: requests sent together then surely meet."""


class Api:
    """The way from a request to an operation and back."""

    def __init__(self, grants: Grants, desk: SettingsDesk, variants: Variants, errors: Errors) -> None:
        self._grants = grants
        self._desk = desk
        self._variants = variants
        self._errors = errors
        self._busy = 0

    def add_routes(self, app: web.Application, root: str, operations: Sequence[Operation]) -> None:
        """Put operations behind an application's router, below a base path."""
        for operation in operations:
            app.router.add_route(operation.method, root + operation.path, self._served(operation))

    def _served(self, operation: Operation) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handler(request: web.Request) -> web.Response:
            try:
                return await self._through(operation, request)
            except KitError as refusal:
                if operation.id.startswith("bankid_"):
                    return self._errors.bankid(refusal)
                return self._errors.answer(refusal)

        return handler

    async def _through(self, operation: Operation, request: web.Request) -> web.Response:
        if operation.is_open:
            return await self._answer(operation, request)
        if self._variants.active == "slow":
            await asyncio.sleep(self._desk.now.slow_s)
        if self._variants.active != "serial_only":
            return await self._answer(operation, request)
        if self._busy:
            raise KitError(429, "One request at a time.")
        self._busy += 1
        try:
            await asyncio.sleep(_HELD_S)
            return await self._answer(operation, request)
        finally:
            self._busy -= 1

    async def _answer(self, operation: Operation, request: web.Request) -> web.Response:
        self._need_built(operation)
        if not operation.is_open and not self._known(request):
            raise KitError(401, "The API key or access token is missing, unknown or expired.")
        call = await _call(operation, request)
        found = await self._variants.run(operation.id, call, operation.run)
        if isinstance(found, web.Response):
            return found
        if operation.success == 204:
            return web.Response(status=204)
        if operation.paged:
            found = cut(found, call.query)
        return reply(found, operation.success)

    def _need_built(self, operation: Operation) -> None:
        unbuilt: Sequence[str] = self._desk.now.not_built
        hidden = self._variants.active == "not_built_is_404"
        if hidden and not unbuilt:
            unbuilt = (UNBUILT_UNLESS_SET,)
        if operation.id in unbuilt:
            raise KitError(404, "Not Found") if hidden else KitError(501, f"{operation.id} is not built.")

    def _known(self, request: web.Request) -> bool:
        key = request.headers.get(API_KEY_HEADER, "")
        if hmac.compare_digest(key.encode(errors="replace"), self._grants.api_key.encode()):
            return True
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self._grants.bearer(token.strip()) is not None


async def _call(operation: Operation, request: web.Request) -> Call:
    query: dict[str, Any] = {}
    body: dict[str, Any] = {}
    problems: list[Problem] = []
    if operation.query is not None:
        query, problems = check_query(operation.query, request.query.items(), empty_is_none=False)
    if operation.body is not None:
        body, more = operation.body.check_body(await _json(request))
        problems += more
    if problems:
        raise invalid(problems)
    return Call(request, request.match_info, query, body)


async def _json(request: web.Request) -> Any:
    if request.content_type != "application/json":
        raise KitError(415, f"The content type must be application/json, not {request.content_type}.")
    try:
        return parsed(await text_of(request))
    except NotJson as problem:
        raise KitError(400, f"The request body is not JSON: {problem}.") from None
