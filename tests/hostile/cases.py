"""What a source may try, and its benign twin: a row a case. `place` is how the diagnostic goes on after the folder.

In sources and assets OUTSIDE stands for the absolute path of a folder next to the case's own, and SERVER for the
address of a server that must not be asked.
"""

from __future__ import annotations

import base64
import io
import os
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

Asset = bytes | str | Callable[[Path], object]

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" viewBox="0 0 9 9"{}>{}</svg>'


@dataclass(frozen=True)
class Case:
    name: str
    source: str | bytes  # what follows the title and the fields, from line 8 on; bytes: the whole file
    place: str  # "" where it has to build
    twin: str  # to be built
    files: Mapping[str, Asset] = field(default_factory=dict)
    twin_files: Mapping[str, Asset] = field(default_factory=dict)


def _link(target: str) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target)


def _png(width: int, height: int, rows: bytes | None = None) -> bytes:
    """A grey picture of one bit a pixel: what takes megabytes once it is open takes a few thousand bytes here."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    data = bytes((width + 7) // 8 + 1) * height if rows is None else rows
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")


def _picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((40, 40), 50).save(out, kind)
    return out.getvalue()


DOT = _png(8, 8)
_DOT: dict[str, Asset] = {"dot.png": DOT, "a.svg": SVG.format("", '<path d="M0 0L9 9"/>')}


def _include(name: str, path: str, place: str = ":8: error RST106", *options: str, **files: Asset) -> Case:
    more = "".join(f"   {option}\n" for option in options)
    kept = "".join(f"   {option}\n" for option in options if "parser" not in option)
    twin = f".. include:: in.txt\n{kept}\nText.\n"
    return Case(
        f"include-{name}", f".. include:: {path}\n{more}", place, twin, _named(files), {"in.txt": "Well met.\n"}
    )


def _toctree(name: str, path: str, place: str = ":10: error RST106", **files: Asset) -> Case:
    def text(file: str) -> str:
        return f".. toctree::\n\n   {file}\n"

    chapter = "Two\n===\n\nText.\n"
    return Case(f"toctree-{name}", text(path), place, text("one"), _named(files), {"one.rst": chapter})


def _image(name: str, path: str, place: str, directive: str = "image", **files: Asset) -> Case:
    def text(file: str) -> str:
        return f"Text.\n\n.. {directive}:: {file}\n   :alt: A dot\n"

    return Case(f"{directive}-{name}", text(path), place, text("dot.png"), {**_DOT, **_named(files)}, _DOT)


def _svg(name: str, inner: str | bytes, place: str = ":10: error IMG003", root: str = "", twin: str = "") -> Case:
    whole = isinstance(inner, bytes) or inner.startswith(("<?xml", "<!DOCTYPE"))
    drawing: Asset = inner if whole else SVG.format(root, inner)
    benign = SVG.format("", twin or '<path d="M0 0L9 9"/>')
    source = "Text.\n\n.. image:: a.svg\n   :alt: A dot\n"
    return Case(f"svg-{name}", source, place, source, {"a.svg": drawing}, {"a.svg": benign})


def _named(files: Mapping[str, Asset]) -> dict[str, Asset]:
    return {name.replace("__", "."): asset for name, asset in files.items()}


def _file(name: str, ending: str, data: bytes, benign: bytes, place: str = ":8: error IMG003") -> Case:
    source = f".. image:: a.{ending}\n   :alt: A dot\n\nText.\n"
    return Case(f"file-{name}", source, place, source, {f"a.{ending}": data}, {f"a.{ending}": benign})


def _text(name: str, source: str | bytes, place: str, twin: str = "Text.\n", **files: Asset) -> Case:
    return Case(name, source, place, twin, _named(files))


def _nested(mark: str, depth: int, indent: int = 2) -> str:
    return "".join(f"{' ' * indent * n}{mark}{n}\n\n" for n in range(depth))


def _grid(rows: int, columns: int) -> str:
    rule = "+" + "---+" * columns + "\n"
    return rule + ("|" + " a |" * columns + "\n" + rule) * rows


def _span(columns: int) -> str:
    """A cell over all columns above one for each."""
    return "+" + "----" * (columns - 1) + "---+\n|" + " " * (4 * columns - 1) + "|\n" + _grid(1, columns)


def _doubled(depth: int) -> str:
    return (
        "".join(f".. |s{n}| replace:: |s{n + 1}| |s{n + 1}|\n" for n in range(depth)) + f".. |s{depth}| replace:: x\n"
    )


def _use(depth: int) -> str:
    doubled = "".join(f'<g id="g{n}">' + f'<use href="#g{n - 1}"/>' * 2 + "</g>" for n in range(1, depth))
    return f'<defs><path id="g0" d="M0 0L9 9"/>{doubled}</defs><use href="#g{depth - 1}"/>'


def _laughs(depth: int) -> str:
    more = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, depth))
    return f'<!DOCTYPE svg [<!ENTITY e0 "ha">{more}]>' + SVG.format("", f"<text>&e{depth - 1};</text>")


_XXE = '<!DOCTYPE svg [<!ENTITY e SYSTEM "file://OUTSIDE/canary.txt">]>' + SVG.format("", "<text>&e;</text>")
_INNER = base64.b64encode(
    SVG.format("", '<image href="../outside/canary.png" width="9" height="9"/>').encode()
).decode()
_EVIL = "open('OUTSIDE/canary.txt').read()\nfrom docutils.parsers.rst import Parser\n"
_TABLE = ".. csv-table::\n   {}\n"
_FAN = {f"f{n}.txt": f".. include:: f{n + 1}.txt\n\n" * 10 for n in range(9)}

ROUTES = [
    _toctree("parent", "../outside/canary"),
    _toctree("absolute", "OUTSIDE/canary", ":10: error RST150"),
    _toctree("link", "two", two__rst=_link("../outside/canary.txt")),
    _toctree("folder-link", "folder/canary", folder=_link("../outside")),
    _toctree("encoded", "%2e%2e/outside/canary", ":10: error RST150"),
    _toctree("pipe", "two", ":10: error RST150", two__rst=os.mkfifo),
    _toctree("long", "two" * 100, ":10: error RST150"),
    _include("parent", "../outside/canary.txt"),
    _include("absolute", "OUTSIDE/canary.txt", ":8: error RST110"),
    _include("link", "in.txt", in__txt=_link("../outside/canary.txt")),
    _include("folder-link", "folder/canary.txt", folder=_link("../outside")),
    _include("angle", "<../../../../../../../../../../../../../../../../OUTSIDE/canary.txt>"),
    _include("from-include", "in.txt", "/in.txt:1: error RST106", in__txt=".. include:: ../outside/canary.txt\n"),
    _include("encoded", "%2e%2e/outside/canary.txt", ":8: error RST110"),
    _include("backslash", "..\\outside\\canary.txt", ":8: error RST110"),
    _include("literal", "../outside/canary.txt", ":8: error RST106", ":literal:"),
    _include("code", "../outside/canary.txt", ":8: error RST106", ":code:"),
    _include("device", "/dev/zero", ":8: error RST110"),
    _include("url", "SERVER/a.txt", ":8: error RST110"),
    _include("file-url", "file://OUTSIDE/canary.txt", ":8: error RST110"),
    _include("parser", "in.txt", ":8: error RST116", ":parser: include-parser.evil", in__txt="x\n", evil__py=_EVIL),
    _include("parser-beside", "in.txt", ":8: error RST116", ":parser: evil", in__txt="x\n", evil__py=_EVIL),
    _include("parser-outside", "../outside/canary.txt", ":8: error RST116", ":parser: rst"),
    _include("forged-end", "in.txt", "/in.txt:5: error RST119",
             in__txt='Text.\n\n.. end of inclusion from "in.txt"\n\n.. include:: in.txt\n'),
    Case("table-file", _TABLE.format(":file: ../outside/canary.txt"), ":8: error RST106",
         _TABLE.format(":file: in.csv"),
         twin_files={"in.csv": "a,b\nc,d\n"}),
    Case("table-link", _TABLE.format(":file: in.csv"), ":8: error RST106", _TABLE.format(":header: a, b\n\n   c, d"),
         {"in.csv": _link("../outside/canary.txt")}),
    Case("table-url", _TABLE.format(":url: SERVER/a.csv"), ":8: error RST107", _TABLE.format("\n   c, d")),
    _text("raw-file", ".. raw:: html\n   :file: ../outside/canary.txt\n", ":8: error RST108", "``raw``\n"),
    _text("raw-url", ".. raw:: html\n   :url: SERVER/a.html\n", ":8: error RST108", ".. code:: html\n\n   <b>\n"),
    _text("raw-base", ".. raw:: html\n\n   <base href='SERVER/'><link rel='attachment' href='file://OUTSIDE/canary.txt'>\n",
          ":8: error RST108", "``<base>``\n"),
    _text("raw-setting", ".. raw:: html\n\n   <img src='SERVER/a.png'>\n", ":8: error RST108",
          docutils__conf="[general]\nraw_enabled: yes\nstylesheet_path: ../outside/canary.txt\n"),
    _text("raw-default", ".. default-role:: raw\n\n`<img src='SERVER/a'>`\n", ":11: error RST100",
          ".. default-role:: emphasis\n\n`x`\n"),
    _text("meta", ".. meta::\n   :http-equiv=refresh: 0; url=SERVER/a\n\nText.\n", "", "Text.\n"),
    _text("clock", "|d|\n\n.. |d| date:: %s\n", ":10: error RST117", "|d|\n\n.. |d| replace:: today\n"),
    _text("raw-role", ".. role:: r(raw)\n   :format: html\n\n:r:`<img src=\"SERVER/a\">`\n", ":12: error RST100",
          ".. role:: r\n\n:r:`x`\n"),
    _text("link-file", "`x <file://OUTSIDE/canary.txt>`_\n", ":8: error RST133", "`x <https://example.org/>`_\n"),
    _text("link-capitals", "`x <JavaScript:alert(1)>`_\n", ":8: error RST133", "`x <HTTPS://example.org/>`_\n"),
    _text("link-script", "`x <javascript:alert(1)>`_\n", ":8: error RST133", "`x <mailto:a@example.org>`_\n"),
    _image("parent", "../outside/canary.png", ":10: error RST106"),
    _image("absolute", "OUTSIDE/canary.png", ":10: error IMG002"),
    _image("link", "l.png", ":10: error RST106", l__png=_link("../outside/canary.png")),
    _image("folder-link", "folder/canary.png", ":10: error RST106", folder=_link("../outside")),
    _image("encoded", "%2e%2e/outside/canary.png", ":10: error IMG002"),
    _image("encoded-twice", "%252e%252e%252foutside/canary.png", ":10: error IMG002"),
    _image("backslash", "..\\\\outside\\\\canary.png", ":10: error RST106"),
    _image("file-url", "FILE://OUTSIDE/canary.png", ":10: error RST107"),
    _image("url-capitals", "HTTP://127.0.0.1/a.png", ":10: error RST107"),
    _image("data-capitals", "DaTa:image/png;base64,AAAA", ":10: error RST107"),
    _image("name-too-long", "a" * 5000 + ".png", ":10: error IMG002"),
    _text("image-width-style", ".. image:: dot.png\n   :alt: x\n   :width: 1em; background: url(SERVER/a.png)\n",
          ":8: error RST139", dot__png=DOT),
    _image("url", "SERVER/a.png", ":10: error RST107"),
    _image("no-scheme", "//127.0.0.1/a.png", ":10: error RST106"),
    _image("data", "data:image/svg+xml,<svg/>", ":10: error RST107"),
    _image("root", "book:///source/../outside/canary.png", ":10: error RST107"),
    _image("parent", "../outside/canary.svg", ":10: error RST106", "figure"),
    _image("parent", "../outside/canary.svg", ":10: error RST106", "drawing"),
    _image("link", "l.svg", ":10: error RST106", "drawing", l__svg=_link("../outside/canary.svg")),
    _text("substitution", "|x|\n\n.. |x| image:: ../outside/canary.png\n   :alt: x\n", ":10: error RST106",
          "|x|\n\n.. |x| replace:: text\n"),
    _text("image-target", ".. image:: dot.png\n   :alt: x\n   :target: file://OUTSIDE/canary.txt\n", ": error RST133",
          "Text.\n", dot__png=DOT),
    _svg("image-file", '<image href="file://OUTSIDE/canary.png" width="9" height="9"/>'),
    _svg("image-url", '<image x:href="SERVER/a.png" width="9" height="9"/>'),
    _svg("image-beside", '<image href="../outside/canary.png" width="9" height="9"/>'),
    _svg("image-in-data", f'<image width="9" height="9" href="data:image/svg+xml;base64,{_INNER}"/>'),
    _svg("image-in-data-png", f'<image width="9" height="9" href="data:image/png;base64,{_INNER}"/>'),
    _svg("image-capitals", '<image width="9" height="9" href="FiLe://OUTSIDE/canary.png"/>'),
    _svg("base", '<use href="#a"/><path id="a" d="M0 0L9 9"/>', root=' xml:base="SERVER/"',
         twin='<use href="#a"/><path id="a" d="M0 0L9 9"/>'),
    _svg("attachment", '<a rel="attachment" href="file://OUTSIDE/canary.txt"><path d="M0 0L9 9"/></a>'),
    _svg("colour-profile", '<color-profile name="p" x:href="SERVER/a.icc"/>'),
    _svg("colour-profile-style", "<style>@color-profile --p { src: url(SERVER/a.icc) }</style>"),
    _svg("source-function", '<style>path { fill: src("SERVER/a.svg#x") }</style><path d="M0 0L9 9"/>'),
    _svg("image-function", '<path d="M0 0L9 9" style="fill: image(\'SERVER/a.png\')"/>'),
    _svg("image-two-links", '<image href="#a" x:href="SERVER/a.png"/>'),
    _svg("use", '<use href="../outside/canary.svg#x"/>',
         twin='<defs><path id="a" d="M0 0L9 9"/></defs><use href="#a"/>'),
    _svg("filter", '<filter id="f"><feImage href="SERVER/a.png"/></filter>'),
    _svg("import", '<style>@import "SERVER/a.css";</style>', twin="<style>path { fill: red }</style>"),
    _svg("import-capitals", '<style>@IMPORT "SERVER/a.css";</style>', twin="<style>path { fill: red }</style>"),
    _svg("import-escaped", r'<style>@\69mport "SERVER/a.css";</style>', twin="<style>path { fill: red }</style>"),
    _svg("style-url", '<path d="M0 0L9 9" style="fill: url(SERVER/a.svg#x)"/>'),
    _svg("style-url-capitals", '<path d="M0 0L9 9" style="fill: URL( SERVER/a.svg#x)"/>'),
    _svg("style-url-escaped", r'<path d="M0 0L9 9" style="fill: u\72l(SERVER/a.svg#x)"/>'),
    _svg("paint-url", '<path d="M0 0L9 9" fill="url(../outside/canary.svg#x)"/>',
         twin='<linearGradient id="x"/><path d="M0 0L9 9" fill="url(#x)"/>'),
    _svg("font", "<style>@font-face { font-family: a; src: url(SERVER/a.ttf) }</style>"),
    _svg("animated-link", '<image width="9" height="9"><set attributeName="href" to="SERVER/a.png"/></image>'),
    _svg("script", '<script>fetch("SERVER/a")</script>'),
    _svg("foreign", '<foreignObject><img xmlns="http://www.w3.org/1999/xhtml" src="SERVER/a.png"/></foreignObject>'),
    _svg("entity-file", _XXE),
    _svg("entity-utf-16", _XXE.encode("utf-16")),
    _svg("entity-parameter", '<!DOCTYPE svg [<!ENTITY % p SYSTEM "SERVER/a.dtd"> %p;]>' + SVG.format("", "")),
    _svg("doctype", '<!DOCTYPE svg SYSTEM "SERVER/a.dtd">' + SVG.format("", '<path d="M0 0L9 9"/>'), ""),
    _svg("stylesheet", '<?xml version="1.0"?><?xml-stylesheet href="SERVER/a.css"?>' + SVG.format("", "<path/>"), ""),
]  # fmt: skip

BOMBS = [
    _text("quotes", _nested("", 150), ":74: error RST196", _nested("", 32)),
    _text("lists", _nested("- ", 300), ":72: error RST196", _nested("- ", 32)),
    _text("lists-of-lists", "- " * 3000 + "x\n", ":8: error RST196", "- " * 32 + "x\n"),
    _text("enumerations", _nested("1. ", 300, 3), ":72: error RST196", _nested("1. ", 5, 3)),
    _text("lines", "".join(f"| {' ' * n}x\n" for n in range(300)), ":308: error RST196",
          "".join(f"| {' ' * n}x\n" for n in range(32))),
    _text("definitions", "".join(f"{' ' * n}x\n" for n in range(300)), ":41: error RST196",
          "".join(f"{' ' * n}x\n" for n in range(32))),
    _text("admonitions", "".join(f"{'   ' * n}.. note::\n\n" for n in range(200)) + "   " * 200 + "x\n",
          ":74: error RST196",
          ".. note::\n\n   x\n"),
    _text("table-wide", ".. csv-table::\n\n   " + ",".join("x" * 300) + "\n", ":8: error TAB001",
          ".. csv-table::\n\n   a,b,c\n"),
    _text("table-long", ".. csv-table::\n\n" + "   a,b\n" * 10_001, ":8: error RST141",
          ".. csv-table::\n\n" + "   a,b\n" * 30),
    _text("table-million", ".. csv-table::\n   :file: a.csv\n", ":8: error RST141",
          ".. csv-table::\n\n   a,b\n", a__csv="a,b,c,d\n" * 250_000),
    _text("table-padded", ".. csv-table::\n\n   " + "," * 3000 + "\n" + "   a\n" * 3000, ":8: error RST141",
          ".. csv-table::\n\n   ,,,\n   a\n"),
    _text("table-drawn", _grid(150, 150), ":8: error RST141", _grid(3, 3)),
    _text("code-long", "::\n\n" + "   a\n" * 40_001, ":10: error RST165", "::\n\n   a\n"),
    _text("code-wide", "::\n\n   " + ("a_b(c)." * 500 + " ") * 20 + "\n", "", "::\n\n   a\n"),
    _text("table-ruled", "= =\n" + "a b\n" * 20_000 + "= =\n", ":8: error RST141", "= =\na b\n= =\n"),
    _text("table-of-lists", ".. list-table::\n\n" + "   * - a\n     - b\n" * 4000, ": error LIM003",
          ".. list-table::\n\n   * - a\n     - b\n"),
    _text("table-span", _span(400), ":8: error TAB001", _span(3)),
    _text("table-width", ".. table::\n   :width: 999999999px\n\n   = =\n   a b\n   = =\n", ":8: error RST145",
          ".. table::\n   :width: 50%\n\n   = =\n   a b\n   = =\n"),
    _text("table-columns", ".. csv-table::\n   :widths: 1 999999999999999999999\n\n   a,b\n", "",
          ".. csv-table::\n   :widths: 1 2\n\n   a,b\n"),
    _text("items", "- x\n" * 20_000, ": error LIM003", "- x\n" * 4),
    _text("title", "word " * 20_000 + "\n" + "=" * 100_000 + "\n\nText.\n", ":9: error RST144",
          "Word\n====\n\nText.\n"),
    _text("number", "9" * 4500 + ". x\n", "", "9. x\n"),
    _text("word", "x" * 30_000 + "\n", ":8: error RST137", "x" * 300 + "\n"),
    _text("notes", "".join(f"a [{n}]_\n\n.. [{n}] b\n\n" for n in range(1, 3000)), ": error LIM003",
          "a [1]_\n\n.. [1] b\n"),
    _text("references", "a_ " * 30_000 + "\n\n.. _a: https://example.org/\n", ": error LIM003",
          "a_\n\n.. _a: https://example.org/\n"),
    _text("substitution-doubling", f"|s0|\n\n{_doubled(40)}", ":17: error RST143", f"|s0|\n\n{_doubled(4)}"),
    _text("substitution-long", "|x| " * 1000 + "\n\n.. |x| replace:: " + "word " * 5000 + "\n", ":10: error RST143",
          "|x| |x|\n\n.. |x| replace:: word\n"),
    _text("substitution-cycle", "|a|\n\n.. |a| replace:: |b|\n.. |b| replace:: |a|\n", ":8: error RST100",
          "|a|\n\n.. |a| replace:: b\n"),
    _text("target-cycle", "x_\n\n.. _x: y_\n.. _y: x_\n", ":10: error RST100", "x_\n\n.. _x: https://example.org/\n"),
    _text("include-cycle", ".. include:: a.txt\n", "/b.txt:1: error RST109", a__txt=".. include:: b.txt\n",
          b__txt=".. include:: a.txt\n"),
    _text("include-circle", ".. include:: c0.txt\n", "/c9.txt:1: error RST109",
          **{f"c{n}__txt": f".. include:: c{(n + 1) % 10}.txt\n" for n in range(10)}),
    Case("include-chain", ".. include:: c0.txt\n", "/c15.txt:1: error RST118", ".. include:: c0.txt\n",
         {f"c{n}.txt": f".. include:: c{n + 1}.txt\n" for n in range(900)},
         {"c15.txt": "Text.\n", **{f"c{n}.txt": f".. include:: c{n + 1}.txt\n" for n in range(15)}}),
    _text("include-tabs", ".. include:: a.txt\n   :tab-width: 99999999\n", ":8: error RST139",
          a__txt="a\tb\tc\n" * 90),
    _text("include-tabs-literal", ".. include:: a.txt\n   :literal:\n   :tab-width: 999999999999\n", ":8: error RST139",
          a__txt="a\tb\tc\n"),
    _text("include-large", ".. include:: a.txt\n   :literal:\n\n" * 3, ":14: error RST119",
          a__txt="word word word\n" * 60_000),
    Case("include-fan", ".. include:: f0.txt\n", "/f0.txt:3: error RST119", ".. include:: f8.txt\n",
         _FAN, {"f8.txt": "Text.\n"}),
    Case("include-pipe", ".. include:: pipe.txt\n", ":8: error", ".. include:: pipe.txt\n",
         {"pipe.txt": os.mkfifo}, {"pipe.txt": "Text.\n"}),
    Case("include-surrogate", ".. include:: a.txt\n   :encoding: unicode_escape\n", ":8: error RST100",
         ".. include:: a.txt\n",
         {"a.txt": "Text \\ud800.\n"}, {"a.txt": "Text.\n"}),
    Case("include-codec", ".. include:: a.txt\n   :encoding: rot13\n", ":8: error RST139",
         ".. include:: a.txt\n   :encoding: latin-1\n",
         {"a.txt": "Text.\n"}, {"a.txt": "Text.\n"}),
    _text("formula-deep", ":math:`" + "\\sqrt{" * 600 + "x" + "}" * 600 + "`\n", ":8: error RST134",
          ":math:`\\sqrt{\\sqrt{x}}`\n"),
    _text("formula-long", ":math:`" + "x+" * 20_000 + "x`\n", ":8: error RST134", ":math:`x+x`\n"),
    _text("formula-many", ":math:`" + "`\n\n:math:`".join(["x+" * 500 + "x"] * 40) + "`\n", ":46: error RST134",
          ":math:`x+x`\n"),
    _text("formula-space", ":math:`x\\hspace{99999999em}x`\n", ":8: error RST134", ":math:`x\\hspace{2em}x`\n"),
    _text("formula-macro", ":math:`\\def\\a{\\a\\a}\\a`\n", ":8: error RST134", ":math:`a`\n"),
    _text("unicode", "|x|\n\n.. |x| unicode:: 0xD800\n", ":8: error RST136", "|x|\n\n.. |x| unicode:: 0xE9\n"),
    _text("unicode-too-far", "|x|\n\n.. |x| unicode:: 0x110000\n", ":10: error RST100",
          "|x|\n\n.. |x| unicode:: 0xE8\n"),
    _text("control", "Bell \x07 and escape \x1b[2J.\n", ":8: error SRC006"),
    _text("bidi", "Text \u202e.txt\u202c and \u2066more\u2069.\n", ""),
    _text("surrogate", b"T\n=\n\nText \xed\xa0\x80.\n", ":4: error SRC005"),
    _text("backquotes", "`" * 50_000 + "\n", ":8: error RST100", "````\n\nText.\n"),
    _text("pipes", "|a " * 3000 + "\n", ":8: error RST114"),
    _text("stars", "*a " * 3000 + "\n", ":8: error RST114"),
    _text("code-lines", ".. code::\n   :number-lines: 99999999999999999999\n\n   x\n", "", ".. code::\n\n   x\n"),
    _text("image-width", ".. image:: dot.png\n   :alt: x\n   :width: 999999999px\n\nText.\n", ":8: error RST145",
          "Text.\n", dot__png=DOT),
    _file("png-pixels", "png", _png(12_000, 12_000), _png(120, 120)),
    _file("png-header", "png", _png(2**31 - 1, 2**31 - 1, b""), _png(60, 60)),
    _file("png-short", "png", DOT[:45], DOT),
    _file("png-data", "png", _png(64, 64, b"\0"), _png(64, 64)),
    _file("gif-short", "gif", _picture("GIF")[:200], _picture("GIF")),
    _file("gif-screen", "gif", b"GIF89a\xff\xff\xff\xff" + _picture("GIF")[10:], _picture("GIF")),
    _file("jpeg-short", "jpg", _picture("JPEG")[:300], _picture("JPEG")),
    _file("other", "png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) run\n", DOT),
    _svg("elements", '<path d="M0 0L9 9"/>' * 300_000, ":10: error IMG003", twin='<path d="M0 0L9 9"/>' * 30),
    _svg("use-doubling", _use(30), twin=_use(3)),
    _svg("use-cycle", '<g id="a"><use href="#a"/></g>'),
    _svg("marker-at-each-point", f'<marker id="m">{"<path/>" * 1000}</marker>'
         f'<path marker-mid="url(#m)" d="M0 0{"L9 9" * 5000}"/>'),
    _svg("letters", f"<text>{'word ' * 100_000}</text>"),
    _svg("bytes", f'<path d="M0 0{"L9 9" * 2**20}"/>'),
    _svg("pattern-cycle", '<pattern id="p" width="1" height="1"><path d="M0 0H9V9" fill="url(#p)"/></pattern>'
         '<path d="M0 0H9V9" fill="url(#p)"/>'),
    _svg("gradient-cycle", '<linearGradient id="p" href="#q"/><linearGradient id="q" href="#p"/>'
         '<path d="M0 0H9V9" fill="url(#p)"/>', ""),
    _svg("mask-cycle", '<mask id="m"><path d="M0 0H9V9" mask="url(#m)"/></mask><path d="M0 0H9V9" mask="url(#m)"/>'),
    _svg("pattern-tiny", '<pattern id="p" width="1e-9" height="1e-9"><path d="M0 0H9V9"/></pattern>'
         '<path d="M0 0H9V9" fill="url(#p)"/>', ""),
    _svg("deep", "<g>" * 5000 + "</g>" * 5000, ":10: error IMG003", twin="<g>" * 20 + "</g>" * 20),
    _svg("deep-enough", "<g>" * 240 + "</g>" * 240, ""),
    _svg("entities", _laughs(10)),
    _svg("size", "<path d='M0 0L9 9'/>", "", ' width="1e9" height="1e9"'),
    _svg("infinite", "<path d='M0 0L1e400 9'/>", "", ' width="1e400" height="1e400"'),
    _svg("text-size", '<text font-size="1e9">x</text>', ": error", twin='<text font-size="3">x</text>'),
    _svg("no-area", "<path/>", "", ' width="0" height="0"'),
    _svg("not-numbers", '<path d="Mx"/><circle r="x"/>', "", ' width="x" height="NaN"'),
]  # fmt: skip
