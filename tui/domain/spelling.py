"""Misspelt words of a text: which words are looked up, and their positions."""

from collections.abc import Iterator, Sequence
from typing import Final, Protocol
from unicodedata import normalize

from tui.domain.errors import InvalidInput
from tui.domain.frozen import frozen
from tui.domain.markdown_looks import code_lines
from tui.domain.patterns import late_pattern
from tui.domain.readiness import Spot
from tui.domain.words import MARK

OFF: Final = "off"
"""The language value that turns spelling off."""
MOST: Final = 200
"""Maximum number of misspelt words reported."""
_FEW: Final = 30
"""Maximum length in words of a text whose language is not judged by its unknown words."""
_PROPOSED: Final = 3
_LONGEST: Final = 60
"""Maximum length of a word that is looked up."""

_WORD: Final = late_pattern(rf"[^\W\d_](?:[\w{MARK}’'-]*(?:[^\W_]|[{MARK}]))?")
"""A letter and what follows it; accents may stand as characters of their own."""
_SOFT_HYPHEN: Final = "\u00ad"
"""Marks where a word may be broken at the end of a line; dictionaries do not have it."""
_NO_PROSE: Final = late_pattern(
    r"(?P<code>(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))"
    r"|(?<=\])\([^()\n]*+(?:\([^()\n]*+\)[^()\n]*+)*+\)|(?<=\])\[[^\]\n]*\]|^ {0,3}\[[^\]\n]+\]:.*$"
    r"|<[^<>\n]+>|&\w+;|(?<![\w.+-])[\w.+-]+@[\w-]+\.\w+|[@#]\w+|(?:https?://|www\.)\S+"
    r"|(?<![\w~.-])[\w~.-]*[/\\][\w/\\.~-]+|\b\w+(?:\.\w{1,5}){1,9}+\b(?=[\s,;:)]|$)"
)
"""Text that is not looked up: code, targets of links, tags, addresses, names of files.

The quantifiers are possessive: with backtracking, a long run of signs would take minutes.
"""


class Dictionary(Protocol):
    """The words of one language; used by one thread at a time."""

    language: str

    def knows(self, word: str) -> bool:
        """Whether the dictionary has a word."""
        ...

    def near(self, word: str) -> Sequence[str]:
        """Return suggestions, the most likely first; takes up to 0.1 s."""
        ...


class Dictionaries(Protocol):
    """The dictionaries on this machine."""

    def open(self, language: str) -> Dictionary:
        """Return the dictionary of a language, such as `en_GB`; empty for the usual language.

        Reads files. Raises `NoDictionary`, whose sentence says what to install.
        """
        ...


class NoDictionary(InvalidInput):
    """This machine has no dictionary of a language, or no dictionaries at all."""


class NoDictionaries:
    """A machine without any dictionary."""

    def open(self, language: str) -> Dictionary:  # noqa: ARG002
        """Raise `NoDictionary`."""
        raise NoDictionary("Spelling is not checked: there is no dictionary here.")


NO_DICTIONARIES: Final = NoDictionaries()


@frozen
class Spelling:
    """The spelling settings of one piece."""

    language: str = ""
    """Such as `en_GB`; empty for the language in the settings, `OFF` for no spelling."""
    words: frozenset[str] = frozenset()
    """Names and words that count as correct in this piece."""


AS_USUAL: Final = Spelling()


def misspelt(text: str, dictionary: Dictionary, words: frozenset[str]) -> Iterator[Spot]:
    """Yield the words of a text that neither the dictionary nor the piece knows, in order.

    For a text of mostly unknown words, only a remark is yielded: it is in another language.
    """
    every = [*words_of_prose(text)]
    unknown = [
        one
        for one in every
        if one[2] not in words and not dictionary.knows(normalize("NFC", one[2]))
    ]
    if len(every) > _FEW and len(unknown) > len(every) / 2:
        yield Spot(
            f"Most words are not in the dictionary {dictionary.language}: choose the language of "
            "this piece."
        )
        return
    for line, start, word, end in unknown[:MOST]:
        near = ", ".join(f"“{one}”" for one in dictionary.near(word)[:_PROPOSED])
        meant = f" Near it: {near}." if near else ""
        sentence = f"“{word}” is not in the dictionary {dictionary.language}.{meant}"
        yield Spot(sentence, line, start, word, end)


def words_of_prose(text: str) -> Iterator[tuple[int, int, str, int]]:
    """Yield each word to look up: its line from 1, its first column from 0, the word, its end.

    The word has straight apostrophes and no soft hyphens. Not yielded are code, links, addresses,
    names of files, words in capitals and words with digits.
    """
    lines = text.split("\n")
    for number, (line, is_code) in enumerate(zip(lines, code_lines(lines), strict=True), start=1):
        if is_code:
            continue
        prose = _NO_PROSE.sub(lambda found: " " * len(found[0]), line)
        for found in _WORD.finditer(prose):
            word = found[0].replace("’", "'").replace(_SOFT_HYPHEN, "")
            before = prose[found.start() - 1 : found.start()]
            is_part = before.isdigit() or any(map(str.isdigit, word))
            if len(word) > 1 and len(word) <= _LONGEST and not word.isupper() and not is_part:
                yield number, found.start(), word, found.end()
