"""What the chat pane is given: plain values, one per message."""

from enum import StrEnum

from tui.domain.frozen import frozen


class Role(StrEnum):
    """Who speaks in an item, which decides how it looks."""

    YOU = "you"
    CLAUDE = "claude"
    DRAFT = "draft"
    NOTE = "note"
    ERROR = "error"
    TOOL = "tool"
    """What Claude used: one line, which unfolds to its details."""


MARKDOWN_ROLES = frozenset({Role.CLAUDE, Role.DRAFT})
"""The roles whose body is Markdown; the others are plain text with their line breaks kept."""


@frozen
class Detail:
    """One thing in a folded line. All text in it is untrusted."""

    line: str
    """What the tool was used for, in full."""
    below: str = ""
    """The result; its first rows are shown."""


@frozen
class ChatItem:
    """One message, note, error or draft of a conversation. All text in it is untrusted."""

    key: str
    """Unique in the conversation, and the same while the item grows."""
    turn: int
    """1-based number of the turn along the branch; 0 before any. Never falls from item to item."""
    role: Role
    heading: str
    """Plain text, one line; may be empty."""
    body: str
    """Markdown for Claude and drafts, plain text for the rest."""
    is_open: bool = False
    """Still being written."""
    is_cut_off: bool = False
    """A draft whose end never came; what stands below it says why."""
    details: tuple[Detail, ...] = ()
    """For a tool, what is shown in place of the body when it is unfolded."""
    is_unfolded: bool = False
    """Whether the item is shown unfolded: set by the pane, which is given folded items."""


@frozen
class ChatView:
    """What the pane shows: the items of one conversation."""

    key: str
    """Names the conversation; another key is another conversation, shown from its end."""
    items: tuple[ChatItem, ...] = ()
    """In order. Those that did not change are best the same objects as before."""
    marks: tuple[str, ...] = ()
    """Words that are marked wherever they stand, in their search form."""

    def changed_from(self, before: "ChatView") -> int | None:
        """Return the turn from which on this differs from `before`; None when nothing does."""
        old, new = before.items, self.items
        for index, item in enumerate(new):
            if index >= len(old):
                return item.turn
            other = old[index]
            if item is not other and item != other:
                return min(item.turn, other.turn)
        return old[len(new)].turn if len(old) > len(new) else None
