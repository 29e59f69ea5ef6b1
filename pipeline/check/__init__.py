"""Values → diagnostics: what a source, a PDF and an ebook are held against. Importing it loads no engine."""

from pipeline.check import epub, order, parity, pdf, source

__all__ = ["epub", "order", "parity", "pdf", "source"]
