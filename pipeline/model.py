"""The frozen values that pass from stage to stage.

    source ──read──▶ Chapter ──bind──▶ Book ──write──▶ bytes

Text inside a chapter or a section is an XHTML fragment (default namespace, well-formed, no doctype) whose blocks
carry `data-line`, the line of the source they came from; writers drop it. Image addresses are relative to the
source's folder. Nothing here knows an engine.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from pipeline.counted import UNNUMBERED, Counted, Numbering
from pipeline.errors import Location
from pipeline.references import Indexed, Reference, Target

FORMULA = "\N{OBJECT REPLACEMENT CHARACTER}"  # in the text of a block, as in what is extracted from an edition


def slug(path: Path) -> str:
    """The name of a source in addresses and file names: letters, digits and hyphens, in lower case.

    ASCII where accents are all that has to go; a name in another script keeps it.
    """
    decomposed = unicodedata.normalize("NFKD", path.stem).lower()
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    name = bare if bare.isascii() else unicodedata.normalize("NFC", path.stem).lower()
    return re.sub(r"[\W_]+", "-", name)[:80].strip("-") or "untitled"


def names_folder(source: Path) -> bool:
    """Whether a source is called after its folder, since it is the index of a book."""
    return source.stem == "index" or source.name == "book.toml"


def edition_name(source: Path) -> str:
    """What the editions of a source are called: after the file, or after the folder of an index."""
    return slug(Path(f"{source.resolve().parent.name}.rst") if names_folder(source) else source)


class Contributor(Struct, frozen=True):
    """Who had a part in a work beside its authors: `role` is a MARC relator, of catalogue.ROLES."""

    name: str
    role: str


class Metadata(Struct, frozen=True):
    """What is known about a work. Unknown strings are empty, never invented."""

    title: str
    language: str  # BCP 47
    authors: tuple[str, ...] = ()
    short_title: str = ""  # for running heads
    identifier: str = ""  # a URN; stable for the life of the work
    dates: tuple[str, ...] = ()  # as the source writes them
    dates_label: str = ""  # how the source names them
    date: str = ""  # the latest of `dates`, ISO 8601 (YYYY, YYYY-MM or YYYY-MM-DD)
    modified: str = ""  # YYYY-MM-DDThh:mm:ssZ, UTC
    description: str = ""
    publisher: str = ""
    rights: str = ""
    contact: str = ""
    address: str = ""
    source_url: str = ""
    subjects: tuple[str, ...] = ()  # as catalogue.term takes them
    contributors: tuple[Contributor, ...] = ()
    credited: tuple[tuple[str, str], ...] = ()  # label and words of each line below the authors: contributors, series
    filed: Mapping[str, str] = field(default_factory=dict)  # name → what it is filed under, where somebody says so
    series: str = ""
    series_number: str = ""  # whole, or with one decimal point
    isbn: str = ""  # of the ebook, as written
    editions: tuple[str, ...] = ()  # what the imprint says of this one and those before it


class Heading(Struct, frozen=True):
    """A heading of a chapter. `level` is 1 for the work's title, 2 for a section of a post, and so on."""

    id: str
    level: int
    text: str
    where: Location


class Block(Struct, frozen=True):
    """The text of one block exactly as the source says it, white space folded: the unit of parity.

    `kind` is docutils' name for the block (paragraph, title, attribution …), or `author`, `date` from the docinfo.
    A formula is one FORMULA in the text, and its alternative text one of `formulas`.
    `note` is the id of the note it is part of, `calls` are those of the notes that pages have at their foot for it.
    `heads` is the id of what it is the heading or the caption of; bind puts its number before it. A block of kind
    toctree is where the chapters of one are listed, which bind does.
    `leads` are references of which pages say on which page they lead: where in the text, and to which id.
    """

    text: str
    kind: str
    where: Location
    formulas: tuple[str, ...] = ()
    note: str = ""
    calls: tuple[str, ...] = ()
    heads: str = ""
    leads: tuple[tuple[int, str], ...] = ()

    @property
    def plain(self) -> str:
        """The text where no formula can be drawn."""
        left = iter(self.formulas)
        return "".join(next(left, sign) if sign == FORMULA else sign for sign in self.text)


class Image(Struct, frozen=True):
    """A picture the source names. `alt` is '' when the author says it is decorative."""

    src: str  # POSIX path relative to the source's folder
    alt: str
    where: Location


class Link(Struct, frozen=True):
    """A link to another file of the book: its path relative to the book's folder, and a target in it or ''."""

    path: str
    target: str
    where: Location


INDEX = "#index"


class Entry(Struct, frozen=True):
    """A line of a toctree: a chapter's file, and the title it has in the contents if not its own.

    One with an `address` on the web is a link and no chapter; its `path` is that of the toctree. So is the place of the
    index, whose address is INDEX.
    """

    path: Path
    title: str
    where: Location
    address: str = ""


