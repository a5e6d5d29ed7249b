"""Tables for people: how wide each column is, where a cell is folded, and when a record is easier to read than a row.

What stands in the cells, and where it is printed, is ``output``'s affair.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from energyctl.core.text import display_width, harmless

if TYPE_CHECKING:
    from rich.console import Console

_GAP, _SMALLEST_GAP = 2, 1
#: What is copied from a table, ids and commands, stays whole up to this width.
_WIDEST_COPIED = 72
#: No column is folded to less, and no part of a word up to the longest is broken in two.
_NARROWEST_COLUMN, _LONGEST_PART = 6, 12
#: Beside a title; where there is less room the value stands below it.
_NARROWEST_VALUE = 16
#: A row that is folded into more lines, and into more than this part of what its record takes, becomes a record.
_TALLEST_ROW, _TALLEST_PART = 3, 0.6
_LOOKED_AT = 200
_PRINTED_AT_ONCE = 500
_BOLD, _NORMAL = "\x1b[1m", "\x1b[0m"
_NAMES_AN_ID = re.compile(r"(?:^id|_id|Id|[a-z]ID|[nN]umber|[kK]ey|^command|^undo)$")
#: Where a word is folded rather than anywhere: after a mark that is not within a number or a date, around the time.
_SOFT = re.compile(r"(?<=[/@;_=&?|])|(?<=\D[-:.,])|(?<=[-:.,])(?=\D)|(?=T\d\d:)|(?=[+-]\d\d:\d\d$)")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MARK_LOOKS_AHEAD = len("+01:00")


class Head(NamedTuple):
    """What a table knows of a column before it has seen its cells."""

    title: str
    right: bool = False
    is_id: bool = False
    gives_way: bool = False


def names_id(path: str, id_path: str | None) -> bool:
    """Tell whether the values at a path are of the kind that people copy: ids, numbers of things, commands."""
    return path == id_path or _NAMES_AN_ID.search(path) is not None


class Shape(NamedTuple):
    """How wide each column of a table is, and how far they are apart."""

    widths: Sequence[int]
    gap: int


def narrowed(heads: list[Head], rows: list[list[str]], room: int) -> tuple[list[Head], list[list[str]]]:
    """Return a table without columns that have no value, where a window is too narrow for all.

    Where it is too narrow for those with a value too, those that give way are left out as well.
    """
    if _is_fitting(_natural(heads, rows), room):
        return heads, rows
    filled = [index for index in range(len(heads)) if any(row[index] for row in rows)] or [0]
    least = [index for index in filled if not heads[index].gives_way] or filled
    for kept in (filled, least):
        heads_kept, rows_kept = (
            [heads[index] for index in kept],
            [[row[index] for index in kept] for row in rows],
        )
        if shape(heads_kept, rows_kept, room) is not None:
            break
    return heads_kept, rows_kept


def _natural(heads: Sequence[Head], rows: Sequence[Sequence[str]]) -> list[int]:
    cells = zip(*rows, strict=True)
    return [
        max(map(_widest, {harmless(head.title), *found})) for head, found in zip(heads, cells, strict=True)
    ]


def _is_fitting(widths: Sequence[int], room: int) -> bool:
    return sum(widths) + _GAP * (len(widths) - 1) <= room


def shape(heads: Sequence[Head], rows: Sequence[Sequence[str]], room: int) -> Shape | None:
    """Return how a table fits a window; None when a record for each row is easier to read.

    Columns fold at blanks first. Where that is not enough they fold within words, but those with ids and numbers.
    """
    titles = [harmless(head.title) for head in heads]
    cells = [{row[index] for row in rows} for index in range(len(heads))]
    natural = _natural(heads, rows)
    if _is_fitting(natural, room):
        return Shape(natural, _GAP)
    if len(heads) == 1:
        return Shape([room], _GAP)
    words = [
        max(_longest_word(title), *(map(_widest if head.is_id else _longest_word, found)))
        for head, title, found in zip(heads, titles, cells, strict=True)
    ]
    left = room - _GAP * (len(heads) - 1)
    if sum(words) <= left:
        return Shape(_filled(words, natural, left), _GAP)
    least = [
        max(
            _least(title, _HUMPS.sub(" ", title)),
            *(_least(one, one, whole=head.right or head.is_id) for one in found),
        )
        for head, title, found in zip(heads, titles, cells, strict=True)
    ]
    for gap in (_GAP, _SMALLEST_GAP):
        left = room - gap * (len(heads) - 1)
        if sum(least) <= left:
            chosen = _filled(least, natural, left)
            return Shape(chosen, gap) if _is_low(rows, chosen) else None
    return None


def _is_low(rows: Sequence[Sequence[str]], chosen: Sequence[int]) -> bool:
    """Tell whether folded rows take so few lines that they are easier to read than records."""
    looked_at = rows[:_LOOKED_AT]
    heights = sum(
        max(folded(one, width).count("\n") for one, width in zip(row, chosen, strict=True)) + 1
        for row in looked_at
    )
    return heights <= len(looked_at) * max(_TALLEST_ROW, (len(chosen) + 1) * _TALLEST_PART)


def _widest(text: str) -> int:
    return max(map(display_width, text.split("\n"))) if "\n" in text else display_width(text)


def _longest_word(text: str) -> int:
    return max(map(display_width, text.split()), default=0)


def _least(text: str, parted: str, *, whole: bool = False) -> int:
    """Return the width below which a text must not be folded."""
    widest = _widest(text)
    if whole:
        return min(widest, _WIDEST_COPIED)
    part = min(_longest_word(_SOFT.sub(" ", parted)), _LONGEST_PART)
    return min(widest, max(part, _NARROWEST_COLUMN))


def _filled(least: list[int], natural: list[int], room: int) -> list[int]:
    """Spread the room: for rows that are as low as can be, then to whoever needs little to be whole, then evenly."""
    chosen = least
    for height in range(1, max(natural) + 1):
        wished = [max(one, -(-whole // height)) for one, whole in zip(least, natural, strict=True)]
        if sum(wished) <= room:
            chosen = wished
            break
    left = room - sum(chosen)
    needy = sorted(range(len(least)), key=lambda index: natural[index] - chosen[index])
    while needy and (need := natural[needy[0]] - chosen[needy[0]]) <= left:
        chosen[needy.pop(0)] += need
        left -= need
    for place, index in enumerate(needy):
        chosen[index] += left // len(needy) + (place < left % len(needy))
    return chosen


def folded(text: str, width: int, *, humps: bool = False) -> str:
    """Return a text in lines of a width: broken at blanks, or after marks within a word, or anywhere.

    :param humps: whether a word such as ``startDate`` is broken at its capitals too.
    """
    width = max(width, 1)
    if "\n" not in text and display_width(text) <= width:
        return text
    return "\n".join(part for line in text.split("\n") for part in _folded_line(line, width, humps=humps))


def _folded_line(line: str, width: int, *, humps: bool) -> list[str]:
    parts, start = [], 0
    while (fits := _fitting(line, start, width)) < len(line):
        blank = line.rfind(" ", start, fits + 1)
        if blank > start:
            parts.append(line[start:blank].rstrip())
            start = blank
            while line[start : start + 1].isspace():
                start += 1
            continue
        end = _last_mark(line, start, fits, humps=humps)
        is_short = (end - start) * 2 < fits - start
        if end == start or (is_short and _fitting(line, end, width) < len(line)):  # it would make more lines
            end = fits
        parts.append(line[start:end])
        start = end
    return [*parts, line[start:]]


def _fitting(line: str, start: int, width: int) -> int:
    """Return where what fits from there on ends, one character behind at least."""
    if line.isascii():
        return start + width
    used = 0
    for index in range(start, len(line)):
        used += display_width(line[index])
        if used > width:
            return max(index, start + 1)
    return len(line)


def _last_mark(line: str, start: int, end: int, *, humps: bool) -> int:
    """Return where the last mark up to an end is, or the start; what lies far behind the end is not looked at."""
    behind = end + _MARK_LOOKS_AHEAD + 1
    marks = (
        match.end()
        for one in ((_SOFT, _HUMPS) if humps else (_SOFT,))
        for match in one.finditer(line, start, behind)
    )
    return max((mark for mark in marks if mark <= end), default=start)


def row_lines(
    heads: Sequence[Head], rows: Sequence[Sequence[str]], shape: Shape, console: Console, *, header: bool
) -> Iterator[str]:
    """Yield the lines of a table of that shape, some rows at a time, so that a long one begins at once."""
    from rich.align import Align
    from rich.table import Table
    from rich.text import Text

    for start in range(0, max(len(rows), 1), _PRINTED_AT_ONCE):
        table = Table(
            box=None, pad_edge=False, padding=(0, shape.gap, 0, 0), show_header=header and not start
        )
        for head, width in zip(heads, shape.widths, strict=True):
            title = Text(folded(harmless(head.title), width, humps=True), "bold")
            side: Literal["left", "right"] = "right" if head.right else "left"
            table.add_column(
                Align(title, side, vertical="bottom"), justify=side, width=width, overflow="fold"
            )
        for row in rows[start : start + _PRINTED_AT_ONCE]:
            cells = (folded(one, width) for one, width in zip(row, shape.widths, strict=True))
            table.add_row(*map(Text, cells))
        with console.capture() as capture:
            console.print(table)
        yield from (f"{line.rstrip()}\n" for line in capture.get().rstrip("\n").split("\n"))


def _strong(text: str) -> str:
    """Return a text in bold, with the blanks around it as they are."""
    bare = text.strip()
    return text.replace(bare, f"{_BOLD}{bare}{_NORMAL}", 1) if bare else text


def record_lines(pairs: Sequence[tuple[str, str]], room: int, *, bold: bool) -> Iterator[str]:
    """Yield titles and values side by side; a word that would be broken there stands below its title."""
    titles = [harmless(title) for title, _ in pairs]
    widest = max(map(display_width, titles), default=0)
    beside = room - widest - _GAP
    for title, (_, value) in zip(titles, pairs, strict=True):
        shown = _strong(title) if bold else title
        if beside < _NARROWEST_VALUE or beside < _longest_word(value) <= room - _GAP:
            for line in folded(title, room).split("\n"):
                yield f"{_strong(line) if bold else line}\n"
            for line in folded(value, max(room - _GAP, 1)).split("\n") if value else ():
                yield f"{'':{min(_GAP, max(room - 1, 0))}}{line}".rstrip() + "\n"
            continue
        first, *others = folded(value, beside).split("\n")
        space = " " * (widest - display_width(title) + _GAP)
        yield f"{shown}{space}{first}".rstrip() + "\n"
        yield from (f"{'':{widest + _GAP}}{line}\n" for line in others)
