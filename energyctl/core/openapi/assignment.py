"""Giving each of some rows one column of their own so that the sum of what the pairs are worth is greatest."""

from __future__ import annotations

from collections.abc import Sequence

_FAR = float("inf")


def assign(worth: Sequence[Sequence[float]]) -> list[int | None]:
    """Return for each row its column; None where none is worth anything (the Hungarian method).

    :param worth: for each row what each column is worth to it, 0 for nothing.
    """
    if not worth:
        return []
    rows, columns = len(worth), len(worth[0])
    # A column of each row's own, worth nothing, lets a row go without one.
    taken = _Search([[-one for one in row] + [0.0] * rows for row in worth]).taken
    found: list[int | None] = [None] * rows
    for column in range(1, columns + 1):
        row = taken[column] - 1
        if row >= 0 and worth[row][column - 1] > 0:
            found[row] = column - 1
    return found


class _Search:
    """The search for the cheapest assignment; rows and columns count from 1, column 0 is the one sought for."""

    def __init__(self, cost: Sequence[Sequence[float]]) -> None:
        self.cost = cost
        self.width = len(cost[0])
        self.of_row = [0.0] * (len(cost) + 1)
        self.of_column = [0.0] * (self.width + 1)
        #: The row that has each column, 0 for none.
        self.taken = [0] * (self.width + 1)
        for row in range(1, len(cost) + 1):
            self._place(row)

    def _place(self, row: int) -> None:
        """Find a column for one more row, moving others on where that is cheaper."""
        self.taken[0] = row
        least = [_FAR] * (self.width + 1)
        way = [0] * (self.width + 1)
        open_ones = set(range(1, self.width + 1))
        used, column = [0], 0
        while self.taken[column]:
            self._relax(column, open_ones, least, way)
            column = min(open_ones, key=lambda one: least[one])
            delta = least[column]
            for one in used:
                self.of_row[self.taken[one]] += delta
                self.of_column[one] -= delta
            for one in open_ones:
                least[one] -= delta
            open_ones.remove(column)
            used.append(column)
        while column:
            self.taken[column] = self.taken[way[column]]
            column = way[column]

    def _relax(self, column: int, open_ones: set[int], least: list[float], way: list[int]) -> None:
        row = self.taken[column]
        for one in open_ones:
            reduced = self.cost[row - 1][one - 1] - self.of_row[row] - self.of_column[one]
            if reduced < least[one]:
                least[one], way[one] = reduced, column
