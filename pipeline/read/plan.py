"""`book.toml` → the index of a book: what is known of it, its front matter, its parts and chapters, its back matter.

    title = "…"
    authors = ["…"]
    front = ["half title", "title page", "imprint", {dedication = "to-whom"}, "contents", {preface = "preface"}]
    chapters = ["first", "Another title <second>"]
    back = [{glossary = "words"}, "colophon"]

with `[[parts]]`, each with `title` and `chapters`, in place of `chapters`. Chapters are named as in a toctree, patterns
too. Other keys are those of the fields under a title, with underscores for spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from pipeline import matter
from pipeline.counted import KINDS
from pipeline.errors import Diagnostic, Location, Severity, SourceError, error, nearest
from pipeline.markup import escape
from pipeline.model import Block, Chapter, Entry, Fragment, Matter, Metadata, Part, Place
from pipeline.read import conf, docinfo, lenient, members
from pipeline.read.directives.toctree import ALL
from pipeline.read.facts import toctree
from pipeline.read.globs import Search
from pipeline.read.limits import MAX_BYTES
from pipeline.read.stated import Stated, fields
from pipeline.settings import Settings, parsed

_OWN = {
    "title": str,
    "subtitle": str,
    "standfirst": str,
    "editions": list,
    "front": list,
    "back": list,
    "chapters": list,
    "parts": list,
    "numbered": int,
    "depth": int,
    "numbering": list,
}
_OF_PARTS = {"title": str, "chapters": list, "numbered": int, "depth": int}
_LONGEST = 2000  # characters of a text


class _Plan(Struct):
    """A file that is being read: what is wrong with it, and the chapters it has named."""

    path: Path
    lines: list[str]
    search: Search
    faults: list[Diagnostic] = field(default_factory=list)
    named: set[Path] = field(default_factory=set)
    _at: int = 0

    def where(self, key: str) -> Location:
        """The line that a key stands on. tomllib keeps no positions, so look for it as a person would."""
        own = re.compile(rf"""(?:^|[{{,])\s*["']?{re.escape(key)}["']?\s*[=\]]|^\s*\[+\s*{re.escape(key)}\s*\]""")
        found = (number for number, line in enumerate(self.lines, 1) if own.search(line))
        return Location(self.path, next(found, None))

    def said(self, words: str) -> Location:
        """The line that a text stands on, after the one that was looked for before."""
        for number in (*range(self._at, len(self.lines)), *range(self._at)):
            if f'"{words}"' in self.lines[number] or f"'{words}'" in self.lines[number]:
                self._at = number
                return Location(self.path, number + 1)
        return Location(self.path)

    def fault(self, code: str, words: str, where: Location, hint: str = "") -> None:
        self.faults.append(error(code, words, where, hint))


def read(path: Path, settings: Settings) -> tuple[Chapter, tuple[Diagnostic, ...]]:
    """The index of a book and what was noticed on the way. Raises SettingsError or SourceError."""
    if path.stat().st_size > MAX_BYTES:
        raise SourceError(error("SRC004", "too large for a plan", Location(path), "name files in it, by patterns"))
    given = parsed(path)
    plan = _Plan(path, path.read_text(encoding="utf-8-sig").splitlines(), Search(path.parent))
    _checked(given, {**_OWN, **dict.fromkeys(fields(), str)}, plan)
    known, faults = docinfo.metadata(_stated(given, plan), path, settings)
    numbering = conf.numbering(settings, path.parent)
    if "numbering" in given:
        numbering = replace(numbering, kinds=_kinds(given, plan))
    front, parts = _matter(given, "front", plan), _parts(given, plan)
    back = _matter(given, "back", plan, front)
    if not any(part.chapters for part in parts):
        plan.fault("BOK003", "a book has chapters", plan.where("chapters"), "name their files in `chapters`")
    title = _text(given, "title")
    if not title:
        plan.fault("BOK003", "a book has a title", Location(path), 'write title = "…"')
    found = lenient.forgiven([*faults, *plan.faults], settings.lenient)
    if any(fault.severity is Severity.ERROR for fault in found):
        raise SourceError(fault for fault in found if fault.severity is not Severity.NOTE)
    standfirst = _text(given, "standfirst")
    known = replace(
        known,
        title=title,
        short_title=known.short_title or title,
        description=known.description or standfirst,
        editions=tuple(given.get("editions", ())),
    )
    return replace(_index(path, known, given, (front, parts, back), plan), numbering=numbering), tuple(found)


def _index(
    path: Path,
    known: Metadata,
    given: Mapping[str, Any],
    order: tuple[tuple[Matter, ...], tuple[Part, ...], tuple[Matter, ...]],
    plan: _Plan,
) -> Chapter:
    front, parts, back = order
    empty = Fragment()

    def said(key: str, kind: str, around: str = "{}") -> Fragment:
        words = _text(given, key)
        return Fragment(around.format(escape(words)), (Block(words, kind, plan.where(key)),)) if words else empty

    return Chapter(
        path=path,
        place=Place(path.parent),
        metadata=known,
        title=said("title", "title"),
        subtitle=said("subtitle", "subtitle"),
        standfirst=said("standfirst", "paragraph", "<p>{}</p>"),
        opening=empty,
        body=empty,
        credits=empty,
        colophon=empty,
        drawing=None,
        headings=(),
        ids=frozenset(),
        images=(),
        links=(),
        parts=parts,
        opened=(path, *filter(None, [conf.place(path.parent)]), *plan.search.folders),
        front=front,
        back=back,
    )


def _text(given: Mapping[str, Any], key: str) -> str:
    value = given.get(key)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _checked(given: Mapping[str, Any], known: Mapping[str, type], plan: _Plan) -> None:
    """Tell what is unknown, and what is of another type than its key's; a field may be a list of texts, too."""
    kinds = {str: "a text", list: "a list", int: "a whole number, or true"}
    for key, value in given.items():
        if key not in known:
            hint = nearest(key, known) or f"known keys: {', '.join(sorted(known))}"
            plan.fault("BOK001", f"unknown key {key!r}", plan.where(key), hint)
            continue
        many = known[key] is list or (known[key] is str and key not in _OWN and key not in _OF_PARTS)
        ok = isinstance(value, known[key]) or (many and isinstance(value, list))
        if not ok or (known[key] is int and value < 0):
            plan.fault("BOK002", f"{key} must be {kinds[known[key]]}", plan.where(key))
        texts = [value] if isinstance(value, str) else value if many and isinstance(value, list) else []
        for text in texts if key not in ("front", "back", "chapters", "parts") else ():
            if not isinstance(text, str):
                plan.fault("BOK002", f"{key} must be texts", plan.where(key))
            elif len(text) > _LONGEST or not "".join(text.split()).isprintable():
                plan.fault("BOK002", f"{key} has a control character, or is too long", plan.where(key))


def _stated(given: Mapping[str, Any], plan: _Plan) -> Iterator[Stated]:
    for name, key in fields().items():
        value = given.get(name)
        values = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        if texts := tuple(" ".join(text.split()) for text in values if isinstance(text, str) and text.strip()):
            yield Stated("field", name.replace("_", " "), key, texts, plan.where(name))


def _kinds(given: Mapping[str, Any], plan: _Plan) -> tuple[str, ...]:
    """The kinds that `numbering` names, as Counted.kind has them."""
    named = given.get("numbering")
    texts = [name for name in named if isinstance(name, str)] if isinstance(named, list) else []
    for name in texts:
        if name not in KINDS:
            hint = nearest(name, KINDS) or f"known here: {', '.join(KINDS)}"
            plan.fault("BOK002", f"unknown in numbering: {name!r}", plan.where("numbering"), hint)
    return tuple(KINDS[name] for name in texts if name in KINDS)


def _parts(given: Mapping[str, Any], plan: _Plan) -> tuple[Part, ...]:
    found = [_part("", given, given, plan)] if "chapters" in given else []
    for part in given.get("parts", ()) if isinstance(given.get("parts"), list) else ():
        if not isinstance(part, dict):
            plan.fault(
                "BOK002", "parts must be tables", plan.where("parts"), "write [[parts]] above title and chapters"
            )
            continue
        _checked(part, _OF_PARTS, plan)
        found.append(_part(_text(part, "title"), part, given, plan))
    return tuple(found)


def _part(caption: str, part: Mapping[str, Any], given: Mapping[str, Any], plan: _Plan) -> Part:
    numbered = part.get("numbered", given.get("numbered", 0))
    depth = part.get("depth", given.get("depth", 0))
    chapters = part.get("chapters", ())
    entries = [entry for name in chapters for entry in _entries(name, plan)] if isinstance(chapters, list) else []
    return Part(
        caption,
        ALL if numbered is True else numbered if isinstance(numbered, int) else 0,
        depth if isinstance(depth, int) else 0,
        tuple(entries),
    )


def _matter(given: Mapping[str, Any], key: str, plan: _Plan, before: tuple[Matter, ...] = ()) -> tuple[Matter, ...]:
    found: list[Matter] = []
    for piece in given.get(key, ()) if isinstance(given.get(key), list) else ():
        name, file = next(iter(piece.items()), ("", "")) if isinstance(piece, dict) else (piece, "")
        where = plan.said(file or name) if isinstance(name, str) and isinstance(file, str) else plan.where(key)
        if isinstance(piece, dict) and len(piece) == 1 and name in matter.WRITTEN and isinstance(file, str):
            found += (Matter(matter.WRITTEN[name], entry) for entry in _entries(file, plan))
        elif isinstance(piece, str) and name in matter.MADE:
            if Matter(matter.MADE[name]) in (*before, *found):
                plan.fault("BOK004", f"the {name} is in the book already", where, "name it once")
            found.append(Matter(matter.MADE[name]))
        elif name in matter.WRITTEN:
            plan.fault("BOK004", f"{name} is written in a file", where, f'write {{{name} = "file"}}')
        else:
            hint = nearest(str(name), {*matter.MADE, *matter.WRITTEN})
            every = f"known here: {', '.join((*matter.MADE, *matter.WRITTEN))}"
            plan.fault("BOK004", f"no piece of a book is called {name!r}", where, hint or every)
    return tuple(found)


def _entries(name: object, plan: _Plan) -> Iterator[Entry]:
    if not isinstance(name, str) or not name.strip():
        plan.fault("BOK002", f"{name!r} is not the name of a file", plan.where("chapters"))
        return
    where = plan.said(name)
    titled = re.fullmatch(r"(.+?)\s*<([^<>]+)>", name.strip())
    title, file = titled.groups() if titled else ("", name.strip())
    line = (where.line or 1) - 1
    node = toctree(entries=[(title, file, str(plan.path), line)], glob=True, reversed=False)
    yield from members.listed(node, plan.path, plan.search, plan.named, plan.faults)
