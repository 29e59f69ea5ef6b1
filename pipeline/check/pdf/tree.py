"""The structure tree of a PDF, read into values (ISO 32000-1, 14.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

# ISO 32000-1, 14.8.4. A type that is not here must be mapped to one that is.
_GROUPS = ("Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index", "NonStruct")
_BLOCKS = ("P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI", "Lbl", "LBody")
_TABLES = ("Table", "TR", "TH", "TD", "THead", "TBody", "TFoot")
_INSIDE = ("Span", "Quote", "Note", "Reference", "BibEntry", "Code", "Link", "Annot", "Figure", "Formula", "Form")
_ASIAN = ("Ruby", "RB", "RT", "RP", "Warichu", "WT", "WP")
STANDARD = frozenset((*_GROUPS, "Private", *_BLOCKS, *_TABLES, *_INSIDE, *_ASIAN))


@dataclass(frozen=True, slots=True)
class Marked:
    """A leaf: marked content `mcid` of a page, or of a form XObject where `form` is its object number."""

    page: int  # from 0; -1 where the file does not say
    mcid: int
    form: int = 0

    @property
    def key(self) -> tuple[int, int, int]:
        """What `content.Mark.key` also says: a form's ids are its own, on whichever page it is drawn."""
        return (-1 if self.form else self.page, self.form, self.mcid)


@dataclass(frozen=True, slots=True, eq=False)
class Referred:
    """A leaf: an annotation or XObject that belongs to an element as a whole (OBJR)."""

    page: int
    object: pikepdf.Object


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """A structure element. `type` is the name it bears, `role` the standard type it stands for ('' for none)."""

    type: str
    role: str
    object: pikepdf.Object
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

    def text(self, key: str) -> str | None:
        """A text entry of the element: Alt, ActualText, E, Lang, ID, T. None where it is missing."""
        value = self.object.get(key)
        return None if value is None else str(value)

    def attribute(self, name: str) -> Any:
        """An attribute by name, whoever owns it; those of classes are not looked up."""
        found = self.object.get("/A")
        for item in found if isinstance(found, pikepdf.Array) else [found]:
            if isinstance(item, pikepdf.Dictionary | pikepdf.Stream) and name in item:
                return item[name]
        return None


@dataclass(frozen=True, slots=True)
class Tree:
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


def listed(value: Any) -> list[Any]:
    """An entry that may be one thing, many or none, as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def bare(name: Any) -> str:
    """A PDF name without its slash; '' for what is no name."""
    return str(name)[1:] if isinstance(name, pikepdf.Name) else ""


def read_tree(pdf: pikepdf.Pdf) -> Tree:
    """The tree of `pdf`: empty where it has none."""
    root = pdf.Root.get("/StructTreeRoot")
    if not isinstance(root, pikepdf.Dictionary):
        return Tree((), {})
    pages: dict[Any, int] = {page.objgen: number for number, page in enumerate(pdf.pages)}
    mapped = root.get("/RoleMap")
    role_map = {key[1:]: bare(name) for key, name in mapped.items()} if isinstance(mapped, pikepdf.Dictionary) else {}
    elements: list[Element] = []
    seen: set[tuple[int, int]] = set()
    stack: list[tuple[Element | None, Any, int]] = [(None, kid, -1) for kid in reversed(listed(root.get("/K")))]
    while stack:
        parent, kid, page = stack.pop()
        if isinstance(kid, int):
            if parent:
                parent.kids.append(Marked(page, kid))
            continue
        if not isinstance(kid, pikepdf.Dictionary):
            continue
        if "/Pg" in kid:
            page = pages.get(kid["/Pg"].objgen, -1)
        kind = kid.get("/Type")
        if "/MCID" in kid and kind != "/StructElem":
            form = kid.get("/Stm")
            if parent:
                parent.kids.append(Marked(page, int(kid["/MCID"]), form.objgen[0] if form is not None else 0))
        elif "/Obj" in kid and kind != "/StructElem":
            if parent:
                parent.kids.append(Referred(page, kid["/Obj"]))
        elif kid.objgen not in seen or kid.objgen == (0, 0):
            seen.add(kid.objgen)
            name = bare(kid.get("/S"))
            element = Element(name, standard_role(name, role_map), kid, parent)
            elements.append(element)
            if parent:
                parent.kids.append(element)
            stack += [(element, below, page) for below in reversed(listed(kid.get("/K")))]
    return Tree(tuple(elements), role_map)
