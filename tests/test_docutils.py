"""What is docutils' own stays as it is."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pkgutil import iter_modules

from docutils.parsers.rst import languages
from docutils.parsers.rst.directives import _directive_registry  # type: ignore[attr-defined]

from pipeline.read.directives import DIRECTIVES
from tests.vocabulary import ROOT


def test_docutils_own_tests_pass_with_our_names_and_patches() -> None:
    command = [sys.executable, "-m", "tests.tools.docutils_suite"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_name_of_docutils_is_taken_only_by_what_does_the_same_and_more() -> None:
    theirs: dict[str, str] = {}
    for module in iter_modules(languages.__path__):
        theirs |= import_module(f"{languages.__name__}.{module.name}").directives
    assert len(theirs) > 500
    for name in theirs.keys() & DIRECTIVES.keys():
        module, kind = _directive_registry[theirs[name]]
        own = getattr(import_module(f"docutils.parsers.rst.directives.{module}"), kind)
        assert issubclass(DIRECTIVES[name], own), name
