"""The one door to WeasyPrint: pages in, PDF bytes out. Importing it loads no engine; the first layout does."""

from pipeline.write.pdf.compose import Document, compose, filled, pointed
from pipeline.write.pdf.finish import finish
from pipeline.write.pdf.merge import merge, starts
from pipeline.write.pdf.render import layout, typeset, warm

__all__ = ["Document", "compose", "filled", "finish", "layout", "merge", "pointed", "starts"]
__all__ += ["typeset", "warm"]
