"""Settings: what a project says once for all its sources.

They stand in `postpress.toml`, or in `pyproject.toml` under `[tool.postpress]`; the first of these found from the
source file's folder upward counts, whole. What a document says of itself (its docinfo) wins over them.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from pipeline import labels
from pipeline.errors import Location, SettingsError, error


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


def find(folder: Path) -> Path | None:
    """The settings file that counts for a folder, or None."""
    for candidate in (folder, *folder.resolve().parents):
        if (own := candidate / "postpress.toml").is_file():
            return own
        shared = candidate / "pyproject.toml"
        if shared.is_file() and "postpress" in _parse(shared).get("tool", {}):
            return shared
    return None


def load(folder: Path) -> Settings:
    """The settings for sources in a folder. Raises SettingsError."""
    path = find(folder)
    if path is None:
        return Settings()
    table = _parse(path)
    return from_table(table["tool"]["postpress"] if path.name == "pyproject.toml" else table, path)


def from_table(table: dict[str, Any], path: Path) -> Settings:
    """Settings from a parsed TOML table. Raises SettingsError, all faults at once."""
    known = {f.name: f.default if f.default is not MISSING else {} for f in fields(Settings)}
    faults, values = [], dict[str, Any]()
    for key, value in table.items():
        if key not in known:
            faults.append(_unknown(key, known, path))
        elif key == "labels" and isinstance(value, dict):
            faults += [_unknown(label, labels.ENGLISH, path) for label in value if label not in labels.ENGLISH]
            values[key] = {**labels.ENGLISH, **{k: str(v) for k, v in value.items()}}
        elif isinstance(known[key], tuple) and isinstance(value, list) and all(isinstance(v, str) for v in value):
            values[key] = tuple(value)
        elif isinstance(known[key], str) and isinstance(value, str):
            values[key] = value
        else:
            wanted = "a list of texts" if isinstance(known[key], tuple) else "a table" if key == "labels" else "a text"
            faults.append(error("SET003", f"{key} must be {wanted}", Location(path, _line(path, key))))
    if faults:
        raise SettingsError(faults)
    return Settings(**values)


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise SettingsError(error("SET001", f"not valid TOML: {fault}", Location(path))) from fault
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(error("SET001", f"cannot be read: {fault}", Location(path))) from fault


def _unknown(key: str, known: dict[str, Any], path: Path) -> Any:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(sorted(known))}"
    return error("SET002", f"unknown key {key!r}", Location(path, _line(path, key)), hint)


def _line(path: Path, key: str) -> int | None:
    """The line a key stands on. tomllib keeps no positions, so look for it as a person would."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.split("=")[0].strip().strip("\"'") == key or line.strip() in (f"[{key}]", f"[tool.postpress.{key}]"):
            return number
    return None
