"""The order in which pages say the blocks of a source: a note stands with its call, not where its author put it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from pipeline.model import Block


def told(blocks: Iterable[Block]) -> Iterator[Block]:
    """As a structure tree has them: a note that is at the foot of a page comes after the block that calls it."""
    found = tuple(blocks)
    feet = {note for block in found for note in block.calls}
    notes: dict[str, list[Block]] = {note: [] for note in feet}
    for block in found:
        if block.note in feet:
            notes[block.note].append(block)
    for block in found:
        if block.note not in feet:
            yield block
            for note in block.calls:
                yield from notes[note]


def shown(blocks: Iterable[Block]) -> Iterator[Block]:
    """As `parity.plain` extracts them from a page: all notes at the end."""
    found = tuple(told(blocks))
    yield from (block for block in found if not block.note)
    yield from (block for block in found if block.note)


def paged(blocks: Iterable[Block], called: Mapping[str, str], words: str) -> Iterator[Block]:
    """Blocks with what pages say after a reference that leads to another: `words`, of the place that is `called` so."""
    for block in blocks:
        text = block.text
        for place, name in reversed(block.leads):
            text = f"{text[:place]} {words.replace('{page}', called.get(name, '?'))}{text[place:]}"
        yield replace(block, text=text) if block.leads else block
