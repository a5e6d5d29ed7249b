"""From the text of an order file to orders: decides between YAML and JSON, settles types."""

from __future__ import annotations

from energyctl.core.errors import UsageProblem

from . import schema
from .document import OrderDocument
from .jsonfile import JsonSyntaxProblem, read_json
from .records import Record, broken, typed
from .yamlfile import read_yaml

_JSON_ENDINGS = (".json", ".jsonl", ".ndjson")
_YAML_ENDINGS = (".yaml", ".yml")
_LINES_ENDINGS = (".jsonl", ".ndjson")


def read_orders(text: str, source: str) -> list[OrderDocument]:
    """Read all orders of a YAML, JSON or JSON-lines text; ``source`` is its name in messages.

    One object is one order; a list, several YAML documents or several JSON objects are many. The ending
    of ``source`` decides between the two languages, else the text itself. Fields follow contract
    rabot.md 4.3: unquoted values of text fields stay exactly as written. The answer is never empty.

    Raises UsageProblem when the text cannot be read or holds no order.
    """
    text = text.removeprefix("\ufeff")
    try:
        records, is_list = _records(text, source)
    except RecursionError:
        raise _too_deep(source, None) from None
    if not records:
        raise broken(
            source,
            "there is no order in it.",
            hint="energyctl rabot orders template prints one to begin with.",
        )
    is_list = is_list or source.lower().endswith(_LINES_ENDINGS)
    return [_document(record, index, source, is_list) for index, record in enumerate(records)]


def _records(text: str, source: str) -> tuple[list[Record], bool]:
    name = source.lower()
    if name.endswith(_JSON_ENDINGS):
        return read_json(text, source)
    if not text.lstrip().startswith(("{", "[")):
        return read_yaml(text, source)
    # YAML has braces too, so what is not JSON may still be YAML; JSON is tried first because it is quick.
    try:
        return read_json(text, source)
    except JsonSyntaxProblem as not_json:
        try:
            return read_yaml(text, source)
        except UsageProblem:
            if name.endswith(_YAML_ENDINGS):
                raise
            raise not_json from None


def _document(record: Record, index: int, source: str, is_list: bool) -> OrderDocument:
    repeated: list[str] = []
    try:
        data = typed(record.raw, schema.ORDER, "", repeated)
    except RecursionError:
        raise _too_deep(source, record.line) from None
    return OrderDocument(
        index=index,
        data=data,
        source=source,
        is_list=is_list,
        line=record.line,
        repeated=tuple(repeated),
        locate=record.locate,
    )


def _too_deep(source: str, line: int | None) -> UsageProblem:
    return broken(source, "nested far deeper than an order can be.", line=line)
