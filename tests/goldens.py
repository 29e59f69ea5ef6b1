"""What a case comes to, as text that can be read and compared: `in/` is built, `golden/` is what it came to before.

xhtml/NAME.xhtml   each section of the book, as writers get it
print.txt          the text of the PDF, page by page
print.tree         its structure tree
ebook/…            each text of the EPUB; in `parts.txt` all parts, pictures by their digest
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
from lxml import etree
from PIL import Image

from pipeline import reading, settings
from tests import pdfs
from tests.ebooks import parts
from tests.vocabulary import ROOT, postpress

CASES = ROOT / "tests" / "cases"

_LINES = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "col", "colgroup", "dd", "div", "dl", "dt"),
        *("figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "li"),
        *("link", "main", "meta", "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead"),
        *("title", "tr", "ul", "content", "docAuthor", "docTitle", "guide", "item", "itemref", "manifest", "metadata"),
        *("navLabel", "navMap", "navPoint", "ncx", "package", "reference", "spine"),
    )
)
_INLINE = frozenset(["Span", "Em", "Strong", "Code", "Quote", "Link", "Reference", "Formula", "Figure", "Lbl"])
_UNSAID = ("BBox", "Placement")  # where a thing stands is for print.txt and the eye


def cases() -> list[Path]:
    return sorted(path for path in CASES.iterdir() if (path / "in").is_dir())


def source(case: Path) -> Path:
    """The file a case is built from: `index.rst`, or the one named after the case."""
    index = case / "in" / "index.rst"
    return index if index.exists() else case / "in" / f"{case.name}.rst"


def outcome(case: Path, folder: Path) -> dict[str, str]:
    """The goldens of a case by name; `folder` is empty and takes its editions."""
    file = source(case)
    run = postpress("build", str(file.relative_to(ROOT)), "--output", str(folder), folder=ROOT)
    assert run.code == 0, run.err
    (pdf,), (epub,) = folder.glob("*.pdf"), folder.glob("*.epub")
    book = reading.bound(file, settings.load(file.parent)).book
    found = {f"xhtml/{section.name}.xhtml": markup(section.xhtml.encode()) for section in book.spine}
    found |= {"said.txt": run.err, "print.txt": pages(pdf.read_bytes()), "print.tree": tree(pdf.read_bytes())}
    entries = parts(epub.read_bytes())
    found["ebook/parts.txt"] = "".join(f"{name}{_kind(name, entries[name])}\n" for name in sorted(entries))
    for name, content in entries.items():
        if name.endswith((".xhtml", ".opf", ".ncx")):
            found[f"ebook/{Path(name).name}"] = markup(content)
    return found


def markup(data: bytes) -> str:
    """XML with each element that holds elements, or a paragraph, on a line of its own; white space is folded."""
    root = etree.fromstring(data, etree.XMLParser(remove_comments=True, resolve_entities=False))
    return "\n".join(_lines(root, 0)) + "\n"


def _lines(element: etree._Element, depth: int) -> Iterator[str]:
    indent = "  " * depth
    if not any(_starts_line(child) for child in element.iterdescendants()) or etree.QName(element).localname == "pre":
        yield indent + _flat(element)
        return
    yield f"{indent}{_tag(element)}"
    if text := _folded(element.text):
        yield f"{indent}  {text}"
    for child in element:
        yield from _lines(child, depth + 1)
        if text := _folded(child.tail):
            yield f"{indent}  {text}"


def _starts_line(element: etree._Element) -> bool:
    name = etree.QName(element)
    return name.localname in _LINES or name.namespace == "http://purl.org/dc/elements/1.1/"


def _tag(element: etree._Element) -> str:
    """The start tag, as it is written."""
    return _bare(etree.tostring(element, encoding="unicode", with_tail=False).partition(">")[0]) + ">"


def _flat(element: etree._Element) -> str:
    text = _bare(etree.tostring(element, encoding="unicode", with_tail=False))
    return text if etree.QName(element).localname == "pre" else _folded(text)


def _bare(text: str) -> str:
    """Without namespaces, which every element would name again."""
    return re.sub(r' xmlns(:\w+)?="[^"]*"|(?<=<)ns\d+:|(?<=</)ns\d+:', "", text)


def _folded(text: str | None) -> str:
    return " ".join((text or "").split("\n")).strip()


def _kind(name: str, data: bytes) -> str:
    """Of a picture its digest; of the cover, which an engine draws, its size alone."""
    if name.endswith("cover.jpg"):
        with Image.open(io.BytesIO(data)) as picture:
            return f" {picture.format} {picture.width} × {picture.height}"
    if name.endswith((".xhtml", ".opf", ".ncx", ".css", ".xml")) or name == "mimetype":
        return ""
    return f" sha256 {hashlib.sha256(data).hexdigest()[:16]}"


def pages(pdf: bytes) -> str:
    """What a reader who copies all of a page gets of it, page by page, with its label."""
    with pypdfium2.PdfDocument(pdf) as document:
        said = []
        for number, page in enumerate(document):
            text = page.get_textpage().get_text_range().replace("\r\n", "\n").rstrip()
            said.append(f"--- page {number + 1}, “{document.get_page_label(number)}”\n{text}\n")
    return "\n".join(said)


def tree(pdf: bytes) -> str:
    """The structure tree, an element a line but for inline ones; pages where it has two: `P [2–3] text Em(text)`."""
    document = pdfs.read(pdf)  # its file is open as long as it is here
    return "\n".join(_branch(document.tree, 0)) + "\n"


def _branch(element: pdfs.Element, depth: int) -> Iterator[str]:
    inline = all(isinstance(kid, str) or kid.role in _INLINE for kid in element.kids)
    words = _said(element) if inline else ""
    where = sorted({page + 1 for part in element for page, _ in part.pieces}) if inline else []
    head = [element.role + _attributes(element), *([f"[{where[0]}–{where[-1]}]"] if len(where) > 1 else []), words]
    yield "  " * depth + " ".join(filter(None, head))
    for kid in element.kids if not inline else ():
        if isinstance(kid, pdfs.Element):
            yield from _branch(kid, depth + 1)
        elif kid.strip():
            yield "  " * (depth + 1) + kid


def _said(element: pdfs.Element) -> str:
    text = "".join(
        kid if isinstance(kid, str) else f"{kid.role}{_attributes(kid)}({_said(kid)})" for kid in element.kids
    )
    return " ".join(text.split())


def _attributes(element: pdfs.Element) -> str:
    entry = element.entry
    found = [f"{key[1:]}={entry[key]}" for key in ("/Alt", "/ActualText", "/E", "/Lang", "/ID") if key in entry]
    owners = entry.get("/A", pikepdf.Array())
    for owner in owners if isinstance(owners, pikepdf.Array) else [owners]:
        for key, value in sorted(owner.as_dict().items()):
            if key != "/O" and key[1:] not in _UNSAID:
                found.append(f"{key[1:]}={str(value).lstrip('/')}")
    return f"{{{', '.join(found)}}}" if found else ""


def kept(case: Path) -> dict[str, str]:
    """The goldens that a case has."""
    golden = case / "golden"
    return {
        path.relative_to(golden).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(golden.rglob("*"))
        if path.is_file()
    }
