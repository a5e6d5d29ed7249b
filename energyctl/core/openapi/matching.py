"""Finding, for each operation of the tool's table, the one of an OpenAPI file that does the same.

A wrong match is worse than none: what is not clear is told as ambiguous or absent, and the user may choose.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from difflib import get_close_matches

from energyctl.core.endpoints import Operation, placeholders
from energyctl.core.errors import UsageProblem
from energyctl.core.openapi import words
from energyctl.core.openapi.assignment import assign
from energyctl.core.openapi.document import Document, SpecOperation
from energyctl.core.openapi.traits import Role, Slot, Traits, role_of, same_role, shape

CONFIRMED, MOVED, AMBIGUOUS = "confirmed", "moved", "ambiguous"
ABSENT, CHOSEN, LEFT_OUT = "absent", "chosen", "left_out"
#: Those that are taken into use.
PINNED = frozenset({CONFIRMED, MOVED, CHOSEN})

LEAST_SCORE = 0.6
#: What an operation scores at least that has the very name of the tool's.
_SAME_NAME = 0.95
#: Two candidates whose scores differ by less are nearly equal.
_NEARLY = 0.05
#: The share of a file's operations that have a word of the common beginning of their paths.
_NEARLY_ALL = 0.8
_WRITES = ("POST", "PUT", "PATCH")
_OTHER_METHOD = {
    ("PUT", "PATCH"): 0.95,
    ("PATCH", "PUT"): 0.95,
    ("PUT", "POST"): 0.85,
    ("PATCH", "POST"): 0.85,
}


@dataclass(frozen=True)
class Match:
    """What became of one operation of the tool's table."""

    operation_id: str
    #: "METHOD /path" in the tool's table.
    builtin: str
    how: str
    #: The operation of the file; None when there is none, or several that could be meant.
    target: SpecOperation | None = None
    score: float = 0.0
    why: str = ""
    #: The tool's name of a parameter to where it goes (path or query) and what it is called there.
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    #: What could be meant, when it is ambiguous.
    candidates: tuple[SpecOperation, ...] = ()
    #: Parameters of the path there that the tool has no value for.
    wanting: tuple[str, ...] = ()

    @property
    def spec(self) -> str | None:
        """Method and path in the file."""
        return self.target.label if self.target else None

    @property
    def spec_operation_id(self) -> str | None:
        """The operationId in the file."""
        return self.target.operation_id if self.target else None


def match(
    operations: Mapping[str, Operation],
    document: Document,
    *,
    chosen: Mapping[str, str],
    left_out: AbstractSet[str],
    values: Mapping[str, str] | None = None,
    base_path: str = "",
) -> list[Match]:
    """Find what serves each operation of a table; no operation of the file serves two.

    :param chosen: operation to the operationId or "METHOD /path" that serves it, whatever the words say.
    :param left_out: operations that the file shall not touch.
    :param values: those of parameters of the file's paths that the tool has none for, such as a partner's own id.
    :param base_path: the path of the base address behind which the table's paths stand.
    :raises UsageProblem: when a choice names something that there is not, or that cannot serve.
    """
    _known(operations, (*chosen, *left_out))
    given = frozenset(values or {})
    _used(given, document)
    wished = {name: _choice(operations[name], wish, document) for name, wish in chosen.items()}
    found: dict[str, Match] = {}
    taken = {id(target) for target in wished.values()}
    open_ones: list[Operation] = []
    for name, operation in operations.items():
        if name in left_out:
            found[name] = Match(name, _label(operation), LEFT_OUT, why="left out by --without")
        elif name in wished:
            found[name] = _matched(operation, wished[name], CHOSEN, 1.0, "chosen by --match", given)
        else:
            here = _at_the_same_path(operation, document, base_path)
            if here is None or id(here) in taken:
                open_ones.append(operation)
            else:
                taken.add(id(here))
                found[name] = _matched(operation, here, CONFIRMED, 1.0, "the same method and path", given)
    free = [one for one in document.operations if id(one) not in taken]
    found.update(_searched(open_ones, free, _Judge(operations.values(), document.operations), given))
    return [found[name] for name in operations]


def _known(operations: Mapping[str, Operation], named: Iterable[str]) -> None:
    for name in named:
        if name not in operations:
            near = get_close_matches(name, operations, n=1)
            raise UsageProblem(
                f"'{name}' is not an operation of the tool.",
                hint=f"Did you mean {near[0]}?" if near else f"They are: {', '.join(operations)}.",
                code="spec_match_unknown",
            )


def _used(given: AbstractSet[str], document: Document) -> None:
    known = {name for one in document.operations for name in placeholders(one.path)}
    for name in given - known:
        raise UsageProblem(
            f"No path of the file has a parameter '{name}'.",
            hint=f"They are: {', '.join(sorted(known)) or 'none'}.",
            code="spec_value_unknown",
        )


