"""References by name, resolved: `xref:?NUMBER` becomes `#ID`, and the sign for their words the title of the target."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from pipeline.bind import counting
from pipeline.bind.spine import spine
from pipeline.errors import Diagnostic, error, nearest
from pipeline.labels import ENGLISH
from pipeline.markup import escape
from pipeline.model import Block, Chapter, Fragment
from pipeline.references import HOLE, Reference, Target, shortened

_LINK = re.compile(r'<a class="reference external" href="xref:\?(\d+)">(.*?)</a>', re.DOTALL)
_QUIET = ("option", "envvar", "confval", "keyword", "token")  # words of a program, that a book need not explain
_WHAT = {"doc": "chapter", "term": "term of a glossary", "eq": "equation"}
_CURES = {"term": "add it to a glossary", "eq": "give the formula a :label:"}
_PAGED = ("ref", "doc", "numref", "any", "name", "eq")  # kinds that a reader may want to turn pages for
_PAGE = 4000  # characters of XHTML that are more than a page
_ID = re.compile(r'\bid="([^"]*)"')
_MANY = 20  # faults: more of them get no hint, since each is looked for among all names


class Lead(Struct, frozen=True):
    """Where a reference leads, an id or '' for nowhere, the words for it, what is wrong with it, and a cure."""

    id: str
    words: str
    fault: str = ""
    hint: str = ""


def settled(
    index: Chapter, members: Sequence[Chapter], ours: tuple[str, str], labels: Mapping[str, str], on_page: str = ""
) -> tuple[Chapter, tuple[Chapter, ...]]:
    """The chapters with their references led to where they lead. What leads nowhere is plain text.

    `ours` are the ids of the title page and of the index. `on_page` are the words that pages say after a reference that
    leads to another page, `{page}` in them.
    """
    book = _Book((index, *members), *ours, labels)
    first, *rest = (_filled(chapter, book, on_page) for chapter in book.chapters)
    return first, tuple(rest)


def lost(index: Chapter, members: Sequence[Chapter]) -> tuple[Diagnostic, ...]:
    """An error for every reference that leads nowhere, or nobody knows where."""
    book = _Book((index, *members), "", "", ENGLISH)
    found: list[Diagnostic] = []
    for chapter in book.chapters:
        for reference in chapter.references:
            lead = book.lead(chapter, reference)
            if lead.fault:
                hint = lead.hint or (book.hint(reference) if len(found) < _MANY else "")
                code = "RST105" if reference.kind == "name" else "RST152"
                found.append(error(code, lead.fault, reference.where, hint))
    return tuple(found)


class _Book(Struct, frozen=True, dict=True):  # for its cached properties
    chapters: tuple[Chapter, ...]
    titlepage: str
    index: str  # its id
    labels: Mapping[str, str]

    @cached_property
    def numbers(self) -> Mapping[str, counting.Number]:
        """Every number by the id of what has it."""
        index, *members = self.chapters
        whole = spine(index, members)
        counted = ((line.counted.id, line.number) for line in counting.lines(index, whole) if line.number.number)
        return dict(chain(counting.sections(whole), counted))

    @cached_property
    def homes(self) -> Mapping[str, Chapter]:
        """Chapters by their paths, as a reference has them: from the book's folder, without `.rst`."""
        return {_path(chapter): chapter for chapter in self.chapters}

    @cached_property
    def named(self) -> Mapping[tuple[str, str], list[tuple[Chapter, Target]]]:
        found: dict[tuple[str, str], list[tuple[Chapter, Target]]] = defaultdict(list)
        for chapter in self.chapters:
            for target in chapter.targets:
                found[target.kind, target.name].append((chapter, target))
        return found

    def lead(self, chapter: Chapter, reference: Reference, depth: int = 0) -> Lead:
        """Where a chapter's reference leads."""
        kind, name = reference.kind, reference.name
        if kind in ("doc", "any"):
            folder = posixpath.dirname(_path(chapter))
            home = self.homes.get(
                posixpath.normpath(posixpath.join("/", folder, name)).lstrip("/").removesuffix(".rst")
            )
            if home is not None:
                title = self.said(home, home.metadata.title, depth)
                return Lead(home.place.name or self.titlepage, reference.said or title)
        found = self.found(chapter, reference)
        if not found and kind == "ref" and name == "genindex" and any(each.indexed for each in self.chapters):
            return Lead(self.index, reference.said or self.labels["index"])
        if not found and self.elsewhere(name):
            return Lead("", reference.said or name.partition(":")[2])
        if not found:
            quiet = ":" in kind or kind in _QUIET
            return Lead("", reference.said or reference.plain, "" if quiet else _missing(reference))
        home, target = found[0]
        lead = self.meant(reference, home, target, depth)
        if len(places := list(dict.fromkeys(home.path for home, _ in found))) > 1:
            said = f"{name} is in {' and '.join(path.name for path in places[:2])}"
            return replace(lead, fault=said, hint="give one of them another name")
        return lead

    def meant(self, reference: Reference, home: Chapter, target: Target, depth: int) -> Lead:
        """Where a reference leads that means this target."""
        kind, name = reference.kind, reference.name
        if kind in ("ref", "any", "name") and not reference.said and not target.title:
            return Lead(target.id, reference.plain, f"{name} has no title to show")
        own = target.title if kind in ("ref", "numref", "any") else ""
        if kind in ("numref", "eq"):
            return self.numbered(reference, home, target, self.said(home, own, depth))
        return Lead(target.id, reference.said or self.said(home, own, depth) or reference.plain)

    def numbered(self, reference: Reference, home: Chapter, target: Target, title: str) -> Lead:
        """Where a reference to a number leads, or what has none."""
        number = self.numbers.get(target.of or home.place.name)
        if number is None:
            return Lead(target.id, title or reference.plain, f"{reference.name} has no number")
        if not reference.form:
            return Lead(target.id, reference.said or number.words(self.chapters[0], self.labels))
        form = reference.form.replace("%s", "{number}", 1)
        return Lead(target.id, _formed(form, {"number": number.number, "name": title}))

    def found(self, chapter: Chapter, reference: Reference) -> list[tuple[Chapter, Target]]:
        """What a reference may mean: its own chapter's, or else the book's, of the first kind that has the name."""
        for key in _keys(reference):
            there = self.named.get(key, [])
            if own := [pair for pair in there if pair[0] is chapter]:
                return own
            if there:
                return there
        file, colon, title = reference.name.rpartition(":")
        if colon and reference.kind == "ref" and (home := self.homes.get(file)):
            # As Sphinx' autosectionlabel has it: chapter:Heading.
            return [pair for pair in self.named.get(("title", _folded(title)), []) if pair[0] is home]
        return []

    def elsewhere(self, name: str) -> bool:
        """Whether a name is one of another project's documentation, as Sphinx' intersphinx has them: python:bytes."""
        project, colon, _ = name.partition(":")
        return bool(colon) and project not in self.homes

    def said(self, home: Chapter, title: str, depth: int) -> str:
        """A title, in which there may be a reference itself."""

        def words(found: re.Match[str]) -> str:
            inner = home.references[int(found[1])]
            return self.lead(home, inner, depth + 1).words if depth < 2 else inner.plain

        return shortened(HOLE.sub(words, title)) if "\ufdd0" in title else title

    def hint(self, reference: Reference) -> str:
        if reference.kind == "numref" and self.named.keys() & set(_keys(reference)):
            return "give it a caption, and have captions numbered: numfig in conf.py, or `numbering`; or write :ref:"
        if reference.kind == "doc":
            last = posixpath.basename(reference.name)
            alike = next((path for path in self.homes if posixpath.basename(path) == last), reference.name)
            return nearest(alike, self.homes) or "paths start from the file's folder, or with / from the book's"
        kinds = {kind for kind, _ in _keys(reference)}
        known = {name for kind, name in self.named if kind in kinds}
        if reference.kind in _CURES:
            return nearest(reference.name, known) or _CURES[reference.kind]
        return nearest(reference.name, known) or f"write “.. _{reference.name}:” above what it points at"


