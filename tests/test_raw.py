"""Raw markup that the settings let in: what it says stays; nothing of it acts, leads out or breaks an edition."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from pipeline import read
from pipeline.settings import Settings
from tests.vocabulary import post, postpress

HOSTILE = """
<p onclick="x()" style="color: red" id="p" class="article">Said <b onload="x()">boldly</b>.</p>
<script>x()</script><style>p { background: url(http://x.example/) }</style><link rel="stylesheet" href="file:///x">
<a href="javascript:x()">One</a> <a href=" https://x.example/">two</a> <a href="file:///etc/passwd">three</a>
<iframe src="http://x.example/"></iframe><object data="http://x.example/"></object><base href="http://x.example/">
<svg><script>x()</script></svg><form action="http://x.example/"><input value="x"><b>four</b></form><!-- x -->
<video src="http://x.example/">five</video><img src="http://x.example/a.png" alt="six">
"""

SHAPES = {
    "phrases": ("<i>a</i> & b<br>c &eacute; &#1;", "<i>a</i> &amp; b<br/>c é "),
    "a table without rows or with loose ones": (
        "<table><tr><td>a<td colspan=2>b<tfoot><tr><td>c</tfoot><caption>d</caption></table><table></table>",
        '<table><caption>d</caption><tbody><tr><td>a</td><td colspan="2">b</td></tr></tbody>'
        "<tfoot><tr><td>c</td></tr></tfoot></table>",
    ),
    "columns that hold nothing": (
        "<table><colgroup><col></colgroup><tr><th scope=col>a</table>",
        '<table><tbody><tr><th scope="col">a</th></tr></tbody></table>',
    ),
    "items": ("<ul>a<li>b<ol start=3><li>c</ol></ul>", '<ul><li>a</li><li>b<ol start="3"><li>c</li></ol></li></ul>'),
    "what stands alone": ("<li>a</li><tr><td>b</td></tr>", "<div>a</div><div><div>b</div></div>"),
    "terms": ("<dl><dt>a<dd>b</dl><dl><dd>c</dl>", "<dl><dt>a</dt><dd>b</dd></dl><div><div>c</div></div>"),
    "a heading": ("<h3>a</h3>", '<p class="rubric">a</p>'),
    "links in links": (
        '<a href="https://x.example/">a <i><a href="https://y.example/">b</a></i></a>',
        '<a href="https://x.example/">a <i>b</i></a>',
    ),
    "quotes": ("<q>a</q>", "“a”"),
    "marks that close what was never open": ("a</div></section> b", "<div>a</div> b"),
    "nothing": ("<script></script>", ""),
}


def _body(tmp_path: Path, text: str) -> str:
    (tmp_path / "a.rst").write_text(post(text), encoding="utf-8")
    chapter, _ = read.read(tmp_path / "a.rst", Settings(raw=True))
    return chapter.body.xhtml


def _raw(text: str) -> str:
    return ".. raw:: html\n\n" + textwrap.indent(text.strip(), "   ") + "\n\nEnd.\n"


def test_what_acts_or_leads_out_is_left_out(tmp_path: Path) -> None:
    body = _body(tmp_path, _raw(HOSTILE))
    assert re.findall(r"<(\w+)", body) == ["div", "p", "b", "a", "a", "a", "div", "b", "p"]
    assert set(re.findall(r' ([\w-]+)="', body)) == {"class", "data-line"}
    assert " ".join(re.sub("<[^>]+>", " ", body).split()) == "Said boldly . One two three four six End."


@pytest.mark.parametrize("shape", SHAPES)
def test_it_becomes_what_html_allows(shape: str, tmp_path: Path) -> None:
    source, wanted = SHAPES[shape]
    found = re.search(r'<div class="raw"[^>]*>(.*)</div>\n<p', _body(tmp_path, _raw(source)), re.DOTALL)
    assert found and found[1] == wanted


def test_in_a_line_it_stays_in_it(tmp_path: Path) -> None:
    body = _body(tmp_path, ".. role:: html(raw)\n   :format: html\n\nA :html:`<p>b <i>c</i></p>` d.\n")
    assert re.sub(r' data-line="\d+"', "", body) == "<p>A b <i>c</i>  d.</p>\n"


def test_both_editions_say_it_all(tmp_path: Path) -> None:
    (tmp_path / "postpress.toml").write_text("raw = true\n", encoding="utf-8")
    text = f":Identifier: urn:x:y\n\n{_raw(HOSTILE)}\n.. raw:: latex\n\n   x\n"
    (tmp_path / "a.rst").write_text(post("").rstrip() + "\n" + text, encoding="utf-8")
    run = postpress("check", "a.rst", folder=tmp_path)
    assert run.code == 0, run.err
    assert "RST155: raw latex is left out" in run.out
    assert "RST157: a picture in raw markup is left out" in run.out


def test_a_deep_one_is_flattened_or_refused(tmp_path: Path) -> None:
    assert _body(tmp_path, _raw("<div>" * 200 + "a" + "</div>" * 200)).count("<div") == 34
