"""What we want to reach, and whether we have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.tools.bench import figures
from tests.tools.bench.cases import NAIVE, ONE, OURS, PANDOC, PANDOC_EPUB, PRINCE, TWO
from tests.tools.bench.figures import Figures


@dataclass(frozen=True)
class Target:
    """A figure and its bound, in the same unit; `figure` raises KeyError where rows are missing."""

    what: str
    figure: Callable[[Figures], float]
    bound: float
    unit: str = ""
    at_least: bool = False

    def met(self, figure: float) -> bool:
        return figure >= self.bound if self.at_least else figure <= self.bound


def _ratio(case: str, program: str, other_case: str, other: str, measure: str = "wall_s") -> Callable[[Figures], float]:
    return lambda rows: rows[case, program, measure].median / rows[other_case, other, measure].median


def growth(rows: Figures, program: str, least_pages: float = 0) -> float:
    """The exponent of a program's CPU seconds over its pages, from books of so many pages up. Raises KeyError."""
    points = figures.points(rows, program, "cpu_s")
    chosen = [point for point in points if point[0] >= least_pages]
    if len(chosen) < 2:
        raise KeyError(program)
    return figures.exponent(chosen)


TARGETS = (
    Target(
        "the post, both editions: our CPU / that of pandoc and Typst",
        _ratio("post/both", OURS, "post/both", PANDOC, "cpu_s"),
        2,
    ),
    Target("the post, nothing changed: wall", lambda rows: rows["post/unchanged", OURS, "wall_s"].median, 0.15, " s"),
    Target("the novel: our wall, 2 workers / Prince's", _ratio("novel", TWO, "novel", PRINCE), 2),
    Target("the book: our wall, 2 workers / Prince's", _ratio("book", TWO, "book", PRINCE), 1.2),
    Target("the book: our wall, 1 worker / 2 workers", _ratio("book", ONE, "book", TWO), 1.7, at_least=True),
    Target("the book, a letter changed: our wall / Prince's for all", _ratio("book/letter", TWO, "book", PRINCE), 0.1),
    Target("the book: our largest process", lambda rows: rows["book", TWO, "peak_mb"].median, 250, " MB"),
    *(
        Target(
            f"the ebook of {what} alone: our CPU / {whose}", _ratio(f"ebook/{c}", OURS, f"ebook/{c}", other, "cpu_s"), 1
        )
        for c, what in (("post", "the post"), ("novel", "the novel"), ("book", "the book"))
        for other, whose in ((PANDOC_EPUB, "pandoc's"), (NAIVE, "the naive script's"))
        if (c, other) != ("post", NAIVE)
    ),
    Target("CPU against pages: our exponent from 100 pages", lambda rows: growth(rows, TWO, 90), 1.05),
)
