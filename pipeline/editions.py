"""The table of editions. A new edition is a row here and a file in styles/edition/."""

from __future__ import annotations

from pipeline.model import Edition, Page

EDITIONS: tuple[Edition, ...] = (
    Edition(
        name="print",
        suffix=".pdf",
        purpose="A5 pages to read on screen, to print at home, to mail",
        styles=(
            *("base.css", "formulas.css", "code.css", "paged.css"),
            *("edition/print.css", "edition/print-code.css", "notes.css", "area.css"),
            *("scripts.css", "scripts-print.css"),
        ),
        page=Page(
            width_mm=148, height_mm=210, top_mm=16, outer_mm=16, inner_mm=16, bottom_mm=20, measure=58, furniture_mm=5
        ),
        fonts=("Source Serif 4", "Source Sans 3", "Source Code Pro"),
    ),
    Edition(
        name="ebook",
        suffix=".epub",
        purpose="EPUB 3.3 for e-readers, tablets and telephones",
        styles=("base.css", "formulas.css", "code.css", "ebook.css", "ebook-code.css", "scripts.css"),
        fonts=("Source Serif 4", "Source Sans 3"),
        cover=("cover.css",),
        dark=("dark.css",),
        shop_cover="-cover.jpg",
    ),
)

PRINT = EDITIONS[0]  # the pages that an ebook has a list of are its


def named(name: str) -> Edition:
    """The edition with that name; KeyError otherwise."""
    for edition in EDITIONS:
        if edition.name == name:
            return edition
    raise KeyError(name)
