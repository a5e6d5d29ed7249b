"""How the rows that energyctl computes itself are declared, and the declarations that several commands share.

Each provider's and each command group's own stand in a module ``schemas`` beside its views; ``energyctl schema``
prints them as JSON Schema. The fields of a provider are not declared: they are its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_UNTYPED = "any"
_TIME = "time"


@dataclass(frozen=True)
class RowField:
    """One field of a row.

    ``kind`` is a type of JSON Schema; or ``time``, a text of RFC 3339 with its offset; or ``any``.
    """

    name: str
    kind: str
    meaning: str
    #: Whether it may be null.
    null: bool = False
    #: Whether it may be left out.
    optional: bool = False
    #: The only values that there are.
    words: tuple[str | int, ...] = ()
    #: The fields of an object, or of the objects in an array.
    fields: tuple[RowField, ...] = ()
    #: The type of what an array holds, when that is not objects.
    items: str = ""

    def as_schema(self) -> dict[str, Any]:
        """Return it as JSON Schema."""
        schema: dict[str, Any] = {}
        if self.kind != _UNTYPED:
            kind = "string" if self.kind == _TIME else self.kind
            schema["type"] = [kind, "null"] if self.null else kind
        if self.kind == _TIME:
            schema["format"] = "date-time"
        if self.words:
            schema["enum"] = [*self.words, None] if self.null else [*self.words]
        if self.fields and self.kind == "array":
            schema["items"] = _object(self.fields, is_open=False)
        elif self.fields:
            schema |= _members(self.fields, is_open=False)
        elif self.items:
            schema["items"] = {"type": self.items}
        return {**schema, "description": self.meaning}


@dataclass(frozen=True)
class Rows:
    """The rows of one kind: a name for them, what they are, and their fields."""

    name: str
    meaning: str
    fields: tuple[RowField, ...]
    #: Whether fields of the provider, or of the command's own target, stand beside these.
    is_open: bool = False

    def with_fields(self, *more: RowField, is_open: bool | None = None) -> Rows:
        """Return the same rows with further fields."""
        return replace(
            self, fields=(*self.fields, *more), is_open=self.is_open if is_open is None else is_open
        )

    def as_schema(self) -> dict[str, Any]:
        """Return it as JSON Schema."""
        return {"title": self.name, "description": self.meaning, **_object(self.fields, is_open=self.is_open)}


class Source(Enum):
    """Where what a command prints comes from."""

    COMPUTED = "computed"
    PROVIDER = "provider"
    TEXT = "text"


@dataclass(frozen=True)
class Printed:
    """What a command prints: rows of energyctl's own, a provider's data as it came, or text."""

    source: Source
    #: The kinds of rows; more than one where an option makes other rows.
    rows: tuple[Rows, ...] = ()
    #: What else is to be known, such as which option makes which rows.
    note: str = ""

    def as_schema(self, title: str) -> dict[str, Any]:
        """Return the JSON Schema of one row: of each line of jsonl, each element of the array, or the one object."""
        head = {"$schema": DIALECT, "title": title}
        if self.source is not Source.COMPUTED:
            return {**head, "description": _SAID[self.source] + (f" {self.note}" if self.note else "")}
        told = {"description": self.note} if self.note else {}
        if len(self.rows) == 1:
            return {**head, **self.rows[0].as_schema(), "title": title, **told}
        return {**head, **told, "anyOf": [one.as_schema() for one in self.rows]}


_SAID = {
    Source.PROVIDER: "The provider's data as it came: its fields are the provider's own, not promised here.",
    Source.TEXT: "Text, no rows.",
}


def computed(*rows: Rows, note: str = "") -> Printed:
    """Declare a command that prints rows of its own."""
    return Printed(Source.COMPUTED, rows, note)


def as_it_came(note: str = "") -> Printed:
    """Declare a command that prints a provider's data."""
    return Printed(Source.PROVIDER, note=note)


def text(note: str = "") -> Printed:
    """Declare a command that prints text, or nothing."""
    return Printed(Source.TEXT, note=note)


def _object(fields: tuple[RowField, ...], *, is_open: bool) -> dict[str, Any]:
    return {"type": "object", **_members(fields, is_open=is_open)}


def _members(fields: tuple[RowField, ...], *, is_open: bool) -> dict[str, Any]:
    return {
        "properties": {one.name: one.as_schema() for one in fields},
        "required": [one.name for one in fields if not one.optional],
        "additionalProperties": is_open,
    }


# -- shared ----------------------------------------------------------------------------------------------

