"""What `lenient` tolerates (settings.LENIENT): markup that docutils refuses, read as well as can be.

While docutils parses, `forgiving` has it keep the text of what it does not know; afterwards `restored` puts back what
it left in messages alone, and `mended` makes what no edition can show into something that one can. What was at fault
is still told, as a warning: `forgiven`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docutils import nodes, utils
from docutils.parsers.rst import roles, states
from docutils.statemachine import StringList
from msgspec.structs import replace

from pipeline.errors import Diagnostic, Severity
from pipeline.read import validate
from pipeline.read.facts import NOTES, below, where
from pipeline.read.limits import replaced

_PIECE = 1000  # characters, into which an endless word is parted
_ERROR = 3  # docutils' level

# Our codes → what tolerates them. What is not here is never tolerated: limits, a fault of our own.
_TOLERATED = {
    **dict.fromkeys(("RST101", "RST138", "RST139", "RST170"), "directives"),
    "RST102": "roles",
    "RST171": "pictures",
    **dict.fromkeys(("RST104", "RST105", "RST133", "RST152"), "links"),
    **dict.fromkeys(("RST100", "RST103", "RST106", "RST107", "RST108", "RST109", "RST110", "RST111"), "markup"),
    **dict.fromkeys(("RST112", "RST113", "RST114", "RST116", "RST117", "RST121", "RST122", "RST127"), "markup"),
    **dict.fromkeys(("RST172", "RST173"), "markup"),
    **dict.fromkeys(("SRC005", "SRC006"), "characters"),
    **dict.fromkeys(("SRC003", "RST131", "RST132", "RST134", "RST150", "RST153", "RST158"), "markup"),
}

# Directives, of Sphinx and others, whose argument is for a program and not for a reader;
_UNSPOKEN = frozenset(
    (
        *("code", "code-block", "codeauthor", "csv-table", "currentmodule", "default-domain", "default-role", "figure"),
        *("highlight", "image", "include", "index", "literalinclude", "meta", "module", "program", "py:currentmodule"),
        *("py:module", "raw", "role", "sectionauthor", "sourcecode", "tabularcolumns", "unicode", "youtube"),
    )
)
# those whose content is in another language;
_LITERAL = frozenset(
    (
        *("bash", "code", "code-block", "code-cell", "console", "csv-table", "digraph", "doctest", "graph", "graphviz"),
        *("ipython", "jupyter-execute", "math", "mermaid", "parsed-literal", "plantuml", "plot", "productionlist"),
        *("prompt", "runblock", "shell", "sourcecode", "table", "testcode", "testoutput", "uml"),
    )
)
# those whose content is not for this edition.
_UNREAD = frozenset(("raw", "testsetup", "testcleanup"))

_ABOVE = (nodes.Titular, nodes.PreBibliographic, nodes.decoration)

_HEAD = re.compile(r"\s*\.\.\s+(?P<name>[^|]+?)\s?::(?:\s+(?P<argument>.*))?$")
_OPTION = re.compile(r"\s+:[^:\s][^:]*:(\s|$)")
_TITLES = re.compile(
    r"(Unexpected section title|Incomplete section title|Missing matching underline|Title overline & underline"
    r"|A level \d+ section)"
)


def forgiven(found: Iterable[Diagnostic], tolerances: Collection[str]) -> list[Diagnostic]:
    """The diagnostics, those of what is tolerated as warnings."""
    return [
        replace(fault, severity=Severity.WARNING)
        if fault.severity is Severity.ERROR and _TOLERATED.get(fault.code) in tolerances
        else fault
        for fault in found
    ]


@contextmanager
def forgiving(tolerances: Collection[str]) -> Iterator[None]:
    """While this lasts, docutils keeps the text of what it does not know, and goes on after a heading that skips."""
    known_role: Any = roles.role
    parse_options: Any = states.Body.parse_extension_options
    unknown_directive: Any = states.Body.unknown_directive
    run_directive: Any = states.Body.run_directive
    check_subsection: Any = states.RSTState.check_subsection

    def role(name: str, language: Any, line: int, reporter: Any) -> Any:
        found, messages = known_role(name, language, line, reporter)
        if found:
            return found, messages
        return _spoken, [*messages, reporter.error(f'Unknown interpreted text role "{name}".', line=line)]

    def unknown(state: Any, name: str) -> Any:
        machine = state.state_machine
        first = machine.line_offset
        result, blank = unknown_directive(state, name)
        block = machine.input_lines[first : machine.line_offset + 1]
        return [*result, *_kept(state, block, machine.input_offset + first)], blank

    def run(state: Any, directive: Any, match: Any, name: str, presets: Any) -> Any:
        machine = state.state_machine
        first = machine.line_offset
        result, blank = run_directive(state, directive, match, name, presets)
        if any(isinstance(node, nodes.system_message) and node["level"] >= _ERROR for node in result):
            block = machine.input_lines[first : machine.line_offset + 1]
            result = [*result, *_kept(state, block, machine.input_offset + first)]
        return result, blank

    def options(state: Any, spec: Any, lines: Any) -> Any:
        # An option that is unknown, or has no sense, takes no other one with it, and not the directive either.
        well, found = parse_options(state, spec, lines)
        if well:
            return well, found
        source, line = lines.info(0)
        state.reporter.error(f"Error in a directive's options: {found}.", source=source, line=line + 1)
        fields = nodes.field_list()
        state.nested_list_parse(lines, 0, fields, initial_state="ExtensionOptions", blank_finish=True)
        kept: dict[str, Any] = {}
        for field in [field for field in fields.children if isinstance(field, nodes.field)]:
            try:
                kept |= utils.extract_extension_options(nodes.field_list("", field), spec)
            except (AttributeError, KeyError, ValueError, TypeError, utils.ExtensionOptionError):
                continue
        return True, kept

    def subsection(state: Any, source: str, style: Any, line: int) -> bool:
        styles = state.memo.title_styles
        level = styles.index(style) + 1 if style in styles else len(styles) + 1
        outer = len(state.parent.section_hierarchy()) + state.state_machine.section_level_offset
        if level <= outer + 1:
            return bool(check_subsection(state, source, style, line))
        state.reporter.error(f"Inconsistent title style: skip from level {outer} to {level}.", line=line)
        return True

    patches: list[tuple[Any, str, Any]] = []
    if "roles" in tolerances:
        patches.append((roles, "role", role))
    if "directives" in tolerances:
        patches += [
            (states.Body, "unknown_directive", unknown),
            (states.Body, "run_directive", run),
            (states.Body, "parse_extension_options", options),
        ]
    if "markup" in tolerances:
        patches.append((states.RSTState, "check_subsection", subsection))
    with replaced(*patches):
        yield


def _spoken(_: str, raw: str, text: str, line: int, inliner: Any, **__: Any) -> Any:  # noqa: ARG001
    """A role function: what a reader is to see of a role that is not known. Sphinx's “Title <target>” is a title."""
    said = utils.unescape(text)
    if titled := re.fullmatch(r"(.+?)\s*<[^<>]*>", said, re.DOTALL):
        said = titled[1]
    elif said.startswith("~"):
        said = said.rpartition(".")[2].lstrip("~")
    return [nodes.inline(raw, said.removeprefix("!"))], []


