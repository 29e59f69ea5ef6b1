"""The frozen values that pass from stage to stage.

    source ──read──▶ Chapter ──bind──▶ Book ──write──▶ bytes

Text inside a chapter or a section is an XHTML fragment (default namespace, well-formed, no doctype) whose blocks
carry `data-line`, the line of the source they came from; writers drop it. Image addresses are relative to the
source's folder. Nothing here knows an engine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about a work. Unknown strings are empty, never invented."""

    title: str
    language: str  # BCP 47
    authors: tuple[str, ...] = ()
    short_title: str = ""  # for running heads
    identifier: str = ""  # a URN; stable for the life of the work
    dates: tuple[str, ...] = ()  # as the source writes them
    dates_label: str = ""  # how the source names them
    date: str = ""  # the latest of `dates`, ISO 8601 (YYYY, YYYY-MM or YYYY-MM-DD)
    modified: str = ""  # YYYY-MM-DDThh:mm:ssZ
    description: str = ""
    publisher: str = ""
    rights: str = ""
    contact: str = ""
    address: str = ""
    source_url: str = ""
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a chapter. `level` is 1 for the work's title, 2 for a section of a post, and so on."""

    id: str
    level: int
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """The text of one block of the source, in reading order, white space folded. The unit of parity.

    `kind` is the XHTML element's name, or `attribution`, `label`, `caption`, `standfirst`, `dates`, `title`.
    `origin` is 'source' for what the source says and 'edition' for words that postpress adds (labels).
    """

    text: str
    kind: str
    line: int
    origin: str = "source"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture the source names. `alt` is '' when the author says it is decorative."""

    src: str  # POSIX path relative to the source's folder
    alt: str
    line: int
    width_px: int = 0
    height_px: int = 0


@dataclass(frozen=True, slots=True)
class Chapter:
    """One source file, read: its metadata, its XHTML and the facts that checks need.

    `opening`, `body`, `credits` and `colophon` are XHTML fragments: zero or more sibling block elements.
    `opening` stands on the title page (standfirst, described images placed there), `credits` and
    `colophon` at the end. Headings in `body` begin at h2.
    """

    slug: str
    path: Path
    metadata: Metadata
    opening: str
    body: str
    credits: str
    colophon: str
    drawing: Image | None
    headings: tuple[Heading, ...]
    blocks: tuple[Block, ...]
    images: tuple[Image, ...]
    opened: tuple[Path, ...]  # every file that was read for it, the source first


@dataclass(frozen=True, slots=True)
class NavPoint:
    """A line of the contents: `href` is `SECTION` or `SECTION#ID`."""

    title: str
    href: str
    children: tuple[NavPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One member of the spine.

    `xhtml` is one <section> element with id == name; `kind` is titlepage, article or colophon.
    """

    name: str
    kind: str
    title: str
    xhtml: str


@dataclass(frozen=True, slots=True)
class Book:
    """Chapters bound: the spine in reading order, and the contents."""

    slug: str
    root: Path  # the folder image addresses are relative to
    metadata: Metadata
    spine: tuple[Section, ...]
    nav: tuple[NavPoint, ...]
    drawing: Image | None
    images: tuple[Image, ...]
    blocks: tuple[Block, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Page:
    """The page of a paged edition, in millimetres, and its type in points."""

    width_mm: float
    height_mm: float
    top_mm: float
    outer_mm: float
    inner_mm: float
    bottom_mm: float


@dataclass(frozen=True, slots=True)
class Edition:
    """A row of the table of editions: one way to give a book away."""

    name: str
    suffix: str  # what follows the slug in the file's name: '.pdf', '-large-print.pdf'
    purpose: str
    styles: tuple[str, ...]  # files below styles/, general to particular
    page: Page | None = None  # None: an ebook
    fonts: tuple[str, ...] = ()  # font packages by family name, in order of fallback


@dataclass(frozen=True, slots=True)
class Artifact:
    """A finished edition: the bytes of one file and where it belongs."""

    edition: str
    name: str
    data: bytes
