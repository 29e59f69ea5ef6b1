"""`book.toml`: a book whose front matter, parts, chapters and back matter are named in a plan."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pikepdf
import pytest

from pipeline import reading
from pipeline.check.pdf.contents import labels
from pipeline.errors import SourceError
from pipeline.settings import LENIENT, Settings
from tests.vocabulary import ROOT, postpress

PLAN = """\
title = "A Plan"
authors = ["Ana Writer"]
date = "2026-01-02"
identifier = "urn:uuid:5d3f2c3e-6f0a-5c56-8a50-0d6f2b1f9a12"
rights = "All rights are given away."
front = ["half title", "title page", "imprint", {dedication = "to"}, "contents", {preface = "before"}]
back = [{appendix = "after"}, "colophon"]

[[parts]]
title = "One"
numbered = true
chapters = ["a", "The second <b>"]

[[parts]]
title = "Two"
chapters = ["more/*"]
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    folder = tmp_path / "plan"
    for name in ("to", "before", "after", "a", "b", "more/c", "more/d"):
        path = folder / f"{name}.rst"
        path.parent.mkdir(parents=True, exist_ok=True)
        title = f"Title of {path.stem}"
        path.write_text(f"{title}\n{'=' * len(title)}\n\nText of {path.stem}.\n")
    (folder / "book.toml").write_text(PLAN)
    return folder / "book.toml"


def test_the_spine_is_what_the_plan_says(plan: Path) -> None:
    book = reading.bound(plan, Settings()).book
    assert [(section.kind, section.name) for section in book.spine] == [
        *(("halftitle", "halftitle"), ("titlepage", "titlepage"), ("imprint", "imprint"), ("dedication", "to")),
        *(("contents", "contents"), ("preface", "before")),
        *(("part", "part"), ("chapter", "a"), ("chapter", "b")),
        *(("part", "part-2"), ("chapter", "more-c"), ("chapter", "more-d")),
        *(("appendix", "after"), ("colophon", "colophon")),
    ]
    assert [(line.title, line.level) for line in book.contents] == [
        *(("Title of before", 0), ("One", 0), ("1 Title of a", 1), ("2 The second", 1)),
        *(("Two", 0), ("Title of c", 1), ("Title of d", 1), ("Title of after", 0)),
    ]


def test_front_matter_that_names_no_title_page_comes_after_it_whole(plan: Path) -> None:
    front = '["imprint", {dedication = "to"}, {preface = "before"}]'
    plan.write_text(re.sub(r"front = .*", f"front = {front}", PLAN))
    spine = reading.bound(plan, Settings()).book.spine
    assert [section.kind for section in spine][:4] == ["titlepage", "imprint", "dedication", "preface"]


def test_every_rule_holds_and_front_matter_has_folios_of_its_own(plan: Path) -> None:
    run = postpress("check", "plan", folder=plan.parent.parent)
    assert (run.code, run.err, run.built) == (0, "", ["plan.epub", "plan.pdf"])
    assert "  0  lines of the contents that lead nowhere (8 lines)" in run.out
    with pikepdf.open(plan.parent.parent / "build" / "plan.pdf") as pdf:
        called = labels(pdf)
    # Half title, title page with the imprint behind it, dedication, contents, preface: each on a right-hand page.
    assert called[:11] == ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "1"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('date = "2', 'dtae = "2', "3: error BOK001: unknown key 'dtae'\n    did you mean date?"),
        (
            '"half title"',
            '"half-title"',
            "6: error BOK004: no piece of a book is called 'half-title'\n    did you mean half",
        ),
        ('{preface = "before"}', '"preface"', "6: error BOK004: preface is written in a file\n    write {preface ="),
        ('"to"', '"too"', "6: error RST150: no such chapter: too"),
        ('"a", ', '"aa", ', "12: error RST150: no such chapter: aa"),
        ('"a", ', '"a", "a", ', "12: error RST153: a.rst is in the book already"),
        ('"a", ', '"../a", ', "12: error RST106: ../a lies outside"),
        ("numbered = true", 'numbered = "yes"', "11: error BOK002: numbered must be a whole number, or true"),
        ('title = "A Plan"', "title = 3", "1: error BOK002: title must be a text"),
        ('title = "A Plan"\n', "", "error BOK003: a book has a title"),
        ('date = "2026-01-02"', 'date = "someday"', "3: error RST121: 'someday' is not a date"),
        ('title = "A Plan"', "title = ", "1: error SET001: not valid TOML"),
    ],
)
def test_what_is_wrong_in_a_plan_has_its_line_and_a_cure(plan: Path, old: str, new: str, said: str) -> None:
    assert old in PLAN
    plan.write_text(PLAN.replace(old, new, 1))
    run = postpress("build", "plan/book.toml", folder=plan.parent.parent)
    assert run.code in (2, 3) and run.built == []
    assert said in run.err


def test_what_is_missing_may_be_tolerated(plan: Path) -> None:
    (plan.parent / "b.rst").unlink()
    with pytest.raises(SourceError, match="RST150"):
        reading.bound(plan, Settings())
    made = reading.bound(plan, Settings(lenient=tuple(LENIENT)))
    assert "b" not in [section.name for section in made.book.spine]


def test_make_finds_books_and_takes_a_plan_for_an_index_beside_it(plan: Path) -> None:
    folder = plan.parent.parent
    shutil.move(plan.parent, folder / "source" / "plan")
    (folder / "source" / "plan" / "index.rst").write_text("Index\n=====\n\n.. toctree::\n\n   a\n")
    run = postpress("build", "--edition", "ebook", folder=folder)
    assert (run.code, run.err, run.built) == (0, "", ["plan.epub"])


def test_the_anthology_of_the_docs_keeps_who_wrote_what(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs" / "anthology", tmp_path / "anthology")
    book = reading.bound(tmp_path / "anthology" / "book.toml", Settings()).book
    chapters = [section for section in book.spine if section.kind == "chapter"]
    assert [section.heads[0] for section in chapters] == ["Ines Bauer", "Tomas Reyes", "Mina Osei"]
    assert all(re.search("<p class='byline'>[^<]+</p><div class='standfirst'>", each.xhtml) for each in chapters)


def test_the_books_of_the_docs_hold_every_rule(tmp_path: Path) -> None:
    for name in ("anthology", "manual"):
        shutil.copytree(ROOT / "docs" / name, tmp_path / name)
    run = postpress("check", "anthology", "manual", folder=tmp_path)
    assert (run.code, run.err) == (0, "")
    assert run.out.count("claims PDF/UA-1") == 2
