"""The order of words in an index or a glossary, by language, and the letters under which they stand.

Letters are compared without accents and case first, then with: the order of Unicode's collation (UTS 10) for all that
can be taken apart, with the letters that some alphabets have after another. Libraries know it for every script, but
PyICU wants a system's ICU, whose version would change the order, and pyuca reads a table of two megabytes.
"""

from __future__ import annotations

import re
import unicodedata

# What an alphabet has as a letter of its own, and after which (Unicode CLDR 45, collation). ~ comes after all letters.
_LETTERS = {
    tag: letters
    for tags, letters in {
        "da nb nn no": {"æ": "z~a", "ä": "z~a", "ø": "z~b", "ö": "z~b", "å": "z~c"},
        "fi sv": {"å": "z~a", "ä": "z~b", "æ": "z~b", "ö": "z~c", "ø": "z~c"},
        "cs sk": {"č": "c~", "ř": "r~", "š": "s~", "ž": "z~", "ch": "h~"},
        "bs hr sl": {"č": "c~a", "ć": "c~b", "đ": "d~", "š": "s~", "ž": "z~"},
        "es": {"ñ": "n~"},
        "et": {"š": "s~", "z": "s~a", "ž": "s~b", "õ": "w~a", "ä": "w~b", "ö": "w~c", "ü": "w~d"},
        "hu": {"ö": "o~", "ő": "o~", "ü": "u~", "ű": "u~"},
        "is": {"ð": "d~", "þ": "z~a", "æ": "z~b", "ö": "z~c"},
        "pl": {"ą": "a~", "ć": "c~", "ę": "e~", "ł": "l~", "ń": "n~", "ó": "o~", "ś": "s~", "ź": "z~a", "ż": "z~b"},
        "ro": {"ă": "a~a", "â": "a~b", "î": "i~", "ș": "s~", "ț": "t~"},
        "tr": {"ç": "c~", "ğ": "g~", "ı": "h~", "ö": "o~", "ş": "s~", "ü": "u~"},
    }.items()
    for tag in tags.split()
}
_PLAIN = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def key(words: str, language: str) -> tuple[str, str, str]:
    """What words are sorted by in a language (BCP 47)."""
    lower = unicodedata.normalize("NFC", words).lower()
    lower = lower.lstrip("\"'“‘«„‚([{-–—./_@$#*:")
    own = _LETTERS.get(language.lower().partition("-")[0], {})
    if own:
        lower = re.sub("|".join(sorted(own, key=len, reverse=True)), lambda found: own[found[0]], lower)
    return _bare(lower.translate(_PLAIN)), lower, words


def initial(words: str, language: str) -> str:
    """The letter under which words stand, a capital; '' for figures and signs, which come before all letters."""
    first = key(words, language)[0][:3]
    if not first[:1].isalpha():
        return ""
    own = _LETTERS.get(language.lower().partition("-")[0], {})
    letter = next((letter for letter, after in own.items() if first.startswith(after)), first[0])
    return letter.upper()


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))
