"""Small forms of Sphinx' dialect: a centered line, a grammar, a formula with a label, a heading without a section."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives

from pipeline.read.directives.place import located, words
from pipeline.read.offline import body, images


class Centered(Directive):
    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        line, *messages = words(self, self.arguments[0], nodes.strong)
        return [located(nodes.paragraph("", "", line, classes=["align-center"]), self), *messages]


class ProductionList(Directive):
    """A grammar: `name: definition` a line, set in columns; a line that begins with a colon goes on."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        lines = self.arguments[0].replace("\\\n", "").splitlines()
        if lines and ":" not in lines[0]:
            del lines[0]  # the name of a group, which no reader sees
        rules = [(name.strip(), rule.strip()) for name, _, rule in (line.partition(":") for line in lines)]
        width = max((len(name) for name, _ in rules), default=0)
        text = "\n".join(
            f"{name:{width}} ::= {rule}".rstrip() if name else f"{'':{width}}     {rule}" for name, rule in rules
        )
        text = re.sub(r"`(?:[\w:]*:)?~?(\w+)`", r"\1", text)
        return [located(nodes.literal_block(text, text, classes=["productions"]), self)] if text else []


class Formula(body.MathBlock):
    """`.. math::` with a `:label:` that it is referred to by. `:nowrap:` says that it is an environment of its own."""

    option_spec: ClassVar[dict[str, Any]] = {
        **body.MathBlock.option_spec,
        "label": directives.unchanged_required,
        "no-wrap": directives.flag,
        "nowrap": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        label = self.options.pop("label", "")
        for option in ("no-wrap", "nowrap"):
            self.options.pop(option, None)
        formulas: list[nodes.Node] = super().run()  # type: ignore[no-untyped-call]
        if label and formulas:
            assert isinstance(formulas[-1], nodes.Element)
            formulas[-1]["label"] = label
            formulas[-1]["gives"] = ("std", "eq", label)
            if label in (labels := self.state.document.__dict__.setdefault("equation_labels", set())):
                self.state.reporter.error(f'Duplicate explicit target name: "{label}".', line=self.lineno)
            labels.add(label)
        return formulas


class Figure(images.Figure):
    """`:name:` is the figure's, as in Sphinx, not the picture's."""

    def run(self) -> list[nodes.Node]:
        if "name" in self.options and "figname" not in self.options:
            self.options["figname"] = self.options.pop("name")
        return [*super().run()]


class Rubric(body.Rubric):
    option_spec: ClassVar[dict[str, Any]] = {
        **body.Rubric.option_spec,
        "heading-level": directives.positive_int,
    }


DIRECTIVES = {
    "centered": Centered,
    "figure": Figure,
    "math": Formula,
    "productionlist": ProductionList,
    "rubric": Rubric,
}
