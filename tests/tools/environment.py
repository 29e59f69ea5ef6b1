"""Makes .venv from requirements.lock, unless it is there and whole; run from the root, by `make`.

An environment is whole when it holds its stamp, which is written last and tells what it was made from. A moved
checkout, another Python, or a changed lock makes it anew; so does a run that was killed midway.
"""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
import venv
from pathlib import Path

_QUIET = ("-qq", "--disable-pip-version-check", "--no-input")  # errors are still said


def bring(folder: Path, lock: Path, project: Path | None = None) -> None:
    """Make an environment of what a lock names, and of the project whose pyproject.toml is given, editable.

    Raises OSError or CalledProcessError.
    """
    with lock.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # a second make waits; the kernel lets go when the first one ends or dies
        wanted = _recipe(folder, *filter(None, (lock, project)))
        stamp = folder / "made-from.txt"
        # The link to Python breaks when the system's goes.
        if python(folder).exists() and stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
            return
        print(f"Making {folder} from {lock}", flush=True)
        venv.create(folder, clear=True, symlinks=True, with_pip=True)
        _install(folder, "--require-hashes", "--only-binary=:all:", f"--requirement={lock}")
        if project:
            _install(folder, "--no-index", "--no-build-isolation", f"--editable={project.parent}")
        stamp.write_text(wanted, encoding="utf-8")


def python(folder: Path) -> Path:
    """The interpreter of an environment."""
    return folder / "bin" / "python"


def _recipe(folder: Path, *inputs: Path) -> str:
    """What an environment is made from, as the stamp's text."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in inputs)).hexdigest()
    return f"{digest}\n{folder.absolute().parent}\n{sys.base_prefix}\n{sys.version}\n"


def _install(folder: Path, *arguments: str) -> None:
    command = [str(python(folder)), "-m", "pip", "install", *_QUIET, "--no-deps", *arguments]
    subprocess.run(command, stdin=subprocess.DEVNULL, check=True)


def main() -> int:
    try:
        bring(Path(".venv"), Path("requirements.lock"), Path("pyproject.toml"))
    except (OSError, subprocess.CalledProcessError) as failure:
        print(f"The environment could not be made: {failure}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
