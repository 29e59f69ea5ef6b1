"""Dates as people write them → ISO 8601."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH = r"(?P<month>[A-Za-z]{3,9})\.?"
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        r"(?P<year>\d{4})(?:[-/](?P<number>\d\d?)(?:[-/](?P<day>\d\d?))?)?",
        rf"{_MONTH} (?P<day>\d\d?)(?:st|nd|rd|th)?,? (?P<year>\d{{4}})",
        rf"(?P<day>\d\d?)(?:st|nd|rd|th|\.)? {_MONTH},? (?P<year>\d{{4}})",
        rf"{_MONTH} (?P<year>\d{{4}})",
    )
)


def iso(text: str) -> str:
    """YYYY, YYYY-MM or YYYY-MM-DD for a date in ISO form or in English. Raises ValueError."""
    folded = " ".join(text.split())
    for form in _FORMS:
        if match := form.fullmatch(folded):
            parts = match.groupdict()
            month = int(parts.get("number") or 0) or _month(parts.get("month"))
            day = int(parts.get("day") or 0)
            date(int(parts["year"]), month or 1, day or 1)  # ValueError: no such day
            if int(parts["year"]) < 1000:
                break  # EPUB's dates begin there
            return parts["year"] + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")
    raise ValueError(f"not a date: {folded}")


def _month(name: str | None) -> int:
    if not name:
        return 0
    for number, month in enumerate(_MONTHS, 1):
        if month.startswith(name.lower()):
            return number
    raise ValueError(f"no month is called {name}")
