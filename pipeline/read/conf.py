"""What a book's `conf.py` says, which Sphinx would run: read as text, and never executed.

Counted are its literals, and what is put together from them by names, `+` and f-strings. What takes a program to know
it, a version that is asked of a package for one, is not known here.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from pipeline.counted import KINDS, Numbering
from pipeline.errors import Location
from pipeline.fetch import RefusedError, inside
from pipeline.settings import Settings, refused_language

MAX_BYTES = 256 * 2**10
_MAX_TEXT = 64 * 2**10  # characters of a text that is put together
_FORMS = {"figure": "figure", "table": "table", "code-block": "code", "section": "section"}  # of numfig_format
_LONGEST_FORM = 200  # characters, which stand at each caption
_DEEPEST = 99
_SIGNS = ("project", "extensions", "html_theme", "master_doc", "root_doc")  # of Sphinx; other programs have a conf.py


class Conf(Struct, frozen=True):
    """The literals by name, and the line of each; `crossrefs` and `objects` are directives that its setup makes.

    They are directive → role. A crossref is a place that is named, an object is described.
    """

    path: Path | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    crossrefs: Mapping[str, str] = field(default_factory=dict)
    objects: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A text, or '' where there is none, or it is something else."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def links(self) -> Iterator[tuple[str, str, str | None]]:
        """The roles of `extlinks`: name, address and caption, in which %s stands for what the author writes.

        And those of sphinx-issues, whose conf.py says where a program's issues are.
        """
        if place := self.text("issues_github_path"):
            for name, part, sign in (("issue", "issues", "#"), ("pr", "pull", "#"), ("commit", "commit", "@")):
                yield name, f"https://github.com/{place}/{part}/%s", f"{sign}%s"
            yield "user", "https://github.com/%s", "@%s"
        links = self.values.get("extlinks")
        for name, value in links.items() if isinstance(links, dict) else ():
            address, *captions = value if isinstance(value, (list, tuple)) and value else (None,)
            caption = captions[0] if captions else None
            if isinstance(name, str) and isinstance(address, str) and isinstance(caption, str | None):
                yield name.lower(), address, caption


def of(root: Path) -> Conf:
    """The conf.py in a book's folder, if Sphinx' it is and can be read; else one that says nothing."""
    try:
        path = place(root)
        return _read(path, path.read_bytes()) if path else Conf()
    except OSError:
        return Conf()


def place(root: Path) -> Path | None:
    """Where a book's conf.py is, or would be; None if what is there is not read: no file, too large, a link out."""
    try:
        file = inside(root, "conf.py")
        fit = not file.exists() or (file.is_file() and file.stat().st_size <= MAX_BYTES and os.access(file, os.R_OK))
        return root / "conf.py" if fit else None
    except (OSError, RefusedError):
        return None


def completed(settings: Settings, root: Path) -> Settings:
    """The settings with what a book's conf.py says where they leave it open: authors, rights, language if English."""
    conf = of(root)
    tag = conf.text("language").replace("_", "-")
    spoken = tag if tag and not refused_language(tag, Location(root), "") else ""
    rights = conf.text("copyright") or conf.text("project_copyright")
    if rights and not re.match(r"©|\(c\)|copyright", rights, re.IGNORECASE):
        rights = f"© {rights}"
    author = " ".join(conf.text("author").split())
    return replace(
        settings,
        authors=settings.authors or ((author,) if author else ()),
        rights=settings.rights or " ".join(rights.split()),
        language=spoken if spoken and settings.language == Settings().language else settings.language,
    )


def numbering(settings: Settings, root: Path) -> Numbering:
    """What is numbered by its caption: all or nothing, where conf.py has `numfig`, and else what the settings say."""
    values = of(root).values
    numfig = values.get("numfig")
    names = (KINDS if numfig else ()) if isinstance(numfig, bool) else settings.numbering
    kinds = tuple(KINDS[name] for name in names)
    depth, forms = values.get("numfig_secnum_depth"), values.get("numfig_format")
    words = {
        _FORMS[name]: form
        for name, form in (forms.items() if isinstance(forms, dict) else ())
        if name in _FORMS and isinstance(form, str) and re.fullmatch(r"[^%]*%s[^%]*", form) and form.isprintable()
        if len(form) <= _LONGEST_FORM
    }
    return Numbering(kinds, depth if type(depth) is int and 0 <= depth <= _DEEPEST else 1, words)


@lru_cache(maxsize=4)  # a process reads many chapters of a book
def _read(path: Path, source: bytes) -> Conf:
    try:
        tree = ast.parse(source)
        values, lines = _assigned(tree)
        made = _made(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Conf()
    if not any(sign in lines for sign in _SIGNS):
        return Conf()
    return Conf(path, values, lines, *made)


def _assigned(tree: ast.Module) -> tuple[dict[str, Any], dict[str, int]]:
    """What is assigned to names, as far as it is known; the line of each."""
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        value = getattr(statement, "value", None)
        for target in targets:
            for name in (node.id for node in ast.walk(target) if isinstance(node, ast.Name)):
                lines[name] = getattr(value, "lineno", statement.lineno)
                values.pop(name, None)
                if isinstance(target, ast.Name) and value is not None:
                    try:
                        values[name] = _known(value, values)
                    except _UnknownError:
                        continue
    return values, lines


class _UnknownError(Exception):
    pass


def _known(node: ast.expr, values: Mapping[str, Any]) -> Any:
    """What an expression comes to. Raises _UnknownError."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.List, ast.Tuple)):
        return [_known(item, values) for item in node.elts]
    if isinstance(node, ast.Dict) and None not in node.keys:
        pairs = zip(node.keys, node.values, strict=True)
        return {str(_known(key, values)): _known(value, values) for key, value in pairs if key is not None}
    if isinstance(node, ast.Name) and node.id in values:
        return values[node.id]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [_known(node.left, values), _known(node.right, values)]
    elif isinstance(node, ast.JoinedStr):
        parts = [_known(part.value if isinstance(part, ast.FormattedValue) else part, values) for part in node.values]
    else:
        raise _UnknownError
    if not all(isinstance(part, str) for part in parts) or sum(map(len, parts)) > _MAX_TEXT:
        raise _UnknownError
    return "".join(parts)


def _made(tree: ast.Module) -> tuple[dict[str, str], dict[str, str]]:
    """The directives, and their roles, that `setup(app)` makes by add_crossref_type and add_object_type."""
    made: dict[str, dict[str, str]] = {"add_crossref_type": {}, "add_object_type": {}}
    setups = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "setup"]
    for call in (node for setup in setups for node in ast.walk(setup) if isinstance(node, ast.Call)):
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if method in made:
            given = dict(zip(("directivename", "rolename"), call.args, strict=False))
            given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
            names = [given.get(name) for name in ("directivename", "rolename")]
            directive, role = (node.value if isinstance(node, ast.Constant) else None for node in names)
            if isinstance(directive, str) and isinstance(role, str):
                made[method][directive.lower()] = role.lower()
    return made["add_crossref_type"], made["add_object_type"]
