"""The fonts of a PDF, read into values (ISO 32000-1, 9.6 to 9.10)."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from functools import cached_property
from io import BytesIO
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont, TTLibError
from msgspec import Struct

from pipeline.check.pdf.cmaps import CMap, read_cmap

_MEASURES = ("maxp", "hmtx", "hhea", "head")


class Face(Struct, frozen=True, dict=True):  # for its cached properties
    """A font dictionary. `kind` is its Subtype, or that of its descendant where it is composite."""

    object: Any

    @cached_property
    def name(self) -> str:
        """The PostScript name, without the tag of a subset."""
        return re.sub(r"^[A-Z]{6}\+", "", bare(self.object.get("/BaseFont")))

    @cached_property
    def composite(self) -> bool:
        return bool(self.object.get("/Subtype") == "/Type0")

    @cached_property
    def below(self) -> Any:
        """The dictionary that has metrics and program: the descendant of a composite font, else the font itself."""
        return self.object["/DescendantFonts"][0] if self.composite else self.object

    @cached_property
    def kind(self) -> str:
        return bare(self.below.get("/Subtype"))

    @cached_property
    def descriptor(self) -> Any:
        return self.below.get("/FontDescriptor")

    @cached_property
    def symbolic(self) -> bool:
        return self.descriptor is not None and bool(int(self.descriptor.get("/Flags", 0)) & 4)

    @cached_property
    def program(self) -> Any:
        """The stream of the embedded font, or None."""
        if self.descriptor is None:
            return None
        keys = ("/FontFile", "/FontFile2", "/FontFile3")
        return next((self.descriptor[key] for key in keys if key in self.descriptor), None)

    @property
    def embedded(self) -> bool:
        return self.kind == "Type3" or self.program is not None

    @cached_property
    def cmap(self) -> CMap | None:
        """The embedded map of a composite font's codes; None where it is named only."""
        encoding = self.object.get("/Encoding")
        return read_cmap(encoding.read_bytes()) if isinstance(encoding, pikepdf.Stream) else None

    @cached_property
    def to_unicode(self) -> dict[int, str] | None:
        found = self.object.get("/ToUnicode")
        return read_cmap(found.read_bytes()).text if isinstance(found, pikepdf.Stream) else None

    @cached_property
    def outlines(self) -> Any:
        """The program as fontTools sees it; None for bare CFF, Type 1, or what it can't read."""
        if self.program is None:
            return None
        try:
            font = TTFont(BytesIO(self.program.read_bytes()), lazy=True)
            return font if set(_MEASURES) <= set(font.keys()) else None
        except (TTLibError, pikepdf.PdfError):
            return None

    @cached_property
    def tables(self) -> dict[str, bytes] | None:
        """The tables of the program as they are written; None where there are no `outlines`."""
        # fontTools takes a third of a millisecond to open a font.
        found = _sfnt(self.program.read_bytes()) if self.program is not None else None
        if found is None and self.outlines is not None:
            found = {tag: bytes(self.outlines.reader[tag]) for tag in _MEASURES}
        return found

    @cached_property
    def glyphs(self) -> int:
        """How many the program has. Only where there are `tables`, as for `advance`."""
        return int.from_bytes(self._table("maxp")[4:6], "big")

    def advance(self, glyph: int) -> float:
        """The width the program gives a glyph, in thousandths of the size (hmtx: the last is for all others)."""
        at = 4 * min(glyph, self._last_advance)
        return int.from_bytes(self._table("hmtx")[at : at + 2], "big") * 1000 / self._units_per_em

    @cached_property
    def _last_advance(self) -> int:
        return int.from_bytes(self._table("hhea")[34:36], "big") - 1

    @cached_property
    def _units_per_em(self) -> int:
        return int.from_bytes(self._table("head")[18:20], "big")

    def _table(self, tag: str) -> bytes:
        assert self.tables is not None
        return self.tables[tag]

    def codes(self, shown: bytes) -> Sequence[int]:
        """The character codes of a shown string."""
        size = self.code_size
        if size == 2 and len(shown) % 2 == 0:
            return struct.unpack(f">{len(shown) // 2}H", shown)
        return [int.from_bytes(shown[at : at + size], "big") for at in range(0, len(shown), size)]

    @cached_property
    def code_size(self) -> int:
        """In bytes."""
        if not self.composite:
            return 1
        sizes = set(self.cmap.widths) if self.cmap else {2}
        return sizes.pop() if len(sizes) == 1 else 2

    @cached_property
    def _identity(self) -> bool:
        return self.object.get("/Encoding") in ("/Identity-H", "/Identity-V")

    @cached_property
    def _glyph_map(self) -> bytes | None:
        """Two bytes for the glyph of each CID; b"" where they are the same, None where that is not said."""
        mapped = self.below.get("/CIDToGIDMap")
        if isinstance(mapped, pikepdf.Stream):
            return mapped.read_bytes() or bytes(2)  # an empty one maps all to .notdef
        return b"" if mapped == "/Identity" else None

    def cid(self, code: int) -> int | None:
        """The CID of a code of a composite font; None where a map that is not here would be needed."""
        if self._identity:
            return code
        return self.cmap.cids.get(code, 0) if self.cmap and not self.cmap.uses else None

    def glyph(self, code: int) -> int | None:
        """The glyph of a code in an embedded TrueType program; None where that is not certain."""
        if self.kind == "CIDFontType2":
            cid, mapped = self.cid(code), self._glyph_map
            if cid is None or mapped is None:
                return None
            return int.from_bytes(mapped[2 * cid : 2 * cid + 2], "big") if mapped else cid
        if self.kind != "TrueType" or self.outlines is None or "cmap" not in self.outlines:
            return None
        tables = {(table.platformID, table.platEncID): table.cmap for table in self.outlines["cmap"].tables}
        name = None
        if self.symbolic:
            low, mac = tables.get((3, 0)), tables.get((1, 0))
            if low is not None:
                name = next((low[base + code] for base in (0, 0xF000, 0xF100, 0xF200) if base + code in low), None)
            elif mac is not None:
                name = mac.get(code)
        else:
            text, unicode = self.encoded(code), tables.get((3, 1))
            if unicode is None or len(text) != 1:
                return None
            # A glyph may still be found by its name, or drawn as another (a no-break space as a space).
            name = unicode.get(ord(text))
            return int(self.outlines.getGlyphID(name)) if name else None
        return int(self.outlines.getGlyphID(name)) if name else 0

    def encoded(self, code: int) -> str:
        """What a simple font's encoding says a code is; '' for nothing that the glyph list knows."""
        from fontTools.agl import toUnicode
        from fontTools.encodings.MacRoman import MacRoman
        from fontTools.encodings.StandardEncoding import StandardEncoding

        encoding = self.object.get("/Encoding")
        base, changes = encoding, []
        if isinstance(encoding, pikepdf.Dictionary):
            base, changes = encoding.get("/BaseEncoding"), list(encoding.get("/Differences", []))
        at = 0
        for change in changes:
            if isinstance(change, pikepdf.Name):
                if at == code:
                    return str(toUnicode(bare(change)))
                at += 1
            else:
                at = int(change)
        if base == "/WinAnsiEncoding":
            return bytes([code]).decode("cp1252", "replace").replace("\ufffd", "\u2022")
        names = MacRoman if base == "/MacRomanEncoding" else StandardEncoding
        return "" if names[code] == ".notdef" else str(toUnicode(names[code]))

    def width(self, code: int) -> float | None:
        """The width the dictionary gives a code, in thousandths of the size."""
        if not self.composite:
            at = code - int(self.object.get("/FirstChar", 0))
            widths = self.object.get("/Widths")
            return float(widths[at]) if widths is not None and 0 <= at < len(widths) else None
        cid = self.cid(code)
        return None if cid is None else self._cid_widths.get(cid, self._usual_width)

    @cached_property
    def _usual_width(self) -> float:
        return float(self.below.get("/DW", 1000))

    @cached_property
    def _cid_widths(self) -> dict[int, float]:
        widths: dict[int, float] = {}
        waiting: list[int] = []
        for item in self.below.get("/W", []):
            if isinstance(item, pikepdf.Array):
                widths.update({waiting[0] + step: float(width) for step, width in enumerate(list(item))})
                waiting = []
            elif len(waiting) == 2:
                widths.update(dict.fromkeys(range(waiting[0], waiting[1] + 1), float(item)))
                waiting = []
            else:
                waiting.append(int(item))
        return widths


def _sfnt(program: bytes) -> dict[str, bytes] | None:
    """The tables of a plain TrueType file that has those with measures; None for any other."""
    count = int.from_bytes(program[4:6], "big")
    if program[:4] != b"\0\1\0\0" or len(program) < 12 + 16 * count:
        return None
    entries = list(struct.iter_unpack(">4s4xLL", program[12 : 12 + 16 * count]))
    tables = {tag.decode("latin-1"): program[start : start + size] for tag, start, size in entries}
    whole = all(start + size <= len(program) for _, start, size in entries)
    return tables if whole and set(_MEASURES) <= tables.keys() else None


def bare(name: Any) -> str:
    """A name of pikepdf's without its slash; '' for what is no name."""
    return str(name)[1:] if isinstance(name, pikepdf.Name) else ""


def faces(pdf: pikepdf.Pdf) -> tuple[Face, ...]:
    """Every font dictionary of the file, used or not."""
    found = []
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/Font":
            face = Face(thing)
            if not face.kind.startswith("CIDFont") or face.composite:
                found.append(face)
    return tuple(found)
