"""What the package says of a work: Dublin Core, and what refines it. What is not known is not said."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import catalogue
from pipeline.claims import CONFORMANCE, Certifier, Contents, proven
from pipeline.model import Metadata
from pipeline.write.epub.archive import LANG, Meta


def described(known: Metadata) -> Iterator[Meta]:
    """The work: its names and numbers, who made it, the series it is of, what it is about."""
    yield Meta("DC", "identifier", known.identifier, {"id": "id"})
    if known.isbn:
        yield Meta("DC", "identifier", f"urn:isbn:{catalogue.isbn(known.isbn)}", {"id": "isbn"})
        # ONIX, list 5: 15 is an ISBN of thirteen figures.
        yield _refined("isbn", "identifier-type", "15", scheme="onix:codelist5")
    filed = catalogue.title_filed(known.title, known.language)
    yield Meta("DC", "title", known.title, {"id": "title"} if filed else {})
    if filed:
        yield _refined("title", "file-as", filed)
    yield Meta("DC", "language", known.language)
    for number, name in enumerate(known.authors, 1):
        yield from _person(f"creator-{number}", "creator", name, "aut", known)
    for number, one in enumerate(known.contributors, 1):
        yield from _person(f"contributor-{number}", "contributor", one.name, one.role, known)
    single = {
        "date": known.date,
        "publisher": known.publisher,
        "rights": known.rights,
        "description": known.description,
        "source": known.source_url,
    }
    yield from (Meta("DC", name, value) for name, value in single.items() if value)
    for number, subject in enumerate(known.subjects, 1):
        name, authority, term = catalogue.term(subject)
        yield Meta("DC", "subject", name, {"id": f"subject-{number}"} if term else {})
        if term:
            yield _refined(f"subject-{number}", "authority", authority)
            yield _refined(f"subject-{number}", "term", term)
    if known.series:
        yield Meta(None, "meta", known.series, {"property": "belongs-to-collection", "id": "series"})
        yield _refined("series", "collection-type", "series")
        if known.series_number:
            yield _refined("series", "group-position", known.series_number)
        # calibre, and the readers that take after it, know this form alone.
        yield named("calibre:series", known.series)
        if known.series_number:
            yield named("calibre:series_index", known.series_number)


def paged(edition: str) -> Iterator[Meta]:
    """Which edition the marks of pages are of; '' for none (EPUB Accessibility 1.1, pageBreakSource)."""
    if edition:
        yield Meta(None, "meta", edition, {"property": "pageBreakSource"})


def claimed(contents: Contents, language: str, certifier: Certifier | None) -> Iterator[Meta]:
    """What the book says of its accessibility: what is proven, and the conformance that somebody certifies."""
    if certifier:
        yield Meta(None, "meta", CONFORMANCE, {"property": "dcterms:conformsTo", "id": "conformance"})
        yield Meta(
            None,
            "meta",
            certifier.name,
            {"property": "a11y:certifiedBy", "refines": "#conformance", "id": "certifier"},
        )
        if certifier.credential:
            yield _refined("certifier", "a11y:certifierCredential", certifier.credential)
        if certifier.report:
            report = {"rel": "a11y:certifierReport", "refines": "#certifier", "href": certifier.report}
            yield Meta(None, "link", "", report)
    for name, value in proven(contents, certifier.name if certifier else ""):
        foreign = name == "accessibilitySummary" and language.lower().partition("-")[0] != "en"
        yield Meta(None, "meta", value, {"property": f"schema:{name}", **({LANG: "en"} if foreign else {})})


def named(name: str, content: str) -> Meta:
    """A `meta` as EPUB 2 has them; `name` first: some old shops look for these very characters."""
    return Meta(None, "meta", "", {"name": name, "content": content})


def _person(place: str, element: str, name: str, role: str, known: Metadata) -> Iterator[Meta]:
    yield Meta("DC", element, name, {"id": place})
    yield _refined(place, "role", role, scheme="marc:relators")
    if filed := known.filed.get(name) or catalogue.filed(name, known.language):
        yield _refined(place, "file-as", filed)


def _refined(place: str, name: str, value: str, **more: str) -> Meta:
    return Meta(None, "meta", value, {"refines": f"#{place}", "property": name, **more})
