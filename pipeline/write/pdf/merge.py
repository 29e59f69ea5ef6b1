"""A book bound of gatherings: pages, structure, names, outline and links, as the bytes of a PDF."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from pipeline.errors import RenderError, error
from pipeline.write.pdf import faces_union, folios
from pipeline.write.pdf.faces_union import Faces
from pipeline.write.pdf.finish import Imprint
from pipeline.write.pdf.gathering import FIRST, Gathering, Item, Place, encoded, string, text
from pipeline.write.pdf.volume import Volume


class _Part(Struct, frozen=True):
    """A gathering, and the book's number of each of its local ones."""

    of: Gathering
    numbers: Sequence[int]

    def written(self, place: Place) -> bytes:
        """A place as a destination."""
        return b"[ %d 0 R %b ]" % (self.numbers[place.page], place.view)


def merge(
    gatherings: Sequence[Gathering],
    labels: Sequence[str] = (),
    depths: Sequence[int] = (),
    *,
    faces: Faces | None = None,
    imprint: Imprint | None = None,
) -> bytes:
    """One PDF of at least one chapter, in order; what the catalog says is the first's and the imprint's.

    Each begins on a recto, after an empty page where one is needed. `labels` is what pages are called;
    without them no folios are written. A link that leaves a chapter leads to the place of that name in whichever it
    is. A name that two parts have means its own in each of them, and the first from elsewhere.
    `depths` says how deep each stands in the outline, where those below a chapter follow its headings.
    `faces` is what `unite` gives, where it is known.

    Raises RenderError (PDF007) when no part has that place.
    """
    volume = Volume()
    catalog, pages, tree, document = volume.numbers(4)
    parts = _numbered(volume, gatherings, (pages, document), _fonts(volume, faces or unite(gatherings)))
    places = {name: part.written(place) for part in reversed(parts) for name, place in part.of.names.items()}
    for part in parts:
        _put(volume, part)
    _lead_links(volume, parts, places)
    _put_pages(volume, pages, parts, labels)
    _put_tree(volume, tree, document, parts)
    says = [
        b"/Type /Catalog /Pages %d 0 R /StructTreeRoot %d 0 R" % (pages, tree),
        parts[0].of.catalog.filled(parts[0].numbers),
    ]
    if places:
        ordered = b" ".join(b"%b %b" % (string(name), places[name]) for name in sorted(places))
        says.append(b"/Names << /Dests << /Names [ %b ] >> >>" % ordered)
    if items := _nested(parts, depths):
        says.append(b"/Outlines %d 0 R" % _put_outline(volume, items))
    information = b"/Producer %b" % string(encoded(parts[0].of.producer))
    if imprint:
        metadata = volume.add_stream(imprint.xmp, b"/Type /Metadata /Subtype /XML")
        says.append(b"/Metadata %d 0 R %b" % (metadata, imprint.catalog))
        says += [b"/PageMode /UseOutlines"] * bool(items)
        information = imprint.information
    else:
        says.append(b"/Lang %b" % parts[0].of.language)
    volume.put(catalog, b"<< %b >>" % b" ".join(says))
    return volume.file(catalog, volume.add(b"<< %b >>" % information))


def unite(gatherings: Iterable[Gathering]) -> Faces:
    """The fonts of a book."""
    return faces_union.unite([font for each in gatherings for font in each.fonts])


def starts(gatherings: Sequence[Gathering]) -> tuple[int, ...]:
    """The page of the book (from 0) that each chapter begins on, and how many pages there are."""
    pages = [0]
    for part in gatherings[:-1]:
        after = pages[-1] + len(part.folios)
        pages.append(after + after % 2)
    return (*pages, pages[-1] + len(gatherings[-1].folios))


