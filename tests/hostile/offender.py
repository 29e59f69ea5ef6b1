"""What no source may bring about, done on purpose: `python -m tests.hostile.offender FILE PORT`."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":
    Path("a link").symlink_to(sys.argv[1])
    os.chdir("/")
    Path("nowhere/sécret").exists()  # asks and opens nothing
    for path in (Path(sys.argv[1]).parent / "a link", Path("nowhere/sécret")):
        try:
            path.read_bytes()
        except FileNotFoundError:
            continue
    socket.create_connection(("127.0.0.1", int(sys.argv[2]))).close()
    subprocess.run(["/bin/sh", "-c", ""], check=True)
