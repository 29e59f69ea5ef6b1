"""Where pages begin, in signs of the text: a number that is the same for whatever the text is made into."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from pipeline.markup import signs, spots


class Starts:
    """The pages of a document, each with the first that is drawn of its text."""

    def __init__(self, root: Element):
        self._before: dict[tuple[Element, int], int] = {}
        self._found: dict[int, int] = {}
        self._all = 0
        for element, place, text in spots(root[-1]):
            self._before[element, place] = self._all
            self._all += len(signs(text))

    def begin(self, page: int, element: Element, place: int, letters: int) -> None:
        """Something is drawn on a page: what stands behind so many letters, white space not counted, of one of an
        element's texts.
        """
        if page in self._found or (before := self._before.get((element, place))) is None:
            return
        text = (element[place - 1].tail if place else element.text) if letters else ""
        self._found[page] = before + len(signs("".join((text or "").split())[:letters]))

    def of(self, pages: int) -> tuple[int, ...]:
        """For each page how many signs stand before it. One that shows none begins where the next does."""
        starts = []
        following = self._all
        for page in reversed(range(pages)):
            # Of two cells side by side that both go on, the one that is drawn first may have begun before.
            following = min(following, self._found.get(page, following))
            starts.append(following)
        return tuple(reversed(starts))
