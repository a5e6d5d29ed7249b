"""An OpenAPI document and its operations, with references resolved when they are asked for.

What is wrong with a document is looked for in ``reading``; here a flaw only raises ``Flawed`` where it is met.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urlsplit

from energyctl.core.endpoints import METHODS
from energyctl.core.openapi.problems import (
    INVALID,
    REF_BROKEN,
    REF_CIRCULAR,
    Flaw,
    Flawed,
    kind_of,
    step,
    way_of,
)

PLACES = ("path", "query", "header", "cookie")
_JSON_TYPE = re.compile(r"application/([\w.+-]+\+)?json\b|\*/\*", re.IGNORECASE)
#: Headers that are not parameters: OpenAPI says so of the first three, the others are the connection's business.
_OWN_HEADERS = frozenset(
    {"accept", "content-type", "authorization", "host", "content-length", "transfer-encoding", "connection"}
)
_STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}


@dataclass(frozen=True)
class Located:
    """A part of a document and the JSON pointer under which it stands."""

    node: Any
    pointer: str


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation: its name, where it goes, and the schema of its value."""

    name: str
    #: path, query, header or cookie.
    place: str
    required: bool
    schema: Located
    description: str = ""
    style: str = "form"
    explode: bool = False
    deprecated: bool = False


@dataclass(frozen=True)
class RequestBody:
    """What an operation takes as its body."""

    required: bool
    media_types: tuple[str, ...]
    #: Of the JSON form; None when the body is not JSON.
    schema: Located | None
    description: str = ""


@dataclass(frozen=True)
class Response:
    """What an operation answers with under one status."""

    description: str
    schema: Located | None


class Document:
    """An OpenAPI 3.0 or 3.1 document."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        info = raw.get("info")
        info = info if isinstance(info, Mapping) else {}
        self.title = str(info.get("title") or "")
        self.version = str(info.get("version") or "")
        self.openapi = str(raw.get("openapi") or "")
        #: The path part of the first server's address when it is concrete, else empty.
        self.server_path = server_path(raw.get("servers")) or ""

    @property
    def is_3_0(self) -> bool:
        """Whether its schemas are of OpenAPI 3.0's own dialect."""
        return self.openapi.startswith("3.0")

    @cached_property
    def operations(self) -> list[SpecOperation]:
        """Its operations in the order of the file."""
        found = [
            SpecOperation(self, path, method, item, Located(node, step(item.pointer, method)))
            for path, item in self.path_items()
            for method, node in item.node.items()
            if str(method).upper() in METHODS and isinstance(node, Mapping)
        ]
        named = Counter(one.given_id for one in found)
        for one in found:
            if one.given_id and named[one.given_id] == 1:
                one.operation_id = one.given_id
        return found

    def path_items(self) -> Iterator[tuple[str, Located]]:
        """Yield each path and what stands under it."""
        paths = self.raw.get("paths")
        for path, node in (paths if isinstance(paths, Mapping) else {}).items():
            if not str(path).startswith("/"):
                continue
            item = self.resolved(Located(node, step("#/paths", path)))
            if isinstance(item.node, Mapping):
                yield str(path), item

    def operation(self, name: str) -> SpecOperation | None:
        """Return the operation of an operationId or of "METHOD /path"."""
        method, _, path = name.strip().partition(" ")
        for one in self.operations:
            if name == one.operation_id or (
                method.upper() == one.method and path.strip() in (one.path, one.full_path)
            ):
                return one
        return None

    def resolved(self, place: Located) -> Located:
        """Follow the references of a place until something else stands there.

        :raises Flawed: when one leads nowhere, out of the file, or in a circle.
        """
        seen: list[str] = []
        while isinstance(place.node, Mapping) and isinstance(place.node.get("$ref"), str):
            target = self.target(place.node["$ref"], place.pointer)
            if target.pointer in seen:
                way = way_of([*seen[seen.index(target.pointer) :], target.pointer])
                raise Flawed(
                    Flaw(
                        REF_CIRCULAR,
                        step(place.pointer, "$ref"),
                        f"the references go in a circle that never arrives ({way})",
                        "One of them must say what it is.",
                    )
                )
            seen.append(target.pointer)
            place = target
        return place

    def target(self, ref: str, pointer: str) -> Located:
        """Return what a reference points to, one step far.

        :raises Flawed: when it leads nowhere or out of the file.
        """
        where = step(pointer, "$ref")
        if not ref.startswith("#"):
            raise Flawed(
                Flaw(
                    REF_BROKEN,
                    where,
                    f"'{ref}' leads to another file",
                    "Put the parts into one file first (redocly bundle, or the provider's own download).",
                )
            )
        if ref != "#" and not ref.startswith("#/"):
            raise Flawed(
                Flaw(REF_BROKEN, where, f"'{ref}' is not a JSON pointer", "Write it as #/components/….")
            )
        node: Any = self.raw
        found = "#"
        for part in unquote(ref[1:]).split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(node, Mapping) and name in node:
                node = node[name]
            elif isinstance(node, list) and name.isascii() and name.isdigit() and int(name[:9]) < len(node):
                node = node[int(name[:9])]
            else:
                raise Flawed(
                    Flaw(
                        REF_BROKEN, where, f"'{ref}' leads nowhere", "Correct the name, or add what is meant."
                    )
                )
            found = step(found, name)
        return Located(node, found)


