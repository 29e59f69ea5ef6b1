"""Pictures of parts of a finished print edition, by PDFium, and of an ebook, by a browser."""

from __future__ import annotations

import copy
import subprocess
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote
from zipfile import ZipFile

import fontpkg
import pypdfium2
from lxml import etree
from PIL import Image, ImageChops

from pipeline.editions import named

EDITIONS = ("print", "ebook")
_SCALE = 1.3  # pixels of a picture per point of a page
_EM_PX = 16
_WIDTH_PX = 30 * _EM_PX
_HEIGHT_PX = 12_000  # of what a browser is given to draw on: a few sections
_BATCH = 8
_EDGE_PX = 8
_GAP_PX = 24  # there is more above the notes of a page, and less between them
_NOTED = ("Notes", "Citations", "Notes of addresses")
_COLOURS = 32
_BAR = (255, 0, 254)  # drawn between sections, and nowhere else
_HEADLESS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--allow-file-access-from-files")
_XHTML = "{http://www.w3.org/1999/xhtml}"


def save(picture: Image.Image, path: Path) -> None:
    """Write a picture, unless the file already shows the same."""
    small = picture.quantize(_COLOURS, dither=Image.Dither.NONE).convert("RGB")
    if path.exists():
        with Image.open(path) as old:
            if old.size == small.size and ImageChops.difference(old.convert("RGB"), small).getbbox() is None:
                return
    small.save(path, lossless=True, method=6)


def print_sections(pdf: Path, titles: dict[str, str]) -> dict[str, Image.Image]:
    """Of each section the type area from its heading to the next; `titles`: heading → name."""
    found = {}
    with pypdfium2.PdfDocument(pdf) as document:
        outline = [(mark.level, mark.get_title(), *_place(mark)) for mark in document.get_toc()]
        for at, (level, title, page, top_pt) in enumerate(outline):
            if title not in titles:
                continue
            # What stands between the last section and the colophon's heading is no part of it.
            after = [mark for mark in outline[at + 1 :] if mark[0] <= level]
            ends = [(p, y) if of == level or p == page else (p - 1, 0.0) for of, _, p, y in after]
            strips = _strips(document, page, top_pt, *ends[0])
            if title in _NOTED and ends[0][0] == page and ends[0][1]:  # else the foot is part of it
                strips.append(_foot(document[page]))
            found[f"{titles[title]}-print"] = _joined(strips)
    return found


