"""Directives that no edition can carry out: what takes a program to be run, and what takes one to be drawn.

Each is an error that says what to write instead. Where the source's faults are tolerated the words it has come out: a
signature and its content; the text that a drawing is made from.
"""

from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst import Directive

from pipeline.read.directives.place import AnyOption, box, located


class Run(Directive):
    """What documents a program by loading it, or shows what it says when it is run."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = AnyOption()

    def run(self) -> list[nodes.Node]:
        said = f'"{self.name}" is for a program to be run.'
        self.state.reporter.error(said, line=self.lineno)
        if not self.arguments or not self.name.startswith("auto") or self.name == "autosummary":
            return []
        name = located(nodes.literal("", self.arguments[0], classes=["name"]), self)
        made = box(self, nodes.definition)
        if not made.children:
            return [located(nodes.paragraph("", "", name, classes=["signature"]), self)]
        item = nodes.definition_list_item("", located(nodes.term("", "", name), self), made)
        return [located(nodes.definition_list("", item, classes=["described-object"]), self)]


class Draw(Directive):
    """What is written in a language for drawings."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = AnyOption()

    def run(self) -> list[nodes.Node]:
        self.state.reporter.error(f'"{self.name}" is for a program that draws.', line=self.lineno)
        labels = self.state.document.settings.labels
        text = "\n".join(self.content) or " ".join(self.arguments)
        figure = located(nodes.figure("", classes=["described", "undrawn"]), self)
        figure += located(nodes.paragraph("", labels["missing"], classes=["label"], added=True), self)
        if alt := self.options.get("alt") or self.options.get("caption"):
            figure += located(nodes.paragraph("", alt), self)
        if text.strip():
            figure += located(nodes.literal_block(text, text), self)
        return [figure]


_KINDS = ("attribute", "class", "data", "decorator", "exception", "function", "method", "module", "property", "type")
_RUN = (
    "argparse autosummary autoprogram click command-output inheritance-diagram jupyter-execute plot "
    "program-output runblock doxygenclass doxygenfile doxygenfunction doxygenstruct"
)
_DRAWN = "actdiag aafig blockdiag digraph ditaa graph graphviz mermaid nwdiag plantuml seqdiag tikz uml"

DIRECTIVES: dict[str, type[Directive]] = {
    **{f"auto{kind}": Run for kind in _KINDS},
    **dict.fromkeys(_RUN.split(), Run),
    **dict.fromkeys(_DRAWN.split(), Draw),
}
