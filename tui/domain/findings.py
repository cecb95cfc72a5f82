"""What a look at the things that Redraft needs has found."""

from typing import Final

from tui.domain.frozen import frozen

FIX: Final = "`redraft doctor --fix`"
"""What a sentence names that says how something can be mended."""


@frozen
class Finding:
    """One thing that was looked at."""

    name: str
    """Stable: settings, library, contents, index, texts, trash, transcripts, locks, leftovers,
    space, permissions, cli, contract or login; a name may come more than once."""
    is_fine: bool
    sentence: str


def mended(finding: Finding) -> Finding:
    """Return what is said of something that was wrong and is so no more."""
    problem, advice, _ = finding.sentence.partition(f": {FIX}")
    return Finding(finding.name, True, f"Mended: {problem}." if advice else f"Mended: {problem}")
