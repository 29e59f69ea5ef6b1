"""Fonts come from pinned packages, never from the system: where they are, how CSS names them, what they cover."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from unicodedata import category
from urllib.parse import quote

from msgspec import Struct

from pipeline import scripts
from pipeline.errors import RenderError, error

FORMULAS = "STIX Two Math"  # which ziamath 0.13 draws with, and brings

# Unicode's Default_Ignorable_Code_Point that occur in text (DerivedCoreProperties.txt): they need no glyph.
_IGNORABLE = {
    *(0x00AD, 0x034F, 0x061C, 0x180E, 0xFEFF),
    *(*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)),
}
_PRIVATE = range(0xE000, 0xF900)
# Platform and encoding of Unicode tables, the fullest first.
_UNICODE = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))


def roots(families: Iterable[str]) -> dict[str, Path]:
    """The folders of font files, under the names that `faces` uses for them."""
    return {f"font-{_family(name).slug}": _folder(name) for name in families}


def faces(families: Iterable[str], *, upright: bool = False) -> str:
    """The @font-face rules for families, as CSS; of the upright faces alone, where a page has no others."""
    rules = []
    for name in families:
        family = _family(name)
        for file in family.files:
            if upright and file.style != "normal":
                continue
            # WeasyPrint 70 knows no ranges: without a weight, fontconfig reads them from the variable font itself.
            weight = "" if file.variable else f" font-weight: {file.weight};"
            url = f"book:///font-{family.slug}/{quote(file.path.name)}"
            rules.append(f"@font-face {{ font-family: '{name}'; font-style: {file.style};{weight} src: url('{url}') }}")
    return "\n".join(rules) + "\n"


def upright(name: str) -> Path:
    """The file of a family's upright face."""
    return next(file.path for file in _family(name).files if file.style == "normal")


def missing(text: str, families: Iterable[str]) -> list[str]:
    """The characters of a text that none of the families can draw, each once, in order."""
    left = [c for c in dict.fromkeys(text) if not _is_silent(c)]
    for name in families:
        if left:  # a family is opened for what those before it lack: most texts need the first alone
            known = covered(name)
            left = [c for c in left if ord(c) not in known]
    return left


def _is_silent(sign: str) -> bool:
    return ord(sign) in _IGNORABLE or category(sign) == "Cc" or scripts.is_mark(sign)


def needed(characters: Iterable[str], families: Iterable[str], languages: Iterable[str]) -> tuple[str, ...]:
    """Further families, of the packages that are here, for the characters that these lack; by language, then in order.

    What no package draws is left out: `missing` tells it.
    """
    left = set(missing("".join(characters), families))
    found: dict[str, None] = {}
    for supply, theirs in scripts.for_characters(left, languages) if left else ():
        if find_spec(supply.module) is None:
            continue
        drawn = {sign for sign in left if ord(sign) in covered(supply.text) and ord(sign) in covered(supply.sans)}
        if drawn & theirs:
            found |= dict.fromkeys((supply.text, supply.sans))
            left -= drawn
    return tuple(found)


def package(sign: str, languages: Iterable[str]) -> str:
    """The package that is not here and may draw a character; '' if all are here that could."""
    supplies = (supply for supply, _ in scripts.for_characters(sign, languages))
    return next((supply.package for supply in supplies if find_spec(supply.module) is None), "")


@cache
def covered(name: str) -> frozenset[int]:
    """The code points that every face of a family has a glyph for, but what a supplied one calls its own."""
    shared = frozenset.intersection(*(frozenset(_code_points(file.path)) for file in _family(name).files))
    return shared.difference(_PRIVATE) if name in scripts.supplied() else shared


def _code_points(font: Path) -> set[int]:
    """What a font maps to glyphs (OpenType, cmap). fontTools takes ten times as long: it names every glyph."""
    from fontTools.ttLib import TTFont

    with TTFont(font, lazy=True) as file:
        table = bytes(file.reader["cmap"])
        places = {
            struct.unpack_from(">HH", table, at): int.from_bytes(table[at + 4 : at + 8], "big")
            for at in range(4, 4 + 8 * int.from_bytes(table[2:4], "big"), 8)
        }
        start = next((places[kind] for kind in _UNICODE if kind in places), 0)
        (form,) = struct.unpack_from(">H", table, start)
        if form == 12:
            (count,) = struct.unpack_from(">L", table, start + 12)
            groups = struct.iter_unpack(">3L", table[start + 16 : start + 16 + 12 * count])
            return {code for first, last, _ in groups for code in range(first, last + 1)}
        if form == 4:
            return _segments(table[start:])
        return set(file.getBestCmap())


def _segments(table: bytes) -> set[int]:
    """The code points of a cmap of format 4 that lead to a glyph."""
    (twice,) = struct.unpack_from(">H", table, 6)
    count = twice // 2
    lasts = struct.unpack_from(f">{count}H", table, 14)
    firsts = struct.unpack_from(f">{count}H", table, 16 + twice)
    offsets = struct.unpack_from(f">{count}H", table, 16 + 3 * twice)
    found: set[int] = set()
    for number, (first, last, offset) in enumerate(zip(firsts, lasts, offsets, strict=True)):
        codes = range(first, min(last, 0xFFFE) + 1)  # U+FFFF ends the list
        if not offset:
            found.update(codes)
            continue
        at = 16 + 3 * twice + 2 * number + offset
        glyphs = struct.unpack_from(f">{len(codes)}H", table, at)
        found.update(code for code, glyph in zip(codes, glyphs, strict=True) if glyph)
    return found


def _folder(name: str) -> Path:
    return _family(name).files[0].path.parent


class _File(Struct, frozen=True):
    path: Path
    style: str
    weight: int | None  # None for a variable font
    variable: bool


class _Family(Struct, frozen=True):
    slug: str
    files: tuple[_File, ...]


@cache
def _family(name: str) -> _Family:
    """A family by its package's own account. fontpkg's way to it opens every package there is."""
    slug = name.lower().replace(" ", "-")
    if supply := scripts.supplied().get(name):
        return _supplied(name, slug, supply)
    found = find_spec("fontpkg_" + slug.replace("-", "_"))
    if found is None or found.origin is None:
        raise RenderError(error("FONT001", f"the font {name} is not here", hint=f"pip install fontpkg-{slug}"))
    folder = Path(found.origin).parent
    told = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    files = (
        _File(folder / file["path"], file.get("style", "normal"), file.get("weight"), bool(file.get("variable")))
        for file in told["files"]
    )
    return _Family(told["slug"], tuple(files))


def _supplied(name: str, slug: str, supply: scripts.Supply) -> _Family:
    found = find_spec(supply.module)
    if found is None or found.origin is None:
        raise RenderError(error("FONT001", f"the font {name} is not here", hint=f"pip install {supply.package}"))
    folder = Path(found.origin).parent
    file, bold = next((file, bold) for family, file, bold in supply.files if family == name)
    variable = "[" in file or file.endswith("-Variable.ttf")
    files = [_File(folder / file, "normal", None if variable else 400, variable)]
    if bold:
        files.append(_File(folder / bold, "normal", 700, variable=False))
    return _Family(slug, tuple(files))
