"""What an edition asks of its pages, and what was counted on them. Knows no engine."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from pipeline.errors import Diagnostic, Location, error


class House(Struct, frozen=True):
    """What the edition asks of its pages."""

    whole: tuple[str, ...] = ()  # words with a hyphen that no line may break
    families: tuple[str, ...] = ()  # of the fonts that may appear; none named: any
    margins_mm: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)  # top, outer, inner, bottom: of all content
    furniture_mm: float = 0.0  # running heads and folios come no nearer to the paper's edge


class Count(Struct, frozen=True):
    """How often a rule is broken, and where."""

    code: str
    rule: str
    found: int
    places: tuple[str, ...]


def diagnostics(counts: Iterable[Count], where: Path | None = None) -> tuple[Diagnostic, ...]:
    """An error for each rule that is broken."""
    place = Location(where) if where else None
    return tuple(
        error(count.code, f"{count.rule}: {count.found}", place, "; ".join(count.places[:5]))
        for count in counts
        if count.found
    )
