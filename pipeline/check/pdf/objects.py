"""The objects of a PDF as plain values, all of them read at once.

Each question to pikepdf costs a microsecond, and the rules have many for every element. qpdf's JSON (version 2) says
all of an object in one answer: a name is "/Name", a string "u:text" or "b:hexadecimal", a reference "12 0 R".
"""

from __future__ import annotations

import json
from typing import Any

import pikepdf
from msgspec import Struct


class Stream(dict[str, Any]):
    """The entries of a stream, which are no dictionary of their own."""


class Objects(Struct, frozen=True, eq=False):
    """`numbered` has the value of each reference; `written` is all but the streams, as JSON in UTF-8."""

    pdf: pikepdf.Pdf
    numbered: dict[str, Any]
    written: bytes

    def at(self, value: Any) -> Any:
        """The value itself, of what may be a reference; None for one to nothing."""
        if type(value) is not str or value[-2:] != " R" or not value[0].isdigit():
            return value
        if value not in self.numbered:
            number, generation, _ = value.split()
            # pikepdf lists a number that stands alone without saying which object it is.
            found = self.pdf.get_object(int(number), int(generation))
            self.numbered[value] = None if isinstance(found, pikepdf.Object) else found
        return self.numbered[value]

    def entry(self, holder: dict[str, Any], key: str) -> Any:
        """What a dictionary has under a key (with its slash); None where it has nothing."""
        return self.at(holder.get(key))

    def text(self, holder: dict[str, Any], key: str) -> str:
        """An entry in words; '' where it is missing."""
        value = self.entry(holder, key)
        return "" if value is None else words(value)

    def listed(self, value: Any) -> list[Any]:
        """An entry that may be one thing, many or none, as a list; references in it stay."""
        whole = self.at(value)
        return [] if whole is None else whole if isinstance(whole, list) else [value]


def read_objects(pdf: pikepdf.Pdf) -> Objects:
    things = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Object)]
    names = [reference(thing) for thing in things]
    # What isinstance asks, in a tenth of its time.
    streams = [thing._type_code == pikepdf.ObjectType.stream for thing in things]
    said = [thing.to_json(dereference=True, schema_version=2) for thing in things]
    values = json.loads(b"[" + b",".join(said) + b"]")
    numbered = {
        name: Stream(value) if stream else value for name, value, stream in zip(names, values, streams, strict=True)
    }
    written = b"\n".join(each for each, stream in zip(said, streams, strict=True) if not stream)
    return Objects(pdf, numbered, written)


def reference(thing: Any) -> str:
    """How other objects name one of pikepdf's; '' where they cannot."""
    number, generation = thing.objgen
    return f"{number} {generation} R" if number else ""


def referred(value: Any) -> str:
    """The reference that a value is; '' for any other."""
    return value if type(value) is str and value[-2:] == " R" and value[0].isdigit() else ""


def words(value: Any) -> str:
    """A value as pikepdf puts it into words: of a string its text, of a name all with its slash."""
    if isinstance(value, str):
        if value[:2] == "b:":
            return str(pikepdf.String(bytes.fromhex(value[2:])))
        return value[2:] if value[:2] in ("u:", "n:") else value
    return str(value)


def bare(name: Any) -> str:
    """A name without its slash; '' for what is no name."""
    said = words(name) if isinstance(name, str) and name[:1] in "/n" else ""
    return said[1:]
