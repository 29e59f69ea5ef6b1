"""The report: docs/performance.md from rows, and nothing but rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.tools.bench import figures
from tests.tools.bench.cases import OURS, PANDOC, PANDOC_EPUB, PRINCE, TWO
from tests.tools.bench.figures import Figures, Row
from tests.tools.bench.targets import TARGETS, growth

_INTRODUCTION = """\
# Performance

`make bench` measures, and writes this; every figure is a row of [bench.tsv](bench.tsv).

Measured on: {machine}.

A figure is the median of its runs, with the least and the most in brackets. In each run the programs take turns; each
has a home, caches and an output folder of its own, all of them empty. CPU is user and system time of all processes,
wall the time by the clock, memory the resident peak of the largest process, as `wait4` tells it (pages that forked
workers share with their parent count in each).

Prince's figures include docutils, which makes its HTML; Prince gets our page (A5, the same fonts, sizes and margins,
running heads, folios, contents with page numbers, chapters that open on a recto) and makes PDF/UA-1. pandoc's Typst
gets the fonts, the size and the margins. The naive script is some thirty lines on the engines that we use, with a page
and a font of its own.
"""
_GROWTH = """\
The fit is CPU = c · pages^k, by least squares on logarithms. Over all books k is {ours:.2f} for us and {prince:.2f}
for Prince; from 100 pages up, where starting costs little, {ours_long:.2f} and {prince_long:.2f}.

![CPU seconds against pages](performance.svg)
"""


def report(rows: Sequence[Row]) -> str:
    """The text. A case that was never measured has no section."""
    known = figures.by_key(rows)
    machines = [f"{row.program}, {row.median:.0f} cores" for row in rows if row.case == "machine"]
    sections = (
        _INTRODUCTION.format(machine="; ".join(machines)),
        _section("Targets", _targets(known)),
        _section("The post, both editions", _costs(rows, "post/both", "cpu_s", PANDOC)),
        _section("The post, print alone", _costs(rows, "post/print", "cpu_s", PANDOC)),
        _section("The post, nothing changed", _costs(rows, "post/unchanged", "wall_s", OURS)),
        _section("The novel", _costs(rows, "novel", "wall_s", PRINCE)),
        _section("The book of PEPs", _costs(rows, "book", "wall_s", PRINCE), _left_out(rows)),
        _section("The book of PEPs, built again", _again(rows, known)),
        *(
            _section(f"The ebook alone: {what}", _costs(rows, f"ebook/{case}", "cpu_s", PANDOC_EPUB))
            for case, what in (("post", "the post"), ("novel", "the novel"), ("book", "the book of PEPs"))
        ),
        _section("Cost against pages", _pages(rows), _growth(known)),
        _section("What the post is made of", _pieces(rows)),
        _section("What the novel is made of: stages", _shares(rows, "profile/stages")),
        _section("What the novel is made of: packages, under the profiler", _shares(rows, "profile/packages")),
    )
    return "\n".join(filter(None, sections))


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table, its first column of words and the others of numbers; empty if it has no lines."""
    cells = [*lines]
    if not cells:
        return ""
    rule = ("---", *("--:" for _ in head[1:]))
    return "".join(f"| {' | '.join(line)} |\n" for line in (head, rule, *cells))


