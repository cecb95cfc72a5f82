"""Tools that Claude may use: sources and the web; with wording for tool uses and questions."""

import re
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from tui.domain.frozen import frozen

FILE_TOOLS: Final = ("Read", "Glob", "Grep")
"""Tools that work in a content's sources, and nowhere else."""
WEB_TOOLS: Final = ("WebSearch", "WebFetch")
"""Tools that reach the web and need permission each time."""
SEARCH_SERVICE: Final = "the search service of the API"
"""The destination of a web search, whose hosts are not known beforehand."""

_RULE: Final = re.compile(r"(\w+)(?:\((?:domain:)?(.+)\))?")
_LONGEST_NAME: Final = 32
"""Maximum length in characters of a brief subject."""
_VERBS: Final = {
    "Read": ("read", "reading"),
    "Glob": ("listed", "listing"),
    "Grep": ("looked for", "looking for"),
    "WebSearch": ("searched the web for", "searching the web for"),
    "WebFetch": ("fetched", "fetching"),
}
"""By tool name: the verb for a finished use, and for a running one."""
_BRIEF_VERBS: Final = {"WebSearch": ("searched", "searching")}
"""The same in fewer words."""


@frozen
class Access:
    """What Claude may use in a turn; by default nothing but text."""

    sources: tuple[str, ...] = ()
    """Absolute paths of folders and files that Claude may read and search, recursively."""
    has_web: bool = False
    """Whether Claude may ask for permission to search the web and fetch pages."""
    rules: tuple[str, ...] = ()
    """Standing permissions for the web, in the form of `Question.rule`."""

    @property
    def tools(self) -> tuple[str, ...]:
        """Names of the tools that Claude is offered."""
        return (FILE_TOOLS if self.sources else ()) + (WEB_TOOLS if self.has_web else ())


NO_ACCESS: Final = Access()
"""No access: only text."""


class ToolState(StrEnum):
    """The state of a tool use."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNFINISHED = "unfinished"
    """The turn was stopped, or ended, before the tool was done."""
    REFUSED = "refused"
    """Refused by the writer, or because Claude may read only the sources."""


@frozen
class ToolUse:
    """One thing Claude read, searched or fetched in a turn."""

    id: str
    name: str
    """Name of the tool, such as `Read`."""
    subject: str
    """The subject of the tool use: a path, a pattern with its folder, a query, an address."""
    at: int = 0
    """The offset in the turn's reply at which the tool was used."""
    state: ToolState = ToolState.RUNNING
    result: str = ""
    """The result, cut to a readable length; the reason after a failure or refusal."""


@frozen
class Question:
    """A question whether Claude may use a tool; the answer is a `Decision`."""

    id: str
    tool: str
    subject: str
    """The complete query or address."""
    detail: str = ""
    """Further details, such as what Claude wants to know from a page."""
    place: str = ""
    """The destination: the host of an address."""
    rule: str = ""
    """The rule that a permission for the branch adds, such as `WebFetch(example.org)`."""


class Decision(StrEnum):
    """A writer's answer to a question."""

    ALLOW = "allow"
    ALLOW_ON_BRANCH = "allow_on_branch"
    REFUSE = "refuse"
    REFUSE_AND_STOP = "refuse_and_stop"


# -- in words ------------------------------------------------------------------------------------


def describe_use(use: ToolUse) -> str:
    """Return the use of a tool in words, with its full subject."""
    subject = f"“{use.subject}”" if use.name == "WebSearch" else use.subject
    return _described(use.state, _VERBS.get(use.name) or _other(use.name), subject)


def describe_use_briefly(use: ToolUse, others: int = 0) -> str:
    """Return the use of a tool in words, with a short subject and the number of similar uses."""
    verbs = _BRIEF_VERBS.get(use.name) or _VERBS.get(use.name) or _other(_cut(use.name))
    more = f" and {others} more" if others else ""
    return _described(use.state, verbs, brief_subject(use) + more)


def brief_subject(use: ToolUse) -> str:
    """Return a short subject of a tool use: a file, a pattern, a query or a host."""
    subject = use.subject
    match use.name:
        case "Read":
            return _cut(subject.rstrip("/\\").replace("\\", "/").rpartition("/")[2] or subject)
        case "Glob" | "Grep":
            pattern, _, folder = subject.rpartition(" in ")
            return f"“{_cut(pattern if pattern and '/' in folder else subject)}”"
        case "WebSearch":
            return f"“{_cut(subject)}”"
        case "WebFetch":
            return _cut(_host(subject))
        case _:
            return _cut(subject)


def _described(state: ToolState, verbs: tuple[str, str], subject: str) -> str:
    did, does = verbs
    match state:
        case ToolState.DONE:
            return f"{did} {subject}".rstrip()
        case ToolState.RUNNING:
            return f"{does} {subject}".rstrip() + "…"
        case ToolState.FAILED:
            return f"failed: {does} {subject}".rstrip()
        case ToolState.UNFINISHED:
            return f"not finished: {does} {subject}".rstrip()
        case ToolState.REFUSED:
            return f"was refused: {does} {subject}".rstrip()


def _other(name: str) -> tuple[str, str]:
    return f"used {name}", f"using {name}"


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or address
    except ValueError:
        return address


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1].rstrip() + "…"


def describe_question(question: Question) -> str:
    """Return a question in words, as they follow “Claude asks to”."""
    match question.tool:
        case "WebSearch":
            return f"search the web for “{question.subject}”"
        case "WebFetch":
            return f"fetch {question.subject}"
        case tool:
            return f"use {tool} on “{question.subject}”"


def destination(question: Question) -> str:
    """Return the destination of a tool use that Claude asks about; empty when unknown."""
    if question.place:
        return question.place
    return SEARCH_SERVICE if question.tool == "WebSearch" else ""


def describe_rule(rule: str) -> str:
    """Return what a rule allows, such as `web searches` or `pages of example.org`."""
    match = _RULE.fullmatch(rule)
    if match is None:
        return rule
    match match[1], match[2]:
        case "WebSearch", None:
            return "web searches"
        case "WebFetch", None:
            return "all web pages"
        case "WebFetch", str(host):
            return f"pages of {host}"
        case _:
            return rule
