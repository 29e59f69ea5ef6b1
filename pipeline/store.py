"""Results by what they were made from: a bounded store of values, in files named after a digest.

A value is written with msgspec, which makes nothing but the values asked for of what it reads: whoever can write here
can make an edition wrong, but runs no code.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pipeline import cache

T = TypeVar("T")

MOST_BYTES = 500_000_000


class Store:
    """The store in an output folder."""

    def __init__(self, output: Path):
        self.folder = output / cache.FOLDER / "store"
        self.written = False

    def has(self, key: str) -> bool:
        """Whether there is something by this key, which may be damaged."""
        return self._place(key).is_file()

    def get(self, key: str, kind: type[T]) -> T | None:
        """The value of a key, if it is there."""
        path = self._place(key)
        try:
            kept = path.read_bytes()
            os.utime(path)  # the oldest go first
        except OSError:
            return None  # never made, or removed
        import msgspec

        try:
            return msgspec.msgpack.decode(kept, type=kind, dec_hook=_from_plain)
        except (ValueError, msgspec.MsgspecError):
            return None  # by another version

    def put(self, key: str, value: object) -> None:
        """Keep a value. Raises OutputError."""
        cache.write(self._place(key), _encoded(value), sync=False)
        self.written = True

    def trim(self, most_bytes: int = MOST_BYTES) -> None:
        """Remove what has not been asked for longest, if there is too much; another build may do the same."""
        if not self.written:
            return
        files = sorted(self._files(), key=lambda file: file[0], reverse=True)
        for _, size, path in files:
            most_bytes -= size
            if most_bytes < 0:
                path.unlink(missing_ok=True)

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for path in self.folder.glob("??/*"):
            with suppress(OSError):
                facts = path.stat()
                yield facts.st_mtime, facts.st_size, path

    def _place(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:]


def digest(value: object) -> str:
    """What a value may be known by: equal for equal ones, of whatever types a store keeps but for sets."""
    return cache.digest(_encoded(value))


def _encoded(value: object) -> bytes:
    import msgspec

    return msgspec.msgpack.encode(value, enc_hook=_to_plain)


def _to_plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(type(value))


def _from_plain(kind: Any, value: Any) -> Any:
    if kind is Path:
        return _path(value)
    raise NotImplementedError(kind)


@lru_cache(maxsize=1024)
def _path(text: str) -> Path:
    """A chapter's blocks have one path, said thousands of times."""
    return Path(text)
