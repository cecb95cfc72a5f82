"""The prompts that wait for Claude, between the conversation and the prompt."""

from collections.abc import Callable
from functools import partial

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.commands import Keymap, Scope, bindings
from tui.domain.queue import Queue, QueuedPrompt
from tui.widgets.text import one_line

_GOING = "Queued · sent when Claude is done"
_GOING_KEYS = "Queued · {choose} edits · {remove} removes · {down} {up} move"
_HELD = "Held · not sent until you say so"
_HELD_KEYS = "Held · {choose} sends · {edit} edits · {remove} removes · {down} {up} move"


class QueueList(OptionList):
    """Shows the queue of the branch on screen, and reports what the writer does to its prompts."""

    BINDINGS = bindings(Scope.QUEUE)

    class About(Message):
        """A key was pressed on a prompt."""

        def __init__(self, prompt: QueuedPrompt, place: int) -> None:
            super().__init__()
            self.prompt = prompt
            self.place = place
            """Where it stood when the key was pressed."""

    class Chosen(About):
        """The writer pressed Enter on a prompt."""

    class Edited(About):
        """The writer wants a prompt back to change it."""

    class Removed(About):
        """The writer takes a prompt out, or brings it back."""

    class Moved(About):
        """The writer moves a prompt: `by` 1 is later, -1 is sooner."""

        def __init__(self, prompt: QueuedPrompt, place: int, by: int) -> None:
            super().__init__(prompt, place)
            self.by = by

    class Left(Message):
        """The writer went on down from the last prompt."""

    queue: reactive[Queue] = reactive(Queue(), repaint=False)
    """What is shown; nothing is shown of an empty queue."""

    def __init__(self, keymap: Keymap, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self.display = False
        self._keymap = keymap
        self._shown: tuple[Queue, int] | None = None
        self._is_new_here = True
        """Whether no prompt was clicked since the queue got the focus."""

    def watch_queue(self, before: Queue, queue: Queue) -> None:
        """Show a queue; the cursor stays on its prompt."""
        place = self.highlighted or 0
        current = before.prompts[place] if place < len(before.prompts) else None
        self.display = bool(queue.prompts)
        self._fill()
        if queue.prompts:
            same = [n for n, prompt in enumerate(queue.prompts) if prompt is current]
            self.highlighted = same[0] if same else min(place, len(queue.prompts) - 1)
        self._show_title(is_focused=self.has_focus)

    def _fill(self) -> None:
        if self._shown != (self.queue, self._text_width):
            self._shown = (self.queue, self._text_width)
            place = self.highlighted
            queue = self.queue
            self.set_options(self._option(queue, at) for at in range(len(queue.prompts)))
            self.highlighted = place if place is not None and place < self.option_count else None

    @property
    def current(self) -> QueuedPrompt | None:
        """The prompt under the cursor."""
        place, prompts = self.highlighted, self.queue.prompts
        return None if place is None or place >= len(prompts) else prompts[place]

    @property
    def _text_width(self) -> int:
        return max(8, self.scrollable_content_region.width - 2)

    def _option(self, queue: Queue, place: int) -> Option:
        prompt = queue.prompts[place]
        if queue.is_sending and place == 0:
            state, style = "sending", "bold"
        elif prompt.is_removed:
            key = self._keymap.key("queue.remove")
            state, style = f"removed, {key} brings it back", ""
        elif not queue.goes(place):
            state, style = "held", "bold"
        else:
            state = str(1 + sum(not before.is_removed for before in queue.prompts[:place]))
            style = "bold"
        state += " · ask · " if prompt.is_asking and not prompt.is_removed else " · "
        text = one_line(" ".join(prompt.text.split()), self._text_width - len(state))
        shown = "strike" if prompt.is_removed else ""
        return Option(Content.assemble((state, style), (text, shown)))

    def _show_title(self, *, is_focused: bool) -> None:
        """Show the title; with the focus it names the keys for the prompt under the cursor."""
        queue = self.queue
        if is_focused:
            title = _GOING_KEYS if queue.goes(self.highlighted or 0) else _HELD_KEYS
        else:
            is_going = all(queue.goes(place) for place in range(len(queue.prompts)))
            title = _GOING if is_going else _HELD
        key = self._keymap.key
        self.border_title = Content(
            title.format(
                choose=key("queue.choose"),
                edit=key("queue.edit"),
                remove=key("queue.remove"),
                down=key("queue.move_down"),
                up=key("queue.move_up"),
            )
        )

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Name the keys for the prompt that has the cursor now."""
        super().watch_highlighted(highlighted)
        if self.has_focus:
            self._show_title(is_focused=True)

    def on_resize(self, _event: events.Resize) -> None:
        """Fit the prompts to the new width."""
        self._fill()

    def on_focus(self, _event: events.Focus) -> None:
        """Name the keys; put the cursor where it is wanted: on the first to send, or the last."""
        self._is_new_here = True
        self._show_title(is_focused=True)
        if self.queue.prompts:
            self.highlighted = 0 if self.queue.is_held else len(self.queue.prompts) - 1

    def on_blur(self, _event: events.Blur) -> None:
        """Name the keys no more, and show what comes first."""
        self._show_title(is_focused=False)
        self.highlighted = 0 if self.queue.prompts else None

    def action_next_row(self) -> None:
        """Go to the next prompt, from the last one out."""
        if self.highlighted is None or self.highlighted >= self.option_count - 1:
            self.post_message(self.Left())
        else:
            self.highlighted += 1

    def action_previous_row(self) -> None:
        """Go to the prompt before."""
        self.highlighted = max(0, (self.highlighted or 0) - 1)

    def action_select(self) -> None:
        """Do what Enter does to the prompt under the cursor."""
        self._report(self.Chosen)

    def action_edit(self) -> None:
        """Ask for the prompt under the cursor back."""
        self._report(self.Edited)

    def action_remove(self) -> None:
        """Take the prompt under the cursor out, or bring it back."""
        self._report(self.Removed)

    def action_move(self, by: int) -> None:
        """Move the prompt under the cursor."""
        self._report(partial(self.Moved, by=by))

    def _report(self, about: Callable[[QueuedPrompt, int], Message]) -> None:
        if (prompt := self.current) is not None:
            self.post_message(about(prompt, self.highlighted or 0))

    async def _on_click(self, event: events.Click) -> None:
        """Select a clicked prompt, or take the selected one back: a click never sends anything."""
        event.prevent_default()
        place: int | None = event.style.meta.get("option")
        if place is None or place >= self.option_count:
            return
        is_selected = place == self.highlighted and not self._is_new_here
        self._is_new_here = False
        self.highlighted = place
        if is_selected:
            self.action_edit()
