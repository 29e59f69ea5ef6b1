"""What EPUBCheck 5.3.0 is silent on. A rule is a function from an opened ebook to diagnostics."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree

from pipeline.check.epub.container import NCX, OPF, Ebook, opened, resolved
from pipeline.check.epub.printed import pages_are_listed
from pipeline.claims import CONFORMANCE, EPUB_TYPE, MATH, XHTML, heading_faults, obstacles, proven
from pipeline.errors import Diagnostic, Location, error
from pipeline.fetch import LINKED


def findings(data: bytes) -> tuple[Diagnostic, ...]:
    """All findings of all rules; one error EPC001 when this is no ebook."""
    try:
        ebook = opened(data)
    except ValueError as fault:
        return (error("EPC001", str(fault)),)
    return tuple(finding for rule in RULES for finding in rule(ebook))


def mimetype_leads(ebook: Ebook) -> Iterator[Diagnostic]:
    """OCF 3.3, 4.2.2: readers recognise the file by these bytes at this place."""
    first = ebook.entries[0]
    if first.filename != "mimetype" or ebook.files[first.filename] != b"application/epub+zip":
        yield error("EPC002", "the first entry of the archive is not the media type")
    elif first.compress_type != zipfile.ZIP_STORED or first.extra:
        yield error("EPC002", "the media type is compressed, or has an extra field", Location(Path("mimetype")))


def images_have_alt(ebook: Ebook) -> Iterator[Diagnostic]:
    """Every image has an alt attribute; an empty one is the author's word that it is decorative. Never the cover's."""
    for path, document in ebook.documents.items():
        for img in document.iter(XHTML + "img"):
            alt = img.get("alt")
            if alt is None or (path == ebook.cover and not alt.strip()):
                yield error("EPC003", f"{img.get('src')} has no alternative text", _at(path, img))


def formulas_have_alt(ebook: Ebook) -> Iterator[Diagnostic]:
    """Every formula has a text for readers that know no MathML (MathML 3, 2.2.1)."""
    for path, document in ebook.documents.items():
        for math in document.iter(MATH):
            if not math.get("alttext", "").strip():
                yield error("EPC003", "a formula has no alternative text", _at(path, math))


def headings_fall(ebook: Ebook) -> Iterator[Diagnostic]:
    """One h1, the title, and no rank skipped on the way down."""
    paths = {ebook.documents[path]: path for path in ebook.text}
    for element, fault in heading_faults(tuple(paths)):
        yield error("EPC004", fault, None if element is None else _at(paths[element.getroottree().getroot()], element))


def contents_follow_spine(ebook: Ebook) -> Iterator[Diagnostic]:
    """The contents and the NCX lead to the same places, in the order in which the places are read."""
    anchors = [a for nav in ebook.documents[ebook.nav].iter(XHTML + "nav") if nav.get(EPUB_TYPE) == "toc"
               for a in nav.iter(XHTML + "a")]  # fmt: skip
    targets = [(resolved(ebook.nav, a.get("href", "")), a.get("href", "").partition("#")[2]) for a in anchors]
    order = {(path, ""): (ebook.spine.index(path), -1) for path in ebook.text}
    for path in ebook.text:
        for place, element in enumerate(ebook.documents[path].iter()):
            if element.get("id"):
                order[path, element.get("id", "")] = (ebook.spine.index(path), place)
    for anchor, target in zip(anchors, targets, strict=True):
        if target not in order:
            yield error("EPC005", f"the contents lead nowhere: {anchor.get('href')}", _at(ebook.nav, anchor))
    found = [order[target] for target in targets if target in order]
    if found != sorted(found):
        yield error("EPC005", "the contents are not in reading order", Location(Path(ebook.nav)))
    if missed := set(ebook.text) - {path for path, _ in targets}:
        yield error("EPC005", f"not in the contents: {', '.join(sorted(missed))}", Location(Path(ebook.nav)))
    for path in (item.path for item in ebook.items if item.media_type == "application/x-dtbncx+xml"):
        # A part has no place of its own in the contents; the NCX wants one, and gives it its first chapter's.
        points = [
            content
            for point in etree.fromstring(ebook.files[path]).iter(NCX + "navPoint")
            for content in point.findall(NCX + "content")
            if not _is_part(content)
        ]
        if [(resolved(path, p.get("src", "")), p.get("src", "").partition("#")[2]) for p in points] != targets:
            yield error("EPC005", "the NCX and the contents differ", Location(Path(path)))


def _is_part(content: etree._Element) -> bool:
    point = content.getparent()
    below = None if point is None else point.find(f"{NCX}navPoint/{NCX}content")
    return below is not None and below.get("src") == content.get("src")


def addresses_stay_inside(ebook: Ebook) -> Iterator[Diagnostic]:
    """Links are relative and lead to an entry, or to the web; nothing that is shown comes from outside."""
    for path, document in ebook.documents.items():
        for element in document.iter(etree.Element):
            for key in ("href", "src", "data", "poster"):
                address = element.get(key)
                if address is not None and (fault := _outside(ebook, path, element, address)):
                    yield error("EPC006", f"{fault}: {address[:80]}", _at(path, element))


def _outside(ebook: Ebook, path: str, element: etree._Element, address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        allowed = LINKED if element.tag == XHTML + "a" else ("data",)
        return "" if parts.scheme in allowed else "leads outside the book"
    return "" if resolved(path, address) in ebook.files else "leads to nothing in the book"


def claims_hold(ebook: Ebook) -> Iterator[Diagnostic]:
    """Every accessibility claim is shown by the contents, and what they show is said."""
    where = Location(Path(ebook.package_path))
    holds = dict.fromkeys(proven(ebook.contents(), _certifier(ebook)))
    made = {
        (name.removeprefix("schema:"), (meta.text or "").strip()): None
        for meta in ebook.package.iter(OPF + "meta")
        if (name := meta.get("property", "")).startswith("schema:access")
    }
    for name, value in made:
        if (name, value) not in holds:
            yield error("EPC007", f"claims {name} “{value}”, which its contents do not show", where)
    for name, value in holds:
        if (name, value) not in made:
            yield error("EPC007", f"does not say {name} “{value}”, which holds", where)


def conformance_is_certified(ebook: Ebook) -> Iterator[Diagnostic]:
    """Who says that an ebook conforms is named, says it in the standard's words, and nothing in it is against that."""
    where = Location(Path(ebook.package_path))
    claims = [meta for meta in ebook.package.iter(OPF + "meta") if meta.get("property") == "dcterms:conformsTo"]
    for claim in claims:
        if (claim.text or "").strip() != CONFORMANCE:
            yield error("EPC008", f"claims to conform to “{claim.text}”, not to “{CONFORMANCE}”", where)
        elif not _certifier(ebook):
            yield error("EPC008", "claims conformance, and does not say who certifies it", where)
    for obstacle in obstacles(ebook.contents()) if claims else ():
        yield error("EPC008", f"claims conformance, though {obstacle}", where)


def _certifier(ebook: Ebook) -> str:
    """Who certifies the conformance that the package claims; '' for nobody."""
    metas = list(ebook.package.iter(OPF + "meta"))
    claims = {f"#{m.get('id')}" for m in metas if m.get("property") == "dcterms:conformsTo" and m.get("id")}
    by = (m for m in metas if m.get("property") == "a11y:certifiedBy" and m.get("refines") in claims)
    return next(((m.text or "").strip() for m in by), "")


def _at(path: str, element: etree._Element) -> Location:
    return Location(Path(path), int(str(element.sourceline)))


RULES = (
    mimetype_leads,
    images_have_alt,
    formulas_have_alt,
    headings_fall,
    contents_follow_spine,
    addresses_stay_inside,
    pages_are_listed,
    claims_hold,
    conformance_is_certified,
)