def _kept(state: Any, block: StringList, offset: int) -> list[nodes.Node]:
    """What a reader is to see of a directive that cannot be run, from its lines; `offset` is that of the first one."""
    head = _HEAD.match(block[0]) if block else None
    if head is None:
        return []  # a substitution's: its text stays
    name = head["name"].lower()
    argument = [head["argument"]] if head["argument"] else []
    line = 1
    while argument and line < len(block) and block[line].strip() and not _OPTION.match(block[line]):
        argument.append(block[line].strip())
        line += 1
    if line < len(block) and _OPTION.match(block[line]):
        line = next((n for n in range(line, len(block)) if not block[n].strip()), len(block))
    content = block[line:]
    content.disconnect()
    content.trim_left(min((len(text) - len(text.lstrip()) for text in content if text.strip()), default=0))

    box = nodes.container(classes=[nodes.make_id(name)])
    box.source, box.line = block.info(0)[0], (block.info(0)[1] or 0) + 1
    if argument and name not in _UNSPOKEN:
        words, messages = state.inline_text(" ".join(argument), offset + 1)
        box += [nodes.paragraph("", "", *words, classes=["argument"]), *messages]
    if name in _LITERAL:
        text = "\n".join(content).strip("\n")
        box += [nodes.literal_block(text, text)] if text.strip() else []
    elif name not in _UNREAD:
        state.nested_parse(content, offset + line, box)
    return [box] if box.children else []


def restored(doctree: nodes.document) -> None:
    """Put the text back that docutils left in its messages alone, in place of them, and in place of its marks."""
    for message in list(below(doctree, nodes.system_message)):
        quoted = next((child for child in message.children if isinstance(child, nodes.literal_block)), None)
        said = message.children[0].astext() if message.children else ""
        if quoted is None or not isinstance(message.parent, nodes.Element):
            continue
        if _TITLES.match(said):
            words = next((line.strip() for line in quoted.astext().splitlines() if re.search(r"\w", line)), "")
            _replace(message, [nodes.rubric(words, words)] if words else [])
        elif said.startswith("Malformed table"):
            _replace(message, [nodes.literal_block(quoted.rawsource, quoted.astext())])
    for mark in list(below(doctree, nodes.problematic)):
        mark.parent.replace(mark, nodes.inline(mark.rawsource, _bare(mark.astext())))


def _bare(raw: str) -> str:
    """What a reader is to see of markup that leads nowhere: `words <address>`_, name_, |name|, [1]_."""
    if phrase := re.fullmatch(r"`(.+?)(?:\s*<[^<>]*>)?`__?", raw, re.DOTALL):
        return phrase[1]
    if name := re.fullmatch(r"\|([^|]+)\|_{0,2}|(\[[^\]]+\])_|([\w.+:-]+?)__?", raw):
        return name[1] or name[2] or name[3]
    if role := re.fullmatch(r"(?::[\w:.+-]+:)?`([^`]+)`(?::[\w:.+-]+:)?_{0,2}", raw, re.DOTALL):
        return role[1]
    return raw


