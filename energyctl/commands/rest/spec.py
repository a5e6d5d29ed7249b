"""``spec``: an OpenAPI file taken into use, looked at, and forgotten again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.commands.rest import Client, Connect, store_of
from energyctl.core.commandline import App, noun, session_of
from energyctl.core.endpoints import INFERRED, PROFILE
from energyctl.core.errors import Interrupted, NotFound, UsageProblem
from energyctl.core.openapi import operations_list
from energyctl.core.views import Column, View

if TYPE_CHECKING:
    from energyctl.core.openapi.document import Document, SpecOperation
    from energyctl.core.openapi.matching import Match
    from energyctl.core.openapi.store import SpecStore
    from energyctl.core.session import Session

_MATCHES = View(
    columns=(
        Column("Operation", "operation"),
        Column("How", "how"),
        Column("Built in", "builtin"),
        Column("In the file", "spec"),
        Column("Score", "score", show=lambda score: f"{score:.2f}", right=True),
        Column("Why", "why"),
    ),
    id_path="operation",
    plural="operations",
)
_OPERATIONS = View(
    columns=(
        Column("Operation", "operation_id"),
        Column("Method", "method"),
        Column("Path", "path"),
        Column("Tags", "tags"),
        Column("Used for", "used_for"),
        Column("Summary", "summary"),
    ),
    id_path="operation_id",
    plural="operations",
)
_FIELDS = View(
    columns=(
        Column("In", "in"),
        Column("Name", "name"),
        Column("Type", "type"),
        Column("Required", "required"),
        Column("Allowed", "allowed"),
        Column("Description", "description"),
    ),
    id_path="name",
    plural="parameters",
)

_IMPORT = """Take methods and paths from the provider's OpenAPI file (3.0 or 3.1, JSON or YAML).

Shows what in the file does what the tool's operations do, and asks before it is used. What is confirmed, moved or
chosen comes from the file from then on; what is ambiguous or absent stays as it is. The profile's own endpoints keep
the last word.

Examples:
energyctl {provider} spec import openapi.yaml --dry-run
energyctl {provider} spec import openapi.yaml --match {operation}="GET /their/path" --yes
energyctl {provider} spec import - --without {operation} --set partner_id=acme --yes
"""
_SHOW = """Show the imported file's operations, or what one of them takes and answers with.

Examples:
energyctl {provider} spec show
energyctl {provider} spec show {operation}
"""
_FORGET = """Forget the imported file: methods and paths come from the tool's own table again.

