"""What a provider told lately, kept in private files: for names in tables, checks of ids, and completion."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import ConfigProblem
from energyctl.core.files import private_directory, write_private
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
        path = session.paths.state_dir / "completion" / self
        try:
            private_directory(session.paths.state_dir)
            private_directory(path.parent)
            write_private(path, content)
        except (OSError, ConfigProblem):
            return

    def fed_by(
        self, session: Session, rows: Iterable[Any], candidate: Callable[[Any], tuple[Any, Any]]
    ) -> Iterator[Any]:
        """Yield rows, and keep the first of them at their end, also when it comes early; of none nothing is kept.

        :param candidate: gives a row's value and description; without a value the row is left out.
        """
        kept: dict[str, str] = {}
        try:
            for row in rows:
                if len(kept) < _MOST_KEPT and isinstance(row, Mapping):
                    value, text = candidate(row)
                    if value not in (None, ""):
                        kept[str(value)] = str(text or "")
                yield row
        finally:
            if kept:
                self.write(session, kept.items())


class Cache:
    """One kept thing of one account, such as its list of devices."""

    def __init__(self, session: Session, *, provider: str, name: str, account: str) -> None:
        self.session = session
        digest = hashlib.sha256(account.encode()).hexdigest()[:16]
        self.path = session.paths.state_dir / "cache" / f"{provider}-{name}-{digest}.json"

    def read(self, max_age_s: float) -> tuple[Any, float] | None:
        """Return what is kept and its age in seconds, or None when there is nothing younger than ``max_age_s``."""
        try:
            raw = json.loads(self.path.read_bytes())
            age = self.session.now().timestamp() - float(raw["at"])
            return (raw["data"], age) if -60 <= age <= max_age_s else None
        except (OSError, ValueError, KeyError, TypeError):
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
            self.path.unlink(missing_ok=True)
