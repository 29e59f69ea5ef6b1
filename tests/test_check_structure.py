"""PDF/UA-1: a sound file broken in one way gets the diagnostic of that rule, and nothing else."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from pipeline.check import pdf
from pipeline.model import Metadata
from pipeline.write.pdf import finish
from tests.pdfs import lay_out

BODY = """<h1>Title</h1><p>Text with a <a href="https://example.org/">link</a>.</p>
<h2>Part</h2><ul><li>One</li></ul><blockquote><p>Quote</p></blockquote>
<table><tr><th>Head</th><th>Head</th></tr><tr><td>Cell</td><td>Cell</td></tr></table>
<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="A square" width="40" height="20"
viewBox="0 0 2 1"><path d="M0 0h2v1z"/></svg>
<p>Call<a href="#n" role="doc-noteref">1</a></p><aside id="n" role="doc-footnote"><p>Note</p></aside>"""
METADATA = Metadata("Title", "en", identifier="urn:uuid:00000000-0000-4000-8000-000000000000", date="2025-03-27")


@cache
def sound(claim: bool = True) -> bytes:
    return finish(lay_out(BODY), METADATA, claim=claim)


def codes(data: bytes, claim: bool = True) -> list[str]:
    return [diagnostic.code for diagnostic in pdf.structure(data, claim=claim)]


def things(document: pikepdf.Pdf, key: str, value: str) -> Iterator[Any]:
    """Dictionaries that say `value` of `key`: structure elements by /S, annotations by /Subtype."""
    return (thing for thing in document.objects if isinstance(thing, pikepdf.Dictionary) and thing.get(key) == value)


def entry(role: str, key: str, value: Any = None) -> Callable[[pikepdf.Pdf], None]:
    """Gives the first element of a role another entry, or takes it away."""

    def change(document: pikepdf.Pdf) -> None:
        element = next(things(document, "/S", f"/{role}"))
        if value is None:
            del element[key]
        else:
            element[key] = value

    return change


def metadata(old: bytes, new: bytes) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        packet = document.Root.Metadata.read_bytes()
        assert old in packet
        document.Root.Metadata.write(packet.replace(old, new))

    return change


def catalog(key: str, value: Any) -> Callable[[pikepdf.Pdf], None]:
    return lambda document: document.Root.__setitem__(key, value)


def content(change: Callable[[bytes], bytes]) -> Callable[[pikepdf.Pdf], None]:
    def rewrite(document: pikepdf.Pdf) -> None:
        page = document.pages[0]
        page.contents_coalesce()
        page.obj.Contents.write(change(page.obj.Contents.read_bytes()))

    return rewrite


def fonts(key: str) -> Callable[[pikepdf.Pdf], None]:
    """Takes an entry away from everything that has it."""

    def change(document: pikepdf.Pdf) -> None:
        for thing in document.objects:
            if isinstance(thing, pikepdf.Dictionary) and key in thing:
                del thing[key]

    return change


def widths(document: pikepdf.Pdf) -> None:
    for font in things(document, "/Subtype", "/CIDFontType2"):
        font.W = pikepdf.Array([])
        font.DW = 1


def link_without_contents(document: pikepdf.Pdf) -> None:
    for link in things(document, "/Subtype", "/Link"):
        del link["/Contents"]


def no_tab_order(document: pikepdf.Pdf) -> None:
    for page in document.pages:
        del page.obj["/Tabs"]


def lost_parents(document: pikepdf.Pdf) -> None:
    document.pages[0].obj.StructParents = 99


def one_id(document: pikepdf.Pdf) -> None:
    note = next(things(document, "/S", "/Note"))
    next(things(document, "/S", "/P")).ID = note.ID


Name, Array, Dictionary, String = pikepdf.Name, pikepdf.Array, pikepdf.Dictionary, pikepdf.String
CASES: list[tuple[str, Callable[[pikepdf.Pdf], None]]] = [
    ("UA5-2", metadata(b">1</pdfuaid:part>", b">2</pdfuaid:part>")),
    ("UA6.2-1", catalog("/MarkInfo", Dictionary())),
    ("UA7.1-1", content(lambda drawn: drawn.replace(b"BDC", b"BDC /Artifact BMC EMC", 1))),
    ("UA7.1-2", content(lambda drawn: b"/Artifact BMC\n" + drawn + b"\nEMC")),
    ("UA7.1-3", content(lambda drawn: drawn + b"\n0 0 m 9 9 l S")),
    ("UA7.1-4", catalog("/MarkInfo", Dictionary(Marked=True, Suspects=True))),
    ("UA7.1-5", entry("BlockQuote", "/S", Name.Voice)),
    ("UA7.1-6", lambda document: document.Root.StructTreeRoot.RoleMap.update({"/A": Name.B, "/B": Name.A})),
    ("UA7.1-7", lambda document: document.Root.StructTreeRoot.RoleMap.update({"/P": Name.Span})),
    ("UA7.1-9", metadata(b"title", b"theme")),
    ("UA7.1-10", catalog("/ViewerPreferences", Dictionary())),
    ("UA7.1-12", entry("BlockQuote", "/P")),
    ("UA7.1-P", lost_parents),
    ("UA7.2-9", entry("BlockQuote", "/S", Name.TD)),
    ("UA7.2-18", entry("BlockQuote", "/S", Name.LBody)),
    ("UA7.2-20", entry("LBody", "/S", Name.P)),
    ("UA7.2-26", entry("BlockQuote", "/S", Name.TOCI)),
    ("UA7.2-29", catalog("/Lang", String("plain English"))),
    ("UA7.2-42", entry("TD", "/A", Dictionary(O=Name.Table, ColSpan=2))),
    ("UA7.3-1", entry("Figure", "/Alt")),
    ("UA7.4.2-1", entry("H2", "/S", Name.H3)),
    ("UA7.4.4-3", entry("H2", "/S", Name.H)),
    ("UA7.5-1", entry("TH", "/A")),
    ("UA7.5-2", entry("TD", "/A", Dictionary(O=Name.Table, Headers=Array([String("nowhere")])))),
    ("UA7.9-1", entry("Note", "/ID")),
    ("UA7.9-2", one_id),
    ("UA7.10-1", catalog("/OCProperties", Dictionary(D=Dictionary()))),
    ("UA7.10-2", catalog("/OCProperties", Dictionary(D=Dictionary(Name=String("a"), AS=Array([]))))),
    ("UA7.11-1", catalog("/AF", Array([Dictionary(EF=Dictionary(), F=String("a"))]))),
    ("UA7.18.3-1", no_tab_order),
    ("UA7.18.5-1", entry("Link", "/S", Name.Span)),
    ("UA7.18.5-2", link_without_contents),
    ("UA7.21.4.1-1", fonts("/FontFile2")),
    ("UA7.21.5-1", widths),
    ("UA7.21.7-1", fonts("/ToUnicode")),
]


def test_a_sound_file_may_claim() -> None:
    assert codes(sound()) == []


@pytest.mark.parametrize(("code", "change"), CASES, ids=[code for code, _ in CASES])
def test_each_fault_gets_its_diagnostic(code: str, change: Callable[[pikepdf.Pdf], None]) -> None:
    with pikepdf.open(io.BytesIO(sound())) as document:
        change(document)
        out = io.BytesIO()
        document.save(out)
    assert codes(out.getvalue()) == [code]


def test_the_claim_is_a_question_of_its_own() -> None:
    assert pdf.claims(sound())
    assert not pdf.claims(sound(claim=False))
    assert codes(sound(claim=False)) == ["UA5-1"]
    assert codes(sound(claim=False), claim=False) == []


def test_a_diagnostic_names_the_rule_and_the_place() -> None:
    with pikepdf.open(io.BytesIO(sound())) as document:
        link_without_contents(document)
        out = io.BytesIO()
        document.save(out)
    (found,) = pdf.structure(out.getvalue(), Path("book.pdf"))
    assert str(found).splitlines() == [
        "book.pdf: error UA7.18.5-2: PDF/UA-1 asks that links have Contents",
        "    not so: page 1: Link; page 2: Link",
    ]


# The same letter in other writing: a hexadecimal string, one in pieces, a literal one, a comment before it.
@pytest.mark.parametrize("show", ["[<{0}>] TJ", "[<{0}> 10 <{0}>] TJ", "({1}) Tj", "% (\n<{2}> Tj"])
def test_text_is_seen_however_a_page_writes_it(show: str) -> None:
    with pikepdf.open(io.BytesIO(sound())) as document:
        page = document.pages[0]
        content = page.obj.Contents.read_bytes()
        font, letter = re.findall(rb"(/\w+) [0-9]+ Tf\n\[<(\w{4})>", content)[0]
        octal = "".join(f"\\{byte:03o}" for byte in bytes.fromhex(letter.decode()))
        shown = show.format(letter.decode(), octal, letter[:2].decode() + " " + letter[2:].decode())
        page.obj.Contents = document.make_stream(content + f" BT {font.decode()} 12 Tf {shown} ET".encode())
        out = io.BytesIO()
        document.save(out)
    (found,) = pdf.structure(out.getvalue())
    assert (found.code, found.hint) == ("UA7.1-3", "not so: page 1: text")


# Glyph 0, .notdef: in one string, in pieces, with white space, without a digit that is 0, in a literal one.
@pytest.mark.parametrize("show", ["<0000> Tj", "[<00> 3 <00>] TJ", "[<0 0\n00>] TJ", "[<000>] TJ", "(\\000\\000) Tj"])
def test_a_code_is_seen_however_a_page_writes_it(show: str) -> None:
    with pikepdf.open(io.BytesIO(sound())) as document:
        page = document.pages[0]
        content = page.obj.Contents.read_bytes()
        page.obj.Contents = document.make_stream(re.sub(rb"\[<.*?\] TJ", lambda _: show.encode(), content, count=1))
        out = io.BytesIO()
        document.save(out)
    found = {diagnostic.code: diagnostic.hint for diagnostic in pdf.structure(out.getvalue())}
    assert list(found) == ["UA7.21.7-1", "UA7.21.8-1"]
    assert all(hint.endswith(", codes 00") for hint in found.values())


def test_a_misshapen_file_may_not_claim() -> None:
    with pikepdf.open(io.BytesIO(sound())) as document:
        document.Root.MarkInfo = 3
        out = io.BytesIO()
        document.save(out)
    assert codes(out.getvalue()) == ["UA6.2-1", "UA7.1-4"]
    assert codes(b"no PDF") == ["UA0"]


def test_importing_the_checks_loads_no_engine() -> None:
    code = "import sys, pipeline.check; print(sorted({'pikepdf', 'pypdfium2', 'fontTools', 'lxml'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
