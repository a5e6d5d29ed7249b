"""Reading what a user hands in: files, standard input, lists of ids. Errors name the source and the fix."""

from __future__ import annotations

import errno
import os
import re
import select
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import UsageProblem
from energyctl.core.interrupts import attentive

if TYPE_CHECKING:
    from energyctl.core.session import Session

LARGEST_INPUT = 256 * 1024 * 1024
#: Values of a YAML text once its aliases are written out.
_MOST_VALUES = 500_000
_LINE_END = re.compile(r"\r\n|\r|\n")


def expanded(path: str | Path) -> Path:
    """Return a path with ``~`` written out; one of an unknown user stays as it is."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - Path.expanduser raises for an unknown user


def read_bytes(path: Path, most: int, *, patience_s: float | None = None) -> bytes | None:
    """Return what a file or device holds, None when that is more than so many bytes.

    :param patience_s: how long a pipe into which nobody writes is waited for; without end when None.
    :raises OSError: when it cannot be read, also for a name that no file can have.
    """
    try:
        if patience_s is not None and stat.S_ISFIFO(path.stat().st_mode):
            handle = _opened_pipe(path, patience_s)
        else:
            handle = os.open(path, os.O_RDONLY)
    except ValueError:
        raise OSError(errno.EINVAL, "it holds a NUL byte, which no path can") from None
    with os.fdopen(handle, "rb") as file:
        content = file.read(most + 1)
    return content if len(content) <= most else None


def _opened_pipe(path: Path, patience_s: float) -> int:
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    waiting = select.poll()
    waiting.register(handle, select.POLLIN)
    if not waiting.poll(patience_s * 1000):
        os.close(handle)
        raise OSError(errno.ETIMEDOUT, "it is a pipe into which nobody writes")
    os.set_blocking(handle, True)
    return handle


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
        raw = _standard_input(session)
    else:
        try:
            raw = read_bytes(expanded(source), LARGEST_INPUT)
        except OSError as error:
            raise UsageProblem(
                f"{option} {source} cannot be read: {error.strerror or error}.", hint="Check the path."
            ) from error
    if raw is None:
        raise _too_large(f"{option} {source}")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageProblem(
            f"{option} {source} is not UTF-8 (byte {error.start}).", hint="Save it as UTF-8 and try again."
        ) from error


def input_text(session: Session) -> str:
    """Return all of standard input, to be read again with ``read_text``, which tells what is wrong with it.

    :raises UsageProblem: when it is too large.
    """
    raw = _standard_input(session)
    if raw is None:
        raise _too_large("standard input")
    return raw.decode("utf-8", "surrogateescape")


def _too_large(name: str) -> UsageProblem:
    return UsageProblem(
        f"{name} has more than {LARGEST_INPUT // 1024 // 1024} MB.", hint="Split it into several files."
    )


def _standard_input(session: Session) -> bytes | None:
    with attentive():
        if session.stdin is sys.stdin:
            raw = session.stdin.buffer.read(LARGEST_INPUT + 1)
        else:
            raw = session.stdin.read(LARGEST_INPUT + 1).encode("utf-8", "surrogateescape")
    return raw if len(raw) <= LARGEST_INPUT else None


def read_data(session: Session, source: str, option: str) -> Any:
    """Return the JSON or YAML value of a file or of standard input.

    :raises UsageProblem: when it is neither, or holds what JSON cannot carry.
    """
    import json

    text = read_text(session, source, option)
    try:
        try:
            value = json.loads(text)
        except ValueError:
            value = _of_json(_from_yaml(text, option, source))
        return json.loads(_as_json(value))
    except (ValueError, RecursionError):
        raise UsageProblem(
            f"{option} {source} holds what JSON cannot carry: NaN, an infinite number, bytes, half a character, or "
            "nesting without end.",
            hint="Mend the value.",
        ) from None


def _from_yaml(text: str, option: str, source: str) -> Any:
    from energyctl.core.yamltext import YamlProblem, load_yaml

    try:
        return load_yaml(text, most_values=_MOST_VALUES)[0]
    except YamlProblem as problem:
        where = f" line {problem.line}, column {problem.column}" if problem.line else ""
        raise UsageProblem(
            f"{option} {source}{where} is neither JSON nor YAML: {problem.what}.",
            hint="Check the place named.",
        ) from None


def _as_json(value: Any) -> bytes:
    """Return a value as JSON in UTF-8; what cannot be written so raises ``ValueError``."""
    import json

    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def _of_json(value: Any) -> Any:
    """Write what YAML reads as a date, also in a name, the way JSON does."""
    if isinstance(value, dict):
        return {name if isinstance(name, str) else _name(name): _of_json(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_of_json(one) for one in value]
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    raise ValueError(f"JSON has no {type(value).__name__}")


def _name(name: Any) -> str:
    import json

    found = _of_json(name)
    return found if isinstance(found, str) else json.dumps(found)


def read_body(session: Session, data: str) -> Any:
    """Return the value that ``--data`` stands for: JSON itself, ``@FILE``, or ``-`` for standard input.

    :raises UsageProblem: when it is none, or holds what JSON cannot carry.
    """
    import json

    if data == "-" or data.startswith("@"):
        return read_data(session, data.removeprefix("@"), "--data")
    try:
        found = json.loads(data)
        _as_json(found)
    except (ValueError, RecursionError) as error:
        what = "it is nested without end" if isinstance(error, RecursionError) else str(error)
        what = "a text holds half a character (\\ud800)" if isinstance(error, UnicodeError) else what
        raise UsageProblem(
            f"--data is not JSON: {what}.", hint="Write it as '{\"field\": …}', or give @FILE or -."
        ) from None
    return found


def read_ids(session: Session, given: Sequence[str], ids_file: str | None = None) -> list[str]:
    """Return ids from arguments (``-`` stands for standard input) and a file, each once, in their order.

    Empty lines are left out, and of standard input and a file those that begin with #.

    :raises UsageProblem: when an id holds tabs or other control characters, or an argument is empty.
    """
    found: dict[str, None] = {}
    for one in given:
        if one == "-":
            text = read_text(session, "-", "argument")
            found.update(_clean(_without_comments(text), "standard input"))
        elif not one.strip():
            raise UsageProblem(
                "An argument is empty where an id is expected.", hint="Is a variable of your shell not set?"
            )
        else:
            found.update(_clean([one], "the arguments"))
    if ids_file is not None:
        text = read_text(session, ids_file, "--ids-file")
        found.update(_clean(_without_comments(text), f"--ids-file {ids_file}"))
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
        _as_json(found)
    except (ValueError, RecursionError):
        raise UsageProblem(
            f"{option}'{text}': what follows ':=' is not JSON.", hint=f"Write {name}={value} for a text."
        ) from None
    return name, found


def is_many(given: Sequence[str] | None, ids_file: str | None, *, everything: bool = False) -> bool:
    """Whether several targets were named, in whatever way, so that the outcome is a list."""
    return everything or ids_file is not None or len(given or []) > 1 or "-" in (given or [])


def _without_comments(text: str) -> list[str]:
    return ["" if line.lstrip().startswith("#") else line for line in _LINE_END.split(text)]


def _clean(lines: Sequence[str], source: str) -> dict[str, None]:
    ids: dict[str, None] = {}
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text:
            continue
        if not text.isprintable():
            raise UsageProblem(
                f"Line {number} of {source} is not one id: '{text[:60]}'.",
                hint="Write one id a line (-o ids does so).",
            )
        ids[text] = None
    return ids
