"""Files that a provider hands out: saved whole or not at all, a row for each. Which there are is the provider's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import EnergyctlError, PartlyFailed
from energyctl.core.files import save_download

if TYPE_CHECKING:
    from energyctl.core.session import Session
    from energyctl.core.views import View


@dataclass(frozen=True)
class Wanted:
    """One file to save."""

    #: What its row says of it.
    facts: Mapping[str, Any]
    path: Path
    #: Gets its content, and what is known then of the facts.
    fetch: Callable[[], tuple[bytes, Mapping[str, Any]]]


def saved(
    session: Session, wanted: Sequence[Wanted], *, force: bool, failures: list[EnergyctlError]
) -> Iterator[dict[str, Any]]:
    """Save files and yield what became of each.

    :param force: whether a file that exists is replaced.
    :param failures: takes the errors.
    """
    for number, one in enumerate(wanted, 1):
        session.progress(f"{number}/{len(wanted)}  {one.path.name} …")
        row = {**one.facts, "path": str(one.path)}
        try:
            if one.path.exists() and not force:
                save_download(one.path, ())  # says that it exists, before anything is fetched
            content, more = one.fetch()
            size = save_download(one.path, (content,), force=force)
        except EnergyctlError as error:
            failures.append(error)
            yield {**row, "size_bytes": None, "outcome": "failed", "message": error.message}
        else:
            yield {**row, **more, "size_bytes": size, "outcome": "saved", "message": None}


def save(
    session: Session,
    wanted: Sequence[Wanted],
    view: View,
    *,
    force: bool,
    many: bool,
    provider: str,
    operation: str,
) -> None:
    """Save files and print a row for each.

    :param many: whether a list of files was asked for, which may have one.
    :raises EnergyctlError: why a single one could not be saved.
    :raises PartlyFailed: when some of many could not be.
    """
    failures: list[EnergyctlError] = []
    rows = saved(session, wanted, force=force, failures=failures)
    if not many:
        row = next(rows)
        if failures:
            raise failures[0]
        session.out.one(row, view)
        return
    session.out.rows(rows, view)
    if failures:
        raise PartlyFailed(
            f"{len(failures)} of {len(wanted)} {view.plural} were not saved.",
            hint="The rows say why; the same command again tries the others too.",
            provider=provider,
            operation=operation,
        )
