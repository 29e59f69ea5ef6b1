"""Pages: one XHTML document and one style sheet, laid out by WeasyPrint 70, as the bytes of a tagged PDF."""

from __future__ import annotations

import gc
import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from pipeline.errors import Diagnostic, RenderError, error
from pipeline.fetch import SCHEME, Shelf, styles
from pipeline.model import ChapterJob, ChapterPdf
from pipeline.write.pdf.engine import BASE, load

_XHTML = "{http://www.w3.org/1999/xhtml}"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def typeset(job: ChapterJob) -> ChapterPdf:
    """Lay out an XHTML document (a whole one: html with lang, head with title, body) and write it as a tagged PDF.

    Relative addresses in it are those of `book:///source/`; everything is read through the shelf. Bookmarks come from
    CSS. Not safe to run twice at once in one process: corrections to the engine last as long as the call.

    Raises RenderError: PDF001 the engine's libraries are not here, PDF002 the page is not well-formed, PDF003 an
    address was refused, PDF004 the engine failed, PDF005 the engine complained, PDF006 a picture has no alternative.
    """
    root = _html_tree(job.page)
    with _same_everywhere():
        engine = load()
        with _complaints() as complaints:
            try:
                chapter = _write(engine, root, job.css, Shelf(job.roots))
            except engine.Fatal as refusal:
                hint = "only what lies beside the source is read: save a copy there, and name that"
                raise RenderError(error("PDF003", str(refusal), hint=hint)) from refusal
            except RenderError:
                raise
            except Exception as failure:
                # Some pages bring the engine down (RecursionError, ZeroDivisionError): a person sees no traceback.
                message = f"the page could not be laid out: {type(failure).__name__}: {failure}"
                raise RenderError((*complaints, error("PDF004", message))) from failure
    if complaints:
        raise RenderError(complaints)
    return chapter


def layout(page: str, css: str, shelf: Shelf) -> bytes:
    """The PDF alone."""
    return typeset(ChapterJob(page, css, shelf.roots)).data


def warm() -> None:
    """Import all that a layout needs, for processes to be forked from this one. Raises RenderError."""
    with _same_everywhere():
        load()
        from lxml import etree  # noqa: F401

        from pipeline.write.pdf import faces, quick, tags  # noqa: F401


@contextmanager
def prepared(css: str, roots: Mapping[str, Path]) -> Iterator[None]:
    """While this lasts, layouts in this style find it parsed and its fonts known, in forks of this process too.

    For a short chapter that is half the work. Raises RenderError.
    """
    warm()
    with _same_everywhere():
        _PREPARED[css] = _style(load(), css, Shelf(roots))
    try:
        yield
    finally:
        _PREPARED.clear()


_PREPARED: dict[str, tuple[Any, Any, Any]] = {}


def _style(engine: Any, css: str, shelf: Shelf) -> tuple[Any, Any, Any]:
    """A style sheet parsed, the fonts it brings, and its counter styles."""
    fonts, counters = engine.FontConfiguration(), engine.CounterStyle()
    fetcher = engine.fetcher(shelf)
    sheet = engine.CSS(string=css, base_url=BASE, url_fetcher=fetcher, font_config=fonts, counter_style=counters)
    return sheet, fonts, counters


def _write(engine: Any, root: ElementTree.Element, css: str, shelf: Shelf) -> ChapterPdf:
    from pipeline.write.pdf.faces import corrected
    from pipeline.write.pdf.quick import quick
    from pipeline.write.pdf.tags import tagged

    sheet, fonts, counters = _PREPARED.get(css) or _style(engine, css, shelf)
    counters = engine.CounterStyle(counters)  # WeasyPrint 70 adds its own
    # Boxes are many and die together: a tenth of the time. The collector finds them, being young, when it is back.
    collecting = gc.isenabled()
    gc.disable()
    try:
        with quick():
            html = engine.html(root, engine.fetcher(shelf))
            document = html.render(fonts, counters, stylesheets=[sheet], pdf_tags=True)
            _check_links(document)
            with tagged(document) as leaves, corrected():
                data = bytes(document.write_pdf(pdf_tags=True))
        pages = range(len(document.pages))
        return ChapterPdf(
            data=data,
            starts=leaves.starts,
            # What is broken over pages has its name on each: the first counts.
            anchors={name: page for page in reversed(pages) for name in document.pages[page].anchors},
            folios=tuple(leaves.folios.get(page) for page in pages),
            doubtful=leaves.doubtful,
        )
    finally:
        if collecting:
            gc.enable()


def _check_links(document: Any) -> None:
    """A relative address that is no place in this document would be written as `book:///source/…`."""
    targets = dict.fromkeys(target for page in document.pages for _, target, *_ in page.links)
    if lost := [target for target in targets if target.startswith(f"{SCHEME}:")]:
        hint = "link to a heading or a target of this text, or to a whole web address"
        message = "a link leads to nothing in this edition"
        raise RenderError(error("PDF003", f"{message}: {target}", hint=hint) for target in lost)


def _html_tree(page: str) -> ElementTree.Element:
    """The document as WeasyPrint wants it: HTML elements in no namespace, SVG in its own."""
    try:
        root = ElementTree.fromstring(page)
    except ElementTree.ParseError as fault:
        raise RenderError(error("PDF002", f"the page is not well-formed: {fault}")) from fault
    for element in root.iter():
        element.tag = element.tag.removeprefix(_XHTML)
        if _XML_LANG in element.attrib and "lang" not in element.attrib:
            element.set("lang", element.attrib[_XML_LANG])
    if root.tag != "html" or not root.get("lang"):
        raise RenderError(error("PDF002", "the page has no <html lang>"))
    return root


@contextmanager
def _same_everywhere() -> Iterator[None]:
    """No system fonts and no clock, for as long as the engine works."""
    ours = {
        # Fontconfig reads its configuration when WeasyPrint is imported and again for each document.
        "FONTCONFIG_FILE": str(styles() / "fonts.conf"),
        # fontTools writes the time into the fonts it subsets unless told another.
        "SOURCE_DATE_EPOCH": "0",
    }
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _complaints() -> Iterator[list[Diagnostic]]:
    """What the engine logs at WARNING or above, as errors: our pages and styles give it no reason to."""
    found: list[Diagnostic] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            hint = "look for it in the source, then in the styles: the engine would go on without it"
            diagnostic = error("PDF005", record.getMessage(), hint=hint)
            if diagnostic not in found:
                found.append(diagnostic)

    logger, collector = logging.getLogger("weasyprint"), Collector(logging.WARNING)
    logger.addHandler(collector)
    propagate, logger.propagate = logger.propagate, False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield found
    finally:
        logger.propagate = propagate
        logger.removeHandler(collector)
