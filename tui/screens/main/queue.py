"""What the writer does in the queue: sending, editing, removing and moving what waits there."""

from collections.abc import Callable

from tui.domain.errors import Refused
from tui.domain.ids import BranchId, ContentId
from tui.domain.queue import Queue, joined
from tui.screens.main import texts
from tui.screens.main.group import ActionGroup, Desk
from tui.screens.main.prompts import Prompts
from tui.screens.main.ui import Handlers
from tui.screens.main.unsent import asks, filled, is_busy, limited, queue_on, with_queue
from tui.screens.main.workspace import Pane
from tui.widgets.queue import QueueList


class QueueActions(ActionGroup):
    """The keys of the queue; each is about the prompt that was under the cursor then."""

    def __init__(self, desk: Desk, prompts: Prompts) -> None:
        super().__init__(desk)
        self._prompts = prompts

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {"queue": lambda: self._ui.focus(Pane.QUEUE)}

    async def handle(self, event: QueueList.About) -> None:
        """Do what a key asks for; raises `Refused` when its prompt is gone."""
        match event:
            case QueueList.Chosen():
                self._ui.start(self._choose(event))  # It may wait for the end of a stop.
            case QueueList.Edited():
                _, branch, queue, place = self._found(event)
                self._take_back(branch, queue, place)
            case QueueList.Removed():
                self._change(event, lambda queue, place: queue.toggle(place))
            case QueueList.Moved(by=by):
                self._change(event, lambda queue, place: queue.move(place, by))

    async def _choose(self, event: QueueList.Chosen) -> None:
        """Send a held prompt as soon as can be; bring back one that goes by itself."""
        now = self._state.now
        if now.content is not None and now.branch is not None:
            talk = self._studio.conversation(now.content.id, now.branch)
            if talk.is_stopping:
                await talk.ended()
        content_id, branch, queue, place = self._found(event)
        if queue.prompts[place].is_removed:
            self._put(branch, queue.toggle(place))
        elif queue.goes(place):
            self._take_back(branch, queue, place)
        elif is_busy(self._state.now, branch):
            self._put(branch, queue.release(place))
        else:
            self._prompts.send_queued(content_id, branch, place)

    def _change(self, event: QueueList.About, change: Callable[[Queue, int], Queue]) -> None:
        _, branch, queue, place = self._found(event)
        self._put(branch, change(queue, place))

    def _put(self, branch: BranchId, queue: Queue) -> None:
        self._state.put(with_queue(self._state.now, branch, queue))

    def _found(self, event: QueueList.About) -> tuple[ContentId, BranchId, Queue, int]:
        """Return where the prompt is that a key was about; raises `Refused` when it is gone."""
        now = self._state.now
        if now.content is None or now.branch is None:
            raise Refused(texts.NOT_HERE)
        queue = queue_on(now, now.branch)
        place = queue.find(event.prompt, event.place)
        if place is None:
            raise Refused(texts.NOT_HERE)
        return now.content.id, now.branch, queue, place

    def _take_back(self, branch: BranchId, queue: Queue, place: int) -> None:
        prompt, rest = queue.take(place)
        now = with_queue(self._state.now, branch, rest)
        before = now.place.unsent.get(branch, "")
        if not before.strip():
            now = asks(now, branch, is_asking=prompt.is_asking)
            now = limited(now, branch, prompt.limits)
        self._state.put(filled(now, branch, joined(before, prompt.text)))
        self._ui.focus(Pane.PROMPT)
