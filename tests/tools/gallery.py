"""Pictures of every page on contact sheets: the post's as docs/gallery.png, a book's in build/gallery: `make gallery`.

python -m tests.tools.gallery [FURTHER.pdf …]
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops

from pipeline.model import edition_name
from tests.tools.reproduce import ROOT

GAP_PX = 12
BUILD = ROOT / "build"
OURS = ("anthology", "manual")  # what `make docs` builds


def pages(pdf: Path, width_px: int) -> list[Image.Image]:
    """Each page of a PDF as a picture."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=width_px / page.get_width()).to_pil().convert("RGB") for page in document]


def sheet(pictures: list[Image.Image], columns: int) -> Image.Image:
    """Pictures in rows on grey, in reading order, trimmed to what they fill."""
    rows = [pictures[i : i + columns] for i in range(0, len(pictures), columns)]
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


def save(pdfs: Iterable[Path], target: Path, *, columns: int, width_px: int) -> None:
    """Put all their pages on one sheet. One that shows them already stays."""
    picture = sheet([page for pdf in pdfs for page in pages(pdf, width_px)], columns).quantize(256)
    target.parent.mkdir(exist_ok=True)
    if target.exists():
        with Image.open(target) as old:
            known, new = old.convert("RGB"), picture.convert("RGB")
        same = known.size == new.size and ImageChops.difference(known, new).getbbox() is None
        if same:
            print(f"{target} shows these pages already")
            return
    picture.save(target, optimize=True)
    print(f"wrote {target}")


def main(further: Iterable[Path]) -> None:
    posts = [BUILD / f"{edition_name(source)}.pdf" for source in sorted((ROOT / "source").glob("*.rst"))]
    save(posts, ROOT / "docs" / "gallery.png", columns=4, width_px=480)
    for book in (*(BUILD / f"{name}.pdf" for name in OURS), *further):
        save([book], BUILD / "gallery" / f"{book.stem}.png", columns=8, width_px=300)


if __name__ == "__main__":
    main(Path(argument) for argument in sys.argv[1:])
