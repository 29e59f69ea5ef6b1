"""What other programs want said before the text: the header of a PEP, the comments of Nikola."""

from __future__ import annotations

import re

from msgspec import Struct

# RFC 2822, 2.2, as PEP 1 has it: a name, a colon, a value; a line that begins with a space goes on.
_HEADER = re.compile(r"\s*[A-Z]{2,5}:[ \t]*\S.*\n(?:(?:[A-Z][\w-]*:(?:[ \t].*)?|[ \t]+\S.*)\n)*")
_COMMENT = re.compile(r"\.\.[ \t]+([a-z][\w-]*):(?:[ \t]+(.*))?")


class Comment(Struct, frozen=True):
    """A comment of the form `.. name: value`, and its line."""

    name: str
    value: str
    line: int


def fielded(text: str) -> str:
    """A text whose header of a PEP has become a field list, line by line; any other text as it is."""
    header = _HEADER.match(text + "\n")
    if not header or "\nTitle:" not in header[0]:
        return text
    end = min(header.end(), len(text))
    return re.sub(r"^(?=[A-Z])", ":", text[:end], flags=re.MULTILINE) + text[end:]


def comments(text: str) -> tuple[Comment, ...]:
    """The comments in which Nikola keeps what is known of a post: those a text begins with, if one gives its title."""
    found = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        if match := _COMMENT.fullmatch(line):
            found.append(Comment(match[1], (match[2] or "").strip(), number))
        elif line.strip() and not line.startswith(".."):
            break
    return tuple(found) if any(comment.name == "title" and comment.value for comment in found) else ()
