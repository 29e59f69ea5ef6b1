"""The words that docutils' own doctree of a source has, to hold editions against."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from docutils.core import publish_doctree
from docutils.utils import DependencyList

_UNSEEN = (nodes.comment, nodes.substitution_definition, nodes.raw, nodes.system_message, nodes.math, nodes.math_block)
_IDEOGRAPH = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"  # written without spaces: a word each
_WORD = re.compile(
    rf"[{_IDEOGRAPH}]|\d+|[^\W\d_{_IDEOGRAPH}]+"
)  # a number apart: a note's call stands close to its word
_JOINERS = re.compile("[\u00ad\u200b\u2060]")


def text_of(source: Path) -> str:
    """The text of docutils' own doctree, less its messages and what it would not show either."""
    quiet = {"report_level": 5, "halt_level": 5, "_disable_config": True, "raw_enabled": False, "warning_stream": False}
    text = source.read_bytes().decode("utf-8", "replace")
    with contextlib.redirect_stderr(None):
        doctree = publish_doctree(
            text, source_path=str(source), settings_overrides={**quiet, "record_dependencies": DependencyList()}
        )
    return " ".join(_texts(doctree))


def _texts(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, (*_UNSEEN, nodes.problematic)) or "ln" in getattr(node, "attributes", {}).get("classes", ()):
        return  # numbers of lines are drawn, not said
    if isinstance(node, nodes.Text):
        yield node.astext()
        return
    yield "".join(text for child in node.children for text in _texts(child))
    if not isinstance(node, nodes.Inline):
        yield " "


def words(text: str) -> list[str]:
    return _WORD.findall(_JOINERS.sub("", unicodedata.normalize("NFKC", text)))
