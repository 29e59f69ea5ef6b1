"""Lines that are full but for a space: see `write.pdf.spaces`."""

from __future__ import annotations

import pytest

from pipeline.check.pdf import text
from tests.pdfs import lay_out

# Of these widths one is such that “Changes that break a rule” fits and the space after it does not.
WIDTHS_PT = range(128, 146)
CSS = "pre { white-space: pre-wrap; font: 12pt/16pt S }" + "".join(
    f"#w{width} {{ width: {width}pt }}" for width in WIDTHS_PT
)
BODY = "".join(f"<p id='w{width}'>Changes that break a rule <b>have to be</b> told.</p>" for width in WIDTHS_PT)
CODE = "".join(
    f"<pre style='width: {width}pt'><b>def</b> <b>in_a_list</b>(argument_one, argument_two): <b>return</b> it + 1</pre>"
    for width in range(160, 200)
)


def lines(body: str) -> set[str]:
    return set(filter(None, map(str.strip, text(lay_out(body, CSS)).replace("\f", "\n").splitlines())))


def first_lines() -> set[str]:
    return {line for line in lines(BODY) if line.startswith("Changes")}


def test_a_piece_of_text_is_broken_where_the_line_is_full() -> None:
    assert first_lines() == {"Changes that break a", "Changes that break a rule"}


def test_text_that_keeps_its_spaces_is_broken_there_too() -> None:
    assert "def" not in lines(CODE)
    assert first_lines() == {line for line in lines(BODY.replace("<p", "<pre").replace("</p", "</pre")) if "C" in line}


def test_the_engine_still_needs_correcting(monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out("<p>a</p>")  # or what follows would load the engine by another door
    from pipeline.write.pdf import spaces

    monkeypatch.setattr("pipeline.write.pdf.quick.lines._split_first_line", spaces._theirs)
    monkeypatch.setattr(spaces, "correct", lambda: None)
    monkeypatch.setattr("weasyprint.layout.inline.split_first_line", spaces._theirs)
    assert "Changes" in first_lines()
    assert "def" in lines(CODE)
