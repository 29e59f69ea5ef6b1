"""The index: the terms that chapters name, in the order of the language, each with its places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from msgspec import Struct, field
from msgspec.structs import replace

from pipeline import collation
from pipeline.bind.pages import section
from pipeline.errors import Location, SourceError, error
from pipeline.markup import escape, quoteattr
from pipeline.model import Chapter, IndexLine, Section

MOST = 50_000  # lines; a book of two thousand pages has ten thousand


class _Term(Struct):
    places: dict[str, bool] = field(default_factory=dict)  # id → whether it is a main one
    see: dict[str, bool] = field(default_factory=dict)  # another term → whether it is to be looked up, too
    below: dict[str, _Term] = field(default_factory=dict)


def lines(chapters: Iterable[Chapter], labels: Mapping[str, str], language: str) -> tuple[IndexLine, ...]:
    """The lines of a book's index; none if it names nothing. Raises SourceError if they are more than a book has."""
    chapters = tuple(chapters)
    named = 0
    for chapter in chapters:
        named += len(chapter.indexed)
        if named > MOST:
            said = f"an index of more than {MOST:,} places"
            raise SourceError(
                error("RST159", said, Location(chapter.path), "name fewer of them, or make it several books")
            )
    root = _Term()
    for chapter in chapters:
        for entry in chapter.indexed:
            term = root
            for words in entry.terms:
                term = term.below.setdefault(words, _Term())
            if entry.see:
                term.see[entry.see] = entry.also
            else:
                term.places[entry.id] = term.places.get(entry.id, False) or entry.main
    return _led([*_lines(root, labels, language)])


def _led(found: Sequence[IndexLine]) -> tuple[IndexLine, ...]:
    """The same lines, with numbers for those that others lead to: a term, or one below it, which is `term; other`."""
    wanted = {term for line in found for _, term, _ in line.see}
    numbers: dict[str, int] = {}
    path: list[str] = []
    lines = []
    for line in found:
        path[line.level :] = [line.term]
        term = "; ".join(path)
        if term in wanted and term not in numbers:
            numbers[term] = len(numbers) + 1
            line = replace(line, number=numbers[term])
        lines.append(line)
    return tuple(
        replace(line, see=tuple((words, term, numbers.get(term, 0)) for words, term, _ in line.see))
        if line.see
        else line
        for line in lines
    )


def _lines(root: _Term, labels: Mapping[str, str], language: str, level: int = 0) -> Iterator[IndexLine]:
    letter = None
    for words in sorted(root.below, key=lambda words: collation.key(words, language)):
        term = root.below[words]
        initial = collation.initial(words, language) or labels["signs"]
        yield IndexLine(
            term=words,
            level=level,
            places=tuple(term.places.items()),
            see=tuple(
                (labels["see_also" if also else "see"].replace("{term}", other), other, 0)
                for other, also in term.see.items()
            ),
            letter=initial if not level and initial != letter else "",
        )
        letter = initial
        yield from _lines(term, labels, language, level + 1)


def page(name: str, found: Iterable[IndexLine], labels: Mapping[str, str]) -> Section:
    """The index as a section. The pages of a line are a span that names its places; writers fill it."""

    def also(words: str, term: str, number: int) -> str:
        link = f"<a href='#{name}.{number}'>{escape(term)}</a>" if number else escape(term)
        return link.join(escape(words).rsplit(escape(term), 1))

    def item(group: list[IndexLine]) -> str:
        line, *below = group
        places = " ".join(f"{'!' * main}{place}" for place, main in line.places)
        folios = f"<span class='folios' data-of={quoteattr(places)}></span>" if places else ""
        see = "".join(f"; <i class='see'>{also(*each)}</i>" for each in line.see)
        if not places:
            see = see.replace(";", ",", 1)
        own = f" id='{name}.{line.number}'" if line.number else ""
        return f"<li{own}><span class='term'>{escape(line.term)}</span>{folios}{see}{listed(below)}</li>"

    def listed(rest: list[IndexLine]) -> str:
        return f"<ul class='entries'>{''.join(map(item, _groups(rest)))}</ul>" if rest else ""

    letters: list[list[IndexLine]] = []
    for line in found:
        letters += [[]] if line.letter else []
        letters[-1].append(line)
    groups = (
        f"<div class='letter'><p class='initial'>{escape(group[0].letter)}</p>{listed(group)}</div>"
        for group in letters
    )
    title = labels["index"]
    head = f"<h2>{escape(title)}</h2>"
    return Section(name, "index", title, section(name, "index", f"{head}<div class='letters'>{''.join(groups)}</div>"))


def _groups(rest: list[IndexLine]) -> Iterator[list[IndexLine]]:
    """Lines of the first one's level, each with those below it."""
    top = rest[0].level
    number = 0

    def counted(line: IndexLine) -> int:
        nonlocal number
        number += line.level == top
        return number

    for _, group in groupby(rest, key=counted):
        yield list(group)
