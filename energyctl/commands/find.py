"""``energyctl find``: whoever or whatever a term stands for, asked of all providers at once."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.commands.across.choosing import chosen_providers, in_this_profile, offered
from energyctl.commands.across.gathering import Refresh
from energyctl.core.commandline import App, Seconds, session_of
from energyctl.core.errors import EnergyctlError, NotFound, UsageProblem
from energyctl.core.inputs import read_text
from energyctl.core.parallel import Asking, settle
from energyctl.core.searching import LOOKED_THROUGH, Depth, Hit, Lookup, failed_for_good
from energyctl.core.terms import Kind, Term, recognised
from energyctl.core.views import Column, View, plain

if TYPE_CHECKING:
    from energyctl.core.session import Session

app = App()


def _fields(match: Any) -> str:
    return ", ".join(f"{name}: {plain(value)}" for name, value in match.items())


FOUND = View(
    columns=(
        Column("Provider", "provider"),
        Column("Kind", "kind"),
        Column("Id", "id"),
        Column("Name", "name"),
        Column("Match", "match", show=_fields),
        Column("Open it with", "command"),
    ),
    id_path="id",
    plural="matches",
)
_LOOKUPS = View(
    columns=(
        Column("Provider", "provider"),
        Column("Looks up", "looks_up"),
        Column("By", "kinds"),
        Column("Costs", "calls"),
    ),
    id_path="looks_up",
    plural="lookups",
)


@dataclass(frozen=True)
class Plan:
    """What a provider is going to be asked."""

    lookups: tuple[Lookup, ...]
    #: What the term can be that the provider has no lookup for.
    without: tuple[Kind, ...]


@dataclass(frozen=True)
class Trouble:
    """A lookup that failed while others of the provider may do."""

    what: str
    error: EnergyctlError


@dataclass
class Answers:
    """What came of a search."""

    rows: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    searched: dict[str, list[str]] = field(default_factory=dict)
    without: dict[str, tuple[Kind, ...]] = field(default_factory=dict)
    failures: dict[str, EnergyctlError] = field(default_factory=dict)
    #: Providers of which at least one lookup went well.
    answered: set[str] = field(default_factory=set)

    def add(self, provider: str, hit: Hit) -> None:
        """Add something found; what was found already matches for one more reason."""
        row = self.rows.setdefault(
            (provider, hit.kind, hit.id),
            {
                "provider": provider,
                "kind": hit.kind,
                "id": hit.id,
                "name": hit.name,
                "match": {},
                "exact": False,
                "command": shlex.join(("energyctl", *hit.command)),
            },
        )
        row["match"] |= hit.match
        row["exact"] = row["exact"] or hit.exact

    def sorted_rows(self) -> list[dict[str, Any]]:
        """Return the rows, exact matches first, else as they came."""
        return sorted(self.rows.values(), key=lambda row: not row["exact"])


@app.command("find")
def find(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TERM...]", help="What is known: an address, a name, a number, an id; - reads it."
        ),
    ] = None,
    providers: Annotated[
        list[str] | None,
        typer.Option(
            "--in", metavar="PROVIDER", help="Only there; may be given again.", autocompletion=offered
        ),
    ] = None,
    look_through: Annotated[
        int,
        typer.Option(
            "--look-through", metavar="N", min=1, help="Rows of a list that has no search of its own."
        ),
    ] = LOOKED_THROUGH,
    refresh: Refresh = False,
    lookups: Annotated[
        bool, typer.Option("--lookups", help="List what each provider can look up, and what it costs.")
    ] = False,
    timeout: Annotated[
        float | None,
        typer.Option(
            "--timeout",
            metavar="SECONDS",
            click_type=Seconds(min=0.01),
            help="Longest wait for all providers together [default: 30].",
        ),
    ] = None,
) -> None:
    """Find a customer, contract, order, device, meter or account at all providers at once.

    The term may be an e-mail address, a name, a phone number, a personal number (sent only to who can look one up),
    a customer, contract or order number, a device's id or name, a meter id, a MaLo or MeLo. A provider that cannot
    be asked in time is said on stderr; the others' rows come all the same.

    Exit code 0: found; 3: not found, and all answered; 12: a provider could not be asked.

    Examples:
    energyctl find 400000001
    energyctl find marie becker --in rabot
    energyctl find 19121212-1212 -o json
    energyctl find --lookups
    """
    session = session_of(ctx)
    if timeout is not None:
        session.options.timeout = timeout
    depth = Depth(look_through, refresh)
    names = chosen_providers(session, providers, "--in")
    if lookups:
        if words:
            raise UsageProblem("--lookups takes no term.", hint="Leave one of them out.")
        session.out.rows(_declared(session, names, depth), _LOOKUPS)
        return
    if not words:
        raise UsageProblem("No term was given.", hint="Such as: energyctl find anna@example.org")
    term = recognised(read_text(session, "-", "TERM") if words == ["-"] else " ".join(words))
    _keep_to_ourselves(session, term)
    answers = _asked(session, names, term, depth)
    _report(session, term, answers)


def _keep_to_ourselves(session: Session, term: Term) -> None:
    """See to it that a personal number, or with pseudonyms a name, stands in no message."""
    if Kind.PERSONAL in term.kinds:
        session.redactor.learn(term.text)
    if (people := session.pseudonyms) and Kind.NAME in term.kinds:
        people.token("person", term.text)


def _own_lookups(name: str, session: Session, depth: Depth) -> tuple[Lookup, ...]:
    """Return the lookups of a provider; none when it declares none."""
    if find_spec(f"energyctl.providers.{name}.search") is None:
        return ()
    found: tuple[Lookup, ...] = import_module(f"energyctl.providers.{name}.search").lookups(session, depth)
    return found


def _declared(session: Session, names: list[str], depth: Depth) -> Iterator[dict[str, Any]]:
    for name in names:
        for one in _own_lookups(name, session, depth):
            kinds = [kind.value for kind in Kind if kind in one.kinds]
            yield {"provider": name, "looks_up": one.what, "kinds": kinds, "calls": one.calls}


# -- asking -----------------------------------------------------------------------------------------------------


def _search(name: str, term: Term, depth: Depth, session: Session) -> Iterator[Plan | Trouble | Hit | Lookup]:
    """Ask one provider: cheap lookups first, dear ones only while nothing exact is found.

    A lookup is yielded when it has come to a good end.
    """
    declared = _own_lookups(name, session, depth)
    known = frozenset[Kind]().union(*(one.kinds for one in declared))
    fitting = tuple(one for one in declared if one.kinds.intersection(term.kinds))
    yield Plan(fitting, tuple(kind for kind in term.kinds if kind not in known))
    exact = False
    for one in sorted(fitting, key=lambda each: each.dear):
        if one.dear and exact:
            continue
        try:
            for hit in one.find(term):
                exact = exact or hit.exact
                yield hit
        except EnergyctlError as error:
            if failed_for_good(error):
                raise
            yield Trouble(one.what, error)
        else:
            yield one


def _asked(session: Session, names: list[str], term: Term, depth: Depth) -> Answers:
    answers = Answers()
    session.progress(f"Asking {', '.join(names)} …")
    asking = Asking(
        session,
        {name: partial(_search, name, term, depth) for name in names},
        limit_s=session.timeout_s,
        ahead=0,
    )
    people = session.pseudonyms
    for name, item in asking:
        if isinstance(item, Plan):
            if item.lookups:
                answers.searched[name] = [one.what for one in item.lookups]
            if item.without:
                answers.without[name] = item.without
        elif isinstance(item, Trouble):
            item.error.message = f"{item.what}: {item.error.message}"
            answers.failures.setdefault(name, item.error)
        elif isinstance(item, Hit):
            if people is not None:
                people.data(item.data)  # what is known of the person is then known in the computed row too
            answers.add(name, item)
            answers.answered.add(name)
        else:
            answers.answered.add(name)
    answers.failures |= asking.failures
    session.clear_progress()
    return answers


# -- telling ----------------------------------------------------------------------------------------------------


def _report(session: Session, term: Term, answers: Answers) -> None:
    """Write the rows and say what could not be searched.

    :raises NotFound: when nothing was found though all answered.
    :raises PartlyFailed: when a provider could not be asked.
    """
    answered = len(answers.answered)
    if answered and (answers.rows or session.out.format != "table"):
        rows = answers.sorted_rows()
        session.out.rows(
            ({**row, "command": in_this_profile(session, row["command"])} for row in rows), FOUND
        )
    for name, kinds in answers.without.items():
        session.notice(f"{name}: no lookup by {' or '.join(kinds)}.")
    if term.doubt and not answers.rows:
        session.notice(f"Is '{term.shown}' misspelt? {term.doubt[:1].upper()}{term.doubt[1:]}.")
    asked = len({*answers.searched, *answers.failures})
    if answered and not answers.rows and answers.failures:
        session.notice(f"Nothing was found for '{term.shown}' by those that answered.")
    settle(session, answers.failures, answers.answered, asked)
    if not answers.rows:
        raise _nothing(term, answers)


def _nothing(term: Term, answers: Answers) -> NotFound:
    details: Mapping[str, Any] = {
        "taken_for": [kind.value for kind in term.kinds],
        "searched": answers.searched,
        "no_lookup": {name: [kind.value for kind in kinds] for name, kinds in answers.without.items()},
    }
    if not answers.searched:
        return NotFound(
            f"No provider of the profile can be searched by {' or '.join(term.kinds)}.",
            hint="What each can look up: energyctl find --lookups",
            code="no_lookup",
            details=details,
        )
    told = ", ".join(f"{name} ({'; '.join(whats)})" for name, whats in answers.searched.items())
    return NotFound(
        f"Nothing was found for '{term.shown}', taken for {term.called()}.",
        hint=f"Searched: {told}.",
        details=details,
    )
