"""What an operation is about, read off its method, path, names and words, so that two can be compared."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from energyctl.core.endpoints import Operation
from energyctl.core.openapi import words
from energyctl.core.openapi.document import Parameter, SpecOperation

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_VERSION = re.compile(r"v[0-9]+([._][0-9]+)*")
_NOT_A_ROLE = frozenset(
    {"id", "uuid", "number", "no", "key", "code", "ref", "guid", "identifier", "external"}
)
_PERSON = frozenset({"customer", "client", "consumer", "user", "account"})

Role = frozenset[str]


@dataclass(frozen=True)
class Slot:
    """A placeholder of a path: its name and what it stands for, such as a customer."""

    name: str
    role: Role


class Traits:
    """The traits of one operation, of the tool's table or of a file."""

    def __init__(
        self,
        method: str,
        path: str,
        names: Sequence[str],
        summary: str,
        tags: Sequence[str],
        queries: Sequence[Parameter] = (),
    ) -> None:
        self.method = method
        self.path = path
        self.tags = words.content(tags)
        self.queries = queries
        self._names = names
        self._summary = summary
        self._parts = [part for part in path.split("/") if part]
        self._statics = [
            part
            for part in self._parts
            if not _PLACEHOLDER.search(part) and not _VERSION.fullmatch(part.lower())
        ]
        #: Words of the path's fixed parts, and with the id those that say most.
        self.statics = words.content(self._statics)
        self.core = self.statics | words.content(names)
        if not self.core and self._said() & words.OWN:
            self.core = frozenset({"customer"})  # whoever calls
        self.all = self.core | words.content([summary, *tags])

    @classmethod
    def of_tool(cls, operation: Operation) -> Traits:
        """Return the traits of an operation of the tool's table."""
        tags = [operation.tag] if operation.tag else []
        return cls(operation.method, operation.path, [operation.id], operation.summary, tags)

    @classmethod
    def of_spec(cls, operation: SpecOperation) -> Traits:
        """Return the traits of an operation of a file."""
        return cls(
            operation.method,
            operation.full_path,
            [operation.given_id] if operation.given_id else [],
            operation.summary or operation.description.partition(".")[0],
            operation.tags,
            [one for one in operation.parameters if one.place == "query"],
        )

    @cached_property
    def named(self) -> frozenset[str]:
        """The content words of its id."""
        return words.content(self._names)

    @cached_property
    def head(self) -> frozenset[str]:
        """The words of the thing itself: the last fixed part of the path that is more than a verb."""
        for part in reversed(self._statics):
            found = words.content([part])
            if found:
                return found
        return self.named or self.core

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """Its placeholders, each with the role of what it stands for."""
        found: list[Slot] = []
        before = ""
        for part in self._parts:
            found += [
                Slot(name, role_of(name) or words.content([before])) for name in _PLACEHOLDER.findall(part)
            ]
            if not _PLACEHOLDER.search(part):
                before = part
        return tuple(found)

    @cached_property
    def ends_in_slot(self) -> bool:
        """Whether it ends with a placeholder, and so is about one thing."""
        return bool(self._parts) and _PLACEHOLDER.search(self._parts[-1]) is not None

    @cached_property
    def action(self) -> str | None:
        """List, get, create, update or remove; None when it cannot be told."""
        said = next((words.ACTIONS[word] for word in self._verbs() if word in words.ACTIONS), None)
        if self.method in ("GET", "HEAD"):
            last = words.split(self._statics[-1]) if self._statics else []
            spoken = (
                bool(last) and last[0] in words.ACTIONS
            )  # getThings/{id}: the end of the path tells nothing
            if spoken and self.ends_in_slot:
                return "list" if said == "list" or words.is_plural(last[-1]) else None
            if self.ends_in_slot:
                return "get"
            if said == "list":
                return "list"
            return "list" if last and words.is_plural(last[-1]) and said != "get" else None
        return {"DELETE": "remove", "PUT": "update", "PATCH": "update"}.get(self.method, said or "create")

    def _said(self) -> set[str]:
        return {word for text in (*self._names, *self._statics) for word in words.split(text)}

    def _verbs(self) -> Iterable[str]:
        for name in self._names:
            yield from words.split(name)[:1]
        for part in reversed(self._statics):
            yield from words.split(part)[:1]
        yield from words.split(self._summary)[:1]

    def own(self, collections: Collection[str] = ()) -> bool:
        """Whether it is about whoever calls.

        :param collections: beginnings of paths behind which one of several customers is named.
        """
        if self._said() & words.OWN or {"single", "customer"} <= self.tags:
            return True
        for place, part in enumerate(self._parts):
            if part.lower() in _PERSON and beginning(self._parts[: place + 1]) not in collections:
                following = self._parts[place + 1 : place + 2]
                return not (following and _PLACEHOLDER.search(following[0]))
        return False

    def collections(self) -> set[str]:
        """Return the beginnings of its path behind which a placeholder stands."""
        return {
            beginning(self._parts[:place])
            for place, part in enumerate(self._parts)
            if place and _PLACEHOLDER.search(part)
        }


def beginning(parts: Sequence[str]) -> str:
    """Return the beginning of a path in a form that can be compared."""
    return "/".join("{}" if _PLACEHOLDER.search(part) else part.lower() for part in parts)


def role_of(name: str) -> Role:
    """Return what the parameter of a name stands for: ``customerId`` for a customer; empty for a bare ``id``."""
    return frozenset(words.singular(word) for word in words.split(name) if word not in _NOT_A_ROLE)


def same_role(one: Role, other: Role) -> bool:
    """Whether two roles are of the same thing."""
    return any(words.best_alike(word, other) >= words.ALIKE_WORTH for word in one)


def shape(path: str) -> tuple[str, ...]:
    """Return a path with its placeholders' names taken away."""
    return tuple(_PLACEHOLDER.sub("{}", part) for part in path.strip("/").split("/"))