class Part(Struct, frozen=True):
    """A toctree: chapters in order.

    `numbered` is how many levels have numbers, chapters being the first; `depth` how many the printed contents show, 0
    where the toctree does not say. `ids` are those of the section that the part has taken the place of.
    """

    caption: str
    numbered: int
    depth: int
    entries: tuple[Entry, ...]
    titles_only: bool = False
    ids: tuple[str, ...] = ()

    @property
    def chapters(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if not entry.address)

    @property
    def index_after(self) -> int | None:
        """How many chapters come before the index, if this is its place."""
        addresses = [entry.address for entry in self.entries]
        return addresses[: addresses.index(INDEX)].count("") if INDEX in addresses else None


class Matter(Struct, frozen=True):
    """A piece of front or back matter, by its Section.kind, and the file it is written in, if it is."""

    kind: str
    entry: Entry | None = None


class Place(Struct, frozen=True):
    """Where a chapter stands: the folder that all its book's files lie in, and its name in the book.

    A chapter alone, or the index of a book, has no name; its title is of the first level, a member's of the second.
    """

    root: Path
    name: str = ""

    @property
    def prefix(self) -> str:
        """What the ids of a member begin with; docutils makes none with a full stop."""
        return f"{self.name}." if self.name else ""

    @property
    def level(self) -> int:
        return 2 if self.name else 1


class Fragment(Struct, frozen=True):
    """XHTML (zero or more sibling elements) and the source blocks it was made from, in the same order.

    `added` are the words in it that are postpress's own.
    """

    xhtml: str = ""
    blocks: tuple[Block, ...] = ()
    added: tuple[str, ...] = ()


class Chapter(Struct, frozen=True):
    """One source file, read: its metadata, its XHTML and the facts that checks need.

    `title` and `subtitle` are inline XHTML; the other fragments are blocks, and headings in `body` begin one level
    below the title's. In `body` a `<span class="number" data-of="ID">` is where the number of a heading goes, one of
    `caption-number` or `equation-number` where that of what is `counted` does, and `<div class="toctree"
    data-part="N">` where the list of that part's chapters does. `standfirst` and `opening` stand on the title page,
    `credits` and `colophon` at the end. Links to other files of the book are `xref:PATH#TARGET`, PATH relative to the
    book's folder; those to what has a name are `xref:?NUMBER`, the place among `references`.
    """

    path: Path
    place: Place
    metadata: Metadata
    title: Fragment
    subtitle: Fragment
    standfirst: Fragment
    opening: Fragment
    body: Fragment
    credits: Fragment
    colophon: Fragment
    drawing: Image | None
    headings: tuple[Heading, ...]
    ids: frozenset[str]  # all that is taken in its XHTML
    images: tuple[Image, ...]
    links: tuple[Link, ...]
    parts: tuple[Part, ...]  # its toctrees; a post has none
    opened: tuple[Path, ...]  # every file that was read for it, the source first
    languages: tuple[str, ...] = ()  # of passages in others than its own
    cover: Image | None = None  # the author's own, of an ebook
    front: tuple[Matter, ...] = ()  # of a book that says what comes before and after its chapters
    back: tuple[Matter, ...] = ()
    references: tuple[Reference, ...] = ()  # to what may be in other chapters
    targets: tuple[Target, ...] = ()  # what others may refer to
    indexed: tuple[Indexed, ...] = ()  # what the index has of it
    counted: tuple[Counted, ...] = ()  # what may have a number
    numbering: Numbering = UNNUMBERED  # of an index or a post: of all the book

    @property
    def named(self) -> tuple[Entry, ...]:
        """The files that belong to the book because it names them."""
        written = tuple(piece.entry for piece in (*self.front, *self.back) if piece.entry)
        return (*(entry for part in self.parts for entry in part.chapters), *written)

    def changed(self, change: Callable[[Fragment], Fragment]) -> Chapter:
        """The same with each of its fragments changed."""
        return replace(
            self,
            title=change(self.title),
            subtitle=change(self.subtitle),
            standfirst=change(self.standfirst),
            opening=change(self.opening),
            body=change(self.body),
            credits=change(self.credits),
            colophon=change(self.colophon),
        )


class NavPoint(Struct, frozen=True):
    """A line of the contents: `href` is `SECTION` or `SECTION#ID`."""

    title: str
    href: str
    children: tuple[NavPoint, ...] = ()


class ContentsLine(Struct, frozen=True):
    """A line of the printed contents, `level` deep; `by` are the authors of a chapter, if they are not the book's."""

    title: str
    id: str
    level: int
    is_part: bool = False
    by: str = ""


class IndexLine(Struct, frozen=True):
    """A line of the index, `level` deep: a term, its places (id, whether it is a main one), and where to look instead.

    `see` are our own words with another term, that term, and the `number` of its line or 0: lines that others lead to
    have one. `letter` is the one that lines from here on begin with, on the first.
    """

    term: str
    level: int
    places: tuple[tuple[str, bool], ...] = ()
    see: tuple[tuple[str, str, int], ...] = ()
    letter: str = ""
    number: int = 0

    def said(self, places: str) -> str:
        """The line as it is read, where `places` is what is said of them."""
        see = "".join(f"; {words}" for words, *_ in self.see)
        return self.term + places + (see if places else see.replace(";", ",", 1))


