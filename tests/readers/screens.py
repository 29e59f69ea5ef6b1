"""Pictures of our books as readers show them, on a telephone and a tablet, light, dark and large: `make screenshots`.

They go to build/screenshots, a sheet for each book and way, to be looked at; nothing is compared. Some pages of the
post and the kitchen sink become docs/ebook.png.
"""

from __future__ import annotations

import io
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from PIL import Image

from tests.readers.books import NAMES, Shelf
from tests.readers.browser import PHONE, TABLET, Browser, Tab
from tests.readers.desk import desk
from tests.vocabulary import ROOT

FOLDER = ROOT / "build" / "screenshots"
LARGE = "html { font-size: 175% !important }"
WAYS = {
    "phone": (PHONE, ""),
    "phone-dark": (replace(PHONE, dark=True), "html { color-scheme: dark }"),
    "phone-large": (PHONE, LARGE),
    "tablet": (TABLET, ""),
    "tablet-dark": (replace(TABLET, dark=True), "html { color-scheme: dark }"),
    "tablet-large": (TABLET, LARGE),
}
_MOST = 40  # pages on a sheet
_ACROSS = 8
_GAP_PX = 8
CONTACT = ROOT / "docs" / "ebook.png"
_SHOWN = {"post": slice(1, 4), "kitchen-sink": slice(6, 9)}  # pages on it
_SCALE = 0.3


def taken(tab: Tab, address: str, book: str, way: str) -> list[Image.Image]:
    """The first pages of a book in foliate-js."""
    screen, style = WAYS[way]
    tab.show(screen)
    tab.open(f"{address}/pages/foliate.html?book={book}.epub&style={quote(style)}")
    tab.evaluate("opened.then(() => null)")
    pictures: list[Image.Image] = []
    while len(pictures) < _MOST:
        pictures.append(Image.open(io.BytesIO(tab.picture())).convert("RGB"))
        if not tab.evaluate("opened.then(({ reader }) => reader.turn())"):
            break
    return pictures


def sheet(pictures: list[Image.Image]) -> Image.Image:
    """All of them, side by side and then below."""
    width, height = pictures[0].width + _GAP_PX, pictures[0].height + _GAP_PX
    across = min(_ACROSS, len(pictures))
    whole = Image.new("RGB", (across * width, -(-len(pictures) // across) * height), "#888")
    for place, picture in enumerate(pictures):
        whole.paste(picture, (place % across * width, place // across * height))
    return whole


def contact(rows: list[list[Image.Image]]) -> Image.Image:
    """Pages small, a row for each way, in as few colours as they take."""
    small = [[page.resize((int(page.width * _SCALE), int(page.height * _SCALE))) for page in row] for row in rows]
    lines = [sheet(row) for row in small]
    whole = Image.new("RGB", (max(line.width for line in lines), sum(line.height for line in lines)), "#888")
    top = 0
    for line in lines:
        whole.paste(line, (0, top))
        top += line.height
    return whole.quantize(64)


def main(names: list[str]) -> None:
    rows: dict[str, list[Image.Image]] = {}
    FOLDER.mkdir(parents=True, exist_ok=True)
    browser = Browser()
    try:
        with tempfile.TemporaryDirectory() as folder, desk(Path(folder)) as address:
            tab = browser.tab()
            for name in names or NAMES:
                Shelf(Path(folder)).brought(name)
                for way in WAYS:
                    path = FOLDER / f"{name}-{way}.png"
                    pages = taken(tab, address, name, way)
                    sheet(pages).save(path)
                    rows[way] = [*rows.get(way, ()), *pages[_SHOWN.get(name, slice(0))]]
                    print(path.relative_to(ROOT), flush=True)
        if not names:
            contact(list(rows.values())).save(CONTACT, optimize=True)
    finally:
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
