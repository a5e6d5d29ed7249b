"""Whether a run that met a fault ended as the public contract says. What was to be expected is data, in ``faults``."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.faults.commands import EMPORIA, GROUPS, NEEDS_PERSON
from tests.faults.faults import GOOD, UNKNOWN, End, other_ends
from tests.faults.relays.names import Seen
from tests.faults.runner import JSON, Bench, Cell, Observed, Usual
from tests.faults.table import Verdict

#: The keys of the error object, in their order; one of ``http_status`` and ``grpc_code`` is there.
_BEFORE_STATUS = ["code", "exit_code", "message", "hint", "provider", "operation"]
_AFTER_STATUS = ["request_id", "retry_after_s", "outcome", "details"]
_EXIT_CODES = {0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}
#: Above what the same command needs when nothing is wrong.
MOST_MEMORY_KB = 200 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x9b]")
_NOT_DONE = ("failed", "rejected", "not_found", "offline")
_PARTLY: End = (12, "partly_failed")
#: A person's number stands in no message.
_PERSONAL = ("191212121212", "19121212-1212")


def complaints(cell: Cell, run: Observed, usual: Usual) -> list[str]:
    """Return all that was not right."""
    if run.hung:
        return ["it did not end"]
    return [*_streams(cell, run), *_end(cell, run), *_writes(cell, run), *_left_behind(cell, run, usual)]


# -- what was said -------------------------------------------------------------------------------------------


def _streams(cell: Cell, run: Observed) -> Iterator[str]:
    yield from _never_shown(cell, run)
    code, out, err = run.done.code, run.done.out, run.done.err
    if code not in _EXIT_CODES:
        yield f"exit code {code}: {err.strip()[-200:]}"
    elif code == 0:
        if '{"error"' in err or "error:" in err:
            yield f"an error on stderr, and exit code 0: {err.strip()[-200:]}"
    elif cell.form == JSON:
        yield from _json_line(run)
    else:
        yield from _two_lines(err)
    if cell.form == JSON and out and not cell.command.prints_bare:
        try:
            json.loads(out)
        except ValueError:
            yield "stdout is not one JSON document"


def _never_shown(cell: Cell, run: Observed) -> Iterator[str]:
    for name, text in (("stdout", run.done.out), ("stderr", run.done.err)):
        if "Traceback" in text:
            yield f"a traceback on {name}"
        if any(secret in text for secret in run.secrets) and cell.command.name != "auth token":
            yield f"a secret on {name}"
    err = run.done.err
    if any(number in err for number in _PERSONAL):
        yield "a personal number on stderr"
    if "<html" in err.lower() or "<!doctype" in err.lower():
        yield "HTML on stderr"
    if _CONTROL.search(err):
        yield "a control character on stderr"


def _json_line(run: Observed) -> Iterator[str]:
    lines = run.done.err.splitlines()
    if sum(line.startswith('{"error"') for line in lines) != 1 or not lines[-1].startswith('{"error"'):
        yield f"not one error line at the end of stderr: {run.done.err[-300:]!r}"
        return
    error = run.done.error
    status = "grpc_code" if "grpc_code" in error else "http_status"
    if list(error) != [*_BEFORE_STATUS, status, *_AFTER_STATUS]:
        yield f"the error has the keys {list(error)}"
    if error.get("exit_code") != run.done.code:
        yield f"the error says exit code {error.get('exit_code')}, the process {run.done.code}"
    if not error.get("message") or not error.get("hint"):
        yield f"no message or no hint: {error}"


def _two_lines(err: str) -> Iterator[str]:
    lines = err.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("error: ")]
    if len(starts) != 1 or starts[0] != len(lines) - 2 or not lines[-1].startswith("  "):
        yield f"not two lines at the end of stderr: {err[-300:]!r}"


# -- how it ended --------------------------------------------------------------------------------------------


def _ended(cell: Cell, run: Observed) -> End:
    """Return exit code and, where it can be known, error code."""
    if run.done.code == 0:
        return GOOD
    return run.done.code, _error_of(run).get("code") if cell.form == JSON else None


def _error_of(run: Observed) -> dict[str, Any]:
    """Return the error object on stderr; an empty one where none is, which is complained of elsewhere."""
    try:
        error = run.done.error
    except (ValueError, KeyError, IndexError, TypeError):
        return {}
    return error if isinstance(error, dict) else {}


def _is_one_of(ended: End, ends: frozenset[End]) -> bool:
    return (
        ended in ends
        or (ended[0], None) in ends
        or (ended[1] is None and ended[0] in {code for code, _ in ends})
    )


def _struck(cell: Cell, run: Observed) -> list[Seen]:
    """Return the requests that the fault befell."""
    return [one for one in run.seen if one.fault == cell.fault]


def _sent(run: Observed) -> list[Seen]:
    return [one for one in run.seen if one.writes]


def allowed(cell: Cell, run: Observed) -> frozenset[End]:
    """Return the ends that are right for what befell the run."""
    fault = cell.what
    more = frozenset(other_ends(cell.command, fault))
    struck = _struck(cell, run)
    if not struck and not fault.everywhere:
        return more | {GOOD}  # it has met nothing
    sent = [one for one in struck if one.writes]
    if not sent:
        ends = fault.reads
        if _sent(run):  # what is asked after a write alters nothing of it
            ends |= {GOOD}
    elif fault.writes is not None:
        ends = fault.writes
    else:
        ends = frozenset({UNKNOWN})
        if all(one.forwarded for one in sent):
            ends |= {GOOD}  # it was looked up, or the answer was good enough
    if cell.command.name in GROUPS:
        ends = ends | {_PARTLY} if GOOD in ends else frozenset({_PARTLY})
    elif "two" in cell.command.way:
        ends |= {_PARTLY}
    return ends | more


def _end(cell: Cell, run: Observed) -> Iterator[str]:
    ended, ends = _ended(cell, run), allowed(cell, run)
    if not _is_one_of(ended, ends):
        yield f"ended with {ended}, not {sorted(ends, key=str)}: {run.done.err.strip()[-300:]}"
    if ended == _PARTLY and cell.command.name in GROUPS:
        details = _error_of(run).get("details") or {}
        for one in details.get("failed", []):
            if (one["exit_code"], one["code"]) not in cell.what.reads | frozenset(
                other_ends(cell.command, cell.what)
            ):
                yield f"a provider failed with {(one['exit_code'], one['code'])}"


# -- what was sent -------------------------------------------------------------------------------------------


def _writes(cell: Cell, run: Observed) -> Iterator[str]:
    sent = _sent(run)
    if sent and not cell.command.writes:
        yield f"it wrote: {sent[0].name}"
        return
    most = 2 if cell.what.refuses_credentials else 1
    same = Counter(one.name if cell.server == EMPORIA else (one.name, one.body) for one in sent)
    for what, times in same.items():
        if times > most:
            yield f"{what} was sent {times} times"
    told = _outcomes(cell, run)
    unclear = [one for one in sent if one.fault == cell.fault] if cell.what.writes is None else []
    if unclear and unclear[0].forwarded and len(sent) == len(unclear):
        wrong = [outcome for outcome in told if outcome in _NOT_DONE]
        if wrong:
            yield f"it may have happened, and the outcome is told as {wrong}"
    if cell.what.writes is not None and "unknown" in told and not cell.what.reads & {GOOD}:
        yield "it cannot have happened, and the outcome is told as unknown"
    if sent:
        if not run.journal:
            yield "a write that is not in the journal"
        yield from (
            f"the journal has no outcome for {target}" for target, outcome in run.journal if outcome is None
        )
        if cell.form == JSON and (lost := set(told) - {outcome for _, outcome in run.journal} - {"already"}):
            yield f"the journal does not know the outcomes {sorted(lost)}"


def _outcomes(cell: Cell, run: Observed) -> list[str]:
    """Return the outcomes that the rows and the error tell."""
    if cell.form != JSON or not cell.command.writes:
        return []
    found: list[Any] = []
    if run.done.out:
        try:
            data = json.loads(run.done.out)
        except ValueError:  # complained of elsewhere
            return []
        rows = data if isinstance(data, list) else [data]
        found += [row.get("outcome") for row in rows if isinstance(row, dict)]
    if run.done.code:
        found.append(_error_of(run).get("outcome"))
    return [one for one in found if isinstance(one, str)]


# -- what is left --------------------------------------------------------------------------------------------


def _left_behind(cell: Cell, run: Observed, usual: Usual) -> Iterator[str]:
    for name, digest in run.files.items():
        if name not in cell.command.files and usual.files.get(name) != digest:
            yield f"the file {name} is not whole"
    for headers in run.elsewhere:
        carried = " ".join(headers.values())
        if any(secret in carried for secret in run.secrets):
            yield "a token was sent to another host"
    if cell.what.large and usual.peak_kb and run.peak_kb > usual.peak_kb + MOST_MEMORY_KB:
        yield f"{run.peak_kb // 1024} MB of memory, usually {usual.peak_kb // 1024} MB"


def verdict(bench: Bench, cell: Cell, *, usual: Usual | None = None) -> Verdict:
    """Try a cell and judge it; ``usual`` spares the run that shows how the command ends otherwise."""
    if cell.command.name in NEEDS_PERSON and GOOD in cell.what.reads:
        return Verdict(cell, (), "it would go on, and a person must act")
    usual = usual or bench.usual(cell.command)
    run = bench.observe(cell)
    found = tuple(complaints(cell, run, usual))
    if not found and not cell.what.everywhere and not _struck(cell, run):
        return Verdict(cell, (), "no request that it could befall")
    return Verdict(cell, found)
