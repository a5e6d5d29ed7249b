"""Charts of a series of values over time, as text for a terminal.

The values are laid out here, on a grid of cells; plotext only draws the cells and the frame. It is imported
when a chart is drawn, because it takes longer to load than everything else a command needs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Literal

from energyctl.core.errors import UsageProblem
from energyctl.core.text import display_width, fit, harmless
from energyctl.core.zones import from_wall, in_zone, readings, rfc3339, start_of_day

Kind = Literal["bar", "line"]
Series = Sequence[tuple[datetime, float | None]]
_Point = tuple[datetime, float | None]

_SMALLEST_WIDTH, _SMALLEST_HEIGHT = 20, 6
_FEWEST_ROWS = 3
_LARGEST = 1e100  # what lies beyond is no measurement, and its sums would overflow
_FINEST = 1e-100
_HALVES = 2  # the quarter blocks of Unicode: two cells across and two up in each character
_HOURS_UP_TO = timedelta(days=2, hours=1)  # two days, one of them with a clock change
_DAY_MINUTES = 24 * 60
_MOST_DECIMALS, _MOST_DIGITS = 4, 8
_PLAIN_UP_TO, _WITHOUT_DECIMALS = 1e7, 1000
_LONGEST_UNIT = 40  # columns; a provider's own word may be anything
_TICK_MINUTES = (1, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720)
_TICK_DAYS = (1, 2, 7, 14)
_TICK_MONTHS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
#: Signs that stand for those which draw a chart: who has them has the others.
FRAME = "▐│┤┼"
_ASCII = str.maketrans(
    {"│": "|", "┤": "|", "─": "-", "└": "+", "┬": "+", "┼": "+", "\N{EN DASH}": "-", "€": "EUR"}
)


def bar_or_line(
    series: Series,
    *,
    title: str,
    unit: str,
    width: int,
    height: int,
    zone: tzinfo,
    color: bool,
    kind: Kind = "bar",
    unicode: bool = True,
) -> str:
    """Return a chart ``width`` columns wide and at most ``height`` lines high, without a line end.

    Each value belongs to the time from its own instant to the next one. The time axis is real time, labelled
    with the zone's clock: hours up to two days, dates beyond. None and NaN leave a gap, and a line below says
    how many there are; so does one when values had to share a column, which then shows their mean. The
    smallest chart is 20 by 6, and higher where long notes need it. Without ``color`` there are no terminal
    escapes, without ``unicode`` only ASCII. Raises ``UsageProblem`` when the drawing library does not work on
    this machine.
    """
    width, height = max(width, _SMALLEST_WIDTH), max(height, _SMALLEST_HEIGHT)
    points = _cleaned(series)
    values = [value for _, value in points if value is not None]
    heading = _heading(title, unit, width, unicode=unicode)
    missing = len(points) - len(values)
    notes = [f"{missing} of {len(points)} values missing"] if missing else []
    if not values:
        return "\n".join([heading, *_wrapped(["no values to draw", *notes], width)])

    cells = _HALVES if unicode else 1
    lines_below = _wrapped(notes, width)
    picture = _Picture.of(points, kind, (width, height - 1 - len(lines_below)), cells, zone)
    if picture.most > 1:
        notes.append(f"each column is the mean of up to {picture.most} values")
        lines_below = _wrapped(notes, width)
        picture = _Picture.of(points, kind, (width, height - 1 - len(lines_below)), cells, zone)
    drawn = _draw(picture, kind, color=color)
    return "\n".join([heading, drawn if unicode else drawn.translate(_ASCII), *lines_below])


def minmax_line(series: Series, *, unit: str, zone: tzinfo) -> str:
    """Return ``lowest 4.1 ct/kWh at 03:15, highest 38.2 at 19:00, mean 17.9``, in the zone's clock.

    The date stands with the time when the values span more than one local day, and alone when each value is
    one of a day or longer. The mean is that of the values, each counted once; None and NaN are left out.
    """
    points = [(instant, value) for instant, value in _cleaned(series) if value is not None]
    if not points:
        return "no values"
    low, high = min(points, key=lambda point: point[1]), max(points, key=lambda point: point[1])
    digits = _digits(max(abs(low[1]), abs(high[1])))
    whole = all(value == round(value) for _, value in points)
    lowest, highest = (
        _number(value, 0 if whole and digits is not None else digits) for value in (low[1], high[1])
    )
    named = f" {fit(_plain(unit, unicode=True), _LONGEST_UNIT)}" if unit else ""
    if lowest == highest:
        return f"{f'all {len(points)} values are' if len(points) > 1 else 'one value:'} {lowest}{named}"
    mean = _number(math.fsum(value / len(points) for _, value in points), digits)
    moment = _moment_form([instant for instant, _ in points], zone)
    return f"lowest {lowest}{named} {moment(low[0])}, highest {highest} {moment(high[0])}, mean {mean}"


@dataclass(frozen=True)
class _Scale:
    """The value axis: which row of cells a value falls in, counted from the row of ``base``."""

    base: float
    per_row: float
    lowest: int
    rows: int
    ticks: list[tuple[int, str]]

    @classmethod
    def of(cls, means: list[float | None], *, with_zero: bool, rows: int, cells: int) -> _Scale:
        values = [value for value in means if value is not None]
        low, high = min(values), max(values)
        if with_zero:
            low, high = min(low, 0.0), max(high, 0.0)
        if high - low <= max(abs(low), abs(high), _FINEST) * 1e-9:
            margin = abs(high) * 0.1 if abs(high) > _FINEST else 1.0
            low, high = (0.0 if with_zero else low - margin), high + margin
        per_row = (high - low) / (rows * cells - 1)
        base = 0.0 if low <= 0 <= high else low
        lowest = round((low - base) / per_row)
        ticks: dict[int, tuple[int, str]] = {}
        step, marks = _round_marks(low, high, max(2, min(5, rows // 4)))
        for mark in sorted(marks, key=abs):
            row = round((mark - base) / per_row)
            ticks.setdefault((row - lowest) // cells, (row, _tick_text(mark, step)))
        return cls(base, per_row, lowest, rows * cells, list(ticks.values()))

    @property
    def label_width(self) -> int:
        return max(len(text) for _, text in self.ticks)

    def row(self, value: float) -> int:
        """Return the row of cells of a value; below ``base`` it is negative."""
        return min(max(round((value - self.base) / self.per_row), self.lowest), self.lowest + self.rows - 1)


@dataclass(frozen=True)
class _Span:
    """The time axis, from the first instant to the end of the last value's time."""

    start: datetime
    length: timedelta
    usual: timedelta

    @classmethod
    def of(cls, points: list[_Point]) -> _Span:
        instants = [instant for instant, _ in points]
        gaps = sorted(later - earlier for earlier, later in pairwise(instants))
        usual = max(gaps[len(gaps) // 2], timedelta(seconds=1)) if gaps else timedelta(hours=1)
        return cls(instants[0], instants[-1] - instants[0] + usual, usual)

    def place(self, instant: datetime) -> float:
        """Return where an instant lies, from 0 at the start to 1 at the end."""
        return (instant - self.start) / self.length


@dataclass(frozen=True)
class _Picture:
    """What is to be drawn, in cells: marks at (x, row), and whether each is joined to the one before."""

    size: tuple[int, int]
    columns: int
    cells: int
    scale: _Scale
    marks: list[tuple[float, int, bool]]
    ticks_across: list[tuple[float, str]]
    ticks_up: list[tuple[float, str]]
    most: int

    @classmethod
    def of(
        cls, points: list[_Point], kind: Kind, size: tuple[int, int], cells: int, zone: tzinfo
    ) -> _Picture:
        width, height = size
        rows = max(_FEWEST_ROWS, height - 2)  # below them the time axis and its labels
        span = _Span.of(points)
        label_width = 0
        while True:  # the labels' width decides the columns, those the means, those the scale and its labels
            columns = (width - label_width - 1) * cells
            slots = _slots(points, span, columns)
            grid, most = _means(points, slots, columns)
            scale = _Scale.of(grid, with_zero=kind == "bar", rows=rows, cells=cells)
            if scale.label_width <= label_width:
                break
            label_width = scale.label_width
        marks: list[tuple[float, int, bool]] = []
        if kind == "line" and most == 1:
            end = -1
            for (first, last), (_, value) in zip(slots, points, strict=True):
                if value is not None:
                    marks.append(((first + last - 1) / 2, scale.row(value), first == end))
                    end = last
        else:
            if kind == "bar" and columns * (span.usual / span.length) >= 3 * cells:
                for first, last in slots:  # wide bars stand apart
                    grid[max(last - cells, first + 1) : last] = [None] * min(cells, last - first - 1)
            for x, mean in enumerate(grid):
                if mean is not None:
                    marks.append((x, scale.row(mean), bool(x) and grid[x - 1] is not None))
        labels = _time_labels(span, zone, columns // cells)
        across = [(span.place(instant) * columns, label) for instant, label in labels]
        up = [(float(row), text.rjust(label_width)) for row, text in scale.ticks]
        return cls((width, rows + 2), columns, cells, scale, marks, across, up, most)


def _cleaned(series: Series) -> list[_Point]:
    """Return the series in the order of time, with None for whatever is no number."""
    points: list[_Point] = []
    for instant, value in series:
        usable = value is not None and math.isfinite(value) and abs(value) <= _LARGEST
        points.append(
            (
                in_zone(instant if instant.tzinfo else instant.replace(tzinfo=UTC), UTC),
                value if usable else None,
            )
        )
    return sorted(points, key=lambda point: point[0])


def _slots(points: list[_Point], span: _Span, columns: int) -> list[tuple[int, int]]:
    """Return the cells across that belong to each value, at least one; a hole in the times stays empty."""
    starts = [span.place(instant) * columns + 1e-9 for instant, _ in points]
    longest = 1.5 * columns * (span.usual / span.length)
    slots = []
    for start, following in zip(starts, [*starts[1:], float(columns) + 1e-9], strict=True):
        first = min(int(start), columns - 1)
        slots.append((first, min(max(int(min(following, start + longest)), first + 1), columns)))
    return slots


def _means(
    points: list[_Point], slots: list[tuple[int, int]], columns: int
) -> tuple[list[float | None], int]:
    """Return the mean of the values in each column of cells, and the most values that share one."""
    shared: list[list[float]] = [[] for _ in range(columns)]
    for (first, last), (_, value) in zip(slots, points, strict=True):
        if value is not None:
            for column in range(first, last):
                shared[column].append(value)
    means = [math.fsum(values) / len(values) if values else None for values in shared]
    return means, max(len(values) for values in shared)


def _draw(picture: _Picture, kind: Kind, *, color: bool) -> str:
    """Let plotext draw; it keeps one figure for the whole process, which is cleared before and after."""
    try:
        import plotext
    except (ImportError, OSError):
        raise UsageProblem(
            "charts cannot be drawn on this machine: the library plotext does not load here",
            hint="leave the chart out, or install it again: pip install --force-reinstall plotext",
        ) from None
    figure = plotext.figure
    plotext.terminal.limit(width=False, height=False)
    figure.clear()
    try:
        figure.plot_size(*picture.size)
        figure.theme("colorless")
        figure.canvas("default")
        for axis, side in (("x", "upper"), ("y", "right")):
            figure.axes(active=False, axis=axis, side=side)
        shape = "hd" if picture.cells == _HALVES else {"bar": "#", "line": "*"}[kind]
        for hue, marks in _by_colour(picture.marks, kind):
            signal = figure.signal(
                [x for x, _, _ in marks],
                [row for _, row, _ in marks],
                marker=plotext.marker(shape, pixel=hue),
            )
            for index, (_, _, joined) in enumerate(marks):
                signal.line(index, kind == "line" and joined)
            signal.fillx(kind == "bar")
            figure.draw(signal)
        scale = picture.scale
        for axis, side, lowest, count, ticks in (
            ("x", "lower", 0, picture.columns, picture.ticks_across),
            ("y", "left", scale.lowest, scale.rows, picture.ticks_up),
        ):
            ruler = figure.ruler(axis, side)
            ruler.alignment(lim="edge")
            ruler.lim(lowest - 0.5, lowest + count - 0.5)
            ruler.ticks([place for place, _ in ticks], [text for _, text in ticks])
        text: str = figure.build().string(colorless=not color)
    finally:
        figure.clear()
        plotext.terminal.limit()
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))


def _by_colour(
    marks: list[tuple[float, int, bool]], kind: Kind
) -> Iterator[tuple[str, list[tuple[float, int, bool]]]]:
    """Yield the marks by colour; bars below zero have their own."""
    if kind == "line":
        yield "cyan", marks
        return
    for hue, below in (("cyan", False), ("green", True)):
        if chosen := [mark for mark in marks if (mark[1] < 0) is below]:
            yield hue, chosen


def _round_marks(low: float, high: float, wanted: int) -> tuple[float, list[float]]:
    """Return the largest round step with the wanted number of marks between two values, and the marks."""
    exponent = math.floor(math.log10(high - low))
    for power in (exponent, exponent - 1, exponent - 2):
        for factor in (5, 2, 1):
            step = factor * 10.0**power
            first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
            if last - first + 1 >= wanted:
                return step, [index * step for index in range(first, last + 1)]
    return high - low, [low, high]


def _tick_text(mark: float, step: float) -> str:
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    plain = decimals <= _MOST_DECIMALS and abs(mark) < _PLAIN_UP_TO
    return f"{mark:.{decimals}f}" if plain else f"{mark:.4g}"


def _digits(largest: float) -> int | None:
    """Return the decimals that show three digits of the largest number; None where it needs powers of ten."""
    if largest == 0:
        return 0
    size = math.floor(math.log10(largest))
    if not -_MOST_DECIMALS <= size <= _MOST_DIGITS:
        return None
    return max(1 if largest < _WITHOUT_DECIMALS else 0, 2 - size)


def _number(value: float, digits: int | None) -> str:
    return f"{value:.3g}" if digits is None else f"{value:.{digits}f}"


def _moment_form(instants: list[datetime], zone: tzinfo) -> Callable[[datetime], str]:
    """Return how to write one of the instants for people: the time, the day, or both."""
    local = [in_zone(instant, zone) for instant in instants]
    one_day = local[0].date() == local[-1].date()
    days = len(local) > 1 and all(start_of_day(there.date(), zone) == there for there in local)

    def moment(instant: datetime) -> str:
        there = in_zone(instant, zone)
        if days:
            return f"on {there:%Y-%m-%d}"
        text = f"at {there:%H:%M}" if one_day else f"at {there:%Y-%m-%d %H:%M}"
        twice = len(readings(there.replace(tzinfo=None), zone)) > 1
        return f"{text} {rfc3339(there)[-6:]}" if twice else text

    return moment


def _time_labels(span: _Span, zone: tzinfo, room: int) -> list[tuple[datetime, str]]:
    """Return the finest set of round local times whose labels fit in ``room`` columns side by side."""
    start = in_zone(span.start, zone)
    with suppress(OverflowError, ValueError):
        end = in_zone(span.start + span.length, zone)
        short = span.length <= _HOURS_UP_TO
        for length, form, times in _label_choices(start.date(), end.date(), zone, short=short):
            wide = len(f"{start:{form}}") + 2
            if span.length / length * wide > room + wide:
                continue
            found = [(instant, f"{instant:{form}}") for instant in times if start <= instant < end]
            if found and len(found) * wide <= room + 2:
                return found
    form = "%H:%M" if span.length <= _HOURS_UP_TO else "%Y-%m-%d"
    return [(start, f"{start:{form}}"[-room:])]


def _label_choices(
    first: date, last: date, zone: tzinfo, *, short: bool
) -> Iterator[tuple[timedelta, str, Iterator[datetime]]]:
    """Yield, from fine to coarse: a distance, a label form, and the round local times at that distance."""
    for minutes in _TICK_MINUTES if short else ():
        yield timedelta(minutes=minutes), "%H:%M", _times_of_day(first, last, minutes, zone)
    for days in _TICK_DAYS:
        monday = first + timedelta(days=-first.weekday() % 7)
        begin = monday if days % 7 == 0 else first
        dates = (begin + timedelta(days=ahead) for ahead in range(0, (last - begin).days + 1, days))
        yield timedelta(days=days), "%m-%d", (start_of_day(day, zone) for day in dates)
    for months in _TICK_MONTHS:
        count = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        firsts = (date(index // 12, index % 12 + 1, 1) for index in count if index % months == 0)
        form = "%Y" if months % 12 == 0 else "%Y-%m"
        yield timedelta(days=28 * months), form, (start_of_day(day, zone) for day in firsts)


def _times_of_day(first: date, last: date, minutes: int, zone: tzinfo) -> Iterator[datetime]:
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        for minute in range(0, _DAY_MINUTES, minutes):
            wall = datetime.combine(day, time(*divmod(minute, 60)))
            there = from_wall(wall, zone)
            if there.replace(tzinfo=None) == wall:
                yield there


def _heading(title: str, unit: str, width: int, *, unicode: bool) -> str:
    """Return the title with the unit, cut in the title where the width is short."""
    name, end = (_plain(text, unicode=unicode) for text in (title, f" ({unit})" if unit else ""))
    room = width - display_width(end)
    shown = f"{fit(name, room)}{end}" if room > 0 else fit(f"{name}{end}", width)
    return shown if unicode else shown.replace("…", "~")


def _plain(text: str, *, unicode: bool) -> str:
    """Return a text without control characters and hidden ones, and only of ASCII when asked for."""
    shown = "".join(char if char.isprintable() and harmless(char) == char else " " for char in text)
    return shown if unicode else shown.translate(_ASCII).encode("ascii", "replace").decode("ascii")


def _wrapped(notes: list[str], width: int) -> list[str]:
    from textwrap import wrap

    return [line for note in notes for line in wrap(note, width)]