class SpecOperation:
    """One operation of a document."""

    def __init__(self, document: Document, path: str, method: str, item: Located, place: Located) -> None:
        self.document = document
        self.path = path
        self.method = str(method).upper()
        self.item = item
        self.place = place
        node = place.node
        given = node.get("operationId")
        self.given_id = given if isinstance(given, str) else ""
        #: Its operationId; "METHOD /path" when it has none, or shares it with another.
        self.operation_id = self.label
        tags = node.get("tags")
        self.tags = tuple(str(one) for one in tags) if isinstance(tags, list) else ()
        self.summary = str(node.get("summary") or item.node.get("summary") or "")
        self.description = str(node.get("description") or item.node.get("description") or "")
        self.deprecated = node.get("deprecated") is True
        own_server = server_path(node.get("servers"))
        own_server = server_path(item.node.get("servers")) if own_server is None else own_server
        #: The path part of the server that it is said to be at.
        self.server_path = document.server_path if own_server is None else own_server

    @property
    def label(self) -> str:
        """Method and path, as the file has them."""
        return f"{self.method} {self.path}"

    @property
    def full_path(self) -> str:
        """Its path with that of the server."""
        return self.server_path + self.path

    def relative_path(self, base_path: str) -> str:
        """Return its path behind a base address whose own path is given."""
        if base_path and self.full_path.startswith(f"{base_path}/"):
            return self.full_path[len(base_path) :]
        return self.full_path

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its parameters: those of its path, and its own, which win.

        :raises Flawed: for one that makes no sense.
        """
        found: dict[tuple[str, str], Parameter] = {}
        for holder in (self.item, self.place):
            listed = holder.node.get("parameters")
            if listed is None:
                continue
            pointer = step(holder.pointer, "parameters")
            if not isinstance(listed, list):
                raise Flawed(_wrong(pointer, listed, "a list of parameters"))
            for number, node in enumerate(listed):
                one = self._parameter(Located(node, step(pointer, number)))
                if not (one.place == "header" and one.name.lower() in _OWN_HEADERS):
                    found[one.place, one.name] = one
        for name in re.findall(r"\{([^{}]*)\}", self.path):
            undeclared = Parameter(name, "path", True, Located({"type": "string"}, self.place.pointer))
            found.setdefault(("path", name), undeclared)
        return tuple(found.values())

    def _parameter(self, given: Located) -> Parameter:
        place = self.document.resolved(given)
        node = place.node
        if not isinstance(node, Mapping):
            raise Flawed(_wrong(place.pointer, node, "an object that describes a parameter"))
        name, where = node.get("name"), node.get("in")
        if not isinstance(name, str) or not name:
            raise Flawed(_wrong(step(place.pointer, "name"), name, "the parameter's name"))
        if where not in PLACES:
            raise Flawed(_wrong(step(place.pointer, "in"), where, f"one of {', '.join(PLACES)}"))
        style = str(node.get("style") or _STYLES[where])
        schema = Located(node.get("schema", {}), step(place.pointer, "schema"))
        content = node.get("content")
        if "schema" not in node and isinstance(content, Mapping) and content:
            style, schema = "json", _of_media(content, step(place.pointer, "content")) or schema
        return Parameter(
            name,
            where,
            node.get("required") is True or where == "path",
            schema,
            str(node.get("description") or ""),
            style,
            node["explode"] is True if "explode" in node else style == "form",
            node.get("deprecated") is True,
        )

    @cached_property
    def request_body(self) -> RequestBody | None:
        """What it takes as its body; None when it takes none.

        :raises Flawed: for one that makes no sense.
        """
        given = self.place.node.get("requestBody")
        if given is None:
            return None
        place = self.document.resolved(Located(given, step(self.place.pointer, "requestBody")))
        if not isinstance(place.node, Mapping):
            raise Flawed(_wrong(place.pointer, place.node, "an object that describes a body"))
        content = place.node.get("content")
        if not isinstance(content, Mapping):
            raise Flawed(_wrong(step(place.pointer, "content"), content, "the body's media types"))
        return RequestBody(
            place.node.get("required") is True,
            tuple(str(name) for name in content),
            _of_media(content, step(place.pointer, "content")),
            str(place.node.get("description") or ""),
        )

    @cached_property
    def responses(self) -> dict[str, Response]:
        """What it answers, by status.

        :raises Flawed: for one that makes no sense.
        """
        pointer = step(self.place.pointer, "responses")
        given = self.place.node.get("responses")
        if given is None:
            return {}
        if not isinstance(given, Mapping):
            raise Flawed(_wrong(pointer, given, "the answers by status"))
        found = {}
        for status, node in given.items():
            if str(status).startswith("x-"):
                continue
            place = self.document.resolved(Located(node, step(pointer, status)))
            if not isinstance(place.node, Mapping):
                raise Flawed(_wrong(place.pointer, place.node, "an object that describes an answer"))
            content = place.node.get("content")
            schema = _of_media(content, step(place.pointer, "content")) if content else None
            found[str(status)] = Response(str(place.node.get("description") or ""), schema)
        return found


def server_path(servers: Any) -> str | None:
    """Return the path of the first server's address; empty when that has variables, None without servers."""
    if not isinstance(servers, list) or not servers or not isinstance(servers[0], Mapping):
        return None
    address = servers[0].get("url")
    if not isinstance(address, str) or "{" in address:
        return ""
    try:
        path = urlsplit(address).path.rstrip("/")
    except ValueError:
        return ""
    return path if not path or path.startswith("/") else f"/{path}"


def _of_media(content: Any, pointer: str) -> Located | None:
    """Return the schema of the JSON form of a body."""
    if not isinstance(content, Mapping):
        raise Flawed(_wrong(pointer, content, "media types"))
    for name, media in content.items():
        if not isinstance(media, Mapping):
            raise Flawed(_wrong(step(pointer, name), media, "an object that describes a form of the body"))
        if _JSON_TYPE.match(str(name)):
            return Located(media.get("schema", {}), step(pointer, name, "schema"))
    return None


def _wrong(pointer: str, value: Any, wanted: str) -> Flaw:
    what = "is missing" if value is None else f"{kind_of(value)} stands here"
    return Flaw(INVALID, pointer, f"{what}; {wanted} is wanted", "Mend the place named.")
