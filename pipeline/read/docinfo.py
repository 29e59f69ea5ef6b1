"""What a source says of itself → Metadata. The document wins over the settings; nothing is invented.

Read, each only for what the ones before it leave open: the field list under the title (or a PEP's header, which
`preamble` makes one), Nikola's comments or ABlog's `post`, `meta` elements. The fields:

:Author:           one name; or :Authors: with a list, or with “;” or else “,” between the names
:Date:             a date; or a field that begins with “Dates”, with a list of them: its name is their label
:Revised:          the day this text was last changed
:File as:          what catalogues file the authors under, in their order, with “;” between them
:Translator:       and what else catalogue.ROLES has, one name or (:Translators:) several
:Series: :Series number: :ISBN:
:Language: :Identifier: :Short title: :Summary: :Publisher: :Rights: :Contact: :Address: :Source: :Subjects:

and what other programs call these. A field that is none of them stays where it is, as text.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

from docutils import nodes
from msgspec import Struct, field
from msgspec.structs import replace

from pipeline.catalogue import CALLED
from pipeline.errors import Diagnostic, Location, SettingsError, error, note, warning
from pipeline.model import Block, Contributor, Metadata, names_folder
from pipeline.read import dates
from pipeline.read.facts import plain
from pipeline.read.limits import MAX_FIELD
from pipeline.read.names import people
from pipeline.read.stated import KNOWN, Stated
from pipeline.read.titles import NAMED, words
from pipeline.settings import Settings, refused_language, refused_number


class _Told(Struct):
    """What one kind of statement says: all fields of the field list, say."""

    texts: dict[str, str] = field(default_factory=dict)
    authors: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    filed: tuple[str, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    subjects: tuple[str, ...] = ()
    days: list[tuple[str, Location]] = field(default_factory=list)
    label: str = ""
    revised: str = ""
    filed_at: Location | None = None


def metadata(
    stated: Iterable[Stated], path: Path, settings: Settings, *, member: bool = False
) -> tuple[Metadata, list[Diagnostic]]:
    """The metadata of a document, still without its title, and what is wrong with its statements.

    A `member` of a book needs neither authors nor a date nor an identifier of its own.
    """
    found: list[Diagnostic] = []
    kinds: dict[str, list[Stated]] = {"field": [], "blog": [], "meta": []}
    for one in stated:
        kinds[one.kind].append(one)
    fields, blog, metas = (_told(kind, settings, found) for kind in kinds.values())
    texts = metas.texts | blog.texts | fields.texts
    days = fields.days or blog.days
    known = [iso for text, where in days if (iso := _iso(text, where, found))]
    revised = fields.revised or blog.revised or metas.revised
    if "identifier" not in texts and not member:
        hint = "add “:Identifier: urn:uuid:…”, or it changes with the file's name or the authors"
        found.append(note("RST126", "no identifier is given, so one is derived", Location(path), hint))
    latest = max(known or [iso for text, where in metas.days if (iso := _iso(text, where, found))], default="")
    if not days and not latest and not member:
        found.append(note("RST124", "no date is given", Location(path), "add “:Date: YYYY-MM-DD” under the title"))
    by = next((told for told in (fields, blog, metas) if told.authors), _Told())
    authors = by.authors or (() if member else settings.authors)
    filed = next((told for told in (fields, blog, metas) if told.filed), _Told())
    if len(filed.filed) > len(authors):
        message = f"{len(filed.filed)} names to file {len(authors)} authors under"
        found.append(error("RST173", message, filed.filed_at, "give one for each author, in their order"))
    contact = ", ".join(dict.fromkeys(filter(None, (texts.pop("contact", ""), *by.addresses))))
    contributors = fields.contributors or blog.contributors or metas.contributors
    contributors = contributors or (() if member else _contributors(settings))
    isbn = texts.pop("isbn", settings.isbn)
    series = texts.pop("series", settings.series), texts.pop("series_number", settings.series_number)
    series = ("", "") if member else series
    return (
        Metadata(
            title="",
            language=texts.pop("language", settings.language),
            authors=authors,
            identifier=texts.pop("identifier", "") or _identifier(path, authors),
            dates=tuple(filter(None, (dates.day(text) for text, _ in days))),
            dates_label=fields.label or blog.label,
            date=latest,
            modified=_modified(revised, latest),
            subjects=tuple(dict.fromkeys(fields.subjects or blog.subjects or metas.subjects or settings.subjects)),
            contributors=contributors,
            credited=_credited(contributors, series, settings),
            filed=settings.file_as | dict(zip(authors, filed.filed, strict=False)),
            series=series[0],
            series_number=series[1] if series[0] else "",
            isbn="" if member else isbn,
            publisher=texts.pop("publisher", settings.publisher),
            rights=texts.pop("rights", settings.rights),
            contact=contact or settings.contact,
            address=texts.pop("address", settings.address),
            editions=(),
            **texts,
        ),
        found,
    )


def _contributors(settings: Settings) -> tuple[Contributor, ...]:
    named = {"trl": settings.translators, "edt": settings.editors, "ill": settings.illustrators}
    return tuple(Contributor(name, role) for role, names in named.items() for name in names)


def _credited(
    contributors: Iterable[Contributor], series: tuple[str, str], settings: Settings
) -> tuple[tuple[str, str], ...]:
    """What stands below the authors: who else had which part in the work, and the series it belongs to."""
    parts: dict[str, list[str]] = {}
    for one in contributors:
        parts.setdefault(one.role, []).append(one.name)
    lines = [(settings.labels.get(CALLED[role], CALLED[role].capitalize()), names) for role, names in parts.items()]
    if series[0]:
        lines.append((settings.labels["series"], [text for text in series if text]))
    return tuple((label, ", ".join(words)) for label, words in lines)


def _told(stated: Iterable[Stated], settings: Settings, found: list[Diagnostic]) -> _Told:
    told = _Told()
    for one in stated:
        if not one.key:
            if near := get_close_matches(one.name.lower(), sorted(KNOWN), n=1, cutoff=0.8):
                message = f"the field {one.name!r} is not known, so it is shown as text"
                found.append(warning("RST123", message, one.where, f"did you mean {near[0]}?"))
        elif sum(map(len, one.values)) > MAX_FIELD:
            message = f"the field {one.name[:40]!r} has more than {MAX_FIELD} characters"
            found.append(error("RST146", message, one.where, "say it shorter, or in the text"))
        elif one.key in ("author", "authors"):
            names, addresses = people("; ".join(one.values), listed=one.key == "authors")
            told.authors += names
            told.addresses += addresses
        elif one.key == "filed":
            told.filed = tuple(name.strip() for value in one.values for name in value.split(";") if name.strip())
            told.filed_at = one.where
        elif one.key in CALLED:
            names, _ = people("; ".join(one.values), listed=one.name.lower().endswith("s"))
            told.contributors += tuple(Contributor(name, one.key) for name in names)
        elif one.key == "date":
            if told.days and one.kind != "meta":
                found.append(error("RST127", "dates are given twice", one.where, "keep one field, with a list of them"))
            told.days += [(value, one.where) for value in one.values]
            told.label = settings.labels["date"] if one.name.lower() == "date" else one.name
        elif one.key == "revised":
            told.revised = _iso(" ".join(one.values), one.where, found) or told.revised
        elif one.key == "subjects":
            told.subjects += tuple(
                part.strip() for value in one.values for part in re.split("[,;，、]", value) if part.strip()
            )
        elif one.key == "language":
            refused = refused_language(" ".join(one.values), one.where, "RST122")
            found += refused
            told.texts |= {} if refused else {"language": " ".join(one.values)}
        elif text := " ".join(one.values):
            isbn = one.key == "identifier" and text.lower().startswith("urn:isbn:")
            name, number = ("isbn", text[len("urn:isbn:") :]) if isbn else (one.name.lower(), text)
            refused_as = refused_number(name, number, one.where, "RST172")
            found += refused_as
            told.texts |= {} if refused_as else {one.key: text}
    return told


def completed(known: Metadata, doctree: nodes.document, standfirst: tuple[Block, ...]) -> Metadata:
    """The metadata with what only the text can say: the title, as the page shows it if it is not named otherwise, and
    a description."""
    shown = plain(next(child for child in doctree.children if isinstance(child, nodes.title)))
    title = doctree.get(NAMED) or shown or words(Path(doctree["source"]))
    return replace(
        known,
        title=title,
        short_title=known.short_title or title,
        description=known.description or " ".join(block.plain for block in standfirst),
    )


def _iso(text: str, where: Location, found: list[Diagnostic]) -> str:
    """A date in ISO form, or '' and an error."""
    try:
        return dates.iso(text)
    except ValueError:
        hint = "write 2025-03-27, March 27, 2025 or 27 March 2025"
        found.append(error("RST121", f"{text!r} is not a date", where, hint))
        return ""


def _identifier(path: Path, authors: tuple[str, ...]) -> str:
    """A stable identifier for a work that gives none: it changes only with the file's name or the authors."""
    name = path.resolve().parent.name if names_folder(path) else path.stem
    return uuid.uuid5(uuid.NAMESPACE_URL, f"postpress:{name}:{'; '.join(authors)}").urn


def _modified(revised: str, latest: str) -> str:
    """`:Revised:`, else SOURCE_DATE_EPOCH, else the latest date, else ''. Raises SettingsError."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not revised and epoch:
        try:
            return datetime.fromtimestamp(int(epoch), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        except (ValueError, OverflowError, OSError) as fault:
            message = f"SOURCE_DATE_EPOCH is {epoch!r}, not seconds since 1970"
            raise SettingsError(error("SET005", message, hint="unset it, or set a whole number")) from fault
    day = revised or latest
    return day + {4: "-01-01", 7: "-01", 10: ""}[len(day)] + "T00:00:00Z" if day else ""
