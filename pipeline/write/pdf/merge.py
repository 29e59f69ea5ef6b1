"""Chapters that were laid out apart made one PDF, with pikepdf: pages, structure, names, outline and links."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote

from pipeline.errors import RenderError, error
from pipeline.model import ChapterPdf
from pipeline.write.pdf import faces_union
from pipeline.write.pdf.folios import stamp

if TYPE_CHECKING:
    import pikepdf

# WeasyPrint 70 takes `book:///#id` for a place in the same document and drops it: links out of a chapter have this.
SCHEME = "xref:"
Groups: TypeAlias = Sequence[tuple[str, int]]


def merge(parts: Sequence[ChapterPdf], labels: Sequence[str] = (), groups: Groups = ()) -> bytes:
    """The bytes of what `merged` gives."""
    with merged(parts, labels, groups) as book:
        out = io.BytesIO()
        book.save(out, deterministic_id=True)
    return out.getvalue()


@contextmanager
def merged(parts: Sequence[ChapterPdf], labels: Sequence[str] = (), groups: Groups = ()) -> Iterator[pikepdf.Pdf]:
    """One PDF of at least one chapter, in order; what the catalog says is the first's.

    Each begins on a recto, after an empty page where one is needed. `labels` is what pages are called;
    without them no folios are written. A link to `xref:ID` (percent-encoded) becomes one to the place called ID, in
    whichever part it is. A name that two parts have means its own in each of them, and the first from elsewhere.
    `groups` puts entries of the outline under a title: (title or '', how many chapters) for all chapters in order.

    Raises RenderError (PDF007) when no part has that place.
    """
    import pikepdf

    with ExitStack() as stack:
        book, *rest = (stack.enter_context(pikepdf.open(io.BytesIO(part.data))) for part in parts)
        # All pages come first: pikepdf 10 makes references to a page that is not there yet null.
        places = [(0, len(book.pages))]
        for pdf in rest:
            if len(book.pages) % 2:
                _add_empty(book)
            start = len(book.pages)
            for page in pdf.pages:
                book.pages.append(page)
            places.append((start, len(book.pages)))
        # qpdf lists all pages whenever one is asked for by its number.
        pages = [page.obj for page in book.pages]
        chapters = [pages[start:end] for start, end in places]
        links = [list(_annotations(chapter)) for chapter in chapters]
        folios = {
            number: folio
            for part, (start, _) in zip(parts, places, strict=True)
            for number, folio in enumerate(part.folios, start)
        }
        names = [_names(book, part) for part in (book, *rest)]
        if rest:
            _join_trees(book, rest, chapters[1:], links[1:])
            _join_outlines(book, rest, groups)
            _share_images(book)
            faces_union.unite(book)
        _lead_links(book, links, names)
        if labels:
            stamp(book, folios, labels)
        yield book


def starts(parts: Sequence[ChapterPdf]) -> tuple[int, ...]:
    """The page of the book (from 0) that each chapter begins on, and how many pages there are."""
    pages = [0]
    for part in parts[:-1]:
        after = pages[-1] + len(part.folios)
        pages.append(after + after % 2)
    return (*pages, pages[-1] + len(parts[-1].folios))


def _join_trees(book: pikepdf.Pdf, rest: list[pikepdf.Pdf], chapters: list[list[Any]], links: list[list[Any]]) -> None:
    """Hang what is in each part's Document into the first's, and number the parent tree on (14.7.4.4)."""
    from pikepdf import Array, Dictionary, String

    root: Any = book.Root.StructTreeRoot
    document, numbers, after = root.K[0], list(root.ParentTree.Nums), int(root.ParentTreeNextKey)
    kids, roles, notes = list(document.get("/K", [])), root.RoleMap, _identified(root)
    for part, pages, within in zip(rest, chapters, links, strict=True):
        theirs: Any = book.copy_foreign(part.Root.StructTreeRoot)
        other = part.Root.Lang != book.Root.Lang
        for kid in theirs.K[0].get("/K", []):
            kid.P = document
            if other and "/Lang" not in kid:
                kid.Lang = String(str(part.Root.Lang))
            kids.append(kid)
        for page in pages:
            page.StructParents = int(page.StructParents) + after
        for annotation in within:
            if (parent := annotation.get("/StructParent")) is not None:
                annotation["/StructParent"] = int(parent) + after
        for number, owner in _pairs(theirs.ParentTree.Nums):
            numbers += [int(number) + after, owner]
        after += int(theirs.ParentTreeNextKey)
        notes += _identified(theirs)
        for name, standard in theirs.RoleMap.items():
            if name not in roles:
                roles[name] = standard
    document.K = Array(kids)
    root.ParentTree = Dictionary(Nums=Array(numbers))
    root.ParentTreeNextKey = after
    if notes:
        # Each part counts its notes from 1, and an ID must be one element's only.
        named = [(f"note-{number}", note) for number, note in enumerate(notes, 1)]
        for name, note in named:
            note.ID = String(name)
        root.IDTree = Dictionary(Names=Array(item for name, note in sorted(named) for item in (String(name), note)))


def _identified(root: Any) -> list[Any]:
    """The elements with an ID, in order: `tags` counts them."""
    named = [(str(name), element) for name, element in _pairs(root.get("/IDTree", {}).get("/Names", []))]
    return [element for _, element in sorted(named, key=lambda pair: (len(pair[0]), pair[0]))]


def _add_empty(book: pikepdf.Pdf) -> None:
    """An empty page of the size of the last."""
    last = book.pages[-1].obj
    book.add_blank_page()
    page = book.pages[-1].obj
    for key in ("/MediaBox", "/TrimBox", "/BleedBox", "/Resources", "/Tabs"):
        if key in last:
            page[key] = last[key]
    if "/Contents" in page:
        del page.Contents


def _join_outlines(book: pikepdf.Pdf, rest: list[pikepdf.Pdf], groups: Groups) -> None:
    """One outline of all, in which the entries of a group's chapters stand below its title."""
    from pikepdf import Dictionary, Name, String

    whole = [part.Root.get("/Outlines") for part in (book, *rest)]
    roots = [root if root is None or n == 0 else book.copy_foreign(root) for n, root in enumerate(whole)]
    chapters = iter([[] if root is None else list(_siblings(root)) for root in roots])
    if not any(roots):
        return
    outlines = book.make_indirect(Dictionary(Type=Name.Outlines))
    top: list[Any] = []
    for title, count in groups or (("", len(roots)),):
        items = [item for _ in range(count) for item in next(chapters)]
        if title and items:
            group = book.make_indirect(Dictionary(Title=String(title), Dest=items[0].Dest))
            _chain(group, items)
            items = [group]
        top += items
    _chain(outlines, top)
    book.Root.Outlines = outlines


