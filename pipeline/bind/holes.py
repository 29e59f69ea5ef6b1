"""What a chapter leaves for its book to write: the numbers of its headings, and lists of the chapters below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from pipeline.bind.spine import Member
from pipeline.markup import escape, quoteattr
from pipeline.model import INDEX, Block, Chapter, Entry, Part

_NUMBER = re.compile(r'<span class="((?:\w+-)?number)"( id="[^"]+")? data-of="([^"]+)"></span>')
_LIST = re.compile(r'<div class="toctree" data-part="(\d+)"></div>')


def filled(chapter: Chapter, below: Sequence[Sequence[Member]], numbers: Mapping[str, str]) -> Chapter:
    """A chapter whose holes are filled; `below` are the chapters of each of its toctrees.

    `numbers` are those of headings, and of captions with their words.
    """

    def number(hole: re.Match[str]) -> str:
        kind, named, of = hole.groups(default="")
        space = "" if kind == "equation-number" else " "
        if words := numbers.get(of, ""):
            return f"<span class='{kind}'{named}>{escape(words)}</span>{space}"
        return f"<span{named}></span>" if of in numbers and named else ""

    def listed(hole: re.Match[str]) -> str:
        part = int(hole[1])
        return _listed(chapter.parts[part], _lines(chapter, below, part))

    body = chapter.body
    lists = iter(map(int, _LIST.findall(body.xhtml)))

    def blocks() -> Iterator[Block]:
        for block in body.blocks:
            if block.kind == "toctree":
                part = next(lists)
                said = (chapter.parts[part].caption, *(words for words, _ in _lines(chapter, below, part)))
                yield from (replace(block, text=words, kind="paragraph") for words in said if words)
            elif not numbers.get(block.heads):
                yield block
            elif block.kind == "math_block":
                yield replace(block, text=f"{block.text} {numbers[block.heads]}")
            else:
                before = f"{numbers[block.heads]} "
                leads = tuple((len(before) + place, name) for place, name in block.leads)
                yield replace(block, text=before + block.text, leads=leads)

    xhtml = _LIST.sub(listed, _NUMBER.sub(number, body.xhtml))
    return replace(chapter, body=replace(body, xhtml=xhtml, blocks=tuple(blocks())))


def _lines(chapter: Chapter, below: Sequence[Sequence[Member]], part: int) -> list[tuple[str, str]]:
    """(words, address) of what a toctree shows where it stands; that of an index names its chapters in the contents."""
    members = {member.chapter.path: member for member in below[part]} if chapter.place.name else {}
    return list(filter(None, (_line(entry, members) for entry in chapter.parts[part].entries)))


def _line(entry: Entry, members: Mapping[Path, Member]) -> tuple[str, str] | None:
    if entry.address == INDEX:
        return None
    if entry.address:
        return entry.title, entry.address
    member = members.get(entry.path)
    return (member.called, f"#{member.name}") if member else None


def _listed(part: Part, lines: Sequence[tuple[str, str]]) -> str:
    caption = f"<p class='caption'>{escape(part.caption)}</p>" if part.caption else ""
    items = "".join(f"<li><a href={quoteattr(address)}>{escape(words)}</a></li>" for words, address in lines)
    return f"<div class='toctree'>{caption}<ul>{items}</ul></div>" if items else ""
