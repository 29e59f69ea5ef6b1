"""Print the digest of an article's text, whatever its quotation marks and white space (see tests/test_post.py).

python -m tests.tools.article FILE    the article, one block a line, as it was given
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable
from pathlib import Path

LEFTOVERS = ("Meeting notes", "No items found.")
_QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})


def bare(text: str) -> str:
    """A text with straight quotes, hyphens for spaced dashes, and no white space."""
    return "".join("-" if word == "–" else word for word in text.translate(_QUOTES).split())


def digest(blocks: Iterable[str]) -> str:
    """SHA-256 of the bare text of blocks."""
    return hashlib.sha256("".join(map(bare, blocks)).encode()).hexdigest()


def given(text: str) -> list[str]:
    """The blocks of an article; what follows a closing mark on its line is a speaker, whose dash is no part of it."""
    lines = [line for line in text.splitlines() if line.strip() not in LEFTOVERS]
    return [re.sub(r"\"\s*-\s*(\w+)\s*$", r'"\1', line) for line in lines]


if __name__ == "__main__":
    print(digest(given(Path(sys.argv[1]).read_text(encoding="utf-8"))))
