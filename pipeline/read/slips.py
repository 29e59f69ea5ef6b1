"""docutils' own slips, caught while it reads: what it raises in a directive, what one document leaves to the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives, roles, states, tableparser
from docutils.transforms import references

from pipeline.read.limits import replaced


@contextmanager
def alone() -> Iterator[None]:
    """A document's own roles end with it, and so do the names that its language gave: docutils keeps both for all."""
    with replaced(
        (roles, "_roles", dict(vars(roles)["_roles"])),
        (directives, "_directives", dict(vars(directives)["_directives"])),
    ):
        yield


@contextmanager
def caught() -> Iterator[None]:
    """What docutils 0.23 fails over is a fault of the source, and told so.

    A csv-table with an empty `:quote:` is one, a figure with nothing to see in its caption another; a substitution that
    stands for one that is not defined, or several times for itself; a class for a directive of which nothing is left;
    a table whose cells lie over each other.
    """
    substitute: Any = references.Substitutions.apply
    replace_node: Any = nodes.Element.replace_self
    mark_done: Any = tableparser.GridTableParser.mark_done
    run_directive: Any = states.Body.run_directive

    def run(state: Any, directive: Any, match: Any, name: str, presets: Any) -> Any:
        machine = state.state_machine
        first = machine.line_offset
        try:
            return run_directive(state, directive, match, name, presets)
        except (ArithmeticError, AttributeError, LookupError, NameError, TypeError, ValueError):
            block = "\n".join(machine.input_lines[first : machine.line_offset + 1])
            source, line = machine.get_source_and_line(machine.abs_line_number() - machine.line_offset + first)
            words = f'Error in "{name}" directive: it cannot be read as it is written.'
            return [state.reporter.error(words, nodes.literal_block(block, block), source=source, line=line)], True

    def apply(substitutions: Any) -> None:
        document = substitutions.document
        document.substitution_names = _Names(document.substitution_names)
        substitute(substitutions)

    def replace_self(pending: Any, new: Any) -> None:
        if not new:
            for key in pending.basic_attributes:
                pending[key] = []
        replace_node(pending, new)

    def replace_definition(definition: Any, new: Any) -> None:
        if definition.parent is not None and definition in definition.parent.children:
            replace_node(definition, new)

    def mark(parser: Any, *cell: int) -> None:
        try:
            mark_done(parser, *cell)
        except AssertionError:
            raise tableparser.TableMarkupError("Malformed table; cells lie over each other.") from None

    with replaced(
        (states.Body, "run_directive", run),
        (references.Substitutions, "apply", apply),
        (nodes.pending, "replace_self", replace_self),
        (nodes.substitution_definition, "replace_self", replace_definition),
        (tableparser.GridTableParser, "mark_done", mark),
    ):
        yield


class _Names(dict[str, str]):
    """Names as they are defined, by their lower case; one that is not defined is itself."""

    def __missing__(self, name: str) -> str:
        return name
