"""Sphinx' dialect: what is inside one chapter, and what a conf.py says that nobody runs."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline import read, settings
from pipeline.errors import Diagnostic, SourceError
from pipeline.model import Chapter
from pipeline.read.directives import only
from pipeline.read.directives.code import spans
from tests.test_bad_input import PNG
from tests.vocabulary import TITLE, postpress

STRICT = settings.Settings()
LENIENT = replace(STRICT, lenient=tuple(settings.LENIENT))
CODE = "import os\n\n\ndef a():\n    # one\n    return 1\n\n\n"
CODE += "class B:\n    @staticmethod\n    def c():\n        return 2\n"


def chapter(text: str, folder: Path, given: settings.Settings = STRICT) -> tuple[Chapter, tuple[Diagnostic, ...]]:
    (folder / "a.rst").write_text(f"{TITLE}Some text.\n\n{text}", encoding="utf-8")
    return read.read(folder / "a.rst", given)


def said(text: str, folder: Path, given: settings.Settings = STRICT) -> list[str]:
    """The blocks of a chapter after its first paragraph."""
    return [block.text for block in chapter(text, folder, given)[0].body.blocks[1:]]


def refused(text: str, folder: Path) -> list[str]:
    """The codes, lines and messages of a source's faults."""
    with pytest.raises(SourceError) as fault:
        chapter(text, folder)
    return [f"{d.where.line if d.where else ''} {d.code} {d.message}" for d in fault.value.diagnostics]


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("html", True),
        ("latex or man", True),
        ("man", False),
        ("not epub", False),
        ("html and not man", True),
        ("(man or print) and (pdf)", True),
        ("not (man or texinfo)", True),
    ],
)
def test_only_asks_all_editions_at_once(expression: str, holds: bool, tmp_path: Path) -> None:
    assert said(f".. only:: {expression}\n\n   Seen.\n", tmp_path) == (["Seen."] if holds else [])


@pytest.mark.parametrize(
    "wrong", ["html or", "(html", "html epub", "a + b", "and", "not", "(" * 90 + "html" + ")" * 90]
)
def test_what_is_no_expression_is_told(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        only.true(wrong)
    assert refused(f".. only:: {wrong}\n\n   Seen.\n", tmp_path)[0].startswith("10 RST139")


def test_a_heading_within_only_is_one_of_the_text(tmp_path: Path) -> None:
    text = "One\n---\n\n.. only:: html\n\n   Two\n   ---\n\n   Text.\n\nThree\n-----\n\nText.\n"
    assert [(h.level, h.text) for h in chapter(text, tmp_path)[0].headings] == [(2, "One"), (2, "Two"), (2, "Three")]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (".. versionadded:: 3.2 New.\n", ["Added in version 3.2: New."]),
        (".. versionadded:: 3.2\n", ["Added in version 3.2."]),
        (".. deprecated:: 1\n\n   One.\n\n   Two.\n", ["Deprecated since version 1: One.", "Two."]),
        (".. versionchanged:: 1\n\n   - One.\n", ["Changed in version 1.", "One."]),
        (".. deprecated-removed:: 1 2 Bad.\n", ["Deprecated since version 1, removed in version 2: Bad."]),
    ],
)
def test_versions_are_told_in_a_line(source: str, shown: list[str], tmp_path: Path) -> None:
    assert said(source, tmp_path) == shown


