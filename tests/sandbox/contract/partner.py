"""What every provider's partner can do: sign in, send a right request or a changed one, and judge the answer.

Plain HTTP, nothing of the client under test. Which requests are right is in ``partners``.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import quote, urlencode, urlsplit

import httpx

from tests.sandbox.contract.published import Described, Published

Control = Callable[[str, dict[str, Any]], dict[str, Any]]
Headers = dict[str, str]

PATIENCE_S = 60.0


@dataclass(frozen=True)
class Right:
    """What makes a request of an operation a right one, beside its credentials."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


class Partner:
    """One provider's side. ``provider`` is its name in the facts."""

    provider: ClassVar[str]
    document_at: ClassVar[str] = "openapi_url"

    def __init__(self, facts: Mapping[str, Any], control: Control) -> None:
        self.facts = facts
        self.control = control
        self.credentials: Mapping[str, Any] = facts["credentials"][self.provider]
        self.http = httpx.Client(verify=False, timeout=PATIENCE_S, follow_redirects=False)
        self.published = Published(self.http.get(self.credentials[self.document_at]).json())
        self.rights: dict[str, Callable[[], Right]] = {}
        self._line: http.client.HTTPConnection | None = None

    def close(self) -> None:
        self.http.close()
        if self._line is not None:
            self._line.close()

    def keys(self) -> dict[str, Headers]:
        """Right headers by the name of the security scheme."""
        raise NotImplementedError

    def wrong_keys(self, operation: Described) -> dict[str, tuple[Headers, int]]:
        """Headers that are refused, by what is wrong with them, each with the status that the contract has for it."""
        raise NotImplementedError

    def headers(self, operation: Described) -> Headers:
        """Headers that let an operation through: those of the first of its security schemes."""
        if operation.is_open:
            return {}
        return self.keys()[next(iter(operation.node["security"][0]))]

    def right(self, operation: Described) -> Right:
        """A right request. Where it uses something up, each call makes a fresh one."""
        return self.rights[operation.id]() if operation.id in self.rights else Right()

    def refuses_unknown_query(self, operation: Described) -> bool:
        """Whether the provider's parameters are the only ones."""
        return True

    def is_twin(self, operation: Described) -> bool:
        """Whether another operation takes the same, checked by the same, and only other keys."""
        return False

    def against(self, operation: Described, answer: httpx.Response) -> list[str]:
        """What the document has against an answer, of whatever status."""
        described = operation.node["responses"].get(str(answer.status_code))
        if described is None:
            return [f"{operation.id}: {answer.status_code} is not described: {answer.text[:200]}"]
        needed = [name for name, each in described.get("headers", {}).items() if each.get("required")]
        wrong = [f"{operation.id}: no header {name}" for name in needed if name not in answer.headers]
        if "content" not in described:
            return [*wrong, f"{operation.id}: a body"] if answer.content else wrong
        kind = answer.headers["Content-Type"].partition(";")[0]
        if kind not in described["content"]:
            return [*wrong, f"{operation.id}: content type {kind}"]
        if kind == "application/json":
            schema = described["content"][kind]["schema"]
            wrong += [f"{operation.id}: {each}" for each in self.published.problems(schema, answer.json())]
        return wrong

    def send(
        self,
        operation: Described,
        right: Right,
        *,
        headers: Headers | None = None,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        content_type: str = "application/json",
    ) -> httpx.Response:
        """Send a request; what is given takes the place of what makes it right."""
        path = operation.path.format(**{name: quote(value, safe="") for name, value in right.path.items()})
        sent = dict(self.headers(operation) if headers is None else headers)
        if content is None and right.body is not None:
            content = json.dumps(right.body).encode()
        if content is not None:
            sent["Content-Type"] = content_type
        return self.line(
            operation.method,
            self.published.base + path,
            sent,
            right.query if params is None else params,
            content,
        )

    def line(
        self,
        method: str,
        url: str,
        headers: Headers,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        """Exchange one request by the standard library, as httpx takes four times as long and there are thousands."""
        place = urlsplit(url)
        asked = f"{place.path}?{urlencode(params)}" if params else place.path
        if self._line is None:
            self._line = http.client.HTTPConnection(place.hostname or "", place.port, timeout=PATIENCE_S)
        self._line.request(method, asked, body=content, headers=headers)
        answer = self._line.getresponse()
        return httpx.Response(answer.status, headers=answer.getheaders(), content=answer.read())


def bearer(token: str) -> Headers:
    return {"Authorization": f"Bearer {token}"}