def _siblings(parent: Any) -> Iterator[Any]:
    item = parent.get("/First")
    while item is not None:
        yield item
        item = item.get("/Next")


def _chain(parent: Any, items: list[Any]) -> None:
    """Make items the children of an entry (ISO 32000-1, 12.3.3): all of them open."""
    for before, item in zip([None, *items], items, strict=False):
        item.Parent = parent
        for key in ("/Prev", "/Next"):
            if key in item:
                del item[key]
        if before is not None:
            item.Prev, before.Next = before, item
    parent.First, parent.Last = items[0], items[-1]
    parent.Count = len(items) + sum(int(item.get("/Count", 0)) for item in items)


def _names(book: pikepdf.Pdf, part: pikepdf.Pdf) -> dict[str, tuple[Any, Any]]:
    """The places of a part by name, each with the name as it is written there."""
    if "/Names" not in part.Root:
        return {}
    places: Any = part.Root.Names.Dests
    if part is not book:
        places = book.copy_foreign(part.make_indirect(places))
    return {str(name): (name, place) for name, place in _pairs(places.Names)}


def _lead_links(
    book: pikepdf.Pdf,
    links: list[list[Any]],
    names: list[dict[str, tuple[Any, Any]]],
) -> None:
    """Unite the parts' names, and lead each link to where it leads."""
    from pikepdf import Array, Dictionary

    everywhere: dict[str, tuple[Any, Any]] = {}
    for own in names:
        everywhere = own | everywhere
    lost: dict[str, None] = {}
    for within, own in zip(links, names, strict=True):
        for annotation in within:
            name = str(annotation.get("/Dest", ""))
            if name in own and own[name] is not everywhere[name]:
                annotation.Dest = own[name][1]
            address = str(annotation.get("/A", {}).get("/URI", ""))
            if address.startswith(SCHEME):
                name = unquote(address.removeprefix(SCHEME))
                if name in everywhere:
                    del annotation.A
                    annotation.Dest = everywhere[name][0]
                else:
                    lost[name] = None
    if lost:
        hint = "give the place that is meant this name, or link to another"
        raise RenderError(error("PDF007", f"a link leads to no chapter's “{name}”", hint=hint) for name in lost)
    if everywhere:
        ordered = sorted(everywhere.values(), key=lambda pair: bytes(pair[0]))
        book.Root.Names = Dictionary(Dests=Dictionary(Names=Array(item for pair in ordered for item in pair)))


def _share_images(book: pikepdf.Pdf) -> None:
    """Keep one of each picture that several parts draw."""
    first: dict[object, Any] = {}
    resources = {page.obj.Resources.objgen: page.obj.Resources for page in book.pages}
    for found in resources.values():
        for name, drawn in list(found.XObject.items()):
            if drawn.get("/Subtype") == "/Image":
                found.XObject[name] = first.setdefault(_content(drawn), drawn)


def _content(value: Any) -> object:
    """What an object is, whatever its number: equal for equal ones."""
    import pikepdf

    if isinstance(value, pikepdf.Stream | pikepdf.Dictionary):
        entries = tuple((key, _content(below)) for key, below in sorted(value.items()))
        data = hashlib.sha256(value.read_raw_bytes()).digest() if isinstance(value, pikepdf.Stream) else b""
        return data, entries
    if isinstance(value, pikepdf.Array):
        return tuple(_content(below) for below in value)
    return str(value)


def _annotations(pages: list[Any]) -> Iterator[Any]:
    for page in pages:
        yield from page.get("/Annots", [])


def _pairs(entries: Any) -> Iterator[tuple[Any, Any]]:
    """Those of a name or number tree's leaf, which are laid end to end."""
    flat = list(entries)
    return zip(flat[::2], flat[1::2], strict=True)
