"""What a provider told lately, kept in private files: for names in tables, checks of ids, and completion."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import ConfigProblem
from energyctl.core.files import private_directory, read_private, remove_private, write_private
from energyctl.core.text import fit, harmless

if TYPE_CHECKING:
    from energyctl.core.session import Session


_LONGEST_DESCRIPTION = 100
#: Rows of a list that are kept while it streams.
_MOST_KEPT = 5000


class CompletionList(str):
    """The name of a list of values that the completion scripts read from a file, without this program.

    A parameter is fed by a list with Typer's ``autocompletion=that_list.feed``. Whoever fetches the values writes
    the list. There is one file for all profiles and accounts: what was written last is offered.
    """

    __slots__ = ()

    def feed(self) -> list[str]:
        """Return the list's own name; the writers of the scripts know it by its type."""
        return [self]

    def write(self, session: Session, candidates: Iterable[tuple[str, str]]) -> None:
        """Keep values with their descriptions, one a line, parted by a tab.

        A value that would be taken for an option, or cannot be typed, is left out. A list that cannot be written
        is no reason to fail.
        """
        lines = (
            f"{value}\t{fit(harmless(text), _LONGEST_DESCRIPTION)}\n"
            for value, text in candidates
            if value.strip() and not value.startswith("-") and harmless(value) == value
        )
        content = "".join(lines).encode()
        path = self._path(session)
        try:
            private_directory(session.paths.state_dir)
            private_directory(path.parent)
            write_private(path, content)
        except (OSError, ConfigProblem):
            return

    def add(self, session: Session, candidates: Iterable[tuple[str, str]]) -> None:
        """Keep values before those that are kept already."""
        found = dict(candidates)
        for value, text in self._kept(session):
            if len(found) < _MOST_KEPT:
                found.setdefault(value, text)
        self.write(session, found.items())

    def fed_by(
        self,
        session: Session,
        rows: Iterable[Any],
        candidate: Callable[[Any], tuple[Any, Any]],
        *,
        selected: bool = False,
    ) -> Iterator[Any]:
        """Yield rows, and keep the first of them at their end, also when it comes early.

        All rows take the place of what was kept; where they are a selection, what was kept follows them.

        :param candidate: gives a row's value and description; without a value the row is left out.
        :param selected: whether the rows were asked for by a filter. ``--limit`` and an early end count as one.
        """
        found: dict[str, str] = {}
        selected = selected or session.options.limit is not None
        whole = False
        try:
            for row in rows:
                if len(found) < _MOST_KEPT and isinstance(row, Mapping):
                    value, text = candidate(row)
                    if value not in (None, ""):
                        found[str(value)] = str(text or "")
                yield row
            whole = not selected
        finally:
            if found:
                (self.write if whole else self.add)(session, found.items())

    def _path(self, session: Session) -> Path:
        return session.paths.state_dir / "completion" / self

    def _kept(self, session: Session) -> Iterator[tuple[str, str]]:
        """Yield what the list holds; nothing when it cannot be read."""
        try:
            text = read_private(self._path(session), session.paths.state_dir).decode()
        except (OSError, ValueError):
            return
        for line in text.splitlines():
            value, _, description = line.partition("\t")
            yield value, description


class Cache:
    """One kept thing of one account, such as its list of devices."""

    def __init__(self, session: Session, *, provider: str, name: str, account: str) -> None:
        self.session = session
        digest = hashlib.sha256(account.encode()).hexdigest()[:16]
        self.path = session.paths.state_dir / "cache" / f"{provider}-{name}-{digest}.json"

    def read(self, max_age_s: float) -> tuple[Any, float] | None:
        """Return what is kept and its age in seconds, or None when there is nothing younger than ``max_age_s``."""
        try:
            raw = json.loads(read_private(self.path, self.session.paths.state_dir))
            age = self.session.now().timestamp() - float(raw["at"])
            return (raw["data"], age) if -60 <= age <= max_age_s else None
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None

    def write(self, data: Any) -> None:
        """Keep it; a cache that cannot be written is no reason to fail."""
        try:
            private_directory(self.session.paths.state_dir)
            private_directory(self.path.parent)
            write_private(
                self.path, json.dumps({"at": self.session.now().timestamp(), "data": data}).encode()
            )
        except (OSError, ConfigProblem):
            return

    def forget(self) -> None:
        """Remove it."""
        with suppress(OSError):
            remove_private(self.path, self.session.paths.state_dir)
