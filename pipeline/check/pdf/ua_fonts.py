"""PDF/UA-1: fonts and the text that is set in them (clause 7.21)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pikepdf

from pipeline.check.pdf.facts import Facts, Rule
from pipeline.check.pdf.fonts import Face, bare

_IDENTITY = ("/Identity-H", "/Identity-V")
# ISO 32000-1, table 118: the collections of the predefined maps, by what their names begin or go on with.
_COLLECTIONS = {
    "GB1": ("GB-", "GBpc-", "GBK", "UniGB-"),
    "CNS1": ("B5pc-", "HKscs-", "ETen", "CNS-", "UniCNS-", "ETenms-"),
    "Japan1": ("83pv-", "90ms-", "90msp-", "90pv-", "Add-", "EUC-", "Ext-", "UniJIS-", "UniJIS2004-"),
    "Korea1": ("KSC-", "KSCms-", "KSCpc-", "UniKS-"),
}
_JAPAN = ("/H", "/V")
_NOT_TEXT = ("\0", "\ufeff", "\ufffe")


def _collection(name: str) -> str:
    """The character collection of a predefined map; '' for a name that is not predefined."""
    if f"/{name}" in _JAPAN:
        return "Japan1"
    return next((found for found, starts in _COLLECTIONS.items() if name.startswith(starts)), "")


def _each(broken: Callable[[Face], bool]) -> Callable[[Facts], Iterator[str]]:
    return lambda facts: (face.name for face, _ in facts.written if broken(face))


def _each_code(broken: Callable[[Face, int], bool]) -> Callable[[Facts], Iterator[str]]:
    def found(facts: Facts) -> Iterator[str]:
        for face, codes in facts.written:
            bad = sorted(code for code in codes if broken(face, code))
            if bad:
                yield f"{face.name}, codes {', '.join(f'{code:02X}' for code in bad[:5])}"

    return found


def other_collection(face: Face) -> bool:
    encoding = face.object.get("/Encoding")
    if not face.composite or encoding in _IDENTITY:
        return False
    system = face.below.get("/CIDSystemInfo", {})
    if isinstance(encoding, pikepdf.Stream):
        wanted: Any = encoding.get("/CIDSystemInfo", {})
        same = all(str(system.get(key)) == str(wanted.get(key)) for key in ("/Registry", "/Ordering"))
        return not same or int(system.get("/Supplement", 0)) > int(wanted.get("/Supplement", 0))
    return _collection(bare(encoding)) not in ("", str(system.get("/Ordering")))


def no_glyph_map(face: Face) -> bool:
    mapped = face.below.get("/CIDToGIDMap")
    return face.kind == "CIDFontType2" and not isinstance(mapped, pikepdf.Stream) and mapped != "/Identity"


def unknown_map(face: Face) -> bool:
    encoding = face.object.get("/Encoding")
    if not face.composite or isinstance(encoding, pikepdf.Stream) or encoding in _IDENTITY:
        return False
    return not _collection(bare(encoding))


def other_direction(face: Face) -> bool:
    if not face.composite or face.cmap is None:
        return False
    return int(face.object.Encoding.get("/WMode", 0)) != (face.cmap.writing_mode or 0)


def builds_on_unknown(face: Face) -> bool:
    if not face.composite or face.cmap is None:
        return False
    used = face.object.Encoding.get("/UseCMap")
    uses = bare(used) if isinstance(used, pikepdf.Name) else face.cmap.uses
    return bool(uses) and f"/{uses}" not in _IDENTITY and not _collection(uses)


def lacking_glyph(face: Face, code: int) -> bool:
    glyph = face.glyph(code) if face.tables is not None else None
    return glyph is not None and glyph >= face.glyphs


def not_defined(face: Face, code: int) -> bool:
    return (face.glyph(code) if face.program is not None else None) == 0


def incomplete_names(face: Face) -> bool:
    """CharSet, where a subset of Type 1 has one, names every glyph of the program."""
    listed = face.descriptor.get("/CharSet") if face.descriptor is not None else None
    if listed is None or face.program is None:
        return False
    names = _glyph_names(face.program)
    return bool(names) and names - {".notdef"} != set(str(listed).strip("/").split("/")) - {".notdef"}


def _glyph_names(program: Any) -> set[str]:
    """The glyphs of a Type 1 program, bare CFF or not; none where fontTools can't read it."""
    from fontTools.cffLib import CFFFontSet

    if program.get("/Subtype") != "/Type1C":
        return set()
    fonts = CFFFontSet()
    fonts.decompile(BytesIO(program.read_bytes()), None)
    return set(fonts[0].CharStrings.keys())


