"""A small vocabulary for tests that read as a story: write a source, run the command, look at what came out."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
POST = ROOT / "source" / "how-co-production-training-nurtures-potential.rst"

TITLE = "=====\nTitle\n=====\n\n:Author: A. Writer\n:Date: 2026-01-02\n\n"


@dataclass(frozen=True)
class Run:
    """What a run of the command left behind."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def built(self) -> list[str]:
        """The editions in the output folder, without the covers beside them."""
        build = self.folder / "build"
        return (
            sorted(path.name for path in build.iterdir() if path.suffix in (".epub", ".pdf")) if build.is_dir() else []
        )


def post(text: str) -> str:
    """A whole source from the part of it that a test is about."""
    return TITLE + textwrap.dedent(text)


def postpress(*arguments: str, folder: Path, **environment: str) -> Run:
    """Run the command as a shell would, in a folder."""
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return Run(done.returncode, done.stdout, done.stderr, folder)
