"""A build of ten sources, killed at any moment: what was there stays whole, nothing goes on, the next one succeeds.

`make kills` does the same a hundred times; docs/kills.tsv is what came of it.
"""

from __future__ import annotations

import time

import pytest

from tests.tools import kills

ROUNDS = 12


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> kills.Project:
    return kills.prepare(tmp_path_factory.mktemp("killed"))


@pytest.mark.parametrize("number", range(ROUNDS))
def test_every_output_is_the_old_or_the_new_file(number: int, project: kills.Project) -> None:
    moment_s = list(kills.moments(project, ROUNDS))[number]
    seen = kills.kill(project, moment_s)
    assert (seen.torn, seen.children_left, seen.failed_after) == (0, 0, 0), f"killed after {moment_s:.3f} s: {seen}"
    assert seen.old + seen.new == 2 * len(kills.SOURCES)


def test_two_builds_at_once_do_no_harm_even_if_one_is_killed(project: kills.Project) -> None:
    for mortal in (False, True):
        kills.begin_again(project)
        one, other = kills.start(project), kills.start(project)
        if mortal:
            time.sleep(project.length_s / 2)
            one.kill()
        assert (one.wait() == 0) != mortal
        assert other.wait() == 0
        assert kills.whole_after(project)
