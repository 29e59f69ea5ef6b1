"""The text of a finished ebook, block by block."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.check.epub.container import opened

# Everything else breaks the text: a list of blocks would lose the text of a block it does not name.
_INLINE = {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q"}
_INLINE |= {"rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr", "img"}
_SPACE = re.compile("[ \t\n\r\f]+")  # as HTML folds it; a no-break space is text


def blocks(data: bytes) -> tuple[str, ...]:
    """Raises ValueError when this is no ebook."""
    ebook = opened(data)
    texts = (_SPACE.sub(" ", text).strip(" ") for path in ebook.text for text in _runs(ebook.documents[path][-1]))
    return tuple(text for text in texts if text)


def _runs(body: etree._Element) -> Iterator[str]:
    """Text from one block boundary to the next; a line break is a space."""
    run: list[str] = []
    for event, element in etree.iterwalk(body, events=("start", "end")):
        name = etree.QName(element).localname
        if name == "br":
            run.append(" " if event == "start" else element.tail or "")
            continue
        if name not in _INLINE:
            yield "".join(run)
            run.clear()
        run.append((element.text if event == "start" else element.tail) or "")
    yield "".join(run)
