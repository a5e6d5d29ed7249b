"""Reading an OpenAPI file that a user hands in: every flaw that would matter later is told before it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from energyctl.core.endpoints import METHODS
from energyctl.core.errors import UsageProblem
from energyctl.core.inputs import expanded, read_text
from energyctl.core.openapi.document import Document, Located, SpecOperation
from energyctl.core.openapi.parsing import LARGEST_FILE, parse, too_large
from energyctl.core.openapi.problems import INVALID, VERSION, Flaw, Flawed, kind_of, problem_of, step
from energyctl.core.openapi.schemas import Bundle

if TYPE_CHECKING:
    from energyctl.core.session import Session

_STANDARD_INPUT = "standard input"


def read_document(session: Session, source: str) -> Document:
    """Return the document of a JSON or YAML file, or of standard input for ``-``.

    :raises UsageProblem: ``spec_invalid``, ``spec_too_large``, ``spec_version``, ``spec_ref_broken`` or
        ``spec_ref_circular``, naming line or JSON pointer and the fix; up to ten problems of a kind at once.
    """
    name = _STANDARD_INPUT if source == "-" else source
    if source != "-":
        path = expanded(source)
        if path.is_file() and path.stat().st_size > LARGEST_FILE:
            raise too_large(name, f"{path.stat().st_size / 1e6:.0f} MB, where at most 5 are read")
    return document_of(read_text(session, source, "FILE"), name)


def document_of(text: str, source: str) -> Document:
    """Return the document of a text; ``source`` is its name in messages.

    :raises UsageProblem: as ``read_document`` does.
    """
    raw = parse(text, source)
    problem = problem_of(_outline(raw), source)
    if problem is not None:
        raise problem
    document = Document(raw)
    try:
        problem = problem_of(_flaws(document), source)
    except RecursionError:  # references that nest what the file itself does not
        raise too_large(source, "its references nest too deep") from None
    if problem is not None:
        raise problem
    if not document.operations:
        raise UsageProblem(
            f"{source} describes no operation: 'paths' is empty.", hint="Is it the right file?", code=INVALID
        )
    return document


def _outline(raw: Any) -> Iterator[Flaw]:
    """Yield what is wrong with a file as a whole."""
    fix = "Download the API's OpenAPI 3.0 or 3.1 file."
    if not isinstance(raw, Mapping):
        yield Flaw(
            INVALID, "", f"{kind_of(raw)} stands in it where an OpenAPI document is wanted".lstrip(), fix
        )
        return
    version = str(raw.get("openapi") or "")
    if "swagger" in raw and not version:
        yield Flaw(
            VERSION,
            "#/swagger",
            f"this is Swagger {raw['swagger']}, the form before OpenAPI 3",
            "Convert it to OpenAPI 3 first (swagger2openapi), or ask for a newer file.",
        )
    elif not version:
        yield Flaw(INVALID, "#/openapi", "is missing, so this is not an OpenAPI document", fix)
    elif not (version in ("3.0", "3.1") or version.startswith(("3.0.", "3.1."))):
        yield Flaw(VERSION, "#/openapi", f"version {version} is not read, only 3.0 and 3.1 are", fix)
    elif not isinstance(raw.get("paths"), Mapping):
        what = "is missing" if raw.get("paths") is None else f"{kind_of(raw['paths'])} stands there"
        yield Flaw(INVALID, "#/paths", f"{what}; an object with the paths is wanted", fix)


def _flaws(document: Document) -> Iterator[Flaw]:
    """Yield what is wrong with the paths and operations, and with all that they refer to."""
    broken = False
    for path, node in document.raw["paths"].items():
        for flaw in _of_path(document, path, Located(node, step("#/paths", path))):
            broken = True
            yield flaw
    if broken:
        return
    bundle = Bundle(document, sends=False)
    for operation in document.operations:
        yield from _of_operation(operation, bundle)
    yield from bundle.finish()


def _of_path(document: Document, path: str, place: Located) -> Iterator[Flaw]:
    if path.startswith("x-"):
        return
    if not path.startswith("/"):
        yield Flaw(INVALID, place.pointer, "a path begins with /", "Write it as /path.")
        return
    if "?" in path or "#" in path or "//" in path or not path.isprintable() or ".." in path.split("/"):
        yield Flaw(INVALID, place.pointer, "this is not a plain path", "Leave out ?, #, // and '..'.")
        return
    try:
        item = document.resolved(place)
    except Flawed as flawed:
        yield flawed.flaw
        return
    if not isinstance(item.node, Mapping):
        yield Flaw(INVALID, item.pointer, f"{kind_of(item.node)} stands where methods are wanted", "Mend it.")
        return
    for method, node in item.node.items():
        if str(method).upper() in METHODS and not isinstance(node, Mapping):
            yield Flaw(
                INVALID,
                step(item.pointer, method),
                f"{kind_of(node)} stands where an operation is wanted",
                "Mend it.",
            )


def _of_operation(operation: SpecOperation, bundle: Bundle) -> Iterator[Flaw]:
    asked: tuple[Callable[[], list[Located | None]], ...] = (
        lambda: [one.schema for one in operation.parameters],
        lambda: [operation.request_body.schema] if operation.request_body else [],
        lambda: [one.schema for one in operation.responses.values()],
    )
    for ask in asked:
        try:
            schemas = ask()
        except Flawed as flawed:
            yield flawed.flaw
            continue
        for schema in schemas:
            if schema is not None:
                bundle.check(schema)
