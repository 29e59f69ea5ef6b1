"""The rooted scheme that every engine reads through: `book:///ROOT/path`, and nothing else.

A `Shelf` has named roots (`source`, a `font-…` for each family), each a folder. An address names a root and a path
below it; whatever leads out of that folder (`..`, a symbolic link, an encoded slash) is refused, and so is every other
scheme.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from urllib import parse
from urllib.parse import unquote, urlsplit

from msgspec import Struct

# Schemes of addresses that a link may lead to; what is shown comes from the book alone.
LINKED = frozenset(("http", "https", "mailto", "tel", "ftp", "urn", "doi", "geo", "sms", "xmpp"))
SCHEME = "book"

# urljoin leaves relative addresses alone below a scheme it does not know.
for known in (parse.uses_relative, parse.uses_netloc):
    if SCHEME not in known:
        known.append(SCHEME)


class RefusedError(OSError):
    """An address that leads outside the shelf, or to nothing."""


class Shelf(Struct, frozen=True):
    """The folders an engine may read, by name."""

    roots: Mapping[str, Path]

    def path(self, url: str) -> Path:
        """The file behind an address. Raises RefusedError."""
        parts = urlsplit(url)
        if parts.scheme.lower() != SCHEME or parts.netloc:
            raise RefusedError(f"not an address of this book: {url}")
        name, _, rest = unquote(parts.path).lstrip("/").partition("/")
        root = self.roots.get(name)
        if root is None:
            raise RefusedError(f"no such root: {url}")
        return inside(root, rest)

    def read(self, url: str) -> tuple[bytes, str]:
        """(bytes, media type) of an address. Raises RefusedError."""
        path = self.path(url)
        try:
            return path.read_bytes(), media_type(path.name)
        except OSError as failure:
            raise RefusedError(f"{url}: {failure.strerror}") from failure


def styles() -> Path:
    """The folder of style files: inside the package when installed from a wheel, beside it in a checkout."""
    packed = Path(__file__).parent / "_styles"
    return packed if packed.is_dir() else Path(__file__).parent.parent / "styles"


def address(path: str) -> str:
    """A relative POSIX path as it stands in XHTML: what means something else in an address is encoded."""
    return parse.quote(path)


def stays_inside(reference: str) -> bool:
    """True for a reference of a drawing into itself. What is embedded in it, no engine here opens."""
    return reference.strip().startswith("#")


def leads_out(css: str) -> bool:
    """True for a style that names another file, in whatever case and with whatever escapes (CSS Syntax 3, 4.3.7)."""
    plain = re.sub(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", lambda m: chr(int(m[1], 16) % 0x110000) if m[1] else m[2], css)
    if re.search(r"@import|image-set\(|\b(?:src|image)\(", plain, re.IGNORECASE):  # these take names without url()
        return True
    return not all(map(stays_inside, re.findall(r"url\(\s*['\"]?([^'\")]*)", plain, re.IGNORECASE)))


def inside(root: Path, address: str) -> Path:
    """The file at a relative POSIX address below a folder, links resolved. Raises RefusedError if it leads outside."""
    if "\0" in address or "\\" in address or posixpath.isabs(address):
        raise RefusedError(f"not a relative address: {address!r}")
    base = root.resolve()
    try:
        path = (base / address).resolve()
    except (OSError, RuntimeError) as fault:  # links in a circle; a name too long
        raise RefusedError(f"leads nowhere: {address}") from fault
    if not path.is_relative_to(base):
        raise RefusedError(f"leads outside {root}: {address}")
    return path


def media_type(name: str) -> str:
    """The media type of a file by its name, independent of the machine's own tables."""
    known = {
        ".svg": "image/svg+xml",
        ".png": "image/png",
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".gif": "image/gif",
        ".webp": "image/webp",
        ".avif": "image/avif",
        ".css": "text/css",
        ".ttf": "font/ttf",
        ".otf": "font/otf",
        ".woff2": "font/woff2",
    }
    return known.get(posixpath.splitext(name)[1].lower(), "application/octet-stream")
