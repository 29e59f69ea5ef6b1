"""docutils' system messages → diagnostics: a table from its words to our codes and hints."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType

from docutils import nodes
from docutils.parsers.rst import directives, roles
from docutils.parsers.rst.languages import en
from msgspec.structs import replace

from pipeline.errors import Diagnostic, Location, Severity, nearest

INFO = 1


def _directive(found: re.Match[str]) -> str:
    return (
        nearest(found[1], {*en.directives, *_registered(directives, "_directives")})
        or "no directive is called anything like that"
    )


def _role(found: re.Match[str]) -> str:
    return nearest(found[1], {*en.roles, *_registered(roles, "_roles")}) or "no role is called anything like that"


def _registered(module: ModuleType, registry: str) -> Iterable[str]:
    """Names registered by us or by the document itself; docutils has no public way to list them."""
    return vars(module)[registry]  # type: ignore[no-any-return]


# (what docutils 0.23 says, our code, our words or "" for docutils' own, the hint)
_TABLE: tuple[tuple[str, str, str, str | Callable[[re.Match[str]], str]], ...] = (
    (r'Unknown directive type "(.+?)"', "RST101", "unknown directive {0}", _directive),
    (r'Unknown interpreted text role "(.+?)"', "RST102", "unknown role {0}", _role),
    (r"Malformed table", "RST103", "", "draw its lines and columns to the same width, row by row"),
    (r"Error parsing content block for the .*table", "RST103", "", "see the lines of this table"),
    (r'Duplicate (?:explicit )?target name: "(.+?)"', "RST104", "target {0} is given twice", "rename one of the two"),
    (r'Duplicate target name, cannot be used as a unique reference: "(.+?)"', "RST104", "", "rename one of the two"),
    (r'Unknown target name: "(.+?)"', "RST105", "nothing is called {0}", "write “.. _{0}:” above what it points at"),
    (r'Undefined substitution referenced: "(.+?)"', "RST105", "", "write “.. |{0}| replace:: …”"),
    (r"leads outside the source", "RST106", "file outside the source's folder", "copy it into the source's folder"),
    (r"no network while building", "RST107", "an address on the network", "save the file beside the source"),
    (r'"raw" directive disabled', "RST108", "raw markup is not read",
     "write it in reStructuredText, or set “raw = true”"),
    (r"circular inclusion", "RST109", "", "take out one of the two includes"),
    (r"No such file or directory: '(.+?)'", "RST110", "no such file: {0}",
     "paths start from the file that includes, or with / before them from the folder of the whole"),
    (r"Inconsistent title style: skip from level (\d) to (\d)", "RST111", "heading skips from level {0} to {1}",
     "underline it as a heading of the next level down"),
    (r"exceeds the line-length-limit", "RST115", "a line of more than a million characters", "break it"),
    (r"an included file is read as reStruct", "RST116", "included files are read as reStructuredText",
     "take “:parser:” out"),
    (r"(more than \d+ files include each other)", "RST118", "{0}", "include them side by side"),
    (r"(more than \d+ (?:files|MiB) are included)", "RST119", "{0}", "split the source into several"),
    (r"Title (?:over|under)line too short", "RST112", "", "make the line as long as the title"),
    (r"Unexpected indentation|unexpected unindent", "RST113", "", "a blank line is missing, or the indent is off"),
    (r"start-string without end-string", "RST114", "", "close it, or put a backslash before the sign"),
    (r'^Error in .*unknown option: "(.+?)"', "RST139", "unknown option {0}", "take it out, or see how it is spelled"),
    (r'"(\S+)" is for a program to be run', "RST170", "{0} takes a program to be run",
     "write what it would say; no edition runs programs"),
    (r'"(\S+)" is for a program that draws', "RST171", "{0} takes a program that draws",
     "draw it, save it as SVG or PNG, and show it by “.. image::”"),
    (r"^Error in |^Content block expected", "RST139", "", "the reference shows how this directive is written"),
)  # fmt: skip


def diagnostics(found: Iterable[nodes.system_message], path: Path) -> list[Diagnostic]:
    """Diagnostics for what matters: all that docutils calls a warning or worse, and explicit targets given twice."""
    result: dict[Diagnostic, None] = {}
    for message in found:
        text = message.children[0].astext() if message.children else message.astext()
        where = Location(_path(message, path), message.get("line") or _line(message))
        if message["level"] <= INFO and not text.startswith("Duplicate explicit target"):
            continue
        diagnostic = _diagnostic(text, where)
        if (raw := _raw(message)).startswith("[") and diagnostic.code in ("RST105", "RST100"):
            hint = f"write “.. {raw.rstrip('_')} …” where the note shall stand"
            diagnostic = replace(diagnostic, code="RST105", message=f"{raw} has no note to point at", hint=hint)
        result[diagnostic] = None
    return list(result)


def _diagnostic(text: str, where: Location) -> Diagnostic:
    for pattern, code, words, hint in _TABLE:
        if match := re.search(pattern, text, re.DOTALL):
            said = words.format(*match.groups()) if words else _folded(text)
            advice = hint(match) if callable(hint) else hint.format(*match.groups())
            return Diagnostic(code, Severity.ERROR, said, where, advice)
    return Diagnostic("RST100", Severity.ERROR, _folded(text), where, "mend the markup on this line")


def _folded(text: str) -> str:
    return " ".join(text.split()).rstrip(".")


def _path(message: nodes.system_message, path: Path) -> Path:
    source = message.get("source") or ""
    return Path(source) if source and not source.startswith("<") and Path(source).is_file() else path


def _raw(message: nodes.system_message) -> str:
    """What the source wrote where the fault is, if docutils kept it."""
    document: nodes.document | None = message.document
    backrefs: list[str] = message.get("backrefs", []) if document else []
    found = (document.ids.get(reference) for reference in backrefs) if document else ()
    return next((node.rawsource for node in found if isinstance(node, nodes.problematic)), "")


def _line(message: nodes.system_message) -> int | None:
    """Transforms give some messages no line; the text they point back at has one."""
    document: nodes.document | None = message.document
    backrefs: list[str] = message.get("backrefs", []) if document else []
    for reference in backrefs:
        node = document.ids.get(reference) if document else None
        while node is not None:
            if node.line:
                return int(node.line)
            node = node.parent
    return None
