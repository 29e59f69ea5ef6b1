"""Posts of all sorts on paper and in the ebook: what `check` finds on them is nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import check
from tests.vocabulary import post, postpress

WORDS = (
    "Methods",
    "Discussion",
    "Why?",
    "Zusammenfassung",
    "WWWWWWW",
    "2 Two",
    "A heading of words that turns over a line",
)
HEADINGS = "".join(f"{w}\n{'-' * len(w)}\n\nSome text under it, of more than a few words.\n\n" for w in WORDS)
POSTS = {
    "headings": HEADINGS,
    "lists": "3. third\n4. fourth\n\na) letter\nb) next\n\nIV. roman\nV. next\n\n- a\n\n  - b\n\n1. - odd\n\n2. more\n",
    "inline": "See *War* *Peace* and **bold** ``code`` and *x*, `title`:t: too.\n",
    "notes": "Word [1]_ [2]_ more [CIT]_.\n\n.. [1] One.\n.. [2] Two.\n.. [CIT] A book.\n\nMore.\n",
    "dashes": "word —word and word— next - so; co-production —co-production—\n\n– a dash first\n",
    "title": "Back to Title_.\n",
    "table": "=========================== ============================ ================ ===============\n"
    "Intervention type           Participating organisations  Responsibilities Recommendations\n"
    "=========================== ============================ ================ ===============\n"
    "One                         Two                          Three            Four\n"
    "=========================== ============================ ================ ===============\n",
    "verse": "| One\n|   two\n|   three\n| four\n",
    "terms": "term : class\n   A definition.\n\n:field: value\n\n-o FILE  An option.\n",
    "marks": "Zero\u200bwidth and \u200eLRM.\n",
}


@pytest.mark.parametrize("name", POSTS)
def test_check_finds_nothing(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(post(POSTS[name]).replace("=====\nTitle\n=====", "#####\nTitle\n#####"))
    run = postpress("check", "a.rst", folder=tmp_path)
    assert (run.code, run.err) == (0, ""), run.err


def test_headings_of_one_word_keep_it_whole(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(post(HEADINGS))
    assert postpress("build", "a.rst", "--edition", "print", folder=tmp_path).code == 0
    data = (tmp_path / "build" / "a.pdf").read_bytes()
    heads = [line.text for line in check.pdf.lines(data) if line.role == "H2"]
    assert heads[:6] == ["Methods", "Discussion", "Why?", "Zusammenfassung", "WWWWWWW", "2 Two"]


def test_lists_are_numbered_as_the_author_did(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(post(POSTS["lists"]))
    assert postpress("build", "a.rst", folder=tmp_path).code == 0
    data = (tmp_path / "build" / "a.pdf").read_bytes()
    labels = [line.text for line in check.pdf.lines(data) if line.role == "Lbl"]
    assert labels[:6] == ["3.", "4.", "a)", "b)", "IV.", "V."]
