"""What is docutils' own stays as it is."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pkgutil import iter_modules

from docutils.parsers.rst import languages

from pipeline.read.directives import DIRECTIVES
from tests.vocabulary import ROOT


def test_docutils_own_tests_pass_with_our_names_and_patches() -> None:
    command = [sys.executable, "-m", "tests.tools.docutils_suite"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_name_of_ours_is_one_of_docutils_in_any_language() -> None:
    theirs = {
        name
        for module in iter_modules(languages.__path__)
        for name in import_module(f"{languages.__name__}.{module.name}").directives
    }
    assert len(theirs) > 500
    assert theirs & set(DIRECTIVES) == set()
