"""docs/devices.md: what e-readers and shops ask of an ebook, as `postpress check` holds it against them."""

from __future__ import annotations

from pipeline.check.epub.devices import RULES
from pipeline.errors import Severity
from tests.vocabulary import ROOT

_TOLD = {Severity.NOTE: " (told)"}
_HEAD = """\
# What e-readers and shops ask of an ebook

`postpress check` holds every ebook against these rules; our own keep all of them. A finding is an error, but for those
that are only told. No device was at hand: each rule rests on the source beside it. `make devices` makes this page of
`pipeline/check/epub/devices`.

Kindle and Adobe's readers show no MathML, or only some of it: they run its letters and numbers together. No markup that
EPUB 3.3 still has tells them better; each formula has its text as `alttext` for those that look for it (EPC003).

| code | asked by | what goes wrong | cure | source |
|---|---|---|---|---|
"""


def page() -> str:
    rows = (
        f"| {rule.code}{_TOLD.get(rule.severity, '')} | {_cell(rule.device)} | {_cell(rule.reason)}"
        f" | {_cell(rule.cure)} | {_cell(rule.source)} |\n"
        for rule in RULES
    )
    return _HEAD + "".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    (ROOT / "docs" / "devices.md").write_text(page(), encoding="utf-8")