def other_width(face: Face, code: int) -> bool:
    """Off by more than a thousandth: readers that reflow trust the dictionary, those that draw the program."""
    glyph, said = face.glyph(code) if face.tables is not None else None, face.width(code)
    if glyph is None or said is None or not 0 < glyph < face.glyphs:
        return False
    return abs(face.advance(glyph) - said) > 1.5


def _tables(face: Face) -> set[tuple[int, int]]:
    if face.outlines is None or "cmap" not in face.outlines:
        return set()
    return {(table.platformID, table.platEncID) for table in face.outlines["cmap"].tables}


def no_unicode_table(face: Face) -> bool:
    return face.kind == "TrueType" and not face.symbolic and face.outlines is not None and not _tables(face)


def odd_encoding(face: Face) -> bool:
    """A TrueType font of letters has WinAnsi or MacRoman, and Differences only with names of the glyph list."""
    if face.kind != "TrueType" or face.symbolic:
        return False
    encoding = face.object.get("/Encoding")
    changed = isinstance(encoding, pikepdf.Dictionary) and "/Differences" in encoding
    base = encoding.get("/BaseEncoding") if isinstance(encoding, pikepdf.Dictionary) else encoding
    if base not in ("/WinAnsiEncoding", "/MacRomanEncoding"):
        return True
    if not changed:
        return False
    from fontTools.agl import toUnicode

    names = [item for item in encoding.Differences if isinstance(item, pikepdf.Name)]
    unnamed = any(not toUnicode(bare(name)) for name in names)
    return unnamed or (face.outlines is not None and (3, 1) not in _tables(face))


def symbolic_with_encoding(face: Face) -> bool:
    return face.kind == "TrueType" and face.symbolic and "/Encoding" in face.object


def symbolic_without_table(face: Face) -> bool:
    if face.kind != "TrueType" or not face.symbolic:
        return False
    tables = _tables(face)
    return len(tables) > 1 and (3, 0) not in tables


def no_text(face: Face, code: int) -> bool:
    """Codes with no way to Unicode (ISO 32000-1, 9.10.2)."""
    if face.to_unicode is not None and code in face.to_unicode:
        return False
    if not face.composite:
        return not face.encoded(code) and not (face.kind == "Type1" and face.to_unicode is None)
    return face.to_unicode is not None or str(face.below.CIDSystemInfo.get("/Ordering")) not in _COLLECTIONS


def wrong_text(face: Face, code: int) -> bool:
    text = (face.to_unicode or {}).get(code, "")
    return any(sign in text for sign in _NOT_TEXT)


RULES = (
    Rule("7.21.3.1-1", "fonts and their maps are of one character collection", _each(other_collection)),
    Rule("7.21.3.2-1", "composite TrueType fonts map characters to glyphs", _each(no_glyph_map)),
    Rule("7.21.3.3-1", "character maps are embedded or predefined", _each(unknown_map)),
    Rule("7.21.3.3-2", "a character map and its dictionary agree on the direction", _each(other_direction)),
    Rule("7.21.3.3-3", "character maps build on predefined ones only", _each(builds_on_unknown)),
    Rule("7.21.4.1-1", "fonts are embedded", _each(lambda face: not face.embedded)),
    Rule("7.21.4.1-2", "embedded fonts have every glyph that is shown", _each_code(lacking_glyph)),
    Rule("7.21.4.2-1", "CharSet names the glyphs of the font", _each(incomplete_names)),
    Rule("7.21.5-1", "widths are those of the embedded font", _each_code(other_width)),
    Rule("7.21.6-1", "TrueType fonts of letters have a character table", _each(no_unicode_table)),
    Rule("7.21.6-2", "TrueType fonts of letters have a plain encoding", _each(odd_encoding)),
    Rule("7.21.6-3", "symbolic TrueType fonts have no Encoding", _each(symbolic_with_encoding)),
    Rule("7.21.6-4", "symbolic TrueType fonts have one character table, or (3, 0)", _each(symbolic_without_table)),
    Rule("7.21.7-1", "all text can be told in Unicode", _each_code(no_text)),
    Rule("7.21.7-2", "no text is U+0000, U+FEFF or U+FFFE", _each_code(wrong_text)),
    Rule("7.21.8-1", "no glyph that is shown is .notdef", _each_code(not_defined)),
)
