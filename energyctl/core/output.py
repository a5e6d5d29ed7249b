"""Where results go: one place that prints, seven formats. Nothing else writes to stdout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import BadAnswer, EnergyctlError, UsageProblem
from energyctl.core.formats import csv_line, json_text, tsv_line, yaml_text
from energyctl.core.text import harmless
from energyctl.core.views import (
    MISSING,
    Column,
    View,
    cell,
    dig,
    dig_or_missing,
    flattened,
    found_columns,
    id_of,
    in_one_clock,
    plain,
)

if TYPE_CHECKING:
    from rich.console import Console

    from energyctl.core.session import Session

_ANY = View()
#: Seconds that a written row may wait for the next one.
FLUSHED_EVERY_S = 0.05
_STREAMED = ("tsv", "csv", "jsonl", "ids")
_WIDE = 10_000


class Output:
    """Formats rows and writes them to stdout.

    Lists stream in jsonl, csv, tsv and ids; json, yaml and tables are written when the last row has come.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.stream = session.stdout
        chosen = session.options.output or session.usual_output
        self.format = chosen or ("table" if session.stdout_is_terminal else "tsv")
        self.counted = 0

    # -- what commands call ------------------------------------------------------------------------

    def rows(self, rows: Iterable[Any], view: View = _ANY) -> None:
        """Write a list.

        :param rows: provider data as it came, or rows of our own; read once, as far as ``--limit`` goes.
        """
        options = self.session.options
        chosen: Iterable[Any] = rows
        if options.query:
            result = self._queried(list(self._counting(rows)))
            if not isinstance(result, list):
                self._one(result, _ANY)
                return
            chosen, view = result, _if_it_fits(view, result)
        else:
            chosen = self._counting(chosen)
        self._write_rows(self._picked(chosen, view), view)

    def _picked(self, rows: Iterable[Any], view: View) -> Iterable[Any]:
        """Return the rows in the order of ``--sort-by``, at most ``--limit``."""
        options = self.session.options
        if options.sort_by:
            rows = self._sorted(list(rows), view, options.sort_by)
        return rows if options.limit is None else islice(rows, options.limit)

    def one(self, thing: Any, view: View = _ANY) -> None:
        """Write a single thing: an object in json and yaml, a key and value table for people."""
        if self.session.options.query:
            thing = self._queried(thing)
            if isinstance(thing, list):
                view = _if_it_fits(view, thing)
                self._write_rows(self._picked(thing, view), view)
                return
            view = _ANY
        self._one(thing, view)

    def text(self, text: str) -> None:
        """Write text that is the result itself, such as a template or a token."""
        if people := self.session.pseudonyms:
            text = people.text(text)
        self.stream.write(text if text.endswith("\n") else text + "\n")
        self.stream.flush()

    def file(self, content: bytes) -> None:
        """Write a file that is the result itself, as it is."""
        self.stream.flush()
        self.stream.buffer.write(content)
        self.stream.buffer.flush()

    # -- lists ---------------------------------------------------------------------------------------

    def _counting(self, rows: Iterable[Any]) -> Iterator[Any]:
        import time

        started = time.monotonic()
        shown = started
        is_seen = self.format in _STREAMED and self.session.stdout_is_terminal  # the rows themselves
        for row in rows:
            self.counted += 1
            now = time.monotonic()
            if not is_seen and now - started > 0.5 and now - shown > 0.1:
                self.session.progress(f"{self.counted:,} rows …")
                shown = now
            yield row
        self.session.clear_progress()

    def _flushed(self, rows: Iterable[Any]) -> Iterator[Any]:
        """Let each row out when the former came a while ago: a slow list is read as it comes, a fast one is quick."""
        import time

        flushed = 0.0
        for row in rows:
            yield row
            if (now := time.monotonic()) - flushed > FLUSHED_EVERY_S:
                self.stream.flush()
                flushed = now

    def _redacted(self, rows: Iterable[Any]) -> Iterator[Any]:
        """Yield rows with pseudonyms where they are asked for."""
        people = self.session.pseudonyms
        for row in rows:
            if people is not None and isinstance(row, Mapping) and row.get("outcome") == "saved":
                self.session.tell_of_files()
            yield row if people is None else people.data(row)

    def _write_rows(self, rows: Iterable[Any], view: View) -> None:
        if self.session.pseudonyms is not None:
            rows = self._redacted(rows)
        # Read to the end, and the progress taken away, before a document is begun.
        whole = [] if self.format in _STREAMED else list(rows)
        self.session.clear_progress()
        rows = self._flushed(rows)
        if self.format in ("tsv", "csv"):
            self._separated(rows, view)
        elif self.format == "jsonl":
            for row in rows:
                self.stream.write(json_text(row) + "\n")
        elif self.format == "ids":
            for row in rows:
                self.stream.write(_id(row, view) + "\n")
        elif self.format == "json":
            self._json_array(whole)
        elif self.format == "yaml":
            self.stream.write(yaml_text(whole))
        else:
            self._table(whole, view)
        self.stream.flush()

    def _json_array(self, rows: list[Any]) -> None:
        """Write one array when the last row has come: a document is whole or not there."""
        if self.session.stdout_is_terminal:
            self.stream.write(json_text(rows, indent=2) + "\n")
        elif rows:
            self.stream.write("[\n  " + ",\n  ".join(json_text(row) for row in rows) + "\n]\n")
        else:
            self.stream.write("[]\n")

    def _separated(self, rows: Iterable[Any], view: View) -> None:
        iterator = iter(rows)
        if self.session.options.columns or view.columns:
            columns = self._columns(view, [])
        else:
            first = list(islice(iterator, 200))
            if not first:
                return  # no row, so no column to name
            columns = found_columns(first, None, view.preferred)
            iterator = chain(first, iterator)
        first_row = next(iterator, MISSING)  # an error before the first row leaves stdout empty
        line = tsv_line if self.format == "tsv" else csv_line
        if not self.session.options.no_header:
            self.stream.write(line([column.path or column.title for column in columns]))
        if first_row is not MISSING:
            self.stream.write(line([plain(_value(first_row, column)) for column in columns]))
        for row in iterator:
            self.stream.write(line([plain(_value(row, column)) for column in columns]))

    def _table(self, rows: list[Any], view: View) -> None:
        if not rows:
            self.session.notice(f"No {view.plural}.")
            return
        from energyctl.core import tables

        columns = self._columns(view, rows)
        if not self.session.options.columns:
            columns = tuple(column for column in columns if not column.detail)
        short = [in_one_clock(column, rows) for column in columns]
        cells = [_cells(row, short) for row in rows]
        heads = [
            tables.Head(
                column.title,
                column.right,
                tables.names_id(column.path, view.id_path),
                column.gives_way and not self.session.options.columns,
            )
            for column in short
        ]
        if not self.session.options.columns:
            heads, cells = tables.narrowed(heads, cells, self._width())
        shape = tables.shape(heads, cells, self._width())
        if shape is not None:
            header = not self.session.options.no_header
            self.stream.writelines(tables.row_lines(heads, cells, shape, self._console(), header=header))
            return
        titles = [column.title for column in columns]
        for row in rows:
            self._pairs(list(zip(titles, _cells(row, columns), strict=True)))
            self.stream.write("\n")

    def _columns(self, view: View, rows: list[Any]) -> Sequence[Column]:
        wished = self.session.options.columns
        if not wished:
            return view.columns or found_columns(rows, preferred=view.preferred)
        known = {column.title.lower(): column for column in view.columns}
        known.update({column.path.lower(): column for column in view.columns})
        paths = [path.strip() for path in wished.split(",") if path.strip()]
        if not paths:
            raise UsageProblem(f"--columns '{wished}' names no column.", hint="Write it as --columns a,b.c")
        return [known.get(path.lower(), Column(path, path)) for path in paths]

    def _sorted(self, rows: list[Any], view: View, wished: str) -> list[Any]:
        from energyctl.core.ordering import order_of

        down = wished.startswith("-")
        name = wished.removeprefix("-")
        by_title = {column.title.lower(): column.path for column in view.columns}
        path = by_title.get(name.lower(), name)
        if rows and all(dig_or_missing(row, path) is MISSING for row in rows):
            known = [column.path for column in view.columns] or [
                column.path for column in found_columns(rows, None)
            ]
            raise UsageProblem(
                f"--sort-by '{name}': the rows have no such column.", hint=f"Columns: {', '.join(known)}."
            )
        present = [row for row in rows if dig(row, path) is not None]
        absent = [row for row in rows if dig(row, path) is None]
        return [*sorted(present, key=lambda row: order_of(dig(row, path)), reverse=down), *absent]

    # -- a single thing ---------------------------------------------------------------------------------

    def _one(self, thing: Any, view: View) -> None:
        if self.session.pseudonyms is not None:
            (thing,) = self._redacted([thing])
        if self.format == "json":
            self.stream.write(json_text(thing, indent=2) + "\n")
        elif self.format == "jsonl":
            self.stream.write(json_text(thing) + "\n")
        elif self.format == "yaml":
            self.stream.write(yaml_text(thing))
        elif self.format == "ids":
            self.stream.write(_id(thing, view) + "\n")
        elif not isinstance(thing, Mapping):
            text = plain(thing)
            self.stream.write(csv_line([text]) if self.format == "csv" else harmless(text) + "\n")
        elif self.format in ("tsv", "csv"):
            self._separated([thing], view)
        else:
            self._fields(thing, view)
        self.stream.flush()

    def _fields(self, thing: Mapping[str, Any], view: View) -> None:
        """Show one thing as a table of its fields: those of the view first, then what else it has."""
        pairs: list[tuple[str, str]] = []
        if self.session.options.columns or view.columns:
            for column in self._columns(view, [thing]):
                value = _shown(thing, column)
                text = cell(value, column.show, lines=column.lines)
                if text or self.session.options.columns:
                    pairs.append((column.title, text))
        if not self.session.options.columns:
            told = tuple(column.show_path or column.path for column in view.columns)
            for path, value in flattened(thing):
                known = any(
                    path == one or path.startswith(f"{one}.") or one.startswith(f"{path}.") for one in told
                )
                if not known and value is not None and path.split(".")[0] not in view.hidden:
                    pairs.append((path, cell(value)))
        self._pairs(pairs)

    def _pairs(self, pairs: list[tuple[str, str]]) -> None:
        """Print titles and values side by side; where a window is too narrow for that, below each other."""
        from energyctl.core import tables

        bold = self.session.color(self.stream)
        self.stream.writelines(tables.record_lines(pairs, self._width(), bold=bold))

    # -- shared -------------------------------------------------------------------------------------------

    def _queried(self, data: Any) -> Any:
        from energyctl.core.queries import queried

        return queried(str(self.session.options.query), data, self.session.pseudonyms)

    def _console(self) -> Console:
        from rich.console import Console

        colored = self.session.color(self.stream)
        return Console(
            file=self.stream,
            force_terminal=self.session.stdout_is_terminal,
            no_color=not colored,
            color_system="standard" if colored else None,
            legacy_windows=False,
            width=self._width(),
            highlight=False,
            markup=False,
            emoji=False,
        )

    def _width(self) -> int:
        """Return the columns of the terminal; outside of one a table is as wide as it likes."""
        from energyctl.core.streams import window

        return window(self.stream).columns if self.session.stdout_is_terminal else _WIDE


