"""docutils' state machines, which look for the same transitions over and over, with a memory for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from docutils.statemachine import StateWS


class _Transitions(dict[str, tuple[Any, Any, str]]):
    """A state's transitions by name: pattern, method, following state. Most states never ask for any."""

    def __init__(self, state: Any, found: dict[str, tuple[Any, str]]):
        super().__init__()
        self._state, self._found = state, found

    def __missing__(self, name: str) -> tuple[Any, Any, str]:
        pattern, then = self._found[name]
        self[name] = pattern, getattr(self._state, name), then
        return self[name]


@contextmanager
def remembered() -> Iterator[None]:
    """While docutils parses, find the transitions of each kind of state once.

    docutils 0.23 makes fifteen states anew for each level of nesting, and for each of them looks up patterns, methods
    and following states of all transitions: a tenth of the time of parsing.
    """
    known: dict[type, tuple[list[str], dict[str, tuple[Any, str]]]] = {}
    theirs = StateWS.add_initial_transitions

    def ours(state: Any) -> None:
        kind = type(state)
        if kind not in known:
            theirs(state)
            found = {name: (pattern, then) for name, (pattern, _, then) in state.transitions.items()}
            known[kind] = (list(state.transition_order), found)
            return
        order, found = known[kind]
        state.transition_order = list(order)
        state.transitions = _Transitions(state, found)

    StateWS.add_initial_transitions = ours  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        StateWS.add_initial_transitions = theirs  # type: ignore[method-assign]
