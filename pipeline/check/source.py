"""Checks of what the source says: characters without a glyph (errors), oddities left as they are (notes)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from unicodedata import name

from pipeline import fonts
from pipeline.errors import Diagnostic, Location, error, note
from pipeline.model import FORMULA, Block, Book


def glyphs(
    blocks: Iterable[Block], added: Iterable[str], families: tuple[str, ...], languages: tuple[str, ...] = ()
) -> tuple[Diagnostic, ...]:
    """An error for each character that no font of an edition can draw, at the block it first stands in."""
    places: list[tuple[str, Location | None]] = [
        (block.text.replace(FORMULA, "") if block.formulas else block.text, block.where) for block in blocks
    ]
    places += [(words, None) for words in added if words]
    lacking = set(fonts.missing("".join(set().union(*(text for text, _ in places))), families))
    found: dict[str, tuple[str, Location | None]] = {}
    for text, where in places if lacking else []:
        for character in text:
            if character in lacking:
                found.setdefault(character, (text, where))
    return tuple(
        error(
            "FONT002",
            f"no font has {character} (U+{ord(character):04X} {name(character, 'unnamed')})"
            + ("" if where else f" in “{text}”"),
            where,
            f"pip install {package}"
            if (package := fonts.package(character, languages))
            else f"the edition is set in {', '.join(families)}; write the character another way",
        )
        for character, (text, where) in found.items()
    )


def notes(book: Book) -> tuple[Diagnostic, ...]:
    """What an editor would ask about. Postpress changes no word, so these stay on the page."""
    english = book.metadata.language.lower().split("-")[0] == "en"
    rules = (_doubled_marks, _fragments, _capitals, _spellings) if english else (_doubled_marks,)
    return tuple(
        note(f"TXT00{number}", said, block.where, "left as the source has it")
        for number, rule in enumerate(rules, 1)
        for said, block in rule(book)
    )


def _doubled_marks(book: Book) -> Iterator[tuple[str, Block]]:
    for block in book.blocks:
        for match in re.finditer(r"(\S+)\s?([.,;:!?]) ?([-–—,;:])(?=\s)", block.text):
            yield f"two marks together: “{match[0]}”", block


def _fragments(book: Book) -> Iterator[tuple[str, Block]]:
    """A sentence that begins as the second half of another and has no first half of its own."""
    for block in book.blocks:
        for sentence in re.split(r"(?<=[.!?])\s+", block.text):
            if re.match(r"(As well as|Such as|Which|Including) [^,]*\.$", sentence):
                yield f"not a whole sentence: “{' '.join(sentence.split()[:5])} …”", block


def _capitals(book: Book) -> Iterator[tuple[str, Block]]:
    """Hyphenated compounds written with different capitals within a phrase of two words."""
    seen: dict[str, Counter[str]] = {}
    where: dict[str, Block] = {}
    for block in book.blocks:
        for phrase in re.findall(r"\b[A-Z][a-z]+-[A-Za-z]+ [A-Z][a-z]+\b", block.text):
            seen.setdefault(phrase.lower(), Counter())[phrase] += 1
            where.setdefault(phrase, block)
    for forms in seen.values():
        if len(forms) > 1:
            rarest = min(forms, key=lambda form: forms[form])
            yield f"written {_counted(forms)}", where[rarest]


# How words begin that have but one of the two endings; "unsupervised" and "reappraise" end in such a word.
_SETTLED = {
    "is": (
        *("adv", "advert", "chast", "circumc", "conc", "desp", "disgu", "exerc", "expert", "franch", "improv", "mala"),
        *("marqu", "merchand", "moonr", "no", "parad", "po", "pr", "prec", "prem", "prom", "ra", "rev", "sunr"),
        *("superv", "surm", "telev", "tort", "treat", "turquo", "w"),
    ),
    "iz": ("caps", "downs", "mids", "outs", "overs", "pr", "unders"),
}


def _spellings(book: Book) -> Iterator[tuple[str, Block]]:
    """-ize beside -ise in one text: the rarer is noted."""
    ending = re.compile(r"\b([A-Za-z]{4,})(is|iz)(?:e|ed|es|ing)\b")
    found = [
        (match[0], match[2], block)
        for block in book.blocks
        for match in ending.finditer(block.text)
        if not match[1].lower().endswith(_SETTLED[match[2]])
    ]
    count = Counter(kind for _, kind, _ in found)
    if len(count) == 2 and count["is"] != count["iz"]:
        rarer = min(count, key=lambda kind: count[kind])
        for word, kind, block in found:
            if kind == rarer:
                yield f"“{word}” in a text that elsewhere writes -{'ise' if kind == 'iz' else 'ize'}", block


def _counted(forms: Counter[str]) -> str:
    return " and ".join(f"“{form}” {number} time{'s' * (number > 1)}" for form, number in forms.most_common())
