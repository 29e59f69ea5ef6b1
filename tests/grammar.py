"""A grammar of reStructuredText: sources that nobody would write, and mutations of some that somebody did.

Everything is drawn from a `random.Random`, so a seed is a source; Hypothesis has one, too, whose draws it can shrink.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from functools import cache
from random import Random

from docutils.parsers.rst import directives
from docutils.parsers.rst.languages import en
from docutils.utils import new_document

from pipeline.read.directives import DIRECTIVES

FILES = {
    "part.rst": "Included *text*.\n\nIncluded part\n=============\n\n- item\n",
    "part.txt": "plain <text> & more\n\ttabbed\n",
    "table.csv": 'one,"two, too"\n3,*4*\n',
    "page.html": "<p>raw</p>\n",
}
_WORDS = (
    *("word", "a", "Title", "it's", '"quoted"', "one-two", "3", "I.", "A.", "(b)", "#.", "e.g.", "x_", "_x", "x__"),
    *("*", "**", "`", "``", "|", "_", "\\", "\\ ", "\\*", "::", "..", "--", "---", "—", "…", "[", "]", "<", ">", "&"),
    *(
        "]]>",
        "<!--",
        "&amp;",
        "{}",
        "%s",
        "~",
        "^",
        "naïve",
        "Übung",
        "語彙",
        "אבג",
        "привет",
        "👍",
        "a\u0301",
        "\u00a0",
    ),
    *("\u2028", "\u200b", "\ufeff", "\u0007", "\ufffe", "https://example.org/a_b(c)", "www.example.org", "a@b.org"),
    *("PEP 8", "RFC 2822", "$x$", "$Date$", "0", ":", ":a:", "::a::", "-", "+", "o", "A" * 90),
)
_NAMES = ("a", "b c", "word", "Title", "1", "é", "x.y", "#", "a-b", "part.rst", "")
_SIGNS = "=-~^\"'`#*+.:_<>!"
_ROLES = (*en.roles, "lang", "ref", "doc", "term", "abbr", "own", "strange", "py:class", "default")
_DIRECTIVES = (
    *(en.directives),
    *DIRECTIVES,
    *("code-block", "versionadded", "only", "seealso", "index", "glossary", "post", "strange", "py:function"),
)
_ARGUMENTS = (
    *("", "word", "Two *words*", "dot.png", "dot.svg", "missing.png", "part.rst", "part.txt", "table.csv", "../up.rst"),
    *("python", "html", "own", "own(emphasis)", "1909", "`link`_", "0x2014", "U+2014 .. more", "A --- B", "xml", "10%"),
)
_VALUES = (
    *("", "0", "1", "2", "10", "50%", "3em", "-1", "auto", "left", "right", "center", "top", "part.txt", "table.csv"),
    *("a", "a b", "*x*", "utf-8", "latin-1", "word", "10 20", "1,2", "99999", "true", "lower-roman", "`a`_", "<", '"'),
)
_TAIL = ("stub-columns", "header-rows", "widths", "file", "url", "start-line", "end-before", "number-lines", "strange")


def document(random: Random) -> str:
    """A source of a few blocks, most with a title and some with fields under it."""
    head = []
    if random.random() < 0.8:
        head.append(_heading(random, "=", over=True))
        if random.random() < 0.4:
            head.append(_fields(random))
    head += [_block(random, 3) for _ in range(random.randint(1, 7))]
    return "\n\n".join(head) + "\n"


def mutated(random: Random, seeds: tuple[str, ...]) -> str:
    """One of some sources, with a few of its lines and signs changed, or parts of another in it."""
    lines = random.choice(seeds).split("\n")
    for _ in range(random.randint(1, 4)):
        place = random.randrange(len(lines))
        line = lines[place]
        column = random.randint(0, len(line))
        match random.randrange(9):
            case 0:
                del lines[place]
            case 1:
                lines.insert(place, line)
            case 2:
                lines[place] = random.choice((" ", "   ", "\t", "- ", "| ", "> ", ".. ")) + line
            case 3:
                lines[place] = line.lstrip()
            case 4:
                lines[place] = line[:column] + random.choice(_WORDS) + line[column:]
            case 5:
                lines[place] = line[:column] + line[column + 1 :]
            case 6:
                lines[place:place] = _block(random, 1).split("\n")
            case 7:
                other = random.choice(seeds).split("\n")
                start = random.randrange(len(other))
                lines[place:place] = other[start : start + random.randint(1, 6)]
            case _:
                lines[place], lines[-1] = lines[-1], line
        lines = lines or [""]
    return "\n".join(lines) + "\n"


def _words(random: Random, most: int = 8) -> str:
    return " ".join(_inline(random) for _ in range(random.randint(1, most)))


def _inline(random: Random) -> str:
    word = random.choice(_WORDS)
    if random.random() < 0.6:
        return word
    name = random.choice(_NAMES)
    return random.choice(
        (
            *(f"*{word}*", f"**{word} {name}**", f"``{word}``", f"`{name}`_", f"`{word} <{name}_>`__", f"{name}_"),
            *(f"`{word} <https://example.org/{name}>`_", f"_`{name}`", f"|{name}|", f"|{name}|_", f"[{name}]_", "[#]_"),
            *("[*]_", "[1]_", "[#a]_", f"`{word}`__", f"`{word}`", f":{random.choice(_ROLES)}:`{word} {name}`"),
            *(
                f"`{word}`:{random.choice(_ROLES)}:",
                f":{random.choice(_ROLES)}:`{word} <{name}>`",
                f"{word}\\ *{name}*",
            ),
        )
    )


def _heading(random: Random, sign: str, *, over: bool = False) -> str:
    text = _words(random, 4)
    line = sign * (max(4, len(text)) + random.choice((0, 0, 0, 2, -3)))
    return f"{line}\n{text}\n{line}" if over else f"{text}\n{line}"


def _fields(random: Random) -> str:
    names = (
        *(
            "Author",
            "Authors",
            "Date",
            "Language",
            "Identifier",
            "Summary",
            "Abstract",
            "Dedication",
            "Version",
            "Title",
        ),
        *(
            "Status",
            "Organization",
            "Copyright",
            "Contact",
            "orphan",
            "tags",
            "Revised",
            "Dates of it",
            "*a*",
            "unknown",
        ),
    )
    values = (
        "A. One",
        "2026-05-29",
        "de",
        "en",
        "soon",
        "$Date$",
        "a <b@c.org>, d",
        "",
        "- a\n- b",
        "| a\n| b",
        "1. a",
    )
    found = []
    for _ in range(random.randint(1, 5)):
        value = random.choice(values) if random.random() < 0.8 else _words(random)
        found.append(f":{random.choice(names)}: " + textwrap.indent(value, "   ").lstrip())
    return "\n".join(found)


def _inner(random: Random, depth: int) -> str:
    """Blocks inside of another; of one line where it is deep."""
    if depth <= 0:
        return _words(random)
    return "\n\n".join(_block(random, depth - 1) for _ in range(random.choice((1, 1, 1, 2, 3))))


def _hung(mark: str, text: str) -> str:
    """A text after a mark, its lines under each other."""
    return mark + textwrap.indent(text, " " * len(mark)).lstrip(" ")


def _paragraph(random: Random, _: int) -> str:
    return "\n".join(_words(random) for _ in range(random.randint(1, 3))) + random.choice(("", "", "", "::", " ::"))


def _section(random: Random, _: int) -> str:
    return _heading(random, random.choice(_SIGNS[:6]), over=random.random() < 0.2)


def _list(random: Random, depth: int) -> str:
    mark = random.choice(("- ", "* ", "+ ", "#. ", "1. ", "a) ", "(iv) ", "XX. ", "• ", "99999999999. "))
    gap = random.choice(("\n", "\n\n"))
    return gap.join(_hung(mark, _inner(random, depth)) for _ in range(random.randint(1, 3)))


def _definitions(random: Random, depth: int) -> str:
    term = _words(random, 2) + random.choice(("", " : class", " : a : b"))
    return term + "\n" + textwrap.indent(_inner(random, depth), "  ")


def _field_list(random: Random, depth: int) -> str:
    return _hung(f":{_words(random, 2)}: ", _inner(random, depth))


def _options(random: Random, depth: int) -> str:
    option = random.choice(("-a", "-b FILE", "--long", "--long=VALUE", "/V", "-a, --all", "-f <x y>"))
    return _hung(f"{option}  ", _inner(random, min(depth, 1)))


def _literal(random: Random, _: int) -> str:
    text = "\n".join(_words(random) for _ in range(random.randint(1, 3)))
    return "::\n\n" + textwrap.indent(text, random.choice(("   ", "> ", "# ")))


def _lines(random: Random, _: int) -> str:
    return "\n".join(
        "|" + " " * random.randint(0, 6) + random.choice(("", _words(random))) for _ in range(random.randint(1, 4))
    )


def _quote(random: Random, depth: int) -> str:
    attribution = random.choice(("", "", "\n\n-- " + _words(random, 3), "\n\n— Somebody"))
    return textwrap.indent(_inner(random, depth) + attribution, " " * random.randint(1, 5))


def _doctest(random: Random, _: int) -> str:
    return f">>> {_words(random)}\n{_words(random)}"


def _grid(random: Random, depth: int) -> str:
    cells = [_inner(random, min(depth - 1, 1)).split("\n")[:5] for _ in range(random.randint(1, 3))]
    widths = [max(map(len, cell)) + random.choice((0, 0, 2)) for cell in cells]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    height = max(map(len, cells))
    rows = [
        "|"
        + "|".join(f" {(cell[n] if n < len(cell) else ''):<{w}} " for cell, w in zip(cells, widths, strict=True))
        + "|"
        for n in range(height)
    ]
    body = [rule, *rows, rule.replace("-", random.choice("-=")), *rows, rule]
    if random.random() < 0.2:
        body[random.randrange(len(body))] = rule[: random.randint(1, len(rule))]
    return "\n".join(body)


def _simple(random: Random, _: int) -> str:
    rule = "=====  =========  ====="
    rows = [f"{random.choice(_WORDS)[:5]:<5}  {_words(random, 2)[:9]:<9}  {_words(random, 3)}" for _ in range(3)]
    return "\n".join((rule, rows[0], rule, *rows[1:], random.choice((rule, "-----  ---------------", ""))))


def _explicit(random: Random, depth: int) -> str:
    name, text = random.choice(_NAMES), _inner(random, depth)
    note = random.choice(("1", "2", "#", "#a", "*", "a", name or "x"))
    return random.choice(
        (
            _hung(f".. [{note}] ", text),
            f".. _{name}:",
            f".. _{name}: https://example.org/{name}",
            f".. _{name}: {random.choice(_NAMES)}_",
            f"__ https://example.org/\n\n.. __: {name}_",
            f".. |{name}| replace:: {_words(random, 3)}",
            f".. |{name}| image:: dot.png\n   :alt: {random.choice(_WORDS)}",
            f".. |{name}| unicode:: {random.choice(('0x2014', 'U+22', 'a', '0x7', '0x110000'))}",
            f".. |{name}| date::",
            f".. |{name}| {random.choice(_DIRECTIVES)}:: {random.choice(_ARGUMENTS)}",
            _hung(".. ", text),
            f".. role:: own\n   :class: a\n\n:own:`{_words(random, 2)}`",
            f".. role:: own({random.choice(_ROLES)})",
            f".. default-role:: {random.choice(_ROLES)}",
        )
    )


@cache
def _known(directive: str) -> tuple[str, ...]:
    """The options of a directive."""
    kind, _ = directives.directive(directive, en, new_document(""))  # type: ignore[arg-type]  # a module is one
    return tuple(kind.option_spec or ()) if kind else ()


def _directive(random: Random, depth: int) -> str:
    name = random.choice(_DIRECTIVES)
    known = [*_known(name), "alt", "name", "class"]
    lines = [f".. {name}:: {random.choice(_ARGUMENTS)}".rstrip()]
    for _ in range(random.choice((0, 0, 1, 1, 2, 3))):
        option = random.choice(known) if random.random() < 0.9 else random.choice(_TAIL)
        lines.append(f"   :{option}: {random.choice(_VALUES)}".rstrip())
    if name in ("image", "figure", "drawing") and random.random() < 0.8:
        lines.append("   :alt: What it shows")
    if random.random() < 0.75:
        text = _inner(random, depth)
        if name in ("list-table", "csv-table", "table") and random.random() < 0.7:
            text = {
                "list-table": "* - a\n  - " + _words(random) + "\n* - *b*\n  - c",
                "csv-table": f'{_words(random, 2)}, "b"\nc, d',
                "table": _grid(random, 2),
            }[name]
        lines += ["", textwrap.indent(text, "   ")]
    return "\n".join(lines)


def _transition(random: Random, _: int) -> str:
    return random.choice("-=*~") * random.randint(4, 9)


_BLOCKS: tuple[Callable[[Random, int], str], ...] = (
    *(
        _paragraph,
        _paragraph,
        _paragraph,
        _section,
        _section,
        _list,
        _list,
        _definitions,
        _field_list,
        _options,
        _literal,
    ),
    *(_lines, _quote, _doctest, _grid, _simple, _transition),
    *(_explicit, _explicit, _explicit, _directive, _directive, _directive, _directive),
)


def _block(random: Random, depth: int) -> str:
    return random.choice(_BLOCKS)(random, depth)
