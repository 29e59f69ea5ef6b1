"""Book → one XHTML page for the layout engine, with what only paper needs: endings held together, titles balanced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from pipeline.model import Book

if TYPE_CHECKING:
    from lxml import etree

XHTML = "http://www.w3.org/1999/xhtml"
_HEADINGS = tuple(f"{{{XHTML}}}h{level}" for level in range(1, 7))
_MARKS = tuple("“‘«„‚‹")

# The last line of a paragraph is at least a fifth of the measure (12 of about 58 characters) and 8 characters;
# letters differ in width, so hold a few more.
LAST_LINE_CHARACTERS = 15
# A title line at its size takes about so many characters of the measure.
TITLE_LINE_CHARACTERS = 24


def compose(book: Book) -> str:
    """The whole document: joiners, no-break spaces and classes are added, no letter is changed."""
    from lxml import etree

    known = book.metadata
    head = f"<title>{escape(known.title)}</title>"
    body = "".join(section.xhtml for section in book.spine)
    author, title = quoteattr(", ".join(known.authors)), quoteattr(known.short_title)
    root = etree.fromstring(
        f"<html xmlns='{XHTML}' lang={quoteattr(known.language)}><head>{head}</head>"
        f"<body data-author={author} data-title={title}>{body}</body></html>"
    )
    for span in [element for element in root.iter() if element.get("class") == "nowrap"]:
        _join(span)
    for heading in root.iter(f"{{{XHTML}}}h1"):
        heading.set("style", f"max-width: {_balanced(_text(heading).split())}ch")
    for heading in root.iter(*_HEADINGS):
        heading.set("data-bookmark", " ".join(_text(heading).replace("\N{WORD JOINER}", "").split()))
    for element in root.iter(f"{{{XHTML}}}p", *_HEADINGS[1:]):
        _hold_the_end(element)
    for quote in root.iter(f"{{{XHTML}}}blockquote"):
        if _text(quote).lstrip().startswith(_MARKS):
            quote.set("class", "hung")
    for element in root.iter():
        element.attrib.pop("data-line", "")
    return etree.tostring(root, encoding="unicode")


def _join(span: etree._Element) -> None:
    """Words to keep whole, as text with joiners: WeasyPrint 70 breaks the line before a no-wrap span too early."""
    whole = (span.text or "").replace("-", "-\N{WORD JOINER}").replace(" ", "\N{NO-BREAK SPACE}") + (span.tail or "")
    before, parent = span.getprevious(), span.getparent()
    assert parent is not None
    if before is None:
        parent.text = (parent.text or "") + whole
    else:
        before.tail = (before.tail or "") + whole
    parent.remove(span)


def _hold_the_end(block: etree._Element) -> None:
    """Keep the last words of a block on one line, so that no line is left with a scrap."""
    if len(_text(block).split()) < 4:
        return
    room = LAST_LINE_CHARACTERS
    for element, part in reversed(list(_texts(block))):
        text = getattr(element, part) or ""
        cut = max(0, len(text) - room)
        setattr(element, part, text[:cut] + text[cut:].replace("\n", " ").replace(" ", "\N{NO-BREAK SPACE}"))
        room -= len(text)
        if room <= 0:
            return


def _text(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))


def _texts(element: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """The places that hold text in an element, in reading order."""
    yield element, "text"
    for child in element:
        yield from _texts(child)
        yield child, "tail"


def _balanced(words: list[str]) -> int:
    """The narrowest measure, in characters, that sets a title in no more lines than it needs anyway."""
    longest = max(map(len, words))
    wanted = _lines(words, max(TITLE_LINE_CHARACTERS, longest))
    return next(n for n in range(longest, sum(map(len, words)) + len(words) + 1) if _lines(words, n) <= wanted)


def _lines(words: list[str], measure: int) -> int:
    lines, room = 1, measure + 1
    for word in words:
        if len(word) + 1 > room:
            lines, room = lines + 1, measure + 1
        room -= len(word) + 1
    return lines
