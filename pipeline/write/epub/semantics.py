"""What the parts of a document are, said to e-readers (epub:type) and to screen readers (role).

Types are those of EPUB SSV 1.1, roles those of DPUB-ARIA 1.1 on elements that may have them (ARIA in HTML, 4). Where a
thing has a type and its element may not have the role, the type stands alone, and the reverse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from pipeline.labels import BACK
from pipeline.write.epub.xhtml import EPUB_TYPE, XHTML

_HEADINGS = tuple(f"{XHTML}h{level}" for level in range(1, 7))
# Class of an element → its epub:type, its role.
_CLASSES = {
    "standfirst": ("abstract", "doc-abstract"),
    "subtitle": ("subtitle", "doc-subtitle"),
    "epigraph": ("epigraph", "doc-epigraph"),
    "pull-quote": ("pullquote", "doc-pullquote"),
    "credits": ("credits", "doc-credits"),
    "dedication": ("dedication", "doc-dedication"),
    "glossary": ("glossary", ""),
    "contents": ("", "doc-toc"),
}
_ANY_ROLE = {f"{XHTML}{name}" for name in ("blockquote", "div", "p", "section")}
_ROLES_OF = {f"{XHTML}aside": {"doc-dedication", "doc-pullquote"}, f"{XHTML}nav": {"doc-toc"}}
# Panels are an `aside`, which may be a note or a tip and no notice. What warns is a `div`: a section with a name is a
# place that screen readers list, and Ace 1.4.6 lets no two have the same.
_TIPS = {"hint", "tip"}
_NOTICES = {"attention", "caution", "danger", "error", "important", "warning"}
_PANELS = {"admonition", "topic", "sidebar"}


def name_parts(root: etree._Element, epub_type: str, role: str, title: str) -> None:
    """Name the section that a document is, of a type, a role and a title, and what is in it."""
    body = root[1]
    taken = {str(element.get("id")) for element in root.iter() if element.get("id")}
    for section in body.findall(f"{XHTML}section"):
        _say(section, epub_type, role)
        if role:  # which makes it a place that screen readers list by its name
            _label(section, title, taken)
    for element in list(body.iter(XHTML + "*")):
        classes = element.get("class", "").split()
        for name in classes:
            if name in _CLASSES:
                epub_type, role = _CLASSES[name]
                may = element.tag in _ANY_ROLE or role in _ROLES_OF.get(element.tag, ())
                _say(element, epub_type, role if may else "")
        if element.tag == f"{XHTML}aside" and not _PANELS.isdisjoint(classes):
            _panel(element, classes)
        elif element.tag == f"{XHTML}nav" and (title := _title(element)):
            element.set("aria-label", title)
        elif element.tag == f"{XHTML}th" and not _speaks(element):
            element.tag = f"{XHTML}td"  # a head that says nothing heads nothing
        elif element.tag == f"{XHTML}th":
            _set(element, "scope", "col" if _is_head(element) else "row")
        elif element.tag == f"{XHTML}section" and _is_bibliography(element):
            _say(element, "bibliography", "doc-bibliography")
        elif element.tag == f"{XHTML}p" and "subtitle" in classes:
            _group(element)


def _speaks(element: etree._Element) -> bool:
    """Whether there is anything in it to be read or told."""
    told = (f"{XHTML}img", "{http://www.w3.org/2000/svg}svg", "{http://www.w3.org/1998/Math/MathML}math")
    return bool("".join(map(str, element.itertext())).strip()) or any(True for _ in element.iter(*told))


def lead_back(roots: Iterable[etree._Element], labels: Mapping[str, str]) -> None:
    """Make notes what readers show in a window, each with a way back to every call of it.

    Kindle takes a note for one only if call and note lead to each other.
    """
    documents = [root[1] for root in roots]
    calls: dict[str, list[str]] = defaultdict(list)
    for call in (a for body in documents for a in body.iter(f"{XHTML}a") if a.get("role") == "doc-noteref"):
        call.set(EPUB_TYPE, "noteref")
        if name := call.get("id"):
            calls[call.get("href", "").removeprefix("#")].append(name)
    for note in [a for body in documents for a in body.iter(f"{XHTML}aside") if a.get("role") == "doc-footnote"]:
        note.set(EPUB_TYPE, "footnote")
        names = calls[note.get("id", "")]
        for number, name in enumerate(names, 1):
            label = labels["back"] if len(names) == 1 else f"{labels['back']}, {number}"
            _append(note, f"#{name}", label, str(number) if len(names) > 1 else "")


def _say(element: etree._Element, epub_type: str, role: str) -> None:
    _set(element, EPUB_TYPE, epub_type)
    _set(element, "role", role)


def _set(element: etree._Element, name: str, value: str) -> None:
    """What the source's own markup says stays."""
    if value and name not in element.attrib:
        element.set(name, value)


