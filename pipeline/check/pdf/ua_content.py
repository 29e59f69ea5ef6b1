"""PDF/UA-1: what the pages draw (clauses 7.1, 7.2 and 7.20)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from pipeline.check.pdf.content import Mark
from pipeline.check.pdf.facts import Facts, Rule
from pipeline.check.pdf.objects import Objects, Stream, referred, words
from pipeline.check.pdf.tree import Element

_LANGUAGE_TAG = re.compile(
    r"([a-z]{2,3}(-[a-z]{3}){0,3}|[a-z]{4,8})(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-([a-z\d]{5,8}|\d[a-z\d]{3}))*"
    r"(-[a-wyz\d](-[a-z\d]{2,8})+)*(-x(-[a-z\d]{1,8})+)?|[xi](-[a-z\d]{1,8})+",
    re.IGNORECASE | re.ASCII,
)


def _element(facts: Facts, marks: tuple[Mark, ...]) -> Element | None:
    """The element of the innermost mark that the structure tree knows."""
    return next((facts.tagged[mark.key] for mark in reversed(marks) if mark.key in facts.tagged), None)


def _artifact(mark: Mark) -> bool:
    return mark.tag == "Artifact"


def no_artifact_in_tagged(facts: Facts) -> Iterator[str]:
    for *around, mark in facts.content.nested:
        if _artifact(mark) and _element(facts, tuple(around)):
            yield ""


def no_tagged_in_artifact(facts: Facts) -> Iterator[str]:
    for *around, mark in facts.content.nested:
        if any(map(_artifact, around)) and _element(facts, (mark,)):
            yield ""


def all_marked(facts: Facts) -> Iterator[str]:
    tagged = facts.tagged
    for shown in facts.content.shown:
        marks = shown.marks
        # Most are in a mark of their own, and that tells.
        if not (marks and marks[-1].key in tagged) and not shown.artifact and not _element(facts, marks):
            yield f"page {shown.page + 1}: {shown.kind}"


def text_language(facts: Facts) -> Iterator[str]:
    if not facts.language:
        for shown in facts.content.shown:
            if shown.kind == "text" and not shown.artifact and not _spoken(facts, shown.marks):
                yield f"page {shown.page + 1}"


def _spoken(facts: Facts, marks: tuple[Mark, ...]) -> bool:
    said = any(mark.properties is not None and "/Lang" in mark.properties for mark in marks)
    return said or facts.has_language(_element(facts, marks))


def _replacement_language(key: str) -> Callable[[Facts], Iterator[str]]:
    return lambda facts: (
        marks[-1].tag for marks in facts.content.described if key in marks[-1].properties and not _spoken(facts, marks)
    )


def no_reference_objects(facts: Facts) -> Iterator[str]:
    entry = facts.objects.entry
    for thing in facts.objects.numbered.values():
        if isinstance(thing, Stream) and entry(thing, "/Subtype") == "/Form" and entry(thing, "/Ref") is not None:
            yield ""


def tagged_forms_drawn_once(facts: Facts) -> Iterator[str]:
    tagged = {form for _, form, _ in facts.tagged}
    return (f"object {form}" for form, times in facts.content.forms.items() if times > 1 and form in tagged)


def parents_agree(facts: Facts) -> Iterator[str]:
    """ISO 32000-1, 14.7.4.4: what the parent tree says of a piece of content is what the structure tree says."""
    objects = facts.objects
    tree = objects.entry(objects.entry(facts.catalog, "/StructTreeRoot") or {}, "/ParentTree")
    known: dict[int, Any] = dict(_numbered(objects, tree, set()))
    owners: dict[tuple[int, int], list[Any]] = {}
    for (page, form, mcid), element in facts.tagged.items():
        if (page, form) not in owners:
            holder = objects.at(f"{form} 0 R" if form else facts.pages[page]) if form or page >= 0 else {}
            parents = objects.at(known.get(_key(objects, holder, "/StructParents")))
            owners[page, form] = parents if isinstance(parents, list) else []
        of_holder = owners[page, form]
        if mcid >= len(of_holder) or _differ(objects, of_holder[mcid], element):
            yield f"page {page + 1}: content {mcid} of {element.type}"
    for annotation in facts.annotations:
        owner = annotation.element
        if owner and _differ(objects, known.get(_key(objects, annotation.entries, "/StructParent")), owner):
            yield f"page {annotation.page}: annotation of {owner.type}"


def _numbered(objects: Objects, given: Any, seen: set[str]) -> Iterator[tuple[int, Any]]:
    """A number tree's pairs (7.9.7)."""
    node, name = objects.at(given), referred(given)
    if node is None or name in seen:
        return
    seen |= {name} - {""}
    flat = objects.listed(node.get("/Nums"))
    yield from ((int(objects.at(number)), value) for number, value in zip(flat[::2], flat[1::2], strict=False))
    for kid in objects.listed(node.get("/Kids")):
        yield from _numbered(objects, kid, seen)


def _key(objects: Objects, holder: dict[str, Any], name: str) -> int:
    found = objects.entry(holder, name)
    return -1 if found is None else int(found)


def _differ(objects: Objects, owner: Any, element: Element) -> bool:
    return owner != element.reference and (type(objects.at(owner)) is not dict or referred(owner) != element.reference)


def language_tags(facts: Facts) -> Iterator[str]:
    catalog = facts.objects.entry(facts.catalog, "/Lang")
    said = [None if catalog is None else words(catalog)]
    said += [element.text("/Lang") for element in facts.tree.elements]
    said += [
        str(around[-1].properties["/Lang"]) for around in facts.content.described if "/Lang" in around[-1].properties
    ]
    for tag in said:
        if tag is not None and not _LANGUAGE_TAG.fullmatch(tag):
            yield repr(tag)


RULES = (
    Rule("7.1-1", "no artifact is inside tagged content", no_artifact_in_tagged),
    Rule("7.1-2", "no tagged content is inside an artifact", no_tagged_in_artifact),
    Rule("7.1-3", "all content is tagged or an artifact", all_marked),
    Rule("7.1-P", "the parent tree agrees with the structure tree", parents_agree),
    Rule("7.2-29", "languages are tags as BCP 47 has them", language_tags),
    Rule("7.2-30", "the language of ActualText in content is known", _replacement_language("/ActualText")),
    Rule("7.2-31", "the language of Alt in content is known", _replacement_language("/Alt")),
    Rule("7.2-32", "the language of E in content is known", _replacement_language("/E")),
    Rule("7.2-34", "the language of text is known", text_language),
    Rule("7.20-1", "no form shows a page of another file", no_reference_objects),
    Rule("7.20-2", "forms with tagged content are drawn once", tagged_forms_drawn_once),
)
