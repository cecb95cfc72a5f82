"""What the writer does in the queue: sending, editing, removing and moving what waits there."""

from textual import events

from tui.domain.content import Content
from tui.domain.errors import Refused
from tui.domain.ids import BranchId
from tui.domain.queue import Queue, joined
from tui.screens.main.queueing import Queueing
from tui.widgets.prompt import PromptBox
from tui.widgets.queue import QueueList


class QueueActions(Queueing):
    """The keys of the queue; each is about the prompt that was under the cursor then."""

    # -- changing it -------------------------------------------------------------------------

    def on_queue_list_chosen(self, event: QueueList.Chosen) -> None:
        """Send a held prompt as soon as can be; one that goes by itself comes back to be edited."""
        event.stop()
        self.act(self._choose(event))

    async def _choose(self, event: QueueList.Chosen) -> None:
        conversation = self.conversation
        if conversation is not None and conversation.is_stopping:
            await conversation.ended()
        content, branch_id, queue, place = self._found(event)
        if queue.prompts[place].is_removed:
            self.put_queue(branch_id, queue.toggle(place))
        elif not queue.is_held:
            self._take_back(branch_id, queue, place)
        elif self.is_busy(branch_id):
            self.put_queue(branch_id, queue.release(place))
        else:
            await self.send_queued(content.id, branch_id, place)

    def on_queue_list_edited(self, event: QueueList.Edited) -> None:
        """Bring a prompt back into the field."""
        event.stop()
        self.act(self._edit_queued(event))

    async def _edit_queued(self, event: QueueList.Edited) -> None:
        _content, branch_id, queue, place = self._found(event)
        self._take_back(branch_id, queue, place)

    def on_queue_list_removed(self, event: QueueList.Removed) -> None:
        """Take a prompt out, or bring it back."""
        event.stop()
        self.act(self._toggle(event))

    async def _toggle(self, event: QueueList.Removed) -> None:
        _content, branch_id, queue, place = self._found(event)
        self.put_queue(branch_id, queue.toggle(place))

    def on_queue_list_moved(self, event: QueueList.Moved) -> None:
        """Move a prompt up or down."""
        event.stop()
        self.act(self._move(event))

    async def _move(self, event: QueueList.Moved) -> None:
        _content, branch_id, queue, place = self._found(event)
        self.put_queue(branch_id, queue.move(place, event.by))

    def _found(self, event: QueueList.About) -> tuple[Content, BranchId, Queue, int]:
        """Return where the prompt stands that a key was about; raises `Refused` when it is gone."""
        content, branch_id = self.shown
        queue = self.queue_on(branch_id)
        place = queue.find(event.prompt, event.place)
        if place is None:
            raise Refused("This prompt is not in the queue any more.")
        return content, branch_id, queue, place

    def _take_back(self, branch_id: BranchId, queue: Queue, place: int) -> None:
        prompt, rest = queue.take(place)
        if not self.prompt.text.strip():
            self.is_asking = prompt.is_asking
        self.prompt.fill(joined(self.prompt.text, prompt.text))
        self.keep_unsent()
        self.put_queue(branch_id, rest)
        self.show_header()
        self.go_to(self.prompt)

    # -- getting there and away --------------------------------------------------------------

    def action_show_queue(self) -> None:
        """Go to the prompts that wait."""
        if self.queue_pane.display:
            self.go_to(self.queue_pane)
        else:
            self.tell("Nothing is queued here: a prompt sent while Claude writes waits here.")

    def on_prompt_box_upward(self, event: PromptBox.Upward) -> None:
        """Go up from the empty prompt to what is queued."""
        event.stop()
        if self.queue_pane.display:
            self.queue_pane.come_from_below()
            self.go_to(self.queue_pane)

    def on_queue_list_left(self, event: QueueList.Left) -> None:
        """Go down to the prompt."""
        event.stop()
        self.go_to(self.prompt)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Forget what was removed once another pane has the focus; until then it can come back."""
        if not isinstance(event.widget, QueueList):
            self.sweep_queues()
