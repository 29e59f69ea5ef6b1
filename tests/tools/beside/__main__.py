"""A Sphinx book by Sphinx's own builders and by us, counted alike; the table goes into docs/books.md.

    python -m tests.tools.beside FOLDER [--docs FOLDER]

FOLDER holds the book's index.rst. Sphinx comes from PyPI, by sphinx.lock; its latexpdf needs TeX, from the system.
What `conf.py` is missing of a book is made up for: Sphinx gets its title, and roles for the book's external links.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from pipeline import build, check
from pipeline.crew import Crew
from pipeline.editions import EDITIONS, named
from pipeline.settings import LENIENT, load
from tests.tools import environment
from tests.tools.beside import epub, pdf
from tests.tools.reproduce import ROOT

_HERE = Path(__file__).parent
_TEX = "latexmk texlive-latex-recommended texlive-latex-extra texlive-fonts-recommended xindy"
_CONF = """\
project = {title!r}
author = copyright = ""
extensions = ["sphinx.ext.extlinks", "sphinx.ext.todo", "sphinx_inline_tabs"]
extlinks = {{name: ("https://example.org/" + name + "/%s", "%s") for name in {roles!r}}}
"""
_TOO_WIDE = re.compile(r"^Overfull \\hbox \((\d+)\.\d+pt too wide\)", re.MULTILINE)
_MISSING = re.compile(r"Missing character|LaTeX Error: Unicode character")
_PARTS = (("print", "The print edition"), ("ebook", "The ebook"))
Facts = dict[str, str]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("book", type=Path)
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    wanted = parser.parse_args()
    if not shutil.which("latexmk") or not shutil.which("xindy"):
        print(f"LaTeX is missing; on Debian: apt-get install {_TEX}", file=sys.stderr)
        return 2
    folder = ROOT / "build" / ".cache" / "sphinx"
    environment.bring(folder, _HERE / "sphinx.lock")
    with tempfile.TemporaryDirectory() as name:
        theirs = by_sphinx(wanted.book, environment.python(folder).with_name("sphinx-build"), Path(name))
        ours = by_us(wanted.book, Path(name))
    rows = [(part, fact, theirs[part].get(fact, "—"), ours[part][fact]) for part, _ in _PARTS for fact in ours[part]]
    lines = ("\t".join(row) for row in (("edition", "what", "sphinx", "postpress"), *rows))
    (wanted.docs / "books.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    page = wanted.docs / "books.md"
    before, _, rest = page.read_text(encoding="utf-8").partition("<!-- counted -->\n")
    after = rest.partition("<!-- to here -->")[2]
    page.write_text(f"{before}<!-- counted -->\n{table(rows)}<!-- to here -->{after}", encoding="utf-8")
    return 0


def by_sphinx(book: Path, sphinx: Path, desk: Path) -> dict[str, Facts]:
    """What Sphinx's `epub` and `latexpdf` come to. Raises CalledProcessError if Sphinx fails."""
    source = desk / "sphinx"
    shutil.copytree(book, source)
    if not (source / "conf.py").exists():
        text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(source.rglob("*.rst")))
        roles = sorted(set(re.findall(r":(cpython-file|gh|github|github-user|pypi|pypi-org|issue|cve):`", text)))
        title = next(iter(re.findall(r"^(\w.*)\n[=*#]{3,}$", (source / "index.rst").read_text("utf-8"), re.M)), "Book")
        (source / "conf.py").write_text(_CONF.format(title=title, roles=roles), encoding="utf-8")
    _run(str(sphinx), "-q", "-b", "epub", str(source), str(desk / "epub"), cwd=desk)
    _run(str(sphinx), "-q", "-b", "latex", str(source), str(desk / "latex"), cwd=desk)
    # TeX ends with a fault for what it could go over, too; that there is a PDF in the end is what counts.
    make = ("make", "LATEXMKOPTS=-interaction=nonstopmode -f", "all-pdf")
    subprocess.run(make, cwd=desk / "latex", check=False, capture_output=True)
    (ebook,), (paper,) = (desk / "epub").glob("*.epub"), (desk / "latex").glob("*.pdf")
    log = paper.with_suffix(".log").read_text(encoding="utf-8", errors="replace")
    wide = sum(int(found) >= 2 for found in _TOO_WIDE.findall(log))
    return {
        "print": {**dict(pdf.facts(paper)), **dict(_told(wide, len(_MISSING.findall(log))))},
        "ebook": dict(epub.facts(ebook)),
    }


def _run(*command: str, cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)


def by_us(book: Path, desk: Path) -> dict[str, Facts]:
    """What our editions come to, with every tolerance. Raises SystemExit if one fails."""
    settings = replace(load(book), lenient=tuple(LENIENT))
    done, failed = build.build(book / "index.rst", EDITIONS, desk / "postpress", settings, Crew(2))
    if failed:
        raise SystemExit("\n".join(str(fault) for failure in failed for fault in failure.diagnostics))
    paper, ebook = (next(item.path for item in done if item.edition.name == name) for name, _ in _PARTS)
    page = named("print").page
    assert page
    margins = (page.top_mm, page.outer_mm, page.inner_mm, page.bottom_mm)
    counts = check.pdf.page_rules(
        paper.read_bytes(), check.pdf.House(margins_mm=margins, furniture_mm=page.furniture_mm)
    )
    wide = sum(len(count.places) for count in counts if count.code == "PAGE009")
    # A character that no font has is an error, so an edition has none left.
    return {"print": {**dict(pdf.facts(paper)), **dict(_told(wide, 0))}, "ebook": dict(epub.facts(ebook))}


def _told(wide: int, missing: int) -> Iterator[tuple[str, str]]:
    yield "lines, tables and pictures that leave the type area", str(wide)
    yield "characters that print as nothing", str(missing)


def table(rows: list[tuple[str, str, str, str]]) -> str:
    found = []
    for part, title in _PARTS:
        found += [f"\n## {title}\n", "| | Sphinx | postpress |", "|---|--:|--:|"]
        found += [f"| {fact} | {theirs} | {ours} |" for which, fact, theirs, ours in rows if which == part]
    return "\n".join([*found, "", ""])


if __name__ == "__main__":
    sys.exit(main())
