"""A chapter's PDF taken apart, with pikepdf: it becomes a gathering."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from itertools import chain, count
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from msgspec import Struct

from pipeline.model import ChapterPdf
from pipeline.write.pdf.faces_union import Font
from pipeline.write.pdf.gathering import DOCUMENT, FIRST, PAGES, Gathering, Item, Link, Place, Template, encoded

if TYPE_CHECKING:
    import pikepdf

# WeasyPrint 70 takes `book:///#id` for a place in the same document and drops it: links out of a chapter have this.
SCHEME = "xref:"

# In what qpdf writes: strings, where nothing else is meant, references, keys of the parent tree, the names of notes.
_NUMBERED = re.compile(
    rb"/ID \(note-(?P<note>\d+)\)|\([^\\()]*(?:\\.[^\\()]*)*\)"
    rb"|(?P<object>\d+) 0 R\b|(?P<of>/StructParents? )(?P<key>\d+)",
    re.DOTALL,
)
_OF_EMPTY_PAGES = ("/MediaBox", "/TrimBox", "/BleedBox", "/Resources", "/Tabs", "/Type", "/Parent")
_OF_BOOKS = ("/Type", "/Lang", "/Names", "/Outlines", "/Pages", "/StructTreeRoot")  # in a catalog


def gather(chapter: ChapterPdf) -> Gathering:
    """Take a chapter apart, as WeasyPrint 70 and `tags` have made it."""
    import pikepdf

    with pikepdf.open(io.BytesIO(chapter.data)) as pdf:
        return _gathered(pdf, chapter)


def _gathered(pdf: pikepdf.Pdf, chapter: ChapterPdf) -> Gathering:
    import pikepdf

    root: Any = pdf.Root
    tree: Any = root.StructTreeRoot
    document: Any = tree.K[0]
    sheets = [page.obj for page in pdf.pages]
    everything = {number: entry for number, entry in enumerate(pdf.objects, 1) if entry is not None}
    fonts, gone = _fonts(sheets)
    outlines = root.get("/Outlines")
    gone |= _below(outlines)
    gone |= {_number(entry) for entry in (root, root.Pages, tree, document, pdf.trailer.get("/Info"))}
    links = list(_taken_links(sheets))
    contents = [_number(sheet.Contents) for sheet in sheets]
    for sheet in sheets:
        del sheet.Contents
    bodies, streams = [], []
    for number, entry in everything.items():
        if isinstance(entry, pikepdf.Stream):
            if entry.get("/Type") not in ("/ObjStm", "/XRef") and number not in gone:
                streams.append(number)
        elif number not in gone:
            bodies.append(number)
    order = count(FIRST)
    local = {_number(root.Pages): PAGES, _number(document): DOCUMENT}
    local |= {number: next(order) for number in bodies}
    local |= {number: next(order) for number in (*streams, *fonts)}
    keys = next(order)
    known = _Numbers(local, keys, keys + int(tree.ParentTreeNextKey))

    def place(destination: Any) -> Place:
        page, _, view = destination.unparse(resolved=True).removeprefix(b"[ ").removesuffix(b" ]").partition(b" 0 R ")
        return Place(local[int(page)], view)

    kids = list(document.get("/K", []))
    return Gathering(
        objects=known.template(b"\n".join(everything[number].unparse(resolved=True) for number in bodies)),
        heads=known.template(b"\n".join(everything[n].stream_dict.unparse(resolved=True) for n in streams)),
        empty=known.template(_empty_like(sheets[-1])),
        streams=tuple(everything[number].read_raw_bytes() for number in streams),
        fonts=tuple(fonts.values()),
        keys=int(tree.ParentTreeNextKey),
        notes=tuple(local[_number(element)] for element in _identified(tree)),
        pages=tuple(local[_number(sheet)] for sheet in sheets),
        contents=tuple(local[number] for number in contents),
        document=known.template(entries(document, ("/K", "/P"))),
        kids=known.template(b" ".join(kid.unparse() for kid in kids)),
        untold=tuple(local[_number(kid)] for kid in kids if "/Lang" not in kid),
        language=root.Lang.unparse(),
        owners=known.owners(tree.ParentTree.Nums),
        roles={pikepdf.Name(role).unparse(): standard.unparse() for role, standard in tree.RoleMap.items()},
        outline=tuple(_items(outlines, place)),
        names={
            bytes(name): place(found)
            for name, found in _pairs(root.get("/Names", {}).get("/Dests", {}).get("/Names", []))
        },
        links=tuple(Link(local[number], name, leaves) for number, name, leaves in links),
        pictures={
            at: hashlib.sha256(repr(_content(everything[number])).encode()).hexdigest()
            for at, number in enumerate(streams)
            if everything[number].get("/Subtype") == "/Image"
        },
        catalog=known.template(entries(root, _OF_BOOKS)),
        producer=str(pdf.docinfo.get("/Producer", "")),
        starts=chapter.starts,
        anchors=chapter.anchors,
        folios=chapter.folios,
    )


class _Numbers(Struct, frozen=True):
    """Local numbers: of the objects of the chapter's file, and where those of keys and of notes begin."""

    local: Mapping[int, int]
    keys: int
    notes: int

    def template(self, text: bytes) -> Template:
        """What qpdf has written, with holes for what is to be numbered anew."""
        numbers: list[int] = []

        def hole(found: re.Match[bytes]) -> bytes:
            if number := found["object"]:
                numbers.append(self.local[int(number)])
                return b"%d 0 R"
            if key := found["key"]:
                numbers.append(self.keys + int(key))
                return b"%b%%d" % found["of"]
            if note := found["note"]:
                numbers.append(self.notes + int(note) - 1)
                return b"/ID (note-%d)"
            return found[0]

        return Template(_NUMBERED.sub(hole, text.replace(b"%", b"%%")), tuple(numbers))

    def owners(self, entries: Any) -> Template:
        """The entries of a parent tree's leaf: key and owner, or the owners of a page's content."""
        pairs = [(int(key), self.template(owner.unparse())) for key, owner in _pairs(entries)]
        return Template(
            b" ".join(b"%d " + owner.text for _, owner in pairs),
            tuple(chain.from_iterable((self.keys + key, *owner.numbers) for key, owner in pairs)),
        )


