"""What the writer typed and Claude has not answered: the prompt, what is sent, and the queues.

Functions that make the next workspace, like those of `tui.screens.main.workspace`.
"""

from dataclasses import replace
from types import MappingProxyType

from tui.domain.change_limits import ChangeLimits
from tui.domain.ids import BranchId
from tui.domain.passage import Span
from tui.domain.place import Place
from tui.domain.queue import Queue, QueuedPrompt, joined
from tui.screens.main.workspace import QueueState, Workspace, put

# -- the prompt ----------------------------------------------------------------------------------


def typed(workspace: Workspace, text: str, folded: tuple[Span, ...] = ()) -> Workspace:
    """Take over what the writer typed into the prompt of the branch on screen.

    `folded` are the stretches that the prompt shows as markers.
    """
    place, branch = workspace.place, workspace.branch
    if branch is None:
        return workspace
    unsent = put(place.unsent, branch, text or None)
    spans = put(place.folded, branch, folded or None)
    if unsent is place.unsent and spans is place.folded:
        return workspace
    return replace(workspace, place=replace(place, unsent=unsent, folded=spans))


def filled(workspace: Workspace, branch: BranchId, text: str) -> Workspace:
    """Put a text into the prompt of a branch, in place of what is there."""
    unsent = put(workspace.place.unsent, branch, text or None)
    revision = workspace.prompt_revision + (branch == workspace.branch)
    folded = put(workspace.place.folded, branch, None)
    place = replace(workspace.place, unsent=unsent, folded=folded)
    return replace(workspace, place=place, prompt_revision=revision)


def asks(workspace: Workspace, branch: BranchId, *, is_asking: bool) -> Workspace:
    """Choose whether the next prompt on a branch only asks."""
    asking = workspace.place.asking | {branch} if is_asking else workspace.place.asking - {branch}
    if asking == workspace.place.asking:
        return workspace
    return replace(workspace, place=replace(workspace.place, asking=asking))


def limited(workspace: Workspace, branch: BranchId, limits: ChangeLimits | None) -> Workspace:
    """Limit what the next prompt on a branch may change; None for no limits."""
    found = put(workspace.place.limits, branch, limits)
    if found is workspace.place.limits:
        return workspace
    return replace(workspace, place=replace(workspace.place, limits=found))


def sending(workspace: Workspace, branch: BranchId, text: str) -> Workspace:
    """Move a text from the prompt to the outbox, where it stays until it is saved as a turn."""
    place = workspace.place
    unsent, folded = put(place.unsent, branch, None), put(place.folded, branch, None)
    waiting = workspace.outbox.get(branch, "")
    outbox = put(workspace.outbox, branch, joined(waiting, text))
    return replace(workspace, place=replace(place, unsent=unsent, folded=folded), outbox=outbox)


def sent(workspace: Workspace, branch: BranchId) -> Workspace:
    """Forget what was in the outbox: it is saved as a turn, or queued."""
    return replace(workspace, outbox=put(workspace.outbox, branch, None))


def refused(workspace: Workspace, branch: BranchId) -> Workspace:
    """Bring back into the prompt what could not be sent, before all that was typed since."""
    if branch not in workspace.outbox:
        return workspace
    return filled(sent(workspace, branch), branch, saved_place(workspace).unsent[branch])


def saved_place(workspace: Workspace) -> Place:
    """Return the place as it is to be saved: what is in the outbox counts as unsent."""
    if not workspace.outbox:
        return workspace.place
    unsent = dict(workspace.place.unsent)
    for branch, text in workspace.outbox.items():
        since = unsent.get(branch, "")
        unsent[branch] = joined(text, since) if since else text
    return replace(workspace.place, unsent=MappingProxyType(unsent))


# -- the queue -----------------------------------------------------------------------------------


def queue_on(workspace: Workspace, branch: BranchId) -> Queue:
    """Return the queue of a branch; prompts that the last start left there are held."""
    state = workspace.queues.get(branch, QueueState())
    prompts = workspace.place.queued.get(branch, ())
    return Queue(prompts, state.is_held, state.is_sending, state.let_go)


def with_queue(workspace: Workspace, branch: BranchId, queue: Queue) -> Workspace:
    """Take over the next value of a branch's queue."""
    prompts: tuple[QueuedPrompt, ...] | None = queue.prompts or None
    place = replace(workspace.place, queued=put(workspace.place.queued, branch, prompts))
    state = QueueState(queue.is_held, queue.is_sending, queue.let_go)
    return replace(workspace, place=place, queues=put(workspace.queues, branch, state))


def swept(workspace: Workspace) -> Workspace:
    """Forget the queued prompts that the writer took out, on every branch."""
    for branch in tuple(workspace.place.queued):
        queue = queue_on(workspace, branch)
        if queue.swept() != queue:
            workspace = with_queue(workspace, branch, queue.swept())
    return workspace


def goes_on(workspace: Workspace, branch: BranchId) -> bool:
    """Whether a queue has something to send by itself."""
    queue = queue_on(workspace, branch)
    return queue.is_sending or queue.goes_next is not None


def is_busy(workspace: Workspace, branch: BranchId) -> bool:
    """Whether a prompt is on its way or Claude writes on a branch."""
    is_sending = branch in workspace.outbox or queue_on(workspace, branch).is_sending
    return is_sending or branch in workspace.writing
