"""What the conversations of a program, and the turns of a branch, have in common."""

from collections.abc import Awaitable, Callable

from tui.domain.frozen import frozen
from tui.domain.ids import BranchId, ContentId
from tui.studio.branch_writer import BranchWriter
from tui.studio.budget import BudgetGuard
from tui.studio.ports import Agent, Clock, NewIds, Store, Who

Rescue = Callable[[str, str], Awaitable[str]]
"""Saves a text (arguments: a name, the text) outside the library; never raises.

Returns a sentence that says where the text is, or why it could not be saved.
"""


async def no_rescue(_name: str, _text: str) -> str:
    """Save nothing; the default rescue."""
    return ""


@frozen
class ConversationContext:
    """What all conversations of a program have in common."""

    store: Store
    agent: Agent
    clock: Clock
    new_ids: NewIds
    model: str
    guard: BudgetGuard
    rescue: Rescue
    who: Who
    idle_after: float
    """Seconds without a turn after which a session is disconnected."""
    renew_every: float
    """Seconds between two checks of a lease."""


@frozen
class BranchContext:
    """What all turns of a branch have in common."""

    shared: ConversationContext
    content_id: ContentId
    branch_id: BranchId
    writer: BranchWriter
    settle: Callable[[], Awaitable[None]]
    """Ends a turn that a dead program left running on the branch; may wait for its answer."""
