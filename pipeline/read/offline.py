"""Those parts of docutils that know how to reach the network, or to open pictures, loaded without what does it.

That takes as long as all of docutils: `urllib.request` brings mail, HTTP and TLS, and few sources have a picture whose
size docutils wants to know.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any, NoReturn
from urllib.error import URLError
from urllib.parse import unquote

OFFLINE = "no network while building"

__all__ = ["OFFLINE", "html5_polyglot", "images", "misc", "tables", "urlopen"]


def urlopen(*_: Any, **__: Any) -> NoReturn:
    raise URLError(OFFLINE)


def _stand_in(name: str, **names: Any) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(names)
    return module


_instead = {
    "urllib.request": _stand_in("urllib.request", urlopen=urlopen, url2pathname=unquote),  # so it is on POSIX
    "PIL": _stand_in("PIL", __getattr__=lambda name: import_module(f"PIL.{name}")),
    "PIL.Image": _stand_in("PIL.Image"),
}
_theirs = {name: sys.modules.get(name) for name in _instead}
sys.modules.update(_instead)
try:
    from docutils.parsers.rst.directives import images, misc, tables
    from docutils.writers import html5_polyglot
finally:
    for _name, _module in _theirs.items():
        if _module is None:
            del sys.modules[_name]
        else:
            sys.modules[_name] = _module
