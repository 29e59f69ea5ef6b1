"""What e-readers and shops ask of an ebook beyond the standard: one table of rules, each with its source and its cure.

docs/devices.md is made of it: `make devices`.
"""

from __future__ import annotations

from pipeline.check.epub.container import Ebook
from pipeline.check.epub.devices import documents, package, pictures, style
from pipeline.check.epub.devices.rule import Rule, Subject
from pipeline.errors import Diagnostic

RULES: tuple[Rule, ...] = (*style.RULES, *pictures.RULES, *documents.RULES, *package.RULES)


def findings(ebook: Ebook) -> tuple[Diagnostic, ...]:
    """All findings of all rules, in the table's order."""
    subject = Subject(ebook, style.parsed(ebook))
    return tuple(
        Diagnostic(rule.code, rule.severity, f"{message} ({rule.device})", where, rule.cure)
        for rule in RULES
        for message, where in rule.find(subject)
    )
