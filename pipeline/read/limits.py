"""How much one source may hold, and docutils held to it while it reads.

At each of these numbers a source builds within the default `[limits]`, on one slow core too; what is far beyond them
would end with an engine killed, and nobody would know which line was to blame.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.utils._roman_numerals import InvalidRomanNumeralError

from pipeline.errors import Diagnostic, Location, SourceError, error
from pipeline.read.facts import where
from pipeline.read.offline import misc, states, tables

MAX_BYTES = 2 * 2**20  # of a source and of all that it includes, and of what its substitutions stand for
MAX_FILES = 1000  # included, each as often as it is
MAX_INCLUDES = 16  # inside each other
MAX_NESTING = 32  # quotes, lists, directives and cells inside each other
MAX_CELLS = 20_000  # of all tables; WeasyPrint 70 needs 40 kB and 1.6 ms for one
MAX_ELEMENTS = 50_000  # paragraphs, items, cells, emphasised words, links
MAX_CODE_LINES = 40_000  # WeasyPrint 70 needs 20 kB and 0.35 ms for one
MAX_MARKS = 40_000  # of what pieces of code are: 4 kB each
MAX_TITLE = 500  # characters of a heading; lines are balanced by trying all ways to break it
MAX_FIELD = 2000  # characters of a field under the title, and of all authors together
MAX_WIDTH = 10_000  # of a picture or a table, in whatever unit
MAX_TAB = 80  # columns
MAX_DIGITS = 9  # of the number before an item; int refuses more than 4300
LONGEST_WORD = 5000  # WeasyPrint 70 takes minutes over a longer one, and then drops most of it without a sign
MAX_FORMULA = 4000  # characters
MAX_FORMULA_DEPTH = 40
MAX_SIGNS = 20_000  # of all formulas; ziamath 0.13 and WeasyPrint 70 need 1 ms for one
MAX_PIXELS = 60_000_000
MAX_PICTURE_BYTES = 64 * 2**20
MAX_DRAWING_BYTES = 4 * 2**20
MAX_DRAWN = 100_000  # elements of a drawing; WeasyPrint 70 needs 800 MB for 300,000
MAX_LETTERS = 100_000  # of the text in a drawing; WeasyPrint 70 lays out each by itself

_USED = re.compile(r"url\(\s*['\"]?#([^'\")]+)")
_NODE_BYTES = 64  # what a node weighs beside its text, about


@contextmanager
def replaced(*patches: tuple[Any, str, Any]) -> Iterator[None]:
    """Others' attributes, as (owner, name, ours), for as long as this lasts."""
    kept = [getattr(owner, name) for owner, name, _ in patches]
    for owner, name, ours in patches:
        setattr(owner, name, ours)
    try:
        yield
    finally:
        for (owner, name, _), theirs in zip(patches, kept, strict=True):
            setattr(owner, name, theirs)


@contextmanager
def held() -> Iterator[None]:
    """docutils stops at the first thing that is too much, by a SourceError: what goes on is read by no engine."""
    depth = parsed = cells = copied = 0
    parse, build = states.RSTState.nested_parse, states.Body.build_table
    listed, extended = tables.ListTable.build_table_from_list, tables.CSVTable.extend_short_rows_with_empty_cells
    parsed_csv: Any = tables.CSVTable.parse_csv_data_into_rows
    enumerators: dict[str, Any] = states.Body.enum.converters
    included: dict[str, Any] = dict(misc.Include.option_spec or {})
    nest_lines, copy = states.Body.nest_line_block_lines, nodes.substitution_definition.deepcopy

    def nested_parse(state: Any, block: Any, *arguments: Any, **named: Any) -> Any:
        nonlocal depth, parsed
        depth, parsed = depth + 1, parsed + 1
        if depth > MAX_NESTING:
            raise too_deep(_first(state, block))
        if parsed > MAX_ELEMENTS:
            raise SourceError(_too_many(_first(state, block)))
        try:
            return parse(state, block, *arguments, **named)
        finally:
            depth -= 1

    def nest_line_block_lines(state: Any, block: Any) -> None:
        # Nested by indentation, without a parse; each level is an indentation of its own.
        if len({line.indent for line in block}) > MAX_NESTING:
            raise too_deep(_place(*state.state_machine.get_source_and_line()))
        nest_lines(state, block)

    def count(more: int, place: Location) -> None:
        nonlocal cells
        cells += more
        if cells > MAX_CELLS:
            hint = "split the table, or show less of it"
            raise SourceError(error("RST141", f"more than {MAX_CELLS:,} cells in tables", place, hint))

    def build_table(state: Any, found: Any, line: int, *arguments: Any, **named: Any) -> Any:
        more = sum(cell is not None for part in found[1:] for row in part for cell in row)
        count(more, _place(*state.state_machine.get_source_and_line(line)))
        return build(state, found, line, *arguments, **named)

    def build_table_from_list(table: Any, rows: Any, *arguments: Any) -> Any:
        count(sum(map(len, rows)), _place(*table.state_machine.get_source_and_line(table.lineno)))
        return listed(table, rows, *arguments)

    def parse_csv(table: Any, lines: Any, dialect: Any, source: Any) -> Any:
        # Cells are counted before docutils makes a list of each. What is wrong with them it will say itself.
        with suppress(csv.Error):
            number = 0
            for row in csv.reader((line + "\n" for line in lines), dialect=dialect):
                number += len(row)
                if number > MAX_CELLS:
                    count(number, _place(*table.state_machine.get_source_and_line(table.lineno)))
        return parsed_csv(table, lines, dialect, source)

    def extend_short_rows(table: Any, columns: int, parts: Any) -> None:
        # One long row makes all others as long.
        if columns * sum(map(len, parts)) > MAX_CELLS:
            count(MAX_CELLS + 1, _place(*table.state_machine.get_source_and_line(table.lineno)))
        extended(table, columns, parts)

    def deepcopy(definition: Any) -> Any:
        nonlocal copied
        copied += sum(_NODE_BYTES + (len(node) if isinstance(node, nodes.Text) else 0) for node in definition.findall())
        if copied > MAX_BYTES:
            message = f"substitutions stand for more than {MAX_BYTES // 2**20} MiB"
            hint = "they contain each other, or a long one is used too often"
            raise SourceError(error("RST143", message, _place(definition.source, definition.line), hint))
        return copy(definition)

    def number(text: str) -> int:
        if len(text) > MAX_DIGITS:
            raise InvalidRomanNumeralError(text)  # what docutils takes for: no item begins here
        return int(text)

    def tab(text: str) -> int:
        if len(text) > 3 or int(text) > MAX_TAB:
            raise ValueError(f"more than {MAX_TAB} columns")
        return int(text)

    with replaced(
        (states.RSTState, "nested_parse", nested_parse),
        (states.Body.enum, "converters", {**enumerators, "arabic": number}),
        (misc.Include, "option_spec", {**included, "tab-width": tab}),
        (states.Body, "nest_line_block_lines", nest_line_block_lines),
        (states.Body, "build_table", build_table),
        (tables.ListTable, "build_table_from_list", build_table_from_list),
        (tables.CSVTable, "parse_csv_data_into_rows", parse_csv),
        (tables.CSVTable, "extend_short_rows_with_empty_cells", extend_short_rows),
        (nodes.substitution_definition, "deepcopy", deepcopy),
    ):
        yield


