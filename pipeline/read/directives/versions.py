"""`.. versionadded:: 3.2` and its kin: since when, in a line before what else there is to say.

`availability` and `impl-detail`, which the books of Python have, are the same with words of their own.
"""

from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst import Directive

from pipeline.read.directives.place import box, located, words


class Version(Directive):
    """The version, its words on the same line, and paragraphs."""

    required_arguments = 1
    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    label = ""  # of labels.ENGLISH

    def run(self) -> list[nodes.Node]:
        said = self.state.document.settings.labels[self.label]
        for number, version in enumerate(self.versions()):
            said = said.replace(f"{{{number}}}", version)
        return [_told(self, said, " ".join(self.arguments[len(self.versions()) :]))]

    def versions(self) -> list[str]:
        return self.arguments[:1]


class Added(Version):
    label = "added"


class Changed(Version):
    label = "changed"


class Deprecated(Version):
    label = "deprecated"


class Removed(Version):
    label = "removed"


class DeprecatedRemoved(Version):
    required_arguments = 2
    label = "deprecated_removed"

    def versions(self) -> list[str]:
        return self.arguments[:2]


class Availability(Directive):
    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    label = "availability"

    def run(self) -> list[nodes.Node]:
        return [_told(self, self.state.document.settings.labels[self.label], " ".join(self.arguments))]


class Detail(Availability):
    label = "implementation"


def _told(directive: Directive, label: str, said: str) -> nodes.container:
    """A box that begins with the label, and a colon where something follows in the same paragraph."""
    made: nodes.container = box(directive, classes=["version"])
    first = made.children[0] if made.children else None
    if said or not isinstance(first, nodes.paragraph):
        line, *messages = words(directive, said)
        made[:0] = [line, *messages]
    else:
        line = first
    line.insert(0, nodes.inline("", f"{label}:" if line.children else f"{label}.", classes=["versionmodified"]))
    if len(line.children) > 1:
        line.insert(1, nodes.Text(" "))
    return located(made, directive)


DIRECTIVES = {
    "availability": Availability,
    "deprecated": Deprecated,
    "deprecated-removed": DeprecatedRemoved,
    "impl-detail": Detail,
    "versionadded": Added,
    "versionchanged": Changed,
    "versionremoved": Removed,
}
