"""Looking again and again: a screen that is redrawn on a terminal, the new and changed rows as JSONL elsewhere.

What one look is, is the command's affair. Each has a session of its own, so that nothing is kept from one to the next
but, outside a terminal, a digest of each row.
"""

from __future__ import annotations

import gc
import os
import re
import select
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from hashlib import blake2b
from io import StringIO
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from energyctl.core import interrupts
from energyctl.core.errors import (
    BadAnswer,
    EnergyctlError,
    PartlyFailed,
    RateLimited,
    Unreachable,
    UsageProblem,
)
from energyctl.core.formats import json_text
from energyctl.core.inputs import input_text
from energyctl.core.output import Output, error_text
from energyctl.core.pacing import budget_interval, pause_after
from energyctl.core.streams import window
from energyctl.core.text import display_width, fit, harmless
from energyctl.core.views import View, id_of
from energyctl.core.watchoption import SHORTEST_S

if TYPE_CHECKING:
    from datetime import datetime

    from energyctl.core.session import Session

#: What another look may not meet again. All else would fail each time, and ends the watch.
PASSING = (Unreachable, RateLimited, BadAnswer, PartlyFailed)
#: How soon a terminal that was resized is drawn anew.
_RESIZED_S = 0.2
_STYLE = re.compile("\x1b\\[[0-9;]*m")
_HOME, _CLEAR_LINE, _CLEAR_REST = "\x1b[H", "\x1b[K", "\x1b[J"


def watch(root: Session, every_s: float, look: Callable[[Session], None], *, reads_input: bool) -> NoReturn:
    """Look until interrupted, or until an error comes that looking again does not mend.

    :param every_s: seconds from the begin of one look to that of the next.
    :param reads_input: whether each look reads standard input; it is read once and given to all.
    :raises UsageProblem: where watching makes no sense.
    :raises EnergyctlError: what ended a look for good.
    :raises BrokenPipeError: when nobody reads the rows any more.
    """
    options = root.options
    if options.dry_run:
        raise UsageProblem("--watch looks, and --dry-run is for writes.", hint="Leave one of them out.")
    if not root.stdout_is_terminal:
        if options.output not in (None, "jsonl"):
            raise UsageProblem(
                f"--watch writes JSONL where no terminal is, not {options.output}.", hint="Use -o jsonl."
            )
        options.output = "jsonl"
    if reads_input and root.stdin.isatty():
        raise UsageProblem("--watch cannot read '-' from a terminal.", hint="Pipe something in.")
    given = input_text(root) if reads_input else None
    watcher: _Watcher = (_Screen if root.stdout_is_terminal else _Lines)(root, every_s, given)
    watcher.run(look)


class _Watcher(ABC):
    """Looks, and waits. Where what was seen goes is its kinds' affair."""

    def __init__(self, root: Session, every_s: float, given: str | None) -> None:
        self.root = root
        self.every_s = every_s
        self.given = given
        self.failures = 0

    def run(self, look: Callable[[Session], None]) -> NoReturn:
        """Look for ever."""
        try:
            while True:
                pause = self._look(look)
                gc.collect()  # a look's connections and rows go before the next one makes more
                if interrupts.wished():
                    raise KeyboardInterrupt
                self.wait(pause)
        finally:
            with suppress(OSError):
                self.end()

    def _look(self, look: Callable[[Session], None]) -> float:
        """Look once and return the seconds until the next time."""
        session = self.session(None if self.given is None else StringIO(self.given))
        trouble: EnergyctlError | None = None
        started = time.monotonic()
        try:
            look(session)
        except PASSING as error:
            trouble = error
        except EnergyctlError:
            self.show_last()
            raise
        # what could not be asked of one provider does not make the others wait
        whole_failure = trouble is not None and not isinstance(trouble, PartlyFailed)
        self.failures = self.failures + 1 if whole_failure else 0
        took_s = time.monotonic() - started
        pause, interval = pause_after(self.every_s, took_s, trouble, self.failures)
        apart, why = budget_interval(session)
        if apart > interval:
            pause, interval = apart - (0.0 if self.failures else min(took_s, apart - SHORTEST_S)), apart
        else:
            why = ""
        self.show(session, trouble, interval, why)
        return pause

    @abstractmethod
    def session(self, stdin: TextIO | None) -> Session:
        """Return the session of one look."""

    @abstractmethod
    def show(self, session: Session, trouble: EnergyctlError | None, interval: float, why: str) -> None:
        """Show what a look has seen, or why it failed, and how long the next one takes to come."""

    @abstractmethod
    def wait(self, pause: float) -> None:
        """Wait for the next look."""

    @abstractmethod
    def show_last(self) -> None:
        """Show what a look saw before it failed for good."""

    @abstractmethod
    def end(self) -> None:
        """Leave things as they should be after the watch."""


