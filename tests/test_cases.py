"""Each folder of tests/cases: what it comes to is what it came to before. `make golden` says: so it shall be."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

import pytest

from tests import goldens
from tests.vocabulary import ROOT, postpress

_SHOWN = 80  # lines of difference


@pytest.mark.parametrize("case", goldens.cases(), ids=lambda case: case.name)
def test_a_case_comes_to_what_it_did(case: Path, tmp_path: Path) -> None:
    now, before = goldens.outcome(case, tmp_path), goldens.kept(case)
    assert sorted(now) == sorted(before), "make golden renews them, if that is meant"
    changed = [
        line
        for name in before
        for line in unified_diff(
            before[name].splitlines(), now[name].splitlines(), f"golden/{name}", name, "", "", 2, ""
        )
    ]
    assert not changed, "\n".join(["make golden renews these, if that is meant:", *changed[:_SHOWN]])


@pytest.mark.parametrize("case", goldens.cases(), ids=lambda case: case.name)
def test_a_case_breaks_no_rule(case: Path, tmp_path: Path) -> None:
    run = postpress("check", str(goldens.source(case)), "--output", str(tmp_path), folder=ROOT)
    assert run.code == 0, run.err
