"""The last touch to a PDF, with pikepdf: metadata, page labels, the claim, and bytes that depend on nothing else."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from pipeline.model import Metadata
from pipeline.write.pdf.gather import entries

if TYPE_CHECKING:
    import pikepdf

_CREATOR = "Postpress"  # without a version, which would make other bytes of the same pages


class Imprint(Struct, frozen=True):
    """What a file says of itself: entries of its catalog and of its information dictionary as written, and its XMP."""

    catalog: bytes
    information: bytes
    xmp: bytes


def finish(data: bytes, metadata: Metadata, *, labels: Mapping[int, str] | None = None, claim: bool) -> bytes:
    """The PDF as it is given away.

    `labels` says how pages are numbered from a page (counted from 0) on: a style of ISO 32000-1, table 159 ('D' 1 2 3,
    'r' i ii iii, 'A' A B C), or '' for none; each range begins at 1. By default all are decimal.
    `claim` adds the PDF/UA-1 identifier (ISO 14289-1, 5), to be given only to a file that passed its checks.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(data)) as pdf:
        producer = str(pdf.docinfo.get("/Producer", ""))
        _finish(pdf, metadata, labels or {0: "D"}, producer, claim)
        if "/Outlines" in pdf.Root:
            pdf.Root.PageMode = pikepdf.Name.UseOutlines
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return out.getvalue()


def imprint(metadata: Metadata, labels: Mapping[int, str], producer: str, *, claim: bool) -> Imprint:
    """The same of a file that is still to be written."""
    import pikepdf

    with pikepdf.new() as pdf:
        _finish(pdf, metadata, labels, producer, claim)
        xmp = pdf.Root.Metadata.read_bytes()
        return Imprint(entries(pdf.Root, ("/Type", "/Pages", "/Metadata")), entries(pdf.docinfo), xmp)


def _finish(pdf: pikepdf.Pdf, metadata: Metadata, labels: Mapping[int, str], producer: str, claim: bool) -> None:
    import pikepdf

    _describe(pdf, metadata, producer, claim)
    pdf.Root.Lang = pikepdf.String(metadata.language)
    pdf.Root.PageLabels = _page_labels(labels)


def _page_labels(labels: Mapping[int, str]) -> pikepdf.Dictionary:
    from pikepdf import Array, Dictionary, Name

    numbers = Array()
    for page, style in sorted(labels.items()):
        numbers.append(page)
        numbers.append(Dictionary(S=Name(f"/{style}")) if style else Dictionary())
    return Dictionary(Nums=numbers)


def _describe(pdf: pikepdf.Pdf, metadata: Metadata, producer: str, claim: bool) -> None:
    """XMP and the document information dictionary, from the same facts; what is unknown is left out."""
    del pdf.docinfo
    facts: dict[str, str | list[str] | set[str]] = {
        "dc:title": metadata.title,
        "dc:creator": list(metadata.authors),
        "dc:language": {metadata.language},
        "dc:description": metadata.description,
        "dc:subject": set(metadata.subjects),
        "dc:publisher": {metadata.publisher} - {""},
        "dc:date": [metadata.date] if metadata.date else [],
        "dc:rights": metadata.rights,
        "dc:identifier": metadata.identifier,
        "dc:source": metadata.source_url,
        "pdf:Producer": producer,
        "xmp:CreatorTool": _CREATOR,
        "xmp:CreateDate": metadata.modified,
        "xmp:ModifyDate": metadata.modified,
        "pdfuaid:part": "1" if claim else "",
    }
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        for key, value in facts.items():
            if value:
                xmp[key] = value
    information = {
        "/Title": metadata.title,
        "/Author": "; ".join(metadata.authors),
        "/Subject": metadata.description,
        "/Creator": _CREATOR,
        "/Producer": producer,
        "/CreationDate": _pdf_date(metadata.modified),
        "/ModDate": _pdf_date(metadata.modified),
    }
    for key, text in information.items():
        if text:
            pdf.docinfo[key] = text


def _pdf_date(date: str) -> str:
    """An ISO 8601 date in UTC as ISO 32000-1, 7.9.4 wants it; '' for ''."""
    return "D:" + re.sub(r"[^0-9Z]", "", date) if date else ""
