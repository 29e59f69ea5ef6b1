"""Compile what WeasyPrint and our corrections declare of shared libraries: python -m tests.tools.declarations

Writes pipeline/write/pdf/declarations.py. To be run when WeasyPrint or a call of `ffi.cdef` changes.
"""

from __future__ import annotations

import ast
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cffi

from tests.tools.reproduce import ROOT

OURS = ROOT / "pipeline" / "write" / "pdf"
TARGET = OURS / "declarations.py"


def texts() -> list[str]:
    """The arguments of every call of `ffi.cdef`, WeasyPrint's first."""
    package = find_spec("weasyprint")
    assert package and package.origin
    files = [Path(package.origin).parent / "text" / "ffi.py", *sorted(OURS.rglob("*.py"))]
    found = []
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "ffi.cdef":
                found.append(ast.literal_eval(node.args[0]))
    return found


def compiled() -> dict[str, Any]:
    """What makes an FFI that knows all of them."""
    ffi = cffi.FFI()
    for text in texts():
        ffi.cdef(text)
    ffi.set_source("declarations", None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "declarations.py"
        ffi.emit_python_code(str(path))
        tree = ast.parse(path.read_text(encoding="ascii"))
    call = next(node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}


def written() -> str:
    """The module's text."""
    from pipeline.write.pdf.declarations import digest

    rows = "".join(f"    {name!r}: {value!r},\n" for name, value in compiled().items())
    return (
        '"""What WeasyPrint 70 and our corrections declare of shared libraries, compiled by cffi.\n\n'
        "Written by `python -m tests.tools.declarations`. cffi takes 70 ms to parse the texts, and 1 ms to load this.\n"
        '"""\n\nfrom __future__ import annotations\n\nfrom typing import Any\nfrom zlib import crc32\n\n\n'
        "def digest(text: str) -> int:\n    return crc32(text.encode())\n\n\n"
        f"TEXTS = {sorted(map(digest, texts()))!r}\n"
        f"COMPILED: dict[str, Any] = {{\n{rows}}}\n"
    )


if __name__ == "__main__":
    TARGET.write_text(written(), encoding="utf-8")
