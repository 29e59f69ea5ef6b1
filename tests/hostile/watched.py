"""The command, with every file it opens and every connection it makes noted, a line each, in the file WATCHED."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_NOTES = os.open(os.environ["WATCHED"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def _note(event: str, arguments: tuple[object, ...]) -> None:
    # A number is a descriptor that is open already. Children made by a fork have this hook too.
    if event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
        os.write(_NOTES, b"open " + os.path.realpath(os.fsencode(arguments[0])) + b"\n")
    elif event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen"):
        os.write(_NOTES, f"{event} {arguments!r}\n".encode(errors="replace"))


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parent.parent.parent)
    from pipeline.cli import main

    sys.addaudithook(_note)
    main()