def _numbered(
    volume: Volume, gatherings: Iterable[Gathering], ours: tuple[int, int], fonts: Sequence[int]
) -> list[_Part]:
    """Numbers for all there is in the parts; keys and notes are counted on, and a picture that several draw is one."""
    parts: list[_Part] = []
    pictures: dict[str, int] = {}
    font = key = note = 0
    for each in gatherings:
        numbers = [*ours, *volume.numbers(each.objects.text.count(b"\n") + 1)]
        for at in range(len(each.streams)):
            digest = each.pictures.get(at)
            number = (digest and pictures.get(digest)) or volume.number()
            if digest:
                pictures[digest] = number
            numbers.append(number)
        numbers += fonts[font : font + len(each.fonts)]
        numbers += range(key, key + each.keys)
        numbers += range(note + 1, note + 1 + len(each.notes))
        parts.append(_Part(each, numbers))
        font, key, note = font + len(each.fonts), key + each.keys, note + len(each.notes)
    return parts


def _put(volume: Volume, part: _Part) -> None:
    numbers = iter(part.numbers[FIRST:])
    for line in part.of.objects.filled(part.numbers).split(b"\n"):
        volume.put(next(numbers), line)
    for head, data in zip(part.of.heads.filled(part.numbers).split(b"\n"), part.of.streams, strict=False):
        volume.put_stream(next(numbers), head, data)


def _fonts(volume: Volume, faces: Faces) -> list[int]:
    """The number of the font that each of the chapters' fonts has become."""
    below = []
    for face in faces.faces:
        program = volume.number()
        volume.put_stream(
            program,
            b"<< /Filter /FlateDecode /Length %d /Length1 %d >>" % (len(face.program), face.length),
            face.program,
        )
        descriptor = volume.add(
            b"<< %b /Flags %d /FontBBox [ %b ] /FontFile2 %d 0 R >>"
            % (face.descriptor, face.flags, b" ".join(face.box), program)
        )
        below.append(volume.add(b"<< %b /FontDescriptor %d 0 R /W %b >>" % (face.below, descriptor, face.widths)))
    readings = [
        volume.add(
            b"<< /Type /Font /Subtype /Type0 /BaseFont %b /Encoding /Identity-H"
            b" /DescendantFonts [ %d 0 R ] /ToUnicode %d 0 R >>"
            % (reading.name, below[reading.face], volume.add_stream(reading.texts))
        )
        for reading in faces.readings
    ]
    return [readings[number] for number in faces.of]


def _lead_links(volume: Volume, parts: Iterable[_Part], places: Mapping[bytes, bytes]) -> None:
    """Lead each link to where it leads: to a name, or straight to a place whose name is another's, too."""
    lost: dict[bytes, None] = {}
    for part in parts:
        for link in part.of.links:
            own = None if link.leaves else part.written(part.of.names[link.name])
            if own is None and link.name not in places:
                lost[link.name] = None
                continue
            leads = own if own and own != places[link.name] else string(link.name)
            volume.extend(part.numbers[link.number], b"/Dest %b" % leads)
    if lost:
        hint = "give the place that is meant this name, or link to another"
        raise RenderError(error("PDF007", f"a link leads to no chapter's “{text(name)}”", hint=hint) for name in lost)


def _put_pages(volume: Volume, pages: int, parts: Sequence[_Part], labels: Sequence[str]) -> None:
    """The list of pages, empty ones among them, and their folios."""
    kids: list[int] = []
    opened = volume.add_stream(folios.BEFORE)
    for before, part in zip((None, *parts), parts, strict=False):
        if before and len(kids) % 2:
            kids.append(volume.add(before.of.empty.filled(before.numbers)))
        for page, contents, folio in zip(part.of.pages, part.of.contents, part.of.folios, strict=True):
            content = b"%d 0 R" % part.numbers[contents]
            if labels and folio and (label := labels[len(kids)]):
                content = b"[ %d 0 R %b %d 0 R ]" % (opened, content, volume.add_stream(folios.stamped(folio, label)))
            volume.extend(part.numbers[page], b"/Contents %b" % content)
            kids.append(part.numbers[page])
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    volume.put(pages, b"<< /Type /Pages /Count %d /Kids [ %b ] >>" % (len(kids), listed))


