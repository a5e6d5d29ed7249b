"""How the groups across providers ask: all at once, the rows of one provider after those of the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.commands.across.choosing import chosen_providers, in_this_profile, offered
from energyctl.core.across import Seen
from energyctl.core.errors import UsageProblem
from energyctl.core.parallel import Asking, settle
from energyctl.core.views import View
from energyctl.providers import PROVIDERS

if TYPE_CHECKING:
    from energyctl.core.session import Session

Provider = Annotated[
    list[str] | None,
    typer.Option(
        "--provider", metavar="PROVIDER", help="Only this one; may be given again.", autocompletion=offered
    ),
]
Raw = Annotated[
    bool, typer.Option("--raw", help="The provider's own objects, unchanged, instead of computed rows.")
]

#: For ``find`` too.
Refresh = Annotated[bool, typer.Option("--refresh", help="Ask again for lists that are kept for an hour.")]


def asked_modules(session: Session, wished: list[str] | None, function: str) -> dict[str, ModuleType]:
    """Return the modules ``across`` of the providers to ask that have a function.

    :raises UsageProblem: when none of them has it.
    """
    names = chosen_providers(session, wished, "--provider")
    found = _having(names, function)
    if not found:
        able = ", ".join(_having(list(PROVIDERS), function))
        raise UsageProblem(
            f"No such rows come from {', '.join(names)}.",
            hint=f"They come from: {able}. See which providers the profile sets up: energyctl config show",
        )
    return found


def _having(names: list[str], function: str) -> dict[str, ModuleType]:
    modules = {
        name: import_module(f"energyctl.providers.{name}.across")
        for name in names
        if find_spec(f"energyctl.providers.{name}.across") is not None
    }
    return {name: module for name, module in modules.items() if hasattr(module, function)}


def gather(
    session: Session,
    modules: Mapping[str, ModuleType],
    function: str,
    question: Any,
    view: View,
    *,
    raw: bool = False,
    look: Callable[[Mapping[str, Any]], None] = lambda _row: None,
) -> None:
    """Ask the providers at the same time and write their rows as they come.

    :param look: is shown each computed row.
    :raises PartlyFailed: when some providers failed and others did not; their rows are written all the same.
    :raises EnergyctlError: the first error, when all failed.
    """
    asking: Asking[Seen] = Asking(
        session,
        {name: partial(_asked, getattr(module, function), question) for name, module in modules.items()},
    )
    brought: set[str] = set()
    people = session.pseudonyms

    def answered() -> set[str]:
        return brought.union(set(modules) - set(asking.failures))

    def rows() -> Iterator[Any]:
        for name, seen in asking:
            brought.add(name)
            if people is not None:
                people.data(seen.data)  # what is known of the person is then known in the computed row too
            row = {"provider": name, **seen.row}
            if command := row.get("command"):
                row["command"] = in_this_profile(session, command)
            look(row)
            yield seen.data if raw else row
        if not answered():
            settle(session, asking.failures, (), len(modules))

    session.out.rows(rows(), View(plural=view.plural) if raw else view)
    settle(session, asking.failures, answered(), len(modules))


def _asked(
    function: Callable[[Session, Any], Iterator[Seen]], question: Any, session: Session
) -> Iterator[Seen]:
    return function(session, question)
