"""The ebook: a Book becomes the bytes of an EPUB 3.3. The one door to EbookLib."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.claims import Certifier
from pipeline.fetch import Shelf
from pipeline.labels import ENGLISH
from pipeline.model import Book
from pipeline.settings import PICTURES


def write(
    book: Book,
    css: str,
    shelf: Shelf,
    cover: bytes | None,
    labels: Mapping[str, str] = ENGLISH,
    *,
    dark: str = "",
    bounds: Mapping[str, int] = PICTURES,
    certifier: Certifier | None = None,
) -> bytes:
    """The EPUB's bytes; they depend on the arguments alone. `cover` is a JPEG, or None for a book without.

    `dark` is a sheet for dark pages, '' for none; `bounds` are what pictures are held to. It says that it conforms to
    EPUB Accessibility 1.1 and WCAG 2.2 AA if there is a `certifier`.

    Raises RenderError, with every picture that cannot go in at once.
    """
    # EbookLib and lxml are loaded only when an ebook is written.
    from pipeline.write.epub.compose import compose

    return compose(book, css, dark, shelf, cover, labels, bounds, certifier)
