"""PDF/UA-1: annotations, form fields and media (clauses 7.2 and 7.18)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pipeline.check.pdf.facts import Annotation, Facts, Rule
from pipeline.check.pdf.objects import words

Places = Callable[[Facts], Iterator[str]]
_OWN_RULES = ("Widget", "Link", "PrinterMark", "Popup", "TrapNet")


def _place(annotation: Annotation) -> str:
    return f"page {annotation.page}: {annotation.kind}"


def _text(facts: Facts, annotation: Annotation, key: str) -> bool:
    return bool(facts.objects.text(annotation.entries, key).strip())


def _alternative(annotation: Annotation) -> bool:
    return annotation.element is not None and bool((annotation.element.text("/Alt") or "").strip())


def _within(annotation: Annotation, role: str) -> bool:
    return annotation.element is not None and role in annotation.element.roles


def _in(kind: str, role: str) -> Places:
    return lambda facts: (
        _place(annotation) for annotation in facts.visible if annotation.kind == kind and not _within(annotation, role)
    )


def in_annot(facts: Facts) -> Iterator[str]:
    for annotation in facts.visible:
        if annotation.kind not in _OWN_RULES and not _within(annotation, "Annot"):
            yield _place(annotation)


def described(facts: Facts) -> Iterator[str]:
    for annotation in facts.visible:
        told = _text(facts, annotation, "/Contents") or _alternative(annotation)
        if annotation.kind not in _OWN_RULES and not told:
            yield _place(annotation)


def fields_named(facts: Facts) -> Iterator[str]:
    for annotation in facts.visible:
        if annotation.kind == "Widget" and not (_alternative(annotation) or _has_name(facts, annotation)):
            yield _place(annotation)


def links_described(facts: Facts) -> Iterator[str]:
    for annotation in facts.visible:
        if annotation.kind == "Link" and not _text(facts, annotation, "/Contents"):
            yield _place(annotation)


def no_trap_nets(facts: Facts) -> Iterator[str]:
    return (f"page {annotation.page}" for annotation in facts.annotations if annotation.kind == "TrapNet")


def printer_marks_outside(facts: Facts) -> Iterator[str]:
    for annotation in facts.annotations:
        if annotation.kind == "PrinterMark" and annotation.element:
            yield f"page {annotation.page}"


def tabs_by_structure(facts: Facts) -> Iterator[str]:
    objects = facts.objects
    for number in sorted({annotation.page for annotation in facts.annotations}):
        if objects.entry(objects.at(facts.pages[number - 1]), "/Tabs") != "/S":
            yield f"page {number}"


def contents_language(facts: Facts) -> Iterator[str]:
    if not facts.language:
        for annotation in facts.visible:
            said = facts.objects.entry(annotation.entries, "/Lang") is not None
            if _text(facts, annotation, "/Contents") and not said and not facts.has_language(annotation.element):
                yield _place(annotation)


def tooltip_language(facts: Facts) -> Iterator[str]:
    if not facts.language:
        for annotation in facts.visible:
            if _has_name(facts, annotation) and not facts.has_language(annotation.element):
                yield _place(annotation)


def _clips(facts: Facts) -> Iterator[dict[str, Any]]:
    return (clip for clip in facts.dictionaries("/MCD") if facts.objects.entry(clip, "/S") == "/MCD")


def clips_typed(facts: Facts) -> Iterator[str]:
    return ("" for clip in _clips(facts) if not facts.objects.text(clip, "/CT"))


def clips_described(facts: Facts) -> Iterator[str]:
    """Alt is pairs of language and text."""
    for clip in _clips(facts):
        pairs = facts.objects.entry(clip, "/Alt") or []
        if not any(words(facts.objects.at(text)).strip() for text in pairs[1::2]):
            yield ""


def _has_name(facts: Facts, annotation: Annotation) -> bool:
    """Whether the form field of a widget, which may be the widget itself, says what it is for."""
    field, objects = annotation.entries, facts.objects
    while objects.entry(field, "/TU") is None and annotation.kind == "Widget":
        if (above := objects.entry(field, "/Parent")) is None:
            break
        field = above
    return bool(objects.text(field, "/TU").strip())


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
