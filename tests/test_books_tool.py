"""What `make books` takes for wrong on pages."""

from __future__ import annotations

from tests.printed import Row
from tests.tools.books import Sheet, wrong_entries, wrong_lines


def sheet(label: str, folio: str, *rows: tuple[str, str]) -> Sheet:
    return Sheet(label, folio, tuple(Row(text, 100.0, (role,) if role else ()) for role, text in rows))


BOOK = (
    sheet("iii", "iii", ("TOCI", "Of oaks and"), ("TOCI", "elms  1"), ("TOCI", "Beeches  3")),
    sheet("1", "1", ("H2", "Of oaks and elms"), ("P", "They grow.")),
    sheet("3", "3", ("H2", "Beeches"), ("P", "A beech grows, too.")),
    sheet("5", "5", ("H2", "Index"), ("LI", "beech, 3"), ("LI", "growth, 1–3")),
)


def test_a_book_that_is_right_has_nothing_wrong() -> None:
    assert [right for right, _ in wrong_lines(BOOK)] == [True, True]
    assert [right for right, _ in wrong_entries(BOOK)] == [True, False, False], "“growth” is a word of no page"


def test_a_number_of_another_page_is_wrong() -> None:
    moved = (BOOK[0], BOOK[1]._replace(label="2", folio="2"), BOOK[2]._replace(folio="4"), *BOOK[3:])
    assert [right for right, _ in wrong_lines(moved)] == [False, False]
