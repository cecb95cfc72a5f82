"""What can go wrong, as one tree; each message is a sentence for the person at the screen.

```
RedraftError                 refused or failed                       exit code 1
├── InvalidInput             what was typed cannot be used           exit code 2
├── NotFound                 no such content, branch, turn, version
├── Ambiguous                a short id or title that fits several
├── Refused                  a rule of the product forbids it
│   └── NewerDraft           a text was made from an older draft
├── FileInTheWay             a file that would be replaced exists already
├── LibraryProblem           the library cannot be read or written
│   ├── NewerSchema          written by a newer Redraft
│   └── ContentDamaged       a content's file cannot be read
└── AgentProblem             Claude cannot be reached
    ├── NotLoggedIn          no login and no key
    ├── MissingCli           the program that drives Claude is absent
    ├── SessionLost          Claude Code no longer has this session
    ├── SessionTaken         a new session's id is in use already
    └── StillAnswering       an answer nobody waits for is not complete yet
```
"""

from typing import ClassVar, Final

ANSWER_BROKEN: Final = (
    "The answer broke off inside Redraft; the log file has the details. Try again."
)


class RedraftError(Exception):
    """Any failure Redraft foresees; `str()` of it is a whole sentence: what, where, what to do."""

    exit_code: ClassVar[int] = 1


class InvalidInput(RedraftError):
    """What was typed cannot be used: an empty title, an empty prompt, an unknown choice."""

    exit_code: ClassVar[int] = 2


class NotFound(RedraftError):
    """A content, branch, turn or version that is not in the library."""


class Ambiguous(RedraftError):
    """A short id or a title that fits more than one content."""


class Refused(RedraftError):
    """An action that a rule of the product forbids, such as an illegal status move."""


class NewerDraft(Refused):
    """A text was made from a version that is not the draft any more."""


class FileInTheWay(RedraftError):
    """A file that would be replaced exists already, and nobody said that it may be."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} exists already: name another file, or replace it.")
        self.path = path
        """The file's whole path."""


class FolderMissing(RedraftError):
    """The folder of a file that is to be written does not exist."""

    def __init__(self, folder: str) -> None:
        super().__init__(f"The folder {folder} does not exist: make it, or name another one.")
        self.folder = folder
        """Its whole path."""


class LibraryProblem(RedraftError):
    """The library's folder or one of its files cannot be read or written."""


class NewerSchema(LibraryProblem):
    """A file written by a newer Redraft than this one: readable by that one only."""


class ContentDamaged(LibraryProblem):
    """A content's file that holds no readable content."""


class AgentProblem(RedraftError):
    """Claude cannot be reached: the connection could not be made or has gone."""


class NotLoggedIn(AgentProblem):
    """There is neither a Claude login nor a key on this machine."""


class MissingCli(AgentProblem):
    """The program that the SDK drives is not where its package should have put it."""


class SessionLost(AgentProblem):
    """Claude Code has no (readable) transcript of the session that was to be resumed."""


class SessionTaken(AgentProblem):
    """The id chosen for a new session belongs to a session that exists already."""


class StillAnswering(AgentProblem):
    """A Claude Code whose Redraft was killed still writes the answer that was asked for."""
