"""Serving the table: token, path, query and body are checked here, once for all operations.

Query parameters that an operation does not know are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal

from aiohttp import web

from energyctl.sandbox.bodies import NotJson, parsed, text_of
from energyctl.sandbox.emulate.answers import DENIED, ApiError, error, invalid, refuse
from energyctl.sandbox.emulate.book import Book
from energyctl.sandbox.emulate.energy import Energy
from energyctl.sandbox.emulate.operations import PATH_NAMES, Call, Operation, PathSet, Place
from energyctl.sandbox.emulate.schema import Checker
from energyctl.sandbox.emulate.schemas import COMPONENTS
from energyctl.sandbox.emulate.tokens import Caller, Gate
from energyctl.sandbox.shapes import Problem

Serving = Literal["default", "other", "both"]
SERVING: tuple[Serving, ...] = ("default", "other", "both")

_BEARER = re.compile(r"[Bb]earer +(\S+)")
_PATH_SCHEMAS: dict[str, Any] = {
    "customerId": {"type": "string"},
    "deviceId": {"type": "string", "format": "uuid"},
    "webhookId": {"type": "string", "format": "uuid"},
}


def path_schema(name: str) -> dict[str, Any]:
    """Return the schema of a path parameter, by its name in either set of paths."""
    return dict(_PATH_SCHEMAS[PATH_NAMES.get(name, name)])


class Api:
    """Both APIs behind one application's router; ``serving`` says which set of paths answers."""

    def __init__(self, gate: Gate, books: Mapping[int, Book], operations: Sequence[Operation]) -> None:
        self.serving: Serving = "both"
        self._gate = gate
        self._records = {number: (book, Energy(book)) for number, book in books.items()}
        self._operations = operations
        self._checker = Checker(COMPONENTS)

    def add_routes(self, app: web.Application) -> None:
        """Put all operations behind the application's router."""
        for operation in self._operations:
            sets: dict[Place, list[PathSet]] = {}
            for name, place in operation.places.items():
                sets.setdefault(place, []).append(name)
            for place, names in sets.items():
                app.router.add_route(place.method, place.path, self._served(operation, names))

    def _served(
        self, operation: Operation, names: Sequence[PathSet]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handler(request: web.Request) -> web.Response:
            if self.serving != "both" and self.serving not in names:
                raise web.HTTPNotFound
            try:
                return await operation.run(await self._call(operation, names[0], request))
            except ApiError as refusal:
                return error(refusal)

        return handler

    async def _call(self, operation: Operation, paths: PathSet, request: web.Request) -> Call:
        caller = self._caller(operation, request)
        path = {PATH_NAMES.get(name, name): value for name, value in request.match_info.items()}
        problems = [
            problem
            for name, value in path.items()
            for problem in self._checker.problems(_PATH_SCHEMAS[name], value, name)
        ]
        query, more = self._query(operation, paths, request)
        body, wrong = await self._body(operation, request)
        if problems or more or wrong:
            raise invalid([*problems, *more, *wrong])
        customer_id = path.get("customerId", caller.customer_id)
        return Call(*self._records[caller.retailer_id], customer_id, path, query, body, request)

    def _caller(self, operation: Operation, request: web.Request) -> Caller:
        header = _BEARER.fullmatch(request.headers.get("Authorization", "").strip())
        if header is None:
            raise refuse(
                401, "unauthorized", "The header Authorization: Bearer <token> is missing or malformed."
            )
        caller = self._gate.caller(header[1], operation.api)
        if caller is None:
            raise refuse(403, "access_denied", DENIED)
        return caller

    def _query(
        self, operation: Operation, paths: PathSet, request: web.Request
    ) -> tuple[dict[str, Any], list[Problem]]:
        found: dict[str, Any] = {}
        problems: list[Problem] = []
        for parameter in operation.query:
            name = parameter.name_in(paths)
            given = request.query.getall(name, [])
            if len(given) > 1:
                problems.append(Problem(f"{name} is given more than once.", name))
            elif given:
                found[parameter.name], wrong = self._checker.read(parameter.schema, given[0], name)
                problems += wrong
            elif "default" in parameter.schema:
                found[parameter.name] = parameter.schema["default"]
            elif parameter.required:
                problems.append(Problem(f"{name} is required.", name))
        return found, problems

    async def _body(self, operation: Operation, request: web.Request) -> tuple[dict[str, Any], list[Problem]]:
        if operation.body is None:
            return {}, []
        try:
            text = await text_of(request)
        except NotJson:
            raise refuse(400, "invalid_request", "The body is not UTF-8 text.") from None
        if not text.strip():
            return {}, [Problem("The body is missing.", "")] if operation.body_required else []
        if request.content_type != "application/json":
            raise refuse(415, "unsupported_media_type", "The content type must be application/json.")
        try:
            body = parsed(text)
        except NotJson:
            raise refuse(400, "invalid_request", "The body is not JSON.") from None
        return body, self._checker.problems(operation.body, body)
