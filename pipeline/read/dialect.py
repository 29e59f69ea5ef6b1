"""A source read as its book's conf.py wants it: with its prolog and epilog, its roles, and the words it stands for."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.parsers import rst
from docutils.parsers.rst import directives, roles
from docutils.statemachine import StringList, string2lines
from docutils.transforms import Transform
from docutils.transforms.references import Substitutions

from pipeline.read.conf import Conf
from pipeline.read.directives import ROLES, references
from pipeline.read.directives.objects import Described
from pipeline.read.directives.settings import Crossref
from pipeline.read.offline import states
from pipeline.read.roles.addresses import linked

_WORDS = ("release", "version", "today")


def register(conf: Conf) -> None:
    """Make the roles and directives of a book known to docutils, for the source that is read next."""
    for name, address, caption in conf.links():
        role: Any = linked(address, caption)
        roles.register_local_role(name, role)
    for kinds, directive in ((conf.crossrefs, Crossref), (conf.objects, Described)):
        for name, kind in kinds.items():
            directives.register_directive(name, directive)
            roles.register_local_role(kind, references.ROLES.get(kind) or references.named(kind))
    default = conf.text("default_role").lower()
    if role := ROLES.get(default) or vars(roles)["_role_registry"].get(default):
        roles.register_local_role("", role)


class Parser(rst.Parser):
    """docutils' parser, that reads a prolog before a source and an epilog after it, each with lines of its own."""

    def __init__(self, conf: Conf) -> None:
        super().__init__()
        self.conf = conf

    def parse(self, inputstring: str, document: nodes.document) -> None:
        super().setup_parse(inputstring, document)
        before = self._beside("rst_prolog", document)
        super().parse(inputstring, document)
        lone = document.children[-1] if document.children else None
        after = self._beside("rst_epilog", document)
        # What can be seen is text of the section that it stands in, as if the source had it.
        home: Any = lone if isinstance(lone, nodes.section) else document
        place = 1 if home is lone else _head(document)
        home[place:place] = before
        home += after

    def _beside(self, name: str, document: nodes.document) -> list[nodes.Node]:
        """Read what conf.py has under a name. What it defines stays in the document; what can be seen is given."""
        if not (text := self.conf.text(name)):
            return []
        first = len(document.children)
        lines = string2lines(text, document.settings.tab_width, convert_whitespace=True)
        line = self.conf.lines[name] - 1
        source = str(self.conf.path)
        block = StringList(lines, items=[(source, line + number) for number in range(len(lines))])
        machine = states.RSTStateMachine(state_classes=self.state_classes, initial_state=self.initial_state)
        machine.run(block, document, inliner=self.inliner)
        seen = [node for node in document.children[first:] if not isinstance(node, nodes.Invisible)]
        for node in seen:
            document.remove(node)
        return seen


def _head(document: nodes.document) -> int:
    """Where the text begins, after what a document begins with."""
    head = (nodes.PreBibliographic, nodes.field_list)
    return next((n for n, node in enumerate(document.children) if not isinstance(node, head)), len(document.children))


class Known(Transform):
    """`|release|`, `|version|` and `|today|`, where a source gives them no meaning of its own.

    The day of the build is never one.
    """

    default_priority = Substitutions.default_priority - 1

    def apply(self) -> None:
        document = self.document
        conf: Conf = document.settings.context.conf
        for name in _WORDS:
            if name not in document.substitution_names and (text := conf.text(name)):
                definition = nodes.substitution_definition("", text, names=[name])
                document.note_substitution_def(definition, name)