def _label(section: etree._Element, title: str, taken: set[str]) -> None:
    """Name a section after the heading that is its own, or after its title in the contents."""
    heading = next(section.iter(*_HEADINGS), None)
    if heading is None or next(heading.iterancestors(f"{XHTML}section")) is not section:
        section.set("aria-label", title)
        return
    if "id" not in heading.attrib:
        heading.set("id", _free(f"{section.get('id')}-title", taken))
    section.set("aria-labelledby", str(heading.get("id")))


def _panel(element: etree._Element, classes: Iterable[str]) -> None:
    kinds = set(classes)
    if kinds & _NOTICES:
        element.tag = f"{XHTML}div"
        _say(element, "notice", "doc-notice")
    elif kinds & _TIPS:
        _say(element, "tip", "doc-tip")
    elif "admonition" in kinds:
        _say(element, "", "note")
    if title := _title(element):
        element.set("aria-label", title)


def _title(element: etree._Element) -> str:
    first = next(element.iterchildren(f"{XHTML}p"), None)
    titled = first is not None and first.get("class", "").endswith("-title")
    return " ".join("".join(map(str, first.itertext())).split()) if first is not None and titled else ""


def _is_head(cell: etree._Element) -> bool:
    return next(cell.iterancestors(f"{XHTML}thead", f"{XHTML}table")).tag == f"{XHTML}thead"


def _is_bibliography(section: etree._Element) -> bool:
    """Whether a section holds what its citations lead to, and nothing else."""
    heading, *others = list(section) or [section]
    found = list(_listed(others))
    return heading.tag in _HEADINGS and bool(found) and all("citation" in e.get("class", "").split() for e in found)


def _listed(elements: Iterable[etree._Element]) -> Iterator[etree._Element]:
    for element in elements:
        yield from element if element.get("class") == "notes" else (element,)


def _group(subtitle: etree._Element) -> None:
    """A heading and the subtitle after it as one (HTML Living Standard, 4.3.7)."""
    heading = subtitle.getprevious()
    if heading is not None and heading.tag in _HEADINGS:
        group = heading.makeelement(f"{XHTML}hgroup")
        heading.addprevious(group)
        group.extend((heading, subtitle))


def _append(note: etree._Element, href: str, label: str, number: str) -> None:
    """Put a sign that leads back to the end of a note."""
    *_, last = note
    if last.tag != f"{XHTML}p":
        last = etree.SubElement(note, f"{XHTML}p")
    sign = etree.SubElement(
        last, f"{XHTML}a", {"class": "back", "href": href, "role": "doc-backlink", EPUB_TYPE: "backlink"}
    )
    sign.set("aria-label", label)
    sign.text = BACK
    if number:
        etree.SubElement(sign, f"{XHTML}sup").text = number
    before = sign.getprevious()
    if before is None:
        last.text = (last.text or "").rstrip() + "\N{NO-BREAK SPACE}" * bool(last.text)
    else:
        before.tail = (before.tail or "").rstrip() + "\N{NO-BREAK SPACE}"


def _free(name: str, taken: set[str]) -> str:
    """A name that nothing in the book has, and from now on taken."""
    while name in taken:
        name += "-"
    taken.add(name)
    return name