def error_text(error: EnergyctlError, session: Session) -> str:
    """Return an error as it stands on stderr: two lines, or one line of JSON with ``-o json`` and ``jsonl``."""
    redact, people = session.shown, session.pseudonyms
    if people:
        people.data(error.details)  # what it tells of persons may stand in the message too
    if session.options.output in ("json", "jsonl"):
        facts = {
            key: redact.data(value)
            if key == "details"
            else redact.text(value)
            if isinstance(value, str)
            else value
            for key, value in error.as_dict().items()
        }
        try:
            text = json_text({"error": facts})
        except BadAnswer:  # a server's own details, which JSON cannot carry
            text = json_text({"error": {**facts, "details": None}})
    else:
        lines = [f"error: {error.message}"]
        if error.hint:
            lines.append(f"  {error.hint}")
        text = "\n".join(harmless(redact.text(line)) for line in lines)
    if people:
        people.clean = text
    return text


def _if_it_fits(view: View, rows: list[Any]) -> View:
    """Keep a view's columns for queried rows only when the rows still have them."""
    if rows and any(dig_or_missing(rows[0], column.path) is not MISSING for column in view.columns[:1]):
        return view
    return View(plural=view.plural)


def _value(row: Any, column: Column) -> Any:
    return dig(row, column.path) if column.path else row


def _cells(row: Any, columns: Sequence[Column]) -> list[str]:
    return [cell(_shown(row, column), column.show, lines=column.lines) for column in columns]


def _shown(row: Any, column: Column) -> Any:
    return dig(row, column.show_path) if column.show_path else _value(row, column)


def _id(row: Any, view: View) -> str:
    if not isinstance(row, Mapping):
        return harmless(plain(row))
    found = id_of(row, view)
    if found is None:
        raise BadAnswer(
            f"A row has no id{f' at {view.id_path!r}' if view.id_path else ''}.",
            hint="Choose another format, or pick the field: --query '[].FIELD' -o tsv --no-header",
            code="no_id",
        )
    return found
