"""Dates as people and programs write them → ISO 8601."""

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
        r"(?P<year>\d{4})年(?:(?P<number>\d\d?)月(?:(?P<day>\d\d?)日)?)?",
        rf"(?P<day>\d\d?)-{_MONTH}-(?P<year>\d{{4}})",
        rf"{_MONTH} (?P<day>\d\d?)(?:st|nd|rd|th)?,? (?P<year>\d{{4}})",
        rf"(?P<day>\d\d?)(?:st|nd|rd|th|\.)? {_MONTH},? (?P<year>\d{{4}})",
        rf"{_MONTH} (?P<year>\d{{4}})",
    )
)
# A time after a date, as RFC 3339, git and Nikola write it; a day of the week before one, as RFC 2822 does.
_TIME = re.compile(r"(?<=\d)(?:T| +)\d\d?:\d\d.*", re.ASCII)
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +(?=\w)", re.IGNORECASE)
_KEYWORD = re.compile(r"\$\w+(?:: *(?P<value>.*?) *)?\$")


def day(text: str) -> str:
    """A date without the time of day, the day of the week and the `$Date: … $` of a version control around it."""
    return _TIME.sub("", _WEEKDAY.sub("", unkeyed(text), count=1)).strip()


def unkeyed(text: str) -> str:
    """What a version control (RCS, CVS, Subversion) filled in for a keyword: `$Date: … $`; '' for a bare `$Date$`."""
    keyword = _KEYWORD.fullmatch(text.strip())
    return (keyword["value"] or "") if keyword else text


def iso(text: str) -> str:
    """YYYY, YYYY-MM or YYYY-MM-DD for a date in ISO form, in English or in East Asian signs. Raises ValueError."""
    folded = " ".join(day(text).split())
    for form in _FORMS:
        if match := form.fullmatch(folded):
            parts = match.groupdict()
            month = int(parts.get("number") or 0) or _month(parts.get("month"))
            number = int(parts.get("day") or 0)
            date(int(parts["year"]), month or 1, number or 1)  # ValueError: no such day
            if int(parts["year"]) < 1000:
                break  # EPUB's dates begin there
            return parts["year"] + (f"-{month:02}" if month else "") + (f"-{number:02}" if number else "")
    raise ValueError(f"not a date: {folded}")


def _month(name: str | None) -> int:
    if not name:
        return 0
    for number, month in enumerate(_MONTHS, 1):
        if month.startswith(name.lower()):
            return number
    raise ValueError(f"no month is called {name}")
