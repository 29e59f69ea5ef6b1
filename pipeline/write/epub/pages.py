"""The documents of an ebook: cover, sections, contents, and the NCX in which old readers look for contents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count

from lxml import etree

from pipeline import matter
from pipeline.fetch import Shelf
from pipeline.markup import escape, quoteattr
from pipeline.model import Book, NavPoint, Section
from pipeline.references import unpaged
from pipeline.write.epub import index
from pipeline.write.epub.images import Picture, pictures
from pipeline.write.epub.semantics import lead_back, name_parts
from pipeline.write.epub.xhtml import XHTML, document

_HIDDEN = 'hidden="hidden" style="display: none"'  # some readers show what is only `hidden`
STYLE = '<link rel="stylesheet" type="text/css" href="style.css"/>'
# Section.kind → epub:type of the body, epub:type of the section, its role (EPUB SSV 1.1, DPUB-ARIA 1.1). There is no
# role for a title page; a post's one article is the body matter itself, not a chapter of it. The printed contents are
# not here: an ebook has its nav. Lists of figures and of tables belong where they stand.
KINDS = {
    "titlepage": ("frontmatter", "titlepage", ""),
    "imprint": ("frontmatter", "imprint", ""),
    "figures": ("frontmatter", "loi", ""),
    "tables": ("frontmatter", "lot", ""),
    "dedication": ("frontmatter", "dedication", "doc-dedication"),
    "epigraph": ("frontmatter", "epigraph", "doc-epigraph"),
    "foreword": ("frontmatter", "foreword", "doc-foreword"),
    "preface": ("frontmatter", "preface", "doc-preface"),
    "introduction": ("bodymatter", "introduction", "doc-introduction"),
    "acknowledgments": ("backmatter", "acknowledgments", "doc-acknowledgments"),
    "part": ("bodymatter", "part", "doc-part"),
    "chapter": ("bodymatter", "chapter", "doc-chapter"),
    "article": ("bodymatter", "", ""),
    "afterword": ("backmatter", "afterword", "doc-afterword"),
    "appendix": ("backmatter", "appendix", "doc-appendix"),
    "endnotes": ("backmatter", "endnotes", "doc-endnotes"),
    "glossary": ("backmatter", "glossary", "doc-glossary"),
    "bibliography": ("backmatter", "bibliography", "doc-bibliography"),
    "index": ("backmatter", "index", "doc-index"),
    "colophon": ("backmatter", "colophon", "doc-colophon"),
}


def cover(book: Book, href: str, labels: Mapping[str, str]) -> etree._Element:
    """The cover alone, as Kobo asks, as an <img>. Its alternative text names title, authors and picture."""
    *others, last = book.metadata.authors or ("",)
    names = f"{', '.join(others)} {labels['and']} {last}" if others else last
    by = f", {labels['by']} {names}" if last else ""
    picture = book.cover or book.drawing
    sentences = (f"{labels['cover']}: {book.metadata.title}{by}", picture.alt if picture else "")
    alt = " ".join(s if s.endswith((".", "!", "?", "…")) else f"{s}." for s in sentences if s)
    style = (
        "html, body { height: 100%; margin: 0 } "
        # In a line of text it would stand on the baseline, and the room below that can spill to a second page.
        "img { display: block; margin: 0 auto; max-width: 100%; max-height: 100% }"
    )
    img = f'<img src={quoteattr(href)} alt={quoteattr(alt)} role="doc-cover"/>'
    title = f"{labels['cover']}: {book.metadata.title}"
    return document(title, book.metadata.language, img, "cover", f"<style>{style}</style>")


def sections(book: Book, labels: Mapping[str, str]) -> dict[str, etree._Element]:
    """The documents of the spine by section name, linked to each other."""
    language = book.metadata.language
    shown = [section for section in book.spine if section.kind in KINDS]
    roots = {s.name: document(_title(book, s), language, unpaged(s.xhtml), _matter(s), STYLE) for s in shown}
    homes = {element.get("id"): name for name, root in roots.items() for element in root.iter() if element.get("id")}
    lead_back(roots.values(), labels)
    for section in shown:
        if section.kind == "index":
            index.fill(roots.values(), roots[section.name])
    for section in shown:
        root = roots[section.name]
        name_parts(root, *KINDS[section.kind][1:], section.title)
        for element in root.iter(XHTML + "*"):
            element.attrib.pop("data-line", "")
            element.attrib.pop("data-foot", "")
            target = element.get("href", "")
            home = homes.get(target.removeprefix("#"), section.name)
            if target.startswith("#") and home != section.name:
                element.set("href", f"{home}.xhtml{target}")
    return roots


def link_dark(root: etree._Element) -> None:
    """Link the sheet for dark pages, after all others."""
    etree.SubElement(root[0], XHTML + "link", {"rel": "stylesheet", "type": "text/css", "href": "dark.css"})


def _title(book: Book, section: Section) -> str:
    """Screen readers say it when the file changes: what is read, and which part of it (WCAG 2.2, 2.4.2)."""
    return book.metadata.title if section.kind == "titlepage" else f"{book.metadata.title}: {section.title}"


def _matter(section: Section) -> str:
    """The epub:type of its body."""
    if section.kind in matter.LISTS:
        return "frontmatter" if section.is_front else "backmatter"
    return KINDS[section.kind][0]


def illustrate(roots: Iterable[etree._Element], book: Book, shelf: Shelf, bounds: Mapping[str, int]) -> list[Picture]:
    """Take in the pictures that documents show, and point the documents to them. Raises RenderError."""
    shown = [img for root in roots for img in root.iter(XHTML + "img") if ":" not in img.get("src", ":")]
    places = {image.src: image.where for image in book.images}
    taken = pictures((img.get("src", "") for img in shown), shelf, places, bounds)
    for img in shown:
        img.set("src", taken[img.get("src", "")].href)
    return list(taken.values())


def landmarks(book: Book, has_cover: bool, labels: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The places every reader asks for: (epub:type, address, title)."""
    marks = [("cover", "cover.xhtml", labels["cover"])] if has_cover else []
    marks.append(("toc", "nav.xhtml", labels["contents"]))
    for section in book.spine:
        body_type, section_type, _ = KINDS.get(section.kind, ("", "toc", ""))
        mark = body_type if body_type == "bodymatter" else section_type
        # Body matter begins once, where a reader that opens at the text should open.
        if mark not in {known for known, _, _ in marks}:
            marks.append((mark, f"{section.name}.xhtml", section.title))
    return marks


