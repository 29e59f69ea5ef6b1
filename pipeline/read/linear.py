"""A formula in a line of plain text, as Unicode has it (α, x², a ≤ b): for titles, and for those who listen.

What cannot be said so without a loss, as a fraction, is not said at all here; then its LaTeX must do.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

# Signs that the fonts of every edition have, beside those of ASCII: a title stands in running heads and contents too.
SIGNS = frozenset("αβγδεζηθικλμνξοπρςστυφχψωΓΔΘΛΞΠΣΦΨΩ⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉≠≤≥≈→←−±×÷∞∂∑∏∫√ℓ…¬°′″·")
_AS_TEXT = str.maketrans("∶∗⋅∣\u00a0", ":*·| ")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SCRIPTS = {"msup": (_SUPERSCRIPTS,), "msub": (_SUBSCRIPTS,), "msubsup": (_SUBSCRIPTS, _SUPERSCRIPTS)}
_APART = set("=≠<>≤≥≈→←+−±×÷·*")
_OPENS = ("(", "[", "{", ",", " ")


class _LossError(Exception):
    pass


def line(math: Element) -> str:
    """A <math> without namespaces in a line, or '' if it takes more than that."""
    try:
        said = " ".join(_said(math, "").split())
    except _LossError:
        return ""
    return said if all(sign.isascii() or sign in SIGNS for sign in said) else ""


def _said(element: Element, before: str) -> str:
    """What an element says after what was said `before`. Raises _LossError."""
    tag, text = element.tag, (element.text or "").translate(_AS_TEXT)
    if element.get("class") or element.get("mathvariant", "normal") != "normal":
        raise _LossError
    if tag == "mo":
        return _operator(text, before)
    if tag == "mi" and len(text) > 1 and before[-1:].isalnum():
        return f" {text}"
    if tag in ("mi", "mn", "mtext"):
        return text
    if tag == "mspace":
        return " "
    if tag in ("math", "mrow", "mstyle"):
        said = ""
        for child in element:
            said += _said(child, before + said)
        return said
    if tag in _SCRIPTS:
        base, *scripts = element
        if base.tag not in ("mi", "mn") and not (base.tag == "mo" and base.text in (")", "]")):
            raise _LossError
        shown = [_script(script, signs) for script, signs in zip(scripts, _SCRIPTS[tag], strict=True)]
        return _said(base, before) + "".join(shown)
    raise _LossError


def _operator(sign: str, before: str) -> str:
    if sign == "\N{FUNCTION APPLICATION}":
        return " "
    opened = before.endswith(_OPENS) or (before.endswith("|") and before.count("|") % 2 == 1)
    if sign in _APART and before and not opened:
        return f" {sign} "
    return f"{sign} " if sign in (",", ";") else sign


def _script(script: Element, signs: dict[int, int]) -> str:
    said = _said(script, "")
    if not said or any(ord(sign) not in signs for sign in said):
        raise _LossError
    return said.translate(signs)
