"""docutils, loaded without what few sources need of it, and without the network.

That takes longer to load than all the rest: `urllib.request` brings mail, HTTP and TLS; Pillow is there for pictures
whose size docutils wants to know; three translators wait for formulas.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any, NoReturn
from urllib.error import URLError
from urllib.parse import unquote

OFFLINE = "no network while building"

__all__ = ["OFFLINE", "body", "html5_polyglot", "images", "misc", "states", "tables", "urlopen"]


def urlopen(*_: Any, **__: Any) -> NoReturn:
    raise URLError(OFFLINE)


def _later(name: str) -> ModuleType:
    """A module that is loaded when something of it is wanted."""
    module = ModuleType(name)
    package = name == "PIL"
    vars(module)["__getattr__"] = lambda want: (
        import_module(f"{name}.{want}") if package else getattr(import_module(name), want)
    )
    return module


_request = ModuleType("urllib.request")
vars(_request).update(urlopen=urlopen, url2pathname=unquote)  # so it is on POSIX
_MATH = ("latex2mathml", "math2html", "tex2mathml_extern")
_instead: dict[str, ModuleType | None] = {
    "urllib.request": _request,
    "pygments": None,  # docutils does without: `syntax` takes code apart, where there is any
    **{name: _later(name) for name in ("PIL", "PIL.Image", *(f"docutils.utils.math.{name}" for name in _MATH))},
}
_theirs = {name: sys.modules.get(name) for name in _instead}
sys.modules.update(_instead)  # type: ignore[arg-type]  # None: what is not to be found
try:
    from docutils.parsers.rst import states
    from docutils.parsers.rst.directives import body, images, misc, tables
    from docutils.writers import html5_polyglot
finally:
    for _name, _module in _theirs.items():
        if _module is None:
            del sys.modules[_name]
        else:
            sys.modules[_name] = _module
