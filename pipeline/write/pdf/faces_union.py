"""One subset of each face for a whole book, out of those that its chapters brought.

WeasyPrint 70 has HarfBuzz keep the ids of glyphs up to the last that is drawn; behind it are those that others are
composed of, in places that differ from subset to subset. TrueType outlines only: CFF faces stay as they came.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Mapping, Sequence
from itertools import compress
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

# All that a CIDFont needs (ISO 32000-1, 9.9); `post` is small, and says that glyphs have no names.
_KEPT = ("head", "hhea", "maxp", "post", "cvt ", "fpgm", "prep")
_SAME = ("name", "cvt ", "fpgm", "prep")  # in all subsets of one face
_FIXED_PITCH = 1
_Texts = dict[bytes, bytes]  # glyph → text, as a ToUnicode map has them: four digits, and UTF-16 in hexadecimal
_NOTHING = (b"", 0, 0)
_METRICS = struct.Struct(">Hh")
_Shape = tuple[bytes, int, int, tuple[Any, ...]]


class Font(Struct, frozen=True):
    """A font of a chapter, whose codes are ids of glyphs.

    `below` and `descriptor` are what its CIDFont and its FontDescriptor say beside what the other fields say, as it is
    written in a PDF; so are `name`, `widths` and the four numbers of `box`. `program` is packed, `texts` is its
    ToUnicode map.
    """

    name: bytes
    below: bytes
    descriptor: bytes
    box: tuple[bytes, ...]
    flags: int
    widths: bytes
    program: bytes
    length: int  # of the program, unpacked
    texts: bytes


class Reading(Struct, frozen=True):
    """A font of a book: one of its faces, by its place among them, and the texts of its glyphs."""

    face: int
    name: bytes
    texts: bytes


class Faces(Struct, frozen=True):
    """The fonts of a book: its faces, and of each font of its chapters, in their order, which reading it is."""

    faces: tuple[Font, ...]
    readings: tuple[Reading, ...]
    of: tuple[int, ...]


class _Program(Struct, frozen=True):
    """`glyphs` has outline, advance and left side bearing of each id that has any, `widths` what the PDF says of ids.

    `drawn` are those that are not there as parts of others alone. `looks` is what any two subsets of one face have in
    common where they have it: tables, and the shapes of these.
    """

    tables: dict[str, bytes]
    glyphs: dict[int, tuple[bytes, int, int]]
    widths: dict[int, bytes]
    drawn: tuple[int, ...]
    looks: dict[int | str, object]


def _shape(glyphs: Mapping[int, tuple[bytes, int, int]], glyph: int) -> _Shape:
    """What a glyph looks like, whichever ids it is composed of."""
    outline, advance, bearing = glyphs.get(glyph, _NOTHING)
    # A short index of outlines has them padded to even lengths, a long one has not.
    if not _is_composed(outline):
        return outline.rstrip(b"\0"), advance, bearing, ()
    parts = _components(outline)
    bare = bytearray(outline)
    for at, _ in parts:
        struct.pack_into(">H", bare, at, 0)
    return bytes(bare).rstrip(b"\0"), advance, bearing, tuple(_shape(glyphs, part) for _, part in parts)


def unite(fonts: Sequence[Font]) -> Faces:
    """One program and one table of widths for the fonts of one name, where they are of one face.

    Fonts in which a glyph stands for different text stay two, but share those.
    """
    named: dict[bytes, list[int]] = {}
    for number, font in enumerate(fonts):
        named.setdefault(font.name, []).append(number)
    faces: list[Font] = []
    readings: list[Reading] = []
    of: dict[int, int] = {}
    for numbers in named.values():
        programs = [_read(fonts[number]) for number in numbers] if len(numbers) > 1 else []
        for alike in _agreeing([program.looks for program in programs]) or [[0]]:
            members = [numbers[place] for place in alike]
            first = fonts[members[0]]
            faces.append(_united(first, [programs[place] for place in alike]) if len(members) > 1 else first)
            texts = [_read_texts(fonts[number].texts) for number in members]
            for same in _agreeing(texts):
                of |= {members[place]: len(readings) for place in same}
                known = {glyph: text for place in same for glyph, text in texts[place].items()}
                readings.append(Reading(len(faces) - 1, first.name, _write_texts(known)))
    return Faces(tuple(faces), tuple(readings), tuple(of[number] for number in range(len(fonts))))


def _united(first: Font, programs: Sequence[_Program]) -> Font:
    """The first of some fonts of one face, with the glyphs of all."""
    program = _union(programs)
    widths = {glyph: width for each in programs for glyph, width in each.widths.items()}
    fixed = len(widths) > 1 and len(set(widths.values())) == 1
    left, low, _, high = first.box
    return replace(
        first,
        box=(left, low, max(widths.values(), key=float, default=b"0"), high),
        flags=first.flags & ~_FIXED_PITCH | (_FIXED_PITCH if fixed else 0),
        widths=b"[ %b ]" % b" ".join(b"%d [ %b ]" % (start, b" ".join(run)) for start, run in _runs(widths)),
        program=zlib.compress(program),
        length=len(program),
    )


def _agreeing(tables: Sequence[Mapping[Any, object]]) -> list[list[int]]:
    """The numbers of tables, in groups in which no key has two values."""
    groups: list[tuple[dict[Any, object], list[int]]] = []
    for number, table in enumerate(tables):
        for known, members in groups:
            if all(known.get(key, value) == value for key, value in table.items()):
                known.update(table)
                members.append(number)
                break
        else:
            groups.append((dict(table), [number]))
    return [members for _, members in groups]


def _read(font: Font) -> _Program:
    tables = _tables(zlib.decompress(font.program))
    (size,) = struct.unpack(">H", tables["maxp"][4:6])
    (long_offsets,) = struct.unpack(">h", tables["head"][50:52])
    unit, letter, wide = (1, "L", 4) if long_offsets else (2, "H", 2)
    (advances,) = struct.unpack(">H", tables["hhea"][34:36])
    loca, metrics, rest = tables["loca"], tables["hmtx"][: 4 * advances], tables["hmtx"][4 * advances :]
    if rest:  # glyphs after the last advance have it too
        advance = metrics[-4:-2]
        metrics += b"".join(advance + rest[at : at + 2] for at in range(0, len(rest), 2))
    # Most ids are there for their number alone.
    starts, ends = (int.from_bytes(loca[at : at + wide * size], "big") for at in (0, wide))
    sizes = (starts ^ ends).to_bytes(wide * size, "big")
    there = {*compress(range(size), memoryview(sizes).cast("I" if long_offsets else "H"))}
    there.update(compress(range(size), memoryview(metrics).cast("I")))
    outlines, pair = tables["glyf"], struct.Struct(f">2{letter}")
    glyphs = {}
    for glyph in sorted(there):
        start, end = pair.unpack_from(loca, wide * glyph)
        glyphs[glyph] = (outlines[unit * start : unit * end], *_METRICS.unpack_from(metrics, 4 * glyph))
    widths = _widths(font.widths)
    last = max(widths, default=0)
    parts = {part for outline, _, _ in glyphs.values() if _is_composed(outline) for _, part in _components(outline)}
    drawn = tuple(glyph for glyph in glyphs if glyph <= last or glyph not in parts)
    looks: dict[int | str, object] = {glyph: _shape(glyphs, glyph) for glyph in drawn}
    looks.update((tag, tables.get(tag)) for tag in _SAME)
    return _Program(tables, glyphs, widths, drawn, looks)


def _tables(program: bytes) -> dict[str, bytes]:
    """The tables of a font by tag (OpenType, Table Directory)."""
    (count,) = struct.unpack_from(">H", program, 4)
    entries = (struct.unpack_from(">4s4xLL", program, 12 + 16 * number) for number in range(count))
    return {tag.decode("latin-1"): program[start : start + length] for tag, start, length in entries}


def _is_composed(outline: bytes) -> bool:
    return outline[:1] >= b"\x80"  # a number of contours below 0


def _components(outline: bytes) -> list[tuple[int, int]]:
    """The ids of the glyphs that one is composed of, each with its place (OpenType, glyf)."""
    found: list[tuple[int, int]] = []
    at, more = 10, _is_composed(outline)
    while more:
        flags, glyph = struct.unpack_from(">HH", outline, at)
        found.append((at + 2, glyph))
        scale = 2 if flags & 0x08 else 4 if flags & 0x40 else 8 if flags & 0x80 else 0
        at += 4 + (4 if flags & 0x01 else 2) + scale
        more = bool(flags & 0x20)
    return found


def _union(programs: Sequence[_Program]) -> bytes:
    """One program with all glyphs of those, which agree."""
    from fontTools.ttLib.sfnt import SFNTWriter

    first = programs[0]
    sources = {glyph: (program, glyph) for program in programs for glyph in program.drawn}
    size = max([*sources, *(max(program.widths, default=0) for program in programs)]) + 1
    ids: dict[object, int] = {program.looks[glyph]: glyph for glyph, (program, _) in sources.items()}
    glyphs: dict[int, tuple[bytes, int, int]] = {}
    todo = sorted(sources)
    for glyph in todo:  # it grows
        program, source = sources[glyph]
        outline, advance, bearing = program.glyphs.get(source, _NOTHING)
        if not _is_composed(outline):
            glyphs[glyph] = (outline, advance, bearing)
            continue
        moved = bytearray(outline)
        for at, part in _components(outline):
            if (shape := _shape(program.glyphs, part)) not in ids:
                ids[shape] = size
                sources[size] = (program, part)
                todo.append(size)
                size += 1
            struct.pack_into(">H", moved, at, ids[shape])
        glyphs[glyph] = (bytes(moved), advance, bearing)
    offsets, outlines, metrics = [0], bytearray(), bytearray()
    for glyph in range(size):
        outline, advance, bearing = glyphs.get(glyph, _NOTHING)
        outlines += outline + bytes(-len(outline) % 4)
        offsets.append(len(outlines))
        metrics += struct.pack(">Hh", advance, bearing)
    tables = {tag: first.tables[tag] for tag in _KEPT if tag in first.tables}
    # Extremes of all glyphs are those of the subsets' extremes.
    count = struct.pack(">H", size)
    tables["maxp"] = first.tables["maxp"][:4] + count + _extremes(programs, "maxp", 6, "H" * 13)
    box = _extremes(programs, "head", 36, "nnhh")
    tables["head"] = b"".join((first.tables["head"][:36], box, first.tables["head"][44:50], b"\0\1\0\0"))
    reach = _extremes(programs, "hhea", 10, "Hnnh")
    tables["hhea"] = b"".join((first.tables["hhea"][:10], reach, first.tables["hhea"][18:34], count))
    tables |= {"glyf": bytes(outlines), "loca": struct.pack(f">{size + 1}L", *offsets), "hmtx": bytes(metrics)}
    written = io.BytesIO()
    writer = SFNTWriter(written, len(tables))
    for tag, data in sorted(tables.items()):
        writer[tag] = data
    writer.close()
    return written.getvalue()


def _extremes(programs: Sequence[_Program], tag: str, start: int, kinds: str) -> bytes:
    """The greatest of each number in a table's row: of signed (h) or unsigned ones (H); the least of those called n."""
    form = ">" + kinds.replace("n", "h")
    rows = [struct.unpack_from(form, program.tables[tag], start) for program in programs]
    found = [(min if kind == "n" else max)(column) for kind, column in zip(kinds, zip(*rows, strict=True), strict=True)]
    return struct.pack(form, *found)


