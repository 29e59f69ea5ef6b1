"""Settings: what a project says once for all its sources.

They stand in `postpress.toml`, or in `pyproject.toml` under `[tool.postpress]`; the first of these found from the
source file's folder upward counts, whole. What a document says of itself (its docinfo) wins over them.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from pipeline import labels
from pipeline.errors import Diagnostic, Location, SettingsError, error, nearest


@dataclass(frozen=True, slots=True)
class Settings:
    """Every key a settings file may have, with its default. Texts left empty put no line on any page."""

    language: str = "en"
    authors: tuple[str, ...] = ()
    publisher: str = ""
    rights: str = ""
    contact: str = ""
    address: str = ""
    other_formats: str = ""  # a sentence: where and how to ask for another format
    keep_whole: tuple[str, ...] = ()  # words with hyphens that are never broken over lines
    sources: tuple[str, ...] = ("source/*.rst",)  # what `build` takes when no source is named
    output: str = "build"
    labels: dict[str, str] = field(default_factory=lambda: dict(labels.ENGLISH))


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


def find(folder: Path) -> Path | None:
    """The settings file that counts for a folder, or None. Raises SettingsError."""
    for candidate in (folder, *folder.resolve().parents):
        if (own := candidate / "postpress.toml").is_file():
            return own
        shared = candidate / "pyproject.toml"
        if shared.is_file() and _ours(_parse(shared)) is not None:
            return shared
    return None


def load(folder: Path) -> Settings:
    """The settings for sources in a folder. Raises SettingsError."""
    path = find(folder)
    if path is None:
        return Settings()
    table = _parse(path)
    return from_table(_ours(table) or {} if path.name == "pyproject.toml" else table, path)


def from_table(table: dict[str, Any], path: Path) -> Settings:
    """Settings from a parsed TOML table. Raises SettingsError, all faults at once."""
    known = {f.name: f.default if f.default is not MISSING else {} for f in fields(Settings)}
    faults: list[Diagnostic] = []
    values: dict[str, Any] = {}
    for key, value in table.items():
        where = Location(path, _line(path, key))
        if key not in known:
            hint = nearest(key, known) or f"known keys: {', '.join(sorted(known))}"
            faults.append(error("SET002", f"unknown key {key!r}", where, hint))
        elif key == "labels" and isinstance(value, dict):
            for label, words in value.items():
                place = Location(path, _line(path, label))
                if label not in labels.ENGLISH:
                    hint = nearest(label, labels.ENGLISH) or f"known labels: {', '.join(labels.ENGLISH)}"
                    faults.append(error("SET002", f"unknown label {label!r}", place, hint))
                elif not isinstance(words, str):
                    faults.append(error("SET003", f"{label} must be a text", place))
            values[key] = {**labels.ENGLISH, **value}
        elif isinstance(known[key], tuple) and isinstance(value, list) and all(isinstance(v, str) for v in value):
            values[key] = tuple(value)
        elif isinstance(known[key], str) and isinstance(value, str):
            values[key] = value
            faults += refused_language(value, where, "SET004") if key == "language" else ()
        else:
            wanted = "a list of texts" if isinstance(known[key], tuple) else "a table" if key == "labels" else "a text"
            faults.append(error("SET003", f"{key} must be {wanted}", where))
    for key, value in values.items():
        texts = value.values() if isinstance(value, dict) else [value] if isinstance(value, str) else value
        if not all(text.isprintable() for text in texts):
            faults.append(error("SET003", f"{key} has a control character in it", Location(path, _line(path, key))))
    if faults:
        raise SettingsError(faults)
    return Settings(**values)


def _ours(table: dict[str, Any]) -> dict[str, Any] | None:
    """The [tool.postpress] of a pyproject.toml, or None."""
    tool = table.get("tool")
    ours = tool.get("postpress") if isinstance(tool, dict) else None
    return ours if isinstance(ours, dict) else None


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as fault:
        # tomllib keeps the line in its words alone.
        line = re.search(r"at line (\d+)", str(fault))
        where = Location(path, int(line[1]) if line else None)
        raise SettingsError(error("SET001", f"not valid TOML: {fault}", where)) from fault
    except (OSError, UnicodeDecodeError) as fault:
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
