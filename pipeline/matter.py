"""Front and back matter: what a book may have beside its chapters, and what each is called in a `book.toml`."""

from __future__ import annotations

# What postpress makes itself, and what an author writes in a file: name → Section.kind.
MADE = {
    "half title": "halftitle",
    "title page": "titlepage",
    "imprint": "imprint",
    "contents": "contents",
    "figures": "figures",
    "tables": "tables",
    "index": "index",
    "colophon": "colophon",
}
WRITTEN = {
    "dedication": "dedication",
    "epigraph": "epigraph",
    "foreword": "foreword",
    "preface": "preface",
    "introduction": "introduction",
    "acknowledgments": "acknowledgments",
    "afterword": "afterword",
    "appendix": "appendix",
    "notes": "endnotes",
    "glossary": "glossary",
    "bibliography": "bibliography",
}
# Whose few words say all: their titles are for nav alone, and the contents do not name them.
UNTITLED = frozenset(("dedication", "epigraph"))

# Kinds that list what is in the book, with its pages in print.
LISTS = ("contents", "figures", "tables")

# Kinds that an ebook has not: its contents are its own, and nothing has to be turned to reach its title page.
ON_PAPER = ("halftitle", "contents")