# -- on a terminal ------------------------------------------------------------------------------------------


class _Kept(StringIO):
    """What a look writes to a terminal, kept; it has that terminal's width and colours."""

    def __init__(self, terminal: TextIO) -> None:
        super().__init__()
        self._terminal = terminal

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._terminal.encoding

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._terminal.fileno()


class _Screen(_Watcher):
    """Redraws the whole screen after each look, and when its size changes."""

    def __init__(self, root: Session, every_s: float, given: str | None) -> None:
        super().__init__(root, every_s, given)
        self.stream = root.stdout
        self.is_dumb = root.env.get("TERM") == "dumb"
        self.lines: list[str] = []
        self.status = ""
        self.seen_at: datetime | None = None
        self._began = False
        self._result: StringIO = StringIO()
        self._said: StringIO = StringIO()

    def session(self, stdin: TextIO | None) -> Session:
        """Return a session whose result, and whose words on a terminal, are kept."""
        self._result, self._said = _Kept(self.stream), StringIO()
        return self.root.again(
            stdin=stdin, stdout=self._result, stderr=self._said if self.root.stderr.isatty() else None
        )

    def show(self, session: Session, trouble: EnergyctlError | None, interval: float, why: str) -> None:
        """Draw the screen; a look that failed leaves the rows of the former one."""
        at = session.now().astimezone()
        if trouble is None or isinstance(trouble, PartlyFailed):
            self.lines = [*self._result.getvalue().splitlines(), *self._said.getvalue().splitlines()]
            self.seen_at = at
        seen = f"Last look {self.seen_at:%H:%M:%S}" if self.seen_at else "Nothing seen yet"
        pace = f"every {interval:.0f} s ({why}), Ctrl-C ends" if why else f"every {interval:g} s, Ctrl-C ends"
        if self.failures:
            pace = f"{at:%H:%M:%S} failed, again in {interval:.0f} s, Ctrl-C ends"
        self.status = f"{seen}, {pace}."
        if trouble is not None:
            self.status += f" {session.shown.text(trouble.message)}"
        self._draw()

    def wait(self, pause: float) -> None:
        """Wait; a window of another size is drawn anew."""
        ends_at, size = time.monotonic() + pause, self._size()
        while (left := ends_at - time.monotonic()) > 0:
            time.sleep(min(left, _RESIZED_S))
            if not self.is_dumb and (now := self._size()) != size:
                size = now
                self._draw()

    def show_last(self) -> None:
        """Write what the look wrote, as it would stand there without a watch."""
        self.end()
        self._began = False
        self.stream.write(self._result.getvalue())
        self.stream.flush()
        self.root.stderr.write(self._said.getvalue())

    def end(self) -> None:
        """Leave the cursor below the screen."""
        if self._began and not self.is_dumb:
            self.stream.write("\n")
            self.stream.flush()

    def _size(self) -> os.terminal_size:
        return window(self.stream)

    def _draw(self) -> None:
        """Make the whole screen, then write it at once: it does not flicker."""
        columns, height = self._size()
        status = harmless(self.status)
        if self.is_dumb:
            text = "".join(f"{line}\n" for line in (*self.lines, status))
        else:
            shown = [_cut(line, columns) for line in first_lines(self.lines, height - 1)]
            # what stood there before is scrolled out of sight, not overwritten
            text = ("" if self._began else "\n" * (height - 1)) + _HOME
            text += "".join(f"{_CLEAR_LINE}{line}\n" for line in shown)
            text += f"{_CLEAR_REST}{fit(status, columns - 1)}"
        self._began = True
        self.stream.write(text)
        self.stream.flush()


def first_lines(lines: list[str], room: int) -> list[str]:
    """Return the lines for which there is room; where not all fit, the last one says how many more there are."""
    if len(lines) <= room:
        return lines
    kept = max(room - 1, 0)
    return [*lines[:kept], f"… {len(lines) - kept:,} more lines"][: max(room, 0)]


