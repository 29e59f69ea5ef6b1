"""Pictures of our books as readers show them, on a telephone and a tablet, light, dark and large: `make screenshots`.

They go to build/screenshots, a sheet for each book and way, to be looked at; nothing is compared.
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


def main(names: list[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    browser = Browser()
    try:
        with tempfile.TemporaryDirectory() as folder, desk(Path(folder)) as address:
            tab = browser.tab()
            for name in names or NAMES:
                Shelf(Path(folder)).brought(name)
                for way in WAYS:
                    path = FOLDER / f"{name}-{way}.png"
                    sheet(taken(tab, address, name, way)).save(path)
                    print(path.relative_to(ROOT), flush=True)
    finally:
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
