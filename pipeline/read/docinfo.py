"""The field list under the title → Metadata. The document wins over the settings; nothing is invented.

:Author:           one name; or :Authors: with a list, or with “;” between the names
:Date:             a date; or a field that begins with “Dates”, with a list of them: its name is their label
:Revised:          the day this text was last changed
:Language: :Identifier: :Short title: :Summary: :Publisher: :Rights: :Contact: :Address: :Source: :Subjects:
"""

from __future__ import annotations

import os
import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from docutils import nodes

from pipeline.errors import Diagnostic, Location, SettingsError, error, nearest, note, warning
from pipeline.model import Block, Metadata
from pipeline.read import dates
from pipeline.read.facts import plain
from pipeline.read.limits import MAX_FIELD
from pipeline.settings import Settings, refused_language

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
_TEXTS = {"abstract": "standfirst", "dedication": "opening"}
_KNOWN = {*_TEXTS, *_PLAIN, "author", "authors", "date", "dates", "revised", "subjects"}


def metadata(
    fields: list[nodes.field], path: Path, settings: Settings, *, member: bool = False
) -> tuple[Metadata, list[Diagnostic]]:
    """The metadata of a document, still without its title, and what is wrong with its fields.

    A `member` of a book needs neither authors nor a date nor an identifier of its own.
    """
    found: list[Diagnostic] = []
    texts: dict[str, str] = {}
    authors: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    written: list[tuple[str, int | None]] = []
    label = ""
    revised = ""
    for field in fields:
        name, values, line = field[0].astext(), _values(field), field.line
        where = Location(path, line)
        if sum(map(len, values)) > MAX_FIELD:
            words = f"the field {name[:40]!r} has more than {MAX_FIELD} characters"
            found.append(error("RST146", words, where, "say it shorter, or in the text"))
            values = []
        if name.lower() in ("author", "authors"):
            authors += tuple(part.strip() for value in values for part in value.split(";") if part.strip())
        elif name.lower() in ("date", "dates") or name.lower().startswith("dates "):
            if written:
                found.append(error("RST127", "dates are given twice", where, "keep one field, with a list of them"))
            written += [(value, line) for value in values]
            label = name if name.lower() != "date" else settings.labels["date"]
        elif name.lower() == "revised":
            try:
                revised = dates.iso(values[0])
            except (ValueError, IndexError):
                found.append(_bad_date(values[0] if values else "", where))
        elif name.lower() == "subjects":
            subjects = tuple(part.strip() for value in values for part in re.split("[,;]", value) if part.strip())
        elif key := _PLAIN.get(name.lower()):
            texts[key] = " ".join(values)
            if key == "language":
                found += refused_language(texts[key], where, "RST122")
        else:
            found.append(
                warning("RST123", f"the field {name!r} is not used in any edition", where, nearest(name, _KNOWN))
            )

    known: list[str] = []
    for text, line in written:
        try:
            known.append(dates.iso(text))
        except ValueError:
            found.append(_bad_date(text, Location(path, line)))
    if "identifier" not in texts and not member:
        hint = "add “:Identifier: urn:uuid:…”, or it changes with the file's name or the authors"
        found.append(note("RST126", "no identifier is given, so one is derived", Location(path), hint))
    if not written and not member:
        found.append(note("RST124", "no date is given", Location(path), "add “:Date: YYYY-MM-DD” under the title"))
    authors = authors or (() if member else settings.authors)
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


def completed(known: Metadata, doctree: nodes.document, standfirst: tuple[Block, ...]) -> Metadata:
    """The metadata with what only the text can say: the title as the page shows it, and a description."""
    title = plain(next(child for child in doctree.children if isinstance(child, nodes.title)))
    return replace(
        known,
        title=title,
        short_title=known.short_title or title,
        description=known.description or " ".join(block.text for block in standfirst),
    )


def take(doctree: nodes.document) -> list[nodes.field]:
    """The fields of the docinfo, out of the tree: a field list that comes first under the title.

    An `:Abstract:` or `:Dedication:` is text to be read, so it stays, on the title page.
    """
    leading = (nodes.Titular, nodes.PreBibliographic, nodes.substitution_definition, nodes.target)
    first = next((child for child in doctree.children if not isinstance(child, leading)), None)
    if not isinstance(first, nodes.field_list):
        return []
    doctree.remove(first)
    fields = [field for field in first.children if isinstance(field, nodes.field)]
    for field in fields:
        if place := _TEXTS.get(field[0].astext().lower()):
            doctree.append(nodes.container("", *field[1].children, place=place))
    return [field for field in fields if field[0].astext().lower() not in _TEXTS]


def _values(field: nodes.field) -> list[str]:
    """The texts of a field: one, or one an item if it is a list."""
    body = field[1]
    assert isinstance(body, nodes.field_body)
    first = next(iter(body.children), None)
    if isinstance(first, nodes.enumerated_list) and (first["enumtype"] != "arabic" or len(first.children) == 1):
        # “A. One” and “6. May 2024” read as the first item of a list.
        return [" ".join(body.rawsource.split())]
    if isinstance(first, nodes.line_block):
        return [", ".join(_text(line) for line in first.children)]
    items: list[nodes.Node] = [*body.findall(nodes.list_item)] or ([body] if body.children else [])
    return [_text(item) for item in items]


def _text(node: nodes.Node) -> str:
    """The text of a field, with the address of a link whose words do not say it."""
    said = node.astext()
    for link in node.findall(nodes.reference):
        address = link.get("refuri", "").removeprefix("mailto:")
        if address and address not in said:
            said = said.replace(link.astext(), f"{link.astext()} ({address})", 1)
    return " ".join(said.split())


def _bad_date(text: str, where: Location) -> Diagnostic:
    return error("RST121", f"{text!r} is not a date", where, "write 2025-03-27, March 27, 2025 or 27 March 2025")


def _identifier(path: Path, authors: tuple[str, ...]) -> str:
    """A stable identifier for a work that gives none: it changes only with the file's name or the authors."""
    name = path.resolve().parent.name if path.stem == "index" else path.stem
    return uuid.uuid5(uuid.NAMESPACE_URL, f"postpress:{name}:{'; '.join(authors)}").urn


def _modified(revised: str, latest: str) -> str:
    """`:Revised:`, else SOURCE_DATE_EPOCH, else the latest date, else ''. Raises SettingsError."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not revised and epoch:
        try:
            return datetime.fromtimestamp(int(epoch), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        except (ValueError, OverflowError, OSError) as fault:
            words = f"SOURCE_DATE_EPOCH is {epoch!r}, not seconds since 1970"
            raise SettingsError(error("SET005", words, hint="unset it, or set a whole number")) from fault
    day = revised or latest
    return day + {4: "-01-01", 7: "-01", 10: ""}[len(day)] + "T00:00:00Z" if day else ""
