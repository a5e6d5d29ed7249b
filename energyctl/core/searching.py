"""What a provider's module ``search`` declares: the lookups it can do, how dear each is, and what one brings.

The lookups themselves stand with the provider; asking them all at once is the business of ``commands/find``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import EnergyctlError, NotFound, Refused
from energyctl.core.terms import Kind, Term
from energyctl.core.views import dig

if TYPE_CHECKING:
    from energyctl.core.session import Session

#: Rows of a list without a search of its own that are looked through.
LOOKED_THROUGH = 2000
#: Answers to an id that a provider cannot even read: to it there is no such thing.
_NO_ID = frozenset({400, 404, 410, 422})


@dataclass(frozen=True)
class Hit:
    """Something found: what it is, why it matched, and the words behind ``energyctl`` that open it."""

    kind: str
    id: str
    name: str | None
    #: The provider's fields that matched, with their values.
    match: Mapping[str, Any]
    command: Sequence[str]
    #: Whether the whole value is the term, not only the beginnings of its words.
    exact: bool
    #: What the provider sent, from which personal data is learnt where pseudonyms are wanted.
    data: Any = None


@dataclass(frozen=True)
class Lookup:
    """One way in which a provider can be asked."""

    #: What is looked through, such as "customers by e-mail address".
    what: str
    kinds: frozenset[Kind]
    #: How many calls it takes, for people.
    calls: str
    find: Callable[[Term], Iterator[Hit]]
    #: Whether it is spared when a cheaper one has found the very thing.
    dear: bool = False


@dataclass(frozen=True)
class Depth:
    """How far a search goes."""

    #: How many rows of a list are looked through.
    rows: int = LOOKED_THROUGH
    #: Whether lists that are kept are asked for again.
    refresh: bool = False


def walked(session: Session, rows: Iterable[Any], depth: Depth, noun: str) -> Iterator[Any]:
    """Yield the rows of a list that the provider cannot search, as far as it is looked through; say when it is cut."""
    for number, row in enumerate(rows):
        if number >= depth.rows:
            session.notice(
                f"only the first {depth.rows:,} {noun} were looked through; --look-through N goes further."
            )
            return
        yield row


def the_one(ask: Callable[[], Any]) -> Any:
    """Return the one thing of an id; None when the provider does not know it, or takes the id for none.

    :raises EnergyctlError: for every other refusal.
    """
    try:
        return ask()
    except (NotFound, Refused) as error:
        if error.http_status in _NO_ID:
            return None
        raise


def failed_for_good(error: EnergyctlError) -> bool:
    """Whether the provider's other lookups would fail alike: it is out of reach, or does not let us in."""
    return error.exit_code in (4, 7, 10, 13)


def by_value(row: Any, term: Term, paths: Iterable[str]) -> dict[str, Any]:
    """Return the fields whose value is the term; of an e-mail address or an id, case does not matter."""
    return {path: value for path in paths if (value := dig(row, path)) is not None and term.equals(value)}


def by_name(row: Any, term: Term, *groups: Sequence[str]) -> tuple[dict[str, Any], bool]:
    """Return the fields of names that match, and whether a whole name is the term.

    :param groups: paths of the fields that make up one name, such as first and last name.
    """
    found: dict[str, Any] = {}
    exact = False
    for group in groups:
        parts = {path: value for path in group if isinstance(value := dig(row, path), str) and value.strip()}
        name = " ".join(parts.values())
        if parts and term.begins_words_of(name):
            found |= parts
            whole = sorted(name.casefold().split())
            exact = exact or whole == sorted(term.words)
    return found, exact
