"""WeasyPrint 70's slowest functions, in faster words: the same bytes in a fraction of the time."""

from pipeline.write.pdf.quick.places import quick

__all__ = ["quick"]
