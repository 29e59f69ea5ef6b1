"""Directives that describe something of a program: `py:function`, `c:macro`, `option`, `envvar`, `confval` …

A signature a line, and what it does: a list of terms and their definition, as plain as a page can have it. A term's
attribute `gives` is (domain, kind, full name), for the roles that name it, and it has an id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docutils import nodes
from docutils.parsers.rst import Directive, directives

from pipeline.read import context
from pipeline.read.directives.fields import grouped
from pipeline.read.directives.place import identify, located
from pipeline.read.offline import misc, states

_FLAGS = (
    "abstract abstractmethod async classmethod coroutine decorator final no-contents-entry no-index "
    "no-index-entry no-typesetting nocontentsentry noindex noindexentry notypesetting "
    "single-line-parameter-list single-line-type-parameter-list staticmethod"
)
_TEXTS = "annotation canonical default deprecated module no-index-all platform subtype synopsis type value"

# What stands before a name because of its directive, and because of an option of it.
_BEFORE = {
    **{kind: kind for kind in ("class", "concept", "enum", "exception", "struct", "union", "property", "type")},
    **{kind: kind for kind in ("classmethod", "namespace", "staticmethod")},
    "enum-class": "enum class",
    "enum-struct": "enum struct",
}
_OPTIONS = {"abstractmethod": "abstract", **{kind: kind for kind in ("abstract", "async", "classmethod", "final")}}
_OPTIONS |= {"staticmethod": "static", "coroutine": "coroutine"}
_HOLDS = ("class", "exception", "struct", "union", "enum", "namespace", "enum-class", "enum-struct", "concept")
# Kinds as roles name them.
_AS_ROLE = {"function": "func", "method": "meth", "attribute": "attr", "exception": "exc", "module": "mod"}
_AS_ROLE |= {"classmethod": "meth", "staticmethod": "meth", "property": "attr", "variable": "data", "constant": "const"}
_AS_ROLE |= {"decorator": "func", "decoratormethod": "meth", "directive": "dir"}

_PYTHON = re.compile(r"(?P<before>)(?P<name>@?[\w.]+)(?P<rest>.*)", re.DOTALL)
_CALL = re.compile(r"(?P<before>.*?)(?P<name>[\w:.~$]+)(?P<rest>\s*\(.*)", re.DOTALL)  # `int *open(char *path)`
_LAST = re.compile(r"(?P<before>.*?)(?P<name>[\w:.$]+)(?P<rest>\s*(\[.*\])?)", re.DOTALL)  # `unsigned int flags`
_OPTION = re.compile(r"(?P<name>(?:/|--?|\+)?[^\s=\[,]+)(?P<rest>.*)", re.DOTALL)


class Described(Directive):
    """A thing with a name, in a domain."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = {  # noqa: RUF012  # docutils declares it so
        **dict.fromkeys(_TEXTS.split(), directives.unchanged),
        **dict.fromkeys(_FLAGS.split(), directives.flag),
        "class": directives.class_option,
        "name": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        domain, kind = self._named()
        known = context.of(self.state.document)
        signatures = _lines(self.arguments[0])
        terms = [self._term(line, domain, kind) for line in signatures]
        definition = nodes.definition()
        name = terms[0]["gives"][2]
        known.objects.append(name)
        try:
            self.state.nested_parse(self.content, self.content_offset, definition, match_titles=False)
        finally:
            known.objects.pop()
        definition.children = list(grouped(definition.children, self.state.document.settings.labels))
        for child in definition.children:
            child.parent = definition
        if not definition.children:
            # A list in which a term has no definition is none.
            return [located(nodes.paragraph("", "", *self._flat(term), classes=["signature"]), self) for term in terms]
        item = located(nodes.definition_list_item("", *terms, definition), self)
        return [
            located(nodes.definition_list("", item, classes=["described-object", *self.options.get("class", [])]), self)
        ]

    def _flat(self, term: nodes.term) -> list[nodes.Node]:
        mark = nodes.inline("", "", *term.children, ids=term["ids"], gives=term["gives"])
        self.state.document.ids.update(dict.fromkeys(term["ids"], mark))
        return [mark]

    def _named(self) -> tuple[str, str]:
        """Domain and kind, from the directive's name."""
        domain, _, kind = self.name.rpartition(":")
        known = context.of(self.state.document)
        if not domain:
            domain, kind = (
                ("std", kind) if kind in (*_STANDARD, *known.conf.objects) else _OF_OLD.get(kind, (known.domain, kind))
            )
        return domain, kind

    def _term(self, signature: str, domain: str, kind: str) -> nodes.term:
        before, name, rest = _parted(signature, domain, kind)
        lead = [_OPTIONS[option] for option in self.options if option in _OPTIONS]
        lead += [_BEFORE[kind]] if kind in _BEFORE and domain != "std" else []
        rest += f": {self.options['type']}" if self.options.get("type") and domain == "py" else ""
        rest += f" = {self.options['value']}" if self.options.get("value") else ""
        rest += f" {self.options['annotation']}" if self.options.get("annotation") else ""
        term = located(nodes.term(), self)
        if whole := " ".join([*lead, before.strip()]).strip():
            term += nodes.literal("", whole, classes=["before"])
            term += [nodes.Text(" ")] if not before or before[-1].isspace() else []
        term += nodes.literal("", name, classes=["name"])
        if rest.strip():
            gap = rest[: len(rest) - len(rest.lstrip())]
            term += [nodes.Text(" ")] if gap else []
            term += nodes.literal("", " ".join(rest.split()), classes=["arguments"])
        known = context.of(self.state.document)
        bare = name.lstrip("@").strip(".: ") if domain in ("py", "rst") else name
        around = known.program if kind in ("option", "cmdoption") else known.around(domain)
        inner = around and not (bare == around or bare.startswith(f"{around}."))
        full = f"{around}{' ' if domain == 'std' else '.'}{bare}" if inner else bare
        term["gives"] = (domain, _AS_ROLE.get(kind, kind), full)
        identify(self.state.document, term, f"{domain}-{full}")
        return term


