"""Finding and replacing in a text: words as they are typed, or a pattern between two slashes.

Capital letters count only where some are typed. Patterns are those of the `regex` library, which
ends one that would take for ever.
"""

from typing import Final

import regex

from tui.domain.editing import Edit
from tui.domain.errors import InvalidInput
from tui.domain.frozen import frozen

LIMIT: Final = 10_000
"""Maximum number of matches that are looked for."""
_SECONDS: Final = 0.2
"""Timeout in seconds for a pattern."""
_TOO_LONG: Final = "This pattern takes too long on this text. Make it simpler."

Span = tuple[int, int]
"""Where a match begins and ends, in characters from the start of the text."""


@frozen
class Finder:
    """A search in a text."""

    pattern: "regex.Pattern[str]"
    is_pattern: bool
    """Whether the writer typed a pattern; its groups can be named in what replaces a match."""

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return where the matches are, at most `LIMIT`; an empty match is none.

        Raises `InvalidInput` for a pattern that takes too long.
        """
        found: list[Span] = []
        try:
            for match in self.pattern.finditer(text, timeout=_SECONDS):
                if match.end() > match.start():
                    found.append(match.span())
                if len(found) == LIMIT:
                    break
        except TimeoutError as error:
            raise InvalidInput(_TOO_LONG) from error
        return tuple(found)

    def replacement(self, text: str, span: Span, typed: str) -> str:
        """Return what stands in place of one match; raises `InvalidInput` for an unknown group."""
        if not self.is_pattern:
            return typed
        match = self.pattern.match(text, span[0], timeout=_SECONDS)
        if match is None or match.span() != span:
            return typed
        try:
            return match.expand(typed)
        except (regex.error, IndexError) as error:
            raise InvalidInput(f"“{typed}” cannot replace a match: {error}.") from error

    def replaced(self, text: str, typed: str, at: int = 0) -> tuple[Edit, int]:
        """Return the edit that replaces every match, and how many there are.

        The cursor stays `at` the same place between the words, behind a match that it is in.
        """
        spans = self.spans(text)
        first = last = spans[0][0] if spans else at
        made, cursor = "", at
        for start, end in spans:
            made += text[last:start] + self.replacement(text, (start, end), typed)
            last = end
            if start < at:
                cursor = first + len(made) + max(0, at - end)
        return Edit(first, last, made, cursor, cursor), len(spans)


def finder(typed: str) -> Finder:
    """Return what finds the words that were typed, or the pattern in `/pattern/`.

    Raises `InvalidInput` for a pattern that cannot be read.
    """
    is_pattern = len(typed) > 2 and typed[0] == typed[-1] == "/"
    wanted = typed[1:-1] if is_pattern else regex.escape(typed)
    flags = regex.MULTILINE | (regex.IGNORECASE if typed == typed.lower() else 0)
    try:
        return Finder(regex.compile(wanted, flags), is_pattern)
    except regex.error as error:
        raise InvalidInput(f"This pattern cannot be read: {error}.") from error