def _choice(operation: Operation, wish: str, document: Document) -> SpecOperation:
    target = document.operation(wish)
    if target is None:
        known = [name for one in document.operations for name in {one.operation_id, one.label}]
        near = get_close_matches(wish, known, n=1, cutoff=0.4)
        raise UsageProblem(
            f"The file has no operation '{wish}'.",
            hint=f"Did you mean '{near[0]}'?" if near else 'Name an operationId, or "METHOD /path".',
            code="spec_match_unknown",
        )
    served = (operation.method, target.method)
    if not (
        operation.method == target.method
        or (operation.method in _WRITES and target.method in _WRITES)
        or (operation.computes and target.method == "GET")
    ):
        raise UsageProblem(
            f"{operation.id} is a {served[0]}; {target.label} cannot serve it.",
            hint="A read stays a read, a removal a removal.",
            code="spec_match_unfit",
        )
    return target


def _at_the_same_path(operation: Operation, document: Document, base_path: str) -> SpecOperation | None:
    wanted = shape(operation.path)
    for one in document.operations:
        if one.method == operation.method and shape(one.relative_path(base_path)) == wanted:
            return one
    return None


# -- by their traits -----------------------------------------------------------------------------------------


def _searched(
    wanted: Sequence[Operation],
    free: Sequence[SpecOperation],
    judge: _Judge,
    given: AbstractSet[str],
) -> dict[str, Match]:
    worth = [[judge.score(operation, one) for one in free] for operation in wanted]
    assigned = assign([[one if one >= LEAST_SCORE else 0.0 for one in row] for row in worth])
    taken = {column for column in assigned if column is not None}
    found = {}
    for operation, row, column in zip(wanted, worth, assigned, strict=True):
        if column is None:
            found[operation.id] = Match(operation.id, _label(operation), ABSENT, why=_nearest(row, free))
            continue
        rivals = [
            one
            for number, one in enumerate(free)
            if number not in taken and row[number] > row[column] - _NEARLY and row[number] >= LEAST_SCORE
        ]
        target = free[column]
        if rivals:
            both = (target, *rivals)
            found[operation.id] = Match(
                operation.id,
                _label(operation),
                AMBIGUOUS,
                score=row[column],
                why=f"nearly equal: {', '.join(one.operation_id for one in both[:4])}",
                candidates=both,
            )
        else:
            why = judge.why(operation, target)
            found[operation.id] = _matched(operation, target, MOVED, row[column], why, given)
    return found


def _nearest(row: Sequence[float], free: Sequence[SpecOperation]) -> str:
    best = max(range(len(row)), key=lambda number: row[number], default=None)
    if best is None or row[best] < LEAST_SCORE / 2:
        return "nothing like it"
    return f"the nearest is {free[best].operation_id} ({row[best]:.2f})"


