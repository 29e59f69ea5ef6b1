"""What catalogues ask of a work: who did what, what a name is filed under, numbers and terms that are of a list."""

from __future__ import annotations

import re
import unicodedata

# What a person may be called who had a part in a work → their code (Library of Congress, MARC relators).
ROLES = {
    "adapter": "adp",
    "annotator": "ann",
    "book designer": "bkd",
    "compiler": "com",
    "contributor": "ctb",
    "cover designer": "cov",
    "editor": "edt",
    "illustrator": "ill",
    "narrator": "nrt",
    "photographer": "pht",
    "proofreader": "pfr",
    "transcriber": "trc",
    "translator": "trl",
}
CALLED = {code: name for name, code in ROLES.items()}

# Authorities that EPUB 3.3 (D.4.1.2) reserves a name for, by that name in lower case.
_NAMED = ("AAT", "BIC", "BISAC", "CLC", "DDC", "CLIL", "EuroVoc", "MEDTOP", "LCSH", "NDC", "Thema", "UDC", "WGS")
_AUTHORITIES = {name.lower(): name for name in _NAMED}
_TERM = re.compile(rf"(.+?)\s*\(\s*({'|'.join(_AUTHORITIES)})[:\s]\s*([^()]+?)\s*\)", re.IGNORECASE)

# In these languages, and in these scripts, a name begins with what it is filed under; or is filed as it is said.
_FAMILY_FIRST = frozenset(("hu", "ja", "ko", "vi", "yue", "zh"))
_AS_SAID = frozenset(("is",))
_EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO")
# Names of these have two surnames, or none, and nothing tells how many of their words are given.
_UNSURE = frozenset(("am", "ca", "es", "gl", "id", "ms", "my", "ta", "ti"))
_SURNAMES_LAST = ("LATIN", "CYRILLIC", "GREEK")
_PARTICLES = frozenset(("Da", "De", "Del", "Della", "Di", "Du", "Den", "Der", "La", "Le", "Ten", "Ter", "Van", "Von"))
_GENERATION = re.compile(r",?\s+(Jr\.?|Sr\.?|II|III|IV)$")
# Words that no person is called by.
_OF_A_GROUP = re.compile(
    r"\b(and|association|authors|centre|center|collective|committee|community|company|contributors|council|department"
    r"|developers|for|foundation|group|inc|institute|limited|ltd|maintainers|ministry|network|of the|office|press"
    r"|project|society|team|the|union|university|und|et|gmbh|e\.\s?v|verein|verlag|éditions)\b|[&@/\d()]",
    re.IGNORECASE,
)
_ARTICLES = re.compile(r"(The|An?) (?=\S)")


def filed(name: str, language: str) -> str:
    """What a catalogue files a person's name under, as “Surname, Given”; '' where the name does not tell.

    A word like “van” or “de” belongs to the given names in lower case, and begins the surname otherwise.
    """
    main = language.lower().partition("-")[0]
    words = name.split()
    scripts = {unicodedata.name(sign, "").split(" ")[0].split("-")[0] for sign in name if sign.isalpha()}
    if "," in name or len(words) == 1 or not scripts.isdisjoint(_EAST_ASIAN) or main in _FAMILY_FIRST | _AS_SAID:
        return name
    if (main in _UNSURE and len(words) > 2) or not scripts.issubset(_SURNAMES_LAST) or _OF_A_GROUP.search(name):
        return ""
    generation = _GENERATION.search(name)
    bare = name[: generation.start()].split() if generation else words
    surname = len(bare) - 1
    while surname > 1 and bare[surname - 1] in _PARTICLES:
        surname -= 1
    if surname < 1:
        return name
    turned = f"{' '.join(bare[surname:])}, {' '.join(bare[:surname])}"
    return f"{turned}, {generation[1]}" if generation else turned


def title_filed(title: str, language: str) -> str:
    """What a title is filed under if not itself, else '': in English an article comes last."""
    article = _ARTICLES.match(title) if language.lower().partition("-")[0] == "en" else None
    rest = title[article.end() :] if article else ""
    return f"{rest[0].upper()}{rest[1:]}, {article[1]}" if article else ""


def isbn(written: str) -> str:
    """The thirteen figures of an ISBN (ISO 2108). Raises ValueError with what is wrong with it."""
    signs = re.sub(r"[\s‐-―-]", "", written).upper()
    if re.fullmatch(r"[0-9]{9}[0-9X]", signs):
        ten = [10 if sign == "X" else int(sign) for sign in signs]
        if sum(value * weight for value, weight in zip(ten, range(10, 0, -1), strict=True)) % 11:
            raise ValueError("its check digit does not fit the others")
        return f"978{signs[:9]}{_check_digit(f'978{signs[:9]}')}"
    if not re.fullmatch(r"97[89][0-9]{10}", signs):
        raise ValueError("it has neither thirteen figures that begin with 978 or 979, nor ten")
    if signs[-1] != _check_digit(signs[:-1]):
        raise ValueError("its check digit does not fit the others")
    return signs


def _check_digit(twelve: str) -> str:
    return str(-sum(int(figure) * (1, 3)[place % 2] for place, figure in enumerate(twelve)) % 10)


def term(subject: str) -> tuple[str, str, str]:
    """A subject, the authority whose term it is and the term's code, if it names them: `Gardens (LCSH sh85053123)`."""
    found = _TERM.fullmatch(subject)
    return (found[1], _AUTHORITIES[found[2].lower()], found[3]) if found else (subject, "", "")
