"""Figures, tables, code and equations with numbers, and references to those, in both editions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline import labels, read
from pipeline.model import Block
from pipeline.reading import bound
from pipeline.settings import Settings, load
from tests.test_references import INDEX, book, build, ebook, links
from tests.vocabulary import post, postpress

LEAF = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><path d="M2 2h16v16z"/></svg>'
CONF = 'project = "Trees"\nnumfig = True\n'
NUMBERED = INDEX.replace(".. toctree::\n", ".. toctree::\n   :numbered:\n")
ELM = """\
===
Elm
===

A tree.

.. _bark:

The bark
--------

.. table:: Sizes of leaves
   :name: sizes

   = =
   a b
   = =

Under it
~~~~~~~~

.. table:: Sizes of roots

   = =
   a b
   = =
"""
OAK = """\
.. figure:: leaf.svg
   :alt: A leaf.
   :name: leaf

   A "leaf"

.. code-block:: python
   :caption: oak.py
   :name: oak-py

   print()

.. math:: a = b
   :label: first

"""


def trees(folder: Path, oak: str, conf: str = CONF, index: str = NUMBERED, elm: str = ELM) -> Path:
    book(folder, OAK + oak, elm, index)
    (folder / "trees" / "leaf.svg").write_text(LEAF)
    (folder / "trees" / "conf.py").write_text(conf)
    return folder / "trees" / "index.rst"


def captions(index: Path, settings: Settings | None = None) -> list[str]:
    """The captions of a book, and its equations, as readers see them."""
    kinds = ("caption", "title", "math_block")
    blocks: tuple[Block, ...] = bound(index, settings or load(index.parent)).book.blocks
    return [block.text for block in blocks if block.kind in kinds and re.match(r"\D.*\d", block.text)]


def test_each_chapter_counts_its_own(tmp_path: Path) -> None:
    assert captions(trees(tmp_path, "")) == [
        'Figure 1.1. A "leaf"',
        "Listing 1.1. oak.py",
        "\N{OBJECT REPLACEMENT CHARACTER} (1.1)",
        "Table 2.1. Sizes of leaves",
        "Table 2.2. Sizes of roots",
    ]


@pytest.mark.parametrize(
    ("depth", "tables"), [(0, ["1", "2"]), (1, ["2.1", "2.2"]), (2, ["2.1.1", "2.1.2"]), (3, ["2.1.1", "2.1.1.1"])]
)
def test_numfig_secnum_depth_says_how_deep(depth: int, tables: list[str], tmp_path: Path) -> None:
    found = captions(trees(tmp_path, "", f"{CONF}numfig_secnum_depth = {depth}\n"))
    assert found[-2:] == [f"Table {tables[0]}. Sizes of leaves", f"Table {tables[1]}. Sizes of roots"]


def test_without_numbered_chapters_the_book_counts(tmp_path: Path) -> None:
    oak = ".. figure:: leaf.svg\n   :alt: Leaf.\n\n   Another\n"
    assert captions(trees(tmp_path, oak, index=INDEX))[3:] == [
        "Figure 2. Another",
        "Table 1. Sizes of leaves",
        "Table 2. Sizes of roots",
    ]


def test_settings_say_which_kinds_have_numbers(tmp_path: Path) -> None:
    index = trees(tmp_path, "", conf="")
    (index.parent / "postpress.toml").write_text('numbering = ["tables"]\n')
    assert captions(index) == [
        "\N{OBJECT REPLACEMENT CHARACTER} (1.1)",
        "Table 2.1. Sizes of leaves",
        "Table 2.2. Sizes of roots",
    ]
    (index.parent / "postpress.toml").write_text('numbering = ["table"]\n')
    run = build(tmp_path)
    assert run.code == 2
    assert (
        "postpress.toml:1: error SET002: unknown in numbering: 'table'" in run.err and "did you mean tables" in run.err
    )


def test_a_book_toml_says_it_as_settings_do(tmp_path: Path) -> None:
    plan = trees(tmp_path, "", conf="").parent / "book.toml"
    text = 'title = "Trees"\nnumbered = true\nchapters = ["oak", "more/elm"]\n'
    plan.write_text(f'{text}numbering = ["figures", "code"]\n')
    assert captions(plan)[:2] == ['Figure 1.1. A "leaf"', "Listing 1.1. oak.py"]
    plan.write_text(f'{text}numbering = ["trees"]\n')
    run = postpress("build", "trees/book.toml", folder=tmp_path)
    assert run.code == 3
    assert "book.toml:4: error BOK002: unknown in numbering: 'trees'" in run.err


def test_a_book_toml_wins_over_conf_py_and_that_over_the_settings(tmp_path: Path) -> None:
    plan = trees(tmp_path, "", conf="").parent / "book.toml"
    text = 'title = "Trees"\nchapters = ["oak", "more/elm"]\n'
    figure, listing, formula, *tables = (
        'Figure 1. A "leaf"',
        "Listing 1. oak.py",
        "\N{OBJECT REPLACEMENT CHARACTER} (1)",
        "Table 1. Sizes of leaves",
        "Table 2. Sizes of roots",
    )
    settings = Settings(numbering=("code",))
    plan.write_text(text)
    assert captions(plan, settings) == [listing, formula]
    (plan.parent / "conf.py").write_text(CONF)
    assert captions(plan, settings) == [figure, listing, formula, *tables]
    (plan.parent / "conf.py").write_text(CONF.replace("True", "False"))
    assert captions(plan, settings) == [formula]
    plan.write_text(f'{text}numbering = ["figures"]\n')
    assert captions(plan, settings) == [figure, formula]
    (plan.parent / "conf.py").write_text(CONF)
    assert captions(plan, settings) == [figure, formula]
    plan.write_text(f"{text}numbering = []\n")
    assert captions(plan, settings) == [formula]


@pytest.mark.parametrize("name", ["index.rst", "book.toml"])
def test_a_conf_py_that_comes_changes_or_goes_is_noticed(name: str, tmp_path: Path) -> None:
    folder = trees(tmp_path, "").parent
    (folder / "conf.py").unlink()
    (folder / "book.toml").write_text('title = "Trees"\nchapters = ["oak", "more/elm"]\n')

    def built() -> tuple[str, list[str]]:
        """Whether the ebook was, and what its figure is called."""
        run = postpress("build", f"trees/{name}", "--edition", "ebook", folder=tmp_path)
        assert (run.code, run.err) == (0, "")
        return run.out.split()[0], re.findall(r'caption-number">(Fig\S*)', ebook(tmp_path))

    assert built() == ("built", [])
    assert built() == ("fresh", [])
    (folder / "conf.py").write_text("theme = 'oak'\nnumfig = True\n")  # another program's
    assert built() == ("fresh", [])
    (folder / "conf.py").write_text(CONF)
    assert built() == ("built", ["Figure"])
    (folder / "conf.py").write_text(f'{CONF}numfig_format = {{"figure": "Fig. %s"}}\n')
    assert built() == ("built", ["Fig."])
    assert built() == ("fresh", ["Fig."])
    (folder / "conf.py").unlink()
    assert built() == ("built", [])
    assert built() == ("fresh", [])


def test_nothing_has_a_number_that_no_one_asks_for(tmp_path: Path) -> None:
    index = trees(tmp_path, "See :eq:`first`.", conf="")
    assert captions(index) == ["\N{OBJECT REPLACEMENT CHARACTER} (1)"]
    assert build(tmp_path).code == 0
    assert "caption-number" not in ebook(tmp_path) and 'id="oak.table-1"' not in ebook(tmp_path)


def test_a_reference_says_the_number(tmp_path: Path) -> None:
    trees(
        tmp_path,
        elm=f"{ELM}\nBack to :numref:`leaf`.\n",
        oak="See :numref:`leaf`, :numref:`oak-py`, :numref:`sizes`, :numref:`bark`, :eq:`first`,"
        " :numref:`the %s <sizes>`, :numref:`{name} is {number} <sizes>`, :numref:`that <sizes>`.",
    )
    run = build(tmp_path)
    assert (run.code, run.err) == (0, "")
    leaf, sizes = "#oak.leaf", "more-elm.xhtml#more-elm.sizes"
    assert links(tmp_path) == [
        ("Figure 1.1", leaf),
        ("Listing 1.1", "#oak.oak-py"),
        ("Table 2.1", sizes),
        ("Section 2.1", "more-elm.xhtml#more-elm.bark"),
        ("(1.1)", "#oak.equation-1"),
        ("the 2.1", sizes),
        ("Sizes of leaves is 2.1", sizes),
        ("that", sizes),
    ]
    assert links(tmp_path, "more-elm") == [("Figure 1.1", f"oak.xhtml{leaf}")]
    for name in ("oak.leaf", "oak.oak-py", "oak.equation-1"):
        assert ebook(tmp_path).count(f'id="{name}"') == 1


def test_conf_py_says_what_the_kinds_are_called(tmp_path: Path) -> None:
    conf = f'{CONF}numfig_format = {{"figure": "Fig. %s", "table": "no number", "section": "§ %s"}}\n'
    trees(tmp_path, "See :numref:`leaf`, :numref:`sizes`, :numref:`bark`.", conf)
    assert build(tmp_path).code == 0
    assert [words for words, _ in links(tmp_path)] == ["Fig. 1.1", "Table 2.1", "§ 2.1"]
    assert '<span class="caption-number">Fig. 1.1.</span> A “leaf”' in ebook(tmp_path)


def test_what_an_author_ends_a_form_with_is_not_followed_by_another_sign(tmp_path: Path) -> None:
    trees(tmp_path, "", f'{CONF}numfig_format = {{"figure": "Figure %s:"}}\n')
    assert build(tmp_path).code == 0
    assert '<span class="caption-number">Figure 1.1:</span> A “leaf”' in ebook(tmp_path)


def test_a_book_calls_them_in_its_language(tmp_path: Path) -> None:
    index = NUMBERED.replace(":Author:", ":Language: fr\n:Author:")
    assert captions(trees(tmp_path, "", index=index))[3] == "Tableau 2.1\N{NO-BREAK SPACE}– Sizes of leaves"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (":numref:`bare`", "bare has no number"),
        (":numref:`pic`", "pic has no number"),
        (":numref:`nowhere`", "nothing is called nowhere"),
        (":eq:`second`", "second is no equation of this book"),
    ],
)
def test_a_reference_to_no_number_is_told(written: str, said: str, tmp_path: Path) -> None:
    elm = f"{ELM}\n.. _bare:\n\nA paragraph.\n\n.. _pic:\n\n.. figure:: ../leaf.svg\n   :alt: Leaf.\n"
    trees(tmp_path, f"See {written}.", elm=elm)
    run = build(tmp_path)
    assert run.code == 3
    assert f"trees/oak.rst:20: error RST152: {said}" in run.err


def test_a_label_given_twice_is_told(tmp_path: Path) -> None:
    trees(tmp_path, ".. math:: c = d\n   :label: first\n\nSee :eq:`first`.\n")
    run = build(tmp_path)
    assert run.code == 3
    assert "trees/oak.rst:20: error RST104: target first is given twice" in run.err
    assert build(tmp_path, "--lenient").code == 0
    assert links(tmp_path) == [("(1.1)", "#oak.equation-1")]


@pytest.mark.parametrize("written", [":numref:`twin`", ":eq:`twin`", ":numref:`that <twin>`"])
def test_a_label_in_two_other_chapters_is_told(written: str, tmp_path: Path) -> None:
    thing = (
        ".. math:: a\n   :label: twin\n"
        if "eq" in written
        else ".. table:: Sizes\n   :name: twin\n\n   = =\n   a b\n   = =\n"
    )
    trees(tmp_path, f"See {written}.", elm=f"===\nElm\n===\n\n{thing}", index=NUMBERED + "   ash\n")
    (tmp_path / "trees" / "ash.rst").write_text(f"===\nAsh\n===\n\n{thing}\nSee {written}.\n")
    run = build(tmp_path)
    assert run.code == 3
    said = "RST152: twin is in elm.rst and ash.rst\n    give one of them another name"
    assert f"trees/oak.rst:20: error {said}" in run.err and "ash.rst:" not in run.err
    assert build(tmp_path, "--lenient").code == 0
    assert [href for _, href in links(tmp_path, "ash")] == [f"#ash.{'equation-1' if 'eq' in written else 'twin'}"]


def test_a_post_counts_too(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(post(".. table:: Sizes\n\n   = =\n   a b\n   = =\n\n.. math:: a\n   :label: b\n"))
    assert captions(tmp_path / "a.rst", Settings(numbering=("tables",))) == [
        "Table 1. Sizes",
        "\N{OBJECT REPLACEMENT CHARACTER} (1)",
    ]


def test_every_caption_has_a_name_of_its_own(tmp_path: Path) -> None:
    text = ".. _table-1:\n\nText.\n\n" + ".. table:: Sizes\n\n   = =\n   a b\n   = =\n\n" * 2
    (tmp_path / "a.rst").write_text(post(text))
    chapter, _ = read.read(tmp_path / "a.rst", Settings())
    assert [each.id for each in chapter.counted] == ["table-2", "table-3"]


@pytest.mark.parametrize("tag", ["en", *sorted(path.stem for path in Path(labels.__file__).parent.glob("*.toml"))])
def test_labels_have_room_for_what_goes_in(tag: str) -> None:
    assert not [name for name, words in labels.in_language(tag).items() if labels.lost(name, words)]


def test_where_text_runs_to_the_left_a_number_stands_at_that_margin(tmp_path: Path) -> None:
    table = ".. table:: مقاسات\n\n   ===== =====\n   طول   عرض\n   ===== =====\n"
    text = post(f"{table}\n.. math:: a = b\n   :label: a\n\nانظر :eq:`a`.\n")
    text = text.replace("A. Writer", "كاتب\n:Language: ar").replace("Title", "كتاب ")
    (tmp_path / "a.rst").write_text(text)
    (tmp_path / "postpress.toml").write_text('numbering = ["tables"]\n')
    run = postpress("check", "a.rst", folder=tmp_path)
    assert (run.code, run.err) == (0, "")
