"""Code that Sphinx tests (`doctest`, `testcode`, `testoutput`), or that is typed at a prompt: shown as code."""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from pipeline.read.directives.code import Code
from pipeline.read.directives.place import AnyOption

_LANGUAGES = {
    "bash": "bash",
    "code-cell": "python",
    "console": "console",
    "doctest": "pycon",
    "ipython": "ipython",
    "prompt": "",
    "shell": "bash",
    "testcode": "python",
    "testoutput": "text",
}


class Tested(Code):
    """What is tested, unless it is hidden; its argument names a group of tests."""

    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = AnyOption({**Code.option_spec, "hide": directives.flag})

    def run(self) -> list[nodes.Node]:
        if "hide" in self.options or self.name in ("testcleanup", "testsetup"):
            return []
        self.arguments = [_LANGUAGES[self.name]]
        return super().run()


DIRECTIVES = dict.fromkeys((*_LANGUAGES, "testcleanup", "testsetup"), Tested)
