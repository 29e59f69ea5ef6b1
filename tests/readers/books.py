"""Books for readers: ours, each with something of its own, and those that a call of `make test-readers` names."""

from __future__ import annotations

import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.vocabulary import POST, ROOT, postpress

OURS = {
    "post": POST,
    "kitchen-sink": ROOT / "tests" / "cases" / "kitchen-sink" / "in" / "kitchen-sink.rst",
    "book": ROOT / "tests" / "book" / "index.rst",
}
FURTHER = {Path(path).stem: Path(path) for path in os.environ.get("BOOKS", "").split()}
NAMES = (*OURS, *FURTHER)


@dataclass(frozen=True)
class Shelf:
    """A folder of ebooks, one for all processes of a run: each is built by whoever asks first."""

    folder: Path

    def brought(self, name: str) -> Path:
        """The file of a book, NAME.epub. The print edition of one of ours is beside it, NAME.pdf."""
        path = self.folder / f"{name}.epub"
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if path.exists():
                return path
            if name in FURTHER:
                shutil.copy(FURTHER[name], path)
            else:
                built = self.folder / name
                run = postpress("build", str(OURS[name]), "--output", str(built), folder=ROOT)
                assert run.code == 0, run.err
                for suffix in (".pdf", ".epub"):
                    (made,) = built.glob(f"*{suffix}")
                    shutil.copy(made, self.folder / f"{name}{suffix}")
        return path
