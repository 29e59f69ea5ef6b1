"""The one door to WeasyPrint: pages in, PDF bytes out. Importing it loads no engine; the first layout does."""

from pipeline.write.pdf.compose import Document, compose, documents
from pipeline.write.pdf.finish import finish, finished
from pipeline.write.pdf.merge import merge, merged, starts
from pipeline.write.pdf.render import layout, prepared, typeset, warm

__all__ = ["Document", "compose", "documents", "finish", "finished", "layout", "merge", "merged", "starts"]
__all__ += ["prepared", "typeset", "warm"]