def print_whole(pdf: Path, name: str, *, ends: bool = False) -> dict[str, Image.Image]:
    """The first two pages side by side; with `ends` the first and the last."""
    with pypdfium2.PdfDocument(pdf) as document:
        shown = [_rendered(document[page]) for page in (0, len(document) - 1 if ends else 1)]
    width, height = shown[0].size
    sheet = Image.new("RGB", (2 * width + _EDGE_PX, height), "#ccc")
    for place, picture in enumerate(shown):
        sheet.paste(picture, (place * (width + _EDGE_PX), 0))
    return {f"{name}-print": sheet.resize((sheet.width * 2 // 3, sheet.height * 2 // 3))}


def ebook_sections(epub: Path, titles: dict[str, str], browser: str) -> dict[str, Image.Image]:
    """Each section of the article in a browser's window, by itself."""
    with TemporaryDirectory() as place:
        folder = _unpacked(epub, Path(place))
        root = etree.parse(folder / "article.xhtml").getroot()
        sections = {}
        for section in root.iter(f"{_XHTML}section"):
            heading = section.find(f"{_XHTML}h2")
            if heading is not None and (name := titles.get("".join(map(str, heading.itertext())))):
                sections[f"{name}-ebook"] = section
        names = list(sections)
        found: dict[str, Image.Image] = {}
        for start in range(0, len(names), _BATCH):
            batch = names[start : start + _BATCH]
            found |= dict(zip(batch, _shots(folder, root, [[sections[name]] for name in batch], browser), strict=True))
    return found


def ebook_whole(epub: Path, name: str, files: tuple[str, ...], browser: str) -> dict[str, Image.Image]:
    """The bodies of some of its files, one under the other."""
    with TemporaryDirectory() as place:
        folder = _unpacked(epub, Path(place))
        roots = [etree.parse(folder / f"{file}.xhtml").getroot() for file in files]
        (shot,) = _shots(folder, roots[0], [[section for root in roots for section in root[1]]], browser)
    return {f"{name}-ebook": shot}


def _place(mark: pypdfium2.PdfBookmark) -> tuple[int, float]:
    target = mark.get_dest()
    _, view = target.get_view()
    return target.get_index(), view[1]


def _rendered(page: pypdfium2.PdfPage) -> Image.Image:
    picture: Image.Image = page.render(scale=_SCALE).to_pil()
    return picture.convert("RGB")


def _strips(document: pypdfium2.PdfDocument, first: int, top_pt: float, last: int, end_pt: float) -> list[Image.Image]:
    """The type area, and a little beside it, from a place on a page to one on that page or a later one."""
    area = named("print").page
    assert area is not None
    per_mm = 72 / 25.4 * _SCALE
    strips = []
    for number in range(first, last + 1):
        picture = _rendered(document[number])
        height = picture.height
        head = height - top_pt * _SCALE if number == first else area.top_mm * per_mm
        foot = height - area.bottom_mm * per_mm
        if number == last:
            foot = min(foot, height - end_pt * _SCALE)
        if foot - head > _EDGE_PX:
            side = int(area.furniture_mm * per_mm)
            strips.append(picture.crop((side, max(0, int(head) - 2), picture.width - side, int(foot))))
    return strips


def _foot(page: pypdfium2.PdfPage) -> Image.Image:
    """The notes at a page's foot: what is under the last wide gap."""
    area = named("print").page
    assert area is not None
    per_mm = 72 / 25.4 * _SCALE
    side = int(area.furniture_mm * per_mm)
    whole = _rendered(page)
    text = whole.crop(
        (side, int(area.top_mm * per_mm), whole.width - side, whole.height - int(area.bottom_mm * per_mm))
    )
    rows = [_ink(text.crop((0, y, text.width, y + 1))) is not None for y in range(text.height)]
    last = max(y for y, inked in enumerate(rows) if inked)
    while last > _GAP_PX and any(rows[last - _GAP_PX : last]):
        last -= 1
    return text.crop((0, last, text.width, text.height))


def _joined(strips: list[Image.Image]) -> Image.Image:
    """Strips one under the other, without the white above and below what they show, a grey line where a page ends."""
    inked = [strip.crop((0, box[1], strip.width, box[3])) for strip in strips if (box := _ink(strip))]
    width = max(strip.width for strip in inked)
    sheet = Image.new(
        "RGB", (width, sum(s.height for s in inked) + _EDGE_PX * 3 * (len(inked) - 1) + 2 * _EDGE_PX), "white"
    )
    top = _EDGE_PX
    for place, strip in enumerate(inked):
        if place:
            sheet.paste("#ccc", (0, top + _EDGE_PX, width, top + _EDGE_PX + 2))
            top += 3 * _EDGE_PX
        sheet.paste(strip, (0, top))
        top += strip.height
    return sheet


def _ink(picture: Image.Image) -> tuple[int, int, int, int] | None:
    """What of a picture is not white."""
    return ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()


def _unpacked(epub: Path, folder: Path) -> Path:
    with ZipFile(epub) as archive:
        archive.extractall(folder)
    return folder / "EPUB"


def _shots(folder: Path, root: etree._Element, groups: list[list[etree._Element]], browser: str) -> list[Image.Image]:
    """A picture of each group of elements, which stand in `root`, a file of an unpacked ebook."""
    page = copy.deepcopy(root)
    head, body = page
    etree.SubElement(head, f"{_XHTML}style").text = _reader()
    for child in list(body):
        body.remove(child)
    for group in groups:
        etree.SubElement(body, f"{_XHTML}div", {"class": "shot-bar"})
        shot = etree.SubElement(body, f"{_XHTML}div", {"class": "shot"})
        shot.extend(copy.deepcopy(element) for element in group)
    etree.SubElement(body, f"{_XHTML}div", {"class": "shot-bar"})
    (folder / "shot.xhtml").write_bytes(etree.tostring(page, encoding="utf-8"))
    target = folder / "shot.png"
    window = f"--window-size={_WIDTH_PX},{_HEIGHT_PX}"
    command = [browser, *_HEADLESS, window, f"--screenshot={target}", (folder / "shot.xhtml").as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    with Image.open(target) as whole:
        picture = whole.convert("RGB")
    column = picture.crop((0, 0, 1, picture.height))
    bars = [y for y in range(picture.height) if column.getpixel((0, y)) == _BAR]
    shots = [picture.crop((0, a + 1, picture.width, b)) for a, b in pairwise(bars) if b > a + 1]
    assert len(shots) == len(groups), f"{len(shots)} of {len(groups)} sections fit on {_HEIGHT_PX} pixels"
    return [shot.crop((0, 0, shot.width, min(shot.height, box[3] + _EDGE_PX))) for shot in shots if (box := _ink(shot))]


def _reader() -> str:
    """What a reader brings: a font, a size, margins; links as they are mostly shown."""
    faces = "".join(
        f"@font-face {{ font-family: '{family}'; font-style: {file.style}; font-weight: 200 900;"
        f" src: url('file://{quote(str(file.path))}') }}\n"
        for family in ("Source Serif 4", "Source Code Pro")
        for file in fontpkg.family(family).files
    )
    red, green, blue = _BAR
    return (
        f"{faces} html {{ font: {_EM_PX}px/1.4 'Source Serif 4'; background: #fff; color: #000 }}\n"
        f"body {{ margin: 0 }} .shot {{ padding: 1px 20px; overflow: hidden }} a {{ color: #0645ad }}\n"
        f".shot-bar {{ height: 2px; background: rgb({red}, {green}, {blue}) }}\n"
        "pre, code, kbd, .literal { font-family: 'Source Code Pro' }\n"
    )
