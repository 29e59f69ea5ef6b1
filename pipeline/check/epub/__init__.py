"""What a finished ebook is held against: EPUBCheck, and what EPUBCheck says nothing about."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import Diagnostic


def check(data: bytes) -> tuple[Diagnostic, ...]:
    """Our own findings: container, alternative texts, headings, order of contents and pages, addresses, every claim."""
    from pipeline.check.epub.rules import findings

    return findings(data)


def on_devices(data: bytes) -> tuple[Diagnostic, ...]:
    """What e-readers and shops refuse or spoil, by the table in `check/epub/devices`; nothing when this is no ebook."""
    from pipeline.check.epub.container import opened
    from pipeline.check.epub.devices import findings

    try:
        return findings(opened(data))
    except ValueError:  # `check` tells
        return ()


def epubcheck(ebook: bytes | Path) -> tuple[Diagnostic, ...]:
    """Every message of EPUBCheck 5.3.0, of any severity; one error EPC901 or EPC902 when it cannot be run."""
    from pipeline.check.epub.validator import validate

    return validate(ebook)


def text_blocks(data: bytes) -> tuple[str, ...]:
    """The text of each block in spine order, without cover and contents, white space folded. For parity."""
    from pipeline.check.epub.text import blocks

    return blocks(data)


def formulas(data: bytes) -> tuple[str, ...]:
    """The alternative texts of the formulas in spine order. For parity."""
    from pipeline.check.epub.text import formulas as read

    return read(data)


def index(data: bytes) -> tuple[str, ...]:
    """What each line of the index that has places says of them. For parity."""
    from pipeline.check.epub.text import index as read

    return read(data)
