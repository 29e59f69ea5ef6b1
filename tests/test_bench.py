"""The benchmark's arithmetic, and what it makes of a book; nothing here is timed."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from pipeline import write
from tests.tools.bench import figures, inputs, pieces, report, stages
from tests.tools.bench.cases import ONE, OURS, PRINCE, TWO
from tests.tools.bench.figures import Row, row
from tests.tools.bench.plot import plot

INDEX = """\
Title
=====

.. toctree::
   :caption: One
   :numbered:

   chapters/a
   chapters/b

.. toctree::
   :caption: Two

   chapters/c
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "chapters").mkdir()
    (tmp_path / "index.rst").write_text(INDEX, encoding="utf-8")
    for name in "abc":
        text = f".. _chapter-{name}:\n\n{'#' * 9}\nChapter {name}\n{'#' * 9}\n" + 40 * "words\n"
        (tmp_path / "chapters" / f"{name}.rst").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_row_has_the_median_and_its_ends() -> None:
    assert row("post", OURS, "wall_s", [3.0, 1.0, 9.0]) == Row("post", OURS, "wall_s", 3.0, 1.0, 9.0, 3)
    assert row("post", OURS, "wall_s", [1.0, 2.0]).median == 1.5


@pytest.mark.parametrize("k", [0.5, 1.0, 2.0])
def test_the_exponent_of_a_power_law_is_found(k: float) -> None:
    assert figures.exponent([(x, 7 * x**k) for x in (10, 30, 1000)]) == pytest.approx(k)


def test_a_part_run_anew_leaves_the_other_figures(tmp_path: Path) -> None:
    table = tmp_path / "bench.tsv"
    old = (
        row("book", TWO, "wall_s", [40.0]),
        row("book/letter", TWO, "wall_s", [9.0]),
        row("post", OURS, "wall_s", [1.25]),
    )
    figures.save(old, table)
    new = [row("book", TWO, "wall_s", [30.0, 31.0, 32.0])]
    assert figures.merged(figures.load(table), new) == (*new, old[2])


def test_a_table_of_an_older_form_counts_as_none(tmp_path: Path) -> None:
    table = tmp_path / "bench.tsv"
    table.write_text("program\tcpu_s\nnaive\t0.72\n", encoding="utf-8")
    assert figures.load(table) == ()


def test_the_table_of_figures_comes_back_as_it_was_written(tmp_path: Path) -> None:
    rows = (row("book", TWO, "pages", [1221.0]), row("post", OURS, "cpu_s", [0.1234, 0.2, 0.3]))
    figures.save(rows, tmp_path / "bench.tsv")
    assert figures.load(tmp_path / "bench.tsv") == rows


def test_the_report_gives_medians_spreads_ratios_and_verdicts() -> None:
    rows = [
        row(case, program, measure, values)
        for case, program, values in (
            ("book", TWO, [20.0, 22.0, 26.0]),
            ("book", ONE, [33.0]),
            ("book", PRINCE, [44.0]),
        )
        for measure in ("wall_s", "cpu_s", "peak_mb", "pages")
    ]
    text = report.report([*rows, row("book/left-out", "pep-0480", "IMG002", [2])])
    assert f"| {TWO} | 22 (20–26) | 22 (20–26) | 22 | 22 | 0.50 |" in text
    assert "| the book: our wall, 2 workers / Prince's | 0.50 | at most 1.2 | met |" in text
    assert "| the book: our wall, 1 worker / 2 workers | 1.50 | at least 1.7 | **not met** |" in text
    assert "pep-0480 (IMG002 × 2)" in text
    assert "The novel" not in text


def test_the_growth_is_that_of_the_books_of_more_and_more_pages() -> None:
    rows = [
        row(f"pages/{pages:04}", program, measure, [value])
        for program, k in ((TWO, 1.0), (PRINCE, 1.5))
        for pages in (10, 100, 1000)
        for measure, value in (("pages", pages), ("cpu_s", pages**k / 50), ("wall_s", 1), ("peak_mb", 1))
    ]
    assert "k is 1.00 for us and 1.50\nfor Prince" in report.report(rows)


def test_numbers_have_three_digits_or_all_of_a_whole_number() -> None:
    assert [report.number(value) for value in (0.12345, 1.2345, 22.0, 123.45, 1234.5)] == [
        *("0.123", "1.23", "22", "123", "1,234")
    ]


def test_the_plot_is_svg_and_always_the_same() -> None:
    lines = {"postpress": [(10.0, 0.9), (1000.0, 70.0)], "Prince": [(12.0, 0.5), (1100.0, 20.0)]}
    drawn = plot(lines, "pages", "CPU, seconds")
    assert drawn == plot(lines, "pages", "CPU, seconds")
    root = ET.fromstring(drawn)
    assert len([e for e in root.iter() if e.tag.endswith("circle")]) == 4
    assert {e.text for e in root.iter() if e.tag.endswith("text")} >= {"postpress", "Prince", "10", "1,000"}


def test_a_book_is_read_and_told_in_both_ways(folder: Path) -> None:
    book = inputs.book(folder)
    assert book.parts == (("One", ("chapters/a", "chapters/b")), ("Two", ("chapters/c",)))
    assert "   :caption: Two\n" in book.index()
    assert "***\nTwo\n***\n\n.. include:: chapters/c.rst\n" in book.one_file()


def test_chapters_taken_out_are_out_of_both_and_an_empty_part_too(folder: Path) -> None:
    said = "chapters/c.rst:9: error IMG002: no such picture\nchapters/a.rst:1: warning RST123: a field\n"
    faults = inputs.faults(said)
    assert faults == {("chapters/c", "IMG002"): 1}
    book = inputs.book(folder).without(name for name, _ in faults)
    assert book.names == ("chapters/a", "chapters/b")
    assert "Two" not in book.index() + book.one_file()


def test_a_longer_book_has_chapters_again_under_other_names(folder: Path) -> None:
    book = inputs.book(folder).of_pages(7)
    assert book.names == ("chapters/a", "chapters/b", "chapters/c", "chapters/a-2")
    assert book.texts["chapters/a-2"].startswith(".. _chapter-a-2:\n")


def test_an_edit_changes_one_letter_and_no_length(tmp_path: Path) -> None:
    chapter = tmp_path / "a.rst"
    chapter.write_text(30 * "Some words of running text that no reader ever needs,\n", encoding="utf-8")
    before = chapter.read_text(encoding="utf-8")
    inputs.change_a_letter(chapter)
    after = chapter.read_text(encoding="utf-8")
    assert [(a, b) for a, b in zip(before, after, strict=True) if a != b] == [("n", "u")]


@pytest.mark.parametrize("place", stages.STAGES.values())
def test_each_stage_that_is_timed_is_there(place: str) -> None:
    write.pdf.warm()
    owner, name = stages.found(place)
    assert callable(getattr(owner, name))


def test_own_time_is_told_by_package() -> None:
    assert stages.package("/x/site-packages/weasyprint/layout/inline.py") == "weasyprint.layout"
    assert stages.package("/x/site-packages/docutils/parsers/rst/states.py") == "docutils"
    assert stages.package("/x/pipeline/read/parse.py") == "pipeline.read"
    assert stages.package("/usr/lib/python3/re/__init__.py") == "Python and its library"


def test_shares_are_of_all_and_the_small_ones_go_together() -> None:
    shares = pieces.shares_of({"layout": 3.0, "read": 0.985, "bind": 0.015})
    assert shares == pytest.approx({"layout": 75.0, "read": 24.625, "less than 1 % each": 0.375})