def test_labels_are_of_the_text_s_language(tmp_path: Path) -> None:
    german = replace(STRICT, language="de")
    assert said(".. seealso:: Das.\n.. versionadded:: 2\n", tmp_path, german) == [
        "Siehe auch",
        "Das.",
        "Hinzugefügt in Version 2.",
    ]


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        (":lines: 1,4-5", ["import os", "def a():", "    # one"]),
        (":pyobject: B.c", ["    @staticmethod", "    def c():", "        return 2"]),
        (":pyobject: a\n   :dedent:", ["def a():", "    # one", "    return 1"]),
        (":start-after: # one\n   :end-before: class\n   :dedent: 4", ["return 1", "", ""]),
        (":start-at: class\n   :end-at: static", ["class B:", "    @staticmethod"]),
        (":start-at: return\n   :end-at: return", ["    return 1", "", "", "class B:", "    @staticmethod"]),
        (":lines: 1\n   :prepend: # first\n   :append: # last", ["# first", "import os", "# last"]),
        (":lines: 11-", ["    def c():", "        return 2"]),
    ],
)
def test_lines_of_a_file(options: str, lines: list[str], tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text(CODE)
    shown = chapter(f".. literalinclude:: b.py\n   {options}\n", tmp_path)[0].body.xhtml
    block = re.search(r"<pre[^>]*>(.*?)</pre>", shown, re.DOTALL)
    assert block
    text = html.unescape(re.sub(r"<[^>]+>", "", block[1])).split("\n")
    assert text[: len(lines)] == lines
    assert text[: len(lines)] == text or options.startswith(":start-at: return")


def test_numbers_of_lines_that_match_those_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text(CODE)
    text = ".. literalinclude:: /b.py\n   :start-at: class\n   :lineno-match:\n   :emphasize-lines: 2-\n"
    shown = chapter(text, tmp_path)[0].body.xhtml
    assert re.findall(r'class="codeline([^"]*)" data-number="(\d+)"', shown) == [
        ("", "9"),
        (" emphasized", "10"),
        (" emphasized", "11"),
        (" emphasized", "12"),
    ]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (".. literalinclude:: ../b.py\n", "RST106"),
        (".. literalinclude:: /../b.py\n", "RST106"),
        (".. literalinclude:: nowhere.py\n", "RST110"),
        (".. literalinclude:: b.py\n   :pyobject: B.none\n", "RST139"),
        (".. literalinclude:: b.py\n   :start-after: nowhere\n", "RST139"),
        (".. literalinclude:: b.py\n   :lines: 3-2\n", "RST139"),
        (".. literalinclude:: b.py\n   :lines: 99-\n", "RST139"),
        (".. literalinclude:: c.txt\n   :pyobject: B\n", "RST139"),
        (".. code-block:: python\n   :emphasize-lines: x\n\n   pass\n", "RST139"),
    ],
)
def test_lines_that_are_not_there_are_told(source: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text(CODE)
    (tmp_path / "c.txt").write_text("no Python (\n")
    (fault,) = refused(source, tmp_path)
    assert fault.split()[1] == code
    assert fault.startswith("10 ")


def test_spans_take_no_room_for_what_they_span() -> None:
    assert spans("2,4-999999999") == ((2, 2), (4, 999999999))
    assert spans("-3") == ((1, 3),)


def test_code_is_in_the_language_last_named(tmp_path: Path) -> None:
    text = "::\n\n   pass\n\n.. highlight:: python\n\n::\n\n   pass\n\n.. code-block:: none\n\n   pass\n"
    shown = chapter(text, tmp_path)[0].body.xhtml
    assert shown.count(">pass<") == 3
    assert shown.count('<span class="keyword">pass</span>') == 1


def test_a_description_has_its_fields_in_a_reader_s_words(tmp_path: Path) -> None:
    text = (
        ".. py:function:: f(a, *rest) -> int\n\n   Does.\n\n   :param int a: first\n   :type rest: str\n"
        "   :param rest: others\n   :returns: a sum\n   :raises E: if not\n   :raises F: else\n   :meta private:\n"
        "   :Own: stays\n"
    )
    assert said(text, tmp_path) == [
        "f(a, *rest) -> int",
        "Does.",
        *("Parameters", "a (int) – first", "rest (str) – others"),
        *("Returns", "a sum", "Raises", "E – if not", "F – else", "Own", "stays"),
    ]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (".. c:function:: int *f(char *a)\n", "int *f(char *a)"),
        (".. c:member:: unsigned int n[4]\n", "unsigned int n[4]"),
        (".. py:method:: m()\n   :async:\n   :classmethod:\n", "async classmethod m()"),
        (".. attribute:: a\n   :type: int\n   :value: 3\n", "a: int = 3"),
        (".. decorator:: d(x)\n", "@d(x)"),
        (".. option:: -o <file>, --out=<file>\n", "-o <file>, --out=<file>"),
        (".. rst:directive:: note\n", ".. note::"),
        (".. class:: Oak\n   :final:\n", "final class Oak"),
        (".. function:: f(a, \\\n                 b)\n", "f(a, b)"),
    ],
)
def test_a_signature_is_set_as_it_is_written(source: str, shown: str, tmp_path: Path) -> None:
    assert said(source, tmp_path) == [shown]


