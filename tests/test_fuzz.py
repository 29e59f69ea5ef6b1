"""What holds of every source: `make fuzz` looks at many more, and what it found stands here."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import SourceError
from tests import grammar
from tests.properties import broken, furnish
from tests.test_read import chapter
from tests.tools.fuzz import seeds, source

_ENOUGH = 100  # cases, in a few seconds

FOUND = {
    "a target in a definition of a substitution": ":|a|_: .. admonition:: x\n\n   .. |b| replace:: _`a`\n",
    "a class for a heading that cannot stand there": '.. rst-class:: a\n\n   """"\n',
    "an empty option that docutils takes a character of": ".. csv-table:: a\n   :quote:\n\n   b\n",
    "a note that is called and not there": ".. [a] .. _1: https://example.org/\n   Text [#b]_\n",
    "a picture that is included": ".. include:: dot.png\n",
    "a date that is no part of a substitution": ".. _a:\n.. date:: b\n",
    "a role made of an unknown one": ".. role:: own(strange)\n\n:own:`a`\n",
    "a figure whose caption is nothing to see": ".. figure:: dot.png\n   :alt: A\n\n   .. role:: own(math)\n",
    "a citation that is the subtitle's own name": "a\n====\n[e]_\n----\n",
    "a substitution of one that is not defined": "|a| b\n\n.. |a| replace:: |c|\n",
    "a target that leads to one that leads nowhere": "a_\n\n.. _a: b_\n.. _b: c_\n",
    "a field of the title, and no other": ":Title: a\n",
    "a colophon in a note": ".. [#] .. colophon:: a\n",
    "a link to a word of a field": ":Summary: a _`b`\n\nText b_.\n",
    "a class for notes that there are none of": ".. class:: a\n\n   .. target-notes::\n",
}


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzz")
    furnish(folder)
    return folder


@pytest.mark.parametrize("text", FOUND.values(), ids=FOUND)
def test_what_was_found(text: str, furnished: Path) -> None:
    assert list(broken(text, furnished)) == []
    assert list(broken(f"=\nT\n=\n\n{text}", furnished)) == []


def test_a_role_ends_with_its_document(furnished: Path) -> None:
    chapter("T\n=\n\n.. role:: own\n\n:own:`a`\n", furnished)
    with pytest.raises(SourceError, match="unknown role own"):
        chapter("T\n=\n\n:own:`a`\n", furnished)


@settings(max_examples=_ENOUGH, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(random=st.randoms(use_true_random=False))
def test_sources_of_the_grammar(random: Random, furnished: Path) -> None:
    text = grammar.document(random)
    assert list(broken(text, furnished)) == [], text


@settings(max_examples=_ENOUGH, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(random=st.randoms(use_true_random=False))
def test_mutations_of_sources(random: Random, furnished: Path) -> None:
    text = grammar.mutated(random, seeds(None))
    assert list(broken(text, furnished)) == [], text


def test_a_case_can_be_made_again() -> None:
    assert [source(1, number, None) for number in range(20)] == [source(1, number, None) for number in range(20)]
    assert len({source(1, number, None) for number in range(20)}) == 20
