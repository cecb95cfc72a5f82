"""Checking the spelling of the piece that is edited, in its language and with its own words."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from threading import Lock

from tui.domain.readiness import Spot
from tui.domain.spelling import OFF, Dictionaries, NoDictionary, Spelling, misspelt
from tui.screens.name import NameScreen


class PieceSpelling:
    """Finds words that are in no dictionary; the writer adds words, and chooses the language."""

    def __init__(
        self, dictionaries: Dictionaries, spelling: Spelling, keep: Callable[[Spelling], None]
    ) -> None:
        """Check as `spelling` says; `keep` is given another choice once it is made."""
        self._dictionaries = dictionaries
        self._spelling = spelling
        self._keep = keep
        self._lock = Lock()
        """Held by the thread that looks words up."""
        self.problem = ""
        """Why no spelling is checked, as a sentence; empty where it is, or is not to be."""

    def spots(self, text: str) -> tuple[Spot, ...]:
        """Return the words of a text to look at; it may take long the first time."""
        spelling = self._spelling
        if spelling.language == OFF:
            self.problem = ""
            return ()
        with self._lock:
            try:
                dictionary = self._dictionaries.open(spelling.language)
            except NoDictionary as problem:
                self.problem = str(problem)
                return ()
            self.problem = ""
            return tuple(misspelt(text, dictionary, spelling.words))

    def add(self, word: str) -> None:
        """Take a word as right in this piece."""
        self._set(replace(self._spelling, words=self._spelling.words | {word}))

    def language_question(self) -> NameScreen:
        """Return the dialog that asks for the language of the piece."""
        return NameScreen(
            "Spelling of this piece",
            label=f"Language, such as en_GB; “{OFF}” for none; empty for the usual one",
            value=self._spelling.language,
            check=self._checked,
        )

    async def _checked(self, typed: str) -> str:
        """Take a language there is a dictionary of; raises `NoDictionary`."""
        language = typed.strip()
        if language.lower() == OFF:
            language = OFF
        elif language:
            await asyncio.to_thread(self._dictionaries.open, language)
        self._set(replace(self._spelling, language=language))
        return language

    def _set(self, spelling: Spelling) -> None:
        self._spelling = spelling
        self._keep(spelling)
