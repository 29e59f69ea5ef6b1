"""What refers to what: facts of chapters, read alone, that become links when they are bound."""

from __future__ import annotations

import re

from msgspec import Struct

from pipeline.errors import Location

# What pages alone say after a reference, and in lists: on which of them its target is. Other editions leave it out.
_ON_PAGE = re.compile(
    r""" <span class=["']on-page["'] data-of=["']{2}>[^<]*<span class=["']folio["'] [^>]*>(?:</span>)?[^<]*</span>"""
    r"""|\u00a0<span class=["']folio["'] [^>]*>(?:</span>)?"""
)

# The words of a reference may be its target's, in another chapter: until they are known this stands for them, the
# number of the reference between two noncharacters (Unicode, 23.7), which are for programs alone. Where an author
# gives the words it comes after them, for the page.
HOLE = re.compile("\ufdd0(\\d+)\ufdd1")
_CUT_HOLE = re.compile("\ufdd0\\d*$")

LONGEST = 500  # characters of a title that are repeated wherever something refers to it
_LONG_WORD = 100  # characters


def hole(number: int) -> str:
    """What stands for the words of a chapter's reference with that number, from 0."""
    return f"\ufdd0{number}\ufdd1"


def shortened(title: str) -> str:
    """A title as lists and references repeat it, of at most LONGEST characters; no hole in it is cut."""
    if len(title) <= LONGEST:
        return title
    kept = _CUT_HOLE.sub("", title[: LONGEST - 2])
    # Chinese and Japanese have no spaces between words.
    place = kept.rfind(" ", LONGEST - _LONG_WORD)
    return f"{kept[:place]} …" if place > 0 else f"{kept}…"


def unpaged(xhtml: str) -> str:
    """XHTML without what pages alone say."""
    return _ON_PAGE.sub("", xhtml)


class Reference(Struct, frozen=True):
    """Words that lead to something by its name; in XHTML a link to `xref:?NUMBER`, the place among its chapter's.

    `kind` is the role's name (ref, doc, term …). `said` are the words its author gives, '' for those of the target;
    `plain` stands where nothing has that name. Pages say where an `open` one leads; in headings and code none is.
    `form` are the words around a number, with {number} or %s, and {name} for the title.
    """

    kind: str
    name: str
    said: str
    plain: str
    where: Location
    open: bool = True
    form: str = ""


class Target(Struct, frozen=True):
    """What references of a kind can lead to: a name, folded as the kind wants it, an id, and the words that show it.

    `of` is the first id of the heading, figure or other thing that has the name; '' for the chapter itself.
    """

    kind: str
    name: str
    id: str
    title: str
    where: Location
    of: str = ""


class Indexed(Struct, frozen=True):
    """What the index has of a place, the id of which it names: a term, and below it others.

    `see` is another term that is looked up instead, or `also`. Of all places of a term a `main` one says most.
    """

    id: str
    terms: tuple[str, ...]
    main: bool = False
    see: str = ""
    also: bool = False
