"""The dictionaries of this machine, and what is said where there is none."""

from types import SimpleNamespace
from typing import ClassVar

import pytest

from tui.dictionaries import EnchantDictionaries, usual_language
from tui.domain.spelling import NoDictionary


class _Missing(Exception):
    pass


class _Dict:
    made: ClassVar[list[str]] = []

    def __init__(self, name: str) -> None:
        if name not in ("en_GB", "de_CH"):
            raise _Missing
        self.made.append(name)
        self.asked: list[str] = []

    def check(self, word: str) -> bool:
        self.asked.append(word)
        return len(self.asked) == 1

    def suggest(self, word: str) -> list[str]:
        return [word + str(number) for number in range(9)]


ENCHANT = SimpleNamespace(
    Dict=_Dict, errors=SimpleNamespace(Error=_Missing), list_languages=lambda: ["en_GB", "de_CH"]
)


def test_a_dictionary_is_opened_once_and_a_word_is_asked_once() -> None:
    _Dict.made.clear()
    machine = EnchantDictionaries("en_GB", load=lambda: ENCHANT)
    dictionary = machine.open("")
    assert (dictionary.language, machine.open("en_GB")) == ("en_GB", dictionary)
    assert [dictionary.knows(word) for word in ("a", "a", "b", "a")] == [True, True, False, True]
    assert list(dictionary.near("x")) == ["x0", "x1", "x2", "x3", "x4"]
    assert machine.open("de_CH").language == "de_CH"
    assert (
        EnchantDictionaries(load=lambda: ENCHANT, usual=lambda: "de_CH").open("").language
        == "de_CH"
    )
    assert _Dict.made == ["en_GB", "de_CH", "de_CH"]


@pytest.mark.parametrize(
    "error",
    [ImportError("no C library"), OSError("of another processor"), AttributeError("too old")],
)
def test_what_is_missing_is_said_with_what_to_do(error: Exception) -> None:
    def no_library() -> object:
        raise error

    with pytest.raises(NoDictionary, match=r"Enchant is not on this machine\. Install it"):
        EnchantDictionaries(load=no_library).open("")
    with pytest.raises(
        NoDictionary, match="no dictionary “xx” on this machine; there are: de_CH, en_GB"
    ):
        EnchantDictionaries(load=lambda: ENCHANT).open("xx")


def test_a_language_that_nobody_speaks_has_no_dictionary_here_either() -> None:
    # With Enchant or without it.
    with pytest.raises(NoDictionary, match="Spelling is not checked"):
        EnchantDictionaries().open("xq_XQ")
    assert usual_language()
