"""The matrix on paper: a row for each command, a column for each fault. Nothing is judged here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.faults.commands import NEEDS_PERSON, Command, leaves, offline_reason
from tests.faults.faults import faults_of
from tests.faults.runner import Cell

HELD, BROKEN, NOT_APPLICABLE, NOT_TRIED = "+", "X", "-", " "


@dataclass(frozen=True)
class Verdict:
    """What came of a cell."""

    cell: Cell
    complaints: tuple[str, ...]
    #: Why there was nothing to judge; None when there was.
    not_applicable: str | None = None

    @property
    def sign(self) -> str:
        """What stands in the table."""
        return NOT_APPLICABLE if self.not_applicable else BROKEN if self.complaints else HELD


def lines(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield the table, the complaints and the counts."""
    by_server: dict[str, list[Verdict]] = defaultdict(list)
    for one in verdicts:
        by_server[one.cell.server].append(one)
    for server, some in by_server.items():
        yield from _table(server, some)
    yield from _without(verdicts)
    for one in verdicts:
        for complaint in one.complaints:
            yield f"BROKEN  {one.cell.title}: {complaint}"
    yield counts(verdicts)


def counts(verdicts: Sequence[Verdict]) -> str:
    """Return how many cells were tried and what came of them."""
    signs = Counter(one.sign for one in verdicts)
    return (
        f"{signs[HELD] + signs[BROKEN]} cells tried: {signs[HELD]} held, {signs[BROKEN]} broken; "
        f"{signs[NOT_APPLICABLE]} not applicable; {len({one.cell.command for one in verdicts})} commands"
    )


def _table(server: str, verdicts: Sequence[Verdict]) -> Iterator[str]:
    faults = list(faults_of(server))
    signs: dict[tuple[Command, str], set[str]] = defaultdict(set)
    for one in verdicts:
        signs[one.cell.command, one.cell.fault].add(one.sign)
    rows = list(dict.fromkeys(one.cell.command for one in verdicts))
    width = max(len(row.title) for row in rows)
    yield f"\n== {server} =="
    for number, fault in enumerate(faults):
        yield f"{'':{width}}  {'| ' * number},- {fault}"
    for row in rows:
        marks = (_worst(signs[row, fault]) for fault in faults)
        yield f"{row.title:{width}}  {' '.join(marks)}"


def _worst(signs: set[str]) -> str:
    return next((sign for sign in (BROKEN, HELD, NOT_APPLICABLE) if sign in signs), NOT_TRIED)


def _without(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield ""
    reasons: dict[str, list[str]] = defaultdict(list)
    for one in verdicts:
        if one.not_applicable:
            reasons[f"{one.cell.command.title}: {one.not_applicable}"].append(one.cell.fault)
    yield from (
        f"not applicable  {what} ({', '.join(dict.fromkeys(faults))})" for what, faults in reasons.items()
    )
    for page in leaves():
        name = " ".join(page.path)
        if reason := offline_reason(name):
            yield f"no server  {name}: {reason}"
    yield from (f"only what goes wrong  {name}: a person must act" for name in sorted(NEEDS_PERSON))
