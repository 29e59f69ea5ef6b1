"""Notes, of whatever kind docutils knows: which of them are for the foot of a page, and where the others stand.

A note goes to the foot of the page of its first call, each naming the other as `foot`; one to a table or a figure
comes right after that. Any other stays where its author put it: one that nothing calls, or another note; one on or from
the title page and the colophon; and notes that are all there is under a heading, which would be left without a text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from docutils import nodes

from pipeline.read.facts import CALLS, NOTES, below

_UNSEEN = (nodes.comment, nodes.substitution_definition, nodes.target, nodes.system_message)


def settle(doctree: nodes.document) -> None:
    """Give each note its place, and the calls that are shown as those it leads back to.

    Of notes in a row the first `opens` a list and the last `closes` it.
    """
    notes = {name: note for note in below(doctree, NOTES) for name in note["ids"]}
    calls: dict[nodes.Element, list[nodes.Element]] = defaultdict(list)
    names: set[str] = set()
    for call in below(doctree, CALLS):
        if not names.isdisjoint(call["ids"]):  # docutils 0.23 repeats it with the substitution that it stands in
            call["ids"] = []
        names.update(call["ids"])
        if (note := notes.get(call.get("refid", ""))) is not None:
            calls[note].append(call)
    kept = {note for parent in {note.parent for note in notes.values()} for note in _alone(parent)}
    shown: dict[nodes.Element, list[nodes.Element]] = defaultdict(list)  # by table or figure
    for note in notes.values():
        note["backrefs"] = [name for call in calls[note] for name in call["ids"]]
        if not note["backrefs"] or note in kept or _placed(note):
            continue
        around = list(_around(calls[note][0]))
        if _placed(calls[note][0]) or any(isinstance(above, NOTES) for above in around):
            continue
        if outer := [above for above in around if isinstance(above, (nodes.table, nodes.figure))]:
            shown[outer[-1]].append(note)
        else:
            note["foot"], calls[note][0]["foot"] = note["backrefs"][0], note["ids"][0]
    _put_after(shown)
    for parent in {note.parent for note in notes.values()}:
        for before, node in pairwise((None, *parent.children, None)):
            if isinstance(before, NOTES) != isinstance(node, NOTES):
                opening = isinstance(node, NOTES)
                (node if opening else before)["opens" if opening else "closes"] = True


def _around(node: nodes.Node) -> Iterator[nodes.Element]:
    """The elements that a node stands in, the inmost first; the document is none."""
    while (node := node.parent) is not None and node.parent is not None:
        yield node


def _placed(node: nodes.Element) -> bool:
    """Whether a node is in the document's title, or a part of a chapter that is not its text (model.Chapter)."""
    chain = [node, *_around(node)]
    return isinstance(chain[-1], (nodes.title, nodes.subtitle)) or any(element.get("place") for element in chain)


def _alone(parent: nodes.Element) -> Iterator[nodes.Element]:
    """The notes among an element's children that a heading (a section's, a rubric) is followed by, and nothing else."""
    heading: nodes.Node | None = None
    run: list[nodes.Element] = []
    for node in (*(child for child in parent.children if not isinstance(child, _UNSEEN)), None):
        if isinstance(node, NOTES):
            run.append(node)
            continue
        ends = node is None or (isinstance(heading, nodes.rubric) and isinstance(node, (nodes.rubric, nodes.section)))
        if isinstance(heading, (nodes.title, nodes.rubric)) and ends:
            yield from run
        heading, run = node, []


def _put_after(shown: dict[nodes.Element, list[nodes.Element]]) -> None:
    moved = {note for notes in shown.values() for note in notes}
    for parent in {note.parent for note in moved}:
        parent.children = [child for child in parent.children if child not in moved]
    for element, notes in shown.items():
        place = element.parent.index(element) + 1
        element.parent.children[place:place] = notes
        for note in notes:
            note.parent = element.parent