def test_two_descriptions_of_a_name_have_ids_of_their_own(tmp_path: Path) -> None:
    made, _ = chapter(".. function:: f()\n\n   One.\n\n.. function:: f()\n\n   Two.\n", tmp_path)
    names = re.findall(r'<dt[^>]* id="([^"]+)"', made.body.xhtml)
    assert len(set(names)) == 2
    assert set(names) <= made.ids


def test_a_class_of_styles_is_still_one(tmp_path: Path) -> None:
    shown = chapter(".. class:: wide\n\nA text.\n", tmp_path)[0].body.xhtml
    assert re.search(r'<p class="wide"[^>]*>A text.</p>', shown)


def test_a_date_in_italian_is_still_one(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="the day of the build"):
        chapter(".. |oggi| data::\n\n|oggi|\n", tmp_path, replace(STRICT, language="it"))


@pytest.mark.parametrize(
    ("source", "code", "kept"),
    [
        (".. autoclass:: a.B\n   :members:\n\n   More of it.\n", "RST170", ["a.B", "More of it."]),
        (".. automodule:: a\n", "RST170", ["a"]),
        (".. program-output:: ls\n", "RST170", []),
        (".. digraph:: g\n\n   a -> b\n", "RST171", ["a -> b"]),
        (".. graphviz::\n   :alt: Two dots\n\n   digraph { a }\n", "RST171", ["Two dots", "digraph { a }"]),
    ],
)
def test_what_takes_a_program_is_an_error_with_a_cure(source: str, code: str, kept: list[str], tmp_path: Path) -> None:
    (fault,) = refused(source, tmp_path)
    assert fault.startswith(f"10 {code}")
    _, noticed = chapter(source, tmp_path, LENIENT)
    assert [d.code for d in noticed if d.severity.name == "WARNING"] == [code]
    assert said(source, tmp_path, LENIENT) == kept


def test_tabs_are_panels_in_their_order(tmp_path: Path) -> None:
    text = ".. tab-set::\n   :sync-group: os\n\n"
    text += "   .. tab-item:: One\n      :sync: a\n\n      First.\n\n"
    text += "   .. tab-item:: Two\n\n      Next.\n"
    assert said(text, tmp_path) == ["One", "First.", "Two", "Next."]


