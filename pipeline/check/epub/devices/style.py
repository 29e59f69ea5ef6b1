"""Rules about style. Adobe's engine (RMSDK) does not skip what it does not know: it drops the sheet, or the book."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tinycss2
from msgspec import Struct
from tinycss2.color3 import RGBA, parse_color

from pipeline.check.epub.container import Ebook, resolved
from pipeline.check.epub.devices.rule import Found, Rule, Subject
from pipeline.claims import XHTML
from pipeline.errors import Location

_RMSDK = "Adobe RMSDK"
_BLITZ = "Panoz, Five interesting facts about Adobe legacy eBook RMSDK (2016); pandoc issue 8379"
_KPG = "Kindle Publishing Guidelines"
_KOBO = "Kobo EPUB guidelines (kobolabs/epub-spec)"
_PLAIN_AT_RULES = {"charset", "font-face", "media", "namespace", "page"}
_ABSOLUTE = {"px", "pt", "pc", "in", "cm", "mm", "q"}
_OF_SCREENS = re.compile(r"[dls]?v(?:h|w|min|max|i|b)|fr|ch|ic|r?lh|rem|rch|rex|cq\w+")
_RUNNING = re.compile(r"(?:^|,)\s*(?:html|body|p|:root|\*)\s*(?=,|$)")
_DEFAULTS = {"color", "font", "font-family", "font-size", "line-height", "letter-spacing", "word-spacing"}
_GROUNDS = {"background", "background-color", "background-image"}
_FLEXIBLE = re.compile(r"(?:inline-)?(?:grid|flex)|contents")
_LEAST, _LEAST_OF_CODE = 4.5, 7.0  # WCAG 2.2, 1.4.3 and 1.4.6
_WIDEST_EM = 2


class Declaration(Struct, frozen=True):
    """One declaration: `siblings` are all of its rule, by name; `late` ones stand in a sheet that is not the first."""

    name: str
    tokens: tuple[Any, ...]
    selector: str
    siblings: dict[str, tuple[Any, ...]]
    late: bool
    where: Location


class Style(Struct, frozen=True):
    """What all sheets, style elements and style attributes of an ebook say."""

    declarations: tuple[Declaration, ...]
    selectors: tuple[tuple[str, bool, Location], ...]  # whether it is nested in another
    at_rules: tuple[tuple[str, str, bool, Location], ...]  # name, prelude, late
    comments: tuple[tuple[str, Location], ...]


def parsed(ebook: Ebook) -> Style:
    """Nothing is left out because it is wrong: what cannot be parsed, EPUBCheck tells."""
    declarations: list[Declaration] = []
    selectors: list[tuple[str, bool, Location]] = []
    at_rules: list[tuple[str, str, bool, Location]] = []
    comments: list[tuple[str, Location]] = []

    def walk(nodes: list[Any], path: str, line: int, *, late: bool, above: str = "") -> None:
        siblings = {node.lower_name: tuple(node.value) for node in nodes if node.type == "declaration"}
        for node in nodes:
            where = Location(Path(path), line + node.source_line - 1)
            if node.type == "comment":
                comments.append((node.value, where))
            elif node.type == "declaration":
                declarations.append(
                    Declaration(node.lower_name, tuple(node.value), above, siblings, late=late, where=where)
                )
            elif node.type in ("at-rule", "qualified-rule"):
                prelude = tinycss2.serialize(node.prelude).strip()
                comments.extend((inner.value, where) for inner in _flat(node.prelude) if inner.type == "comment")
                if node.type == "at-rule":
                    at_rules.append((node.lower_at_keyword, prelude, late, where))
                else:
                    selectors.append((prelude, bool(above), where))
                inner = tinycss2.parse_blocks_contents(node.content) if node.content is not None else []
                walk(inner, path, line, late=late, above=prelude if node.type == "qualified-rule" else above)

    first = {_sheets(path, document)[:1] for path, document in ebook.documents.items()}
    main = {path for paths in first for path in paths}
    for item in ebook.items:
        if item.media_type == "text/css":
            css = ebook.files[item.path].decode(errors="replace")
            walk(tinycss2.parse_stylesheet(css), item.path, 1, late=item.path not in main)
    known: dict[str, list[Any]] = {}
    for path, document in ebook.documents.items():
        for element in document.iter():
            line = int(str(element.sourceline or 1))
            if element.tag == XHTML + "style":
                walk(tinycss2.parse_stylesheet(element.text or ""), path, line, late=False)
            elif said := element.get("style"):
                nodes = known.setdefault(said, tinycss2.parse_blocks_contents(said))
                walk(nodes, path, line, late=False, above="style attribute")
    return Style(tuple(declarations), tuple(selectors), tuple(at_rules), tuple(comments))


def _sheets(path: str, document: Any) -> tuple[str, ...]:
    links = (link for link in document.iter(XHTML + "link") if "stylesheet" in link.get("rel", "").split())
    return tuple(resolved(path, link.get("href", "")) for link in links)


def _flat(tokens: Any) -> Iterator[Any]:
    for token in tokens:
        yield token
        yield from _flat(getattr(token, "arguments", None) or getattr(token, "content", None) or ())


def _words(tokens: Any) -> set[str]:
    return {token.lower_value for token in _flat(tokens) if token.type == "ident"}


def _lengths(tokens: Any) -> Iterator[tuple[float, str]]:
    return ((token.value, token.lower_unit) for token in _flat(tokens) if token.type == "dimension")


def _functions(subject: Subject) -> Iterator[Found]:
    denied = {"min", "max", "clamp", "calc", "env", "round", "color-mix", "light-dark", "image-set"}
    for declaration in subject.style.declarations:
        for token in _flat(declaration.tokens):
            if token.type == "function" and token.lower_name in denied:
                yield f"{declaration.name} takes {token.lower_name}()", declaration.where


def _variables(subject: Subject) -> Iterator[Found]:
    for declaration in subject.style.declarations:
        used = (t.lower_name for t in _flat(declaration.tokens) if t.type == "function")
        if declaration.name.startswith("--") or "var" in used:
            yield f"{declaration.name} has to do with a variable", declaration.where


def _flexible(subject: Subject) -> Iterator[Found]:
    for declaration in subject.style.declarations:
        placed = declaration.name == "display" and any(map(_FLEXIBLE.fullmatch, _words(declaration.tokens)))
        if placed or re.match(r"(?:grid|flex)\b|(?:row-|column-)?gap$|place-|align-(?:items|self)", declaration.name):
            yield f"{declaration.name} lays boxes out by grid or flex", declaration.where


def _selectors(subject: Subject) -> Iterator[Found]:
    for selector, nested, where in subject.style.selectors:
        if nested or "&" in selector:
            yield f"{selector} is nested in another rule", where
        elif found := re.search(r":(?:has|is|where|matches)\(|:not\([^)]*,", selector, re.IGNORECASE):
            yield f"{found[0]} in the selector {selector}", where


def _media(subject: Subject) -> Iterator[Found]:
    for name, prelude, late, where in subject.style.at_rules:
        if name == "media" and not late:
            yield f"@media {prelude} in a book's first sheet", where
        elif name == "media" and not re.fullmatch(r"all and \([^()]+\)", prelude):
            yield f"@media {prelude} is not of the form all and (…)", where


def _at_rules(subject: Subject) -> Iterator[Found]:
    for name, _, _, where in subject.style.at_rules:
        if name not in _PLAIN_AT_RULES:
            yield f"@{name}", where


def _comments(subject: Subject) -> Iterator[Found]:
    for text, where in subject.style.comments:
        if "--" in text:
            yield "two hyphens in a comment", where


def _negative(subject: Subject) -> Iterator[Found]:
    for declaration in subject.style.declarations:
        below = [value for value, _ in _lengths(declaration.tokens) if value < 0]
        below += [token.value for token in _flat(declaration.tokens) if token.type == "percentage" and token.value < 0]
        if below and declaration.name.startswith("margin"):
            yield f"a negative {declaration.name}", declaration.where
        elif below and declaration.name == "text-indent":
            room = max((value for side in ("padding", "padding-left", "margin", "margin-left", "padding-right")
                        for value, _ in _lengths(declaration.siblings.get(side, ()))), default=0.0)  # fmt: skip
            if room < -min(below):
                yield "a text-indent that is wider than the room before it", declaration.where


def _margins(subject: Subject) -> Iterator[Found]:
    for declaration in subject.style.declarations:
        if declaration.name in ("margin-left", "margin-right"):
            sides = list(_lengths(declaration.tokens))
        elif declaration.name == "margin":
            said = [(getattr(t, "value", 0.0), getattr(t, "lower_unit", "")) for t in declaration.tokens
                    if t.type in ("dimension", "number", "percentage", "ident")]  # fmt: skip
            sides = [said[1], said[3 if len(said) > 3 else 1]] if len(said) > 1 else said
        else:
            continue
        if any(unit == "em" and value > _WIDEST_EM for value, unit in sides):
            yield f"a margin of more than {_WIDEST_EM} em beside text", declaration.where


def _absolute(subject: Subject) -> Iterator[Found]:
    for declaration in subject.style.declarations:
        if not declaration.name.startswith(("border", "outline")):
            for value, unit in _lengths(declaration.tokens):
                if unit in _ABSOLUTE and value:
                    yield f"{declaration.name} in {unit}", declaration.where


def _running_text(subject: Subject) -> Iterator[Found]:
    for declaration in subject.style.declarations:
        plain = {"inherit", "initial", "normal"} >= _words(declaration.tokens) and bool(_words(declaration.tokens))
        if declaration.name in _DEFAULTS | _GROUNDS and _RUNNING.search(declaration.selector) and not plain:
            yield f"{declaration.name} of {declaration.selector}", declaration.where


def _colours(subject: Subject) -> Iterator[Found]:
    for declaration in subject.style.declarations:
        if declaration.name not in {"color", *_GROUNDS}:
            continue
        ink, ground = (
            next(
                (colour for name in names for token in declaration.siblings.get(name, ()) if (colour := _rgb(token))),
                None,
            )
            for names in (("color",), ("background-color", "background"))
        )
        if all(_rgb(token) is None for token in declaration.tokens):
            continue  # inherit, currentColor, none
        if not declaration.late:
            yield f"{declaration.name} of {declaration.selector} in the first sheet", declaration.where
        elif ink is None or ground is None:
            yield f"{declaration.selector} has a colour or a ground, and not both", declaration.where
        elif declaration.name != "color":
            continue  # told once
        elif (ratio := contrast(ink, ground)) < (
            least := _LEAST_OF_CODE if re.search(r"\b(?:code|pre|kbd)", declaration.selector) else _LEAST
        ):
            yield f"{declaration.selector}: a contrast of {ratio:.1f}, not {least}", declaration.where


def _rgb(token: Any) -> RGBA | None:
    colour = parse_color(token) if token.type in ("ident", "hash", "function") else None
    return colour if isinstance(colour, RGBA) and colour.alpha else None


def contrast(one: RGBA, other: RGBA) -> float:
    """The contrast ratio of two opaque colours (WCAG 2.2, relative luminance)."""

    def luminance(colour: RGBA) -> float:
        parts = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3])
        return float(sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True)))

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _placed(subject: Subject) -> Iterator[Found]:
    for declaration in subject.style.declarations:
        if declaration.name == "position" and _words(declaration.tokens) & {"absolute", "fixed", "sticky"}:
            yield f"position of {declaration.selector}", declaration.where


def _screens(subject: Subject) -> Iterator[Found]:
    for declaration in subject.style.declarations:
        for _, unit in _lengths(declaration.tokens):
            if _OF_SCREENS.fullmatch(unit):
                yield f"{declaration.name} in {unit}", declaration.where


def _fonts(subject: Subject) -> Iterator[Found]:
    for name, _, _, where in subject.style.at_rules:
        if name == "font-face":
            yield "a font of the book's own", where
    for item in subject.ebook.items:
        if item.media_type.startswith(("font/", "application/font", "application/vnd.ms-opentype")):
            yield "a font in the book", Location(Path(item.path))


def _breaks(subject: Subject) -> Iterator[Found]:
    for declaration in subject.style.declarations:
        newer = re.fullmatch(r"break-(?:before|after|inside)", declaration.name)
        if newer and f"page-{declaration.name}" not in declaration.siblings:
            yield f"{declaration.name} without page-{declaration.name} beside it", declaration.where


RULES = (
    Rule("DVC101", _RMSDK, _BLITZ, "its parser stops at a function it does not know, and the book does not open",
         "write the length out", _functions),
    Rule("DVC102", f"{_RMSDK}, Kindle", f"{_BLITZ}; {_KPG}, appendix B", "no variables: the sheet is dropped",
         "write the value out", _variables),
    Rule("DVC103", _RMSDK, "pandoc issue 8379", "flex or grid in a sheet, and the book does not open",
         "use blocks, tables and inline-block", _flexible),
    Rule("DVC104", _RMSDK, _BLITZ, "the whole sheet is dropped", "name each selector", _selectors),
    Rule("DVC105", f"{_RMSDK}, Nook, Kobo", "dvschultz/99problems issue 22",
         "a sheet with any other @media is dropped whole", "@media all and (…), in the sheet linked second", _media),
    Rule("DVC106", f"{_RMSDK}, Kindle", f"{_BLITZ}; {_KPG}, appendix B", "the sheet is dropped",
         "say it without", _at_rules),
    Rule("DVC107", "Kindle", "Send to Kindle, not documented", "the conversion fails",
         "write a comma or a dash", _comments),
    Rule("DVC108", "Kindle, RMSDK", f"{_KPG}, text guidelines", "text is cut off at the edge of the screen",
         "give the margin or the padding that the line hangs into", _negative),
    Rule("DVC109", "Kobo", f"{_KOBO}, CSS: using em units for margins", "in large type no room for text is left",
         "2em at most beside text", _margins),
    Rule("DVC110", "Kindle, Kobo, Apple Books", f"{_KPG}, font sizes; WCAG 2.2, 1.4.4",
         "what is so long whatever size the reader chooses", "use em or %", _absolute),
    Rule("DVC111", "Kindle, Apple Books", f"{_KPG}, body text must use defaults",
         "the reader's own font, size and colours lose against the book's", "leave running text alone", _running_text),
    Rule("DVC112", "Kobo, Apple Books, Kindle", f"{_KOBO}, CSS: background colors; WCAG 2.2, 1.4.3 and 1.4.6",
         "on a dark or a sepia page such text cannot be read",
         "set both in a sheet linked later, 4.5 to 1 at least, for code 7 to 1; or neither", _colours),
    Rule("DVC113", f"{_RMSDK}, Kindle", f"{_KPG}, reflowable books", "text over text, or text lost",
         "let it stand in its place", _placed),
    Rule("DVC114", _RMSDK, _BLITZ, "units it does not know; with some the sheet is dropped", "use em or %", _screens),
    Rule("DVC115", "all", "EPUB 3.3, 4.4; the fonts' licences", "few fonts may be given away; readers have theirs",
         "leave the reader's font", _fonts),
    Rule("DVC116", f"{_RMSDK}, Kindle, Kobo", f"{_KOBO}, CSS: page breaks", "old readers know the older name alone",
         "write page-break-… beside it", _breaks),
)  # fmt: skip
