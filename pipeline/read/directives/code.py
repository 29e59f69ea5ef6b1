"""`.. code:: LANGUAGE` (also `code-block`, `sourcecode`) lines of a program. How they are shown, `read/code.py` says.

`:number-lines:` numbers them, from 1 or from the number that it says.
"""

from __future__ import annotations

from docutils import nodes

from pipeline.read.offline import body


class Code(body.CodeBlock):
    def run(self) -> list[nodes.Node]:
        (block,) = super().run()  # type: ignore[no-untyped-call]
        assert isinstance(block, nodes.literal_block)
        # docutils puts the language among the classes, where an author's own stand too.
        block["language"] = self.arguments[0] if self.arguments else ""
        block.source, block.line = self.state_machine.get_source_and_line(self.lineno)
        return [block]