class Listing(Struct, frozen=True):
    """The contents, or a list of what else is in a book, by its Section.kind.

    On pages each line has its page behind it. `at` is how many of the words a Book has `added` stand before.
    """

    kind: str
    title: str
    lines: tuple[ContentsLine, ...]
    at: int


class Section(Struct, frozen=True):
    """One member of the spine.

    `xhtml` is one <section> element with id == name; `kind` is part, chapter, article or a kind of `matter`. One that
    `opens` begins on a recto and is laid out apart. `heads` are the running heads, verso and recto; `depth` is how deep
    it stands in the outline. What `is_front` has folios of its own, i ii iii.
    """

    name: str
    kind: str
    title: str
    xhtml: str
    opens: bool = False
    heads: tuple[str, str] = ("", "")
    path: Path | None = None  # its own source, if it is not the book's
    depth: int = 0
    is_front: bool = False


class PageStart(Struct, frozen=True):
    """Where a page of the print edition begins: behind so many `markup.signs` of what was laid out with a section.

    `section` names the first of the sections that were laid out together. An empty page begins where the next does.
    """

    label: str  # what the page is called
    section: str
    signs: int


class PageBreak(Struct, frozen=True):
    """The mark of a page of the print edition: the section that it stands in, and its id."""

    label: str
    section: str
    id: str


class Book(Struct, frozen=True):
    """Chapters bound: the spine in reading order, and the contents.

    Links within the book are `#ID`, whichever section that is in: all ids are unique. The words of `listings`, which a
    post has none of, are not among `added`, nor is what is `printed` alone, each at its place.
    """

    path: Path  # the source; image addresses are relative to its folder
    metadata: Metadata
    spine: tuple[Section, ...]
    nav: tuple[NavPoint, ...]
    drawing: Image | None
    images: tuple[Image, ...]
    blocks: tuple[Block, ...]  # of all sections, in reading order
    added: tuple[str, ...]  # words on the pages that are not the source's: labels, the colophon's lines
    listings: tuple[Listing, ...] = ()
    printed: tuple[tuple[int, str], ...] = ()
    index: tuple[IndexLine, ...] = ()  # they add their words, too
    index_at: int = 0
    languages: tuple[str, ...] = ()  # of chapters, and of passages in them
    cover: Image | None = None  # the author's own
    pages: tuple[PageBreak, ...] = ()  # of the print edition, in order, if the text has marks of them
    pages_of: str = ""  # the identifier of that edition

    @property
    def contents(self) -> tuple[ContentsLine, ...]:
        """The lines of the printed contents."""
        return next((each.lines for each in self.listings if each.kind == "contents"), ())


class Page(Struct, frozen=True):
    """The page of a paged edition, in millimetres, and its type in points."""

    width_mm: float
    height_mm: float
    top_mm: float
    outer_mm: float
    inner_mm: float
    bottom_mm: float
    measure: int  # characters of running text that a line takes, about
    furniture_mm: float  # running heads and folios come no nearer to the paper's edge


class Edition(Struct, frozen=True):
    """A row of the table of editions: one way to give a book away."""

    name: str
    suffix: str  # what follows the slug in the file's name: '.pdf', '-large-print.pdf'
    purpose: str
    styles: tuple[str, ...]  # files below styles/, general to particular
    fonts: tuple[str, ...]  # families, in order of fallback; of an ebook, its cover's
    page: Page | None = None  # None: an ebook
    cover: tuple[str, ...] = ()  # an ebook's cover: files below styles/
    dark: tuple[str, ...] = ()  # an ebook's sheet for dark pages: files below styles/
    shop_cover: str = ""  # an ebook's: what follows the slug in the name of the cover beside it

    def file_name(self, slug: str) -> str:
        return slug + self.suffix


class ChapterJob(Struct, frozen=True):
    """What a layout takes, pickled into a process of its own: an XHTML document, its style, the folders it may read."""

    page: str
    css: str
    roots: Mapping[str, Path]


class Figures(Struct, frozen=True):
    """What folios are written with: a font of the PDF, and the glyph and width of each sign.

    Sizes are points, widths thousandths of the size; `colour` is an operator of page content, as it stands there.
    """

    font: str
    size_pt: float
    colour: str
    glyphs: Mapping[str, tuple[int, float]]


class Folio(Struct, frozen=True):
    """Where a page's folio goes: its line's left and right end and its baseline, in points from the lower left."""

    left_pt: float
    right_pt: float
    y_pt: float
    side: str  # that it is set to: left, center or right
    figures: Figures


class ChapterPdf(Struct, frozen=True):
    """A chapter laid out: a tagged PDF without folios, and what the book needs to know of it.

    Of each page (from 0) `starts` has how many `markup.signs` of the chapter's text stand before it. One that has only
    notes at its foot begins where the next does.
    """

    data: bytes
    starts: tuple[int, ...]
    anchors: Mapping[str, int]  # name → page
    folios: tuple[Folio | None, ...]
    doubtful: Mapping[str, str] = field(default_factory=dict)  # alternative text of a formula → code of what is amiss
