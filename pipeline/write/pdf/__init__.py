"""The one door to WeasyPrint: a page in, PDF bytes out. Importing it loads no engine; the first call does."""

from pipeline.write.pdf.compose import compose
from pipeline.write.pdf.finish import finish
from pipeline.write.pdf.merge import merge, page_counts
from pipeline.write.pdf.render import layout, typeset, warm

__all__ = ["compose", "finish", "layout", "merge", "page_counts", "typeset", "warm"]
