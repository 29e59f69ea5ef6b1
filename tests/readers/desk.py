"""The desk that readers work at: a small server on this machine for books, readers and the pages that open them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.readers.bring import FOLDER
from tests.vocabulary import ROOT

PAGES = ROOT / "tests" / "readers" / "pages"
LIBRARIES = ROOT / FOLDER / "node_modules"

_KINDS = {**SimpleHTTPRequestHandler.extensions_map, ".xhtml": "application/xhtml+xml", ".js": "text/javascript"}


class _Shelves(SimpleHTTPRequestHandler):
    extensions_map = _KINDS

    def __init__(self, *arguments: Any, books: Path, **named: Any) -> None:
        self._shelves = {"pages": PAGES, "libraries": LIBRARIES, "books": books}
        super().__init__(*arguments, **named)

    def translate_path(self, path: str) -> str:
        shelf, _, rest = unquote(urlsplit(path).path).lstrip("/").partition("/")
        folder = self._shelves.get(shelf, PAGES)
        found = (folder / rest).resolve()
        return str(found if found.is_relative_to(folder.resolve()) else PAGES / "nothing")

    def do_GET(self) -> None:
        if self.path == "/favicon.ico":  # the browser asks of its own accord
            self.send_response(HTTPStatus.NO_CONTENT)
            self.end_headers()
            return
        super().do_GET()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def desk(books: Path) -> Iterator[str]:
    """The address of a server that has `/books/…` from a folder, `/libraries/…` of npm and `/pages/…` of ours."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Shelves, books=books)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
