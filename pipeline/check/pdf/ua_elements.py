"""PDF/UA-1: the structure elements, each and one within another (clauses 7.1 to 7.9).

NonStruct says nothing of its own, so that what it holds counts as its parent's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.check.pdf.facts import Facts, Rule
from pipeline.check.pdf.objects import words
from pipeline.check.pdf.tables import irregular, without_headers
from pipeline.check.pdf.tree import STANDARD, Element

Places = Callable[[Facts], Iterator[str]]


def named(element: Element) -> str:
    """An element in words: its type, and its title or alternative text where it has one."""
    label = element.text("/T") or element.text("/Alt") or ""
    return f"{element.type} {label!r}" if label else element.type


def parent_of(element: Element) -> str:
    above = element.parent
    while above and above.role == "NonStruct":
        above = above.parent
    return above.role if above else ""


def kids_of(element: Element) -> list[Element]:
    kids: list[Element] = []
    for kid in element.elements:
        kids += kids_of(kid) if kid.role == "NonStruct" else [kid]
    return kids


def _of(facts: Facts, role: str) -> list[Element]:
    return facts.by_role.get(role, [])


def _inside(role: str, *parents: str) -> Places:
    return lambda facts: (
        f"{named(element)} in {parent_of(element) or 'the root'}"
        for element in _of(facts, role)
        if parent_of(element) not in parents
    )


def _only(role: str, *kids: str) -> Places:
    return lambda facts: (
        f"{named(kid)} in {named(element)}"
        for element in _of(facts, role)
        for kid in kids_of(element)
        if kid.role not in kids
    )


def _at_most_one(role: str, kid: str) -> Places:
    return lambda facts: (
        named(element) for element in _of(facts, role) if [each.role for each in kids_of(element)].count(kid) > 1
    )


def _with_body(part: str) -> Places:
    def lacking(facts: Facts) -> Iterator[str]:
        for table in _of(facts, "Table"):
            roles = [kid.role for kid in kids_of(table)]
            if part in roles and "TBody" not in roles:
                yield named(table)

    return lacking


def _caption(role: str, *places: int) -> Places:
    def misplaced(facts: Facts) -> Iterator[str]:
        for element in _of(facts, role):
            roles = [kid.role for kid in kids_of(element)]
            if "Caption" in roles and (roles.count("Caption") > 1 or all(roles[at] != "Caption" for at in places)):
                yield named(element)

    return misplaced


def _spoken(key: str) -> Places:
    def unspoken(facts: Facts) -> Iterator[str]:
        if not facts.language:
            for element in facts.tree.elements:
                if element.has(key) and not facts.has_language(element):
                    yield named(element)

    return unspoken


def mapped(facts: Facts) -> Iterator[str]:
    return (element.type for element in _of(facts, ""))


def no_circles(facts: Facts) -> Iterator[str]:
    for name in facts.tree.role_map:
        seen, at = set(), name
        while at in facts.tree.role_map and at not in seen:
            seen.add(at)
            at = facts.tree.role_map[at]
        if at == name:
            yield name


def not_remapped(facts: Facts) -> Iterator[str]:
    return (name for name, to in facts.tree.role_map.items() if name in STANDARD and to != name)


def parent_named(facts: Facts) -> Iterator[str]:
    return (named(element) for element in facts.tree.elements if not element.has("/P"))


def described(role: str) -> Places:
    return lambda facts: (
        named(element)
        for element in _of(facts, role)
        if not (element.text("/Alt") or "").strip() and element.text("/ActualText") is None
    )


def levels_in_steps(facts: Facts) -> Iterator[str]:
    before = facts.above
    for element in facts.tree.elements:
        if element.role[:1] == "H" and element.role[1:].isdigit():
            level = int(element.role[1:])
            if level > before + 1:
                yield f"{named(element)} after {f'H{before}' if before else 'no heading'}"
            before = level


def one_heading_each(facts: Facts) -> Iterator[str]:
    if len(_of(facts, "H")) > 1:
        for element in facts.tree.elements:
            if [kid.role for kid in kids_of(element)].count("H") > 1:
                yield named(element)


def one_kind_of_heading(facts: Facts) -> Iterator[str]:
    if _of(facts, "H") and any(_of(facts, f"H{level}") for level in range(1, 7)):
        yield ""


def notes_have_ids(facts: Facts) -> Iterator[str]:
    return (named(note) for note in _of(facts, "Note") if not note.text("/ID"))


def ids_differ(facts: Facts) -> Iterator[str]:
    return (name for name, times in facts.ids.items() if name and times > 1)


def regular(facts: Facts) -> Iterator[str]:
    return (named(table) for table in _of(facts, "Table") if irregular(table))


def cells_have_headers(facts: Facts) -> Iterator[str]:
    return (named(table) for table in _of(facts, "Table") if without_headers(table))


def headers_exist(facts: Facts) -> Iterator[str]:
    for cell in _of(facts, "TD"):
        headers = (words(facts.objects.at(header)) for header in cell.attribute("/Headers") or [])
        yield from (header for header in headers if header not in facts.ids)


_PARTS = ("Table", "THead", "TBody", "TFoot")
RULES = (
    Rule("7.1-5", "every type is a standard one or mapped to one", mapped),
    Rule("7.1-6", "no type is mapped to itself in a circle", no_circles),
    Rule("7.1-7", "no standard type is mapped to another", not_remapped),
    Rule("7.1-12", "every element names its parent", parent_named),
    Rule("7.2-3", "a table holds rows, groups of rows and a caption", _only("Table", "TR", *_PARTS[1:], "Caption")),
    Rule("7.2-4", "a row is in a table or a group of rows", _inside("TR", *_PARTS)),
    Rule("7.2-5", "THead is in a table", _inside("THead", "Table")),
    Rule("7.2-6", "TBody is in a table", _inside("TBody", "Table")),
    Rule("7.2-7", "TFoot is in a table", _inside("TFoot", "Table")),
    Rule("7.2-8", "TH is in a row", _inside("TH", "TR")),
    Rule("7.2-9", "TD is in a row", _inside("TD", "TR")),
    Rule("7.2-10", "a row holds cells", _only("TR", "TH", "TD")),
    Rule("7.2-11", "a table has one THead at most", _at_most_one("Table", "THead")),
    Rule("7.2-12", "a table has one TFoot at most", _at_most_one("Table", "TFoot")),
    Rule("7.2-13", "a table with a TFoot has a TBody", _with_body("TFoot")),
    Rule("7.2-14", "a table with a THead has a TBody", _with_body("THead")),
    Rule("7.2-16", "a table has one caption at most, first or last", _caption("Table", 0, -1)),
    Rule("7.2-17", "LI is in a list", _inside("LI", "L")),
    Rule("7.2-18", "LBody is in an item of a list", _inside("LBody", "LI")),
    Rule("7.2-19", "a list holds items, lists and a caption", _only("L", "LI", "L", "Caption")),
    Rule("7.2-20", "an item of a list holds Lbl and LBody", _only("LI", "Lbl", "LBody")),
    Rule("7.2-21", "the language of ActualText is known", _spoken("/ActualText")),
    Rule("7.2-22", "the language of alternative text is known", _spoken("/Alt")),
    Rule("7.2-23", "the language of expansions is known", _spoken("/E")),
    Rule("7.2-26", "TOCI is in a table of contents", _inside("TOCI", "TOC")),
    Rule("7.2-27", "a table of contents holds TOC, TOCI and a caption", _only("TOC", "TOC", "TOCI", "Caption")),
    Rule("7.2-28", "a table of contents has one caption at most, and first", _caption("TOC", 0)),
    Rule("7.2-36", "THead holds rows", _only("THead", "TR")),
    Rule("7.2-37", "TBody holds rows", _only("TBody", "TR")),
    Rule("7.2-38", "TFoot holds rows", _only("TFoot", "TR")),
    Rule("7.2-39", "a list has one caption at most, and first", _caption("L", 0)),
    Rule("7.2-42", "cells and spans of a table fill its grid once", regular),
    Rule("7.3-1", "figures have Alt or ActualText", described("Figure")),
    Rule("7.4.2-1", "headings begin at H1 and fall by one level", levels_in_steps),
    Rule("7.4.4-1", "an element has one H at most", one_heading_each),
    Rule("7.4.4-3", "headings are all H or all H1 to H6", one_kind_of_heading),
    Rule("7.5-1", "header cells have a Scope, or cells name their Headers", cells_have_headers),
    Rule("7.5-2", "Headers name cells that exist", headers_exist),
    Rule("7.7-1", "formulas have Alt or ActualText", described("Formula")),
    Rule("7.9-1", "notes have an ID", notes_have_ids),
    Rule("7.9-2", "no two elements have one ID", ids_differ),
)
