"""A row of the table of rules, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree
from msgspec import Struct

from pipeline.check.epub.container import Ebook
from pipeline.errors import Location, Severity

if TYPE_CHECKING:
    from pipeline.check.epub.devices.style import Style

Found = tuple[str, Location | None]


class Subject(Struct, frozen=True):
    """A finished ebook, opened, and all its styles, parsed."""

    ebook: Ebook
    style: Style


class Rule(Struct, frozen=True):
    """What a device cannot take, who says so and where, what happens there, and what to do about it."""

    code: str
    device: str
    source: str
    reason: str
    cure: str
    find: Callable[[Subject], Iterator[Found]]
    severity: Severity = Severity.ERROR


def at(path: str, element: etree._Element | None = None) -> Location:
    return Location(Path(path), None if element is None else int(str(element.sourceline)))
