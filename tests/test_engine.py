"""WeasyPrint is loaded without what it does not use for us, and sets the same pages."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from pipeline.write.pdf import declarations
from tests.pdfs import lay_out
from tests.tools.declarations import written

ABSENT = {"cffi", "fontTools.ttLib.woff2", "importlib.resources", "PIL.ImageCms", "tinyhtml5", "urllib.request"}
BODY = """<h1>Title</h1><p>Text, <em>text</em> and <code>code</code>: <a href="https://example.org/">a link</a>.</p>
<ul><li>One</li></ul><ol style="list-style-type: upper-roman"><li>One</li></ol>
<dl><dt>Term</dt><dd>Text</dd></dl><blockquote><p>Quote</p></blockquote><pre>a  b</pre><hr/>
<table><thead><tr><th>Head</th></tr></thead><tbody><tr><td>Cell</td></tr></tbody></table>
<p><abbr title="Abbreviation">abbr.</abbr> <q>quote</q> a<sub>1</sub> <del>b</del><br/>c <small>d</small></p>"""


def loaded(code: str) -> set[str]:
    code += "; import sys; print(*sys.modules)"
    command = [sys.executable, "-W", "ignore", "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent.parent, check=True)
    return ABSENT & set(run.stdout.split())


def test_what_is_not_used_is_not_loaded() -> None:
    assert loaded("from pipeline.write import pdf; pdf.warm()") == set()
    # What is missing here, the engine loads no more: its row in write/pdf/engine.py can go.
    assert loaded("import weasyprint") == ABSENT


def test_the_compiled_declarations_are_those_of_the_engine() -> None:
    found = Path(declarations.__file__).read_text(encoding="utf-8")
    assert found == written(), "run `python -m tests.tools.declarations`"


def test_rules_that_are_left_out_match_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = lay_out(BODY)
    import weasyprint

    spec = find_spec("weasyprint.css")
    assert spec and spec.origin
    whole = (Path(spec.origin).parent / "html5_ua.css").read_text(encoding="utf-8")
    counters = weasyprint.css.counters.CounterStyle()
    monkeypatch.setattr("weasyprint.UA_STYLESHEET", weasyprint.CSS(string=whole, counter_style=counters))
    monkeypatch.setattr("weasyprint.UA_COUNTER_STYLE", counters)
    assert len(counters) > len(weasyprint.html.UA_COUNTER_STYLE)
    assert lay_out(BODY) == ours
