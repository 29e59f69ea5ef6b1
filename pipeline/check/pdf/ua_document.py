"""PDF/UA-1: what a document says of itself as a whole (clauses 5, 6, 7.1, 7.2, 7.10, 7.11, 7.15, 7.16)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
from lxml import etree

from pipeline.check.pdf.facts import Facts, Rule, listed

_UA = "{http://www.aiim.org/pdfua/ns/id/}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# RFC 5646, 2.1, without the registry: language, script, region, variants, extensions, private use.


def _property(facts: Facts, name: str) -> Any:
    return next((item for item in facts.xmp if item.tag == name), None)


def claims(facts: Facts) -> Iterator[str]:
    if not any(item.tag.startswith(_UA) for item in facts.xmp):
        yield ""


def claims_part_1(facts: Facts) -> Iterator[str]:
    part = _property(facts, f"{_UA}part")
    if part is not None and (part.text or "").strip() != "1":
        yield f"part {part.text}"


def _prefixed(name: str) -> Callable[[Facts], Iterator[str]]:
    def wrong(facts: Facts) -> Iterator[str]:
        item = _property(facts, f"{_UA}{name}")
        if item is not None and item.prefix != "pdfuaid":
            yield f"{item.prefix}:{name}"

    return wrong


def version(facts: Facts) -> Iterator[str]:
    if not re.fullmatch(r"1\.[0-7]", facts.pdf.pdf_version):
        yield facts.pdf.pdf_version


def marked(facts: Facts) -> Iterator[str]:
    if facts.root.get("/MarkInfo", {}).get("/Marked") is not True:
        yield ""


def suspects(facts: Facts) -> Iterator[str]:
    if facts.root.get("/MarkInfo", {}).get("/Suspects") is True:
        yield ""


def metadata(facts: Facts) -> Iterator[str]:
    if not isinstance(facts.root.get("/Metadata"), pikepdf.Stream):
        yield ""


def _titles(facts: Facts) -> list[Any]:
    title = _property(facts, f"{_DC}title")
    if title is None:
        return []
    return [item for item in title.iter() if isinstance(item, etree._Element) and (item.text or "").strip()]


def title(facts: Facts) -> Iterator[str]:
    if not _titles(facts):
        yield ""


def title_shown(facts: Facts) -> Iterator[str]:
    if facts.root.get("/ViewerPreferences", {}).get("/DisplayDocTitle") is not True:
        yield ""


def has_tree(facts: Facts) -> Iterator[str]:
    root = facts.root.get("/StructTreeRoot")
    kids = listed(root.get("/K")) if isinstance(root, pikepdf.Dictionary) else []
    if not any(isinstance(kid, pikepdf.Dictionary) for kid in kids):
        yield ""


def outline_language(facts: Facts) -> Iterator[str]:
    if "/First" in facts.root.get("/Outlines", {}) and not facts.language:
        yield ""


def title_language(facts: Facts) -> Iterator[str]:
    tags = [item.get(_XML_LANG, "x-default") for item in _titles(facts)]
    if tags and not facts.language and all(tag == "x-default" for tag in tags):
        yield ""


def _layer_settings(facts: Facts) -> list[Any]:
    layers = facts.root.get("/OCProperties", {})
    return [*listed(layers.get("/D")), *listed(layers.get("/Configs"))]


def layers_named(facts: Facts) -> Iterator[str]:
    return ("" for setting in _layer_settings(facts) if not str(setting.get("/Name", "")))


def layers_fixed(facts: Facts) -> Iterator[str]:
    return ("" for setting in _layer_settings(facts) if "/AS" in setting)


def attachments(facts: Facts) -> Iterator[str]:
    text = facts.objects.text
    for thing in facts.dictionaries("/EF"):
        if facts.objects.entry(thing, "/EF") is not None and not (text(thing, "/F") and text(thing, "/UF")):
            yield text(thing, "/F") or text(thing, "/UF")


def static_forms(facts: Facts) -> Iterator[str]:
    form = facts.root.get("/AcroForm", {}).get("/XFA")
    packets = [part.read_bytes() for part in listed(form) if isinstance(part, pikepdf.Stream)]
    if re.search(rb"<dynamicRender>\s*required", b"".join(packets)):
        yield ""


def readable_when_locked(facts: Facts) -> Iterator[str]:
    if "/Encrypt" in facts.pdf.trailer and not int(facts.pdf.trailer.Encrypt.get("/P", 0)) & 1 << 9:
        yield ""


RULES = (
    Rule("5-1", "the metadata say that this is PDF/UA", claims, claim=True),
    Rule("5-2", "the claim is of part 1", claims_part_1, claim=True),
    Rule("5-3", "the claim's part has the prefix pdfuaid", _prefixed("part"), claim=True),
    Rule("5-4", "the claim's amendment has the prefix pdfuaid", _prefixed("amd"), claim=True),
    Rule("5-5", "the claim's corrigendum has the prefix pdfuaid", _prefixed("corr"), claim=True),
    Rule("6.1-1", "the version is 1.0 to 1.7", version),
    Rule("6.2-1", "the document is marked as tagged", marked),
    Rule("7.1-4", "the tags are not suspect", suspects),
    Rule("7.1-8", "the document has XMP metadata", metadata),
    Rule("7.1-9", "the metadata have a title", title),
    Rule("7.1-10", "the window shows the title", title_shown),
    Rule("7.1-11", "there is a structure tree", has_tree),
    Rule("7.2-2", "the outline's language is known", outline_language),
    Rule("7.2-33", "the title's language is known", title_language),
    Rule("7.10-1", "every setting of layers has a name", layers_named),
    Rule("7.10-2", "no setting of layers switches by itself", layers_fixed),
    Rule("7.11-1", "attached files are named in F and in UF", attachments),
    Rule("7.15-1", "no form is laid out by the reader (dynamic XFA)", static_forms),
    Rule("7.16-1", "encryption leaves assistive technology its access", readable_when_locked),
)
