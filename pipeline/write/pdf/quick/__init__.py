"""WeasyPrint 70's slowest functions, in faster words: the same bytes in a fraction of the time.

But `inlines` does not break a word in an element that begins a line, as a note does, where a space before it would do.
"""

from pipeline.write.pdf.quick.places import quick

__all__ = ["quick"]