def too_deep(place: Location) -> SourceError:
    """More than MAX_NESTING things inside each other."""
    hint = "make it flatter: take a level of indentation out, or begin a section"
    return SourceError(error("RST196", f"nested too deeply: more than {MAX_NESTING} levels", place, hint))


def exceeded(doctree: nodes.document, path: Path) -> Iterator[Diagnostic]:
    """An error where a doctree is larger than an engine can lay out in time, and for what no page can hold."""
    lines = 0
    for number, node in enumerate(doctree.findall(nodes.Element)):
        if isinstance(node, (nodes.literal_block, nodes.doctest_block)):
            lines += node.astext().count("\n") + 1
            if lines > MAX_CODE_LINES:
                message = f"more than {MAX_CODE_LINES:,} lines of code"
                yield error("RST165", message, where(node, path), "show less of it, or split the source")
                return
        if number == MAX_ELEMENTS:
            yield _too_many(where(node, path))
            return
        if isinstance(node, (nodes.title, nodes.subtitle)) and len(node.astext()) > MAX_TITLE:
            hint = "is it a paragraph? Then take the line under it away"
            yield error("RST144", f"a title of more than {MAX_TITLE} characters", where(node, path), hint)
        for name in ("width", "height", "scale"):
            size = re.match(r"[\d.]+", str(node[name])) if name in node.attributes else None
            if size and float(size[0]) > MAX_WIDTH:
                said = f"a {name} of more than {MAX_WIDTH:,}"
                yield error("RST145", said, where(node, path), "write “50%” or the like")


def drawn(root: Any) -> int:
    """How many elements of a drawing (an lxml tree) are drawn, what it uses as often as it does; MAX_DRAWN + 1: more.

    What uses itself is drawn for ever.
    """
    named = {str(element.get("id")): element for element in root.iter("*")}
    todo, total = [(root, 1)], 0
    while todo and total <= MAX_DRAWN:
        element, times = todo.pop()
        total += times
        todo += [(child, times) for child in element.iterchildren("*")]
        uses = str(element.tag).endswith("}use")
        for attribute, value in element.attrib.items():
            names = _USED.findall(value) + [value.strip()[1:]] * (uses and str(attribute).endswith("href"))
            for used in (named[name] for name in names if name in named):
                if not str(used.tag).endswith("Gradient"):
                    # A marker stands at each point of a path.
                    points = 1 + len(element.get("d", element.get("points", ""))) // 4 if "marker" in used.tag else 1
                    todo.append((used, times * points))
    return min(total, MAX_DRAWN + 1)


def _too_many(place: Location) -> Diagnostic:
    message = f"more than {MAX_ELEMENTS:,} paragraphs, items, cells, links and emphasised words"
    return error("RST142", message, place, "split it into several sources")


def _first(state: Any, block: Any) -> Location:
    """Where a block begins."""
    source, line = block.info(0) if len(block) else (None, None)
    return _place(source, line + 1) if line is not None else _place(*state.state_machine.get_source_and_line())


def _place(source: str | None, line: int | None) -> Location:
    return Location(Path(source or ""), line)