def mended(doctree: nodes.document, path: Path, root: Path, tolerances: Collection[str]) -> list[Diagnostic]:
    """Make what no edition can show into something that one can, and say of each what was at fault."""
    found: list[Diagnostic] = []
    for decoration in list(below(doctree, nodes.decoration)) if "directives" in tolerances else []:
        found += validate.furniture(decoration, path)
        _unroll(doctree, decoration)
    for note in list(below(doctree, (nodes.footnote, nodes.citation))) if "directives" in tolerances else []:
        for placed in [node for node in below(note, nodes.Element) if node.get("place")]:
            del placed["place"]  # a note is moved itself, and keeps what stands in it
    for image in list(below(doctree, nodes.image)) if "pictures" in tolerances else []:
        faults = [fault for fault in validate.image(image, path, root) if fault.severity is Severity.ERROR]
        if any(fault.code != "IMG001" for fault in faults):
            _describe(image, doctree.settings.labels)
        elif faults:
            image["alt"] = Path(image["uri"]).name
            image["classes"].append("undescribed")
        found += faults
    for link in list(below(doctree, nodes.reference)) if "links" in tolerances else []:
        if faults := list(validate.link(link, path)):
            _replace(link, link.children)
            found += faults
    for text in list(below(doctree, nodes.Text)) if "markup" in tolerances else []:
        if faults := list(validate.endless(text, where(text.parent, path))):
            text.parent.replace(text, nodes.Text(re.sub(rf"(\S{{{_PIECE}}})(?=\S)", r"\1 ", text)))
            found += faults
    for text in list(below(doctree, nodes.Text)) if "characters" in tolerances else []:
        if faults := list(validate.characters(text, path)):
            text.parent.replace(text, nodes.Text(validate.UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)))
            found += faults
    return [replace(fault, severity=Severity.WARNING) for fault in found]


def _unroll(doctree: nodes.document, decoration: nodes.decoration) -> None:
    """A header and a footer of pages, which editions make for themselves, as the first and the last of the text."""
    for box in [box for box in decoration.children if isinstance(box, nodes.Element)]:
        kept = nodes.container("", *box.children, classes=[box.tagname])
        end = len(doctree.children)
        first = next((n for n, child in enumerate(doctree.children) if not isinstance(child, _ABOVE)), end)
        doctree.insert(first if isinstance(box, nodes.header) else end, kept)
    doctree.remove(decoration)


def _describe(image: nodes.image, labels: dict[str, str]) -> None:
    """Put words where a picture cannot stand: its description, or the name of its file."""
    alt = image.get("alt")
    name = image["uri"].rpartition("/")[2]
    if image.get("place") or alt == "":
        words: list[nodes.Node] = []
    elif isinstance(image.parent, nodes.TextElement):
        words = [nodes.inline("", f"[{alt or name}]", classes=["described"])]
    else:
        label = nodes.paragraph("", labels["missing"], classes=["label"], added=True)
        said = nodes.paragraph("", alt or name, added=alt is None)
        for paragraph in (label, said):
            paragraph.source, paragraph.line = image.source, image.line
        words = [label, said]
        figure = image.parent if isinstance(image.parent, nodes.figure) else None
        if figure is None:
            words = [nodes.figure("", *words, classes=["described"])]
        else:
            figure["classes"].append("described")
    _replace(image, words)


def unlinked(doctree: nodes.document, path: Path) -> list[Diagnostic]:
    """Take what leads to nothing in the document for plain text, and say so: its target went with a fault, say."""
    there: set[str] = set().union(*(node["ids"] for node in below(doctree, nodes.Element) if not _passes_on(node)))
    notes: set[str] = set().union(*(node["ids"] for node in below(doctree, NOTES)))
    found = []
    links: list[Any] = list(below(doctree, (nodes.reference, nodes.footnote_reference, nodes.citation_reference)))
    for link in links:
        note = not isinstance(link, nodes.reference)
        if link["refid"] not in (notes if note else there) if "refid" in link else note:
            # docutils 0.23 takes `[#a]_` for a call of whatever is called a, without a number.
            words = link.children or [nodes.Text(_bare(link.rawsource))]
            said = f"nothing is called {link.astext() or _bare(link.rawsource)}"
            found.append(Diagnostic("RST105", Severity.WARNING, said, where(link, path), "mend what it points at"))
            _replace(link, words)
    return found


def _passes_on(node: nodes.Element) -> bool:
    """Whether it is a target that leads elsewhere, which no edition shows."""
    return isinstance(node, nodes.target) and any(key in node for key in ("refuri", "refid", "refname"))


def _replace(node: nodes.Element, new: Sequence[nodes.Node]) -> None:
    """Put others in a node's place; where links lead to it they lead to them."""
    if node["ids"]:
        inline = isinstance(node.parent, nodes.TextElement)
        new = [nodes.inline("", "", *new, ids=node["ids"])] if inline else [nodes.target(ids=node["ids"]), *new]
    node.parent.replace(node, list(new))
