"""The one door to WeasyPrint: pages in, PDF bytes out. Importing it loads no engine; the first layout does."""

from pipeline.write.pdf.compose import Document, compose, documents
from pipeline.write.pdf.faces_union import Faces
from pipeline.write.pdf.finish import Imprint, finish, imprint
from pipeline.write.pdf.gather import gather
from pipeline.write.pdf.gathering import Gathering
from pipeline.write.pdf.merge import merge, starts, unite
from pipeline.write.pdf.render import layout, prepared, typeset, warm
from pipeline.write.pdf.tables import overfull

__all__ = ["Document", "Faces", "Gathering", "Imprint", "compose", "documents", "finish", "gather", "imprint", "layout"]
__all__ += ["merge", "overfull", "prepared", "starts", "typeset", "unite", "warm"]