def _formed(form: str, words: Mapping[str, str]) -> str:
    """The first of each place in a form filled, that no short text becomes a long one."""
    for name, said in words.items():
        form = form.replace(f"{{{name}}}", said, 1)
    return form


def _path(chapter: Chapter) -> str:
    return chapter.path.relative_to(chapter.place.root).with_suffix("").as_posix()


def _folded(name: str) -> str:
    return " ".join(name.lower().split())


def _keys(reference: Reference) -> Iterable[tuple[str, str]]:
    """The kinds and names of targets that a reference may mean, what it most likely means first."""
    kind, name = reference.kind, reference.name
    if kind in ("ref", "numref", "name"):
        return (("label", _folded(name)), ("title", _folded(name)))
    if kind == "any":
        return (*((kind, _folded(name)) for kind in ("label", "term", "title")), *((k, name) for k in ("py", *_QUIET)))
    if kind == "term":
        return (("term", _folded(name)),)
    if ":" in kind:
        return ((kind.partition(":")[0], name.removesuffix("()")),)
    return ((kind, name),)


def _missing(reference: Reference) -> str:
    if what := _WHAT.get(reference.kind):
        return f"{reference.name} is no {what} of this book"
    return f"nothing is called {reference.name}"


def _filled(chapter: Chapter, book: _Book, on_page: str) -> Chapter:
    """A chapter with its references led, in its XHTML and in what is known of it."""
    if not chapter.references:
        return chapter
    leads = [book.lead(chapter, reference) for reference in chapter.references]
    fillings = ["" if reference.said else lead.words for reference, lead in zip(chapter.references, leads, strict=True)]
    paged = _far(chapter, leads, book.titlepage) if on_page else frozenset()

    def plain(text: str) -> str:
        return HOLE.sub(lambda found: fillings[int(found[1])], text) if "\ufdd0" in text else text

    def markup(text: str) -> str:
        return HOLE.sub(lambda found: escape(fillings[int(found[1])]), text) if "\ufdd0" in text else text

    def link(found: re.Match[str]) -> str:
        number = int(found[1])
        to, words = leads[number].id, markup(found[2])
        if not to:
            return words
        return f'<a class="reference internal" href="#{to}">{words}</a>' + _on_page(to, on_page) * (number in paged)

    def said(block: Block) -> Block:
        if "\ufdd0" not in block.text:
            return block
        text, places, end = "", [], 0
        for found in HOLE.finditer(block.text):
            text += block.text[end : found.start()] + fillings[int(found[1])]
            places += [(len(text), leads[int(found[1])].id)] if int(found[1]) in paged else []
            end = found.end()
        return replace(block, text=text + block.text[end:], leads=tuple(places))

    def moved(part: Fragment) -> Fragment:
        return replace(part, xhtml=markup(_LINK.sub(link, part.xhtml)), blocks=tuple(map(said, part.blocks)))

    known = chapter.metadata
    return replace(
        chapter.changed(moved),
        metadata=replace(
            known,
            title=plain(known.title),
            short_title=plain(known.short_title),
            description=plain(known.description),
        ),
        headings=tuple(replace(heading, text=plain(heading.text)) for heading in chapter.headings),
        counted=tuple(replace(each, title=shortened(plain(each.title))) for each in chapter.counted),
    )


def _far(chapter: Chapter, leads: Sequence[Lead], titlepage: str) -> frozenset[int]:
    """The references in a chapter's text that lead to another page, as far as can be known before there are pages.

    That of the title has no number on it.
    """
    places = {found[1]: found.start() for found in _ID.finditer(chapter.body.xhtml)}
    far = set()
    for found in _LINK.finditer(chapter.body.xhtml):
        number = int(found[1])
        reference, lead = chapter.references[number], leads[number]
        if lead.id not in ("", titlepage) and reference.open and reference.kind in _PAGED:
            place = places.get(lead.id)
            if place is None or abs(place - found.start()) > _PAGE:
                far.add(number)
    return frozenset(far)


def _on_page(target: str, words: str) -> str:
    """The words for a target's page, which the writer of pages fills, and others leave out (`references.unpaged`)."""
    before, _, after = (escape(part.replace(" ", "\N{NO-BREAK SPACE}")) for part in words.partition("{page}"))
    return f" <span class='on-page' data-of=''>{before}<span class='folio' data-of=\"{target}\"></span>{after}</span>"
