"""Tables of an ebook on a telephone: what is too broad has shares, what is not stays as it is."""

from __future__ import annotations

import pytest
from lxml import etree

from pipeline.write.epub.tables import fit, shares

_XHTML = "{http://www.w3.org/1999/xhtml}"


def fitted(rows: str, columns: str = "") -> etree._Element:
    root = etree.fromstring(
        f'<body xmlns="http://www.w3.org/1999/xhtml"><table><caption>C</caption>{columns}{rows}</table></body>'
    )
    before = "".join(map(str, root.itertext())).replace("\n", "")
    fit(root)
    assert "".join(map(str, root.itertext())).replace("\n", "") == before
    return root[0]


def percentages(table: etree._Element) -> list[float]:
    styles = (col.get("style", "") for col in table.iter(f"{_XHTML}col"))
    return [float(style.removeprefix("width: ").removesuffix("%")) for style in styles]


def row(*cells: str) -> str:
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        (("a few words that go on and on", "and others that do"), None),
        (("extraordinarily", "incomprehensible"), "tight"),
        (("CLOCK_PROCESS_CPUTIME_ID", "CLOCK_THREAD_CPUTIME_ID"), "broad"),
        (("漢字" * 40, "語" * 40), None),  # may be broken anywhere
    ],
)
def test_a_table_has_shares_if_its_words_are_too_broad(cells: tuple[str, ...], name: str | None) -> None:
    table = fitted(row(*cells))
    assert table.get("class") == name
    assert sum(percentages(table)) == pytest.approx(100 if name else 0, abs=0.5)


def test_shares_take_the_place_of_the_author_s_after_the_caption() -> None:
    table = fitted(row("w" * 40, "a"), '<colgroup><col style="width: 5%"/><col style="width: 95%"/></colgroup>')
    assert [etree.QName(child).localname for child in table] == ["caption", "colgroup", "tr"]
    first, second = percentages(table)
    assert first > 80 > second


def test_a_cell_over_rows_and_columns_keeps_the_others_in_their_columns() -> None:
    rows = '<tr><td rowspan="2">a</td><td colspan="2">b</td></tr>' + row("c", "w" * 50)
    small, middle, large = percentages(fitted(rows))
    assert small == middle < large


def test_long_names_may_end_a_line_after_a_sign() -> None:
    table = fitted(row("CLOCK_PROCESS_CPUTIME_ID <em>of</em> os.path.normcase(part)", "w" * 30, "a_b"))
    (cell, *_) = table.iter(f"{_XHTML}td")
    written = etree.tostring(cell, encoding="unicode").replace(' xmlns="http://www.w3.org/1999/xhtml"', "")
    assert written == (
        "<td>CLOCK_<wbr/>PROCESS_<wbr/>CPUTIME_<wbr/>ID <em>of</em> os.<wbr/>path.<wbr/>normcase(<wbr/>part)</td>"
    )


@pytest.mark.parametrize("tag", ["code", "pre"])
def test_code_ends_a_line_only_where_it_says_so(tag: str) -> None:
    code = f'<{tag}><span class="nowrap">--only_of_the_letters</span><wbr/><b><i>os.path.normcase</i></b></{tag}>'
    table = fitted(row(f"{code} os.path.normcase", "w" * 40))
    (cell, *_) = table.iter(f"{_XHTML}td")
    written = etree.tostring(cell, encoding="unicode").replace(' xmlns="http://www.w3.org/1999/xhtml"', "")
    assert written == f"<td>{code} os.<wbr/>path.<wbr/>normcase</td>"


def test_whole_words_come_before_long_lines() -> None:
    first, second = shares([6, 2], [6, 90], 25)
    assert first * 25 >= 6
    assert second > first


def test_where_there_is_no_room_the_longest_words_give_way() -> None:
    small, *large = shares([1, 30, 40], [1, 30, 40], 25)
    assert small * 25 >= 1
    assert large[0] == large[1]
