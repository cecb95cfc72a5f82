"""What can go wrong, as one tree; each message is a sentence for the person at the screen.

```
RedraftError                 refused or failed                       exit code 1
├── InvalidInput             what was typed cannot be used           exit code 2
│   └── NoDictionary         a language without a dictionary here, of `tui.domain.spelling`
├── NotFound                 no such content, branch, turn, version
├── Ambiguous                a short id or title that fits several
├── Refused                  a rule of the product forbids it
│   └── NewerDraft           a text was made from an older draft
├── FileInTheWay             a file that would be replaced exists already
├── FolderMissing            the folder of a file to write does not exist
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
    """The version that a text is based on is no longer the draft."""


class FileInTheWay(RedraftError):
    """The file exists and may not be replaced without confirmation."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} exists already: name another file, or replace it.")
        self.path = path
        """The file's whole path."""


class FolderMissing(RedraftError):
    """The folder of the file to write does not exist."""

    def __init__(self, folder: str) -> None:
        super().__init__(f"The folder {folder} does not exist: make it, or name another one.")
        self.folder = folder
        """The folder's full path."""


class LibraryProblem(RedraftError):
    """The library's folder or one of its files cannot be read or written."""


class NewerSchema(LibraryProblem):
    """A file written by a newer Redraft than this one: readable by that one only."""


class ContentDamaged(LibraryProblem):
    """A content's file that holds no readable content."""


class AgentProblem(RedraftError):
    """Claude cannot be reached: connecting failed, or the connection was lost."""


class NotLoggedIn(AgentProblem):
    """This machine has neither a Claude login nor an API key."""


class MissingCli(AgentProblem):
    """The CLI is not where the SDK's package should have installed it."""


class SessionLost(AgentProblem):
    """Claude Code has no readable transcript of the session to resume."""


class SessionTaken(AgentProblem):
    """The id chosen for a new session is already in use."""


class StillAnswering(AgentProblem):
    """A CLI whose Redraft was killed is still writing the requested answer."""