class ClassOrDescribed(Described, misc.Class):
    """`class` is docutils' own, for names of styles; Sphinx took it for those of programs."""

    def run(self) -> list[nodes.Node]:
        said = self.arguments[0]
        if re.search(r"[(.\n]", said) or re.fullmatch(r"_*[A-Z]\w*[a-z]\w*", said) or self.options:
            return super().run()
        return list(misc.Class.run(self))


class DataOrDate(Described, misc.Date):
    """`data` is what docutils calls its `date` in Italian and five other languages, in a substitution's definition."""

    required_arguments = 0
    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        if isinstance(self.state, states.SubstitutionDef):
            return list(misc.Date.run(self))
        if not self.arguments:
            raise self.error('Error in "data" directive: 1 argument(s) required, 0 supplied.')
        return super().run()


def _lines(argument: str) -> list[str]:
    """Signatures: one a line, but that a backslash at its end takes the next one in."""
    return [line.strip() for line in re.sub(r"\\\n", "", argument).splitlines() if line.strip()]


def _parted(signature: str, domain: str, kind: str) -> tuple[str, str, str]:
    """What stands before a name, the name, what stands after it."""
    if domain == "std":
        patterns: Iterator[re.Pattern[str]] = iter([_OPTION] if kind in ("option", "cmdoption") else [])
    elif domain == "rst":
        bare = signature.strip(":. ")
        return "", f":{bare}:" if kind == "role" else f".. {bare}::" if kind == "directive" else f":{bare}", ""
    elif domain in ("py", "js"):
        patterns = iter([_PYTHON])
    else:
        patterns = iter([_CALL, _LAST])
    for pattern in patterns:
        if found := pattern.fullmatch(signature):
            parts = {"before": "", **found.groupdict("")}
            at = "@" if kind.startswith("decorator") and not parts["name"].startswith("@") else ""
            return parts["before"], at + parts["name"], parts["rest"]
    return "", signature, ""


_STANDARD = ("cmdoption", "confval", "describe", "envvar", "object", "option")
_DOMAINS = {
    "py": "attribute class classmethod data decorator decoratormethod exception function method property staticmethod "
    "type variable",
    "c": "enum enumerator function macro member struct type union var",
    "cpp": "class concept enum enum-class enum-struct enumerator function member struct type union var",
    "js": "attribute class data function method",
    "rst": "directive directive:option role",
    "std": " ".join(_STANDARD),
}
_OF_OLD = {"cfunction": ("c", "function"), "cmacro": ("c", "macro"), "cmember": ("c", "member")}
_OF_OLD |= {"ctype": ("c", "type"), "cvar": ("c", "var"), "macro": ("c", "macro")}
_PLAIN = "attribute classmethod data decorator decoratormethod exception function method property staticmethod"

DIRECTIVES: dict[str, type[Directive]] = {
    **{f"{domain}:{kind}": Described for domain, kinds in _DOMAINS.items() for kind in kinds.split()},
    **dict.fromkeys((*_PLAIN.split(), *_STANDARD, *_OF_OLD), Described),
    "class": ClassOrDescribed,
    "data": DataOrDate,
    "rst-class": misc.Class,
}
