"""What an ebook says of its own accessibility: each claim goes with the fact that it rests on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree
from msgspec.structs import replace

from pipeline.check.epub import check, epubcheck
from pipeline.claims import CONFORMANCE, Certifier, Contents, obstacles, proven
from pipeline.fetch import Shelf
from pipeline.write.epub import write
from tests import ebooks
from tests.test_epub_write import claims, found, part
from tests.vocabulary import postpress

NS = 'xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
CERTIFIER = Certifier("An Auditor", "https://example.org/credential", "https://example.org/report")
MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML" alttext="x"><mi>x</mi></math>'
IMG = '<img src="a.png" alt="An oak"/>'
BODY = f"<h1>T</h1><p>{IMG}{MATH} <a href='#a'>on</a></p><h2 id='a'>A</h2>"


def contents(
    body: str = BODY, css: str = "", head: str = "<title>T</title>", attributes: str = "lang='en'"
) -> Contents:
    def document(inside: str) -> etree._Element:
        return etree.fromstring(f"<html {NS} {attributes}><head>{head}</head><body>{inside}</body></html>")

    nav = document("<nav epub:type='toc'><ol><li><a href='a.xhtml'>A</a></li></ol></nav>")
    return Contents((document(body),), None, nav, css, (("image/png", ebooks.picture("PNG")),))


@pytest.mark.parametrize(
    ("claim", "broken"),
    [
        (("accessMode", "visual"), contents(BODY.replace(IMG, ""))),
        (("accessModeSufficient", "textual,visual"), contents(BODY.replace(IMG, ""))),
        (("accessModeSufficient", "textual"), contents(BODY.replace(' alt="An oak"', ""))),
        (("accessModeSufficient", "textual"), contents(BODY.replace("An oak", "oak.png"))),
        (("accessibilityFeature", "alternativeText"), contents(BODY.replace(' alt="An oak"', ""))),
        (("accessibilityFeature", "alternativeText"), contents(BODY.replace("An oak", "IMG_01.JPEG"))),
        (("accessibilityFeature", "alternativeText"), contents(BODY.replace("An oak", ""))),
        (("accessibilityFeature", "structuralNavigation"), contents(BODY.replace("h2", "h3"))),
        (("accessibilityFeature", "readingOrder"), contents(css="p { position: absolute }")),
        (("accessibilityFeature", "displayTransformability"), contents(css="p { line-height: 12pt }")),
        (("accessibilityFeature", "MathML"), contents(BODY.replace(MATH, "x"))),
        (("accessibilityFeature", "unlocked"), replace(contents(), locked=True)),
        (("accessibilityHazard", "none"), contents(css="p { animation: a 1s }")),
    ],
)
def test_a_claim_goes_with_its_fact(claim: tuple[str, str], broken: Contents) -> None:
    assert claim in proven(contents())
    assert claim not in proven(broken)


def test_the_summary_goes_with_the_claims() -> None:
    (said,) = (value for name, value in proven(contents()) if name == "accessibilitySummary")
    assert said == (
        "Text with headings and a table of contents. The only picture has alternative text. Nothing flashes, moves or"
        " makes a sound. Formulas are MathML. Conformance to an accessibility standard has not been certified."
    )


@pytest.mark.parametrize(
    ("broken", "criterion"),
    [
        (contents(BODY.replace(' alt="An oak"', "")), "1.1.1"),
        (contents(BODY.replace(' alttext="x"', "")), "1.1.1"),
        (contents(BODY.replace("h2", "h4")), "1.3.1"),
        (contents(css="p { order: 2 }"), "1.3.2"),
        (contents(css="p { font-size: 9pt }"), "1.4.4"),
        (contents(css="p { transition: all 1s }"), "2.2.2"),
        (contents(head="<title> </title>"), "2.4.2"),
        (contents(BODY.replace(">on<", "> <")), "2.4.4"),
        (contents(attributes=""), "3.1.1"),
    ],
)
def test_what_is_in_the_way_of_conformance(broken: Contents, criterion: str) -> None:
    assert obstacles(contents()) == ()
    (obstacle,) = obstacles(broken)
    assert criterion in obstacle


@pytest.mark.parametrize("link", [f"<a href='#a'>{IMG}</a>", f"<a href='#a'>{MATH}</a>", "<a id='b'></a>"])
def test_a_link_may_be_named_by_what_it_shows(link: str) -> None:
    assert obstacles(contents(BODY + link)) == ()


def certified() -> bytes:
    return write(ebooks.book(), ebooks.CSS, Shelf({}), ebooks.picture(), certifier=CERTIFIER)


def test_conformance_is_claimed_in_the_words_of_the_standard_and_by_somebody() -> None:
    opf = part(certified(), "content.opf")
    assert found(opf, "//o:meta[@property='dcterms:conformsTo']/text()") == [CONFORMANCE]
    claim, certifier = found(opf, "//o:meta[@property='dcterms:conformsTo' or @property='a11y:certifiedBy']/@id")
    assert found(opf, f"//o:meta[@refines='#{claim}']/text()") == ["An Auditor"]
    assert found(opf, f"//o:meta[@refines='#{certifier}']/text()") == ["https://example.org/credential"]
    assert found(opf, f"//o:link[@refines='#{certifier}']/@href") == ["https://example.org/report"]
    (summary,) = claims(certified())["accessibilitySummary"]
    assert summary.endswith("Conformance to EPUB Accessibility 1.1 and WCAG 2.2 Level AA is certified by An Auditor.")
    assert epubcheck(certified()) == ()
    assert check(certified()) == ()


def test_nobody_certifies_unless_they_are_named() -> None:
    opf = part(ebooks.ebook(), "content.opf")
    assert found(opf, "//o:meta[@property='dcterms:conformsTo' or starts-with(@property, 'a11y:')]") == []


@pytest.mark.parametrize(
    ("entry", "change", "codes"),
    [
        ("content.opf", lambda t: t.replace("WCAG 2.2 Level AA<", "WCAG 2.2 Level AAA<"), ["EPC008"]),
        ("content.opf", lambda t: t.replace("a11y:certifiedBy", "dcterms:creator"), ["EPC007", "EPC007", "EPC008"]),
        ("content.opf", lambda t: t.replace("An Auditor<", "<", 1), ["EPC007", "EPC007", "EPC008"]),
        ("article.xhtml", lambda t: t.replace(">below<", "><"), ["EPC008"]),
    ],
)
def test_a_claim_of_conformance_is_held_to_account(entry: str, change: Callable[[str], str], codes: list[str]) -> None:
    assert [d.code for d in check(ebooks.broken(certified(), {f"EPUB/{entry}": change}))] == codes


SOURCE = """\
T
=

:Author: A. One
:Date: 2026-11-24

A picture:

.. image:: oak.png
{alt}
Text.
"""


def test_a_build_withdraws_a_claim_that_its_contents_are_against(tmp_path: Path) -> None:
    (tmp_path / "oak.png").write_bytes(ebooks.picture("PNG"))
    (tmp_path / "postpress.toml").write_text('certified_by = "An Auditor"\n')
    for alt, claimed in (("   :alt: An oak\n", True), ("", False)):
        (tmp_path / "a.rst").write_text(SOURCE.format(alt=alt))
        run = postpress("build", "a.rst", "--edition", "ebook", "--lenient", folder=tmp_path)
        assert run.code == 0, run.err
        opf = ebooks.parts((tmp_path / "build" / "a.epub").read_bytes())["EPUB/content.opf"].decode()
        assert (CONFORMANCE in opf, "certified by An Auditor" in opf) == (claimed, claimed)
        withdrawn = "warning EPB007: the ebook does not claim the conformance that An Auditor certifies"
        assert (withdrawn in run.err) is not claimed
    assert "WCAG 1.1.1" in run.err
