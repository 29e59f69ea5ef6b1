"""A source becomes a Book: its chapters read by workers, or remembered from when they were last read, and bound."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, count
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from pipeline import bind, cache, read
from pipeline.crew import HERE, Crew
from pipeline.editions import EDITIONS
from pipeline.errors import Diagnostic, Location, PipelineError, Severity, SourceError, error
from pipeline.model import Book, Chapter, Entry, Place
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.work import Limits

_FEW = 2  # files are read by processes that load the reader themselves, while this one does something else
MAX_CHAPTERS = 2000  # of a book; each has a process of its own
_ABSENT = ("IMG002", "RST110", "RST150")  # a picture, an included file or a chapter that is tolerated to be missing


class Reading(Struct, frozen=True):
    """A chapter, what was noticed while it was read, and the digest of each file it was read from."""

    chapter: Chapter
    said: tuple[Diagnostic, ...]
    opened: dict[str, str]


class _Order(Struct, frozen=True):
    path: Path
    settings: Settings
    place: Place | None = None


class Bound(Struct, frozen=True):
    """A book, the digest of each file it was made from, the source's first, and what was noticed."""

    book: Book
    opened: dict[str, str]
    said: tuple[Diagnostic, ...]


def bound(
    source: Path,
    settings: Settings,
    crew: Crew = HERE,
    store: Store | None = None,
    tell: Callable[[str], None] = lambda _: None,
    meanwhile: Callable[[], object] = lambda: None,
) -> Bound:
    """The book of a source; `meanwhile` is called while files are read.

    Raises SourceError or RenderError with the faults of all its chapters.
    """
    (index,) = _read([_Order(source, settings)], crew, store, tell, meanwhile)
    readings = [index]
    found = {index.chapter.path: index}
    names = bind.taken(index.chapter)
    own = replace(settings, language=index.chapter.metadata.language)  # a chapter that says none speaks the book's
    for level in count():
        new: dict[Path, Entry] = {}
        for entry in _entries(readings):
            if entry.path not in found:
                new.setdefault(entry.path, entry)
        if not new:
            break
        if level == bind.MAX_LEVELS or len(found) + len(new) > MAX_CHAPTERS + 1:
            raise SourceError(_too_many(next(iter(new.values())), deep=level == bind.MAX_LEVELS))
        root = index.chapter.place.root
        orders = [_Order(path, own, bind.place(path, root, names)) for path in new]
        readings = _read(orders, crew, store, tell, meanwhile)
        found |= {reading.chapter.path: reading for reading in readings}
    first, *members = (reading.chapter for reading in found.values())
    book = bind.bind(first, settings, EDITIONS, members)
    opened: dict[str, str] = {}
    for reading in found.values():
        opened |= reading.opened
    said = tuple(chain.from_iterable(reading.said for reading in found.values()))
    faults = (*bind.lost(first, members), *bind.repeated(first, members))
    return Bound(book, opened, (*said, *(replace(fault, severity=Severity.WARNING) for fault in faults)))


def _entries(readings: Iterable[Reading]) -> Iterator[Entry]:
    for reading in readings:
        yield from reading.chapter.named


def _too_many(entry: Entry, *, deep: bool) -> Diagnostic:
    if deep:
        said, hint = f"more than {bind.MAX_LEVELS} levels of chapters", "name them in a toctree further up"
    else:
        said, hint = f"more than {MAX_CHAPTERS:,} chapters", "make it several books"
    return error("RST154", said, entry.where, hint)


def _read(
    orders: Sequence[_Order],
    crew: Crew,
    store: Store | None,
    tell: Callable[[str], None],
    meanwhile: Callable[[], object] = lambda: None,
) -> list[Reading]:
    """Every chapter, remembered where a store is given and nothing it was read from has changed."""
    ground = cache.ground(("docutils", "lxml", "pillow")) if store else ""
    keys = [_key(order, ground) for order in orders] if store else []
    found: dict[int, Reading] = {}
    for number, key in enumerate(keys):
        known = store.get(key, Reading) if store and key else None
        if known and cache.unchanged(known.opened) and _has_its_chapters(known.chapter):
            found[number] = known
    todo = [number for number in range(len(orders)) if number not in found]
    if not todo:
        return list(found.values())
    if len(todo) > _FEW and crew.forks():
        read.warm()

    def ended(index: int, done: int, total: int, end: Reading | PipelineError) -> None:
        if store and isinstance(end, Reading) and _is_kept(end):
            store.put(keys[todo[index]], end)
        if total > 1:
            tell(f"{len(found) + done} of {len(orders)} chapters read")

    ends = crew.run(
        read_chapter,
        [orders[number] for number in todo],
        what=lambda order: f"reading {order.path.name}" if order.place else "reading",
        where=lambda order: Location(order.path),
        limits=Limits(**orders[0].settings.limits),
        told=ended,
        meanwhile=meanwhile,
    )
    if faults := [fault for end in ends if isinstance(end, PipelineError) for fault in end.diagnostics]:
        failed = next(end for end in ends if isinstance(end, PipelineError))
        kind = SourceError if any(isinstance(end, SourceError) for end in ends) else type(failed)
        raise kind(faults) from failed.__cause__
    for number, end in zip(todo, ends, strict=True):
        assert isinstance(end, Reading)
        found[number] = end
    return [found[number] for number in range(len(orders))]


def _is_kept(reading: Reading) -> bool:
    """Not a post, of which any change changes all."""
    return bool(reading.chapter.place.name or reading.chapter.parts)


def _has_its_chapters(index: Chapter) -> bool:
    return all(entry.path.is_file() for entry in index.named)


def read_chapter(order: _Order) -> Reading:
    began_s = time.time()
    chapter, said = read.read(order.path, order.settings, order.place)
    opened = cache.digests(chapter.opened, began_s)
    unread = chapter.place.root / "conf.py" not in chapter.opened
    if unread or any(fault.code in _ABSENT for fault in said):
        opened[str(order.path)] = ""  # what is not there may come, and nothing else would tell
    return Reading(chapter, said, opened)


def _key(order: _Order, ground: str) -> str:
    """What decides how a file is read; '' for one that cannot be, which its reader tells."""
    try:
        if not order.path.is_file():  # a device has no end
            return ""
        return cache.digest(repr((ground, order, cache.digest(order.path.read_bytes()))).encode())
    except OSError:
        return ""
