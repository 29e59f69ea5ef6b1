"""Edition → CSS: files joined from general to particular, the fonts first and the generated @page last.

Layers are files, since WeasyPrint 70 applies `@layer` to rules but not to `@page`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline import fonts, scripts
from pipeline.fetch import styles
from pipeline.model import Edition, Page


def sheet(edition: Edition, languages: Sequence[str] = ()) -> str:
    """The whole stylesheet of an edition; `languages` are its book's, the main one first."""
    if edition.page is None:
        return joined(edition.styles)
    return fonts.faces(edition.fonts) + _stacked(joined(edition.styles), edition, languages) + _page(edition.page)


def cover_sheet(edition: Edition, languages: Sequence[str] = ()) -> str:
    """The stylesheet of an ebook's cover."""
    return fonts.faces(edition.fonts, upright=True) + _stacked(joined(edition.cover), edition, languages)


def _stacked(css: str, edition: Edition, languages: Sequence[str]) -> str:
    """A style whose families are followed by those that draw what they lack, as the main language has them.

    Passages in a language that has other forms of the same signs have theirs first.
    """
    more = [family for family in edition.fonts if family in scripts.supplied()]
    own = [family for family in edition.fonts if family not in more]
    if not more:
        return css
    main, *others = languages or ("",)
    named = re.compile(rf"""(["'])({"|".join(map(re.escape, own))})\1""")
    css = named.sub(lambda found: _stack(found[2], more, main), css)
    rules = (f'\n[lang="{tag}"] {{ font-family: {_stack(own[0], more, tag)} }}' for tag in others)
    return css + "".join(rules)


def _stack(family: str, more: Sequence[str], language: str) -> str:
    """A family and what stands in for it, as CSS's font-family: serifs for a serif, else sans serifs."""
    ours, first = scripts.of_language(language), scripts.leads(language)
    stack = [family]
    for supply in dict.fromkeys(scripts.supplied()[name] for name in more):
        name = supply.text if "Serif" in family else supply.sans
        stack.insert(0 if supply is first else 1 if supply is ours else len(stack), name)
    return ", ".join(f"'{name}'" for name in stack)


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
        f".titlepage, .imprint, .colophon {{ min-height: {depth}mm }}\n"
        f".at-foot {{ width: {page.width_mm - inner - outer}mm }}\n"
    )
