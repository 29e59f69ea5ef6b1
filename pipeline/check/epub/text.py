"""The text of a finished ebook, block by block."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.check.epub.container import opened
from pipeline.claims import MATH
from pipeline.labels import BACK
from pipeline.model import FORMULA

# Everything else breaks the text: a list of blocks would lose the text of a block it does not name.
_INLINE = {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q"}
_INLINE |= {"rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr", "img"}
_BACK = re.compile(f"{BACK}[0-9]*")
_SPACE = re.compile("[ \t\n\r\f]+")  # as HTML folds it; a no-break space is text


def blocks(data: bytes) -> tuple[str, ...]:
    """Raises ValueError when this is no ebook."""
    ebook = opened(data)
    texts = (_SPACE.sub(" ", text).strip(" ") for path in ebook.text for text in _runs(ebook.documents[path][-1]))
    return tuple(text for text in texts if text)


def formulas(data: bytes) -> tuple[str, ...]:
    """The texts that stand for the formulas, in reading order. Raises ValueError when this is no ebook."""
    ebook = opened(data)
    return tuple(math.get("alttext", "") for path in ebook.text for math in ebook.documents[path].iter(MATH))


def index(data: bytes) -> tuple[str, ...]:
    """What each line of the index says of its places. Raises ValueError when this is no ebook."""
    ebook = opened(data)
    spans = (span for path in ebook.text for span in ebook.documents[path].iter("{http://www.w3.org/1999/xhtml}span"))
    return tuple("".join(map(str, span.itertext())) for span in spans if span.get("class") == "folios")


def _runs(body: etree._Element) -> Iterator[str]:
    """Text from one block boundary to the next; a line break is a space, a formula one sign.

    The signs that lead from a note back to its calls, each with the space before it, are no text, as the marks of a
    list are none.
    """
    run: list[str] = []
    walk = etree.iterwalk(body, events=("start", "end"))
    for event, element in walk:
        if element.get("role") == "doc-backlink" and _BACK.fullmatch("".join(map(str, element.itertext()))):
            if event == "start":
                run[-1:] = [text.rstrip("\N{NO-BREAK SPACE}") for text in run[-1:]]
                walk.skip_subtree()
            else:
                run.append(element.tail or "")
            continue
        if element.tag == MATH:
            run.append(FORMULA if event == "start" else element.tail or "")
            if event == "start":
                walk.skip_subtree()
            continue
        name = etree.QName(element).localname
        if name == "br":
            run.append(" " if event == "start" else element.tail or "")
            continue
        if name not in _INLINE:
            yield "".join(run)
            run.clear()
        run.append((element.text if event == "start" else element.tail) or "")
    yield "".join(run)
