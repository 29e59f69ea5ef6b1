"""Parity: every block of the source is in the edition, once, in order, and nothing else is.

Each block becomes a pattern of the forms in which its text may be shown: code point by code point what the source
says, but that a straight quote may be set as the language's mark for its place, a spaced hyphen as an en dash, three
hyphens as an em dash. Joiners are passed over, and white space is one space, whatever and however much it is. What the
source already says with a curly quote or a dash of its own must be that very sign.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import combining, east_asian_width

from pipeline.check import pdf as paged
from pipeline.errors import Diagnostic, Location, error
from pipeline.model import FORMULA, Block

if TYPE_CHECKING:
    from pipeline.check.pdf import reading

# Quotation marks, outer then inner, and the languages that set them. Of no other language are any expected.
_MARKS = {
    "“”‘’": "af en eo hi id ko ms nl pt sw th tr ur vi zh",
    "„“‚‘": "bg cs de et hsb is lt lv mk sk sl",
    "«»“”": "ar ca el es fr gl it pt",
    "«»‹›": "de eu fa fr it sq",
    "«»„“": "be hy ru uk",
    "«»’’": "nb nn no",
    "„“«»": "ka",
    "»«›‹": "da",
    "„”«»": "hu pl ro",
    "„”‘’": "hr",
    "„”‚’": "sh",
    "„”’’": "sr",
    "””’’": "fi sv",
    "”“»«": "he",
    "「」『』": "ja zh",
}
_VERBATIM = ("literal_block", "doctest_block")
# What has no glyph and no letter: joiners, marks of direction, forms of emoji. A soft hyphen is a difference: it shows.
_JOINERS = str.maketrans(
    dict.fromkeys(
        (0xFEFF, 0xFE0E, 0xFE0F, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065))
    )
)
# pdfium drops a space alone at a line's end, as it is behind a sign of another font.
_BEHIND_EMOJI = r"(?<=[\u2600-\u27bf\U0001f000-\U0001faff]) "
_VARIABLE = re.compile(rf"[\"']|(?<=[^-])---(?!-)|(?<=\S )-(?= )|(?<=\S[-‐‑‒–—/]) |{_BEHIND_EMOJI}")
_VARIABLE_CODE = re.compile(_BEHIND_EMOJI)
_LONG = 16  # characters of a name that may break after a sign; see read/literals.py
_TO_THE_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_TO_THE_RIGHT = re.compile("[0-9A-Za-zÀ-ʯΑ-ԯ]")
_SIGN = re.compile("[^\\s\"'“”‘’«»‹›„‚–—-]")
_MIRRORED = str.maketrans(")]}", "([{")
_ENOUGH = 20  # differences: more of them say nothing new


def compare(
    blocks: Sequence[Block],
    edition: Iterable[str],
    added: Iterable[str],
    where: Path,
    *,
    language: str = "en",
    also: Iterable[str] = (),
    spaced: bool = True,
) -> list[Diagnostic]:
    """What is missing from an edition's text, out of order, or in it without being in the source.

    `edition` is its text in reading order, in pieces of any size; `added` are the words postpress itself puts there
    (labels, the colophon's lines), in order: each stands once, between blocks. `language` is that of the quotes;
    chapters may `also` have others.
    With `spaced=False` a line break may be white space or none, as in the plain extraction of a PDF.
    """
    text = _folded("\n".join(edition), lines=not spaced)
    marks = _marks((language, *also))
    own = deque(Block(words, "added", Location(where)) for words in added if words.strip())
    at = 0
    missing: list[Diagnostic] = []
    extra: list[str] = []

    def here(block: Block) -> int:
        """Where a block that begins at this place ends, or -1."""
        found = _pattern(block, marks, "").match(text, at)
        if not found and (gap := _gap(block, spaced=spaced)):
            found = _pattern(block, marks, gap).match(text, at)
        return found.end() if found else _same_signs(block, text, at)

    def first(block: Block, start: int, end: int = len(text)) -> tuple[int, int] | None:
        """From where to where a block stands, the first time from a place on."""
        if found := _pattern(block, marks, _gap(block, spaced=spaced)).search(text, start, end):
            return found.span()
        same = _same_signs(block, text, start)
        return (start, same) if 0 <= same <= end else None

    def between(start: int, end: int) -> Iterator[str]:
        """What stands between two blocks and is not our own."""
        while own and (label := first(own[0], start, end)):
            own.popleft()
            yield text[start : label[0]]
            start = label[1]
        yield text[start:end]

    for block in blocks:
        # A label may begin as the block after it does, and the reverse: the longer of the two is meant.
        while own and (label := here(own[0])) > here(block):
            own.popleft()
            at = _past(text, label)
        end = here(block)
        if end < 0:
            found = first(block, at)
            if found is None:
                kind = "out of order" if first(block, 0) else "missing"
                missing.append(_fault(f"{where.name}: {kind}", block))
                if len(missing) == _ENOUGH:
                    break
                continue
            extra += between(at, found[0])
            end = found[1]
        at = _past(text, end)
    if not missing:
        extra += between(at, len(text))
        missing += [_fault(f"{where.name}: missing", label) for label in list(own)[:1]]
    unknown = [piece.strip() for piece in extra if piece.strip()][:_ENOUGH]
    return missing or [error("PAR002", f"not in the source: “{_brief(piece)}”", Location(where)) for piece in unknown]


def formulas(blocks: Sequence[Block], edition: Sequence[str], where: Path) -> list[Diagnostic]:
    """Formulas of the source that are not in an edition in their order, or in it without being in the source.

    `edition` are the texts that stand for its formulas.
    """
    wanted = [(formula, block) for block in blocks for formula in block.formulas]
    match = SequenceMatcher(None, [formula for formula, _ in wanted], edition, autojunk=False)
    found: list[Diagnostic] = []
    for kind, start, end, first, last in match.get_opcodes():
        if kind != "equal":
            found += [
                error("PAR003", f"{where.name}: missing formula: {_brief(formula)}", block.where)
                for formula, block in wanted[start:end]
            ]
            found += [
                error("PAR003", f"formula not in the source: {_brief(formula)}", Location(where))
                for formula in edition[first:last]
            ]
    return found[:_ENOUGH]


def plain(pdf: bytes) -> list[str]:
    """Plain extraction of a PDF, page by page, without running heads, folios, bullets, numbers of lists, and the heads
    of tables where they are repeated; then notes.

    Each of these takes one line out of its page: of those that say just that (but for white space, which extraction
    makes up) the one that is nearest to where it is drawn.
    """
    from pipeline.check.pdf.reading import blocks

    pages = [page.splitlines() for page in paged.text(pdf).split("\f")]
    found = blocks(pdf)
    others = [line for block in found if block.label or not block.roles for line in block.lines]
    for line in sorted(others, key=lambda line: (line.page, line.place), reverse=True):
        page, said = pages[line.page - 1], "".join(line.text.split())
        if _taken(page, said, line.place) is None:
            _shared(page, said, line.place)
    rows = ((number, "".join(said.replace(FORMULA, "").split())) for number, said in _rows(found))
    notes = [_last(pages[number - 1], said) for number, said in rows if said]
    return ["\n".join(page) for page in (*pages, list(filter(None, notes)))]


def _taken(page: list[str], said: str, drawn: int) -> str | None:
    """The line of a page that says this, which is taken off it; None where there is none.

    Of several it is the one that begins nearest to the character that is `drawn` so late on the page.
    """
    places = [place for place, text in enumerate(page) if "".join(text.split()) == said]
    starts = [0, *accumulate(len(text) + len("\r\n") for text in page)]
    return page.pop(min(places, key=lambda place: abs(starts[place] - drawn))) if places else None


def _shared(page: list[str], said: str, drawn: int) -> None:
    """Take a label off a line that says more: of a list that begins an item of another, or of one with the item itself.

    Of several lines it is the one that begins nearest to the character that is `drawn` so late on the page.
    """
    starts = [0, *accumulate(len(text) + len("\r\n") for text in page)]
    for place in sorted(range(len(page)), key=lambda place: abs(starts[place] - drawn)):
        words = page[place].split()
        if words[:1] == [said] or (said in words and len(page[place]) < 12):
            page[place] = page[place].replace(said, "", 1)
            return


def _last(page: list[str], said: str) -> str | None:
    """The last lines of a page that say this, which are taken off it; None where there are none.

    Of one line pdfium makes two where a small sign is set high.
    """
    for start in reversed(range(len(page))):
        found, end = "", start
        while end < len(page) and len(found) < len(said):
            found += "".join(page[end].split())
            end += 1
        if found == said:
            text = "\n".join(page[start:end])
            del page[start:end]
            return text
    return None


def _rows(found: Iterable[reading.Block]) -> Iterator[tuple[int, str]]:
    """The page and the text of each line of a note, in reading order: a number and what is beside it are one line."""
    row = ""
    before: reading.Line | None = None
    for line in (line for block in found if "Note" in block.roles and not block.label for line in block.lines):
        if before and (line.page != before.page or abs(line.y_pt - before.y_pt) > 1):
            yield before.page, row
            row = ""
        row += line.text
        before = line
    if before:
        yield before.page, row


def _gap(block: Block, *, spaced: bool) -> str:
    """What may stand between any two signs of a block. Lines of code and long names break wherever they are full."""
    if not spaced:
        return "\n?"
    return " ?" if block.kind in _VERBATIM or any(len(word) > _LONG for word in block.text.split()) else ""


def _same_signs(block: Block, text: str, at: int) -> int:
    """Where the signs of a block end that is written in both directions, or -1: extraction guesses their order.

    So it does of vowels and other marks on letters that are written to the left, and of which bracket opens. Quotes and
    dashes are passed over.
    """
    if not (_TO_THE_LEFT.search(block.text) and (_TO_THE_RIGHT.search(block.text) or any(map(combining, block.text)))):
        return -1
    wanted, text = Counter(_SIGN.findall(block.text.translate(_MIRRORED))), text.translate(_MIRRORED)
    left = wanted.total()
    for place in _SIGN.finditer(text, at):
        wanted[place[0]] -= 1
        left -= 1
        if wanted[place[0]] < 0:
            return -1
        if not left:
            return place.end() + len(text[place.end() :]) - len(text[place.end() :].lstrip("\"'”“’‘«»‹›.("))
    return -1


@lru_cache(maxsize=64)
def _pattern(block: Block, marks: tuple[str, ...], gap: str) -> re.Pattern[str]:
    """The forms a block's text may have; `gap` may stand between any two of its signs."""
    text = _folded(block.text)
    if gap:
        # Plain extraction has no sign for a formula, and may or may not have a space there.
        text = re.sub(rf" ?{FORMULA}[{FORMULA} ]*", FORMULA, text)
    elif block.kind == "math_block":
        text = text.replace(f"{FORMULA} ", FORMULA)
    parts: list[str] = []
    start = 0
    for place in (_VARIABLE_CODE if block.kind in _VERBATIM else _VARIABLE).finditer(text):
        parts += [*map(re.escape, text[start : place.start()]), _forms(text, place, marks)]
        start = place.end()
    parts += map(re.escape, text[start:])
    # The space between an equation and its number is as broad as a column: extraction sees one, or none.
    formula = f"{FORMULA} ?" if block.kind == "math_block" else FORMULA
    blank = {"\\ ": r"\s", FORMULA: r"\s*"} if gap else {"\\ ": " ", FORMULA: formula}
    return re.compile(gap.join(blank.get(part, part) for part in parts))


def _forms(text: str, place: re.Match[str], marks: tuple[str, ...]) -> str:
    sign = place[0]
    if sign == "-":
        return "[-–]"
    if sign == "---":
        return "(?:---|—)"
    if sign == " ":
        return r"\s?"  # pdfium drops the space after a hyphen at a line's end: "pre- and post-war"
    opens, closes = _sides(text, place.start())
    opening, closing = marks[:2] if sign == '"' else marks[2:]
    forms = [sign]
    if opens:
        forms += [mark + r"\s?" * (mark in "«‹") for mark in opening]
    if closes:
        forms += [r"\s?" * (mark in "»›") + mark for mark in closing]
    if sign == "'" and (closes or text[place.end() : place.end() + 1].isdigit()):
        forms.append("’")  # an apostrophe, also of the ’80s
    return f"(?:{'|'.join(forms)})"


def _sides(text: str, place: int) -> tuple[bool, bool]:
    """Whether a quote may open there, and whether it may close."""
    start = len(text[:place].rstrip("\"'"))
    before, after = text[:start][-1:], text[place + 1 :][:1]
    if text[place] in (text[place - 1 : place], after) or (before == after == " "):
        return True, True  # a pair around nothing, and one that stands free
    if not before or before in " ([{":
        return True, bool(before.strip()) and not after.isalnum()
    if east_asian_width(before) in "WF":
        return True, True  # there is no space to tell by
    if before.isalnum() or before in ".,;:!?…)]}":
        elided = start < place and text[place + 1 : place + 2].isalnum()  # l'"art"
        return elided, True
    return True, True


def _marks(languages: Iterable[str]) -> tuple[str, ...]:
    """The marks that open, close, open within, and close within."""
    mains = {language.lower().split("-")[0] for language in languages}
    rows = [row for row, theirs in _MARKS.items() if mains & set(theirs.split())]
    return tuple("".join(row[side] for row in rows) for side in range(4))


def _folded(text: str, *, lines: bool = False) -> str:
    """A text without joiners, every white space one space, or one line break where `lines` and it has some."""
    bare = text.translate(_JOINERS)
    if lines:
        return "\n".join(filter(None, map(_folded, bare.splitlines())))
    return " ".join(bare.split())


def _past(text: str, place: int) -> int:
    return place + text[place : place + 1].isspace()


def _fault(what: str, block: Block) -> Diagnostic:
    return error("PAR001", f"{what}: “{_brief(block.text)}”", block.where)


def _brief(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
