"""PDF/UA-1: annotations, form fields and media (clauses 7.2 and 7.18)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pipeline.check.pdf.facts import Facts, Rule
from pipeline.check.pdf.tree import Element, bare

Places = Callable[[Facts], Iterator[str]]
_OWN_RULES = ("Widget", "Link", "PrinterMark", "Popup", "TrapNet")


def _kind(annotation: Any) -> str:
    return bare(annotation.get("/Subtype"))


def _visible(facts: Facts) -> Iterator[tuple[str, Any, Element | None]]:
    """Annotations that are neither hidden nor off the page, with their place in words and their element."""
    for number, annotation in facts.visible:
        yield f"page {number}: {_kind(annotation)}", annotation, facts.referred.get(annotation.objgen)


def _text(holder: Any, key: str) -> bool:
    return bool(str(holder.get(key, "")).strip())


def _in(kind: str, role: str) -> Places:
    return lambda facts: (
        place
        for place, annotation, element in _visible(facts)
        if _kind(annotation) == kind and (element is None or role not in element.roles)
    )


def in_annot(facts: Facts) -> Iterator[str]:
    for place, annotation, element in _visible(facts):
        if _kind(annotation) not in _OWN_RULES and (element is None or "Annot" not in element.roles):
            yield place


def described(facts: Facts) -> Iterator[str]:
    for place, annotation, element in _visible(facts):
        told = _text(annotation, "/Contents") or (element is not None and _text(element.object, "/Alt"))
        if _kind(annotation) not in _OWN_RULES and not told:
            yield place


def fields_named(facts: Facts) -> Iterator[str]:
    for place, annotation, element in _visible(facts):
        told = element is not None and _text(element.object, "/Alt")
        if _kind(annotation) == "Widget" and not told and not _text(_field(annotation), "/TU"):
            yield place


def links_described(facts: Facts) -> Iterator[str]:
    for place, annotation, _ in _visible(facts):
        if _kind(annotation) == "Link" and not _text(annotation, "/Contents"):
            yield place


def no_trap_nets(facts: Facts) -> Iterator[str]:
    return (f"page {number}" for number, annotation in facts.annotations if _kind(annotation) == "TrapNet")


def printer_marks_outside(facts: Facts) -> Iterator[str]:
    for number, annotation in facts.annotations:
        if _kind(annotation) == "PrinterMark" and annotation.objgen in facts.referred:
            yield f"page {number}"


def tabs_by_structure(facts: Facts) -> Iterator[str]:
    for number in sorted({number for number, _ in facts.annotations}):
        if facts.pdf.pages[number - 1].obj.get("/Tabs") != "/S":
            yield f"page {number}"


def contents_language(facts: Facts) -> Iterator[str]:
    for place, annotation, element in _visible(facts):
        if _text(annotation, "/Contents") and "/Lang" not in annotation and not facts.has_language(element):
            yield place


def tooltip_language(facts: Facts) -> Iterator[str]:
    for place, annotation, element in _visible(facts):
        if _text(_field(annotation), "/TU") and not facts.has_language(element):
            yield place


def clips_typed(facts: Facts) -> Iterator[str]:
    return ("" for clip in facts.dictionaries(b"/MCD") if clip.get("/S") == "/MCD" and not str(clip.get("/CT", "")))


def clips_described(facts: Facts) -> Iterator[str]:
    """Alt is pairs of language and text."""
    for clip in facts.dictionaries(b"/MCD"):
        if clip.get("/S") == "/MCD" and not any(str(text).strip() for text in list(clip.get("/Alt", []))[1::2]):
            yield ""


def _field(annotation: Any) -> Any:
    """The form field of a widget, which may be the widget itself."""
    field = annotation
    while "/TU" not in field and "/Parent" in field and _kind(annotation) == "Widget":
        field = field["/Parent"]
    return field


RULES = (
    Rule("7.2-24", "the language of an annotation's Contents is known", contents_language),
    Rule("7.2-25", "the language of a field's name is known", tooltip_language),
    Rule("7.18.1-1", "annotations are in an Annot element", in_annot),
    Rule("7.18.1-2", "annotations have Contents or alternative text", described),
    Rule("7.18.1-3", "form fields have a name that is read out", fields_named),
    Rule("7.18.2-1", "there are no trap nets", no_trap_nets),
    Rule("7.18.3-1", "the tab order of pages with annotations follows the structure", tabs_by_structure),
    Rule("7.18.4-1", "form fields are in a Form element", _in("Widget", "Form")),
    Rule("7.18.5-1", "links are in a Link element", _in("Link", "Link")),
    Rule("7.18.5-2", "links have Contents", links_described),
    Rule("7.18.6.2-1", "media clips have a content type", clips_typed),
    Rule("7.18.6.2-2", "media clips have alternative text", clips_described),
    Rule("7.18.8-1", "printer's marks are not in the structure", printer_marks_outside),
)
