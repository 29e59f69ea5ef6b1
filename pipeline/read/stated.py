"""What a doctree states of its document, taken out of the tree: fields, what blogs are told, `meta` elements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from docutils import nodes
from msgspec import Struct

from pipeline.catalogue import CALLED, ROLES
from pipeline.errors import Location
from pipeline.read import dates
from pipeline.read.decode import CONTROL
from pipeline.read.facts import below, plain
from pipeline.read.names import people
from pipeline.read.preamble import Comment

# What fields are called, in docutils, PEPs, Pelican, Nikola, ABlog and Sphinx → what they are to us.
_KEYS = {
    "author": "author",
    "authors": "authors",
    "date": "date",
    "dates": "date",
    "created": "date",
    "revised": "revised",
    "modified": "revised",
    "updated": "revised",
    "last-modified": "revised",
    "subjects": "subjects",
    "keywords": "subjects",
    "tags": "subjects",
    "category": "subjects",
    "language": "language",
    "lang": "language",
    "identifier": "identifier",
    "short title": "short_title",
    "summary": "description",
    "description": "description",
    "publisher": "publisher",
    "organization": "publisher",
    "rights": "rights",
    "copyright": "rights",
    "contact": "contact",
    "address": "address",
    "source": "source_url",
    "isbn": "isbn",
    "series": "series",
    "series number": "series_number",
    "file as": "filed",
    **ROLES,
    **{f"{name}s": code for name, code in ROLES.items()},
}
_TEXTS = {"abstract": "standfirst", "dedication": "opening"}
# Told to a program, of no use on a page: by Sphinx, Pelican, Nikola, ABlog, PEP 12.
_SWITCHES = frozenset(
    (
        *("orphan", "tocdepth", "nocomments", "no-comments", "nosearch", "no-search"),
        *("slug", "save_as", "template", "translation"),
        *("pretty_url", "hidetitle", "has_math", "previewimage", "guid", "enclosure", "wp-status"),
        *("blogpost", "og_image"),
        "content-type",
    )
)
KNOWN = frozenset({*_KEYS, *_TEXTS})
# Fields that are metadata, and yet words for the reader of the text; in a book, where no colophon says them, more.
_READ = frozenset(("organization", "description", "keywords"))
_READ_IN_A_BOOK = _READ | {"publisher", "rights", "copyright", "contact", "address", "isbn", "series", "series number"}
# `meta` elements: HTML's own, and those of Dublin Core.
_METAS = {"creator": "author", "subject": "subjects", **_KEYS}


class Stated(Struct, frozen=True):
    """One statement: its name as written, its texts, and what it is to us, '' if nothing that is known."""

    kind: Literal["field", "blog", "meta"]
    name: str
    key: str
    values: tuple[str, ...]
    where: Location


def fields() -> dict[str, str]:
    """What a field may be called where it is a key, without spaces → what it is to us."""
    return {name.replace(" ", "_"): key for name, key in _KEYS.items() if "-" not in name}


def take(doctree: nodes.document, path: Path, *, member: bool = False) -> list[Stated]:
    """The statements of a document. Those that are nothing to read are taken out of the tree.

    Fields are those of a field list that comes first under the title. An `:Abstract:` or `:Dedication:` is text to be
    read, so it stays, on the title page; a field that is not known, or that a `member` of a book has no other place
    for, in the list.
    """
    return [*_fields(doctree, path, member), *_comments(doctree.settings.comments, path), *_metas(doctree, path)]


def _fields(doctree: nodes.document, path: Path, member: bool) -> Iterator[Stated]:
    leading = (nodes.Titular, nodes.PreBibliographic, nodes.substitution_definition, nodes.target)
    first = next((child for child in doctree.children if not isinstance(child, leading)), None)
    if not isinstance(first, nodes.field_list):
        return
    fields = [child for child in first.children if isinstance(child, nodes.field)]
    pep = fields[0][0].astext().isupper()
    shown = next((plain(child) for child in doctree.children if isinstance(child, nodes.title)), "")
    for field in fields:
        name, body = field[0].astext(), field[1]
        assert isinstance(body, nodes.field_body)
        key = _key(name)
        if key not in ("date", "revised"):  # which say what is wrong with them
            _unkey(body)
        if place := _TEXTS.get(name.lower()):
            doctree.append(nodes.container("", *body.children, place=place))
            first.remove(field)
            continue
        values = tuple(_values(body))
        if key == "author" and pep:
            key = "authors"
        if not _stays(name.lower(), key, values, shown, member):
            first.remove(field)
            # What leads to a word of it leads to the title.
            doctree["ids"] += [name for node in below(field, nodes.Element) for name in node["ids"]]
        if values and name.lower() not in _SWITCHES:
            yield Stated("field", name, key, values, Location(path, field.line))
    if not first.children:
        doctree.remove(first)


def _comments(found: Iterable[Comment], path: Path) -> Iterator[Stated]:
    for comment in found:
        if comment.value and (key := _KEYS.get(comment.name)):
            yield Stated("blog", comment.name, key, (comment.value,), Location(path, comment.line))


def _metas(doctree: nodes.document, path: Path) -> Iterator[Stated]:
    for meta in list(below(doctree, nodes.meta)):
        meta.parent.remove(meta)
        name = str(meta.get("name", "")).lower()
        bare = name.removeprefix("dc.").removeprefix("dcterms.").removeprefix("pg.")
        if key := _METAS.get(bare):
            yield Stated(
                "blog" if meta.get("blog") else "meta",
                name,
                key,
                (" ".join(str(meta["content"]).split()),),
                Location(path, meta.line),
            )


def _key(name: str) -> str:
    lower = name.lower()
    return _KEYS.get(lower, "date" if lower.startswith("dates ") else "")


def _stays(name: str, key: str, values: tuple[str, ...], shown: str, member: bool) -> bool:
    if not values or name in _SWITCHES:
        return False
    if name == "title":
        return " ".join(values).casefold() != shown.casefold()
    if name == "status":  # Pelican's and Nikola's are for the program
        return values[0] not in ("published", "hidden", "skip")
    if key == "revised":
        try:
            return not dates.iso(values[0])
        except ValueError:
            return True
    if (member and key in ("author", "authors")) or key in CALLED:  # their addresses have no other place
        return bool(people("; ".join(values), listed=name.endswith("s"))[1])
    return not key or name in (_READ_IN_A_BOOK if member else _READ)


def _unkey(body: nodes.Element) -> None:
    """`$Revision: 7 $` is 7, and a keyword that no version control has filled in is nothing."""
    if len(body.children) == 1 and isinstance(body[0], nodes.paragraph) and len(body[0].children) == 1:
        text = body[0].astext()
        if (filled := dates.unkeyed(text)) != text:
            body[:] = [nodes.paragraph("", filled)] if filled else []


def _values(body: nodes.Element) -> list[str]:
    """The texts of a field: one, or one an item if it is a list."""
    first = next(iter(body.children), None)
    if isinstance(first, nodes.enumerated_list) and (first["enumtype"] != "arabic" or len(first.children) == 1):
        # “A. One” and “6. May 2024” read as the first item of a list.
        return [" ".join(body.rawsource.split())]
    if isinstance(first, nodes.line_block):
        return [", ".join(_text(line) for line in first.children)]
    items: list[nodes.Node] = [*body.findall(nodes.list_item)] or ([body] if body.children else [])
    return list(filter(None, map(_text, items)))


def _text(node: nodes.Node) -> str:
    """The text of a field, with the address of a link whose words do not say it."""
    said = node.astext()
    for link in node.findall(nodes.reference):
        address = link.get("refuri", "").removeprefix("mailto:")
        if address and address not in said:
            said = said.replace(link.astext(), f"{link.astext()} ({address})", 1)
    # A substitution can bring what no edition can hold.
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", " ".join(said.split()))
