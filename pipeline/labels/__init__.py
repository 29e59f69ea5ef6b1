"""The few words postpress itself puts on a page: English here, each other language in a file of its own.

A settings file may give others in `[labels]`.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from pipeline.scripts import is_traditional

# Leads from a note back to its call; as text, not as a picture of a key (U+FE0E).
BACK = "\N{LEFTWARDS ARROW WITH HOOK}\N{VARIATION SELECTOR-15}"

ENGLISH = {
    "about": "About this edition",
    "added": "Added in version {0}",
    "and": "and",
    "article": "Article",
    "availability": "Availability",
    "back": "Back to the text",
    "by": "by",
    "changed": "Changed in version {0}",
    "code": "Listing {0}",
    "contact": "Contact",
    "contents": "Contents",
    "contributor": "Contributions",
    "cover": "Cover",
    "date": "Date",
    "deprecated": "Deprecated since version {0}",
    "deprecated_removed": "Deprecated since version {0}, removed in version {1}",
    "described": "Picture described",
    "editor": "Editing",
    "figure": "Figure {0}",
    "figures": "Figures",
    "illustrator": "Illustrations",
    "implementation": "CPython implementation detail",
    "imprint": "Imprint",
    "index": "Index",
    "missing": "Picture not shown",
    "numbered": "{0}.",
    "on_page": "(page {page})",
    "parameters": "Parameters",
    "photographer": "Photographs",
    "preface": "Preface",
    "raises": "Raises",
    "removed": "Removed in version {0}",
    "returns": "Returns",
    "returntype": "Return type",
    "section": "Section {0}",
    "see": "see {term}",
    "see_also": "see also {term}",
    "seealso": "See also",
    "series": "Series",
    "signs": "Symbols",
    "table": "Table {0}",
    "tables": "Tables",
    "titlepage": "Title page",
    "todo": "To do",
    "translator": "Translation",
    "typefaces": "The {edition} edition is set in {fonts}.",
    "variables": "Variables",
    "yields": "Yields",
}


_LEFT_OUT = {"typefaces": ("{edition}",)}  # no translation has it


def lost(name: str, words: str) -> tuple[str, ...]:
    """The places for a number, a page or a name that a label has to have, and that these words for it have not."""
    places = re.findall(r"\{\w+\}", ENGLISH[name])
    return tuple(place for place in places if place not in words and place not in _LEFT_OUT.get(name, ()))


def in_language(tag: str) -> dict[str, str]:
    """The labels for a BCP 47 tag; English where the language, or a label in it, is not here."""
    return ENGLISH | _of("zh-hant" if is_traditional(tag) else tag.lower().split("-")[0])


@cache
def _of(language: str) -> dict[str, str]:
    """The labels that there are in a language, by the name of its file."""
    path = Path(__file__).with_name(f"{language}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