def _put_tree(volume: Volume, tree: int, document: int, parts: Sequence[_Part]) -> None:
    """The root of the structure tree, and one Document with the kids of all; the parent tree (14.7.4.4)."""
    first = parts[0].of
    for part in parts:
        if part.of.language != first.language:
            for kid in part.of.untold:
                volume.extend(part.numbers[kid], b"/Lang %b" % part.of.language)
    kids = b" ".join(part.of.kids.filled(part.numbers) for part in parts)
    volume.put(document, b"<< %b /P %d 0 R /K [ %b ] >>" % (first.document.filled(parts[0].numbers), tree, kids))
    roles = {role: standard for part in reversed(parts) for role, standard in part.of.roles.items()}
    says = [
        b"/Type /StructTreeRoot /K [ %d 0 R ]" % document,
        b"/ParentTree << /Nums [ %b ] >>" % b" ".join(part.of.owners.filled(part.numbers) for part in parts),
        b"/ParentTreeNextKey %d" % sum(part.of.keys for part in parts),
        b"/RoleMap << %b >>" % b" ".join(b"%b %b" % pair for pair in sorted(roles.items())),
    ]
    # Each part counts its notes from 1; an ID is one element's only.
    notes = [part.numbers[note] for part in parts for note in part.of.notes]
    if notes:
        named = sorted((b"(note-%d)" % count, note) for count, note in enumerate(notes, 1))
        says.append(b"/IDTree << /Names [ %b ] >>" % b" ".join(b"%b %d 0 R" % pair for pair in named))
    volume.put(tree, b"<< %b >>" % b" ".join(says))


class _Entry(Struct, frozen=True):
    """An entry of the book's outline."""

    title: bytes
    destination: bytes
    open: bool
    below: list[_Entry]


def _nested(parts: Sequence[_Part], depths: Sequence[int]) -> list[_Entry]:
    """The outline of all parts, each below the nearest before it that is less deep."""
    top: list[_Entry] = []
    around: list[tuple[int, list[_Entry]]] = [(-1, top)]
    for part, depth in zip(parts, depths or [0] * len(parts), strict=True):
        while around[-1][0] >= depth:
            around.pop()
        entries = [_entry(part, item) for item in part.of.outline]
        around[-1][1].extend(entries)
        if entries:
            around.append((depth, entries[0].below))
    return top


def _entry(part: _Part, item: Item) -> _Entry:
    return _Entry(item.title, part.written(item.place), item.open, [_entry(part, below) for below in item.below])


def _put_outline(volume: Volume, entries: Sequence[_Entry]) -> int:
    """The number of the outline's root (12.3.3)."""
    root = volume.number()
    links, count = _chained(volume, root, entries)
    volume.put(root, b"<< /Type /Outlines %b /Count %d >>" % (links, count))
    return root


def _chained(volume: Volume, parent: int, entries: Sequence[_Entry]) -> tuple[bytes, int]:
    """What the parent of entries says of them, and how many are seen below it when it is open."""
    numbers = volume.numbers(len(entries))
    seen = len(entries)
    for entry, number in zip(entries, numbers, strict=True):
        says = [b"/Title %b /Dest %b /Parent %d 0 R" % (entry.title, entry.destination, parent)]
        if number != numbers[0]:
            says.append(b"/Prev %d 0 R" % (number - 1))
        if number != numbers[-1]:
            says.append(b"/Next %d 0 R" % (number + 1))
        if entry.below:
            links, below = _chained(volume, number, entry.below)
            says.append(b"%b /Count %d" % (links, below if entry.open else -below))
            seen += below if entry.open else 0
        volume.put(number, b"<< %b >>" % b" ".join(says))
    return b"/First %d 0 R /Last %d 0 R" % (numbers[0], numbers[-1]), seen
