"""docs/reference.md is what tests/cases say, and leaves nothing out that can be written."""

from __future__ import annotations

import re

import pytest

from tests.tools import reference
from tests.tools.shots import EDITIONS

MADE = "make reference writes it anew"


@pytest.mark.parametrize("kind", ["directives", "roles"])
def test_every_directive_and_role_has_its_place(kind: str) -> None:
    known = reference.known_directives() if kind == "directives" else reference.known_roles()
    _, _, after = (reference.DOCS / "reference.md").read_text(encoding="utf-8").partition(f"## {kind.capitalize()}\n")
    said = re.findall(r"^\| `([^`]+)` \| .+ \|$", after.partition("\n## ")[0], re.MULTILINE)
    assert sorted(known) == said, MADE


def test_it_shows_the_cases_as_they_are() -> None:
    assert (reference.DOCS / "reference.md").read_text(encoding="utf-8") == reference.page(), MADE


def test_every_picture_is_there() -> None:
    there = {path.name for path in (reference.DOCS / "reference").iterdir()}
    assert there == {f"{row.name}-{edition}.webp" for row in reference.rows() for edition in EDITIONS}, MADE
