"""Notes on their way to the foot of the page: from where their author put them to right after their first call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree


def called(root: etree._Element) -> None:
    """Put each note that belongs to a foot behind its call, which no line then parts from its word.

    Lists that have no note left go, and a rule that stood above them at the end of a text.
    """
    namespace = str(root.tag).partition("}")[0] + "}"
    waiting = [note for note in root.iter(f"{namespace}aside") if note.get("data-foot")]
    if not waiting:
        return
    calls = {call.get("id", ""): call for call in root.iter(f"{namespace}a") if call.get("role") == "doc-noteref"}
    for note in waiting:
        call, group = calls[str(note.attrib.pop("data-foot"))], note.getparent()
        assert group is not None
        note.set("class", f"{note.get('class', '')} at-foot")
        note.tail, call.tail = call.tail, None
        call.addnext(note)
        if not len(group):
            _removed(group, f"{namespace}hr")
    for call in calls.values():
        _joined(call)


def _removed(group: etree._Element, rule: str) -> None:
    parent, before = group.getparent(), group.getprevious()
    assert parent is not None
    last = group.getnext() is None
    parent.remove(group)
    if last and before is not None and before.tag == rule:
        parent.remove(before)


def _joined(call: etree._Element) -> None:
    """A line may break between a sign like ! and a number."""
    before, parent = call.getprevious(), call.getparent()
    assert parent is not None
    text = (parent.text if before is None else before.tail) or ""
    if text and not text[-1].isspace():
        if before is None:
            parent.text = f"{text}\N{WORD JOINER}"
        else:
            before.tail = f"{text}\N{WORD JOINER}"
