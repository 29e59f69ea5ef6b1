"""What an ebook may say about its own accessibility: what its contents show, and nothing else.

The writer states what `proven` returns; the check holds the finished file against the same proofs. Conformance to a
standard takes a person, who is named; `obstacles` are what forbids it whoever says so. Vocabulary: schema.org
accessibility properties for EPUB.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from lxml.etree import _Element

XHTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"
MATH = "{http://www.w3.org/1998/Math/MathML}math"
EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"

# The very words that EPUB Accessibility 1.1, 4.1.2 asks for.
CONFORMANCE = "EPUB Accessibility 1.1 - WCAG 2.2 Level AA"

# Elements that can move, flash or make a sound, or whose contents are not ours to know.
_LIVELY = [XHTML + n for n in ("audio", "canvas", "embed", "iframe", "object", "script", "video")]
_LIVELY += [SVG + n for n in ("animate", "animateMotion", "animateTransform", "foreignObject", "script", "set")]
_FILE_NAME = re.compile(r"\S+\.(bmp|gif|jpe?g|png|svg|tiff?|webp)", re.IGNORECASE)
# Type in these units does not follow the reader's size.
_ABSOLUTE = {"px", "pt", "pc", "in", "cm", "mm", "q"}
_OF_TYPE = {"font", "font-size", "line-height", "letter-spacing", "word-spacing", "height", "max-height"}


class Certifier(Struct, frozen=True):
    """Who certifies conformance, their credential in words or as an address, and the address of their report."""

    name: str
    credential: str = ""
    report: str = ""


class Contents(Struct, frozen=True):
    """The parts of an ebook that claims are about."""

    documents: tuple[_Element, ...]  # in spine order, without cover and nav
    cover: _Element | None
    nav: _Element
    css: str
    images: tuple[tuple[str, bytes], ...]  # media type, data
    locked: bool = False  # whether a part of it is encrypted


def proven(contents: Contents, certifier: str = "") -> tuple[tuple[str, str], ...]:
    """(property, value) of every accessibility claim that holds, in the order the package states them.

    `certifier` names who certifies conformance, if it is certified.
    """
    pictures = [img for document in contents.documents for img in _pictures(document)]
    covers = [] if contents.cover is None else list(_pictures(contents.cover))
    described = all(_described(picture) for picture in [*pictures, *covers])
    rules = list(_declarations(_css(contents)))
    features = {
        "tableOfContents": _has_contents(contents.nav),
        "pageNavigation": _has_page_list(contents),
        "pageBreakMarkers": any(page_breaks(document) for document in contents.documents),
        "structuralNavigation": not heading_faults(contents.documents),
        "readingOrder": not any(map(_reorders, rules)),
        # The cover alone would make this an empty promise, and a described image is text already.
        "alternativeText": described and any(picture.get("alt") for picture in pictures),
        "displayTransformability": not any(map(_resists, rules)),
        "unlocked": not contents.locked,
        "MathML": any(next(document.iter(MATH), None) is not None for document in contents.documents),
    }
    claims = [("accessMode", "textual")]
    if pictures or covers:
        claims.append(("accessMode", "visual"))
    if pictures or covers:
        claims.append(("accessModeSufficient", "textual,visual"))
    if described:
        claims.append(("accessModeSufficient", "textual"))
    claims += [("accessibilityFeature", name) for name, holds in features.items() if holds]
    claims.append(("accessibilityHazard", "none" if _calm(contents, rules) else "unknown"))
    in_text = _described_in_text(contents.documents)
    claims.append(("accessibilitySummary", _summary(claims, pictures, covers, in_text, certifier)))
    return tuple(claims)


def obstacles(contents: Contents) -> tuple[str, ...]:
    """What in an ebook is against WCAG 2.2 at level AA, or EPUB Accessibility 1.1, as far as a program can tell."""
    claims = set(proven(contents))
    needed = {
        ("accessModeSufficient", "textual"): "a picture has no alternative text (WCAG 1.1.1)",
        ("accessibilityFeature", "structuralNavigation"): "its headings skip a rank (WCAG 1.3.1)",
        ("accessibilityFeature", "readingOrder"): "its style can change the reading order (WCAG 1.3.2)",
        ("accessibilityFeature", "displayTransformability"): "its style resists the reader's (WCAG 1.4.4, 1.4.12)",
        ("accessibilityFeature", "tableOfContents"): "it has no contents (EPUB Accessibility 1.1, 3.2)",
        ("accessibilityHazard", "none"): "something in it may move or flash (WCAG 2.2.2, 2.3.1)",
    }
    found = [words for claim, words in needed.items() if claim not in claims]
    documents = [*contents.documents, contents.nav, *([] if contents.cover is None else [contents.cover])]
    for document in documents:
        if not document.get("lang"):
            found.append("a file says no language (WCAG 3.1.1)")
        if not (document.findtext(f"{XHTML}head/{XHTML}title") or "").strip():
            found.append("a file has no title (WCAG 2.4.2)")
        found += [
            "a formula has no alternative text (WCAG 1.1.1)"
            for formula in document.iter(MATH)
            if not formula.get("alttext", "").strip()
        ]
        found += ["a link has no words (WCAG 2.4.4)" for link in document.iter(XHTML + "a") if not _named(link)]
    return tuple(dict.fromkeys(found))


def _named(link: _Element) -> bool:
    """True for what is no link, and for a link that a screen reader has words for."""
    said = ["".join(map(str, link.itertext())), link.get("aria-label", ""), link.get("title", "")]
    shown = [img.get("alt", "") for img in link.iter(XHTML + "img")] + [f.get("alttext", "") for f in link.iter(MATH)]
    return link.get("href") is None or any(text.strip() for text in (*said, *shown))


def heading_faults(documents: tuple[_Element, ...]) -> list[tuple[_Element | None, str]]:
    """Where the headings of a book, read in order, are not one h1 and then never a skipped rank."""
    faults: list[tuple[_Element | None, str]] = []
    rank = 0
    for document in documents:
        for element in document.iter(*(f"{XHTML}h{n}" for n in range(1, 7))):
            step = int(str(element.tag)[-1])
            if step == 1 and rank:
                faults.append((element, "a second h1"))
            elif step > rank + 1:
                faults.append((element, f"h{step} after h{rank}" if rank else f"the first heading is an h{step}"))
            rank = step
    return faults if rank else [(None, "no heading at all")]


def _pictures(document: _Element) -> Iterator[_Element]:
    """What is seen and not read: images, drawings, and frames of other things. Not what a drawing is made of."""
    names = ("img", "input", "canvas", "embed", "iframe", "object", "video")
    for element in document.iter(SVG + "svg", *(XHTML + name for name in names)):
        inner = next(element.iterancestors(SVG + "svg"), None) is not None
        if not inner and (element.tag != XHTML + "input" or element.get("type") == "image"):
            yield element


def _described(picture: _Element) -> bool:
    """True for an image with alternative text, or one its author calls decorative by an empty one.

    The name of a file is none (WCAG 2.2, F30).
    """
    if picture.tag == SVG + "svg":
        return picture.find(SVG + "title") is not None or bool(picture.get("aria-label"))
    alt = picture.get("alt")
    return picture.tag == XHTML + "img" and alt is not None and not _FILE_NAME.fullmatch(alt.strip())


def _has_contents(nav: _Element) -> bool:
    return any(
        part.get(EPUB_TYPE) == "toc" and part.find(f".//{XHTML}a[@href]") is not None
        for part in nav.iter(XHTML + "nav")
    )


def page_breaks(document: _Element) -> list[_Element]:
    """The marks of pages in a document that say which."""
    return [
        element
        for element in document.iter(XHTML + "span", XHTML + "div")
        if "doc-pagebreak" in element.get("role", "").split() and element.get("aria-label")
    ]


def _has_page_list(contents: Contents) -> bool:
    """Whether there is a list of pages, and each leads to a mark."""
    marks = {mark.get("id") for document in contents.documents for mark in page_breaks(document)}
    links = [
        link.get("href", "")
        for part in contents.nav.iter(XHTML + "nav")
        if part.get(EPUB_TYPE) == "page-list"
        for link in part.iter(XHTML + "a")
    ]
    return bool(links) and all(link.partition("#")[2] in marks for link in links)


def _css(contents: Contents) -> str:
    """All CSS of the book as one sheet: the file's, that of style elements, and that of style attributes."""
    sheets = [contents.css]
    for document in contents.documents:
        sheets += [style.text or "" for style in document.iter(XHTML + "style")]
        sheets += [f"* {{ {element.get('style')} }}" for element in document.iter() if element.get("style")]
    return "\n".join(sheets)


