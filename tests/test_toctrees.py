"""Toctrees: which files are a book's chapters, in what order, how deep, and with what numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline import reading
from pipeline.errors import SourceError
from pipeline.model import Book, NavPoint
from pipeline.settings import LENIENT, Settings
from pipeline.store import Store

LAX = Settings(lenient=tuple(LENIENT))


def write(folder: Path, **files: str) -> Path:
    """Chapters by their names, in which a double underscore stands for a slash; those without a heading get one."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.rst"
        path.parent.mkdir(parents=True, exist_ok=True)
        title = name.rpartition("__")[2].capitalize() if name != "index" else "Book"
        headed = "===" in text[:400]
        path.write_text(text if headed else f"{title}\n{'=' * len(title)}\n\n{text}\n", encoding="utf-8")
    return folder / "index.rst"


def toctree(*lines: str, **options: str) -> str:
    said = "".join(f"   :{name}: {value}\n" for name, value in options.items())
    return f".. toctree::\n{said}\n" + "".join(f"   {line}\n" for line in lines) + "\n"


def bound(index: Path, settings: Settings = LAX) -> Book:
    return reading.bound(index, settings).book


def chapters(book: Book) -> list[str]:
    return [section.name for section in book.spine if section.kind == "chapter"]


def tree(points: tuple[NavPoint, ...]) -> list[object]:
    return [[point.title, *tree(point.children)] if point.children else point.title for point in points]


def test_a_chapter_is_followed_by_those_its_own_toctree_names(tmp_path: Path) -> None:
    index = write(
        tmp_path,
        index=toctree("one/index", "two"),
        one__index="Words.\n\n" + toctree("first", "deep/second"),
        one__first="Text.\n\nPart of it\n----------\n\nMore.",
        one__deep__second="Text.",
        two="Text.",
    )
    book = bound(index)
    assert chapters(book) == ["one-index", "one-first", "one-deep-second", "two"]
    assert tree(book.nav)[1:-1] == [["Index", ["First", "Part of it"], "Second"], "Two"]
    assert [(line.title, line.level) for line in book.contents] == [
        ("Index", 0),
        ("First", 1),
        ("Second", 1),
        ("Two", 0),
    ]


def test_numbers_go_down_with_chapters_and_headings_as_far_as_is_said(tmp_path: Path) -> None:
    files = {
        "one": "Text.\n\nA\n-\n\nText.\n\nB\n~\n\nText.\n\nC\n-\n\n" + toctree("below"),
        "below": "Text.\n\nD\n-\n\nText.",
        "two": "Text.",
    }
    whole = bound(write(tmp_path / "whole", index=toctree("one", "two", numbered="", maxdepth="9"), **files))
    assert tree(whole.nav)[1:-1] == [
        ["1 One", ["1.1 A", "1.1.1 B"], "1.2 C", ["1.3 Below", "1.3.1 D"]],
        "2 Two",
    ]
    two = bound(write(tmp_path / "two", index=toctree("one", "two", numbered="2"), **files))
    assert tree(two.nav)[1:-1] == [["1 One", ["1.1 A", "B"], "1.2 C", ["1.3 Below", "D"]], "2 Two"]
    (below,) = (section.xhtml for section in whole.spine if section.name == "below")
    assert [re.sub("<[^>]*>", "", head).split() for head in re.findall("<h[23].*?</h[23]>", below)] == [
        ["1.3", "Below"],
        ["1.3.1", "D"],
    ]


def test_numbers_may_begin_below_a_chapter_that_has_none(tmp_path: Path) -> None:
    index = write(tmp_path, index=toctree("one"), one=toctree("a", "b", numbered=""), a="Text.", b="Text.")
    assert tree(bound(index).nav)[1] == ["One", "1 A", "2 B"]


def test_patterns_name_files_in_order_and_none_twice(tmp_path: Path) -> None:
    files = {"b": "Text.", "a": "Text.", "c": "Text.", "sub__x": "Text.", "sub__y__z": "Text."}
    flat = write(tmp_path / "flat", index=toctree("c", "*", glob=""), **files)
    assert chapters(bound(flat)) == ["c", "a", "b"]
    deep = write(tmp_path / "deep", index=toctree("**", glob="", reversed=""), **files)
    assert chapters(bound(deep)) == ["sub-y-z", "sub-x", "c", "b", "a"]
    some = write(tmp_path / "some", index=toctree("[ab]", "sub/?", "sub/*/z", glob=""), **files)
    assert chapters(bound(some)) == ["a", "b", "sub-x", "sub-y-z"]


def test_a_file_that_a_pattern_finds_later_is_a_chapter_then(tmp_path: Path) -> None:
    index = write(tmp_path, index=toctree("*", glob=""), a="Text.")
    store = Store(tmp_path / "build")
    assert chapters(reading.bound(index, LAX, store=store).book) == ["a"]
    write(tmp_path, b="Text.")
    assert chapters(reading.bound(index, LAX, store=store).book) == ["a", "b"]


