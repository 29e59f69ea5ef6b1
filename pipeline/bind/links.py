"""Links from chapter to chapter: `xref:PATH#TARGET` becomes `#ID`, whichever section of the book that is in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar
from urllib.parse import unquote

from msgspec.structs import replace

from pipeline.errors import Diagnostic, error, nearest
from pipeline.model import Chapter, Fragment

_LINK = re.compile(r' href="xref:([^"#]*)#([^"]*)"')
C = TypeVar("C", bound=Chapter)


def led(index: Chapter, members: Sequence[Chapter], titlepage: str) -> tuple[Chapter, tuple[Chapter, ...]]:
    """The chapters with their links led to where they lead; a link to the index itself to the title page.

    One that leads nowhere loses its address.
    """
    homes = {_path(chapter): chapter for chapter in (index, *members)}
    first, *rest = (_led(chapter, homes, titlepage) for chapter in (index, *members))
    return first, tuple(rest)


def lost(index: Chapter, members: Sequence[Chapter]) -> tuple[Diagnostic, ...]:
    """An error for every link that leads nowhere."""
    homes = {_path(chapter): chapter for chapter in (index, *members)}
    return tuple(fault for chapter in homes.values() for fault in _lost(chapter, homes))


def _path(chapter: Chapter) -> str:
    return chapter.path.relative_to(chapter.place.root).as_posix()


def _lost(chapter: Chapter, homes: Mapping[str, Chapter]) -> Iterator[Diagnostic]:
    for link in chapter.links:
        home = homes.get(link.path)
        if home is None:
            hint = nearest(link.path, homes) or "add it to a toctree of the index"
            yield error("RST152", f"{link.path} is no chapter of this book", link.where, hint)
        elif link.target and _id(home, link.target) not in home.ids:
            known = {name.removeprefix(home.place.prefix) for name in home.ids}
            hint = nearest(link.target, known) or f"write “.. _{link.target}:” above what it points at"
            yield error("RST152", f"nothing in {link.path} is called {link.target}", link.where, hint)


def _id(home: Chapter, target: str) -> str:
    return home.place.prefix + unquote(target)


def _led(chapter: Chapter, homes: Mapping[str, Chapter], titlepage: str) -> Chapter:
    if not chapter.links:
        return chapter

    def there(link: re.Match[str]) -> str:
        home = homes.get(unquote(link[1]))
        if home is None or (link[2] and _id(home, link[2]) not in home.ids):
            return ""
        return f' href="#{_id(home, link[2]) if link[2] else home.place.name or titlepage}"'

    def moved(part: Fragment) -> Fragment:
        return replace(part, xhtml=_LINK.sub(there, part.xhtml))

    return chapter.changed(moved)
