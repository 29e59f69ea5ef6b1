"""What a book may number beside its chapters: figures, tables, code and equations."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from pipeline.errors import Location

# What settings call the kinds that are numbered by their captions → Counted.kind.
KINDS = {"figures": "figure", "tables": "table", "code": "code"}


class Counted(Struct, frozen=True):
    """A figure, a table or code with a caption, which is its `title`, or an equation with a label.

    `kind` is figure, table, code or equation; `under` are the ids of the sections around it, the outermost first.
    """

    kind: str
    id: str
    title: str
    under: tuple[str, ...]
    where: Location


class Numbering(Struct, frozen=True):
    """Which kinds a book numbers by their captions, by Counted.kind. Equations with labels always have numbers.

    `depth` is how many levels of the chapter's or section's own number come before theirs (1: 2.3). `words` are what
    the author calls a kind, or `section`, with %s for the number.
    """

    kinds: tuple[str, ...] = ()
    depth: int = 1
    words: Mapping[str, str] = field(default_factory=dict)


UNNUMBERED = Numbering()
