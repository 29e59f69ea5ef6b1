"""The pictures of an ebook: read through the shelf, made fit for every reader, named in ASCII."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain, count
from pathlib import Path
from urllib.parse import unquote

from msgspec import Struct

from pipeline.errors import Diagnostic, Location, RenderError, error
from pipeline.fetch import RefusedError, Shelf
from pipeline.model import slug
from pipeline.write.epub import drawings

_DRAWING = "image/svg+xml"
_READ = {"image/gif", "image/jpeg", "image/png", "image/webp", "image/avif", _DRAWING}
# EPUB 3.3, 3.2: the core media types that readers older than 3.3 show, too.
_SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", _DRAWING: ".svg"}


class Picture(Struct, frozen=True):
    """An image of the ebook; `href` is relative to the package document."""

    href: str
    media_type: str
    data: bytes


def pictures(
    addresses: Iterable[str], shelf: Shelf, places: Mapping[str, Location], bounds: Mapping[str, int]
) -> dict[str, Picture]:
    """The pictures at percent-encoded addresses relative to the source's folder, by address.

    `places` says where the source names a path, `bounds` are `settings.PICTURES`. Raises RenderError, all faults at
    once.
    """
    found: dict[str, Picture] = {}
    faults: list[Diagnostic] = []
    for address in dict.fromkeys(addresses):
        name = unquote(address)
        where = places.get(name, Location(Path(name)))
        try:
            data, media_type = shelf.read("book:///source/" + address)
            if media_type not in _READ:
                raise ValueError(f"{media_type} is no kind of image that an ebook can show")
            data, media_type = fitted(data, media_type, bounds)
        except RefusedError as fault:
            faults.append(error("EPB002", f"{name} cannot be read: {fault}", where, "is it beside the source?"))
        except ValueError as fault:
            hint = "save it as SVG, PNG or JPEG, with nothing linked in"
            faults.append(error("EPB003", f"{name}: {fault}", where, hint))
        else:
            found[address] = Picture(_name(Path(name), media_type, {p.href for p in found.values()}), media_type, data)
    if faults:
        raise RenderError(faults)
    return found


def fitted(data: bytes, media_type: str, bounds: Mapping[str, int]) -> tuple[bytes, str]:
    """(bytes, media type) of a picture as every reader shows it. Raises ValueError."""
    if media_type == _DRAWING:
        return drawings.fitted(data), _DRAWING
    from pipeline import pixels  # an ebook without photographs does without Pillow's colour engine

    return pixels.fitted(data, bounds)


def _name(path: Path, media_type: str, taken: set[str]) -> str:
    """An ASCII file name that no other picture has: EbookLib 0.20 does not escape names."""
    stem, suffix = slug(path), _SUFFIXES[media_type]
    stem = stem if stem.isascii() else "picture"
    numbers = chain([""], (f"-{number}" for number in count(2)))
    names = (f"images/{stem}{number}{suffix}" for number in numbers)
    return next(name for name in names if name not in {*taken, f"images/cover{suffix}"})
