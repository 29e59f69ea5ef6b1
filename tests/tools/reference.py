"""docs/reference.md: what every construct is written like, and how it looks in both editions: `make reference`.

Its rows are the files of the kitchen sink and of Sphinx' dialect (tests/cases), built as they stand;
tests/test_reference.py holds the text against them. The pictures take a browser, as the ebook is shown in one:
Chromium, headless.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from docutils.parsers.rst import directives
from docutils.parsers.rst import roles as registry
from docutils.parsers.rst.languages import en
from PIL import Image

from pipeline.read import roles
from pipeline.read.directives import DIRECTIVES, ROLES, absent, objects, panels, references, settings, tested
from tests import goldens
from tests.tools import shots
from tests.vocabulary import ROOT, postpress

DOCS = ROOT / "docs"
SINKS = (goldens.CASES / "kitchen-sink", goldens.CASES / "sphinx")
NUMBERED = goldens.CASES / "numbered"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")

# What is named by docutils and has no picture.
_ELSEWHERE = {
    "date": "Refused (RST117): the day of the build is no part of a source; the same source gives the same editions.",
    "header": "Refused (RST138), as `footer` is: pages have running heads of their own, and an ebook has no pages.",
    "footer": "See `header`.",
    "line-block": "Deprecated in docutils: lines begin with a vertical bar, see [Line blocks](#line-blocks).",
    "title": "The title that programs show, where it is not the one on the title page.",
    "cover": "The author's own cover of the ebook; see [Add a post](../README.md#add-a-post).",
    "toctree": "The chapters of a book; see [Make a book](../README.md#make-a-book).",
    "post": "ABlog's: its options are read as the fields under the title.",
    "restructuredtext-test-directive": "docutils' own, for its tests.",
    "index": "A place that the index of a book names; see [Make a book](../README.md#make-a-book).",
    "meta": "What is known of the work (`author`, `description`, `keywords` …), as fields under the title say it.",
    **dict.fromkeys(
        (
            *("anonymous-reference", "citation-reference", "footnote-reference", "named-reference"),
            *("substitution-reference", "target", "uri-reference", "restructuredtext-unimplemented-role"),
        ),
        "docutils names this role and has none: it is an error (RST102). The markup of that name is meant.",
    ),
}

# What is set as others are: the names, and the row that shows them.
_FAMILIES: dict[str, tuple[tuple[Mapping[str, object], str], ...]] = {
    "directives": (
        (objects.DIRECTIVES, "Descriptions of programs"),
        (panels.DIRECTIVES, "Tabs, cards and grids"),
        (settings.DIRECTIVES, "Small forms"),
        (tested.DIRECTIVES, "Code that is tested"),
    ),
    "roles": (({**roles.ROLES, **references.ROLES, **dict.fromkeys(settings.NAMED)}, "Words with a role"),),
}


@dataclass(frozen=True)
class Row:
    """A construct: its heading, its file's name without ending, and what is written there under the heading."""

    title: str
    name: str
    text: str

    @property
    def anchor(self) -> str:
        """As GitHub makes it of a heading."""
        return re.sub(r"[^\w -]", "", self.title.lower()).replace(" ", "-")


def rows() -> list[Row]:
    """Those of the sinks, in their order, and what frames the first."""
    head, _, rest = goldens.source(SINKS[0]).read_text(encoding="utf-8").partition(".. include::")
    tail = rest[rest.index(".. credits::") :]
    found = [Row("The frame of a post", "frame", f"{head}The text.\n\n{tail}")]
    for sink in SINKS:
        for name in re.findall(r"include:: constructs/(\S+)\.rst", goldens.source(sink).read_text(encoding="utf-8")):
            title, _, text = (sink / "in" / "constructs" / f"{name}.rst").read_text(encoding="utf-8").split("\n", 2)
            found.append(Row(title, name, text))
    numbered = goldens.source(NUMBERED).read_text(encoding="utf-8")
    return [*found, Row("Numbers and contents", "numbered", numbered)]


def known_directives() -> set[str]:
    return {*directives._directive_registry, *DIRECTIVES}  # type: ignore[attr-defined]


def known_roles() -> set[str]:
    return {*registry._role_registry, *ROLES} - {""}  # type: ignore[attr-defined]


