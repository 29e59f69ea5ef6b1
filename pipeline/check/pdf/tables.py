"""The grid of a table in the structure tree (ISO 32000-1, 14.8.4.3.4 and 14.8.5.7)."""

from __future__ import annotations

from collections import Counter

from pipeline.check.pdf.tree import Element

_SCOPES = ("/Row", "/Column", "/Both")
_MOST = 10_000  # cells: a span beyond belief is broken, and not worth the memory


def rows_of(table: Element) -> list[list[Element]]:
    """The cells of each row, whatever groups the rows stand in."""
    rows: list[list[Element]] = []
    for kid in table.elements:
        if kid.role == "TR":
            rows.append([cell for cell in kid.elements if cell.role in ("TH", "TD")])
        elif kid.role in ("THead", "TBody", "TFoot", "NonStruct"):
            rows += rows_of(kid)
    return rows


def irregular(table: Element) -> bool:
    """Whether cells overlap, reach below the last row, or leave rows of unequal length."""
    rows = rows_of(table)
    taken: set[tuple[int, int]] = set()
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while (y, x) in taken:
                x += 1
            wide, high = _span(cell, "/ColSpan"), _span(cell, "/RowSpan")
            if wide * high > _MOST:
                return True
            cells = {(y + down, x + along) for down in range(high) for along in range(wide)}
            if cells & taken:
                return True
            taken |= cells
    lengths = Counter(y for y, _ in taken)
    return len({lengths[y] for y in range(len(rows))}) > 1 or any(y >= len(rows) for y in lengths)


def without_headers(table: Element) -> bool:
    """Whether some data cell names no headers while some header cell has no Scope (7.5)."""
    cells = [cell for row in rows_of(table) for cell in row]
    named = all(cell.attribute("/Headers") is not None for cell in cells if cell.role == "TD")
    return not named and any(cell.attribute("/Scope") not in _SCOPES for cell in cells if cell.role == "TH")


def _span(cell: Element, name: str) -> int:
    return max(1, int(cell.attribute(name) or 1))
