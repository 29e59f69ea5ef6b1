"""Settings: what a project says once for all its sources.

They stand in `postpress.toml`, or in `pyproject.toml` under `[tool.postpress]`; the first of these found from the
source file's folder upward counts, whole. What a document says of itself (its docinfo) wins over them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from pipeline import catalogue, labels
from pipeline.counted import KINDS
from pipeline.errors import Diagnostic, Location, SettingsError, error, nearest

# What one layout may take: seconds by the clock and of the processor, millions of bytes. Generous: a bomb takes all.
LIMITS = {"wall_s": 120, "cpu_s": 120, "memory_mb": 2000}

# What an ebook's pictures are held to: their longer side in pixels, and JPEG's quality. No e-reader's screen is longer.
PICTURES = {"longest_px": 2400, "quality": 85}
_RANGES = {"longest_px": (320, 7200), "quality": (40, 95)}

# What a source may have wrong, and an edition still comes out: each is told as a warning, and mended as it says here.
LENIENT = {
    "directives": "an unknown directive, or one used wrongly, keeps its content",
    "roles": "an unknown role keeps its text",
    "pictures": "a picture that is missing is described, one without alternative text is shown without",
    "links": "a link that leads nowhere keeps its text",
    "markup": "any other fault of the markup is read as well as can be",
    "characters": "a character that no font has is named by its number",
}

LONGEST = 2000  # characters of a text: a page is laid out for it


class Settings(Struct, frozen=True):
    """Every key a settings file may have, with its default. Texts left empty put no line on any page."""

    language: str = "en"
    authors: tuple[str, ...] = ()
    translators: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    illustrators: tuple[str, ...] = ()
    file_as: dict[str, str] = field(default_factory=dict)  # name → what catalogues file it under
    series: str = ""
    series_number: str = ""
    isbn: str = ""  # of the ebook
    subjects: tuple[str, ...] = ()
    certified_by: str = ""  # who certifies that ebooks conform to EPUB Accessibility 1.1 and WCAG 2.2 AA
    certifier_credential: str = ""  # that person's or body's, in words or as an address
    certifier_report: str = ""  # the address of their report
    publisher: str = ""
    rights: str = ""
    contact: str = ""
    address: str = ""
    other_formats: str = ""  # a sentence: where and how to ask for another format
    keep_whole: tuple[str, ...] = ()  # words with hyphens that are never broken over lines
    sources: tuple[str, ...] = (
        "source/*.rst",
        "source/*/index.rst",
        "source/*/book.toml",
    )  # what `build` takes when no source is named
    lenient: tuple[str, ...] = ()  # of LENIENT
    numbering: tuple[str, ...] = ()  # of counted.KINDS: what has numbers by its captions
    cover: str = ""  # a picture beside the sources, for those that have no cover of their own
    cover_alt: str = ""
    page_references: bool = True  # whether pages say on which page a reference leads
    raw: bool = False  # whether HTML in `raw` directives and roles is let in
    page_list: bool = True  # whether the ebook says where the pages of the print edition begin
    output: str = "build"
    labels: dict[str, str] = field(default_factory=lambda: dict(labels.ENGLISH))
    limits: dict[str, int] = field(default_factory=lambda: dict(LIMITS))
    pictures: dict[str, int] = field(default_factory=lambda: dict(PICTURES))
    given: tuple[str, ...] = ()  # the labels that a settings file gives

    def in_language(self, tag: str) -> Settings:
        """The same with its labels in a language, but for those that are given."""
        own = {name: self.labels[name] for name in self.given}
        return replace(self, labels=labels.in_language(tag) | own)


# RFC 5646, 2.1, the shapes in use: language, extended language, script, region, variants, private use.
_LANGUAGE = re.compile(
    r"[a-z]{2,3}(-[a-z]{3})?(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(-x(-[a-z0-9]{1,8})+)?",
    re.IGNORECASE,
)


def refused_language(tag: str, where: Location, code: str) -> tuple[Diagnostic, ...]:
    """An error if a text is not a language tag as BCP 47 has them."""
    if _LANGUAGE.fullmatch(tag):
        return ()
    return (error(code, f"{tag!r} is not a language tag", where, "write en, en-GB, de, pt-BR or the like"),)


def refused_number(key: str, value: str, where: Location, code: str) -> tuple[Diagnostic, ...]:
    """An error if an `isbn` or a `series number` is none."""
    if key == "isbn" and value:
        try:
            catalogue.isbn(value)
        except ValueError as fault:
            return (error(code, f"{value!r} is not an ISBN: {fault}", where, "copy it from whoever gave it to you"),)
    if key == "series number" and value and not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", value):
        return (error(code, f"{value!r} is not the number of a volume", where, "write 3, or 3.5 for one in between"),)
    return ()


def find(folder: Path) -> Path | None:
    """The settings file that counts for a folder, or None. Raises SettingsError."""
    for candidate in (folder, *folder.resolve().parents):
        if (own := candidate / "postpress.toml").is_file():
            return own
        shared = candidate / "pyproject.toml"
        if shared.is_file() and _ours(parsed(shared)) is not None:
            return shared
    return None


def load(folder: Path) -> Settings:
    """The settings for sources in a folder. Raises SettingsError."""
    path = find(folder)
    if path is None:
        return Settings()
    table = parsed(path)
    return from_table(_ours(table) or {} if path.name == "pyproject.toml" else table, path)


def from_table(table: dict[str, Any], path: Path) -> Settings:
    """Settings from a parsed TOML table. Raises SettingsError, all faults at once."""
    known: dict[str, object] = asdict(Settings())
    del known["given"]
    tables: dict[str, dict[str, Any]] = {"labels": labels.ENGLISH, "limits": LIMITS, "pictures": PICTURES}
    faults: list[Diagnostic] = []
    values: dict[str, Any] = {}
    for key, value in table.items():
        where = Location(path, _line(path, key))
        if key not in known:
            hint = nearest(key, known) or f"known keys: {', '.join(sorted(known))}"
            faults.append(error("SET002", f"unknown key {key!r}", where, hint))
        elif key == "file_as" and isinstance(value, dict) and all(isinstance(name, str) for name in value.values()):
            values[key] = value
        elif key in tables and isinstance(value, dict):
            faults += _entries(key, value, tables[key], path)
            values[key] = {**tables[key], **value}
            values |= {"given": tuple(sorted(value))} if key == "labels" else {}
        elif isinstance(known[key], tuple) and isinstance(value, list) and all(isinstance(v, str) for v in value):
            values[key] = tuple(value)
            names: Mapping[str, str] = {"lenient": LENIENT, "numbering": KINDS}.get(key, {})
            for name in value if names else ():
                if name not in names:
                    hint = nearest(name, names) or f"known here: {', '.join(names)}"
                    faults.append(error("SET002", f"unknown in {key}: {name!r}", where, hint))
        elif isinstance(known[key], bool) and isinstance(value, bool):
            values[key] = value
        elif isinstance(known[key], str) and isinstance(value, str):
            values[key] = value
            faults += _refused(key, value, where)
        else:
            kinds: dict[type, str] = {tuple: "a list of texts", bool: "true or false", dict: "a table", str: "a text"}
            wanted = kinds[type(known[key])]
            faults.append(error("SET003", f"{key} must be {wanted}", where))
    if values.get("cover") and not values.get("cover_alt", "").strip():
        hint = 'say what it shows: cover_alt = "…"'
        faults.append(error("SET003", "cover has no alternative text", Location(path, _line(path, "cover")), hint))
    for key, value in values.items():
        texts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
        if any(len(str(text)) > LONGEST for text in texts):
            words = f"{key} has a text of more than {LONGEST} characters"
            faults.append(error("SET003", words, Location(path, _line(path, key)), "put it into the source"))
        if not all(str(text).isprintable() for text in texts):
            faults.append(error("SET003", f"{key} has a control character in it", Location(path, _line(path, key))))
    if faults:
        raise SettingsError(faults)
    return Settings(**values)


def _refused(key: str, value: str, where: Location) -> tuple[Diagnostic, ...]:
    """What is wrong with a text that has to be of a form."""
    if key == "language":
        return refused_language(value, where, "SET004")
    return refused_number(key.replace("_", " "), value, where, "SET006")


def _entries(table: str, entries: dict[str, Any], known: dict[str, Any], path: Path) -> list[Diagnostic]:
    """What is wrong with the entries of a table within the settings."""
    faults = []
    for name, value in entries.items():
        where = Location(path, _line(path, name))
        if name not in known:
            hint = nearest(name, known) or f"known here: {', '.join(known)}"
            faults.append(error("SET002", f"unknown {table.removesuffix('s')} {name!r}", where, hint))
        elif table == "labels" and not isinstance(value, str):
            faults.append(error("SET003", f"{name} must be a text", where))
        elif table == "labels" and (lost := labels.lost(name, value)):
            hint = f'in English it is "{known[name]}"'
            faults.append(error("SET003", f"{name} lacks {' and '.join(lost)}", where, hint))
        elif table == "limits" and (type(value) is not int or value < 1):
            faults.append(error("SET003", f"{name} must be a whole number, 1 or more", where))
        elif table == "pictures" and (type(value) is not int or not _RANGES[name][0] <= value <= _RANGES[name][1]):
            least, most = _RANGES[name]
            faults.append(error("SET003", f"{name} must be a whole number from {least} to {most}", where))
    return faults


def _ours(table: dict[str, Any]) -> dict[str, Any] | None:
    """The [tool.postpress] of a pyproject.toml, or None."""
    tool = table.get("tool")
    ours = tool.get("postpress") if isinstance(tool, dict) else None
    return ours if isinstance(ours, dict) else None


def parsed(path: Path) -> dict[str, Any]:
    """A TOML file, parsed. Raises SettingsError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as fault:
        # tomllib keeps the line in its words alone.
        line = re.search(r"at line (\d+)", str(fault))
        where = Location(path, int(line[1]) if line else None)
        raise SettingsError(error("SET001", f"not valid TOML: {fault}", where)) from fault
    except RecursionError as fault:
        raise SettingsError(error("SET001", "nested too deeply", Location(path))) from fault
    except (OSError, ValueError) as fault:  # not UTF-8; a number of thousands of digits
        raise SettingsError(error("SET001", f"cannot be read: {fault}", Location(path))) from fault


def _line(path: Path, key: str) -> int | None:
    """The line a key stands on. tomllib keeps no positions, so look for it as a person would."""
    inside = path.name != "pyproject.toml"
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        bare = line.strip()
        if bare.startswith("[") and path.name == "pyproject.toml":
            inside = bare.startswith("[tool.postpress")
        if inside and (
            bare.split("=")[0].strip().strip("\"'") == key or bare in (f"[{key}]", f"[tool.postpress.{key}]")
        ):
            return number
    return None