def number(value: float) -> str:
    """Three significant digits, and all those of a whole number."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def spread(row: Row) -> str:
    """A median, with the least and the most of its runs."""
    middle = number(row.median)
    return middle if row.runs == 1 else f"{middle} ({number(row.min)}–{number(row.max)})"


def _section(title: str, *parts: str) -> str:
    text = "\n".join(filter(None, parts))
    return f"## {title}\n\n{text}" if text else ""


def _targets(known: Figures) -> str:
    lines = []
    for target in TARGETS:
        try:
            figure = target.figure(known)
        except KeyError:
            continue
        bound = f"{'at least' if target.at_least else 'at most'} {number(target.bound)}{target.unit}"
        lines.append((target.what, f"{figure:.2f}{target.unit}", bound, "met" if target.met(figure) else "**not met**"))
    return table(("what", "figure", "target", ""), lines)


def _costs(rows: Iterable[Row], case: str, ratio: str, base: str) -> str:
    """The programs of one case; the last column is one measure as a ratio to that of the program `base`."""
    programs: dict[str, dict[str, Row]] = {}
    for row in rows:
        if row.case == case:
            programs.setdefault(row.program, {})[row.measure] = row
    runs = {row.runs for row in rows if row.case == case}
    lines = [
        (
            name,
            *(spread(of[measure]) for measure in ("wall_s", "cpu_s")),
            number(of["peak_mb"].median),
            number(of["pages"].median) if "pages" in of else "",
            f"{of[ratio].median / programs[base][ratio].median:.2f}",
        )
        for name, of in programs.items()
    ]
    word = "wall" if ratio == "wall_s" else "CPU"
    head = (f"{_times(runs)}", "wall, s", "CPU, s", "memory, MB", "pages", f"{word} / {base}")
    return table(head, lines)


def _times(runs: Iterable[int]) -> str:
    return "; ".join(f"{count} run{'s' if count > 1 else ''}" for count in sorted(runs))


def _left_out(rows: Iterable[Row]) -> str:
    chapters: dict[str, list[str]] = {}
    for row in rows:
        if row.case == "book/left-out":
            chapters.setdefault(row.program, []).append(f"{row.measure} × {row.median:.0f}")
    if not chapters:
        return ""
    told = "; ".join(f"{name} ({', '.join(codes)})" for name, codes in chapters.items())
    return f"For all programs the book lacks the chapters that we refuse to read, by the codes of our errors: {told}.\n"


def _again(rows: Sequence[Row], known: Figures) -> str:
    what = {
        "book": "from nothing",
        "book/unchanged": "nothing changed",
        "book/letter": "a letter changed, in the middle",
        "book/pages-moved": "pages added to the first chapter",
    }
    whole = known.get(("book", PRINCE, "wall_s"))
    lines = []
    for case, words in what.items():
        of = {row.measure: row for row in rows if row.case == case and row.program == TWO}
        if of and whole:
            changed = number(of["pages_changed"].median) if "pages_changed" in of else ""
            ratio = f"{of['wall_s'].median / whole.median:.3f}"
            lines.append((words, spread(of["wall_s"]), spread(of["cpu_s"]), changed, ratio))
    return table((TWO, "wall, s", "CPU, s", "pages that differ", "wall / all of Prince"), lines)


def _pages(rows: Iterable[Row]) -> str:
    cases: dict[str, dict[tuple[str, str], Row]] = {}
    for row in rows:
        if row.case.startswith("pages/"):
            cases.setdefault(row.case, {})[row.program, row.measure] = row
    lines = [
        tuple(
            number(of[name, measure].median)
            for name in (TWO, PRINCE)
            for measure in ("pages", "cpu_s", "wall_s", "peak_mb")
        )
        for _, of in sorted(cases.items())
    ]
    head = tuple(
        f"{name}: {word}" for name in ("ours", "Prince") for word in ("pages", "CPU, s", "wall, s", "memory, MB")
    )
    return table(head, lines)


def _growth(known: Figures) -> str:
    try:
        ours, prince = growth(known, TWO), growth(known, PRINCE)
        return _GROWTH.format(
            ours=ours, prince=prince, ours_long=growth(known, TWO, 90), prince_long=growth(known, PRINCE, 90)
        )
    except KeyError:
        return ""


def _pieces(rows: Iterable[Row]) -> str:
    return table(("piece", "CPU, ms"), [(row.program, spread(row)) for row in rows if row.case == "floor"])


def _shares(rows: Iterable[Row], case: str) -> str:
    return table(("", "%"), [(row.program, f"{row.median:.1f}") for row in rows if row.case == case])
