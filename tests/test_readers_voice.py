"""What a screen reader is given of an ebook, by Chromium: `make test-readers`; `make golden` renews the goldens."""

from __future__ import annotations

from difflib import unified_diff
from itertools import pairwise
from pathlib import Path

import pytest

from tests.readers import voice
from tests.readers.books import NAMES, Shelf
from tests.readers.ebook import Ebook
from tests.readers.voice import Node

pytestmark = pytest.mark.readers

_NAMED = frozenset(
    (
        *("RootWebArea", "doc-backlink", "doc-cover", "doc-noteref", "doc-pagebreak", "doc-toc", "heading", "image"),
        *("link", "navigation"),
    )
)
_HOLDS = {
    "list": {"listitem"},
    "DescriptionList": {"term", "definition"},
    "table": {"caption", "row", "rowgroup"},
    "rowgroup": {"row"},
    "row": {"cell", "columnheader", "rowheader"},
}
_HELD = {"listitem": "list", "cell": "row", "columnheader": "row", "rowheader": "row"}


@pytest.fixture(scope="module", params=NAMES)
def voices(request: pytest.FixtureRequest, shelf: Shelf, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Node]:
    return voice.voices(Ebook(shelf.brought(request.param)), tmp_path_factory.mktemp("files"))


def test_whatever_is_told_by_its_name_has_one(voices: dict[str, Node]) -> None:
    assert not [
        (file, node.role) for file, tree in voices.items() for node in tree if node.role in _NAMED and not node.name
    ]


def test_headings_fall(voices: dict[str, Node]) -> None:
    levels = [(node.level or 0, node.name) for file, tree in voices.items() for node in tree if node.role == "heading"]
    assert levels[0][0] == 1
    for (before, _), (level, name) in pairwise(levels):
        assert level <= before + 1, name


def test_lists_and_tables_are_whole(voices: dict[str, Node]) -> None:
    for file, tree in voices.items():
        for node in tree:
            assert {kid.role for kid in node.kids} <= _HOLDS.get(node.role, {kid.role for kid in node.kids}), file
            assert node.kids or node.role not in _HOLDS, f"{file}: {node.role} has nothing"
            for kid in node.kids:
                assert _HELD.get(kid.role, node.role) == node.role, f"{file}: {kid.role} in {node.role}"


@pytest.mark.parametrize("name", voice.SPOKEN)
def test_a_book_sounds_as_it_did(shelf: Shelf, tmp_path: Path, name: str) -> None:
    said = voice.voices(Ebook(shelf.brought(name)), tmp_path)
    now = {Path(file).stem: voice.text(tree) for file, tree in said.items()}
    kept = {path.stem: path.read_text(encoding="utf-8") for path in (voice.GOLDEN / name).glob("*.txt")}
    assert sorted(now) == sorted(kept), "make golden renews them, if that is meant"
    changed = [
        line
        for file, text in kept.items()
        for line in unified_diff(text.splitlines(), now[file].splitlines(), f"golden/{file}", file, "", "", 2, "")
    ]
    assert not changed, "\n".join(["make golden renews these, if that is meant:", *changed])
