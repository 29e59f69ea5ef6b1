"""Print the digest of an article's text in the canonical form that parity compares (see tests/test_post.py).

python -m tests.tools.article FILE    the article, one block a line, as it was given
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

from pipeline.check.parity import canonical

LEFTOVERS = ("Meeting notes", "No items found.")


def digest(text: str) -> str:
    """SHA-256 of the text; what follows a closing mark on its line is a speaker, whose dash is no part of it."""
    lines = [line for line in text.splitlines() if line.strip() not in LEFTOVERS]
    bare = [re.sub(r"\"\s*-\s*(\w+)\s*$", r'"\1', line) for line in lines]
    return hashlib.sha256("".join(map(canonical, bare)).encode()).hexdigest()


if __name__ == "__main__":
    print(digest(Path(sys.argv[1]).read_text(encoding="utf-8")))