class _Declaration(Struct, frozen=True):
    name: str
    words: frozenset[str]  # identifiers and units, lower case
    important: bool


def _declarations(css: str) -> Iterator[_Declaration]:
    """Every declaration, however deep. A @keyframes rule counts as one named so."""
    import tinycss2

    def inside(nodes: list[Any]) -> Iterator[_Declaration]:
        for node in nodes:
            kind = getattr(node, "type", "")
            if kind == "declaration":
                name = re.sub(r"^-[a-z]+-", "", node.lower_name)
                yield _Declaration(name, frozenset(_words(node.value)), node.important)
            elif kind == "at-rule" and node.lower_at_keyword.endswith("keyframes"):
                yield _Declaration("keyframes", frozenset(), False)
            elif kind in ("at-rule", "qualified-rule") and node.content is not None:
                yield from inside(tinycss2.parse_blocks_contents(node.content))

    yield from inside(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True))


def _words(tokens: list[object]) -> Iterator[str]:
    for token in tokens:
        word = getattr(token, "lower_unit", None) or getattr(token, "lower_value", None)
        if isinstance(word, str):
            yield word
        yield from _words(getattr(token, "arguments", None) or [])


def _resists(rule: _Declaration) -> bool:
    """A rule that the reader's own size, spacing or colour cannot win against."""
    return rule.important or (rule.name in _OF_TYPE and bool(rule.words & _ABSOLUTE))