def test_a_picture_starts_from_the_book_s_folder_and_is_the_best_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(PNG)
    source = ".. image:: /pictures/a.*\n   :alt: One\n"
    made, _ = chapter(source, tmp_path)
    assert [image.src for image in made.images] == ["pictures/a.png"]
    (tmp_path / "pictures" / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    assert [image.src for image in chapter(source, tmp_path)[0].images] == ["pictures/a.svg"]
    assert tmp_path / "pictures" in made.opened


def test_a_picture_of_which_there_is_none_is_told(tmp_path: Path) -> None:
    (fault,) = refused(".. image:: a.*\n   :alt: One\n", tmp_path)
    assert fault.split()[1] == "IMG002"
    assert refused(".. image:: /../a.*\n   :alt: One\n", tmp_path)[0].split()[1] == "RST106"


CONF = """
import os
project = "Garden"
os.mkdir("ran")
author = "A. " + "Writer"
language = "de"
release = "2.1"
version = f"{release}"
today = os.environ["TODAY"]
extlinks = {"bug": ("https://example.org/%s", "#%s"), "odd": 3}
default_role = "code"
rst_prolog = '''
.. |prod| replace:: The Garden
.. role:: red
'''
rst_epilog = "Bye."

def setup(app):
    app.add_object_type("bed", rolename="bed", indextemplate="%s")
"""


def test_conf_is_read_and_never_run(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text(CONF)
    text = "|prod| |release| |version| `x` :bug:`7` :red:`r`\n\n.. bed:: b(1)\n\n   A bed.\n"
    made, _ = chapter(text, tmp_path)
    assert [block.text for block in made.body.blocks[1:]] == ["The Garden 2.1 2.1 x #7 r", "b(1)", "A bed.", "Bye."]
    assert '<a class="reference external" href="https://example.org/7">#7</a>' in made.body.xhtml
    assert '<code class="literal">x</code>' in made.body.xhtml
    assert made.metadata.language == "de"
    assert tmp_path / "conf.py" in made.opened
    assert not list(Path.cwd().glob("ran"))
    assert not (tmp_path / "ran").exists()


def test_what_conf_says_ends_with_its_book(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "conf.py").write_text(CONF)
    chapter(":bug:`7`\n", tmp_path / "one")
    assert refused(":bug:`7`\n\n`x`\n\n.. bed:: b\n", tmp_path)[0] == "10 RST102 unknown role bug"


def test_faults_of_a_prolog_have_its_lines(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text('project = "x"\n\nrst_prolog = """\n.. blurb:: x\n"""\n')
    with pytest.raises(SourceError) as fault:
        chapter("Text.\n", tmp_path)
    (found,) = fault.value.diagnostics
    assert (found.where and (found.where.path.name, found.where.line)) == ("conf.py", 4)


@pytest.mark.parametrize(
    "conf",
    [
        "BLOG_AUTHOR = 'x'\nrst_epilog = 'Bye.'\n",  # another program's
        "project = 'x'\nrst_epilog = 'Bye.' * 10**9\n",
        "project = 'x'\nrst_epilog = open('a.rst').read()\n",
        "project = 'x'\nrst_epilog = 'Bye.\n",
        "project = 'x'\nrst_epilog = 'Bye.'\nrst_epilog = later()\n",
        "(" * 5000 + ")" * 5000 + "\nproject = 'x'\nrst_epilog = 'Bye.'\n",
        "project = 'x'\na = 'Bye.'\n" + "a = a + a\n" * 40 + "rst_epilog = a\n",
        "\0project = 'x'\nrst_epilog = 'Bye.'\n",
    ],
)
def test_a_conf_that_says_nothing_that_can_be_known(conf: str, tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text(conf)
    assert said("Text.\n", tmp_path) == ["Text."]


def test_todos_are_shown_where_conf_says_so(tmp_path: Path) -> None:
    assert said(".. todo:: Dig.\n", tmp_path) == []
    (tmp_path / "conf.py").write_text("extensions = []\ntodo_include_todos = True\n")
    assert said(".. todo:: Dig.\n", tmp_path) == ["To do", "Dig."]


def test_an_edition_is_stale_when_its_conf_changed(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(f"{TITLE}|release|\n")
    (tmp_path / "conf.py").write_text("project = 'x'\nrelease = '1.0'\n")
    build = ("build", "a.rst", "--edition", "ebook")
    assert postpress(*build, folder=tmp_path).out == "built  build/a.epub\n"
    assert "fresh" in postpress(*build, folder=tmp_path).out
    (tmp_path / "conf.py").write_text("project = 'x'\nrelease = '2.0'\n")
    assert postpress(*build, folder=tmp_path).out == "built  build/a.epub\n"


def test_the_conf_that_counts_is_in_the_folder_or_may_come_there(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text(CONF)
    folder = tmp_path / "one"
    folder.mkdir()
    made, _ = chapter("Text.\n", folder)
    assert [path for path in made.opened if path.suffix == ".py"] == [folder / "conf.py"]
    assert made.metadata.language == "en"


def test_an_edition_is_stale_when_a_conf_comes_that_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "post"
    folder.mkdir()
    (folder / "a.rst").write_text(f"{TITLE}Text.\n")
    (tmp_path / "else.py").write_text("project = 'x'\nrst_epilog = 'Bye.'\n")
    (folder / "conf.py").symlink_to(tmp_path / "else.py")
    build = ("build", "a.rst", "--edition", "ebook")
    assert postpress(*build, folder=folder).out == "built  build/a.epub\n"
    assert "fresh" in postpress(*build, folder=folder).out
    (folder / "conf.py").unlink()
    (folder / "conf.py").write_text("project = 'x'\nrst_epilog = 'Bye.'\n")
    assert postpress(*build, folder=folder).out == "built  build/a.epub\n"


def test_fields_above_the_title_are_as_good_as_below_it(tmp_path: Path) -> None:
    (tmp_path / "b.rst").write_text(":orphan:\n:author: B. Digger\n\nDug\n===\n\nText.\n\nSub\n---\n\nMore.\n")
    made, _ = read.read(tmp_path / "b.rst", STRICT)
    assert (made.metadata.title, made.metadata.authors) == ("Dug", ("B. Digger",))
    assert [block.text for block in made.body.blocks] == ["Text.", "Sub", "More."]
