"""The results of checking what Redraft needs."""

from typing import Final

from tui.domain.frozen import frozen

FIX: Final = "`redraft doctor --fix`"
"""The command that mends a library, as sentences name it."""


@frozen
class Finding:
    """The result of checking one thing."""

    name: str
    """Stable: settings, library, contents, index, texts, trash, transcripts, locks, leftovers,
    space, permissions, cli, contract or login; a name may come more than once."""
    is_fine: bool
    found: str
    """What was found, in whole sentences; also what to do, where only the writer can do it."""
    fix: str = ""
    """What the command `FIX` does about it, as a sentence; empty where it does nothing."""

    @property
    def sentence(self) -> str:
        """What is shown: what was found, and what the command does about it."""
        return f"{self.found} {self.fix}".rstrip()


def mended(finding: Finding) -> Finding:
    """Return the finding for a problem that has been mended."""
    return Finding(finding.name, True, f"Mended: {finding.found}")
