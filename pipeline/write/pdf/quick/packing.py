"""Streams of a PDF, deflated with less effort. Other bytes than WeasyPrint 70's, but only until they are inflated."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pydyf

_LEVEL = 7  # of 9, which pydyf 0.13 asks for: less than half of the time, for 1 to 2 % more bytes


@contextmanager
def packed() -> Iterator[None]:
    """While a document is written, have zlib take a lower level."""
    theirs = pydyf.zlib
    pydyf.zlib = SimpleNamespace(compress=zlib.compress, compressobj=_compressobj)
    try:
        yield
    finally:
        pydyf.zlib = theirs


def _compressobj(level: int) -> Any:
    return zlib.compressobj(min(level, _LEVEL))
