"""Book + edition → bytes, one engine each. Importing it loads no engine."""

from pipeline.write import epub, pdf

__all__ = ["epub", "pdf"]
