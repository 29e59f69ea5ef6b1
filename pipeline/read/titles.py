"""The title of a document: the lone heading that docutils takes for it, or what the source names it elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from docutils import nodes
from docutils.readers import standalone
from docutils.transforms import Transform
from docutils.transforms.frontmatter import DocTitle

from pipeline.read import references
from pipeline.read.dialect import Known
from pipeline.read.facts import below, plain
from pipeline.read.preamble import Comment

# `meta` elements that name the work; a plain "title" is the words of a browser's window.
_NAMING = ("dc.title", "dcterms.title", "pg.title")

GUESSED = "guessed-title"  # an attribute of the document: why there is no title (see `Titled`)
NAMED = "named-title"  # an attribute of the document: its title as metadata, if another than the page shows


class Reader(standalone.Reader):  # type: ignore[type-arg]  # generic in its stub alone
    """docutils' reader, but that a document without a lone heading has a title, too, and a name may be elsewhere's."""

    def get_transforms(self) -> list[type[Transform]]:
        return [*super().get_transforms(), Titled, references.Elsewhere, Known]


class Titled(Transform):
    """A title for every document, in this order: a PEP's header or Nikola's comment; the lone heading; what the
    directives `title` and `meta` say; the first of several headings; the words of the file's name.

    The last two say so by GUESSED: no source is obliged to mean that.
    """

    default_priority = DocTitle.default_priority - 1

    def apply(self) -> None:
        named = _named(self.document)
        if named:
            self.document[NAMED] = named
        content = [child for child in self.document.children if not isinstance(child, nodes.PreBibliographic)]
        lone = content[-1] if content and isinstance(content[-1], nodes.section) else None
        field = _field(content[0]) if content else None
        comments: tuple[Comment, ...] = self.document.settings.comments
        comment = next((c for c in comments if c.name == "title" and c.value), None)
        given = plain(field[1]) if field else comment.value if comment else ""
        if given and lone and len(content) == 1 + bool(field) and _same(given, lone[0].astext()):
            # The heading says it again: it stands once.
            if field:
                self._promote(lone)
        elif field:
            self._insert(field[1].children[0].children, field.line)
            field.parent.remove(field)
            if not content[0].children:
                self.document.remove(content[0])
        elif comment:
            self._insert([nodes.Text(comment.value)], comment.line)
        elif lone and len(content) == 1 + isinstance(content[0], nodes.field_list):
            # Else it is docutils' own part, which passes over nothing after it, nor over Sphinx' `:orphan:` above it.
            if self.document[-1] is not lone or len(content) > 1:
                self._promote(lone)
        elif named:
            self._insert([nodes.Text(named)], 1)
        elif sections := [child for child in content if isinstance(child, nodes.section)]:
            self.document[GUESSED] = "several" if len(sections) > 1 else "below"
            self._promote(sections[0])
        else:
            self.document[GUESSED] = "file"
            self._insert([nodes.Text(words(Path(self.document["source"])))], 1)

    def _insert(self, words: Sequence[nodes.Node], line: int | None) -> None:
        title = nodes.title("", "", *words)
        title.source, title.line = self.document["source"], line
        self.document.insert(0, title)
        self.document.settings.doctitle_xform = False

    def _promote(self, section: nodes.section) -> None:
        """Make a section's heading the title, and what stood before it the beginning of its text."""
        place = self.document.index(section)
        before, after = self.document[:place], self.document[place + 1 :]
        self.document.update_all_atts_concatenating(section, replace=True, and_source=True)
        self.document[:] = [section[0], *before, *section[1:], *after]
        self.document.settings.doctitle_xform = False


def words(path: Path) -> str:
    """The name of a file, or of the folder of an `index.rst`, as words."""
    name = path.resolve().parent.name if path.stem == "index" else path.stem
    said = " ".join(name.replace("-", " ").replace("_", " ").split())
    return said[:1].upper() + said[1:] or "Untitled"


def _named(document: nodes.document) -> str:
    """What the directives `title` and `meta` call the document."""
    metas = {str(meta.get("name", "")).lower(): meta["content"] for meta in below(document, nodes.meta)}
    found = (" ".join(str(text).split()) for text in (document.get("title", ""), *map(metas.get, _NAMING)) if text)
    return next(filter(None, found), "")


def _field(first: nodes.Node) -> nodes.field | None:
    """The field of the title, where a document begins with a list of fields."""
    for field in first.children if isinstance(first, nodes.field_list) else ():
        if isinstance(field, nodes.field) and field[0].astext().lower() == "title":
            body = field.children[1].children
            return field if plain(field.children[1]) and isinstance(body[0], nodes.paragraph) else None
    return None


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
