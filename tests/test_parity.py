"""Parity: what passes for the source's text in an edition, and what is found when it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from time import process_time

import pytest

from pipeline import bind, build, check, read
from pipeline.check.parity import compare
from pipeline.editions import EDITIONS
from pipeline.errors import Location
from pipeline.layouts import Commission
from pipeline.model import Block, Book
from pipeline.settings import Settings
from tests.vocabulary import TITLE

WHERE = Path("a.epub")


def found(source: str, edition: str, *, language: str = "en", added: tuple[str, ...] = (), spaced: bool = True) -> str:
    """The codes of what is found, for blocks and pieces parted by a bar."""
    blocks = [Block(text, "paragraph", Location(Path("a.rst"), 1)) for text in source.split("|")]
    said = compare(blocks, edition.split("|"), added, WHERE, language=language, spaced=spaced)
    return " ".join(diagnostic.code for diagnostic in said)


@pytest.mark.parametrize(
    ("source", "edition", "language"),
    [
        ("He said \"hi\" to 'em - it's so", "He said “hi” to ‘em\N{NO-BREAK SPACE}– it’s so", "en"),
        ('It\'s in code: x = "y"', 'It’s in code: x = "y"', "en"),
        ('\'"Hi," she said.\' ("So")', "‘“Hi,” she said.’ (“So”)", "en"),
        ('He - "well" - and the \'80s—"so"', "He – “well” – and the ’80s\N{WORD JOINER}—“so”", "en"),
        ("C'est l'\"A\".", "C’est l’«\N{NO-BREAK SPACE}A\N{NO-BREAK SPACE}».", "fr"),
        ('Il dit "oui".', "Il dit «\N{NO-BREAK SPACE}oui\N{NARROW NO-BREAK SPACE}».", "fr"),
        ("Er sagt \"ja, 'nie'\".", "Er sagt „ja, ‚nie‘“.", "de-AT"),
        ('Hon "ja".', "Hon ”ja”.", "sv"),
        ('"Saluton"', '"Saluton"', "tlh"),
        ("one  two\N{NO-BREAK SPACE}three", "one\n two three", "en"),
        ('type("") is """so"""', 'type(“”) is """so"""', "en"),
        ('a "{", a ("(") and a " b', "a “{”, a (“(”) and a “ b", "en"),
        ("the 🔔 bell and ✉\N{VARIATION SELECTOR-16} more", "the 🔔bell and ✉ more", "en"),
        ("co-production", "co\N{WORD JOINER}-\N{ZERO WIDTH NO-BREAK SPACE}production", "en"),
    ],
)
def test_what_typesetting_may_change(source: str, edition: str, language: str) -> None:
    assert found(source, edition, language=language) == ""


@pytest.mark.parametrize(
    ("source", "edition"),
    [
        ('say "hi" now', "say ”hi“ now"),
        ('say "hi" now', "say “hi“ now"),
        ('say "hi" now', "say ”hi” now"),
        ('say "hi" now', "say „hi“ now"),
        ('say "hi" now', "say «hi» now"),
        ('say "hi" now', "say ‘hi’ now"),
        ("say 'hi' now", "say ’hi’ now"),
        ("say 'hi' now", "say ‘hi‘ now"),
        ("it's", "it‘s"),
        ("'\"Hi\"'", "‘”Hi”’"),
        ("say “hi” now", 'say "hi" now'),
        ("it’s", "it's"),
        ("say ”hi“ now", "say “hi” now"),
        ("one – two", "one - two"),
        ("one—two", "one–two"),
        ("one-two", "one–two"),
        ("one two", "onetwo"),
        ("one two", "one tw o"),
        ("one two", "one t\N{SOFT HYPHEN}wo"),
        ("one two", "one, two"),
        ("one two", "one Two"),
        ("one two", "one two three"),
        ("one two", "two one"),
        ("naïve", "nai\N{COMBINING DIAERESIS}ve"),
        ("one|two|three", "one|three"),
        ("one|two|three", "one|two|two|three"),
        ("one|two|three", "one|three|two"),
        ("one|two|three", "one|two|,|three"),
        ("one|two|three", "one|two|three|four"),
        ("one|two|three", "zero|one|two|three"),
    ],
)
@pytest.mark.parametrize("spaced", [True, False], ids=["spaced", "plain"])
def test_what_nothing_may_change(source: str, edition: str, spaced: bool) -> None:
    assert found(source, edition, spaced=spaced).startswith(("PAR001", "PAR002"))


def test_lines_of_code_stay_to_the_letter() -> None:
    code = [Block('x = "y" - z', "literal_block", Location(WHERE, 1))]
    assert compare(code, ['x = "y" - z'], (), WHERE) == []
    assert len(compare(code, ["x = “y” - z"], (), WHERE)) == 1
    assert len(compare(code, ['x = "y" – z'], (), WHERE)) == 1


def test_what_is_missing_is_told_from_what_stands_elsewhere() -> None:
    blocks = [Block(text, "paragraph", Location(Path("a.rst"), line)) for line, text in enumerate(("A b", "C d"), 1)]
    assert [str(d) for d in compare(blocks, ["A b"], (), WHERE)] == ["a.rst:2: error PAR001: a.epub: missing: “C d”"]
    (turned,) = compare(blocks, ["C d", "A b"], (), WHERE)
    assert str(turned) == "a.rst:2: error PAR001: a.epub: out of order: “C d”"
    (more,) = compare(blocks, ["A b", "x y", "C d"], (), WHERE)
    assert str(more) == "a.epub: error PAR002: not in the source: “x y”"


OWN = (",", "Dates:", "·", "Picture described", "About")


@pytest.mark.parametrize(
    ("edition", "codes"),
    [
        ("Title|Ann, Bob|Dates: 1 · 2|Picture described|Picture|Text.|About", ""),
        ("Title|, Ann Bob|Dates: 1 · 2|Picture described|Picture|Text.|About", ""),
        ("Title|Ann, Bob|Dates: 1 · 2|Picture described|Picture|Text.,|About", "PAR002"),
        ("Title|Ann, Bob|Dates: 1, 2|Picture described|Picture|Text.|About", "PAR001"),
        ("Title|Ann, Bob|Dates: 1 · 2|Picture described|Picture described|Picture|Text.|About", "PAR002"),
        ("Title|Ann, Bob|Dates: 1 · 2|Picture|Picture described|Text.|About", ""),
        ("Title|Ann, Bob|Dates: 1 · 2|Picture|Text.|About", "PAR001"),
        ("Title|Ann, Bob|Dates: 1 · 2|Picture described|Picture|Te, xt.|About", "PAR001"),
        ("About|Title|Ann, Bob|Dates: 1 · 2|Picture described|Picture|Text.", "PAR001"),
    ],
)
@pytest.mark.parametrize("spaced", [True, False], ids=["spaced", "plain"])
def test_our_own_words_stand_once_in_order_and_between_blocks(edition: str, codes: str, spaced: bool) -> None:
    assert found("Title|Ann|Bob|1|2|Picture|Text.", edition, added=OWN, spaced=spaced) == codes


def test_only_plain_extraction_may_break_a_line_without_a_space() -> None:
    for edition in ("a well-\nknown word1\n.", "a\nwell-known word1."):
        assert found("a well-known word1.", edition, spaced=False) == ""
    assert found("a well-known word1.", "a well-\nknown word1.") == "PAR001"
    assert found("a well-known word1.", "a well- known word1.", spaced=False) == "PAR001"
    assert found("a well-known word1.", "awell-known word1.", spaced=False) == "PAR001"


@pytest.mark.parametrize("spaced", [True, False], ids=["spaced", "plain"])
def test_a_long_book_takes_seconds(spaced: bool) -> None:
    blocks = [f'{number} It\'s "so" - and on. ' * 4 for number in range(10_000)]
    edition = [text.replace(' "', " “").replace('" ', "” ").replace("'", "’") for text in blocks]
    start = process_time()
    assert found("|".join(blocks), "|".join(edition), spaced=spaced) == ""
    assert process_time() - start < 10


ENGLISH = """
Intro with |pic| image and "quotes" - dashed, a *"word"*, it's 'so' ("in"). See [CIT]_ and [1]_, [#a]_. Code ``x = "y"``
and H\\ :sub:`2`\\ O, well-known *co-production* - yes, "co-production"—so; see `a page <https://example.org>`_.

