"""Pages: one XHTML document and one style sheet, laid out by WeasyPrint 70, as the bytes of a tagged PDF."""

from __future__ import annotations

import ctypes.util
import gc
import io
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from types import ModuleType, SimpleNamespace
from typing import Any
from xml.etree import ElementTree

from pipeline.errors import Diagnostic, RenderError, error
from pipeline.fetch import SCHEME, RefusedError, Shelf, styles
from pipeline.model import ChapterJob

BASE = f"{SCHEME}:///source/"
_XHTML = "{http://www.w3.org/1999/xhtml}"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def layout(page: str, css: str, shelf: Shelf) -> bytes:
    """Lay out an XHTML document (a whole one: html with lang, head with title, body) and write it as a tagged PDF.

    Relative addresses in it are those of `book:///source/`; everything is read through the shelf. Bookmarks come from
    CSS. Not safe to run twice at once in one process: corrections to the engine last as long as the call.

    Raises RenderError: PDF001 the engine's libraries are not here, PDF002 the page is not well-formed, PDF003 an
    address was refused, PDF004 the engine failed, PDF005 the engine complained, PDF006 a picture has no alternative.
    """
    root = _html_tree(page)
    with _same_everywhere():
        engine = _engine()
        with _complaints() as complaints:
            try:
                data = _write(engine, root, css, shelf)
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
    return data


def typeset(job: ChapterJob) -> bytes:
    """The tagged PDF of a job; see `layout`."""
    return layout(job.page, job.css, Shelf(job.roots))


def warm() -> None:
    """Import the engine, for processes to be forked from this one. Raises RenderError."""
    with _same_everywhere():
        _engine()
        from pipeline.write.pdf import faces, quick, tags  # noqa: F401


def _write(engine: Any, root: ElementTree.Element, css: str, shelf: Shelf) -> bytes:
    from pipeline.write.pdf.faces import corrected
    from pipeline.write.pdf.quick import quick
    from pipeline.write.pdf.tags import tagged

    fetcher = engine.fetcher(shelf)
    font_config, counter_style = engine.FontConfiguration(), engine.CounterStyle()
    sheet = engine.CSS(
        string=css, base_url=BASE, url_fetcher=fetcher, font_config=font_config, counter_style=counter_style
    )
    # Boxes are many and die together: a tenth of the time. The collector finds them, being young, when it is back.
    gc.disable()
    try:
        with quick():
            document = engine.html(root, fetcher).render(font_config, counter_style, stylesheets=[sheet], pdf_tags=True)
            _check_links(document)
            with tagged(document), corrected():
                return bytes(document.write_pdf(pdf_tags=True))
    finally:
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


@contextmanager
def _no_compiler() -> Iterator[None]:
    """On Linux ctypes runs gcc and ldconfig to find a library, once for each name that WeasyPrint tries: half the time
    of its import. The names that end in .so.0 load without.
    """
    find = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None  # noqa: ARG005
    try:
        yield
    finally:
        ctypes.util.find_library = find


@contextmanager
def _no_font_tools() -> Iterator[None]:
    """WeasyPrint 70 loads fontTools' subsetter and instancer (a third of its import) to do what HarfBuzz does for us:
    it finds nothing in their places. `faces.instantiate` loads the one where it is needed.
    """
    instancer = ModuleType("fontTools.varLib.instancer")
    instancer.__dict__["instantiateVariableFont"] = None
    places = {module.__name__: module for module in (ModuleType("fontTools.subset"), instancer)}
    empty = {name: module for name, module in places.items() if name not in sys.modules}
    sys.modules.update(empty)
    try:
        yield
    finally:
        for name in empty:
            del sys.modules[name]


def _engine() -> Any:
    """WeasyPrint's names that we use, with the two classes that hold it to our tree and our shelf."""
    try:
        # WeasyPrint 70 warns at import when there are no system fonts, and prints when a library is missing.
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()), _no_compiler(), _no_font_tools():
            warnings.simplefilter("ignore")
            from weasyprint import CSS, HTML
            from weasyprint.css.counters import CounterStyle
            from weasyprint.text.ffi import harfbuzz, harfbuzz_subset
            from weasyprint.text.fonts import FontConfiguration
            from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse
    except OSError as missing:
        message = f"the library that sets type (Pango) cannot be loaded: {missing}".splitlines()[0]
        raise RenderError(error("PDF001", message, hint="run `postpress doctor`")) from missing
    if harfbuzz_subset is None or not harfbuzz.hb_version_atleast(6, 0, 0):
        # Without it WeasyPrint 70 takes fontTools: much more work, other bytes. 6.0 is the first to make fonts static.
        message = "the library that subsets fonts (HarfBuzz-Subset, 6.0 or newer) cannot be loaded"
        raise RenderError(error("PDF001", message, hint="run `postpress doctor`"))
    from cssselect2 import ElementWrapper  # type: ignore[import-untyped]

    class Document(HTML):  # type: ignore[misc]
        """WeasyPrint 70's HTML takes text only: a parsed tree has to be set in place."""

        def __init__(self, root: ElementTree.Element, fetcher: Any):
            self.base_url, self.url_fetcher, self.media_type = BASE, fetcher, "print"
            self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
            self.etree_element = root

    class Fetcher(URLFetcher):  # type: ignore[misc]
        """Reads from the shelf only. A refusal is fatal: WeasyPrint would go on without the picture."""

        def __init__(self, shelf: Shelf):
            super().__init__(allowed_protocols={SCHEME}, allow_redirects=False, fail_on_errors=True)
            self.shelf = shelf

        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ARG002
            try:
                data, media_type = self.shelf.read(url)
            except RefusedError as refusal:
                raise FatalURLFetchingError(str(refusal)) from refusal
            return URLFetcherResponse(url, data, {"Content-Type": media_type})

    return SimpleNamespace(
        CSS=CSS,
        CounterStyle=CounterStyle,
        FontConfiguration=FontConfiguration,
        Fatal=FatalURLFetchingError,
        fetcher=Fetcher,
        html=Document,
    )
