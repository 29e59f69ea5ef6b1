"""Roles that make an address of a number: `:pep:`, `:rfc:`, `:cve:`, `:cwe:`, and those that a book's conf.py makes."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.parsers.rst import roles
from docutils.utils import unescape

from pipeline.read.roles.words import Role, Told, titled

_PLACES = {
    "cve": ("https://www.cve.org/CVERecord?id=CVE-%s", "CVE %s"),
    "cwe": ("https://cwe.mitre.org/data/definitions/%s.html", "CWE %s"),
    "pep": ("https://peps.python.org/pep-%s", "PEP %s"),
    "rfc": ("https://tools.ietf.org/html/rfc%s.html", "RFC %s"),
}
_OWN: dict[str, Any] = {"pep": roles.pep_reference_role, "rfc": roles.rfc_reference_role}  # docutils'


def linked(address: str, caption: str | None) -> Role:
    """The role of an address, and of a caption, in which %s stands for what the author writes."""

    def role(
        name: str,  # noqa: ARG001  # docutils passes all of it
        raw: str,
        text: str,
        line: int,  # noqa: ARG001
        inliner: Any,  # noqa: ARG001
        options: dict[str, Any] | None = None,  # noqa: ARG001
        content: list[str] | None = None,  # noqa: ARG001
    ) -> Told:
        title, target = titled(unescape(text))
        whole = address.replace("%s", target.replace(" ", "%20")).replace("%%", "%")
        said = title or (whole if caption is None else caption.replace("%s", target).replace("%%", "%"))
        return [nodes.reference(raw, said, refuri=whole)], []

    return role


def _numbered(kind: str) -> Role:
    address, caption = _PLACES[kind]

    def role(
        name: str,
        raw: str,
        text: str,
        line: int,
        inliner: Any,
        options: dict[str, Any] | None = None,  # noqa: ARG001
        content: list[str] | None = None,  # noqa: ARG001
    ) -> Told:
        if kind in _OWN and re.fullmatch(r"\d+", text):
            own: Told = _OWN[kind](name, raw, text, line, inliner)
            return own
        title, target = titled(unescape(text))
        number, hash_, place = target.strip().lstrip("!").partition("#")
        if not re.fullmatch(r"[\d-]+", number) or (kind in ("pep", "rfc") and not number.isdecimal()):
            message = inliner.reporter.error(f"{kind.upper()} number must be a number; “{number}” is none.", line=line)
            return [inliner.problematic(raw, raw, message)], [message]
        whole = address % (number.zfill(4) if kind == "pep" else number)
        said = title or (caption % number) + (f" {place}" if place else "")
        return [nodes.reference(raw, said, refuri=whole + hash_ + place)], []

    return role


ROLES: dict[str, Role] = {
    "cve": _numbered("cve"),
    "cwe": _numbered("cwe"),
    "pep": _numbered("pep"),
    "pypi": linked("https://pypi.org/project/%s/", "%s"),
    "rfc": _numbered("rfc"),
}
