"""Renew the goldens of tests/cases, or of the cases that are named: `make golden`. All of them takes Chromium, too:
what readers are given has goldens in tests/readers.

python -m tests.tools.golden [NAME…]
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import goldens
from tests.readers import voice
from tests.readers.browser import BrowserError


def renew(case: Path) -> list[str]:
    """Write what a case comes to now; what changed."""
    with TemporaryDirectory() as folder:
        now = goldens.outcome(case, Path(folder))
    before = goldens.kept(case)
    for name in before.keys() - now.keys():
        (case / "golden" / name).unlink()
    for name, text in now.items():
        path = case / "golden" / name
        if before.get(name) != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))


def main(names: list[str]) -> None:
    for case in [goldens.CASES / name for name in names] or goldens.cases():
        changed = renew(case)
        _tell(case.name, changed)
    if not names:
        try:
            _tell("tests/readers/golden", voice.renew())
        except BrowserError as failure:
            sys.exit(f"tests/readers/golden is not renewed: {failure}")


def _tell(name: str, changed: list[str]) -> None:
    print(f"{name}: {', '.join(changed) if changed else 'as before'}")


if __name__ == "__main__":
    main(sys.argv[1:])