def named(name: str, kind: str) -> list[Row]:
    """The rows that show a directive or a role, by any of its names."""
    aliases = [name, *(alias for alias, meant in getattr(en, kind).items() if meant == name)]
    any_of = "|".join(map(re.escape, aliases))
    written = (
        rf"^ *\.\. (\|[^|]+\| )?({any_of})::"
        if kind == "directives"
        else rf":({any_of}):`|\.\. role:: \S+\(({any_of})\)|\.\. default-role:: ({any_of})"
    )
    return [row for row in rows() if re.search(written, row.text, re.MULTILINE)]


def _like(name: str, kind: str) -> str:
    """What is said of a name of Sphinx' dialect that is set as others are which a case shows."""
    if kind == "directives" and name in absent.DIRECTIVES:
        refused = "RST170" if issubclass(absent.DIRECTIVES[name], absent.Run) else "RST171"
        return f"Refused ({refused}): it takes a program that no edition runs. With `--lenient` its words come out."
    for family, heading in _FAMILIES[kind]:
        if name in family:
            return f"Set as the others of [{heading}](#{Row(heading, '', '').anchor})."
    return ""


def page() -> str:
    """The text of docs/reference.md."""
    return "".join(_lines())


def _lines() -> Iterator[str]:
    yield "# Reference\n\n"
    yield "What can be written, and what it looks like: of each construct its source, its picture in print, and its\n"
    yield "picture as an ebook, on a screen 30 em wide and in Source Serif; an e-reader has fonts of its own.\n"
    yield "`make reference` makes this page from `tests/cases/`.\n"
    for kind, names in (("directives", known_directives()), ("roles", known_roles())):
        yield f"\n## {kind.capitalize()}\n\n| {kind[:-1]} | where |\n|---|---|\n"
        for name in sorted(names):
            links = ", ".join(f"[{row.title}](#{row.anchor})" for row in named(name, kind))
            words = links or _ELSEWHERE.get(name) or _like(name, kind)
            assert words, f"no case shows the {kind[:-1]} {name}"
            yield f"| `{name}` | {words} |\n"
    for row in rows():
        yield f"\n## {row.title}\n\n```rst\n{row.text.strip()}\n```\n\n"
        yield "| print | ebook |\n|---|---|\n"
        yield "".join(
            f"| ![{row.title}, {edition}](reference/{row.name}-{edition}.webp) " for edition in shots.EDITIONS
        )
        yield "|\n"


def browser() -> str:
    """The path of Chromium. Exits with the command that brings it."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        cure = "apt install chromium, dnf install chromium, or brew install chromium"
        sys.exit(f"make reference: needs Chromium, the browser: {cure}")
    return found


def main() -> None:
    chromium = browser()
    folder = DOCS / "reference"
    folder.mkdir(exist_ok=True)
    pictures: dict[str, Image.Image] = {}
    with TemporaryDirectory() as place:
        for case in (*SINKS, NUMBERED):
            run = postpress("build", str(goldens.source(case)), "--output", place, folder=ROOT)
            assert run.code == 0, run.err
        out = Path(place)
        titles = {row.title: row.name for row in rows()}
        for sink in SINKS:
            pictures |= shots.print_sections(out / f"{sink.name}.pdf", titles)
            pictures |= shots.ebook_sections(out / f"{sink.name}.epub", titles, chromium)
        pictures |= shots.print_whole(out / "kitchen-sink.pdf", "frame", ends=True)
        pictures |= shots.print_whole(out / "numbered.pdf", "numbered")
        pictures |= shots.ebook_whole(out / "kitchen-sink.epub", "frame", ("titlepage", "colophon"), chromium)
        pictures |= shots.ebook_whole(out / "numbered.epub", "numbered", ("titlepage", "article"), chromium)
    wanted = {f"{row.name}-{edition}.webp" for row in rows() for edition in shots.EDITIONS}
    for name in wanted:
        shots.save(pictures[name.removesuffix(".webp")], folder / name)
    for path in folder.iterdir():
        if path.name not in wanted:
            path.unlink()
    (DOCS / "reference.md").write_text(page(), encoding="utf-8")
    total = sum(path.stat().st_size for path in folder.iterdir())
    print(f"wrote docs/reference.md with {len(wanted)} pictures, {total // 1024} KiB")


if __name__ == "__main__":
    main()
