"""Prompts entered while Claude writes: kept in order, shown, and sent one after the other."""

from dataclasses import replace
from types import MappingProxyType

from tui.commands import Command
from tui.domain.checks import checked_prompt
from tui.domain.events import Outcome
from tui.domain.ids import BranchId, ContentId
from tui.domain.queue import Queue, QueuedPrompt
from tui.messages import ConversationOver
from tui.screens.main.turns import TurnActions
from tui.studio.studio import Studio
from tui.widgets.queue import QueueList


class Queueing(TurnActions):
    """The queue of each branch: its prompts are in the place, whether it goes on is kept here."""

    def __init__(self, studio: Studio, commands: tuple[Command, ...], *, banner: str = "") -> None:
        super().__init__(studio, commands, banner=banner)
        self._queues: dict[BranchId, Queue] = {}

    @property
    def queue_pane(self) -> QueueList:
        """The prompts that wait on the branch on screen."""
        return self.query_one(QueueList)

    def queue_on(self, branch_id: BranchId) -> Queue:
        """Return the queue of a branch; what was left there last time is held."""
        prompts = self.place.queued.get(branch_id, ())
        return replace(self._queues.get(branch_id, Queue()), prompts=prompts)

    def put_queue(self, branch_id: BranchId, queue: Queue) -> None:
        """Take over the next value of a branch's queue, save it at once and show it."""
        self._queues[branch_id] = queue
        before = self.place.queued
        if queue.prompts != before.get(branch_id, ()):
            queued = {key: kept for key, kept in before.items() if key != branch_id}
            if queue.prompts:
                queued[branch_id] = queue.prompts
            self.place = replace(self.place, queued=MappingProxyType(queued))
            self.save_place_soon(at_once=True)
        self.show_queue()

    def show_header(self) -> None:
        """Show what is around the panes, and the queue."""
        super().show_header()
        self.show_queue()

    def show_queue(self) -> None:
        """Show the queue of the branch on screen, if there is one."""
        queue = Queue() if self.branch_id is None else self.queue_on(self.branch_id)
        for pane in self.query(QueueList):  # None is left once the screen is taken down.
            if not queue.prompts and pane.has_focus:
                self.go_to(self.prompt)
            pane.queue = queue

    def sweep_queues(self) -> None:
        """Forget the prompts that were taken out, on every branch."""
        for branch_id in tuple(self.place.queued):
            self.put_queue(branch_id, self.queue_on(branch_id).swept())

    # -- putting in --------------------------------------------------------------------------

    async def send_typed(self, text: str) -> None:
        """Send what was typed, or queue it while Claude writes; never past what is queued."""
        _content, branch_id = self.shown
        conversation = self.conversation
        if conversation is not None and conversation.is_stopping:
            # It would be sent at once a moment later, and that is what is meant.
            await conversation.ended()
        elif self.is_writing_here or self._goes_on(branch_id):
            self._queue(branch_id, QueuedPrompt(checked_prompt(text), self.is_asking))
            self.is_asking = False
            self.forget_unsent(branch_id, text)
            self.show_header()
            return
        if branch_id == self.branch_id:
            await super().send_typed(text)

    def _goes_on(self, branch_id: BranchId) -> bool:
        queue = self.queue_on(branch_id)
        return queue.is_sending or (queue.next is not None and not queue.is_held)

    def _queue(self, branch_id: BranchId, prompt: QueuedPrompt) -> None:
        queue = self.queue_on(branch_id).add(prompt)
        self.put_queue(branch_id, queue)
        if queue.is_held:
            self.tell("It waits behind the held prompts: Enter on the first one sends them.")

    # -- sending -----------------------------------------------------------------------------

    async def on_conversation_over(self, message: ConversationOver) -> None:
        """Go on after a turn that finished, and hold the queue after any other.

        Textual calls this and then the handler of the class above.
        """
        content_id, branch_id = message.content_id, message.branch_id
        queue = self.queue_on(branch_id)
        if queue.is_held or self.is_busy(branch_id):
            return
        if message.outcome is Outcome.FINISHED and not self.is_left:
            self.attempt(self._go_on(content_id, branch_id), group="queue")
        else:
            self.put_queue(branch_id, queue.hold())

    def stop_here(self) -> bool:
        """Ask Claude to stop on the branch on screen, and hold what is queued there."""
        is_stopping = super().stop_here()
        if self.branch_id is None or not (is_stopping or self._goes_on(self.branch_id)):
            return is_stopping
        self.put_queue(self.branch_id, self.queue_on(self.branch_id).hold())
        return True

    def is_busy(self, branch_id: BranchId) -> bool:
        """Whether a prompt is on its way or Claude writes on a branch."""
        return self.queue_on(branch_id).is_sending or branch_id in self.studio.writing

    async def _go_on(self, content_id: ContentId, branch_id: BranchId) -> None:
        queue = self.queue_on(branch_id)
        if queue.is_held or self.is_busy(branch_id):
            return
        if queue.next is None:
            self.put_queue(branch_id, queue.hold())
        else:
            await self.send_queued(content_id, branch_id, queue.next)

    async def send_queued(self, content_id: ContentId, branch_id: BranchId, place: int) -> None:
        """Send a queued prompt; it leaves the queue when it is saved as a turn, and not before."""
        sending = self.queue_on(branch_id).send(place)
        prompt, is_sent = sending.prompts[0], False

        def leave() -> None:
            nonlocal is_sent
            is_sent = True
            self.put_queue(branch_id, self.queue_on(branch_id).sent())

        self.put_queue(branch_id, sending)
        try:
            content = await self.studio.content(content_id)
            kind = prompt.kind(has_draft=content.draft(branch_id) is not None)
            await self.start_turn(content_id, branch_id, prompt.text, kind, leave)
        finally:
            if not is_sent:
                self.put_queue(branch_id, self.queue_on(branch_id).refused())
