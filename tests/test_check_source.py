"""What a source's words are asked: the notes of `postpress check`."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import bind, read
from pipeline.check import source
from pipeline.editions import EDITIONS
from pipeline.settings import Settings
from tests.vocabulary import post


def noted(folder: Path, text: str, language: str = "en-GB") -> list[str]:
    file = folder / "a.rst"
    file.write_text(post(text), encoding="utf-8")
    settings = Settings(language=language)
    chapter, _ = read.read(file, settings)
    return [f"{note.code} {note.message}" for note in source.notes(bind.bind(chapter, settings, EDITIONS))]


NEVER_WITH_IZE = """
otherwise exercise advise advertise precise concise promise compromise unpromising surprise unsurprising raise rise
fundraising arise wise likewise clockwise revise devised supervise unsupervised improvise televised disguise noise
praise appraise reappraised premises enterprise comprise expertise franchise disenfranchised treatise despise
merchandise paradise tortoise porpoise turquoise sunrise apprised circumcised chastise surmise malaise
"""


@pytest.mark.parametrize("word", NEVER_WITH_IZE.split())
def test_a_word_that_is_never_written_with_ize_says_nothing_of_the_custom(word: str, tmp_path: Path) -> None:
    assert noted(tmp_path, f"They organize and {word}.\n") == []


@pytest.mark.parametrize("word", ["capsize", "downsizing", "oversized", "apprized", "size", "prized", "seized"])
def test_nor_does_one_that_is_never_written_with_ise(word: str, tmp_path: Path) -> None:
    assert noted(tmp_path, f"They organise and {word}.\n") == []


def test_the_rarer_of_two_spellings_is_noted(tmp_path: Path) -> None:
    text = "They organise, realised, and criticising others emphasizes it.\n"
    assert noted(tmp_path, text) == ["TXT004 “emphasizes” in a text that elsewhere writes -ise"]


def test_a_text_is_asked_about_what_its_language_has(tmp_path: Path) -> None:
    text = "Such as this. We realise, organise and marginalize. – Co-Production Board, Co-production Board.\n"
    assert [note[:6] for note in noted(tmp_path, text)] == ["TXT001", "TXT002", "TXT003", "TXT004"]
    assert [note[:6] for note in noted(tmp_path, text, "fr")] == ["TXT001"]
