"""What Claude may use beside words: sources and the web, and the questions it asks first."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

FILE_TOOLS: Final = ("Read", "Glob", "Grep")
"""Tools that work in a content's sources, and nowhere else."""
WEB_TOOLS: Final = ("WebSearch", "WebFetch")
"""Tools that reach the web, and ask each time."""


@dataclass(frozen=True, slots=True)
class Access:
    """What Claude may use in a turn; by default nothing but words."""

    sources: tuple[str, ...] = ()
    """Absolute paths of folders and files it may read and search, with all that is in them."""
    has_web: bool = False
    """Whether it may ask to search the web and to fetch pages."""
    rules: tuple[str, ...] = ()
    """What it may do on the web without asking again, as `Question.rule` says it."""

    @property
    def tools(self) -> tuple[str, ...]:
        """Names of the tools that Claude is offered."""
        return (FILE_TOOLS if self.sources else ()) + (WEB_TOOLS if self.has_web else ())


NO_ACCESS: Final = Access()
"""Nothing but words."""


class ToolState(StrEnum):
    """How far the use of a tool has come."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNFINISHED = "unfinished"
    """Its turn was stopped, or ended, before the tool was done."""
    REFUSED = "refused"
    """The writer, or the rule that Claude reads in the sources only, did not let it."""


@dataclass(frozen=True, slots=True)
class ToolUse:
    """One thing Claude read, searched or fetched in a turn."""

    id: str
    name: str
    """Name of the tool, such as `Read`."""
    subject: str
    """What it was used on: a path, a pattern with its folder, a query, an address."""
    at: int = 0
    """Characters of the turn's reply before it."""
    state: ToolState = ToolState.RUNNING
    result: str = ""
    """What came back, cut to a readable length; why not, when it failed or was refused."""


@dataclass(frozen=True, slots=True)
class Question:
    """Claude wants to use a tool that asks first; the answer is a `Decision`."""

    id: str
    tool: str
    subject: str
    """Exactly what: the whole query or address."""
    detail: str = ""
    """What else it says, such as what it wants to know of a page."""
    place: str = ""
    """Where it goes: the host of an address."""
    rule: str = ""
    """What allowing it for the branch allows, such as `WebFetch(example.org)`."""


class Decision(StrEnum):
    """A writer's answer to a question."""

    ALLOW = "allow"
    ALLOW_ON_BRANCH = "allow_on_branch"
    REFUSE = "refuse"
    REFUSE_AND_STOP = "refuse_and_stop"