def _reorders(rule: _Declaration) -> bool:
    """A rule that can show things in another order than they are read in."""
    placed = rule.name == "position" and bool(rule.words & {"absolute", "fixed"})
    return placed or rule.name == "order" or any(word.endswith("-reverse") for word in rule.words)


def _calm(contents: Contents, rules: list[_Declaration]) -> bool:
    """True when nothing in the book can flash, move or sound."""
    documents = [*contents.documents, contents.nav, *([] if contents.cover is None else [contents.cover])]
    return (
        not any(next(document.iter(*_LIVELY), None) is not None for document in documents)
        and not any(str(name).startswith("on") for d in documents for e in d.iter() for name in e.attrib)
        and not any(rule.name == "keyframes" or re.match("animation|transition", rule.name) for rule in rules)
        and all(_still(media_type, data) for media_type, data in contents.images)
    )


def _still(media_type: str, data: bytes) -> bool:
    """True for a picture that is known not to move."""
    if media_type == "image/svg+xml":
        return re.search(rb"<(\w+:)?(animate|set|script|foreignObject)|@(-\w+-)?keyframes|\son\w+\s*=", data) is None
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as image:
            return getattr(image, "n_frames", 1) == 1
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError):
        return False


def _described_in_text(documents: tuple[_Element, ...]) -> int:
    """How many figures hold a description, and no picture."""
    figures = (figure for document in documents for figure in document.iter(XHTML + "figure"))
    return sum(
        "described" in figure.get("class", "").split() and next(_pictures(figure), None) is None for figure in figures
    )


def _summary(
    claims: list[tuple[str, str]], pictures: list[_Element], covers: list[_Element], in_text: int, certifier: str
) -> str:
    """Plain sentences for accessibilitySummary, each from a claim or a count."""
    aids = {"structuralNavigation": "headings", "tableOfContents": "a table of contents"}
    held = [words for name, words in aids.items() if ("accessibilityFeature", name) in claims]
    said = [f"Text with {' and '.join(held)}." if held else "Text."]
    if all(("accessibilityFeature", name) in claims for name in ("pageNavigation", "pageBreakMarkers")):
        said.append("The pages of a print edition are marked and listed.")
    if in_text == 1:
        said.append("One picture is not reproduced; its description stands in the text.")
    elif in_text:
        said.append(f"{_spelled(in_text)} pictures are not reproduced; their descriptions stand in the text.")
    decorative = any(not picture.get("alt", "-") for picture in pictures)
    if ("accessModeSufficient", "textual") not in claims:
        alone = len(pictures) + len(covers) == 1
        said.append("The only picture has no alternative text." if alone else "Not every picture has alternative text.")
    elif len(pictures) == 1 and not covers:
        said.append(f"The only picture {'is marked as decorative' if decorative else 'has alternative text'}.")
    elif pictures:
        said.append(f"Every picture has alternative text{' or is marked as decorative' if decorative else ''}.")
    elif covers:
        said.append("The only picture shown is the cover, which has alternative text.")
    if ("accessibilityHazard", "none") in claims:
        said.append("Nothing flashes, moves or makes a sound.")
    if ("accessibilityFeature", "MathML") in claims:
        said.append("Formulas are MathML.")
    if certifier:
        said.append(f"Conformance to {CONFORMANCE.replace(' - ', ' and ')} is certified by {certifier}.")
    else:
        said.append("Conformance to an accessibility standard has not been certified.")
    return " ".join(said)


def _spelled(number: int) -> str:
    """A number above one that begins a sentence."""
    words = ("Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
    return words[number - 2] if number - 2 < len(words) else str(number)
