"""Addresses that links lead to, written as they must be (RFC 3986, 2 and 3) where the source writes them loosely.

Browsers forgive `|`, `{}` and a second `#` in an address; EPUBCheck and some e-readers do not.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from docutils import nodes

from pipeline.read.facts import below

_WEB = ("http", "https", "ftp", "ftps")
_SEGMENT = "/%:@!$&'()*+,;=~"  # what may stand in a path besides letters, digits and -._ (RFC 3986, 3.3)
_LOOSE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


def spell(doctree: nodes.document) -> None:
    """Write each whole address as it must be. What is no address stays, to be told as such."""
    for link in below(doctree, nodes.reference):
        address = link.get("refuri", "")
        if ":" in address and "member" not in link and is_address(address):
            link["refuri"] = spelled(address)


def spelled(address: str) -> str:
    """An address with every sign that may not stand in its place as %XX. Letters of all scripts stay (RFC 3987)."""
    scheme, _, rest = _LOOSE_PERCENT.sub("%25", address).partition(":")
    rest, hash_sign, fragment = rest.partition("#")
    rest, mark, query = rest.partition("?")
    slashes, host, path = "", "", rest
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        slashes, path = "//", slash + path
        user, at, host = host.rpartition("@")
        host = f"{_quoted(user, _SEGMENT)}{at}{host}"
    return "".join(
        (
            *(scheme, ":", slashes, host, _quoted(path, _SEGMENT)),
            *(mark, _quoted(query, f"{_SEGMENT}?"), hash_sign, _quoted(fragment, f"{_SEGMENT}?")),
        )
    )


def is_address(address: str) -> bool:
    """Whether an address has the parts it must have (RFC 3986, 3). One that cannot be taken apart stops engines."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    return not re.search(r"\s", address) and (parts.scheme not in _WEB or bool(parts.netloc))


def _quoted(part: str, safe: str) -> str:
    if part.isascii():
        return quote(part, safe)
    return "".join(sign if not sign.isascii() else quote(sign, safe) for sign in part)