class _Judge:
    """Scores how much an operation of a file does the same as one of the tool's, 0 to 1."""

    def __init__(self, operations: Collection[Operation], theirs: Collection[SpecOperation]) -> None:
        self.tool = {one.id: Traits.of_tool(one) for one in operations}
        self.spec = {id(one): Traits.of_spec(one) for one in theirs}
        everything = [*self.tool.values(), *self.spec.values()]
        self.collections = set().union(*(one.collections() for one in everything))
        self.roles = [slot.role for one in self.tool.values() for slot in one.slots]
        self.total = len(everything)
        self._count: dict[str, int] = {}
        for one in everything:
            for word in one.all:
                self._count[word] = self._count.get(word, 0) + 1
        ours = set().union(*(one.all for one in self.tool.values()))
        #: Words of nearly all paths there, such as a common beginning; they tell nothing.
        self._everywhere = {
            word
            for word in set().union(*(one.statics for one in self.spec.values())) - ours
            if sum(word in one.statics for one in self.spec.values()) >= _NEARLY_ALL * len(self.spec)
        }

    def score(self, operation: Operation, target: SpecOperation) -> float:
        """Return how well an operation of the file serves one of the tool's."""
        same = operation.method == target.method
        method = 1.0 if same else _OTHER_METHOD.get((operation.method, target.method), 0.0)
        if not method:
            return 0.0
        mine, theirs = self.tool[operation.id], self.spec[id(target)]
        if mine.own(self.collections) != theirs.own(self.collections):
            return 0.0
        slots = self._slots(mine, theirs, operation.query)
        if slots < LEAST_SCORE:
            return 0.0
        # Both must meet: what is a part of a device to them is not the device.
        thing = math.sqrt(self._met(mine.head | mine.named, theirs.all) * self._met(theirs.head, mine.all))
        said = (self._met(mine.core, theirs.all) + self._met(theirs.core, mine.all)) / 2
        tagged = 1.0 if not (mine.tags and theirs.tags) or self._met(mine.tags, theirs.tags) else 0.95
        outdated = target.deprecated or any(tag.lower() == "legacy" for tag in target.tags)
        score = (0.65 * thing + 0.35 * said) * method * slots * tagged * self._action(mine, theirs)
        if words.named(target.operation_id) == words.named(operation.id):
            score = max(score, _SAME_NAME * method * slots)  # named alike: the path may use any words
        return round(score * (0.8 if outdated else 1.0), 3)

    def why(self, operation: Operation, target: SpecOperation) -> str:
        """Say in short words what speaks for a match."""
        mine, theirs = self.tool[operation.id], self.spec[id(target)]
        shared = sorted(
            (one for one in mine.core if words.best_alike(one, theirs.all)),
            key=lambda one: (-self._weight(one), one),
        )
        told = [f"the words {', '.join(shared[:3])}"] if shared else []
        if mine.method != theirs.method:
            told.append(f"{theirs.method} in place of {mine.method}")
        return "; ".join(told)

    def _weight(self, word: str) -> float:
        """Return how much a word tells: one that stands everywhere tells little."""
        if word in self._everywhere:
            return 0.05
        return 0.15 + math.log((self.total + 1) / (self._count.get(word, 0) + 1))

    def _met(self, some: Collection[str], others: Collection[str]) -> float:
        weights = {word: self._weight(word) for word in some}
        whole = sum(weights.values())
        if not whole:
            return 0.5
        return sum(weight * words.best_alike(word, others) for word, weight in weights.items()) / whole

    def _action(self, mine: Traits, theirs: Traits) -> float:
        if None in (mine.action, theirs.action) or mine.action == theirs.action:
            return 1.0
        if {mine.action, theirs.action} == {"list", "get"}:
            return 0.6 if theirs.ends_in_slot or mine.ends_in_slot else 0.9
        return 0.9

    def _slots(self, mine: Traits, theirs: Traits, query: Sequence[str]) -> float:
        """Return how well the parameters fit: the same things named, in whatever place."""
        pairs, unmet = paired(mine.slots, theirs)
        worth = 1.0
        for place, slot in enumerate(mine.slots):
            if slot.name in pairs:
                worth *= 1.0 if pairs[slot.name][0] == "path" else 0.95
            else:
                worth *= 0.4 if place == len(mine.slots) - 1 else 0.85
        for slot in unmet:
            worth *= 0.3 if self._is_ours(slot.role) else 0.98 if slot.role <= self._everywhere else 0.9
        met = {name for place, name in pairs.values() if place == "query"}
        for one in theirs.queries:
            if (
                one.required
                and one.name not in met
                and not any(words.query_alike(one.name, n) for n in query)
            ):
                worth *= 0.5 if self._is_ours(role_of(one.name)) else 0.85
        return worth

    def _is_ours(self, role: Role) -> bool:
        return any(same_role(role, one) for one in self.roles)


def paired(mine: Sequence[Slot], theirs: Traits) -> tuple[dict[str, tuple[str, str]], list[Slot]]:
    """Pair the tool's parameters with those of a file's operation; what is left of the path there is returned too."""
    found: dict[str, tuple[str, str]] = {}
    left = list(theirs.slots)
    for slot in mine:
        there = next((one for one in left if same_role(slot.role, one.role)), None)
        if there is not None:
            found[slot.name] = "path", there.name
            left.remove(there)
    for slot in mine:
        if slot.name not in found:
            named = next((one for one in theirs.queries if same_role(slot.role, role_of(one.name))), None)
            if named is not None:
                found[slot.name] = "query", named.name
    return found, left


def _label(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def _matched(
    operation: Operation,
    target: SpecOperation,
    how: str,
    score: float,
    why: str,
    given: AbstractSet[str],
) -> Match:
    mine, theirs = Traits.of_tool(operation), Traits.of_spec(target)
    names, left = paired(mine.slots, theirs)
    left = [slot for slot in left if slot.name not in given]
    rest = [slot for slot in mine.slots if names.get(slot.name, ("", ""))[0] != "path"]
    if left and len(rest) == len(left):  # the same number: what is left goes by its place
        names.update({slot.name: ("path", there.name) for slot, there in zip(rest, left, strict=False)})
        left = []
    taken = {theirs_name for place, theirs_name in names.values() if place == "query"}
    for name in operation.query:
        there = next(
            (one.name for one in theirs.queries if words.same_name(one.name, name) and one.name not in taken),
            None,
        ) or next(
            (
                one.name
                for one in theirs.queries
                if words.query_alike(one.name, name) and one.name not in taken
            ),
            None,
        )
        if there is not None:
            names[name] = "query", there
            taken.add(there)
    dropped = [slot.name for slot in mine.slots if slot.name not in names]
    wanting = tuple(slot.name for slot in left)
    told = [why, *(f"{name} is not needed" for name in dropped), *(f"wants {{{name}}}" for name in wanting)]
    return Match(
        operation.id,
        _label(operation),
        how,
        target,
        score,
        "; ".join(one for one in told if one),
        names,
        wanting=wanting,
    )
