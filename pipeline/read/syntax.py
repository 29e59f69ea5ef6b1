"""Code → pieces with what each is: keyword, string, comment … The door to Pygments."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import groupby
from types import FrameType
from typing import Any

MAX_LENGTH = 60_000  # characters of a text that is taken apart: some patterns of Pygments 2.21 need time by its square
MAX_SECONDS = 15  # of the processor's time, for all that a source has

GUESSED = "default"  # Sphinx' name for: Python, if that is what it is

# The kinds of Pygments that a reader should see, the more particular before the general; the others are plain text.
_KINDS = (
    ("Comment.Preproc", "keyword"),
    ("Comment.PreprocFile", "string"),
    ("Comment", "comment"),
    ("Keyword", "keyword"),
    ("Operator.Word", "keyword"),
    ("Name.Tag", "keyword"),
    ("Name.Function", "name"),
    ("Name.Class", "name"),
    ("Name.Namespace", "name"),
    ("Literal.String", "string"),
    ("Generic.Heading", "name"),
    ("Generic.Subheading", "name"),
    ("Generic.Strong", "name"),
    ("Generic.Emph", "comment"),
    ("Generic.Deleted", "deleted"),
    ("Generic.Inserted", "inserted"),
    ("Generic.Prompt", "prompt"),
    ("Generic.Output", "output"),
    ("Generic.Traceback", "output"),
)

Piece = tuple[str, str]  # what it is ('' for plain text), its text


class TooSlowError(Exception):
    """A text that Pygments cannot take apart in time."""


@cache
def languages() -> frozenset[str]:
    """All names by which languages are known."""
    from pygments.lexers import get_all_lexers  # type: ignore[import-untyped]

    return frozenset(alias for lexer in get_all_lexers(plugins=False) for alias in lexer[1])


def warm() -> None:
    """Have Pygments at hand, and what it knows of Python, for processes to be forked from this one."""
    pieces("pass", "python")


def pieces(text: str, language: str) -> list[Piece]:
    """A text taken apart; as one plain piece where its language is not known, or nothing is gained.

    Raises TooSlowError within `limited`.
    """
    language, guessed = language.lower(), language.lower() == GUESSED
    language = "python" if guessed else language
    if language not in languages() or not 0 < len(text) <= MAX_LENGTH:
        return [("", text)]
    from pygments.lexers import get_lexer_by_name

    # Many patterns end with a line break.
    tokens = list(get_lexer_by_name(language, stripnl=False).get_tokens(text))
    if guessed and any(str(token) == "Token.Error" for token, _ in tokens):
        return [("", text)]
    found = [
        (kind, "".join(value for _, value in same))
        for kind, same in groupby(((_kind(token), value) for token, value in tokens), key=lambda piece: piece[0])
    ]
    # A few lexers add or drop white space. What the source says comes first.
    kind, last = found.pop()
    found += [(kind, last.removesuffix("\n"))] * (last != "\n")
    return found if "".join(value for _, value in found) == text else [("", text)]


@contextmanager
def limited() -> Iterator[None]:
    """Hold all that is taken apart meanwhile to MAX_SECONDS, where there are signals: in a process's main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, MAX_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@cache
def _kind(token: Any) -> str:
    name = str(token).removeprefix("Token.")
    return next((kind for known, kind in _KINDS if name == known or name.startswith(f"{known}.")), "")