def _cut(line: str, columns: int) -> str:
    """Cut a line to the window's width; one that is cut loses its style."""
    bare = _STYLE.sub("", line)
    return line if display_width(bare) <= columns else fit(bare, columns)


# -- elsewhere ----------------------------------------------------------------------------------------------


class Known:
    """Which rows have been written: a digest of each, by its id where it has one."""

    def __init__(self) -> None:
        self._former: dict[str | bytes, set[bytes]] = {}
        self._current: dict[str | bytes, set[bytes]] = {}
        self._count = 0

    def is_news(self, row: Any, view: View) -> bool:
        """Take note of a row of this look; tell whether the former look did not have it, or had it otherwise."""
        digest = blake2b(json_text(row).encode(), digest_size=16).digest()
        key: str | bytes = id_of(row, view) or digest
        self._current.setdefault(key, set()).add(digest)
        self._count += 1
        return digest not in self._former.get(key, ())

    def end_look(self, *, whole: bool, limit: int | None = None) -> list[str]:
        """End a look; return the ids that the former look had and this one has not.

        :param whole: whether it came to its end. If not, what it did not come to stays as it was.
        :param limit: how many rows a look has at most; one that others have pushed out is not gone.
        """
        current, self._current = self._current, {}
        count, self._count = self._count, 0
        if not whole:
            self._former.update(current)
            return []
        former, self._former = self._former, current
        if limit is not None and count >= limit:
            return []
        return [key for key in former if isinstance(key, str) and key not in current]


class _News(Output):
    """Writes those rows that are news, a JSON object a line."""

    def __init__(self, session: Session, known: Known) -> None:
        super().__init__(session)
        self.known = known

    def text(self, text: str) -> None:  # noqa: ARG002 - as its base class has it
        """Refuse what has no rows.

        :raises UsageProblem: always.
        """
        raise UsageProblem(
            "What this prints is text without rows: nothing to compare.", hint="Leave --watch out."
        )

    def _write_rows(self, rows: Iterable[Any], view: View) -> None:
        for row in self._flushed(self._news(self._redacted(rows), view)):
            self.stream.write(json_text(row) + "\n")
        self.stream.flush()

    def _one(self, thing: Any, view: View) -> None:
        self._write_rows([thing], view)

    def _news(self, rows: Iterable[Any], view: View) -> Iterator[Any]:
        return (row for row in rows if self.known.is_news(row, view))


class _Lines(_Watcher):
    """Writes what is new, changed or gone, a JSON object a line."""

    def __init__(self, root: Session, every_s: float, given: str | None) -> None:
        super().__init__(root, every_s, given)
        self.known = Known()
        self._looked = False
        self._told_why = False

    def session(self, stdin: TextIO | None) -> Session:
        """Return a session that writes only news; what a look says besides is said the first time."""
        session = self.root.again(stdin=stdin)
        session.options.quiet = session.options.quiet or self._looked
        session.out = _News(session, self.known)
        self._looked = True
        return session

    def show(self, session: Session, trouble: EnergyctlError | None, interval: float, why: str) -> None:
        """Tell what is gone; of a look that failed, why, as one line of JSON on stderr."""
        for one in self.known.end_look(whole=trouble is None, limit=self.root.options.limit):
            self.root.stdout.write(json_text({"id": one, "removed": True}) + "\n")
        self.root.stdout.flush()
        session.clear_progress()
        if trouble is not None:
            print(error_text(trouble, session), file=session.stderr, flush=True)
        if why and not self._told_why:
            self.root.notice(f"Looking every {interval:.0f} s: {why}.")
        self._told_why = bool(why)

    def show_last(self) -> None:
        """Do nothing: the rows were written as they came."""

    def end(self) -> None:
        """Do nothing: each line is whole."""

    def wait(self, pause: float) -> None:
        """Wait; when nobody reads any more, there is nothing to wait for."""
        ends_at = time.monotonic() + pause
        readers = select.poll()
        readers.register(self.root.stdout.fileno(), 0)
        for _, events in readers.poll(pause * 1000):
            if events & (select.POLLERR | select.POLLHUP):
                raise BrokenPipeError
        time.sleep(max(ends_at - time.monotonic(), 0.0))
