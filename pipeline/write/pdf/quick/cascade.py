"""Which declarations are for which element, in place of the constructor of WeasyPrint 70's `StyleFor`.

WeasyPrint weighs every declaration for every element, and then finds that most elements have the style of another.
"""

from __future__ import annotations

from itertools import count
from math import inf
from typing import Any

from weasyprint.css import StyleFor, declaration_precedence, find_style_attributes, preprocess_declarations
from weasyprint.logger import PROGRESS_LOGGER

_init = StyleFor.__init__

_Weighed = list[tuple[str, Any, Any]]  # name, value, weight


def init(
    style_for: Any, html: Any, sheets: Any, presentational_hints: bool, font_config: Any, target_collector: Any
) -> None:
    """WeasyPrint 70's `StyleFor.__init__`: find the styles of all elements and pseudo-elements."""
    cascaded: dict[Any, dict[str, Any]] = {}
    computed: dict[Any, Any] = {}
    style_for._cascaded_styles, style_for._computed_styles = cascaded, computed
    style_for.initial_page_sizes = {"box": None, "area": None}
    style_for._sheets, style_for.font_config = sheets, font_config
    root, base_url = html.etree_element, html.base_url
    PROGRESS_LOGGER.info("Step 3 - Applying CSS")

    own: dict[Any, Any] = {}  # declarations of elements themselves
    for specificity, element, declarations, url in find_style_attributes(root, presentational_hints, base_url):
        own[element] = tuple(declarations)
        named = preprocess_declarations(url, declarations)
        _apply(cascaded.setdefault((element, None), {}), _weighed(named, "author", inf, specificity))

    rules = _Rules()
    known: dict[Any, dict[Any, Any]] = {}  # styles by type of pseudo-element, by parent and what is declared
    place = {"root": root, "base_url": base_url, "target_collector": target_collector}
    for wrapper in html.wrapper_element.iter_subtree():
        element = wrapper.etree_element
        parent = wrapper.parent.etree_element if wrapper.parent else None
        matching = [
            rules.rule(sheet, origin, specificity, selector)
            for sheet, origin, specificity in sheets
            for selector in sheet.matcher.match(wrapper)
        ]
        key = (
            id(computed[parent, None]) if wrapper.parent else None,
            own.get(element),
            tuple(number for number, _, _ in matching),
        )
        if key in known:
            for pseudo_type, style in known[key].items():
                computed[element, pseudo_type] = style
            continue
        for _, pseudo_type, declarations in matching:
            _apply(cascaded.setdefault((element, pseudo_type), {}), declarations)
        style_for.set_computed_styles(element, parent=parent, **place)
        pseudo_types = dict.fromkeys(pseudo_type for _, pseudo_type, _ in matching if pseudo_type)
        for pseudo_type in pseudo_types:
            style_for.set_computed_styles(element, pseudo_type=pseudo_type, parent=element, **place)
        if computed[element, None]["position"][0] != "note()":  # WeasyPrint changes the style of its call
            known[key] = {pseudo_type: computed[element, pseudo_type] for pseudo_type in (None, *pseudo_types)}
    cascaded.clear()


class _Rules:
    """What matching selectors declare, weighed once."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, int], tuple[int, Any, _Weighed]] = {}  # by sheet and order of selector
        self._numbers: dict[Any, int] = {}
        self._next = count()

    def rule(self, sheet: Any, origin: str, sheet_specificity: Any, selector: Any) -> tuple[int, Any, _Weighed]:
        """(number, type of pseudo-element, declarations); WeasyPrint tells rules of one number not apart."""
        specificity, order, pseudo_type, (declarations, layer) = selector
        try:
            return self._found[id(sheet), order]
        except KeyError:
            layer_order = inf if layer is None else sheet.layers.index(layer)
            alike = (id(sheet), specificity, id(declarations), layer_order)
            number = self._numbers.setdefault(alike, next(self._next))
            weighed = _weighed(declarations, origin, layer_order, sheet_specificity or specificity)
            self._found[id(sheet), order] = found = (number, pseudo_type, weighed)
            return found


def _weighed(declarations: Any, origin: str, layer_order: float, specificity: Any) -> _Weighed:
    return [
        (name, values, (declaration_precedence(origin, importance), layer_order, specificity))
        for name, values, importance in declarations
    ]


def _apply(style: dict[str, Any], declarations: _Weighed) -> None:
    for name, values, weight in declarations:
        if name not in style or style[name][1] <= weight:
            style[name] = values, weight
