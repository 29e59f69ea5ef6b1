"""Edition → CSS: files joined from general to particular, the fonts first and the generated @page last.

Layers are files, since WeasyPrint 70 applies `@layer` to rules but not to `@page`.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline import fonts
from pipeline.fetch import styles
from pipeline.model import Edition, Page


def sheet(edition: Edition) -> str:
    """The whole stylesheet of an edition."""
    if edition.page is None:
        return joined(edition.styles)
    return fonts.faces(edition.fonts) + joined(edition.styles) + _page(edition.page)


def cover_sheet(edition: Edition) -> str:
    """The stylesheet of an ebook's cover."""
    return fonts.faces(edition.fonts, upright=True) + joined(edition.cover)


def joined(names: Iterable[str]) -> str:
    """Style files, general to particular, as one text."""
    return "\n".join((styles() / name).read_text(encoding="utf-8") for name in names)


def _page(page: Page) -> str:
    """The page's dimensions live in the edition's row; nothing in styles/ repeats them."""
    inner, outer = page.inner_mm, page.outer_mm
    depth = page.height_mm - page.top_mm - page.bottom_mm
    return (
        f"@page {{ size: {page.width_mm}mm {page.height_mm}mm; margin-top: {page.top_mm}mm;"
        f" margin-bottom: {page.bottom_mm}mm }}\n"
        f"@page turned {{ size: {page.height_mm}mm {page.width_mm}mm }}\n"
        f"@page :right {{ margin-left: {inner}mm; margin-right: {outer}mm }}\n"
        f"@page :left {{ margin-left: {outer}mm; margin-right: {inner}mm }}\n"
        f".titlepage, .colophon {{ min-height: {depth}mm }}\n"
        f".at-foot {{ width: {page.width_mm - inner - outer}mm }}\n"
    )
