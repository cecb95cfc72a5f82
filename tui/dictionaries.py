"""The dictionaries on this machine, through Enchant: Hunspell's, Aspell's, the system's."""

import locale
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

from tui.domain.spelling import Dictionary, NoDictionary

_LIKELIEST: Final = 5
_USUAL: Final = "en_US"
_NO_ENCHANT: Final = (
    "Spelling is not checked: Enchant is not on this machine. Install it with a dictionary, for "
    "example the packages libenchant-2-2 and hunspell-en-us."
)


def load_enchant() -> Any:  # noqa: ANN401 - it has no types of its own
    """Import Enchant, which looks for its C library; raises ImportError without that."""
    return import_module("enchant")


def usual_language() -> str:
    """Return the language of the person's locale, such as `de_CH`; `en_US` where it has none."""
    name = (locale.getlocale()[0] or "").partition(".")[0]
    return name if name not in ("", "C", "POSIX") else _USUAL


class EnchantDictionaries:
    """Opens each dictionary once, when it is first asked for."""

    def __init__(
        self,
        language: str = "",
        *,
        load: Callable[[], Any] = load_enchant,
        usual: Callable[[], str] = usual_language,
    ) -> None:
        """Take `language` as the usual one; that of the locale where it is empty."""
        self._language = language
        self._load = load
        self._usual = usual
        self._open: dict[str, Dictionary] = {}

    def open(self, language: str) -> Dictionary:
        """Return the dictionary of a language; raises `NoDictionary`."""
        name = language or self._language or self._usual()
        if name not in self._open:
            try:
                enchant = self._load()
            except (ImportError, OSError, AttributeError):
                # It is not there; it is made for another processor; it lacks a function.
                raise NoDictionary(_NO_ENCHANT) from None
            try:
                self._open[name] = _Enchanted(name, enchant.Dict(name))
            except enchant.errors.Error:
                known = ", ".join(sorted(enchant.list_languages())) or "none"
                raise NoDictionary(
                    f"Spelling is not checked: there is no dictionary “{name}” on this machine; "
                    f"there are: {known}."
                ) from None
        return self._open[name]


class _Enchanted:
    """A dictionary of Enchant that remembers what it was asked."""

    def __init__(self, language: str, words: Any) -> None:  # noqa: ANN401
        self.language = language
        self.knows = lru_cache(maxsize=50_000)(lambda word: bool(words.check(word)))
        self.near = lru_cache(maxsize=2_000)(lambda word: _near(words, word))


def _near(words: Any, word: str) -> Sequence[str]:  # noqa: ANN401
    return tuple(words.suggest(word)[:_LIKELIEST])