Examples:
energyctl {provider} spec forget
energyctl {provider} spec forget --dry-run
"""


def spec_app(connect: Connect, provider: str, *, operation: str) -> App:
    """Make a provider's ``spec`` group.

    :param operation: one of its table, for the examples.
    """
    app = noun("Take methods and paths from the provider's OpenAPI file.")

    def import_spec(
        ctx: typer.Context,
        source: Annotated[str, typer.Argument(metavar="FILE|-", help="The OpenAPI file.")],
        match: Annotated[
            list[str] | None,
            typer.Option(
                "--match",
                metavar="OPERATION=TARGET",
                help='Choose what serves an operation: an operationId, or "METHOD /path".',
            ),
        ] = None,
        without: Annotated[
            list[str] | None,
            typer.Option("--without", metavar="OPERATION", help="Leave an operation as it is."),
        ] = None,
        values: Annotated[
            list[str] | None,
            typer.Option(
                "--set",
                metavar="NAME=VALUE",
                help="A value for a parameter of its paths, the same in every call.",
            ),
        ] = None,
    ) -> None:
        chosen = dict(_pair(one, "--match", "OPERATION=OPERATIONID") for one in match or [])
        fixed = dict(_pair(one, "--set", "NAME=VALUE") for one in values or [])
        _import(session_of(ctx), connect, source, chosen, set(without or []), fixed)

    def show_spec(ctx: typer.Context, wanted: str | None = None) -> None:
        session = session_of(ctx)
        client = connect(session)
        store = store_of(session, client)
        document = store.load()
        if document is None:
            raise NotFound(
                f"No OpenAPI file was imported for {client.title} under this profile.",
                hint=f"Import one: energyctl {provider} spec import FILE",
                code="spec_missing",
                provider=provider,
            )
        if wanted is None:
            _show_all(session, client, store, document)
        else:
            _show_one(session, client, store, document, wanted)

    def forget_spec(ctx: typer.Context) -> None:
        session = session_of(ctx)
        client = connect(session)
        store = store_of(session, client)
        if session.options.dry_run:
            there = store.facts()
            session.notice(f"Dry run: would forget {there['title']}." if there else "Nothing was imported.")
        elif store.forget():
            session.notice(f"Forgotten: {client.title} is called by the tool's own table again.")
        else:
            session.notice("Nothing was imported; the tool's own table is in force.")

    show_spec.__annotations__["wanted"] = Annotated[
        str | None,
        typer.Argument(
            metavar="[OPERATION]",
            help='An operationId, "METHOD /path", or a built-in operation.',
            autocompletion=operations_list(provider).feed,
        ),
    ]
    for name, function, text in (
        ("import", import_spec, _IMPORT),
        ("show", show_spec, _SHOW),
        ("forget", forget_spec, _FORGET),
    ):
        function.__doc__ = text.format(provider=provider, operation=operation)
        app.command(name)(function)
    return app


# -- import --------------------------------------------------------------------------------------------------


def _import(
    session: Session,
    connect: Connect,
    source: str,
    chosen: Mapping[str, str],
    left_out: set[str],
    values: Mapping[str, str],
) -> None:
    from energyctl.core.openapi.matching import match
    from energyctl.core.openapi.reading import read_document

    client = connect(session)
    store = store_of(session, client)
    document = read_document(session, source)
    matches = match(
        client.endpoints.operations,
        document,
        chosen=chosen,
        left_out=left_out,
        values=values,
        base_path=store.base_path,
    )
    lost: BrokenPipeError | None = None
    try:
        session.out.rows(_match_rows(matches), _MATCHES)
    except BrokenPipeError as gone:  # a reader that has gone shortens the report and not the work
        lost = gone
    _tell_open_ones(session, matches)
    if session.options.dry_run:
        session.notice("Dry run: nothing was kept.")
        return
    _confirm(session, client, matches)
    name = "standard input" if source == "-" else Path(source).name
    store.keep(document, name, matches, values)
    _tell_kept(session, client, document, matches)
    if lost is not None:
        raise lost


def _pair(text: str, option: str, form: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not name.strip() or not value.strip():
        raise UsageProblem(f"{option} '{text}' says nothing.", hint=f"Write it as {option} {form}.")
    return name.strip(), value.strip()


def _match_rows(matches: Sequence[Match]) -> Iterator[dict[str, Any]]:
    for one in matches:
        yield {
            "operation": one.operation_id,
            "how": one.how,
            "builtin": one.builtin,
            "spec": one.spec,
            "spec_operation_id": one.spec_operation_id,
            "score": one.score,
            "why": one.why,
            "candidates": [target.label for target in one.candidates],
            "parameters": {ours: f"{place} {theirs}" for ours, (place, theirs) in one.names.items()},
        }


def _tell_open_ones(session: Session, matches: Sequence[Match]) -> None:
    from energyctl.core.openapi.matching import ABSENT, AMBIGUOUS

    for one in matches:
        if one.how == AMBIGUOUS:
            could = " or ".join(f'"{target.label}"' for target in one.candidates[:4])
            first = one.candidates[0].operation_id
            session.notice(
                f"ambiguous: {one.operation_id} could be {could}; choose with --match {one.operation_id}="
                f"{repr(first) if ' ' in first else first}"
            )
        elif one.wanting:
            session.notice(
                f"note: {one.operation_id} wants {', '.join(one.wanting)} there, which the tool does not have; give "
                f"{' '.join(f'--set {name}=VALUE' for name in one.wanting)}"
            )
    absent = [one.operation_id for one in matches if one.how == ABSENT]
    if absent:
        session.notice(
            f"absent: {', '.join(absent)}; choose with --match OPERATION=OPERATIONID if they are there."
        )


def _confirm(session: Session, client: Client, matches: Sequence[Match]) -> None:
    from energyctl.core.asking import ask
    from energyctl.core.openapi.matching import PINNED

    if session.options.yes or client.section.is_sandbox:
        return
    count = sum(one.how in PINNED for one in matches)
    question = f"Use these {count} endpoints?"
    if not session.can_ask:
        raise UsageProblem(
            f"{question} Nobody can be asked here; nothing was kept.",
            hint="Add --yes to use them, or --dry-run to only look.",
            code="confirmation_needed",
            provider=client.section.provider,
        )
    if ask(session, f"{client.title}, {client.section.label}: {question} [y/N] ").lower() not in ("y", "yes"):
        raise Interrupted("Not confirmed; nothing was kept.", code="not_confirmed")


def _tell_kept(session: Session, client: Client, document: Document, matches: Sequence[Match]) -> None:
    from energyctl.core.openapi.matching import PINNED

    served = [one for one in matches if one.how in PINNED]
    counts = ", ".join(
        f"{sum(one.how == how for one in served)} {how}" for how in dict.fromkeys(one.how for one in served)
    )
    title = document.title or "the file"
    session.notice(
        f"{title} {document.version}: {len(served)} operations come from it now{f' ({counts})' if counts else ''}; "
        f"all {len(document.operations)} can be run with: energyctl {client.section.provider} call OPERATION"
    )
    pinned = {one.operation_id for one in served}
    kept = [one for one in client.endpoints if one.operation.id not in pinned or one.source == PROFILE]
    own = [one.operation.id for one in kept if one.source == PROFILE]
    guessed = [
        one.operation.id for one in kept if one.operation.standing == INFERRED and one.source != PROFILE
    ]
    if own:
        session.notice(f"The profile's endpoints keep: {', '.join(own)}")
    if guessed:
        session.notice(f"Still only inferred: {', '.join(guessed)}")


# -- show ----------------------------------------------------------------------------------------------------


def _show_all(session: Session, client: Client, store: SpecStore, document: Document) -> None:
    facts = store.facts()
    session.notice(
        f"{facts.get('title') or client.title} {facts.get('version')}, from {facts.get('source')}, imported "
        f"{facts.get('imported_at')}"
    )
    used: dict[str, list[str]] = {}
    for name, pin in store.pins().items():
        used.setdefault(str(pin.get("operationId")), []).append(name)
    session.out.rows(
        (
            {
                "operation_id": one.operation_id,
                "method": one.method,
                "path": one.path,
                "tags": list(one.tags),
                "used_for": ", ".join(used.get(one.operation_id, [])) or None,
                "summary": one.summary or None,
            }
            for one in document.operations
        ),
        _OPERATIONS,
    )


def _show_one(session: Session, client: Client, store: SpecStore, document: Document, name: str) -> None:
    from energyctl.core.openapi.describing import rows_of

    found = _found(store, document, name)
    if found is None:
        from difflib import get_close_matches

        provider = client.section.provider
        known = [
            *store.pins(),
            *(word for one in document.operations for word in (one.operation_id, one.label)),
        ]
        near = get_close_matches(name, known, n=1)
        raise NotFound(
            f"The imported file has no operation '{name}'.",
            hint=f"Did you mean {near[0]}?" if near else f"See: energyctl {provider} spec show",
            code="operation_unknown",
            provider=provider,
        )
    session.notice(f"{found.operation_id}: {found.label}")
    text = " ".join((found.summary or found.description).split())
    if text:
        session.notice(f"{text}{' (deprecated)' if found.deprecated else ''}")
    session.out.rows(rows_of(document, found), _FIELDS)


def _found(store: SpecStore, document: Document, name: str) -> SpecOperation | None:
    pin = store.pins().get(name)
    return document.operation(str(pin.get("operationId")) if pin else name)
