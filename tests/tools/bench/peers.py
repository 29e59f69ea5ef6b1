"""What users would pick instead: the environment that holds it, and how each is called.

All come from PyPI, by peers.lock. Prince and Typst get the font files of our print edition; Prince also its page,
by prince.css.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pipeline import fonts
from pipeline.editions import named
from tests.tools import environment
from tests.tools.bench.measure import Command
from tests.tools.reproduce import ROOT

_HERE = Path(__file__).parent
FOLDER = ROOT / "build" / ".cache" / "peers"

# Engines are called by themselves: the packages' own commands put a Python before them.
_ENGINES = """
import json, prince_pdf, pypandoc
print(json.dumps([*prince_pdf.command(), pypandoc.get_pandoc_path()]))
"""
_TYPST = "import sys, typst; typst.compile(sys.argv[1], sys.argv[2], font_paths=['fonts'], ignore_system_fonts=True)"
# As naive.py does it: what docutils finds wrong is neither told nor a reason to stop.
_DOCUTILS = ("--report=5", "--halt=5", "--math-output=MathML", "--link-stylesheet", "--stylesheet=prince.css")
_PANDOC_PAGE = ("papersize=a5", "fontsize=12pt", "margin.x=16mm", "margin.top=16mm", "margin.bottom=20mm")


@dataclass(frozen=True)
class Peers:
    """Where the peers are. Commands are for a desk that `lay` has prepared, and paths relative to it."""

    python: str
    prince_engine: Command
    pandoc: str
    naive_script: str

    def prince(self, source: str, out: str) -> tuple[Command, ...]:
        """docutils' HTML, and Prince's PDF/UA-1 of it."""
        page = str(Path(source).with_suffix(".html"))
        return (
            (str(Path(self.python).with_name("rst2html5")), *_DOCUTILS, source, page),
            (*self.prince_engine, "--pdf-profile=PDF/UA-1", page, "-o", out),
        )

    def typst(self, source: str, out: str) -> tuple[Command, ...]:
        """pandoc's Typst, and Typst's tagged PDF of it."""
        markup = str(Path(source).with_suffix(".typ"))
        page = (part for fact in _PANDOC_PAGE for part in ("-V", fact))
        face = ("-V", "mainfont=Source Serif 4", "-V", "codefont=Source Code Pro")
        return (
            (self.pandoc, "-s", "-t", "typst", *page, *face, source, "-o", markup),
            (self.python, "-c", _TYPST, markup, out),
        )

    def pandoc_epub(self, source: str, out: str) -> tuple[Command, ...]:
        return ((self.pandoc, source, "-o", out),)

    def naive(self, source: str, out: str) -> tuple[Command, ...]:
        """The naive script's tagged PDF or, by the name of the output, its ebook."""
        return ((self.python, self.naive_script, source, out, *(("--ua",) if out.endswith(".pdf") else ())),)


def bring(naive_script: Path) -> Peers:
    """The peers, after making their environment if it is not whole. Raises OSError or CalledProcessError."""
    if not naive_script.is_file():
        raise FileNotFoundError(f"the naive script is not at {naive_script}; tell where: make bench NAIVE=PATH")
    environment.bring(FOLDER, _HERE / "peers.lock")
    python = str(environment.python(FOLDER))
    asked = subprocess.run([python, "-c", _ENGINES], check=True, stdout=subprocess.PIPE)
    *prince_engine, pandoc = json.loads(asked.stdout)
    return Peers(python, tuple(prince_engine), pandoc, str(naive_script.resolve()))


def lay(desk: Path) -> None:
    """Put style sheet and fonts on a desk."""
    shutil.copy(_HERE / "prince.css", desk)
    (desk / "fonts").mkdir()
    for folder in fonts.roots(named("print").fonts).values():
        for file in folder.glob("*.ttf"):
            shutil.copy(file, desk / "fonts")
