"""What a finished PDF is held against: PDF/UA-1, and what a reader would notice on its pages.

    bytes ─tree──▶ Element ┐
          ─content▶ Shown  ├─▶ facts ─ua─▶ Diagnostic
          ─fonts──▶ Face   ┘
          ─reading▶ Line ─pagerules─▶ Count ─house─▶ Diagnostic

The one door to pypdfium2, and to pikepdf for reading. Importing it loads neither.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.check.pdf.house import Count, House, diagnostics
from pipeline.errors import Diagnostic

if TYPE_CHECKING:
    from pipeline.check.pdf.reading import Line

__all__ = ["Count", "House", "as_a_whole", "claims", "diagnostics", "formulas", "lines", "listed", "page_rules"]
__all__ += ["places", "structure", "structure_text", "text", "warm"]


def structure(data: bytes, where: Path | None = None, *, claim: bool = True, above: int = 0) -> tuple[Diagnostic, ...]:
    """An error for each rule of PDF/UA-1 that is broken; none means that it may be claimed.

    With `claim=False` nothing is asked of the claim itself, so that a file can be judged before it makes one. Of a part
    of a book, `above` is the level of the heading before it.
    """
    from pipeline.check.pdf.ua import structure as judge

    return judge(data, where, claim=claim, above=above)


def warm() -> None:
    """Import what `structure` needs, for processes to be forked from this one."""
    from pipeline.check.pdf import ua  # noqa: F401


def as_a_whole(data: bytes) -> tuple[Diagnostic, ...]:
    """The same for the rules about a document as such, where its parts have been held to the others."""
    from pipeline.check.pdf.ua import as_a_whole as judge

    return judge(data)


def claims(data: bytes) -> bool:
    """Whether a PDF says of itself that it is PDF/UA-1."""
    from pipeline.check.pdf.ua import claims as says

    return says(data)


def lines(data: bytes) -> tuple[Line, ...]:
    """Every line of the structure tree in reading order, then those of artifacts, page by page."""
    from pipeline.check.pdf.reading import lines as read

    return read(data)


def text(data: bytes) -> str:
    """Plain extraction, as a search or a copy would see it: page by page, a form feed between pages."""
    from pipeline.check.pdf.reading import text as extract

    return extract(data)


def structure_text(data: bytes) -> tuple[str, ...]:
    """The text of each block of the structure tree in reading order, white space folded. For parity."""
    from pipeline.check.pdf.reading import structure_text as read

    return read(data)


def formulas(data: bytes) -> tuple[str, ...]:
    """The alternative texts of the formulas in reading order. For parity."""
    from pipeline.check.pdf.reading import formulas as read

    return read(data)


def places(data: bytes) -> dict[str, str]:
    """What the page of each named place is called."""
    from pipeline.check.pdf.contents import places as read

    return read(data)


def listed(data: bytes) -> tuple[str, ...]:
    """What the page is called that each line of the printed contents leads to; '' for a line that leads nowhere."""
    from pipeline.check.pdf.contents import contents

    return contents(data)


def page_rules(data: bytes, house: House | None = None) -> tuple[Count, ...]:
    """Every rule of the pages with its count, zeros too."""
    from pipeline.check.pdf.pagerules import page_rules as count

    return count(data, house or House())