def _page_list(book: Book) -> str:
    """The pages of the print edition, which readers offer as places to go to."""
    items = (f'<li><a href="{page.section}.xhtml#{page.id}">{escape(page.label)}</a></li>' for page in book.pages)
    return f'<nav epub:type="page-list" role="doc-pagelist" {_HIDDEN}><ol>{"".join(items)}</ol></nav>'


def nav(book: Book, marks: Iterable[tuple[str, str, str]], labels: Mapping[str, str]) -> etree._Element:
    """The contents, legible as a page of its own; the landmarks and pages, which readers show in menus only."""

    def label(point: NavPoint) -> str:
        return f"<a href={quoteattr(href(point))}>{escape(point.title)}</a>"

    def lines(points: tuple[NavPoint, ...]) -> str:
        items = (f"<li>{label(point)}{lines(point.children) if point.children else ''}</li>" for point in points)
        return f"<ol>{''.join(items)}</ol>"

    marked = "".join(
        f'<li><a epub:type="{mark}" href={quoteattr(target)}>{escape(title)}</a></li>' for mark, target, title in marks
    )
    body = (
        '<nav epub:type="toc" role="doc-toc" aria-labelledby="contents">'
        f'<h2 id="contents">{escape(labels["contents"])}</h2>{lines(book.nav)}</nav>'
        f'<nav epub:type="landmarks" {_HIDDEN}><ol>{marked}</ol></nav>' + (_page_list(book) if book.pages else "")
    )
    title = f"{book.metadata.title}: {labels['contents']}"
    return document(title, book.metadata.language, body, "frontmatter", STYLE)


def ncx(book: Book, roots: Mapping[str, etree._Element]) -> bytes:
    """The contents and the pages once more, in the same order (OPF 2.0.1, 2.4.1; DAISY Z39.86-2005, 8).

    `roots` are the documents by section name.
    """

    def lines(points: tuple[NavPoint, ...]) -> str:
        return "".join(
            f'<navPoint id="point-{next(numbers)}" playOrder="{order[href(p)]}">'
            f"<navLabel><text>{escape(p.title)}</text></navLabel>"
            f"<content src={quoteattr(href(p))}/>{lines(p.children)}</navPoint>"
            for p in points
        )

    def depth(points: tuple[NavPoint, ...]) -> int:
        return 1 + max((depth(p.children) for p in points), default=-1)

    def places(points: tuple[NavPoint, ...]) -> Iterator[str]:
        for point in points:
            yield href(point)
            yield from places(point.children)

    numbers = count(1)
    led = {*places(book.nav), *(f"{page.section}.xhtml#{page.id}" for page in book.pages)}
    # A part and its first chapter are one place.
    order = {place: number for number, place in enumerate((p for p in _addresses(roots) if p in led), 1)}
    pages = "".join(
        f'<pageTarget id="{page.id}" type="{"normal" if page.label.isdecimal() else "front"}"'
        f"{f' value={quoteattr(page.label)}' if page.label.isdecimal() else ''}"
        f' playOrder="{order[address]}"><navLabel><text>{escape(page.label)}</text></navLabel>'
        f'<content src="{address}"/></pageTarget>'
        for page in book.pages
        for address in [f"{page.section}.xhtml#{page.id}"]
    )
    heads = {
        "uid": book.metadata.identifier,
        "depth": depth(book.nav),
        "totalPageCount": len(book.pages),
        "maxPageNumber": max((int(page.label) for page in book.pages if page.label.isdecimal()), default=0),
    }
    metas = "".join(f'<meta name="dtb:{name}" content={quoteattr(str(value))}/>' for name, value in heads.items())
    authors = "".join(f"<docAuthor><text>{escape(name)}</text></docAuthor>" for name in book.metadata.authors)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1"'
        f" xml:lang={quoteattr(book.metadata.language)}><head>{metas}</head>"
        f"<docTitle><text>{escape(book.metadata.title)}</text></docTitle>{authors}"
        f"<navMap>{lines(book.nav)}</navMap>{f'<pageList>{pages}</pageList>' if pages else ''}</ncx>\n"
    ).encode()


def _addresses(roots: Mapping[str, etree._Element]) -> Iterator[str]:
    """All that can be led to, in reading order."""
    for name, root in roots.items():
        yield f"{name}.xhtml"
        yield from (f"{name}.xhtml#{element.get('id')}" for element in root.iter() if element.get("id"))


def href(point: NavPoint) -> str:
    """`SECTION` or `SECTION#ID` as an address beside the package document."""
    section, mark, fragment = point.href.partition("#")
    return f"{section}.xhtml{mark}{fragment}"
