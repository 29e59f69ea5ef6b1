"""The structure tree of a PDF, read into values (ISO 32000-1, 14.7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pikepdf
from msgspec import Struct, field

from pipeline.check.pdf.objects import Objects, bare, read_objects, reference, referred, words

# ISO 32000-1, 14.8.4. A type that is not here must be mapped to one that is.
_GROUPS = ("Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index", "NonStruct")
_BLOCKS = ("P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI", "Lbl", "LBody")
_TABLES = ("Table", "TR", "TH", "TD", "THead", "TBody", "TFoot")
_INSIDE = ("Span", "Quote", "Note", "Reference", "BibEntry", "Code", "Link", "Annot", "Figure", "Formula", "Form")
_ASIAN = ("Ruby", "RB", "RT", "RP", "Warichu", "WT", "WP")
STANDARD = frozenset((*_GROUPS, "Private", *_BLOCKS, *_TABLES, *_INSIDE, *_ASIAN))


class Marked(NamedTuple):
    """A leaf: marked content `mcid` of a page, or of a form XObject where `form` is its object number."""

    page: int  # from 0; -1 where the file does not say
    mcid: int
    form: int = 0

    @property
    def key(self) -> tuple[int, int, int]:
        """What `content.Mark.key` also says: a form's ids are its own, on whichever page it is drawn."""
        return (-1 if self.form else self.page, self.form, self.mcid)


class Referred(Struct, frozen=True, eq=False):
    """A leaf: an annotation or XObject that belongs to an element as a whole (OBJR), by its reference.

    `entries` are its own, or none for what is no dictionary.
    """

    page: int
    reference: str
    entries: dict[str, Any]


class Element(Struct, frozen=True, eq=False):
    """A structure element. `type` is the name it bears, `role` the standard type it stands for ('' for none).

    `entries` are plain values, as `objects` has them; `reference` is '' where the element has no number.
    """

    type: str
    role: str
    objects: Objects
    reference: str
    entries: dict[str, Any]
    parent: Element | None
    kids: list[Element | Marked | Referred] = field(default_factory=list)

    @property
    def elements(self) -> list[Element]:
        return [kid for kid in self.kids if isinstance(kid, Element)]

    @property
    def path(self) -> tuple[Element, ...]:
        """From the root's child down to this element."""
        return (*self.parent.path, self) if self.parent else (self,)

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(element.role for element in self.path)

    def has(self, key: str) -> bool:
        return key in self.entries and self.objects.at(self.entries[key]) is not None

    def text(self, key: str) -> str | None:
        """A text entry of the element: Alt, ActualText, E, Lang, ID, T. None where it is missing."""
        if key not in self.entries or (value := self.objects.at(self.entries[key])) is None:
            return None
        return words(value)

    def attribute(self, name: str) -> Any:
        """An attribute by name, whoever owns it; those of classes are not looked up."""
        for item in self.objects.listed(self.entries.get("/A")):
            holder = self.objects.at(item)
            if isinstance(holder, dict) and (found := self.objects.entry(holder, name)) is not None:
                return found
        return None


class Tree(Struct, frozen=True):
    """All elements in reading order, and what names stand for."""

    elements: tuple[Element, ...]
    role_map: dict[str, str]

    @property
    def top(self) -> list[Element]:
        return [element for element in self.elements if element.parent is None]

    def leaves(self) -> Iterator[tuple[Element, Marked]]:
        """Marked content in reading order, each with the element it hangs from."""
        stack: list[tuple[Element | None, Any]] = [(None, kid) for kid in reversed(self.top)]
        while stack:
            parent, kid = stack.pop()
            if isinstance(kid, Element):
                stack += [(kid, below) for below in reversed(kid.kids)]
            elif isinstance(kid, Marked) and parent:
                yield parent, kid


def standard_role(name: str, role_map: dict[str, str]) -> str:
    """The standard type that `name` is mapped to, through any steps; '' where there is none or the way is a circle."""
    seen: set[str] = set()
    while name not in STANDARD:
        if name in seen or name not in role_map:
            return ""
        seen.add(name)
        name = role_map[name]
    return name


def read_tree(pdf: pikepdf.Pdf, objects: Objects | None = None) -> Tree:
    """The tree of `pdf`, whose `objects` may have been read before: empty where it has none."""
    objects = objects or read_objects(pdf)
    root = objects.at(reference(pdf.Root))
    top = objects.entry(root, "/StructTreeRoot")
    if type(top) is not dict:
        return Tree((), {})
    pages: dict[str, int] = {reference(page.obj): number for number, page in enumerate(pdf.pages)}
    mapped = objects.entry(top, "/RoleMap")
    role_map = {key[1:]: bare(objects.at(name)) for key, name in mapped.items()} if type(mapped) is dict else {}
    roles: dict[str, str] = {}
    elements: list[Element] = []
    seen: set[str] = set()
    stack: list[tuple[Element | None, Any, int]] = [(None, kid, -1) for kid in reversed(objects.listed(top.get("/K")))]
    while stack:
        parent, given, page = stack.pop()
        kid = objects.at(given)
        if isinstance(kid, int):
            if parent:
                parent.kids.append(Marked(page, kid))
            continue
        if type(kid) is not dict:
            continue
        if "/Pg" in kid and (sheet := objects.at(kid["/Pg"])) is not None:
            if isinstance(sheet, int | float):
                raise TypeError("a number stands for the page of an element")
            page = pages.get(referred(kid["/Pg"]), -1)
        kind = kid.get("/Type")
        if kind != "/StructElem" and objects.entry(kid, "/MCID") is not None:
            if parent:
                parent.kids.append(Marked(page, int(objects.at(kid["/MCID"])), _number(objects, kid.get("/Stm"))))
        elif kind != "/StructElem" and (thing := objects.entry(kid, "/Obj")) is not None:
            if parent:
                parent.kids.append(Referred(page, referred(kid["/Obj"]), thing if type(thing) is dict else {}))
        elif (name := referred(given)) not in seen or not name:
            seen.add(name)
            type_ = bare(objects.entry(kid, "/S"))
            if type_ not in roles:
                roles[type_] = standard_role(type_, role_map)
            element = Element(type_, roles[type_], objects, name, kid, parent)
            elements.append(element)
            if parent:
                parent.kids.append(element)
            if "/K" in kid:
                stack += [(element, below, page) for below in reversed(objects.listed(kid["/K"]))]
    return Tree(tuple(elements), role_map)


def _number(objects: Objects, form: Any) -> int:
    """The object number of a form; 0 for none."""
    return int(form.split()[0]) if referred(form) and objects.at(form) is not None else 0
