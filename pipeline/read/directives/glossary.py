"""`.. glossary::` words and what they mean, as a list of definitions: several words may share one.

Each can be referred to by `:term:` and stands in the index. `:sorted:` puts them in the order of the language.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.statemachine import StringList
from msgspec import Struct, field

from pipeline import collation
from pipeline.read.directives.index import marked

_LINE = tuple[str, str, int]  # what it says, the file it is in, its line there, from 0


class _Entry(Struct):
    terms: list[_LINE] = field(default_factory=list)
    meaning: list[_LINE] = field(default_factory=list)


class Glossary(Directive):
    has_content = True
    option_spec = {"sorted": directives.flag, "name": directives.unchanged}  # noqa: RUF012  # docutils declares it so

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        document = self.state.document
        items = [self._item(entry) for entry in self._entries()]
        if "sorted" in self.options:
            language = document.settings.language_tag
            items.sort(key=lambda item: collation.key(item.children[0].astext(), language))
        found = nodes.definition_list("", *items, classes=["glossary"])
        found.source, found.line = self.state_machine.get_source_and_line(self.lineno)
        self.add_name(found)
        return [found]

    def _entries(self) -> list[_Entry]:
        entries: list[_Entry] = []
        comment = False
        for number, line in enumerate(self.content):
            source, offset = self.content.info(number)
            place = (line, str(source), offset or 0)
            if not line.strip():
                if entries and entries[-1].meaning:
                    entries[-1].meaning.append(place)
            elif line[0].isspace():
                if comment:
                    continue
                if not entries:
                    raise self.error('Error in "glossary" directive: it begins with a meaning, not with a term.')
                entries[-1].meaning.append(place)
            elif comment := line.startswith(".. "):
                continue
            else:
                if not entries or entries[-1].meaning:
                    entries.append(_Entry())
                entries[-1].terms.append(place)
        for entry in entries:
            if not any(line.strip() for line, _, _ in entry.meaning):
                said = f'Error in "glossary" directive: no meaning is indented below "{entry.terms[-1][0].strip()}".'
                raise self.error(said)
        return entries

    def _item(self, entry: _Entry) -> nodes.definition_list_item:
        item = nodes.definition_list_item()
        for line, source, offset in entry.terms:
            words, *classifiers = line.strip().split(" : ")
            children, messages = self.state.inline_text(words, offset + 1)
            term = nodes.term(line, "", *children)
            term.source, term.line = source, offset + 1
            said = term.astext()
            term["gives"] = ("std", "term", said)
            marked(self.state.document, term, [("single", said, True)])
            item += [term, *messages, *(nodes.classifier("", classifier) for classifier in classifiers)]
        meaning = nodes.definition()
        self.state.nested_parse(_block(entry.meaning), entry.meaning[0][2], meaning)
        item += meaning
        item.source, item.line = entry.terms[0][1], entry.terms[0][2] + 1
        return item


def _block(lines: list[_LINE]) -> StringList:
    block: Any = StringList([line for line, _, _ in lines], items=[(source, offset) for _, source, offset in lines])
    block.trim_left(min(len(line) - len(line.lstrip()) for line in block if line.strip()))
    return block  # type: ignore[no-any-return]
