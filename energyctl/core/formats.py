"""Values as text: a line of tsv or csv, a JSON or YAML document. Harmless to a terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from energyctl.core.errors import BadAnswer
from energyctl.core.text import harmless, json_harmless

#: Made once: a long stream of rows would spend more time on making encoders than on encoding.
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=str)
_INDENTED = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=str, indent=2)
_LIKE_A_NUMBER = re.compile(r"[-+.]?[0-9][0-9a-fA-FxoeE_.:+-]*")
_HALF_OF_A_PAIR = re.compile("[\ud800-\udfff]")
#: What a spreadsheet takes for a formula, in the letters of East Asian keyboards too, whatever blanks stand before.
_FORMULA = re.compile(
    r"\s*[=@+\-\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH COMMERCIAL AT}\N{FULLWIDTH PLUS SIGN}"
    r"\N{FULLWIDTH HYPHEN-MINUS}]"
)
#: Signs before nothing but a number, digits in groups as those of a telephone, or nothing at all.
_SIGNED_NUMBER = re.compile(r"[+-](?:(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?|[\d ]*)", re.ASCII)


def tsv_line(cells: Sequence[str]) -> str:
    """Return cells as a line of tsv."""
    return "\t".join(harmless(one) for one in cells) + "\n"


def csv_line(cells: Sequence[str]) -> str:
    """Return cells as a line of csv; a text that a spreadsheet would compute begins with an apostrophe."""
    import csv
    import io

    line = io.StringIO()
    safe = [_inert("\n".join(harmless(part) for part in one.split("\n"))) for one in cells]
    csv.writer(line, lineterminator="\n").writerow(safe)
    return line.getvalue()


def _inert(cell: str) -> str:
    """Return a cell that a spreadsheet shows and does not run."""
    if _FORMULA.match(cell) and not _SIGNED_NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def json_text(value: Any, indent: int | None = None) -> str:
    """Return a value as JSON that no terminal acts on.

    :raises BadAnswer: when JSON cannot carry it.
    """
    try:
        return json_harmless((_ENCODER if indent is None else _INDENTED).encode(value))
    except (ValueError, RecursionError) as error:
        raise BadAnswer(
            "The answer holds a value that JSON cannot carry (a number out of range, or nesting without end).",
            hint="Choose columns with --columns, or tell the provider.",
        ) from error


def yaml_text(value: Any) -> str:
    """Return a value as a YAML document; half of a surrogate pair, which YAML does not have, is U+FFFD there.

    :raises BadAnswer: when it is nested too deeply.
    """
    import yaml

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
        """Quotes texts that a reader of any YAML version could take for a number: 01069 is a postcode."""

    def represent_text(dumper: Any, text: str) -> Any:
        style = "'" if _LIKE_A_NUMBER.fullmatch(text) else None
        text = _HALF_OF_A_PAIR.sub("\N{REPLACEMENT CHARACTER}", text)
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, represent_text)
    document = json_text(value)
    try:
        text = yaml.dump(
            json.loads(document),
            Dumper=Dumper,
            allow_unicode="\\u" not in document,  # JSON escapes what a terminal may act on; so does YAML then
            sort_keys=False,
            default_flow_style=False,
        )
    except (RecursionError, yaml.YAMLError) as error:
        raise BadAnswer("The answer is nested too deeply for YAML.", hint="Use -o json.") from error
    return str(text)
