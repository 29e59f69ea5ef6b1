"""Figures: rows of a table, and the arithmetic on them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One measure of one program in one case, over all runs.

    `case` is NAME or NAME/PART; what is run anew replaces all rows of its NAME. The measure's ending is its unit.
    """

    case: str
    program: str
    measure: str
    median: float
    min: float
    max: float
    runs: int

    @property
    def key(self) -> tuple[str, str, str]:
        return self.case, self.program, self.measure


Figures = Mapping[tuple[str, str, str], Row]
HEAD = tuple(field.name for field in fields(Row))


def row(case: str, program: str, measure: str, values: Sequence[float]) -> Row:
    """The row of the values of all runs, of which there is one at least."""
    return Row(case, program, measure, statistics.median(values), min(values), max(values), len(values))


def exponent(points: Iterable[tuple[float, float]]) -> float:
    """The k of y = c·x^k, by least squares on logarithms. Needs two different x at least, and nothing below zero."""
    x, y = zip(*((math.log(x), math.log(y)) for x, y in points), strict=True)
    return statistics.linear_regression(x, y).slope


def points(rows: Figures, program: str, measure: str) -> list[tuple[float, float]]:
    """The (pages, measure) of a program's books of more and more pages, by pages."""
    sizes = (key for key in rows if key[0].startswith("pages/") and key[1:] == (program, measure))
    return sorted((rows[case, program, "pages"].median, rows[case, program, measure].median) for case, *_ in sizes)


def by_key(rows: Iterable[Row]) -> Figures:
    return {row.key: row for row in rows}


def merged(old: Iterable[Row], new: Sequence[Row]) -> tuple[Row, ...]:
    """The new rows, and the old ones of cases that were not run; in order of case, programs as they were measured."""
    names = {_name(row) for row in new}
    kept = [row for row in old if _name(row) not in names]
    return tuple(sorted((*kept, *new), key=_name))


def _name(row: Row) -> str:
    return row.case.partition("/")[0]


def load(table: Path) -> tuple[Row, ...]:
    """The rows of a table; none if there is no table of this kind yet."""
    lines = table.read_text(encoding="utf-8").splitlines() if table.is_file() else []
    if not lines or tuple(lines[0].split("\t")) != HEAD:
        return ()
    return tuple(map(_row, lines[1:]))


def _row(line: str) -> Row:
    case, program, measure, median, least, most, runs = line.split("\t")
    return Row(case, program, measure, float(median), float(least), float(most), int(runs))


def save(rows: Iterable[Row], table: Path) -> None:
    """Write the table: tabs between cells, four significant digits and all of a whole number's."""
    lines = [HEAD, *(tuple(map(_cell, astuple(row))) for row in rows)]
    table.write_text("".join("\t".join(line) + "\n" for line in lines), encoding="utf-8")


def _cell(value: str | float) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"
