"""WeasyPrint 70, loaded without what it would not use for us: `load` is the one door to it.

Its import takes as long as laying out two pages. Half of that is for things that never happen here: fetching from the
network, parsing HTML, forms, and telling cffi in C what Pango's functions are, which `declarations` does beforehand.
"""

from __future__ import annotations

import io
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from xml.etree import ElementTree

from pipeline.doctor import HOMEBREW_LIBRARIES
from pipeline.errors import RenderError, error
from pipeline.fetch import SCHEME, RefusedError, Shelf

BASE = f"{SCHEME}:///source/"

# Of WeasyPrint 70's sheet for HTML, what no page of ours has: forms, writing to the left, far numerals.
_NUMERALS = "disc|circle|square|disclosure-\\w+|decimal|decimal-leading-zero|(lower|upper)-(alpha|latin|roman|greek)"
_NEVER = re.compile(
    r"/\* Form fields \*/.*?(?=/\* Pages \*/)"
    r"|^[^\n{}]*\[dir[^\n{}]*\{[^}]*\}$"
    rf"|@counter-style (?!({_NUMERALS}) )[\w-]+ ?\{{[^}}]*\}}",
    re.DOTALL | re.MULTILINE,
)


def _trimmed(sheet: str) -> str:
    return _NEVER.sub("", sheet)


class _Sheets:
    """WeasyPrint's folder of style sheets, as importlib.resources would give it."""

    def __init__(self, folder: Path):
        self.folder = folder

    def __truediv__(self, name: str) -> Any:
        # Those for forms and for presentational hints are asked for, and never applied.
        text = _trimmed((self.folder / name).read_text("utf-8")) if name == "html5_ua.css" else ""
        return SimpleNamespace(read_text=lambda _encoding: text)


def _files(package: Any) -> Any:
    name = package if isinstance(package, str) else package.__name__
    spec = find_spec(name)
    assert spec and spec.submodule_search_locations, name
    folder = Path(spec.submodule_search_locations[0])
    return _Sheets(folder) if name == "weasyprint.css" else folder


class _Headers(dict[str, str]):
    """What WeasyPrint asks an email.message.EmailMessage."""

    def get_content_type(self) -> str:
        return self["Content-Type"]

    def get_param(self, _name: str) -> None:
        return None


class _Absent:
    """Whatever WeasyPrint would reach the network with: it is made, and does nothing."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def add_handler(self, _handler: object) -> None:
        pass


def _declared() -> Any:
    """cffi's FFI, with the declarations compiled beforehand."""
    import _cffi_backend

    from pipeline.write.pdf import declarations

    class Declared(_cffi_backend.FFI):  # type: ignore[misc]
        def cdef(self, text: str) -> None:
            assert declarations.digest(text) in declarations.TEXTS, "run `python -m tests.tools.declarations`"

        def dlopen(self, name: str, flags: int) -> Any:
            # cffi would run gcc and ldconfig for each name that cannot be loaded; of the names that WeasyPrint tries,
            # those that end in .so.0 and .dylib load as they are.
            for folder in HOMEBREW_LIBRARIES if sys.platform == "darwin" else ():
                with suppress(OSError):
                    return super().dlopen(f"{folder}/{name}", flags)
            return super().dlopen(name, flags)

    return lambda: Declared("postpress", **declarations.COMPILED)


def _stand_ins() -> dict[str, ModuleType]:
    """What WeasyPrint 70 finds in the places of modules that it imports."""
    held: dict[str, dict[str, Any]] = {
        "cffi": {"FFI": _declared()},
        "email.message": {"EmailMessage": _Headers},
        # What a third of the import is spent on, HarfBuzz does for us; `faces.instantiate` loads the one if need be.
        "fontTools.subset": {},
        "fontTools.varLib.instancer": {"instantiateVariableFont": None},
        "fontTools.ttLib.woff2": {},
        "importlib.resources": {"files": _files},
        "tinyhtml5": {},
        "urllib.request": {"__getattr__": lambda _name: _Absent},
        "PIL.ImageCms": {"ImageCmsProfile": None},
    }
    modules = {name: ModuleType(name) for name in held}
    for name, names in held.items():
        vars(modules[name]).update(names)
    return modules


@contextmanager
def _instead(modules: dict[str, ModuleType]) -> Iterator[None]:
    """While this lasts, an import of these names finds these modules."""
    before = {name: sys.modules.get(name) for name in modules}
    sys.modules.update(modules)
    for name, module in modules.items():
        _attach(name, before[name], module)  # `from package import module` asks the package first
    try:
        yield
    finally:
        for name, module in modules.items():
            _attach(name, module, before[name])
            if (theirs := before[name]) is None:
                del sys.modules[name]
            else:
                sys.modules[name] = theirs


def _attach(name: str, old: ModuleType | None, new: ModuleType | None) -> None:
    """Let a package that is loaded, and has a module of this name, have another in its place."""
    package, _, last = name.rpartition(".")
    if old is not None and getattr(sys.modules.get(package), last, None) is old:
        setattr(sys.modules[package], last, new)


def load() -> Any:
    """WeasyPrint's names that we use, with the two classes that hold it to our tree and our shelf."""
    try:
        # WeasyPrint 70 warns at import when there are no system fonts, and prints when a library is missing.
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()), _instead(_stand_ins()):
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

    from pipeline.write.pdf import footnotes, spaces

    spaces.correct()
    footnotes.correct()

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
