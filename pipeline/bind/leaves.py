"""What a book is put together of: sections, each with the words in it and the ways to it."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from pipeline import matter
from pipeline.bind import contents, index, pages
from pipeline.bind.counting import Line
from pipeline.bind.holes import filled
from pipeline.bind.spine import Member, Spine, walked
from pipeline.counted import KINDS
from pipeline.errors import Location
from pipeline.model import Block, Chapter, ContentsLine, IndexLine, Matter, NavPoint, Part, Section
from pipeline.settings import Settings


class Leaf(Struct, frozen=True):
    """A section; its lines in nav and in the printed contents; the words of sources in it, and our own, in order.

    `printed` is what only print says, `listed` the lines of the contents and of lists like them.
    """

    section: Section
    points: tuple[NavPoint, ...] = ()
    lines: tuple[ContentsLine, ...] = ()
    blocks: tuple[Block, ...] = ()
    added: tuple[str, ...] = ()
    printed: str = ""
    listed: tuple[ContentsLine, ...] = ()


class Binder(Struct, frozen=True):
    """An index, or a post, and its chapters in order; `names` are those that are taken, `title` the title page's.

    `captions` are the words before captions, and the numbers of equations, by the ids of what is `counted`. `terms` are
    the id and the lines of the index, of which a book need not have any.
    """

    index: Chapter
    whole: Spine
    names: set[str]
    settings: Settings
    title: str
    captions: dict[str, str]
    counted: tuple[Line, ...]
    terms: tuple[str, tuple[IndexLine, ...]]

    def front(self) -> Iterator[Leaf]:
        """What stands before the chapters, or before the text of a post."""
        first, text = Matter("titlepage"), Matter("preface")
        pieces = [*zip(self.index.front, self.whole.front, strict=True)]
        if not pieces and self.index.parts:
            pieces = [(Matter("contents"), None), (text, None)]
        if first not in self.index.front:
            pieces.insert(0, (first, None))
        before = ""
        for piece, member in pieces:
            leaf = self._piece(piece, member, ())
            if leaf and piece.kind == "imprint" and before == "titlepage":
                leaf = replace(leaf, section=replace(leaf.section, opens=False))  # on the back of the title page
            if leaf:
                yield replace(leaf, section=replace(leaf.section, is_front=bool(self.index.parts)))
            before = piece.kind

    def text(self) -> Iterator[Leaf]:
        """The chapters, before those of a part its opening; the text of a post."""
        if not self.index.parts:
            yield self._own("article")
            return
        parts = zip(self.index.parts, self._orders(), strict=True)
        shown = [(part, order) for part, order in parts if order]
        for caption, group in groupby(shown, key=lambda each: each[0].caption if has_parts(self.index) else ""):
            below = tuple(group)
            called = caption if any(any(order) for _, order in below) else ""
            if called:
                yield self._opening(called, below)
            for part, order in below:
                listed = contents.lines(part, tuple(filter(None, order)), int(bool(called)))
                for each in order:
                    if each is None:
                        leaf = self.terms_listed()
                        yield replace(leaf, points=()) if called else leaf
                        continue
                    for member in walked([each]):
                        points = () if called or member.depth else (self._point(member),)
                        leaf = self._chapter(member, called, int(bool(called)) + member.depth)
                        first, *rest = listed.get(member.name, ()) or (None,)
                        lines = (replace(first, by=self._authors(member)), *rest) if first else ()
                        yield replace(leaf, points=points, lines=tuple(filter(None, lines)))

    def _orders(self) -> Iterator[tuple[Member | None, ...]]:
        """The chapters that each toctree of the index names, in order, and None where the index of terms stands."""
        wanted = bool(self.terms[1]) and Matter("index") not in (*self.index.front, *self.index.back)
        for part, members in zip(self.index.parts, self.whole.parts, strict=True):
            after = part.index_after if wanted else None
            if after is None:
                yield members
            else:
                yield (*members[:after], None, *members[after:])
                wanted = False

    def back(self, closing: tuple[str, ...]) -> Iterator[Leaf]:
        """What stands after the chapters; `closing` are the last lines of the colophon."""
        last = Matter("colophon")
        pieces = self.index.back or (() if Matter("imprint") in self.index.front else (last,))
        for piece, member in zip(pieces, self.whole.back or [None] * len(pieces), strict=True):
            if leaf := self._piece(piece, member, closing):
                yield leaf

    def terms_listed(self) -> Leaf:
        """The index."""
        section = index.page(*self.terms, self.settings.labels)
        line = ContentsLine(section.title, section.name, 0)
        return Leaf(self._headed(section, section.title), (NavPoint(section.title, section.name),), (line,))

    def _piece(self, piece: Matter, member: Member | None, closing: tuple[str, ...]) -> Leaf | None:
        if piece.kind == "preface" and not piece.entry:
            return self._own("preface") if self.index.body.xhtml else None
        if piece.entry:
            return self._written(piece.kind, member) if member else None
        if piece.kind == "colophon":
            return self._colophon(closing)
        if piece.kind == "index":
            return self.terms_listed() if self.terms[1] else None
        if piece.kind in KINDS:
            return self._list(piece.kind)
        return {
            "titlepage": self._titlepage,
            "halftitle": self._halftitle,
            "imprint": self._imprint,
            "contents": self._contents,
        }[piece.kind]()

    def _titlepage(self) -> Leaf:
        label = self.settings.labels["titlepage"]
        # What leads to a section that only held the book's chapters leads to the book.
        parts = [part for part in self.index.parts if not (part.chapters and has_parts(self.index))]
        ids = [each for part in parts for each in part.ids]
        section = Section(self.title, "titlepage", label, pages.titlepage(self.index, self.title, ids))
        return Leaf(
            self._headed(section, ""),
            (NavPoint(label, self.title),),
            blocks=pages.front_blocks(self.index),
            added=pages.front_added(self.index),
        )

    def _halftitle(self) -> Leaf:
        words, name = self.index.metadata.short_title, pages.free("halftitle", self.names)
        return Leaf(self._headed(Section(name, "halftitle", words, pages.halftitle(name, words)), ""), printed=words)

    def _imprint(self) -> Leaf:
        label, name = self.settings.labels["imprint"], pages.free("imprint", self.names)
        said = pages.imprint_lines(self.index.metadata, self.settings)
        section = Section(name, "imprint", label, pages.imprint(name, said))
        return Leaf(self._headed(section, ""), (NavPoint(label, name),), added=said)

    def _contents(self) -> Leaf:
        """Without its lines, which are known when all leaves are."""
        label = self.settings.labels["contents"]
        return Leaf(self._headed(Section(pages.free("contents", self.names), "contents", label, ""), label))

    def _list(self, kind: str) -> Leaf | None:
        """A list of figures or of tables, if there are some."""
        found = [line for line in self.counted if line.counted.kind == KINDS[kind]]
        lines = tuple(ContentsLine(line.called, line.counted.id, 0) for line in found)
        label = self.settings.labels[kind]
        section = Section(pages.free(kind, self.names), kind, label, "")
        own = (ContentsLine(label, section.name, 0),)
        point = NavPoint(label, section.name)
        return Leaf(self._headed(section, label), (point,), own, listed=lines) if lines else None

    def _own(self, kind: str) -> Leaf:
        """The text of a post, or what the index of a book says beside its toctrees."""
        index, label = self.index, self.settings.labels[kind]
        name = pages.free(kind, self.names)
        section = Section(name, kind, label, pages.section(name, kind, index.body.xhtml))
        point = NavPoint(label, name, contents.tree(index.headings, name, {}))
        return Leaf(self._headed(section, label), (point,), blocks=index.body.blocks, added=index.body.added)

    def _written(self, kind: str, member: Member) -> Leaf:
        """A piece of front or back matter that has a file."""
        leaf = self._chapter(member, "", 0, kind)
        point = contents.point(member)
        if kind not in matter.UNTITLED:
            return replace(leaf, points=(point,), lines=(ContentsLine(member.title, member.name, 0),))
        body = filled(member.chapter, member.below, self.captions).body
        xhtml = pages.section(member.name, f"{kind}-page", body.xhtml, member.chapter.metadata.language)
        section = replace(leaf.section, xhtml=xhtml, heads=("", ""))
        return Leaf(section, (replace(point, children=()),), blocks=body.blocks, added=body.added)

    def _colophon(self, closing: tuple[str, ...]) -> Leaf:
        label, index = self.settings.labels["about"], self.index
        if Matter("imprint") in (*index.front, *index.back):
            closing = closing[-1:]  # the rest is the imprint's
        name, about = pages.free("colophon", self.names), pages.free("about", self.names)
        section = Section(name, "colophon", label, pages.colophon(index, name, about, closing, self.settings.labels))
        return Leaf(
            self._headed(section, ""),
            (NavPoint(label, f"{name}#{about}"),),
            blocks=(*index.credits.blocks, *index.colophon.blocks),
            added=(*index.credits.added, *index.colophon.added, label, *closing),
        )

    def _headed(self, section: Section, head: str) -> Section:
        """A section of our own: a book's is laid out apart, a post's with its text."""
        known = self.index.metadata
        if self.index.parts:
            return replace(section, opens=True, heads=(known.short_title, head))
        return replace(section, heads=(", ".join(known.authors), known.short_title))

    def _opening(self, caption: str, below: Iterable[tuple[Part, tuple[Member | None, ...]]]) -> Leaf:
        """The page that a part opens with: its name alone."""
        ids = [each for part, _ in below for each in part.ids]
        first = next(entry.where for part, _ in below for entry in part.chapters)
        terms = NavPoint(self.settings.labels["index"], self.terms[0])
        points = tuple(self._point(member) if member else terms for _, order in below for member in order)
        name = pages.free("part", self.names)
        return Leaf(
            Section(name, "part", caption, pages.part(name, caption, ids), opens=True),
            (NavPoint(caption, name, points),),
            (ContentsLine(caption, name, 0, is_part=True),),
            (Block(caption, "title", Location(first.path, first.line)),),
        )

    def _authors(self, member: Member) -> str:
        """Who wrote a chapter, if not who wrote the book."""
        authors = member.chapter.metadata.authors
        return ", ".join(authors) if authors != self.index.metadata.authors else ""

    def _point(self, member: Member) -> NavPoint:
        point, authors = contents.point(member), self._authors(member)
        return replace(point, title=f"{point.title}, {self.settings.labels['by']} {authors}") if authors else point

    def _chapter(self, member: Member, caption: str, depth: int, kind: str = "chapter") -> Leaf:
        chapter = filled(member.chapter, member.below, ChainMap(dict(member.numbers), self.captions))
        known = chapter.metadata
        # What others wrote is known by its author, on each page.
        verso = self._authors(member) or caption or self.index.metadata.short_title
        section = pages.chapter(chapter, member.number, member.called, kind)
        return Leaf(
            replace(section, opens=True, depth=depth, heads=(verso, known.short_title)),
            blocks=pages.blocks(chapter),
            added=(
                *([member.number] if member.number else []),
                *pages.front_added(chapter),
                *chapter.body.added,
                *chapter.credits.added,
                *chapter.colophon.added,
            ),
        )


def has_parts(index: Chapter) -> bool:
    """Whether the toctrees of an index are parts of the book: one name over all its chapters is not a part's."""
    return len({part.caption for part in index.parts if part.chapters}) > 1
