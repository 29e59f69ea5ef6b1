"""`.. described-image::` a picture that may not be reproduced: its description is printed in its place.

The content is the description. `:caption:` and `:credit:` stand under it; `:place: opening` puts it on the title page.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive, directives


class DescribedImage(Directive):
    has_content = True
    option_spec = {  # noqa: RUF012  # docutils declares it so
        "caption": directives.unchanged_required,
        "credit": directives.unchanged_required,
        "place": lambda value: directives.choice(value, ("here", "opening")),
    }

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        figure = nodes.figure(self.block_text, classes=["described"])
        figure.source, figure.line = self.state_machine.get_source_and_line(self.lineno)
        if self.options.get("place") == "opening":
            figure["place"] = "opening"
        label = self.state.document.settings.labels["described"]
        figure += nodes.paragraph("", label, classes=["label"], added=True)
        self.state.nested_parse(self.content, self.content_offset, figure)
        for option, node in (("caption", nodes.caption), ("credit", nodes.legend)):
            if option in self.options:
                figure += self._inline(self.options[option], node)
        return [figure]

    def _inline(self, text: str, kind: Any) -> nodes.Node:
        children, messages = self.state.inline_text(text, self.lineno)
        line = nodes.paragraph(text, "", *children) if kind is nodes.legend else kind(text, "", *children)
        line.source, line.line = self.state_machine.get_source_and_line(self.lineno)
        return kind("", line, *messages) if kind is nodes.legend else line
