"""What the directives share: a container with a place of its own in the book."""

from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst import Directive


class Placed(Directive):
    """Content that leaves the text's flow and stands in the part of the book called `place` (see model.Chapter)."""

    has_content = True
    place = ""

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        box = nodes.container(self.block_text, place=self.place)
        box.source, box.line = self.state_machine.get_source_and_line(self.lineno)
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]