.. |pic| image:: p.svg
   :alt: A leaf

:Field: body "text"
:Other field: more

1. One

   1. Inner one
   2. Inner two with a good deal of text so that it runs over two lines or even more than that, on so small a page.

      a. deep
      b. deeper

2. Two

- bullet
- "bullet two"

term : classifier
   Definition

-a, --all       option a
-b X, --long=X  option long

=====  =====
A      B
=====  =====
1      "x"
3      4 - 5
=====  =====

.. code-block:: python

   def f(x):
       return "x"  # it's - so

| line one
| line "two"
|    indented

   A quote "so".

   -- Someone

.. epigraph::

   Epi "gram".

   -- Author

.. note:: A note "here".

.. admonition:: Own title

   Text.

.. described-image::
   :caption: Its "caption"

   What is in it.

.. figure:: p.svg
   :alt: A leaf

   Caption "here".

   Legend.

.. [1] A footnote "text".
.. [#a] Auto footnote.
.. [CIT] A citation.

A "second" [#]_ and [*]_ [*]_, and the first again [#a]_.

.. [#] Of *some* length - "quoted" - and so long, in fact, that it takes more than one line at the foot of its page.

   A second paragraph - with more.

   - a list
   - in "it"
.. [*] A star.
.. [*] A dagger.

===========  ====
Cell [#c]_   "x"
===========  ====

.. [#c] Of a cell.
.. [#] Nobody's.

Section "one"
=============

>>> print("x")
x

x pre- and mid/ or pre- and mid/ or pre- and mid/ or pre- and mid/ or pre- and mid/ or pre- and post-war, and/or so.
"""
FRENCH = '\n:Language: fr\n\nIl dit "oui" - c\'est \'bien\' ("sic"), et « déjà » ; l’*"arbre"*.\n\n- "Oui."\n'
GERMAN = '\n:Language: de\n\nEr sagt "ja" - das ist\'s, \'so\' ("sic"), und „schon“.\n\n   "Ja."\n\n   -- Jemand\n'


Editions = tuple[Book, dict[str, tuple[list[str], bool, Callable[[Iterable[Block]], Iterable[Block]]]]]


@pytest.fixture(scope="module", params=[ENGLISH, FRENCH, GERMAN], ids=["English", "French", "German"])
def editions(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Editions:
    """A book of many kinds of block, and the text of its editions: if spaces count, and the order of its blocks."""
    file = tmp_path_factory.mktemp("book") / "a.rst"
    drawing = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><path d='M0 0h9v9z'/></svg>"
    (file.parent / "p.svg").write_text(drawing)
    body = request.param
    file.write_text(TITLE.rstrip("\n") + (body if body.startswith("\n:Lang") else "\n" + body), encoding="utf-8")
    chapter, _ = read.read(file, Settings())
    book = bind.bind(chapter, Settings(), EDITIONS)
    made = {edition.page is None: build.edition_of(Commission(book, edition, Settings())).data for edition in EDITIONS}
    return book, {
        "ebook": (list(check.epub.text_blocks(made[True])), True, tuple),
        "structure tree": (list(check.pdf.structure_text(made[False])), True, check.order.told),
        "plain extraction": (check.parity.plain(made[False]), False, check.order.shown),
    }


@pytest.mark.parametrize("name", ["ebook", "structure tree", "plain extraction"])
def test_a_faithful_edition_passes(name: str, editions: Editions) -> None:
    book, texts = editions
    pieces, spaced, order = texts[name]
    blocks, language = tuple(order(book.blocks)), book.metadata.language
    assert [str(d) for d in compare(blocks, pieces, book.added, WHERE, language=language, spaced=spaced)] == []
    assert any(mark in "".join(pieces) for mark in "“«„")
