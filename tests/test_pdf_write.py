"""PDFs as files: what goes in, what is refused, what they say of themselves, and that they are the same every time."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pikepdf
import pypdfium2
import pytest

from pipeline import fonts
from pipeline.errors import RenderError
from pipeline.fetch import Shelf
from pipeline.model import Metadata
from pipeline.write import pdf
from tests.pdfs import CSS, lay_out, page, read, shelf, uncorrected

HERE = Path(__file__).parent
SEVEN = "<p style='break-after: page'>a</p>" * 6 + "<p>b</p>"
KNOWN = Metadata(
    title="Oaks & “acorns”",
    language="en-GB",
    authors=("Ana Ñandú", "Bo Li"),
    date="2025-03-27",
    modified="2025-03-28T10:00:00Z",
    rights="CC BY 4.0",
    identifier="urn:uuid:5d3f2c3e-6f0a-5c56-8a50-0d6f2b1f9a11",
)


def refused(body: str, css: str = "", source: Path = HERE) -> list[tuple[str, str]]:
    with pytest.raises(RenderError) as failure:
        lay_out(body, css, source)
    return [(diagnostic.code, diagnostic.message) for diagnostic in failure.value.diagnostics]


def finished(data: bytes, metadata: Metadata = KNOWN, claim: bool = False) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf.finish(data, metadata, claim=claim)))


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("missing.png", "No such file"),
        ("../secret.png", "no such root"),
        ("%2e%2e/secret.png", "leads outside"),
        ("file:///etc/hostname", "not an address of this book"),
        ("http://example.org/p.png", "not an address of this book"),
        ("data:image/png;base64,AAAA", "not an address of this book"),
    ],
)
def test_what_is_not_on_the_shelf_stops_the_edition(address: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "secret.png").touch()
    (tmp_path / "in").mkdir()
    ((code, message),) = refused(f'<img src="{address}" alt="a"/>', source=tmp_path / "in")
    assert code == "PDF003"
    assert reason in message


@pytest.mark.parametrize(
    "css",
    [
        "@font-face { font-family: X; src: url('file:///usr/share/fonts/x.ttf') }",
        "p { background: url('http://example.org/p.png') }",
    ],
)
def test_style_sheets_read_from_the_shelf_too(css: str) -> None:
    ((code, _),) = refused("<p>a</p>", css)
    assert code == "PDF003"


def test_a_broken_picture_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes(b"no picture")
    assert {code for code, _ in refused('<img src="p.png" alt="a"/>', source=tmp_path)} == {"PDF005"}


def test_what_the_engine_complains_of_is_an_error() -> None:
    ((code, message),) = refused("<p>a</p>", "p { colour: red }")
    assert code == "PDF005"
    assert "colour" in message


def test_a_character_without_a_glyph_is_an_error_and_takes_no_system_font() -> None:
    ((code, message),) = refused("<p>\u6f22</p>")
    assert code == "PDF005"
    assert "U+6F22" in message


def test_a_link_that_leads_nowhere_is_an_error() -> None:
    assert refused('<p><a href="#gone">a</a></p>')[0][0] == "PDF005"
    assert refused('<p><a href="other.html">a</a></p>')[0][0] == "PDF003"


def test_a_page_that_is_not_well_formed_is_an_error() -> None:
    for broken in ("<html lang='en'><p></html>", "<p>a</p>", page("<p>a</p>", lang="")):
        with pytest.raises(RenderError) as failure:
            pdf.layout(broken, CSS, shelf(HERE))
        assert [diagnostic.code for diagnostic in failure.value.diagnostics] == ["PDF002"]


def test_a_page_that_brings_the_engine_down_is_an_error() -> None:
    ((code, message),) = refused("<div>" * 400 + "a" + "</div>" * 400)
    assert code == "PDF004"
    assert "RecursionError" in message


def test_all_fonts_are_the_shelfs_and_embedded() -> None:
    file = read(lay_out("<p>a <em>b</em></p><pre>c</pre>")).file
    fonts = [font for _, font in file.pages[0].resources.Font.items()]
    assert {str(font.BaseFont).partition("+")[2] for font in fonts} <= {"S", "S-Italic"}
    assert all("/FontFile2" in font.DescendantFonts[0].FontDescriptor for font in fonts)


SERIF_AND_SANS = """
html { font-family: 'Source Serif 4', 'Source Sans 3'; font-variation-settings: 'opsz' 20 }
"""


def set_in_two_families(body: str) -> bytes:
    families = ("Source Serif 4", "Source Sans 3")
    return pdf.layout(page(body), fonts.faces(families) + SERIF_AND_SANS, Shelf(fonts.roots(families)))


def test_fonts_go_by_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    body = "<p>a <b>b</b></p>"
    assert set(_names(set_in_two_families(body))) == {"Source-Serif-4", "Source-Serif-4-Bold"}
    # When this fails, the engine does so itself: the change of `font.name` in write/pdf/tags.py can go.
    monkeypatch.setattr("pipeline.write.pdf.tags.tagged", uncorrected)
    assert "Source-Serif-4," in _names(set_in_two_families(body))


def _names(data: bytes) -> Iterator[str]:
    """The names of the first page's fonts, without the prefix of the subset."""
    file = read(data).file
    for _, font in file.pages[0].resources.Font.items():
        (drawn,) = font.DescendantFonts
        assert font.BaseFont == drawn.BaseFont == drawn.FontDescriptor.FontName
        yield str(font.BaseFont).partition("+")[2]


