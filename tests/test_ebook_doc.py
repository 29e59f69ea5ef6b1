"""docs/ebook.md says of our ebooks what is in them: every piece of code in its tables is looked up."""

from __future__ import annotations

import re

import pytest

from tests.vocabulary import ROOT

DOC = (ROOT / "docs" / "ebook.md").read_text(encoding="utf-8")
OURS = [row.split(" | ")[2] for row in DOC.splitlines() if row.startswith("| ") and row.count(" | ") >= 3]
MADE = "\n".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "tests/cases").glob("*/golden/ebook/*.*")))


@pytest.mark.parametrize("code", sorted({code for cell in OURS for code in re.findall(r"`([^`]+)`", cell)}))
def test_what_is_said_of_our_ebooks_stands_in_one(code: str) -> None:
    assert code in MADE


def test_what_is_said_to_be_shown_is_shown_by_a_test_that_is_there() -> None:
    named = set(re.findall(r"(?:tests|styles)/[\w.]+", " ".join(OURS)))
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []
