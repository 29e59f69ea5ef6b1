"""Scripts: which way a language is written, how broad its signs are, and the families that draw what others lack.

A book gets those families alone that its text needs, out of packages that need not be here (`postpress[scripts]`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from unicodedata import category, east_asian_width, name

from msgspec import Struct

RTL, LTR = "rtl", "ltr"
# Unicode CLDR, layout.json: languages written to the left. A script in the tag says more than the language.
_TO_THE_LEFT = frozenset(
    ["ar", "arc", "ckb", "dv", "fa", "glk", "he", "ks", "lrc", "mzn", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"]
)
_SCRIPTS_TO_THE_LEFT = frozenset(["adlm", "arab", "aran", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"])
# Without a space between words a line may end nearly anywhere (UAX 14).
_UNSPACED = frozenset(["ja", "zh", "yue", "th", "lo", "km", "my", "bo"])
# Their own families set western letters too: quotes, dashes and dots are as broad as their signs.
_FIRST = frozenset(["ja", "zh", "yue"])


def direction(language: str) -> str:
    """`rtl` or `ltr`, of a BCP 47 tag."""
    main, *parts = language.lower().split("-")
    script = next((part for part in parts if len(part) == 4 and part.isalpha()), "")
    if script:
        return RTL if script in _SCRIPTS_TO_THE_LEFT else LTR
    return RTL if main in _TO_THE_LEFT else LTR


def attributes(language: str, *, whole: bool = False) -> str:
    """What an XHTML element of a language says of it: lang, xml:lang, dir. Tags have no sign that wants escaping.

    A `whole` document is written to the right unless it says otherwise.
    """
    towards = "" if whole and direction(language) == LTR else f' dir="{direction(language)}"'
    return f'lang="{language}" xml:lang="{language}"{towards}'


def is_traditional(language: str) -> bool:
    """Whether a Chinese language is written in traditional characters."""
    main, *parts = language.lower().split("-")
    return main == "zh" and not {"hant", "tw", "hk", "mo"}.isdisjoint(parts)


def is_unspaced(language: str) -> bool:
    """Whether a language is written without spaces between words."""
    return language.lower().split("-")[0] in _UNSPACED


def breadth(text: str) -> int:
    """How much room a text takes, in characters of the Latin alphabet: Chinese, Japanese and Korean signs take two."""
    return len(text) if text.isascii() else sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


# Signs that a line may end after or begin with, without a space: Han, kana, bopomofo, Yi, their marks and broad forms.
DENSE = (
    "\u2e80-\u312f\u3190-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff9f\uffe0-\uffe6"
    "\U0001b000-\U0001b2ff\U00020000-\U0003ffff"
)
_NOT_FIRST = "、。，．・：；？！ー〜～）］｝〉》」』】〕〗’”々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ…‥"
_NOT_LAST = "（［｛〈《「『【〔〖‘“"
_PIECE = re.compile(rf"[{_NOT_LAST}]*(?:[{DENSE}]|[^\s{DENSE}]+)[{_NOT_FIRST}]*\s*|\S+\s*")


def pieces(text: str) -> list[str]:
    """A text parted where a line may end, roughly: words, and the signs of languages that need no spaces.

    White space stands at the end of a piece, one space for any.
    """
    folded = " ".join(text.split())
    if not re.search(f"[{DENSE}]", folded):
        return re.findall(r"\S+ ?", folded)
    return _PIECE.findall(folded)


# Devanagari to Myanmar, Khmer, and what is like them.
_COMPLEX = re.compile("[\u0900-\u109f\u1700-\u18af\u1900-\u1cff\ua800-\uabff\U00011000-\U00011fff]")


def is_complex(text: str) -> bool:
    """Whether glyphs of a text do not follow each other as its characters do."""
    return not text.isascii() and _COMPLEX.search(text) is not None


class Supply(Struct, frozen=True):
    """Families for a script: one for running text, one to stand beside a sans serif (it may be the same).

    `words` are what the Unicode names of its characters begin with; none for any character. Of a face `bold` is the
    file that is set for bold, '' where the font is variable or has one weight.
    """

    package: str  # on PyPI
    module: str
    words: tuple[str, ...]
    text: str
    sans: str
    files: tuple[tuple[str, str, str], ...]  # (family, file, bold)
    languages: tuple[str, ...] = ()  # that have it before others of the same characters


def _pair(code: str, words: str, text: str, sans: str) -> Supply:
    """The variable fonts of a package of pylopdf's."""
    files = tuple((family, f"{family.replace(' ', '')}-Variable.ttf", "") for family in (text, sans))
    return Supply(f"pylopdf-fonts-{code}", f"pylopdf_fonts_{code}", tuple(words.split()), text, sans, files)


def _east(code: str, region: str, languages: str) -> Supply:
    """Chinese, Japanese, Korean: one weight, so that bold is the sans serif, as it is in their books anyway."""
    text, sans = f"Noto Serif {region}", f"Noto Sans {region}"
    serif_file, sans_file = f"NotoSerif{region}-Regular.otf", f"NotoSans{region}-Regular.otf"
    files = ((text, serif_file, sans_file), (sans, sans_file, ""))
    words = "CJK HIRAGANA KATAKANA HANGUL IDEOGRAPHIC FULLWIDTH HALFWIDTH BOPOMOFO KANGXI"
    package = f"pylopdf-fonts-{code}"
    module = package.replace("-", "_")
    return Supply(package, module, tuple(words.split()), text, sans, files, tuple(languages.split()))


def _more(family: str, *words: str) -> Supply:
    file = f"{family.replace(' ', '')}[wght].ttf"
    return Supply("manimgx-fonts", "manimgx_fonts", words, family, family, ((family, file, ""),))


# In order: what the first has, the others are not asked for.
SUPPLIES: tuple[Supply, ...] = (
    # Of Noto's Arabic families the dots of letters are glyphs of their own: what is copied is not what the page says.
    Supply(
        *("fontpkg-amiri", "fontpkg_amiri", ("ARABIC",), "Amiri", "Amiri"),
        (("Amiri", "files/Amiri-Regular.ttf", "files/Amiri-Bold.ttf"),),
    ),
    _pair("he", "HEBREW", "Noto Serif Hebrew", "Noto Sans Hebrew"),
    _pair("hi", "DEVANAGARI", "Noto Serif Devanagari", "Noto Sans Devanagari"),
    _pair("th", "THAI", "Noto Serif Thai", "Noto Sans Thai"),
    _east("jp", "JP", "ja"),
    _east("zh-cn", "SC", "zh yue zh-cn zh-sg zh-hans"),
    _east("zh-tw", "TC", "zh-tw zh-hk zh-mo zh-hant"),
    _east("ko", "KR", "ko"),
    *(
        _more(f"Noto Sans {script}", script.upper())
        for script in (
            *("Armenian", "Bengali", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Kannada", "Khmer", "Lao"),
            *("Malayalam", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu"),
        )
    ),
    # These two come with what formulas are drawn by.
    Supply(
        *("ziamath", "ziamath", (), "STIX Two Math", "STIX Two Math"),
        (("STIX Two Math", "fonts/STIXTwoMath-Regular.ttf", ""),),
    ),
    _more("Noto Sans"),
    _more("Noto Emoji"),
    Supply(*("ziafont", "ziafont", (), "DejaVu Sans", "DejaVu Sans"), (("DejaVu Sans", "fonts/DejaVuSans.ttf", ""),)),
    _more("Noto Sans Symbols"),
)
PACKAGES = tuple(dict.fromkeys(supply.package for supply in SUPPLIES))
_NAMED = frozenset(word for supply in SUPPLIES for word in supply.words)


@cache
def supplied() -> dict[str, Supply]:
    """Family → what supplies it. A family of two supplies has one file."""
    return {family: supply for supply in reversed(SUPPLIES) for family, _, _ in supply.files}


def for_characters(characters: Iterable[str], languages: Iterable[str]) -> list[tuple[Supply, set[str]]]:
    """The supplies that may draw some characters, each with those; `languages` have theirs first."""
    by_word: dict[str, set[str]] = {}
    for sign in characters:
        # Brackets of Chinese and Japanese are named as if they were anyone's.
        word = "CJK" if "\u3000" <= sign <= "\u303f" else name(sign, "").split(" ")[0].split("-")[0]
        by_word.setdefault(word if word in _NAMED else "", set()).add(sign)
    found = []
    for supply in _ordered(languages):
        theirs: set[str] = set().union(*(by_word.get(word, set()) for word in supply.words or ("",)))
        if theirs:
            found.append((supply, theirs))
    return found


def _ordered(languages: Iterable[str]) -> list[Supply]:
    theirs = [supply for tag in languages if (supply := of_language(tag))]
    wanted = {id(supply): -place for place, supply in enumerate(reversed(theirs), 1)}
    return sorted(SUPPLIES, key=lambda supply: wanted.get(id(supply), 0))


def of_language(tag: str) -> Supply | None:
    """The supply that a language has before others of the same characters; None for most languages."""
    parts = tag.lower().split("-")
    for size in range(min(len(parts), 3), 0, -1):
        for form in ("-".join(parts[:size]), f"{parts[0]}-{parts[size - 1]}"):
            for supply in SUPPLIES:
                if form in supply.languages:
                    return supply
    return None


def leads(tag: str) -> Supply | None:
    """The supply whose families stand before the edition's own in texts of a language."""
    return of_language(tag) if tag.lower().split("-")[0] in _FIRST else None


def is_mark(sign: str) -> bool:
    """Whether a character chooses a form of the one before it, and is nothing where there is none to choose."""
    return category(sign) == "Mn" and name(sign, "").startswith("VARIATION SELECTOR")