def test_bytes_depend_on_nothing_but_what_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    body = "<h1>a</h1><p>b <a href='https://example.org/'>c</a></p><img src='p.svg' alt='d'/>"
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9"/></svg>'
    found = []
    for name, epoch, wait in (("one", "1", 1.1), ("two", "2000000000", 0)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "p.svg").write_text(drawing)
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        found.append(pdf.finish(lay_out(body, source=folder), KNOWN, claim=True))
        time.sleep(wait)  # a clock that counts seconds would show
    assert found[0] == found[1]
    assert os.environ["SOURCE_DATE_EPOCH"] == "2000000000"
    assert "FONTCONFIG_FILE" not in os.environ


def test_bytes_are_the_same_in_another_process_and_nothing_is_said() -> None:
    code = "import sys; from tests.pdfs import lay_out; sys.stdout.buffer.write(lay_out('<p>a <b>b</b></p>'))"
    found = []
    for seed in ("1", "2"):
        other = {"PYTHONHASHSEED": seed, "TZ": f"UTC{seed}", "LC_ALL": "C", "PYTHONWARNINGS": "always::UserWarning"}
        run = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, cwd=HERE.parent, env={**os.environ, **other}, check=True
        )
        found.append(run.stdout)
        assert run.stderr == b""
    assert found[0] == found[1]
    assert found[0].startswith(b"%PDF-1.7")


def test_importing_the_door_loads_no_engine() -> None:
    code = "import sys, pipeline.write.pdf; print({'weasyprint', 'pikepdf', 'pydyf'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=HERE.parent, check=True)
    assert run.stdout == "set()\n"


def test_metadata_is_said_twice_and_alike() -> None:
    file = finished(lay_out("<p>a</p>"), claim=True)
    assert str(file.docinfo["/CreationDate"]) == str(file.docinfo["/ModDate"]) == "D:20250328100000Z"
    assert str(file.Root.Lang) == "en-GB"
    with file.open_metadata() as xmp:
        assert xmp["dc:title"] == KNOWN.title == str(file.docinfo["/Title"])
        assert xmp["dc:creator"] == list(KNOWN.authors)
        assert xmp["dc:language"] == {"en-GB"}
        assert xmp["dc:date"] == ["2025-03-27"]
        assert xmp["dc:rights"] == "CC BY 4.0"
        assert xmp["dc:identifier"] == KNOWN.identifier
        assert xmp["xmp:ModifyDate"] == xmp["xmp:CreateDate"] == KNOWN.modified
        assert xmp["xmp:CreatorTool"] == str(file.docinfo["/Creator"]) == "Postpress"
        assert xmp["pdf:Producer"] == str(file.docinfo["/Producer"]) == "WeasyPrint 70.0"
        assert xmp["pdfuaid:part"] == "1"


def test_what_is_unknown_is_left_out_and_nothing_is_claimed_unasked() -> None:
    file = finished(lay_out("<p>a</p>"), Metadata(title="T", language="en"))
    assert set(file.docinfo.keys()) == {"/Title", "/Creator", "/Producer"}
    with file.open_metadata() as xmp:
        names = {key.rpartition("}")[2] for key in xmp}
    assert names == {"title", "language", "CreatorTool", "Producer"}
    assert b"pdfua" not in file.Root.Metadata.read_bytes()


def test_pages_are_labelled_as_they_are_numbered() -> None:
    data = lay_out("<p>a</p>")
    assert _labels(pdf.finish(data, KNOWN, claim=False)) == ["1"]
    other = pdf.finish(lay_out(SEVEN), KNOWN, labels={0: "", 1: "r", 5: "D"}, claim=False)
    assert _labels(other) == ["", "i", "ii", "iii", "iv", "1", "2"]


def _labels(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        return [document.get_page_label(number) for number in range(len(document))]


def test_headings_make_the_outline_that_readers_show() -> None:
    file = finished(lay_out("<h1>One</h1><h2>Two</h2><h1>Three</h1>"))
    with file.open_outline() as outline:
        assert [(item.title, [child.title for child in item.children]) for item in outline.root] == [
            ("One", ["Two"]),
            ("Three", []),
        ]
    assert file.Root.PageMode == "/UseOutlines"


def test_finishing_leaves_the_structure_alone() -> None:
    data = lay_out("<h1>a</h1><ul><li>b</li></ul>")
    assert str(read(pdf.finish(data, KNOWN, claim=True)).tree) == str(read(data).tree)


def test_a_missing_pango_is_told_with_what_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)

    class Missing:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(sys, "meta_path", [Missing, *sys.meta_path])
    with pytest.raises(RenderError) as failure:
        pdf.layout(page("<p>a</p>"), CSS, Shelf({}))
    (diagnostic,) = failure.value.diagnostics
    assert diagnostic.code == "PDF001"
    assert diagnostic.hint == "run `postpress doctor`"


def test_a_missing_subsetter_is_told_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out("<p>a</p>")
    monkeypatch.setattr("weasyprint.text.ffi.harfbuzz_subset", None)
    ((code, message),) = refused("<p>a</p>")
    assert code == "PDF001"
    assert "HarfBuzz-Subset" in message


def test_an_old_subsetter_is_told_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out("<p>a</p>")
    monkeypatch.setattr(
        "weasyprint.text.ffi.harfbuzz", SimpleNamespace(hb_version_atleast=lambda *wanted: wanted < (6,))
    )
    ((code, message),) = refused("<p>a</p>")
    assert code == "PDF001"
    assert "6.0 or newer" in message