def _widths(entries: bytes) -> dict[int, bytes]:
    """Glyph → width, of a W array in which every run is listed (ISO 32000-1, 9.7.4.3)."""
    runs = re.findall(rb"(\d+) \[ ([^]]*) \]", entries)
    return {glyph: width for first, run in runs for glyph, width in enumerate(run.split(), int(first))}


def _runs(widths: dict[int, bytes]) -> list[tuple[int, list[bytes]]]:
    runs: list[tuple[int, list[bytes]]] = []
    for glyph in sorted(widths):
        if not runs or glyph != runs[-1][0] + len(runs[-1][1]):
            runs.append((glyph, []))
        runs[-1][1].append(widths[glyph])
    return runs


def _read_texts(cmap: bytes) -> _Texts:
    return dict(re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]*)>\n", cmap.partition(b"endcodespacerange")[2]))


def _write_texts(texts: _Texts) -> bytes:
    """A ToUnicode map (ISO 32000-1, 9.10.3), in blocks of a hundred at most."""
    head = (
        b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        b"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        b"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
    )
    lines = [b"<%s> <%s>\n" % pair for pair in sorted(texts.items())]
    blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    body = b"".join(b"%d beginbfchar\n%sendbfchar\n" % (len(block), b"".join(block)) for block in blocks)
    return b"%s%sendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n" % (head, body)
