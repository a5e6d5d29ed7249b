"""Reading what a user hands in: files, standard input, lists of ids. Errors name the source and the fix."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import UsageProblem

if TYPE_CHECKING:
    from energyctl.core.session import Session

LARGEST_INPUT = 256 * 1024 * 1024


def read_text(session: Session, source: str, option: str) -> str:
    """Return the text of a file, or of standard input for ``-``.

    :raises UsageProblem: when it is missing, a directory, too large, not UTF-8, or a terminal nobody types into.
    """
    if source == "-":
        if session.stdin.isatty() and session.options.no_input:
            raise UsageProblem(
                f"{option} - reads standard input, which is a terminal.", hint="Pipe something in."
            )
        if session.stdin.isatty():
            session.notice("Reading from the terminal; end with Ctrl-D.")
        raw = session.stdin.buffer.read() if session.stdin is sys.stdin else session.stdin.read().encode()
    else:
        path = Path(source).expanduser()
        try:
            if path.is_file() and path.stat().st_size > LARGEST_INPUT:
                raise UsageProblem(
                    f"{option} {source} has {path.stat().st_size / 1e6:.0f} MB; at most "
                    f"{LARGEST_INPUT // 1024 // 1024} MB are read.",
                    hint="Split it into several files.",
                )
            raw = path.read_bytes()
        except OSError as error:
            raise UsageProblem(
                f"{option} {source} cannot be read: {error.strerror or error}.", hint="Check the path."
            ) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageProblem(
            f"{option} {source} is not UTF-8 (byte {error.start}).", hint="Save it as UTF-8 and try again."
        ) from error


def read_data(session: Session, source: str, option: str) -> Any:
    """Return the JSON or YAML value of a file or of standard input.

    :raises UsageProblem: when it is neither, or holds what JSON cannot carry.
    """
    import json

    text = read_text(session, source, option)
    try:
        value = json.loads(text)
    except ValueError:
        value = _from_yaml(text, option, source)
    try:
        return json.loads(json.dumps(value, default=_as_text, allow_nan=False))
    except (ValueError, RecursionError):
        raise UsageProblem(
            f"{option} {source} holds what JSON cannot carry: NaN, an infinite number, or nesting without end.",
            hint="Mend the value.",
        ) from None


def _from_yaml(text: str, option: str, source: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise UsageProblem(
            f"{option} {source}{where} is neither JSON nor YAML.", hint="Check the place named."
        ) from None


def _as_text(value: Any) -> str:
    """Write what YAML reads as a date the way JSON does."""
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def read_ids(session: Session, given: Sequence[str], ids_file: str | None = None) -> list[str]:
    """Return ids from arguments (``-`` stands for standard input) and a file, each once, in their order.

    Empty lines and lines that begin with # are left out.

    :raises UsageProblem: when an id holds tabs or other control characters.
    """
    found: dict[str, None] = {}
    for one in given:
        lines = read_text(session, "-", "argument").splitlines() if one == "-" else [one]
        found.update(_clean(lines, "standard input" if one == "-" else "the arguments"))
    if ids_file is not None:
        found.update(
            _clean(read_text(session, ids_file, "--ids-file").splitlines(), f"--ids-file {ids_file}")
        )
    return list(found)


def read_assignment(text: str, option: str) -> tuple[str, Any]:
    """Return name and value of ``name=text`` or ``name:=JSON``.

    :param option: what stands before it in errors, such as ``--field ``.
    :raises UsageProblem: when it is neither.
    """
    import json

    name, mark, value = text.partition("=")
    is_json = name.endswith(":")
    name = name.removesuffix(":").strip()
    if not mark or not name:
        raise UsageProblem(
            f"{option}'{text}' names no value.",
            hint="Write name=text, or name:=JSON for a number, true or null.",
        )
    if not is_json:
        return name, value
    try:
        found = json.loads(value)
        json.dumps(found, allow_nan=False)
    except (ValueError, RecursionError):
        raise UsageProblem(
            f"{option}'{text}': what follows ':=' is not JSON.", hint=f"Write {name}={value} for a text."
        ) from None
    return name, found


def is_many(given: Sequence[str] | None, ids_file: str | None, *, everything: bool = False) -> bool:
    """Whether several targets were named, in whatever way, so that the outcome is a list."""
    return everything or ids_file is not None or len(given or []) > 1 or "-" in (given or [])


def _clean(lines: Sequence[str], source: str) -> dict[str, None]:
    ids: dict[str, None] = {}
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if not text.isprintable():
            raise UsageProblem(
                f"Line {number} of {source} is not one id: '{text[:60]}'.",
                hint="Write one id a line (-o ids does so).",
            )
        ids[text] = None
    return ids
