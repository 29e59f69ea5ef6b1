"""`.. credits::` whom to thank for pictures and the like; stands at the end, before the colophon.

`:remark:` is a word of the edition's own on them, set apart by a rule.
"""

from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst import directives

from pipeline.read.directives.place import Placed


class Credits(Placed):
    place = "credits"
    option_spec = {"remark": directives.unchanged_required}  # noqa: RUF012  # docutils declares it so

    def run(self) -> list[nodes.Node]:
        (box,) = super().run()
        assert isinstance(box, nodes.container)
        if "remark" in self.options:
            children, messages = self.state.inline_text(self.options["remark"], self.lineno)
            remark = nodes.paragraph(self.options["remark"], "", *children, classes=["remark"])
            remark.source, remark.line = box.source, box.line
            box += [remark, *messages]
        return [box]
