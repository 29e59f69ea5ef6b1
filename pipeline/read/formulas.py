"""LaTeX → MathML 3, as EPUB 3.3 (5.2) has it: docutils' reading, and of what that does not know, latex2mathml's.

A formula's alternative text is what a line of plain text can say of it (x²), and else its LaTeX as the author wrote it.
Both say it exactly, and in no language; a sentence made of it would be English, and sometimes wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, fromstring, tostring

from docutils import nodes
from docutils.utils.math import MathError, unichar2tex

from pipeline.errors import Diagnostic, error
from pipeline.fonts import FORMULAS, missing
from pipeline.read import limits, linear
from pipeline.read.facts import FORMULAS as KINDS
from pipeline.read.facts import below, where

_NAMESPACE = "http://www.w3.org/1998/Math/MathML"
_TOKENS = {"mi", "mn", "mo", "mtext", "ms", "mspace"}
# Elements that hold a fixed number of others (MathML 3, 3.1.3.2).
_HOLDS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
_STYLE = {"displaystyle", "scriptlevel"}
_TOKEN = {"mathvariant", "mathsize"}
# The attributes that MathML 3 has for an element, of those that docutils and latex2mathml write.
_KNOWN = {
    "math": {"display", *_STYLE},
    "mstyle": {"mathsize", *_STYLE},
    "mo": {
        *_TOKEN,
        "form",
        "fence",
        "lspace",
        "rspace",
        "stretchy",
        "symmetric",
        "maxsize",
        "minsize",
        "movablelimits",
    },
    "mspace": {"width", "height", "depth"},
    "mfrac": {"linethickness", "numalign"},
    "menclose": {"notation"},
    "mpadded": {"width", "height", "depth", "lspace", "voffset"},
    "munder": {"accentunder"},
    "mover": {"accent"},
    "munderover": {"accent", "accentunder"},
    "mtable": {"columnalign", "columnspacing", "columnlines", "rowspacing", "rowlines", "frame", "displaystyle"},
    "mtr": {"columnalign"},
    "mtd": {"columnalign"},
    **dict.fromkeys(("mi", "mn", "mtext", "ms"), _TOKEN),
    **{name: set() for name in ("mrow", "msqrt", "mroot", "msub", "msup", "msubsup", "mphantom")},
}
_CLASSES = {"ams-align", "boldsymbol", "cases", "mathscr"}  # those of docutils' that have a rule in styles/formulas.css
_LENGTHS = {"width", "height", "depth", "lspace", "rspace", "voffset", "mathsize", "maxsize", "minsize"}
_LENGTH = re.compile(r"([+-]?\d{0,4}\.?\d{1,20})(em|ex|in|cm|mm|pt|px|pc|%)?")
_MOST = {"em": 50, "ex": 100, "in": 7, "cm": 16, "pc": 40, "mm": 160, "pt": 500, "px": 600}  # of one space
# LaTeX takes one figure for an argument, docutils 0.23 all that stand in a row: \frac12 is a half. But not in a text.
_FIGURES = re.compile(r"\\(?:text|mbox|textrm)\s*\{[^{}]*\}|(\\[dtc]?(?:frac|binom)\s*\d\s*\d?|(?:[_^]|\\sqrt)\s*\d)")
# What is for the numbers of equations, which are not printed; and environments by a name that docutils has.
_UNPRINTED = re.compile(
    r"\\label\s*\{[^{}]*\}|\\(?:nonumber|notag)(?![a-zA-Z])|\\(?:begin|end)\s*\{(?:equation|displaymath|math)\*?\}"
)
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([a-zA-Z]+)\*?\}(?:(?<=at\})\s*\{\d+\}|(?<=at\*\})\s*\{\d+\})?")
_NAMES = {
    **dict.fromkeys(("align", "alignat", "alignedat", "eqnarray", "flalign", "split"), "aligned"),
    **dict.fromkeys(("gather", "gathered", "multline"), "matrix"),
    "dcases": "cases",
}
_DEFINES = re.compile(r"\\(?:re)?(?:def|new|Declare)")  # what has the same LaTeX stand for more than is written
# How docutils 0.23 says that it does not know some LaTeX, which may be good.
_NOT_KNOWN = re.compile("unknown|unsupported|not supported|cannot negate", re.IGNORECASE)
_HINT = "write it in the LaTeX of docutils.sourceforge.io/docs/ref/rst/mathematics.html"


def faulty(doctree: nodes.document, path: Path, *, mend: bool) -> Iterator[Diagnostic]:
    """An error for each formula that no edition can show; to `mend` it is to put its LaTeX there as literal text.

    The others get their alternative text as their `alt`.
    """
    left = limits.MAX_SIGNS
    for formula in list(below(doctree, KINDS)):
        fault, signs = _judged(formula)
        if not fault and (left := left - signs) < 0:
            fault = f"more than {limits.MAX_SIGNS:,} signs in formulas", "split the text into several sources"
        if fault:
            yield error("RST134", fault[0], where(formula, path), fault[1])
            if mend:
                _show_source(formula)
            elif left < 0:
                return
        else:
            formula["alt"] = _converted(formula.astext(), isinstance(formula, nodes.math_block))[2]


def mathml(formula: nodes.Element) -> str:
    """A formula that `take` let pass, as a <math> element."""
    return _converted(formula.astext(), isinstance(formula, nodes.math_block))[0]


def _judged(formula: nodes.Element) -> tuple[tuple[str, str] | None, int]:
    """What is wrong with a formula, with its cure, and how many signs it is drawn with."""
    source = " ".join(formula.astext().split())
    brief = source if len(source) <= 60 else source[:57] + "…"
    if not source:
        return ("a formula with nothing in it", "write it, or take it out"), 0
    if len(source) > limits.MAX_FORMULA:
        return (f"a formula of more than {limits.MAX_FORMULA:,} characters", "split it into several"), 0
    try:
        _, signs, _ = _converted(formula.astext(), isinstance(formula, nodes.math_block))
    except (MathError, RecursionError) as fault:
        why = "nested too deeply" if isinstance(fault, RecursionError) else " ".join(str(fault).split()).rstrip(".!?")
        return (f"the formula {brief} cannot be read: {why}", _HINT), 0
    if lacking := missing(signs, (FORMULAS,)):
        named = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in lacking[:5])
        return (f"no font of formulas has {named}", f"write it outside of {brief}"), 0
    return None, len(signs)


def _show_source(formula: nodes.Element) -> None:
    kind = nodes.literal_block if isinstance(formula, nodes.math_block) else nodes.literal
    literal = kind(formula.rawsource, formula.astext(), ids=formula["ids"], names=formula["names"])
    literal.source, literal.line = formula.source, formula.line
    formula.parent.replace(formula, literal)


@lru_cache(maxsize=2048)
def _converted(source: str, block: bool) -> tuple[str, str, str]:
    """LaTeX as MathML, the signs in it, and its alternative text. Raises MathError, RecursionError."""
    plain = _UNPRINTED.sub("", source)
    plain = _ENVIRONMENT.sub(
        lambda found: f"\\{found[1]}{{{_NAMES[found[2]]}}}" if found[2] in _NAMES else found[0], plain
    )
    plain = _FIGURES.sub(lambda found: re.sub(r"\d", r"{\g<0>}", found[0]) if found[1] else found[0], plain)
    try:
        root = _by_docutils(plain, block)
    except MathError as fault:
        if not _NOT_KNOWN.search(str(fault)):
            raise
        try:
            root = _by_latex2mathml(plain, block)
        except MathError:
            raise fault from None
    for element in root.iter():
        element.tail = None  # docutils sets MathML in lines
        if element.tag not in _TOKENS:
            element.text = None
    root = _valid(root, 0)
    alternative = linear.line(root) or " ".join(source.split())
    root.attrib.update(xmlns=_NAMESPACE, alttext=alternative)
    return tostring(root, encoding="unicode"), "".join(root.itertext()), alternative


def _by_docutils(source: str, block: bool) -> Element:
    from docutils.utils.math import latex2mathml

    try:
        xml = latex2mathml.tex2mathml(source.translate(unichar2tex.uni2tex_table), as_block=block)
    except (MathError, RecursionError):
        raise
    except Exception as fault:
        # docutils 0.23 is not ready for all that can be written: \limits after a letter is an UnboundLocalError.
        raise MathError("a part of it is missing, or one too many") from fault
    return _parsed(xml.replace("&ApplyFunction;", "\u2061"))  # an entity that XML has not


def _by_latex2mathml(source: str, block: bool) -> Element:
    from latex2mathml.converter import convert

    known = {*_NAMES.values(), "array", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix"}
    if _DEFINES.search(source) or any(found[2] not in known for found in _ENVIRONMENT.finditer(source)):
        raise MathError("unknown")
    try:
        root = _parsed(convert(source, display="block" if block else "inline"))
    except RecursionError:
        raise
    except Exception as fault:  # those of latex2mathml 3.81 have no class in common
        raise MathError("a part of it is missing, or one too many") from fault
    if any((token.text or "")[:1] in ("\\", "&") for token in root.iter() if token.tag != "mtext"):
        raise MathError("unknown")  # latex2mathml 3.81 shows what it does not know as it stands
    return root


def _parsed(xml: str) -> Element:
    try:
        root = fromstring(xml)
    except ParseError as fault:
        raise MathError("it has a sign that XML cannot hold") from fault
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def _valid(element: Element, depth: int) -> Element:
    """An element held to MathML 3: docutils writes MathML Core, in which any element can set the style.

    Raises MathError.
    """
    if element.tag not in _KNOWN:
        raise MathError(f"<{element.tag}> is not known")
    if depth > limits.MAX_FORMULA_DEPTH:
        raise MathError("nested too deeply")
    element[:] = [_valid(child, depth + 1) for child in element]
    if len(element) != _HOLDS.get(element.tag, len(element)):
        raise MathError("a part of it is missing, or one too many")
    styles = (_STYLE - _KNOWN[element.tag]) & element.attrib.keys()
    style = {name: element.attrib[name] for name in sorted(styles)}
    _trim(element)
    if element.tag == "mtable" and element.get("class") == "ams-align":
        # Equations meet at their signs. docutils leaves that to a style sheet.
        columns = max((len(row) for row in element), default=1)
        element.set("columnalign", " ".join(("right", "left")[n % 2] for n in range(columns)))
        element.set("columnspacing", " ".join(("0em", "2em")[n % 2] for n in range(max(1, columns - 1))))
    if not style:
        return element
    styled = Element("mstyle", style)
    if element.tag == "mtd":
        styled[:], element[:] = element[:], [styled]
        return element
    styled[:] = element[:] if element.tag == "mrow" else [element]
    return styled


def _trim(element: Element) -> None:
    """Leave an element the attributes and classes that are known. Raises MathError for a space that is none."""
    kept = {name: element.get(name, "") for name in sorted(_KNOWN[element.tag] & element.attrib.keys())}
    for name in _LENGTHS & kept.keys():
        length = _LENGTH.fullmatch(kept[name])
        if not length or abs(float(length[1])) > _MOST.get(length[2] or "px", 1000):
            raise MathError(f"{kept[name][:20]} is no length for a space")
    classes = _CLASSES & set(element.get("class", "").split())
    if "bold" in element.get("style", ""):
        classes.add("boldsymbol")
    if classes:
        kept["class"] = " ".join(sorted(classes))
    element.attrib.clear()
    element.attrib.update(kept)
