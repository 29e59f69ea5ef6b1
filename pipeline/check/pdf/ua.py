"""Whether a PDF may claim PDF/UA-1 (ISO 14289-1:2014), as far as a machine can tell.

One function a rule. What needs eyes is not here: whether alternative text is right, headings are headings, or the
order of reading makes sense.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import pikepdf

from pipeline.check.pdf import ua_annotations, ua_content, ua_document, ua_elements, ua_fonts
from pipeline.check.pdf.facts import Facts, Rule
from pipeline.errors import Diagnostic, Location, error

RULES: tuple[Rule, ...] = (
    *ua_document.RULES,
    *ua_elements.RULES,
    *ua_annotations.RULES,
    *ua_content.RULES,
    *ua_fonts.RULES,
)
# What pikepdf raises where a number stands for a dictionary, and the like: such a file may claim nothing.
_MISSHAPEN = (AttributeError, LookupError, TypeError, ValueError, pikepdf.PdfError)
_SHOWN = 3  # places named in a hint


def claims(data: bytes) -> bool:
    with pikepdf.open(BytesIO(data)) as pdf:
        return not any(True for _ in ua_document.claims(Facts(pdf)))


def structure(data: bytes, where: Path | None, *, claim: bool, above: int) -> tuple[Diagnostic, ...]:
    return _judged(data, where, [rule for rule in RULES if claim or not rule.claim], above)


def as_a_whole(data: bytes) -> tuple[Diagnostic, ...]:
    # A file that is attached is attached to a part.
    return _judged(data, None, [rule for rule in ua_document.RULES if rule.broken is not ua_document.attachments], 0)


def _judged(data: bytes, where: Path | None, rules: Iterable[Rule], above: int) -> tuple[Diagnostic, ...]:
    location = Location(where) if where else None
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            facts = Facts(pdf, above)
            found = [_judge(rule, facts, location) for rule in rules]
    except pikepdf.PdfError as fault:
        return (error("UA0", "this cannot be read as a PDF", location, str(fault)),)
    return tuple(diagnostic for diagnostic in found if diagnostic)


def _judge(rule: Rule, facts: Facts, where: Location | None) -> Diagnostic | None:
    try:
        places = tuple(rule.broken(facts))
    except _MISSHAPEN as fault:
        wrong = "an entry is not of the kind that ISO 32000-1 has there"
        return error(f"UA{rule.code}", f"whether {rule.wants} cannot be told: {wrong}", where, str(fault))
    return _broken(rule, places, where) if places else None


def _broken(rule: Rule, places: tuple[str, ...], where: Location | None) -> Diagnostic:
    named = list(dict.fromkeys(place for place in places if place))
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    hint = "not so: " + "; ".join(named[:_SHOWN]) + more if named else ""
    return error(f"UA{rule.code}", f"PDF/UA-1 asks that {rule.wants}", where, hint)
