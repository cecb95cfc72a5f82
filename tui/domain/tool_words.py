"""What Claude used, told in a few words: “read notes.md”, “searching the web for “tea””."""

from typing import Final
from urllib.parse import urlsplit

from tui.domain.tools import ToolState, ToolUse

_LONGEST_NAME: Final = 32
"""Characters of a subject where it is told briefly."""
_VERBS: Final = {
    "Read": ("read", "reading"),
    "Glob": ("listed", "listing"),
    "Grep": ("looked for", "looking for"),
    "WebSearch": ("searched the web for", "searching the web for"),
    "WebFetch": ("fetched", "fetching"),
}
"""By the tool's name: what it did, and what it does."""
_BRIEF_VERBS: Final = {"WebSearch": ("searched", "searching")}
"""The same where few words must do."""


def told(use: ToolUse) -> str:
    """Return what became of the use of a tool, with all it was used on."""
    subject = f"“{use.subject}”" if use.name == "WebSearch" else use.subject
    return _told(use.state, _VERBS.get(use.name) or _other(use.name), subject)


def told_briefly(use: ToolUse, others: int = 0) -> str:
    """Return the same with a short name for the subject, and for how many others it stands."""
    verbs = _BRIEF_VERBS.get(use.name) or _VERBS.get(use.name) or _other(_cut(use.name))
    more = f" and {others} more" if others else ""
    return _told(use.state, verbs, brief_subject(use) + more)


def brief_subject(use: ToolUse) -> str:
    """Return a name for what a tool was used on: a file, a pattern, a query or a host."""
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


def sentence(text: str) -> str:
    """Return a text with its first letter large."""
    return text[:1].upper() + text[1:]


def _told(state: ToolState, verbs: tuple[str, str], subject: str) -> str:
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