def _taken_links(sheets: Iterable[Any]) -> Iterator[tuple[int, bytes, bool]]:
    """(number, name, whether it leaves) of each link to a name; where it leads is taken off it."""
    for sheet in sheets:
        for annotation in sheet.get("/Annots", []):
            address = str(annotation.get("/A", {}).get("/URI", ""))
            if address.startswith(SCHEME):
                del annotation.A
                yield _number(annotation), encoded(unquote(address.removeprefix(SCHEME))), True
            elif "/Dest" in annotation:
                yield _number(annotation), bytes(annotation.Dest), False
                del annotation.Dest


def entries(dictionary: Any, without: Iterable[str] = ()) -> bytes:
    """The entries of a dictionary as they are written, but for some."""
    left = copy(dictionary)
    for key in without:
        if key in left:
            del left[key]
    written: bytes = left.unparse(resolved=True)
    return written.removeprefix(b"<< ").removesuffix(b" >>")


def _number(entry: Any) -> int:
    number: int = entry.objgen[0]
    return number


def _fonts(sheets: Iterable[Any]) -> tuple[dict[int, Font], set[int]]:
    """The fonts of pages that can be united with others', by their numbers, and the numbers of all they are made of."""
    fonts: dict[int, Font] = {}
    gone: set[int] = set()
    for table in {sheet.Resources.Font.objgen: sheet.Resources.Font for sheet in sheets}.values():
        for font in table.values():
            if _is_plain(font):
                below = font.DescendantFonts[0]
                descriptor = below.FontDescriptor
                fonts[_number(font)] = Font(
                    name=font.BaseFont.unparse(),
                    below=entries(below, ("/FontDescriptor", "/W")),
                    descriptor=entries(descriptor, ("/FontFile2", "/FontBBox", "/Flags")),
                    box=tuple(descriptor.FontBBox.unparse()[2:-2].split()),
                    flags=int(descriptor.Flags),
                    widths=below.W.unparse(),
                    program=descriptor.FontFile2.read_raw_bytes(),
                    length=int(descriptor.FontFile2.Length1),
                    texts=font.ToUnicode.read_bytes(),
                )
                parts = (font, font.DescendantFonts, below, descriptor, descriptor.FontFile2, font.ToUnicode)
                gone |= {_number(part) for part in parts}
    return fonts, gone


def _is_plain(font: Any) -> bool:
    """Whether codes are glyph ids of an embedded TrueType program, packed in the usual way."""
    if font.get("/Subtype") != "/Type0" or font.get("/Encoding") != "/Identity-H":
        return False
    below = font.DescendantFonts[0]
    if below.get("/CIDToGIDMap") != "/Identity" or "/FontFile2" not in below.FontDescriptor:
        return False
    return bool(below.FontDescriptor.FontFile2.get("/Filter") == "/FlateDecode")


def _below(entry: Any) -> set[int]:
    """The numbers of an entry of the outline and of all below it."""
    if entry is None:
        return set()
    return {_number(entry)}.union(*map(_below, _siblings(entry)))


def _items(parent: Any, place: Callable[[Any], Place]) -> Iterator[Item]:
    for item in _siblings(parent) if parent is not None else ():
        below = tuple(_items(item, place))
        yield Item(item.Title.unparse(), place(item.Dest), int(item.get("/Count", 0)) >= 0, below)


def _siblings(parent: Any) -> Iterator[Any]:
    item = parent.get("/First")
    while item is not None:
        yield item
        item = item.get("/Next")


def _empty_like(sheet: Any) -> bytes:
    """An empty page of the size of another, as qpdf would write it."""
    return b"<< %b >>" % entries(sheet, [key for key in sheet if key not in _OF_EMPTY_PAGES])


def _identified(tree: Any) -> list[Any]:
    """The elements with an ID, in order: `tags` counts them."""
    named = [(str(name), element) for name, element in _pairs(tree.get("/IDTree", {}).get("/Names", []))]
    return [element for _, element in sorted(named, key=lambda pair: (len(pair[0]), pair[0]))]


def _content(value: Any) -> object:
    """What an object is, whatever its number: equal for equal ones."""
    import pikepdf

    if isinstance(value, pikepdf.Stream | pikepdf.Dictionary):
        below = tuple((key, _content(each)) for key, each in sorted(value.items()))
        data = hashlib.sha256(value.read_raw_bytes()).digest() if isinstance(value, pikepdf.Stream) else b""
        return data, below
    if isinstance(value, pikepdf.Array):
        return tuple(_content(each) for each in value)
    return str(value)


def _pairs(flat: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Those of a name or number tree's leaf, which are laid end to end."""
    listed = list(flat)
    return zip(listed[::2], listed[1::2], strict=True)
