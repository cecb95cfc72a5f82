"""Messages that cross widgets and screens."""

from textual.message import Message

from tui.domain.events import Event, Outcome
from tui.domain.ids import BranchId, ContentId


class TurnHappened(Message):
    """Something happened in a turn of a branch, whether it is on screen or not."""

    def __init__(self, content_id: ContentId, branch_id: BranchId, event: Event) -> None:
        super().__init__()
        self.content_id = content_id
        self.branch_id = branch_id
        self.event = event


class ConversationOver(Message):
    """A turn's events have all been told; nothing runs on the branch any more."""

    def __init__(self, content_id: ContentId, branch_id: BranchId, outcome: Outcome | None) -> None:
        super().__init__()
        self.content_id = content_id
        self.branch_id = branch_id
        self.outcome = outcome
        """How the turn ended and was saved; None when it was refused or could not be saved."""