def test_hidden_toctrees_count_and_their_list_is_not_shown(tmp_path: Path) -> None:
    index = write(
        tmp_path,
        index=toctree("open", "shut", hidden=""),
        open=toctree("a", caption="These"),
        shut=toctree("b", hidden=""),
        a="Text.",
        b="Text.",
    )
    book = bound(index)
    assert chapters(book) == ["open", "a", "shut", "b"]
    pages = {section.name: section.xhtml for section in book.spine}
    assert '<a href="#a">A</a>' in pages["open"].replace("'", '"') and "These" in pages["open"]
    assert "href" not in pages["shut"]


def test_addresses_are_links_and_self_is_nothing(tmp_path: Path) -> None:
    index = write(
        tmp_path, index=toctree("self", "a", "Our site <https://example.org/x>"), a=toctree("https://example.org")
    )
    book = bound(index)
    assert chapters(book) == ["a"]
    (preface,) = (section.xhtml for section in book.spine if section.kind == "preface")
    assert re.findall(r"<a href=[\"']([^\"']*)[\"']>([^<]*)", preface) == [("https://example.org/x", "Our site")]
    with pytest.raises(SourceError, match="RST133"):
        bound(write(tmp_path / "bad", index=toctree("a", "irc://example.org/x"), a="Text."), Settings())


def test_paths_start_from_the_file_or_with_a_slash_from_the_book(tmp_path: Path) -> None:
    index = write(
        tmp_path, index=toctree("/sub/a.rst"), sub__a=toctree("b", "../c", "/sub/d"), sub__b="B.", c="C.", sub__d="D."
    )
    assert chapters(bound(index)) == ["sub-a", "sub-b", "c", "sub-d"]


def test_a_title_of_an_entry_is_that_of_contents_and_nav(tmp_path: Path) -> None:
    book = bound(write(tmp_path, index=toctree("In short <a>"), a="Text."))
    assert [line.title for line in book.contents] == ["In short"]
    assert tree(book.nav)[1] == "In short"


def test_only_titles_are_in_the_contents_if_that_is_said(tmp_path: Path) -> None:
    files = {"a": "Text.\n\nHeading\n-------\n\n" + toctree("b"), "b": "Text."}
    plain = bound(write(tmp_path / "plain", index=toctree("a"), **files))
    assert [line.title for line in plain.contents] == ["A", "Heading", "B"]
    bare = bound(write(tmp_path / "bare", index=toctree("a", titlesonly=""), **files))
    assert [line.title for line in bare.contents] == ["A", "B"]


def test_sections_of_an_index_are_its_parts(tmp_path: Path) -> None:
    index = write(
        tmp_path,
        index="Hello.\n\n.. _guide:\n\nGuide\n-----\n\n" + toctree("a") + toctree("b")
        + "Reference\n---------\n\nSome words.\n\n" + toctree("c"),
        a="See guide_.\n\n.. _guide: index.rst#guide",
        b="Text.",
        c="Text.",
    )  # fmt: skip
    book = bound(index, Settings())
    assert tree(book.nav)[1:-1] == [["Preface", "Reference"], ["Guide", "A", "B"], ["Reference", "C"]]
    assert [section.kind for section in book.spine][2:] == [
        *("preface", "part", "chapter", "chapter", "part", "chapter", "colophon"),
    ]
    (preface,) = (section.xhtml for section in book.spine if section.kind == "preface")
    assert "Guide" not in preface and "Some words." in preface


def test_one_name_over_all_chapters_is_no_part(tmp_path: Path) -> None:
    index = write(tmp_path, index=toctree("a", "b", caption="Contents:"), a="Text.", b="Text.")
    assert tree(bound(index).nav)[1:-1] == ["A", "B"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"index": toctree("a", "b"), "a": toctree("b"), "b": "Text."}, "index.rst:7: error RST153: b.rst is in"),
        ({"index": toctree("a"), "a": toctree("index")}, "a.rst:6: error RST153: index.rst is in"),
        ({"index": toctree("a"), "a": toctree("a")}, "a.rst:6: error RST153: a.rst is in"),
        ({"index": toctree("a"), "a": toctree("sub/gone")}, "a.rst:6: error RST150: no such chapter: sub/gone"),
        ({"index": toctree("x*", "a", glob=""), "a": "Text."}, "index.rst:7: error RST150: no chapter matches x*"),
        ({"index": toctree("a"), "a": toctree("../b")}, "a.rst:6: error RST106: ../b lies outside"),
    ],
)
def test_what_is_wrong_has_its_line_and_may_be_tolerated(tmp_path: Path, files: dict[str, str], said: str) -> None:
    index = write(tmp_path, **files)
    with pytest.raises(SourceError) as refusal:
        bound(index, Settings())
    assert said in str(refusal.value)
    made = reading.bound(index, LAX)
    assert said.replace("error", "warning") in "\n".join(map(str, made.said))
    assert sorted(chapters(made.book)) == sorted(name for name in files if name != "index")


def test_toctrees_that_name_each_other_without_end_are_told(tmp_path: Path) -> None:
    files = {f"c{number}": toctree(f"c{number + 1}") for number in range(20)}
    with pytest.raises(SourceError, match="RST154: more than 12 levels of chapters"):
        bound(write(tmp_path, index=toctree("c0"), **files))
