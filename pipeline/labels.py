"""The few words postpress itself puts on a page. A settings file may give others in `[labels]`."""

from __future__ import annotations

ENGLISH = {
    "about": "About this edition",
    "and": "and",
    "article": "Article",
    "by": "by",
    "contact": "Contact",
    "contents": "Contents",
    "cover": "Cover",
    "date": "Date",
    "described": "Picture described",
    "missing": "Picture not shown",
    "preface": "Preface",
    "titlepage": "Title page",
    "typefaces": "The {edition} edition is set in {fonts}.",
}
