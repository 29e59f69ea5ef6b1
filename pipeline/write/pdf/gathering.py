"""A gathering: a chapter laid out, as what a book is bound of.

Its objects are text in which each number that depends on what stands before the chapter is a hole, so that to bind is
to fill holes: thirty thousand objects in a fiftieth of a second, where qpdf takes one to copy and to write them.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE
from collections.abc import Mapping, Sequence

from msgspec import Struct

from pipeline.model import Folio
from pipeline.write.pdf.faces_union import Font

PAGES, DOCUMENT = 0, 1  # of the local numbers: what each book has one of
FIRST = 2


class Template(Struct, frozen=True):
    """Text with a `%d` for each of its numbers, which are local: see `Gathering`."""

    text: bytes
    numbers: tuple[int, ...] = ()

    def filled(self, numbers: Sequence[int]) -> bytes:
        """The text, where `numbers` has the book's number of each local one."""
        return self.text % tuple([numbers[local] for local in self.numbers])


class Place(Struct, frozen=True):
    """Where a destination leads: a page, by its local number, and what is to be seen of it (ISO 32000-1, 12.3.2.2)."""

    page: int
    view: bytes


class Item(Struct, frozen=True):
    """An entry of the outline; `title` is a string as it is written in a PDF."""

    title: bytes
    place: Place
    open: bool
    below: tuple[Item, ...]


class Link(Struct, frozen=True):
    """An annotation, by its local number, and the name it leads to, which is in another chapter if it `leaves`."""

    number: int
    name: bytes
    leaves: bool


class Gathering(Struct, frozen=True):
    """A chapter ready to be bound. Local numbers count, from 0 on:

    the book's Pages and Document, `objects`, `streams`, `fonts`, keys of the parent tree, notes.

    An object is a line; pages do not say what their `contents` are, and links not where they lead. Of the elements
    right below the Document those in `untold` do not say their `language`. `owners` are the parent tree's entries.
    `pictures` has digests of images by their place in `streams`. `names` are as bytes of a PDF's string. `starts`,
    `anchors` and `folios` are those of the ChapterPdf.
    """

    objects: Template
    heads: Template  # the dictionaries of streams, a line each
    empty: Template  # a page of the size of the last
    streams: tuple[bytes, ...]  # as they are in the file
    fonts: tuple[Font, ...]
    keys: int
    notes: tuple[int, ...]
    pages: tuple[int, ...]
    contents: tuple[int, ...]  # of each page
    document: Template  # what the Document says beside its kids
    kids: Template
    untold: tuple[int, ...]
    language: bytes
    owners: Template
    roles: Mapping[bytes, bytes]
    outline: tuple[Item, ...]
    names: Mapping[bytes, Place]
    links: tuple[Link, ...]
    pictures: Mapping[int, str]
    catalog: Template  # what else it says
    producer: str
    starts: tuple[int, ...]
    anchors: Mapping[str, int]
    folios: tuple[Folio | None, ...]


def encoded(text: str) -> bytes:
    """The bytes of a string of text, as pydyf 0.13 has them."""
    return text.encode() if text.isascii() else BOM_UTF16_BE + text.encode("utf-16-be")


def text(encoded: bytes) -> str:
    """The text of such bytes."""
    if encoded.startswith(BOM_UTF16_BE):
        return encoded.removeprefix(BOM_UTF16_BE).decode("utf-16-be")
    return encoded.decode("latin-1")


def string(data: bytes) -> bytes:
    """A string as it is written in a PDF."""
    if re.search(rb"[^ -~]", data):
        return b"<%b>" % data.hex().encode()
    return b"(%b)" % re.sub(rb"([\\()])", rb"\\\1", data)
