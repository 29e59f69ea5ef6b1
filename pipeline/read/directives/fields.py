"""The fields of a description, as Sphinx writes them (`:param int size: …`, `:raises KeyError: …`), for a reader.

Those of a kind become one: “Parameters”, and a list of what each is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from docutils import nodes

_GROUPS = {
    **dict.fromkeys(("arg", "argument", "key", "keyword", "kwarg", "kwparam", "param", "parameter"), "parameters"),
    **dict.fromkeys(("cvar", "ivar", "var"), "variables"),
    **dict.fromkeys(("except", "exception", "raise", "raises", "throws"), "raises"),
    **dict.fromkeys(("retval",), "returns"),
}
_ALONE = {"return": "returns", "returns": "returns", "rtype": "returntype", "yield": "yields", "yields": "yields"}
_TYPES = {"type": "parameters", "paramtype": "parameters", "vartype": "variables"}


def grouped(found: Iterable[nodes.Node], labels: Mapping[str, str]) -> Iterator[nodes.Node]:
    """The same nodes, with their lists of fields grouped and named by the labels."""
    for node in found:
        yield _grouped(node, labels) if isinstance(node, nodes.field_list) else node


def _grouped(fields: nodes.field_list, labels: Mapping[str, str]) -> nodes.field_list:
    result = nodes.field_list("", classes=[*fields["classes"], "described-fields"])
    result.source, result.line = fields.source, fields.line
    found = [field for field in fields.children if isinstance(field, nodes.field)]
    lists: dict[str, list[tuple[list[nodes.Node], nodes.field]]] = {}
    types: dict[tuple[str, str], list[nodes.Node]] = {}
    told = {(_GROUPS.get(kind), name.rpartition(" ")[2].lstrip("*")) for kind, name in map(_kind, found)}
    for field in found:
        kind, name = _kind(field)
        if kind in _TYPES and isinstance(first := _first(field), nodes.paragraph):
            types[_TYPES[kind], name.lstrip("*")] = first.children
    for field in found:
        kind, name = _kind(field)
        if kind in _ALONE and not name:
            result += _renamed(field, labels[_ALONE[kind]])
        elif kind in _GROUPS and name:
            group = _GROUPS[kind]
            lead = _lead(group, name, types.get((group, name.rpartition(" ")[2].lstrip("*")), []))
            if group not in lists:
                lists[group] = []
                result += field
            lists[group].append((lead, field))
        elif kind != "meta" and (_TYPES.get(kind, ""), name.lstrip("*")) not in told:
            result += field
    for group, members in lists.items():
        _listed(group, members, labels)
    return result


def _kind(field: nodes.field) -> tuple[str, str]:
    kind, _, name = field.children[0].astext().strip().partition(" ")
    return kind.lower(), name.strip()


def _first(field: nodes.field) -> nodes.Node | None:
    return field.children[1].children[0] if field.children[1].children else None


def _renamed(field: nodes.field, label: str) -> nodes.field:
    field.replace(field.children[0], nodes.field_name("", label))
    return field


def _lead(group: str, name: str, typed: list[nodes.Node]) -> list[nodes.Node]:
    """What an item begins with: the name, and in brackets its type."""
    type_, _, bare = name.rpartition(" ") if group != "raises" else ("", "", name)
    lead: list[nodes.Node] = [nodes.literal("", bare)]
    if typed or type_:
        lead += [nodes.Text(" ("), *(typed or [nodes.literal("", type_)]), nodes.Text(")")]
    return lead


def _listed(group: str, members: list[tuple[list[nodes.Node], nodes.field]], labels: Mapping[str, str]) -> None:
    """Make one field of those of a group, which stands where the first of them did."""
    items = nodes.bullet_list()
    holder = members[0][1]
    for lead, field in members:
        body = field.children[1].children
        first = body[0] if body else None
        if isinstance(first, nodes.paragraph):
            first.children = [*lead, nodes.Text(" – "), *first.children]
            for child in first.children:
                child.parent = first
        else:
            paragraph = nodes.paragraph("", "", *lead)
            paragraph.source, paragraph.line = field.source, field.line
            body = [paragraph, *body]
        items += nodes.list_item("", *body)
    _renamed(holder, labels[group])
    body = [items] if len(members) > 1 else items.children[0].children
    holder.replace(holder.children[1], nodes.field_body("", *body))
