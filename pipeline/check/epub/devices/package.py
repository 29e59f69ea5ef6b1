"""Rules about the package as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from pipeline.check.epub.container import NCX, OPF
from pipeline.check.epub.devices.rule import Found, Rule, Subject, at
from pipeline.errors import Location, Severity
from pipeline.settings import refused_language

_MOST_MB, _MANY_MB = 50, 25
_LANGUAGE = "{http://purl.org/dc/elements/1.1/}language"


def _languages(subject: Subject) -> Iterator[Found]:
    where = at(subject.ebook.package_path)
    for element in subject.ebook.package.iter(_LANGUAGE):
        if refused_language((element.text or "").strip(), where, ""):
            yield f"the language {element.text!r}", where


def _megabytes(subject: Subject) -> float:
    return sum(entry.compress_size for entry in subject.ebook.entries) / 1_000_000


def _too_heavy(subject: Subject) -> Iterator[Found]:
    if (size := _megabytes(subject)) > _MOST_MB:
        yield f"a book of {size:.0f} MB", None


def _heavy(subject: Subject) -> Iterator[Found]:
    if _MANY_MB < (size := _megabytes(subject)) <= _MOST_MB:
        yield f"a book of {size:.0f} MB", None


def _names(subject: Subject) -> Iterator[Found]:
    taken: dict[str, str] = {}
    for name in (entry.filename for entry in subject.ebook.entries):
        if not re.fullmatch(r"[A-Za-z0-9._/-]+", name):
            yield f"the file name {name!r}", Location(Path(name))
        elif taken.setdefault(name.lower(), name) != name:
            yield f"{name} and {taken[name.lower()]} are one file on some systems", Location(Path(name))


def _order(subject: Subject) -> Iterator[Found]:
    for item in subject.ebook.items:
        if item.media_type == "application/x-dtbncx+xml":
            points = etree.fromstring(subject.ebook.files[item.path]).iter(NCX + "navPoint", NCX + "pageTarget")
            named = [point for point in points if point.get("playOrder")]
            mapped = [int(point.get("playOrder", "0")) for point in named if point.tag == NCX + "navPoint"]
            if mapped != sorted(mapped):
                yield "the NCX counts in another order than it lists", at(item.path)


def _thumbnail(subject: Subject) -> Iterator[Found]:
    pictures = [item.id for item in subject.ebook.items if "cover-image" in item.properties]
    named = [m.get("content") for m in subject.ebook.package.iter(OPF + "meta") if m.get("name") == "cover"]
    if pictures and named != pictures[:1]:
        yield "no meta element names the cover", at(subject.ebook.package_path)
    elif pictures and not re.search(rb'<meta\s+name="cover"', subject.ebook.files[subject.ebook.package_path]):
        yield "the meta element of the cover does not begin with its name", at(subject.ebook.package_path)


_KPG = "Kindle Publishing Guidelines"
RULES = (
    Rule("DVC401", "Kindle", f"{_KPG}, metadata: language", "Send to Kindle refuses the book",
         "write en, en-GB, de or the like", _languages),
    Rule("DVC402", "Kindle", "Send to Kindle, limits by mail: 50 MB", "it cannot be sent to a device",
         "fewer or smaller pictures, or two books", _too_heavy),
    Rule("DVC403", "all", "the house's; some mail takes 25 MB", "it cannot be mailed everywhere, and fills old devices",
         "smaller pictures: `pictures` in the settings", _heavy, Severity.NOTE),
    Rule("DVC404", "EbookLib, RMSDK, Kindle", f"{_KPG}, file paths and names", "the file is not found",
         "ASCII letters, digits, full stops and hyphens", _names),
    Rule("DVC405", "Apple Books", "Apple Books Asset Guide, NCX", "contents out of order; the shop refuses it",
         "count in the order of the spine", _order),
    Rule("DVC406", "Kobo, Kindle, old readers", "Kobo EPUB guidelines (kobolabs/epub-spec), cover images",
         "the library shows no cover", '<meta name="cover" content="…"/>, the name first', _thumbnail),
)  # fmt: skip
