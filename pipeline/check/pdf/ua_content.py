"""PDF/UA-1: what the pages draw (clauses 7.1, 7.2 and 7.20)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf

from pipeline.check.pdf.content import Mark
from pipeline.check.pdf.facts import Facts, Rule
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
    for *around, mark in facts.content.marks:
        if _artifact(mark) and _element(facts, tuple(around)):
            yield ""


def no_tagged_in_artifact(facts: Facts) -> Iterator[str]:
    for *around, mark in facts.content.marks:
        if _element(facts, (mark,)) and any(map(_artifact, around)):
            yield ""


def all_marked(facts: Facts) -> Iterator[str]:
    for shown in facts.content.shown:
        if not shown.artifact and not _element(facts, shown.marks):
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
        marks[-1].tag
        for marks in facts.content.marks
        if marks[-1].properties is not None and key in marks[-1].properties and not _spoken(facts, marks)
    )


def no_reference_objects(facts: Facts) -> Iterator[str]:
    for thing in facts.pdf.objects:
        if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Form" and "/Ref" in thing:
            yield ""


def tagged_forms_drawn_once(facts: Facts) -> Iterator[str]:
    tagged = {form for _, form, _ in facts.tagged}
    return (f"object {form}" for form, times in facts.content.forms.items() if times > 1 and form in tagged)


def parents_agree(facts: Facts) -> Iterator[str]:
    """ISO 32000-1, 14.7.4.4: what the parent tree says of a piece of content is what the structure tree says."""
    tree = facts.root.get("/StructTreeRoot", {}).get("/ParentTree")
    known: dict[int, Any] = dict(pikepdf.NumberTree(tree).items()) if tree is not None else {}
    for key, element in facts.tagged.items():
        page, form, mcid = key
        holder: Any = facts.pdf.get_object(form, 0) if form else facts.pdf.pages[page].obj if page >= 0 else {}
        parents = known.get(int(holder.get("/StructParents", -1)))
        if not isinstance(parents, pikepdf.Array) or mcid >= len(parents) or _differ(parents[mcid], element.object):
            yield f"page {page + 1}: content {mcid} of {element.type}"
    for number, annotation in facts.annotations:
        owner = facts.referred.get(annotation.objgen)
        if owner and _differ(known.get(int(annotation.get("/StructParent", -1))), owner.object):
            yield f"page {number}: annotation of {owner.type}"


def _differ(one: Any, other: Any) -> bool:
    # pikepdf's own == compares what dictionaries hold, and these hold the whole tree.
    return not isinstance(one, pikepdf.Dictionary) or one.objgen != other.objgen


def language_tags(facts: Facts) -> Iterator[str]:
    marks = (around[-1].properties for around in facts.content.marks)
    said = [element.object for element in facts.tree.elements]
    said += [properties for properties in marks if properties is not None]
    for holder in (facts.root, *said):
        tag = holder.get("/Lang")
        if tag is not None and not _LANGUAGE_TAG.fullmatch(str(tag)):
            yield repr(str(tag))


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
