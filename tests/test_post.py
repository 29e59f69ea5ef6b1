"""The user's post: every sentence in every edition, and pages as the design asks for."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import pikepdf
import pytest

from pipeline import check
from pipeline.check.parity import compare
from pipeline.errors import Diagnostic
from pipeline.model import Book
from tests.tools.article import bare, digest
from tests.vocabulary import POST, ROOT, Run, postpress

# SHA-256 of the article as it was given to us, from its title to "Photo credit: Canva", whatever its quotation marks
# and white space, without marks before speakers' names. `python -m tests.tools.article FILE` prints it for a file with
# the article's text.
GIVEN = "382483c1916d99601281e1a8e6901351cedffcce7c710a49e06dbc19c133004b"

OURS = ("(the web page's", "The words are the article")


def test_the_source_says_what_was_given_and_nothing_else(post_book: Book) -> None:
    article = [block for block in post_book.blocks if block.kind != "author" and not block.text.startswith(OURS)]
    assert digest(block.text for block in article) == GIVEN


@dataclass(frozen=True)
class Text:
    """The text of an edition, in reading order, as one of its readers meets it."""

    pieces: list[str]
    spaced: bool = True

    def differences(self, book: Book, pieces: list[str] | None = None) -> list[Diagnostic]:
        said = self.pieces if pieces is None else pieces
        return compare(book.blocks, said, book.added, POST, language=book.metadata.language, spaced=self.spaced)


@pytest.fixture(params=["structure tree", "plain extraction", "ebook"])
def text(request: pytest.FixtureRequest, post_pdf: bytes, post_epub: bytes) -> Text:
    if request.param == "ebook":
        return Text(list(check.epub.text_blocks(post_epub)))
    if request.param == "structure tree":
        return Text(list(check.pdf.structure_text(post_pdf)))
    return Text(check.parity.plain(post_pdf), spaced=False)


def test_every_block_is_there_once_and_in_order(text: Text, post_book: Book) -> None:
    assert text.differences(post_book) == []


def _drop(sentences: list[str]) -> list[str]:
    return sentences[:9] + sentences[10:]


def _double(sentences: list[str]) -> list[str]:
    return sentences[:10] + sentences[9:]


def _swap(sentences: list[str]) -> list[str]:
    return [*sentences[:9], sentences[10], sentences[9], *sentences[11:]]


def _change(sentences: list[str]) -> list[str]:
    return [*sentences[:9], sentences[9].replace("e", "a", 1), *sentences[10:]]


@pytest.mark.parametrize("mishap", [_drop, _double, _swap, _change])
def test_a_mishap_with_one_sentence_is_seen(
    mishap: Callable[[list[str]], list[str]], text: Text, post_book: Book
) -> None:
    sentences = re.split(r"(?<=[.!?])\s+", "\n".join(text.pieces))
    assert text.differences(post_book, sentences) == []
    assert text.differences(post_book, mishap(sentences)) != []


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("the positive impact", "thepositive impact"),
        ("the positive impact", "the posi tive impact"),
        ("the positive impact", "the posi\N{SOFT HYPHEN}tive impact"),
        ("the positive impact", "the, positive impact"),
        ("Co-Production Advocate", "Co‑Production Advocate"),
        ("lived experience –", "lived experience —"),
        ("“My research explores", "”My research explores"),
        ("“My research explores", "‘My research explores"),
        ("UCL’s", "UCL's"),
        ("Photo of Lee", ""),
        ("Picture described", "Picture described Picture described"),
        ("Picture described", ""),
        ("Dates on the web page:", "Dates on the web page"),
        ("March 27, 2025", ", March 27, 2025"),
        ("April 19, 2021", "19 April 2021"),
        ("Photo credit: Canva", "Photo credit: Canva ."),
    ],
)
def test_a_mishap_with_one_word_is_seen(said: str, shown: str, text: Text, post_book: Book) -> None:
    found = re.compile(r"\s+".join(map(re.escape, said.split())))
    edition = "\n".join(text.pieces)
    assert found.search(edition)
    assert text.differences(post_book, [found.sub(shown, edition, count=1)]) != []


def test_both_dates_stand_verbatim_and_once(text: Text) -> None:
    whole = "".join(map(bare, text.pieces))
    assert [whole.count(bare(day)) for day in ("April 19, 2021", "March 27, 2025")] == [1, 1]


def test_the_leftovers_of_the_web_page_stay_out(text: Text) -> None:
    assert not any("Meeting notes" in piece or "No items found" in piece for piece in text.pieces)


def test_check_finds_every_rule_kept(built_post: Run) -> None:
    run = postpress("check", str(POST), "--output", str(built_post.folder / "build"), folder=ROOT)
    assert (run.code, run.err) == (0, "")
    counts = re.findall(r"^ {2}( *\d+) {2}(.+)$", run.out, re.MULTILINE)
    assert len(counts) > 12
    assert [rule for count, rule in counts if int(count)] == []
    assert "claims PDF/UA-1" in run.out
    assert [code in run.out for code in ("TXT001", "TXT002", "TXT003", "TXT004")] == [True] * 4


def test_the_pdf_names_itself(post_pdf: bytes, built_post: Run) -> None:
    from io import BytesIO

    with pikepdf.open(BytesIO(post_pdf)) as pdf:
        assert len(pdf.pages) == 8
        assert str(pdf.docinfo["/Title"]) == "How co-production training nurtures potential"
        assert str(pdf.docinfo["/Author"]) == "Lee Goddard"
        assert str(pdf.Root.Lang) == "en-GB"
        assert pdf.Root.PageLabels.Nums[1].S == "/D"
        with pdf.open_outline() as outline:
            top = [item.title for item in outline.root]
            below = [item.title for item in outline.root[1].children]
    assert top == ["How co-production training nurtures potential", "Article", "About this edition"]
    assert below == [
        "How students plan to take what they learned about co-production into their research",
        "What students felt were the biggest takeaways from the course",
    ]
    assert len(post_pdf) < 300_000, "small enough to mail"
    assert all(name.isascii() for name in built_post.built)


def test_folios_have_the_colour_of_running_heads(post_pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(post_pdf)) as pdf:
        _, page, folio = (piece.read_bytes() for piece in pdf.pages[1].Contents)
    (colour,) = re.findall(rb"[\d. ]+ rg", folio)
    assert colour in page and colour != b"0 0 0 rg"


def test_pages_say_who_and_what_and_their_number(post_pdf: bytes, post_book: Book) -> None:
    pages = [page.splitlines()[-2:] for page in check.pdf.text(post_pdf).split("\f")]
    author, title = post_book.metadata.authors[0], post_book.metadata.short_title
    inner = [[title if number % 2 else author, str(number)] for number in range(2, len(pages))]
    assert [[line.strip() for line in page] for page in pages[1:-1]] == inner
    assert pages[-1][-1].strip() == str(len(pages))
