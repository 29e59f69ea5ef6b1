"""The field list under the title → Metadata. The document wins over the settings; nothing is invented.

:Author:           one name; or :Authors: with a list, or with “;” between the names
:Date:             a date; or a field that begins with “Dates”, with a list of them: its name is their label
:Revised:          the day this text was last changed
:Language: :Identifier: :Short title: :Summary: :Publisher: :Rights: :Contact: :Address: :Source: :Subjects:
"""

from __future__ import annotations

import difflib
import os
import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from docutils import nodes

from pipeline.errors import Diagnostic, Location, error, note, warning
from pipeline.model import Metadata
from pipeline.read import dates
from pipeline.read.facts import plain
from pipeline.settings import Settings

_PLAIN = {
    "language": "language",
    "identifier": "identifier",
    "short title": "short_title",
    "summary": "description",
    "publisher": "publisher",
    "organization": "publisher",
    "rights": "rights",
    "copyright": "rights",
    "contact": "contact",
    "address": "address",
    "source": "source_url",
}
_KNOWN = {*_PLAIN, "author", "authors", "date", "dates", "revised", "subjects"}
# RFC 5646, 2.1, the shapes in use: language, extended language, script, region, variants, private use.
_LANGUAGE = re.compile(
    r"[a-z]{2,3}(-[a-z]{3})?(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-([a-z\d]{5,8}|\d[a-z\d]{3}))*(-x(-[a-z\d]{1,8})+)?", re.I
)


def metadata(fields: list[nodes.field], path: Path, settings: Settings) -> tuple[Metadata, list[Diagnostic]]:
    """The metadata of a document, still without its title, and what is wrong with its fields."""
    found: list[Diagnostic] = []
    texts: dict[str, str] = {}
    authors: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    written: list[tuple[str, int | None]] = []
    label = settings.labels["dates"]
    revised = ""
    for field in fields:
        name, values, line = field[0].astext(), _values(field), field.line
        where = Location(path, line)
        if name.lower() in ("author", "authors"):
            authors += tuple(part.strip() for value in values for part in value.split(";") if part.strip())
        elif name.lower() == "date" or name.lower().startswith("dates"):
            written += [(value, line) for value in values]
            label = name if name.lower().startswith("dates") else label
        elif name.lower() == "revised":
            try:
                revised = dates.iso(values[0])
            except (ValueError, IndexError):
                found.append(_bad_date(values[0] if values else "", where))
        elif name.lower() == "subjects":
            subjects = tuple(part.strip() for value in values for part in re.split("[,;]", value) if part.strip())
        elif key := _PLAIN.get(name.lower()):
            texts[key] = " ".join(values)
            if key == "language" and not _LANGUAGE.fullmatch(texts[key]):
                hint = "write a BCP 47 tag such as en, en-GB, de or pt-BR"
                found.append(error("RST122", f"{texts[key]!r} is not a language tag", where, hint))
        else:
            near = difflib.get_close_matches(name.lower(), _KNOWN, n=1, cutoff=0.6)
            hint = f"did you mean {near[0]}?" if near else ""
            found.append(warning("RST123", f"the field {name!r} is not used in any edition", where, hint))

    if not _LANGUAGE.fullmatch(settings.language):
        hint = "write a BCP 47 tag such as en, en-GB, de or pt-BR"
        found.append(error("RST122", f"{settings.language!r} in the settings is not a language tag", None, hint))
    known: list[str] = []
    for text, line in written:
        try:
            known.append(dates.iso(text))
        except ValueError:
            found.append(_bad_date(text, Location(path, line)))
    if not written:
        found.append(note("RST124", "no date is given", Location(path), "add “:Date: YYYY-MM-DD” under the title"))
    authors = authors or settings.authors
    latest = max(known, default="")
    return (
        Metadata(
            title="",
            language=texts.pop("language", settings.language),
            authors=authors,
            identifier=texts.pop("identifier", "") or _identifier(path, authors),
            dates=tuple(text for text, _ in written),
            dates_label=label,
            date=latest,
            modified=_modified(revised, latest),
            subjects=subjects,
            publisher=texts.pop("publisher", settings.publisher),
            rights=texts.pop("rights", settings.rights),
            contact=texts.pop("contact", settings.contact),
            address=texts.pop("address", settings.address),
            **texts,
        ),
        found,
    )


def with_title(known: Metadata, doctree: nodes.document) -> Metadata:
    """The metadata with the title as the page shows it (typography applied), without joiners."""
    title = plain(next(doctree.findall(nodes.title)))
    return replace(known, title=title, short_title=known.short_title or title)


def take(doctree: nodes.document) -> list[nodes.field]:
    """The fields of the docinfo, out of the tree: a field list that comes first under the title.

    An `:Abstract:` is text to be read, so it stays, as the standfirst.
    """
    leading = (nodes.Titular, nodes.comment, nodes.substitution_definition, nodes.target, nodes.system_message)
    first = next((child for child in doctree.children if not isinstance(child, leading)), None)
    if not isinstance(first, nodes.field_list):
        return []
    doctree.remove(first)
    fields = [field for field in first.children if isinstance(field, nodes.field)]
    for field in fields:
        if field[0].astext().lower() == "abstract":
            doctree.append(nodes.container("", *field[1].children, place="standfirst"))
    return [field for field in fields if field[0].astext().lower() != "abstract"]


def _values(field: nodes.field) -> list[str]:
    """The texts of a field: one, or one an item if it is a list."""
    body = field[1]
    assert isinstance(body, nodes.field_body)
    # “A. One” reads as the first item of a list; on a single line it is a name with an initial.
    if isinstance(next(iter(body.children), None), nodes.enumerated_list) and "\n" not in body.rawsource.strip():
        return [" ".join(body.rawsource.split())]
    items: list[nodes.Node] = [*body.findall(nodes.list_item)] or ([body] if body.children else [])
    return [" ".join(item.astext().split()) for item in items]


def _bad_date(text: str, where: Location) -> Diagnostic:
    return error("RST121", f"{text!r} is not a date", where, "write 2025-03-27, March 27, 2025 or 27 March 2025")


def _identifier(path: Path, authors: tuple[str, ...]) -> str:
    """A stable identifier for a work that gives none: it changes only with the file's name or the authors."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"postpress:{path.stem}:{'; '.join(authors)}").urn


def _modified(revised: str, latest: str) -> str:
    """`:Revised:`, else SOURCE_DATE_EPOCH, else the latest date; EPUB 3.3 (5.5.5) wants one, so undated work gets
    the first moment a ZIP archive can name, on every machine the same."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not revised and epoch.isdigit():
        return datetime.fromtimestamp(int(epoch), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    day = revised or latest or "1980"
    return day + {4: "-01-01", 7: "-01", 10: ""}[len(day)] + "T00:00:00Z"
