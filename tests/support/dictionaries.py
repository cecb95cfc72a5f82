"""Dictionaries of a few words, for tests that need none on the machine."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from tui.domain.spelling import NoDictionary


class Words:
    """A dictionary of a few words."""

    def __init__(
        self,
        words: Iterable[str],
        *,
        language: str = "en_US",
        near: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        self.language = language
        self._words = frozenset(words)
        self._near = near

    def knows(self, word: str) -> bool:
        return word in self._words

    def near(self, word: str) -> Sequence[str]:
        return self._near.get(word, ())


class Dictionaries:
    """Dictionaries by language."""

    def __init__(self, by_language: Mapping[str, Words]) -> None:
        self.by_language = dict(by_language)

    def open(self, language: str) -> Words:
        if language not in self.by_language:
            raise NoDictionary(f"Spelling: there is no dictionary {language}.")
        return self.by_language[language]