OUTCOME = Rows(
    "outcome",
    "What became of a write on one target.",
    (
        RowField("target", "string", "Who or what was written to."),
        RowField("operation", "string", "The operation, as the journal names it."),
        RowField(
            "outcome",
            "string",
            "How it ended; changed and already are good.",
            words=("changed", "already", "offline", "not_found", "rejected", "failed", "unknown"),
        ),
        RowField("message", "string", "What is to be said of it.", null=True),
        RowField(
            "journal_id", "integer", "Its number in the journal; null when nothing was sent.", null=True
        ),
    ),
)

PLAN = Rows(
    "plan",
    "With --dry-run: what a write would send.",
    (
        RowField("target", "string", "Who or what would be written to."),
        RowField("operation", "string", "The operation, as the journal names it."),
        RowField("dry_run", "boolean", "Always true."),
        RowField("effect", "string", "What it would do, in words."),
        RowField("outcome", "string", "How it would end, when nothing need be sent.", optional=True),
        RowField("message", "string", "Why nothing need be sent.", null=True, optional=True),
        RowField(
            "request",
            "object",
            "The request, secrets redacted; null when none would be sent.",
            null=True,
            fields=(
                RowField("method", "string", "The HTTP method, or gRPC."),
                RowField("url", "string", "The address."),
                RowField("body", _UNTYPED, "The body."),
            ),
        ),
        RowField(
            "changes",
            "array",
            "The change field by field, as far as the present state can be read.",
            fields=(
                RowField("field", "string", "The field."),
                RowField("before", _UNTYPED, "Its value now."),
                RowField("after", _UNTYPED, "Its value afterwards."),
            ),
        ),
    ),
)

SERIES = Rows(
    "value",
    "One bucket of a series; the provider's own fields stand beside.",
    (
        RowField("start", _TIME, "Where the bucket begins."),
        RowField("end", _TIME, "Where it ends, not included."),
        RowField(
            "status",
            "string",
            "How sure the value is; missing is not 0.",
            words=("complete", "partial", "missing"),
        ),
    ),
    is_open=True,
)

CHECK = Rows(
    "check",
    "One check.",
    (
        RowField("check", "string", "What was checked."),
        RowField("status", "string", "How it ended.", words=("pass", "fail", "cannot-know")),
        RowField("message", "string", "What was found."),
        RowField("fix", "string", "What to do about it.", null=True),
    ),
)


def written(*facts: RowField, is_open: bool = False) -> Printed:
    """Declare a write.

    :param facts: what its outcome row tells besides; each may be left out, as when nothing was sent.
    :param is_open: whether fields of the provider's answer stand there too.
    """
    more = (replace(one, optional=True) for one in facts)
    return computed(OUTCOME.with_fields(*more, is_open=is_open), PLAN)


def saved(*, id_name: str, more: tuple[RowField, ...] = ()) -> Printed:
    """Declare a download: a row for each file."""
    row = Rows(
        "file",
        "Where a file was saved, or why not.",
        (
            RowField(id_name, "string", "The provider's id of the document."),
            *more,
            RowField("path", "string", "The file."),
            RowField("size_bytes", "integer", "Its size; null when it was not saved.", null=True),
            RowField("outcome", "string", "How it ended.", words=("saved", "failed")),
            RowField("message", "string", "Why it was not saved.", null=True),
        ),
    )
    return computed(row, note="With --to - the file itself is printed.")


def error_row() -> Rows:
    """Return what an error is with ``-o json`` and ``jsonl``, one line on stderr."""
    from energyctl.core import errors

    kinds = [one for one in vars(errors).values() if isinstance(one, type)]
    codes = sorted({one.exit_code for one in kinds if issubclass(one, errors.EnergyctlError)})
    fields = (
        RowField("code", "string", "What kind of error it is, more closely than the exit code."),
        RowField("exit_code", "integer", "See energyctl help exit-codes.", words=tuple(codes)),
        RowField("message", "string", "What failed."),
        RowField("hint", "string", "What to do next.", null=True),
        RowField("provider", "string", "The provider that was spoken to.", null=True),
        RowField("operation", "string", "The operation that failed.", null=True),
        RowField("http_status", "integer", "Of a REST provider's answer.", null=True, optional=True),
        RowField("grpc_code", "string", "Of a gRPC provider's answer.", null=True, optional=True),
        RowField("request_id", "string", "For the provider's support.", null=True),
        RowField("retry_after_s", "number", "After how many seconds to try again.", null=True),
        RowField("outcome", "string", "How a write ended.", null=True),
        RowField("details", _UNTYPED, "What else is known."),
    )
    meaning = "An error: one line on stderr with -o json or -o jsonl."
    return Rows("error", meaning, (RowField("error", "object", "What failed.", fields=fields),))
