"""Pictures of every page of every PDF in a folder, on one contact sheet: `make gallery`.

python -m tests.tools.gallery [FOLDER [SHEET.png]]    default: build docs/gallery.png
"""

from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops

PAGE_PX = 480  # the width of a page on the sheet
GAP_PX = 12
COLUMNS = 4


def pages(pdf: Path) -> list[Image.Image]:
    """Each page of a PDF as a picture of PAGE_PX across."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=PAGE_PX / page.get_width()).to_pil().convert("RGB") for page in document]


def sheet(pictures: list[Image.Image]) -> Image.Image:
    """Pictures in rows on grey, in reading order, trimmed to what they fill."""
    rows = [pictures[i : i + COLUMNS] for i in range(0, len(pictures), COLUMNS)]
    width = GAP_PX + max(sum(picture.width + GAP_PX for picture in row) for row in rows)
    height = GAP_PX + sum(max(picture.height for picture in row) + GAP_PX for row in rows)
    ground = Image.new("RGB", (width, height), "#9a9a9a")
    top = GAP_PX
    for row in rows:
        left = GAP_PX
        for picture in row:
            ground.paste(picture, (left, top))
            left += picture.width + GAP_PX
        top += max(picture.height for picture in row) + GAP_PX
    return ground


def main(folder: Path, target: Path) -> None:
    found = sorted(folder.glob("*.pdf"))
    if not found:
        sys.exit(f"{folder}: no PDF here; run make first")
    picture = sheet([page for pdf in found for page in pages(pdf)])
    target.parent.mkdir(exist_ok=True)
    if target.exists():
        with Image.open(target) as old:
            same = old.size == picture.size and ImageChops.difference(old.convert("RGB"), picture).getbbox() is None
        if same:
            print(f"{target} shows these pages already")
            return
    picture.quantize(256).save(target, optimize=True)
    print(f"wrote {target}")


if __name__ == "__main__":
    here = [Path(argument) for argument in sys.argv[1:]]
    main(*(here + [Path("build"), Path("docs/gallery.png")][len(here) :]))
