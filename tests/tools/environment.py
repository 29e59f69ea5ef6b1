"""Makes .venv from requirements.lock, unless it is there and whole; run from the root, by `make`.

The environment is whole when it holds its stamp, which is written last and tells what it was made from. A moved
checkout, another Python, or a changed lock makes it anew; so does a run that was killed midway.
"""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
import venv
from pathlib import Path

FOLDER = Path(".venv")
STAMP = FOLDER / "made-from.txt"
PYTHON = FOLDER / "bin" / "python"


def recipe() -> str:
    """What the environment is made from, as the stamp's text."""
    inputs = b"".join(Path(name).read_bytes() for name in ("requirements.lock", "pyproject.toml"))
    return f"{hashlib.sha256(inputs).hexdigest()}\n{Path.cwd()}\n{sys.base_prefix}\n{sys.version}\n"


def is_whole(wanted: str) -> bool:
    # The link behind PYTHON breaks when the system's Python goes.
    return PYTHON.exists() and STAMP.is_file() and STAMP.read_text(encoding="utf-8") == wanted


def pip(*arguments: str) -> None:
    quiet = ("-qq", "--disable-pip-version-check", "--no-input")  # errors are still said
    command = [str(PYTHON), "-m", "pip", "install", *quiet, "--no-deps", *arguments]
    subprocess.run(command, stdin=subprocess.DEVNULL, check=True)


def main() -> int:
    with Path("requirements.lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second make waits; the kernel lets go when the first one ends or dies
        wanted = recipe()
        if is_whole(wanted):
            return 0
        print("Making .venv from requirements.lock", flush=True)
        try:
            venv.create(FOLDER, clear=True, symlinks=True, with_pip=True)
            pip("--require-hashes", "--only-binary=:all:", "--requirement=requirements.lock")
            pip("--no-index", "--no-build-isolation", "--editable=.")
        except (OSError, subprocess.CalledProcessError) as failure:
            print(f"The environment could not be made: {failure}", file=sys.stderr)
            return 2
        STAMP.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
